import shutil
import subprocess

import pytest

SCREEN_PX = (640, 360)


@pytest.fixture(scope="module")
def display():
    """The name of a screen of our own, `SCREEN_PX` large."""
    if not shutil.which("Xvfb"):
        pytest.skip("needs Xvfb")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.kill()
    server.wait()
