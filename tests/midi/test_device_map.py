import pytest
from stemlight.errors import UserError
from stemlight.midi.device_map import Binding, DeviceMap, bind, forget, load_map, map_path, parse_map

KNOB = Binding("stage.brightness", "cc", 1, 21)
PAD = Binding("stage.scene", "note", 10, 36, value="ink")
FADER = Binding("input.gain_db", "cc14", 2, 7, low=1.0, high=0.5, pickup=False, light=False)
NAME = "Launchpad Mini MK3"


def parse(binding, head="version = 1"):
    return parse_map(f"{head}\n[[binding]]\n{binding}\n", "pads.toml")


def test_what_was_bound_is_there_after_a_restart(tmp_path):
    for binding in (KNOB, PAD, FADER):
        bind(NAME, binding, tmp_path / "new folder")
    assert load_map(NAME, tmp_path / "new folder") == (DeviceMap(NAME, (KNOB, PAD, FADER)), "")
    assert map_path(NAME, tmp_path).name == "launchpad-mini-mk3.toml"


def test_a_device_without_a_map_has_an_empty_one(tmp_path):
    assert load_map(NAME, tmp_path) == (DeviceMap(NAME), "")


def test_a_message_does_one_thing(tmp_path):
    bind(NAME, KNOB, tmp_path)
    other = Binding("input.gain_db", "cc", 1, 21)
    assert bind(NAME, other, tmp_path) == 1
    assert load_map(NAME, tmp_path)[0].bindings == (other,)


def test_a_control_can_be_freed_of_all_of_its_bindings(tmp_path):
    for binding in (KNOB, PAD, Binding("stage.brightness", "cc", 1, 22)):
        bind(NAME, binding, tmp_path)
    assert forget(NAME, "stage.brightness", tmp_path) == 2
    assert forget(NAME, "stage.brightness", tmp_path) == 0
    assert load_map(NAME, tmp_path)[0].bindings == (PAD,)
    assert forget("another", "stage.brightness", tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_what_people_wrote_beside_the_bindings_stays(tmp_path):
    path = map_path(NAME, tmp_path)
    path.write_text('# my pads\nversion = 1\n\n[[binding]]\n# the big one\ncontrol = "beat.tap"\n'
                    'message = "note"\nchannel = 1\nnumber = 3\n')  # fmt: skip
    bind(NAME, KNOB, tmp_path)
    text = path.read_text()
    assert "# my pads" in text
    assert "# the big one" in text
    assert len(load_map(NAME, tmp_path)[0].bindings) == 2


@pytest.mark.parametrize(
    ("binding", "says"),
    [
        ('control = "stage.brightness"\nmessage = "cc"', "channel is missing"),
        ('message = "cc"\nchannel = 1', "control is missing"),
        ('control = "stage.brightnes"\nmessage = "cc"\nchannel = 1', "did you mean 'stage.brightness'"),
        ('control = "stage.brightness"\nmessage = "knob"\nchannel = 1', "message is 'knob'; it must be one"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = 17', "channel is 17; it must be a whole"),
        ('control = "stage.brightness"\nmessage = "cc14"\nchannel = 1\nnumber = 32', "number is 32; it must"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = true', "channel is True"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = 1\nhigh = 2', "high is 2"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = 1\nmode = "push"', "mode is 'push'"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = 1\npickup = 1', "pickup is 1; it must"),
        ('control = "stage.brightness"\nmessage = "cc"\nchannel = 1\ncolor = 3', "unknown key 'color'"),
        ('control = "stage.scene"\nmessage = "note"\nchannel = 1', "value is missing"),
        ('control = "stage.scene"\nmessage = "cc"\nchannel = 1', "value is missing"),
        ('control = "stage.brightness"\nmessage = "program"\nchannel = 1', "value is missing"),
        ('control = "beat.tap"\nmessage = "note"\nchannel = 1\nvalue = 1', "nothing beat.tap can be set to"),
        ('control = "sync.source"\nmessage = "note"\nchannel = 1\nvalue = "radio"', "value is 'radio'"),
        ('control = "stage.brightness"\nmessage = "note"\nchannel = 1\nvalue = nan', "value is nan"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_that_names_the_file_the_binding_and_the_key(binding, says):
    with pytest.raises(UserError) as told:
        parse(binding)
    assert str(told.value).startswith("pads.toml: binding 1: ")
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 2", "version is 2; this Stemlight reads 1"),
        ("", "version is None"),
        ("version = 1\nbindings = []", "unknown key 'bindings'"),
        ("version = 1\nbinding = 3", r"write \[\[binding\]\]"),
        ("version = ", "not TOML"),
    ],
)
def test_so_is_a_file_that_is_no_map(text, says):
    with pytest.raises(UserError, match=says):
        parse_map(text, "pads.toml")


@pytest.mark.parametrize("broken", ["version = ", "version = 1\n[[binding]]\nkey = 1\n", "\xff"])
def test_a_broken_map_is_set_aside_and_said(tmp_path, broken):
    path = map_path(NAME, tmp_path)
    path.write_bytes(broken.encode("latin-1"))
    device_map, words = load_map(NAME, tmp_path)
    assert device_map == DeviceMap(NAME)
    assert words.endswith("set aside as launchpad-mini-mk3.broken.toml")
    assert [p.name for p in tmp_path.iterdir()] == ["launchpad-mini-mk3.broken.toml"]
    bind(NAME, KNOB, tmp_path)
    assert load_map(NAME, tmp_path)[0].bindings == (KNOB,)
