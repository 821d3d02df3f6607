"""A show that is flooded, and shouted at in no language: every packet is accounted for, and it goes on."""

import socket
import time

import pytest
from fuzzed_packets import fuzzed_packets
from pythonosc.osc_message_builder import OscMessageBuilder
from running_show import running_show, until
from stemlight.bus.controls import ControlBus

pytestmark = pytest.mark.real

QUIET_SHOW = ("--input", "test", "--no-stage", "--no-panel", "--seconds", "120")
PACKETS, HZ = 10_000, 5000.0


def message(address: str, *arguments: object) -> bytes:
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


@pytest.fixture
def flooded():
    """A running show, and what sends to its OSC in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
    with (
        running_show(*QUIET_SHOW, "--osc-in", str(port)) as show,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.connect(("127.0.0.1", port))
        show.wait_for_frames(20)
        doors = show.health.part("doors")
        until(lambda: doors.get("ready"), "doors")
        yield show, doors, udp.send
        show.press_ctrl_c()
        assert "Traceback" not in show.wait()


def accounted(doors) -> int:
    names = ("osc_in", "osc_in_superseded", "osc_in_ignored", "osc_in_dropped", "osc_in_refused")
    return sum(doors.get(name) for name in names)


def test_every_packet_of_a_flood_is_accounted_for_and_the_last_value_counts(flooded):
    show, doors, send = flooded
    controls = ControlBus.attach(show.health_name.replace("health", "controls"))
    before = controls.get("beat.half_shift")
    trigger = message("/stemlight/ctl/beat/half_shift", 1)
    values = [message("/stemlight/ctl/input/gain_db", n / 100) for n in range(100)]
    begin_s = time.perf_counter()
    for n in range(PACKETS):
        if (wait_s := begin_s + n / HZ - time.perf_counter()) > 0.0:
            time.sleep(wait_s)
        send(trigger if n % 10 == 9 else values[n % 100])
    time.sleep(0.5)  # there is room again, and what was lost is told with the next packet
    send(message("/stemlight/ctl/input/gain_db", -7.5))
    until(lambda: controls.get("input.gain_db") == -7.5, "last value")
    until(lambda: accounted(doors) == PACKETS + 1, "account of every packet")
    fired = controls.get("beat.half_shift") - before
    assert PACKETS // 10 - doors.get("osc_in_dropped") <= fired <= PACKETS // 10
    assert show.health.part("engine").get("lost_hops") == 0
    assert show.health.part("show").get("doors_restarts") == 0
    controls.close()


def test_nonsense_brings_nothing_down(flooded):
    show, doors, send = flooded
    packets = [packet for packet in fuzzed_packets(2000, seed=3) if packet]
    for n, packet in enumerate(packets):
        send(packet)
        if n % 100 == 99:
            time.sleep(0.02)
    until(lambda: doors.get("osc_in_ignored") > 500, "nonsense that was counted")
    show.wait_for_frames(100)
    assert show.health.part("show").get("doors_restarts") == 0
    assert show.health.part("show").get("engine_restarts") == 0
