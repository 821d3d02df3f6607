import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from stemlight.bus.controls import ControlBus
from stemlight.bus.segment import segment_name
from stemlight.osc.receiver import OscReceiver, messages


@pytest.fixture(scope="module")
def bus():
    bus = ControlBus.create(segment_name("osc"))
    yield bus
    bus.close()


@pytest.fixture(scope="module")
def receiver(bus):
    receiver = OscReceiver(0, bus)
    yield receiver
    receiver.close()


def message(address, *arguments):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build()


def test_a_value_sets_its_control(receiver, bus):
    receiver._take(message("/stemlight/ctl/stage/brightness", 0.25).dgram)
    assert bus.get("stage.brightness") == 0.25
    receiver._take(message("/stemlight/ctl/stage/blackout", True).dgram)
    assert bus.get("stage.blackout") is True
    receiver._take(message("/stemlight/ctl/stage/scene", "tunnel").dgram)
    assert bus.get("stage.scene") == "tunnel"


def test_a_trigger_fires_on_press_and_not_on_release(receiver, bus):
    bus.fires("beat.half_shift")
    for arguments in ((), (1,), (0,), (1.0,), (0.0,), (True,), (False,)):
        receiver._take(message("/stemlight/ctl/beat/half_shift", *arguments).dgram)
    assert bus.fires("beat.half_shift") == 4


def test_a_bundle_from_the_future_counts_now(receiver, bus):
    bundle = OscBundleBuilder(2e9)  # 2033: a sender with a fast clock
    bundle.add_content(message("/stemlight/ctl/stage/brightness", 0.5))
    bundle.add_content(message("/stemlight/ctl/beat/no_such_thing", 1))
    bundle.add_content(message("/stemlight/ctl/agc/lock", 1))
    receiver._take(bundle.build().dgram)
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
def test_what_makes_no_sense_is_counted_and_changes_nothing(receiver, bus, wrong):
    before = (receiver.ignored, receiver.received, bus.get("stage.brightness"), bus.get("stage.scene"))
    receiver._take(wrong.dgram)
    after = (receiver.ignored - 1, receiver.received, bus.get("stage.brightness"), bus.get("stage.scene"))
    assert before == after


def test_malformed_packets_are_counted(receiver):
    for packet in (
        b"",
        b"\0",
        b"#bundle\0",
        b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff",
        b"/a,",
    ):
        before = receiver.ignored
        receiver._take(packet)
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
