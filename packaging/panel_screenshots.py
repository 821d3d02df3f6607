"""Makes pictures of the control panel's pages from a running show.

Without a display (Xvfb will do) the show has no picture, and the preview says so.

.venv/bin/python packaging/panel_screenshots.py [FOLDER [PAGE...]] [--scale PERCENT] [--size WxH]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "real"))
from running_show import running_show  # noqa: E402

OUT = ROOT / "packaging" / "screenshots"
KEPT = ("looks", "sound")  # in the repository; the others are for looking
LOOK = "galaxy"  # on air
HAS_DISPLAY = bool(os.environ.get("DISPLAY"))
SHOWN_S = 3.0  # before a page is photographed


def main() -> None:
    """Run a show on the test band, open each page and keep what it shows."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", nargs="?", type=Path, default=OUT)
    options.add_argument("pages", nargs="*", default=KEPT)
    options.add_argument("--scale", type=int, default=100)
    options.add_argument("--size", default="1280x800")
    asked = options.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(asked.scale / 100)
    with tempfile.TemporaryDirectory() as settings:
        os.environ["STEMLIGHT_SETTINGS"] = str(Path(settings) / "settings.toml")
        stage = ("--preset", LOOK, "--size", "480x270") if HAS_DISPLAY else ("--no-stage",)
        with running_show("--input", "test", *stage, "--osc", "127.0.0.1:9", "--seconds", "600") as show:
            show.wait_for_frames(1000)  # until the beat is sure
            photograph(show.process.pid, asked)


def photograph(pid: int, asked: argparse.Namespace) -> None:
    """Attach a panel of our own to the show, and grab it."""
    from PyQt6.QtWidgets import QApplication
    from stemlight.bus.controls import ControlBus
    from stemlight.bus.frame_ring import FrameRing
    from stemlight.bus.health import Health
    from stemlight.panel.link import Link
    from stemlight.panel.memory import Memory
    from stemlight.panel.pages.looks import LooksPage
    from stemlight.panel.settings import PanelSettings
    from stemlight.panel.theme import dress
    from stemlight.panel.window import PanelWindow

    names = [f"stemlight-{pid}-{part}" for part in ("frames", "controls", "health", "look", "preview")]
    application = QApplication([])
    dress(application)
    controls = ControlBus.attach(names[1], "panel")
    link = Link(FrameRing.attach(names[0]), controls, Health.attach(names[2]))
    settings = PanelSettings(*names, source="test", has_stage=HAS_DISPLAY)
    window = PanelWindow(link, Memory(), settings, lambda code: None)
    width, height = map(int, asked.size.split("x"))
    window.resize(width, height)
    window.show()
    link.begin()
    controls.set("stage.preset", LOOK)
    controls.set("autopilot.playlist", "nave, aurora, galaxy, ember")
    looks = window.pages["looks"]
    assert isinstance(looks, LooksPage)
    pictures = looks.thumbnails
    for page in asked.pages:
        window.open_page(page)
        shown_s = time.monotonic()
        while time.monotonic() < shown_s + SHOWN_S or pictures.is_busy:
            application.processEvents()
            time.sleep(0.005)
        asked.folder.mkdir(parents=True, exist_ok=True)
        path = asked.folder / f"panel-{page}.jpg"
        window.grab().save(str(path), quality=88)
        print(path)
    window.leave(0)


if __name__ == "__main__":
    main()
