#!/usr/bin/env python
"""Puts the tables into README.md: what a command prints stands between `<!-- stemlight ... -->` and an end.

python packaging/patches/tables.py            # writes what is out of date
python packaging/patches/tables.py --check    # exit 1 if something is
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

README = Path(__file__).with_name("README.md")
PLACE = re.compile(r"(<!-- stemlight (?P<command>[^>]*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The text with every table as its command prints it now."""
    return PLACE.sub(lambda place: f"{place[1]}\n{_printed(place['command'])}\n{place[3]}", text)


def _printed(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "stemlight", *shlex.split(command)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> int:
    """Writes, or with --check only looks."""
    now = README.read_text()
    wanted = filled(now)
    if "--check" in sys.argv[1:]:
        if now != wanted:
            print(f"{README.name} is out of date: run {Path(__file__).name}", file=sys.stderr)
        return int(now != wanted)
    README.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
