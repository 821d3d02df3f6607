"""The doors in processes of their own: what dies comes back, and the music does not notice."""

import os
import socket
from pathlib import Path

import pytest
from running_show import running_show, until
from stemlight.bus.controls import ControlBus

pytestmark = pytest.mark.real

PORT = 9872


@pytest.fixture
def say():
    """Sends OSC messages without arguments."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(address: str) -> None:
        data = address.encode() + b"\0" * (4 - len(address) % 4) + b",\0\0\0"
        udp.sendto(data, ("127.0.0.1", PORT))

    yield send
    udp.close()


def test_doors_that_were_killed_come_back_and_no_hop_is_lost(say):
    with running_show("--input", "test", "--no-stage", "--seconds", "120", "--osc-in", str(PORT)) as show:
        show.wait_for_frames(100)
        part = show.health.part("doors")
        until(lambda: part.get("ready"), "doors")
        controls = ControlBus.attach(f"stemlight-{show.process.pid}-controls")

        def tapped() -> int:
            say("/stemlight/ctl/beat/tap")
            return controls.fires("beat.tap")

        until(tapped, "a tap by OSC")
        before = show.ring.latest()
        show.kill("doors")
        until(lambda: show.health.part("show").get("doors_restarts"), "news of the death")
        until(lambda: part.get("ready"), "second doors")
        controls.fires("beat.tap")
        until(tapped, "a tap by OSC to the second doors")
        frames = show.ring.since(before.index)
        assert {p.epoch for p in frames} == {before.epoch}
        assert [p.index for p in frames] == list(range(before.index, frames[-1].index + 1))
        assert show.health.part("engine").get("lost_hops") == 0
        controls.close()
        show.press_ctrl_c()
        said = show.wait()
        assert show.process.returncode == 0
    assert said.count("doors died (killed by SIGKILL); starting it again") == 1


def test_a_port_that_is_taken_ends_the_show_with_one_line():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with running_show("--input", "test", "--no-stage", "--osc-in", str(port)) as show:
            said = show.wait()
            assert show.process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in said.splitlines()[-1]


def test_idle_doors_cost_next_to_nothing():
    with running_show("--input", "test", "--no-stage", "--seconds", "120") as show:
        until(lambda: show.health.part("doors").get("ready"), "doors")
        pid = show.health.part("doors").get("pid")

        def cpu_s() -> float:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        show.wait_for_frames(200)
        before, first = cpu_s(), show.ring.published
        show.wait_for_frames(860)
        share = (cpu_s() - before) / ((show.ring.published - first) * 512 / 44_100)
        print(f"idle doors: {100 * share:.2f} % of a core")
        assert share < 0.05
        show.press_ctrl_c()
        show.wait()
