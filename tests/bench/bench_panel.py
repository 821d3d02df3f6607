"""What the panel costs while nobody touches it: processor time of its process, page by page and out of sight.

    .venv/bin/python tests/bench/bench_panel.py [--seconds S] [--stage]    a display (Xvfb) must be there

With --stage there is a small picture too, and the panel shows it.

Runs a show on the test band with its panel, turns the pages by the table of controls' own process, and
reads the processor time of the panel's process from the system. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from running_show import RunningShow, until
from stemlight.bus.health import PartHealth
from stemlight.settings import read_settings

N_PAGES = 9  # there may be fewer: a key without a page opens none
SETTLE_S = 2.0


def processor_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(part: PartHealth, seconds: float) -> dict[str, float]:
    """Over a while: processor time in percent of one core, and how often the panel looked a second."""
    pid = part.get("pid")
    began_s, before, ticks = time.monotonic(), processor_s(pid), part.get("ticks")
    time.sleep(seconds)
    spent_s, passed_s = processor_s(pid) - before, time.monotonic() - began_s
    return {
        "percent": round(100.0 * spent_s / passed_s, 2),
        "looks_per_s": round((part.get("ticks") - ticks) / passed_s, 1),
    }


def window_of() -> str:
    """The panel's window, as xdotool names it."""
    found = ["xdotool", "search", "--onlyvisible", "--name", "control panel"]
    return subprocess.run(found, capture_output=True, text=True, check=True).stdout.split()[0]


def main() -> None:
    """Measure and print JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--stage", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STEMLIGHT_SETTINGS"] = str(Path(folder) / "settings.toml")
        stage = ("--size", "320x180") if asked.stage else ("--no-stage",)
        show = RunningShow("--input", "test", *stage, panel=True)
        try:
            part = until(lambda: show.health.part("panel"), "panel")
            until(lambda: part.get("ready"), "panel that is ready")
            window = window_of()
            shares = {}
            for number in range(1, N_PAGES + 1):
                subprocess.run(["xdotool", "windowfocus", window, "key", f"F{number}"], check=True)
                time.sleep(SETTLE_S)
                page = read_settings().get("panel", {}).get("page", "?")
                if page in shares:
                    break
                shares[page] = measure(part, asked.seconds)
            subprocess.run(["xdotool", "windowunmap", window], check=True)
            time.sleep(SETTLE_S)
            shares["hidden"] = measure(part, asked.seconds)
        finally:
            show.press_ctrl_c()
            show.wait()
    print(json.dumps({"percent_of_a_core": shares, "seconds_each": asked.seconds, "load": os.getloadavg()}))


if __name__ == "__main__":
    main()
