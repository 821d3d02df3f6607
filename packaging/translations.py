"""Brings the panel's translations up to date with its texts: the template, and every language that is there.

.venv/bin/python packaging/translations.py

A new language is a copy of app/stemlight/panel/translations/stemlight_xx.ts, named stemlight_de.ts for
German, edited by hand or with Qt Linguist. It counts where it lies, or in the folder `translations` beside a
person's presets; `STEMLIGHT_LANGUAGE=de` tries it. What was translated stays, what is new waits in it.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PyQt6.lupdate import lupdate
from stemlight.bus.controls import CONTROLS
from stemlight.panel.translation import CONTEXT, SHIPPED, TEMPLATE
from stemlight.whole_file import whole_file

PANEL = SHIPPED.parent
# `pylupdate6` knows what widgets say, and words with a context; ours outside of widgets all have the same.
_BARE = (
    (re.compile(r"(?<![.\w])(?<!def )tr\("), f"translate({CONTEXT!r}, "),
    (re.compile(r"(?<![.\w])(?<!def )marked\("), f"QT_TRANSLATE_NOOP({CONTEXT!r}, "),
)
_LOCATION = re.compile(r"\s*<location [^>]*/>")  # lines move with every edit; texts do not


def renew(path: Path) -> None:
    """Writes `path` anew: all texts of today, with the translations that it had."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = folder / "work.ts"
        if path.is_file() and path.name != TEMPLATE:
            work.write_bytes(path.read_bytes())
        for place, file in enumerate(sorted(PANEL.rglob("*.py"))):
            source = file.read_text(encoding="utf-8")
            for bare, found in _BARE:
                source = bare.sub(found, source)
            (folder / f"{place:03}.py").write_text(source, encoding="utf-8")
        # What controls do is data, and known to the panel alone as something to be read.
        lines = dict.fromkeys(f"QT_TRANSLATE_NOOP({CONTEXT!r}, {control.doc!r})\n" for control in CONTROLS)
        (folder / "controls.py").write_text("".join(lines), encoding="utf-8")
        lupdate(sorted(map(str, folder.glob("*.py"))), [str(work)], no_obsolete=True)
        text = _LOCATION.sub("", work.read_text(encoding="utf-8"))
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def main() -> None:
    """Renew them all."""
    SHIPPED.mkdir(exist_ok=True)
    for path in sorted({SHIPPED / TEMPLATE, *SHIPPED.glob("stemlight_*.ts")}):
        renew(path)
        print(path)


if __name__ == "__main__":
    main()
