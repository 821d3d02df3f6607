"""Makes the README's picture of the remote page, at the size of a phone. Needs Chromium and Pillow.

.venv/bin/python packaging/remote_screenshot.py
"""

from __future__ import annotations

import io
import socket
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "real"))
from phone import phone  # noqa: E402
from running_show import running_show, until  # noqa: E402

OUT = ROOT / "packaging" / "screenshots" / "remote.png"
SIZE_PX = (360, 740)
SCALE = 1.5  # sharp enough beside text, and half a megabyte
# Just after a downbeat, while the ring is still bright.
DOWNBEAT = """new Promise((done) => {
    const look = () => {
        const at = beatAt(performance.now());
        playing && at % beat.perBar < 0.12 ? done(true) : requestAnimationFrame(look);
    };
    look();
})"""


def main() -> None:
    """Run a show, choose a look, wait for the one, and keep what the page shows."""
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        port = tcp.getsockname()[1]
    with running_show("--input", "test", "--no-stage", "--remote", str(port)) as show, phone() as page:
        until(lambda: show.health.part("doors").words("remote"), "remote")
        show.wait_for_frames(1500)  # until the beat is sure
        page.resize(*SIZE_PX, scale=SCALE)
        page.open(f"http://127.0.0.1:{port}/")
        page.until("document.querySelectorAll('.look').length > 0")
        page.touch(".look[data-value=galaxy]")
        page.until("document.querySelector('#words').textContent === 'Galaxy'")
        page.evaluate(DOWNBEAT)
        Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(OUT, optimize=True)
    print(OUT)


if __name__ == "__main__":
    main()
