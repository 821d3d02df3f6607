import socket
import struct
import threading

import pytest
from fuzzed_packets import fuzzed_packets
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from stemlight.bus.controls import ControlBus
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.osc.receiver import MAX_PACKETS, OscReceiver, _is_in, messages, networks


@pytest.fixture(scope="module")
def bus():
    bus = ControlBus.create(segment_name("osc"))
    yield bus
    bus.close()


@pytest.fixture
def receiver(bus):
    receiver = OscReceiver(0, bus)
    yield receiver
    receiver.close()


@pytest.fixture
def take(receiver):
    """Hands the receiver packets as if they had waited together."""
    return lambda *packets: receiver._take([(packet, 0.0) for packet in packets])


def message(address, *arguments):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build()


def test_a_value_sets_its_control(take, bus):
    take(message("/stemlight/ctl/stage/brightness", 0.25).dgram)
    assert bus.get("stage.brightness") == 0.25
    take(message("/stemlight/ctl/stage/blackout", True).dgram)
    assert bus.get("stage.blackout") is True
    take(message("/stemlight/ctl/stage/scene", "tunnel").dgram)
    assert bus.get("stage.scene") == "tunnel"


def test_a_trigger_fires_on_press_and_not_on_release(take, bus):
    bus.fires("beat.half_shift")
    for arguments in ((), (1,), (0,), (1.0,), (0.0,), (True,), (False,), (None,)):
        take(message("/stemlight/ctl/beat/half_shift", *arguments).dgram)
    assert bus.fires("beat.half_shift") == 5


def test_a_bundle_from_the_future_counts_now(take, bus):
    bundle = OscBundleBuilder(2e9)  # 2033: a sender with a fast clock
    bundle.add_content(message("/stemlight/ctl/stage/brightness", 0.5))
    bundle.add_content(message("/stemlight/ctl/beat/no_such_thing", 1))
    bundle.add_content(message("/stemlight/ctl/agc/lock", 1))
    take(bundle.build().dgram)
    assert bus.get("stage.brightness") == 0.5
    assert bus.get("agc.lock") is True


@pytest.mark.parametrize(
    "wrong",
    [
        message("/stemlight/ctl/beat/tapp"),
        message("/stemlight/ctl/stage/brightness"),
        message("/stemlight/ctl/stage/brightness", "bright"),
        message("/stemlight/ctl/stage/brightness", float("nan")),
        message("/stemlight/ctl/stage/brightness", 0.1, 0.2),
        message("/stemlight/ctl/stage/scene", 3),
        message("/other/address", 1),
    ],
)
def test_what_makes_no_sense_is_counted_and_changes_nothing(receiver, take, bus, wrong):
    before = (receiver.ignored, receiver.received, bus.get("stage.brightness"), bus.get("stage.scene"))
    take(wrong.dgram)
    after = (receiver.ignored - 1, receiver.received, bus.get("stage.brightness"), bus.get("stage.scene"))
    assert before == after


@pytest.mark.parametrize(
    "arguments", [(0.5,), (1, 2), ("tunnel",), (b"blob!", 1), (True, None), (2**40, "x", 1.5), ()]
)
def test_a_message_is_read_whole_or_not_at_all(arguments):
    whole = message("/a/b", *arguments).dgram
    assert list(next(messages(whole))) == list(arguments)
    for cut in range(1, len(whole)):
        try:
            found = [list(part) for part in messages(whole[:cut])]
        except ValueError:
            continue
        assert found == [[]] and cut == 8  # the address alone: a message of the time before type tags
    with pytest.raises(ValueError, match="followed by more"):
        list(messages(whole + bytes(4)))


def test_malformed_packets_are_counted(receiver, take):
    for packet in (
        b"",
        b"\0",
        b"#bundle\0",
        b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff",
        b"/a,",
    ):
        before = receiver.ignored
        take(packet)
        assert receiver.ignored == before + 1


@given(
    st.one_of(
        st.binary(max_size=200), st.binary(max_size=100).map(lambda tail: b"#bundle\0" + bytes(8) + tail)
    )
)
def test_no_bytes_bring_the_receiver_down(packet):
    try:
        for found in messages(packet):
            list(found)
    except ValueError:
        pass


def test_of_what_waits_together_a_value_counts_once_and_every_trigger(receiver, take, bus, monkeypatch):
    done = []
    monkeypatch.setattr(bus, "set", lambda name, value: done.append((name, value)))
    monkeypatch.setattr(bus, "fire", lambda name: done.append((name, None)))
    tap, halve = message("/stemlight/ctl/beat/tap").dgram, message("/stemlight/ctl/beat/halve", 1).dgram
    brightness = [message("/stemlight/ctl/stage/brightness", x / 100).dgram for x in range(100)]
    gain = message("/stemlight/ctl/input/gain_db", 3).dgram
    take(brightness[0], tap, gain, *brightness[1:99], halve, tap, brightness[99], tap)
    assert done == [
        ("beat.tap", None), ("input.gain_db", 3), ("beat.halve", None), ("beat.tap", None),
        ("stage.brightness", pytest.approx(0.99)), ("beat.tap", None),
    ]  # fmt: skip
    assert (receiver.received, receiver.superseded, receiver.ignored) == (6, 99, 0)


