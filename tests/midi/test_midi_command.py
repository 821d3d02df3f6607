import threading
import time

import mido
import pytest
from stemlight.errors import UserError
from stemlight.midi.command import forget_everywhere, learn, list_bindings, list_devices
from stemlight.midi.device_map import Binding, bind
from stemlight.midi.ports import Ports

KNOB = Binding("stage.brightness", "cc", 1, 21)


@pytest.fixture
def ports():
    return Ports(mido.Backend("virtual_midi", load=True))


@pytest.fixture
def pads(plug):
    return plug("Pads 20:0")


def moving(device, kind, **fields):
    """Moves something as soon as anybody listens."""

    def move():
        ends_s = time.monotonic() + 20.0
        while not device.inputs and time.monotonic() < ends_s:
            time.sleep(0.005)
        device.say(kind, **fields)

    thread = threading.Thread(target=move)
    thread.start()
    return thread


@pytest.mark.usefixtures("pads")
def test_devices_are_listed_with_their_maps(ports, tmp_path):
    bind("Pads", KNOB, tmp_path)
    (row,) = list_devices(tmp_path, ports)
    assert row == {
        "device": "Pads",
        "sends": True,
        "hears": True,
        "bindings": 1,
        "map": str(tmp_path / "pads.toml"),
    }


def test_maps_are_listed_whether_their_device_is_there_or_not(tmp_path):
    bind("Pads", KNOB, tmp_path)
    assert list_bindings(tmp_path) == [("Pads", KNOB)]
    (tmp_path / "pads.toml").write_text("version = 9")
    with pytest.raises(UserError, match="version is 9"):
        list_bindings(tmp_path)


def test_what_is_moved_is_bound(ports, pads, tmp_path):
    thread = moving(pads, "note_on", note=40, velocity=9)
    learnt = learn("stage.scene", "ink", "all", 20.0, tmp_path, ports=ports)
    thread.join()
    assert learnt.binding == Binding("stage.scene", "note", 1, 40, value="ink")
    assert list_bindings(tmp_path) == [("Pads", learnt.binding)]


def test_a_pad_that_is_told_nothing_to_set_is_not_bound(ports, pads, tmp_path):
    thread = moving(pads, "note_on", note=40, velocity=9)
    with pytest.raises(UserError, match="value is missing"):
        learn("stage.scene", None, "all", 20.0, tmp_path, ports=ports)
    thread.join()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "device", "says"),
    [
        ("stage.brightnes", "all", "did you mean 'stage.brightness'"),
        ("stage.brightness", "keys", "no MIDI device named 'keys'"),
        ("stage.brightness", "pads", "nothing was moved"),
    ],
)
@pytest.mark.usefixtures("pads")
def test_what_cannot_be_learnt_is_one_line(ports, tmp_path, name, device, says):
    with pytest.raises(UserError, match=says):
        learn(name, None, device, 0.01, tmp_path, ports=ports)


def test_a_control_is_freed_on_every_device(tmp_path):
    bind("Pads", KNOB, tmp_path)
    bind("Keys", KNOB, tmp_path)
    bind("Keys", Binding("beat.tap", "note", 1, 1), tmp_path)
    assert forget_everywhere("stage.brightness", tmp_path) == 2
    assert [binding.control for _, binding in list_bindings(tmp_path)] == ["beat.tap"]
