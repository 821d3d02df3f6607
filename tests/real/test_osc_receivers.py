"""Programs that are not ours receive every frame, in order."""

import shutil
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from osc_receivers import free_port, is_bound
from running_show import running_show, until
from stemlight.osc.profiles import address_table

pytestmark = pytest.mark.real

SECONDS = 20
HOPS_A_SECOND = 86.1328


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def receive(tmp_path):
    """Starts a program that writes what it receives to a file; ends it with the test."""
    started = []

    def start(*command: str, port: int) -> Path:
        out = tmp_path / "received"
        with out.open("w") as file:
            started.append(subprocess.Popen(command, stdout=file, stderr=file))
        until(lambda: is_bound(port), f"receiver on {port}")
        return out

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.skipif(not shutil.which("oscdump"), reason="needs oscdump (Debian: liblo-tools)")
def test_oscdump_receives_every_frame_for_20_seconds_in_order(receive, port):
    out = receive("stdbuf", "-oL", "oscdump", "-L", str(port), port=port)
    with running_show(
        "--input", "test", "--no-stage", "--osc", f"127.0.0.1:{port}", "--seconds", str(SECONDS + 60)
    ) as show:
        show.wait_for_frames()
        show.wait_for_frames(int(SECONDS * HOPS_A_SECOND))
        show.press_ctrl_c()
        show.wait()
        assert show.process.returncode == 0
    # A line is: time tag, address, type, value.
    lines = [line.split() for line in out.read_text().splitlines()]
    received = Counter(words[1] for words in lines if len(words) == 4)
    frames = [int(words[3]) for words in lines if len(words) == 4 and words[1] == "/stemlight/frame"]
    assert len(frames) >= SECONDS * HOPS_A_SECOND
    assert frames == list(range(len(frames)))
    for row in address_table("stemlight"):
        if row.sent == "hop":
            assert received[row.address] >= len(frames) - 1, row.address
    # The band's drummer is heard as events, each let go again.
    assert received["/stemlight/beat/trigger"] > 2 * SECONDS


@pytest.mark.skipif(not shutil.which("pd"), reason="needs Pure Data (Debian: puredata-core)")
def test_pure_data_receives_every_frame_in_order(receive, port, tmp_path):
    patch = tmp_path / "receive.pd"
    objects = (
        f"netreceive -u -b {port}",
        "oscparse",
        "list trim",
        "route stemlight",
        "route frame",
        "print frame",
    )
    patch.write_text(
        "#N canvas 0 0 450 300 12;\n"
        + "".join(f"#X obj 10 {10 + 30 * i} {name};\n" for i, name in enumerate(objects))
        + "".join(f"#X connect {i} 0 {i + 1} 0;\n" for i in range(len(objects) - 1))
    )
    out = receive("pd", "-nogui", "-noaudio", "-nomidi", str(patch), port=port)
    with running_show(
        "--input", "test", "--no-stage", "--osc", f"127.0.0.1:{port}", "--seconds", "60"
    ) as show:
        show.wait_for_frames(300)
        show.press_ctrl_c()
        show.wait()
    frames = [
        int(float(line.split()[1])) for line in out.read_text().splitlines() if line.startswith("frame: ")
    ]
    assert len(frames) >= 300
    assert frames == list(range(len(frames)))


def test_a_destination_that_nobody_listens_at_costs_the_other_nothing(receive, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        good = listener.getsockname()[1]
        with running_show(
            "--input", "test", "--no-stage", "--osc", f"127.0.0.1:{port}", "--osc", f"localhost:{good}",
            "--osc", "no-such-host.invalid:9000", "--seconds", "60",
        ) as show:  # fmt: skip
            show.wait_for_frames(200)
            for _ in range(200):
                listener.recv(65536)
            show.press_ctrl_c()
            said = show.wait()
    assert said.count(f"nobody listens at 127.0.0.1:{port}") == 1
    assert said.count("cannot find no-such-host.invalid") == 1
    assert "Traceback" not in said