def test_a_value_that_makes_no_sense_does_not_undo_the_one_before_it(receiver, take, bus):
    good = message("/stemlight/ctl/stage/brightness", 0.75).dgram
    take(good, message("/stemlight/ctl/stage/brightness", "bright").dgram, good[:-3])
    assert bus.get("stage.brightness") == 0.75
    assert (receiver.received, receiver.ignored) == (1, 2)


def test_messages_that_name_no_control_are_offered_with_their_time_and_not_thinned(bus):
    heard = []

    def other(address, arguments, came_s):
        heard.append((address, arguments, came_s))
        return address == "/clock"

    receiver = OscReceiver(0, bus, other=other)
    receiver._take([(message("/clock", i).dgram, float(i)) for i in range(3)])
    receiver._take([(message("/noise").dgram, 9.0)])
    receiver.close()
    assert heard == [("/clock", [0], 0.0), ("/clock", [1], 1.0), ("/clock", [2], 2.0), ("/noise", [], 9.0)]
    assert (receiver.received, receiver.ignored) == (3, 1)


@pytest.mark.parametrize(
    ("sender", "allow", "is_allowed"),
    [
        ("192.168.1.20", ["192.168.1.20"], True),
        ("192.168.1.21", ["192.168.1.20"], False),
        ("192.168.1.21", ["10.0.0.1", "192.168.1.0/24"], True),
        ("192.168.2.21", ["192.168.1.77/24"], False),
        ("::ffff:192.168.1.21", ["192.168.1.0/24"], True),
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("fe80::1", ["192.168.1.0/24"], False),
        ("127.0.0.1", ["192.168.1.20"], True),
        ("::1", ["192.168.1.20"], True),
    ],
)
def test_who_is_allowed(sender, allow, is_allowed):
    assert _is_in(sender, networks(allow)) is is_allowed


@pytest.mark.parametrize("text", ["", "me", "192.168.1", "192.168.1.0/33", "192.168.1.20:7000"])
def test_what_is_no_address_to_allow_is_one_clear_line(text, bus):
    with pytest.raises(UserError, match=r"192\.168\.1\.0/24"):
        OscReceiver(0, bus, allow=[text])


def test_packets_of_strangers_are_refused_and_counted(bus, monkeypatch):
    receiver = OscReceiver(0, bus, allow=["192.168.1.20"])
    monkeypatch.setattr("stemlight.osc.receiver.ipaddress.IPv4Address.is_loopback", False)
    packet = message("/stemlight/ctl/beat/tap").dgram
    arrivals = [(packet, "10.0.0.1", 0), (packet, "192.168.1.20", 0), (packet, "10.0.0.1", 0)]

    def receive():
        if not arrivals:
            raise BlockingIOError
        return arrivals.pop(0)

    assert len(list(receiver._waiting(receive))) == 1
    assert receiver.refused == 2
    receiver.close()


def test_no_more_is_taken_at_once_than_may_wait(receiver):
    packet = message("/stemlight/ctl/beat/tap").dgram
    assert len(list(receiver._waiting(lambda: (packet, "127.0.0.1", 7)))) == MAX_PACKETS
    assert receiver.dropped == 7
    assert len(list(receiver._waiting(lambda: (bytes(60_000), "127.0.0.1", 7)))) < 10


def test_what_is_sent_arrives(receiver, bus):
    fired = bus.get("beat.tap")
    came = threading.Event()
    fire = bus.fire
    bus.fire = lambda name: (fire(name), came.set())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(message("/stemlight/ctl/beat/tap").dgram, ("127.0.0.1", receiver.port))
        assert came.wait(10.0)
    del bus.fire
    assert bus.get("beat.tap") == fired + 1


def test_a_port_that_is_taken_is_one_clear_line(receiver, bus):
    with pytest.raises(UserError, match="choose another port"):
        OscReceiver(receiver.port, bus)


def test_fuzzed_packets_are_counted_and_the_receiver_goes_on(receiver, take, bus):
    packets = list(fuzzed_packets(3000, seed=1))
    take(*packets)
    assert receiver.received + receiver.superseded + receiver.ignored >= len(packets) * 0.9
    assert receiver.ignored > 500  # most of them make no sense, and some do
    assert receiver.received > 50
    take(message("/stemlight/ctl/stage/brightness", 0.5).dgram)
    assert bus.get("stage.brightness") == 0.5


def test_a_number_that_is_none_never_gets_through(take, bus):
    for bits in (0x7FC00000, 0x7F800000, 0xFF800000):
        packet = bytearray(message("/stemlight/ctl/stage/brightness", 0.5).dgram)
        packet[-4:] = struct.pack(">I", bits)
        take(bytes(packet))
        assert 0.0 <= bus.get("stage.brightness") <= 1.0
