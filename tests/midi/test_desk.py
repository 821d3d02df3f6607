import pytest
import virtual_midi
from mido import Message
from stemlight.midi.desk import CLOCK_S, PLUG_S, Desk
from stemlight.midi.learner import SETTLE_S
from stemlight.midi.ports import MidiError, chosen, device_name

TAP = 'control = "beat.tap"\nmessage = "note"\nchannel = 1\nnumber = 36'
SCENE = 'control = "stage.scene"\nmessage = "note"\nchannel = 1\nnumber = 37\nvalue = "ink"'
KNOB = 'control = "stage.brightness"\nmessage = "cc"\nchannel = 1\nnumber = 7'


def test_a_device_that_is_plugged_in_works_and_says_so(desk, plug):
    desk.write_map("pads.toml", TAP)
    desk.use()
    assert desk.part.words("midi") == "no device named 'all' is there"
    pads = plug("Pads 20:0")
    desk.look(PLUG_S)
    assert desk.part.words("midi_news") == "MIDI: listening to Pads"
    pads.say("note_on", note=36, velocity=90)
    pads.say("note_on", note=99, velocity=90)
    pads.say("active_sensing")
    assert desk.hand.fires("beat.tap") == 1
    assert (desk.desk.received, desk.desk.ignored) == (1, 1)


def test_a_device_that_is_pulled_out_is_taken_back_at_another_port(desk, plug):
    desk.write_map("pads.toml", TAP, SCENE)
    desk.use()
    pads = plug("Pads 20:0")
    desk.look(PLUG_S)
    virtual_midi.unplug(pads)
    desk.hand.set("stage.scene", "ink")  # a light on a device that is gone
    desk.look(PLUG_S)
    assert pads.inputs == []
    pads = plug("Pads 24:0")
    desk.look(PLUG_S)
    pads.say("note_on", note=36, velocity=90)
    assert desk.hand.fires("beat.tap") == 1
    assert Message("note_on", note=37, velocity=127) in pads.heard


def test_a_new_device_disturbs_nobody(desk, plug):
    desk.use()
    pads = plug("Pads 20:0")
    desk.look(PLUG_S)
    (opened,) = pads.inputs
    plug("Keys 24:0")
    desk.look(PLUG_S)
    assert pads.inputs == [opened]
    assert desk.part.words("midi") == "listening to Pads, Keys"


def test_only_those_that_are_named_are_opened_and_nobody_while_none_is(desk, plug):
    pads, keys = plug("Pads 20:0"), plug("Keys 24:0")
    desk.look(3.0)
    assert not pads.inputs and not keys.inputs
    desk.use("key")
    assert keys.inputs and not pads.inputs
    desk.use("")
    assert not keys.inputs
    assert desk.part.words("midi") == ""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("all", ["Pads", "Keys B"]),
        ("PAD", ["Pads"]),
        ("keys, pads", ["Pads", "Keys B"]),
        ("midi through", ["Midi Through Port-0"]),
        ("", []),
        (" , ", []),
    ],
)
def test_names_are_parts_of_names(wanted, found):
    assert chosen(wanted, ["Pads", "Keys B", "Midi Through Port-0", "RtMidiIn Client"]) == found


def test_two_of_a_kind_are_two(desk, plug):
    one, two = plug("Pads:Pads MIDI 1 20:0"), plug("Pads:Pads MIDI 1 24:0")
    desk.use()
    assert one.inputs and two.inputs
    assert desk.part.words("midi") == "listening to Pads MIDI 1, Pads MIDI 1 (2)"


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("Launchpad Mini MK3:Launchpad Mini MK3 LPMiniMK3 MI 24:1", "Launchpad Mini MK3 LPMiniMK3 MI"),
        ("nanoKONTROL2 SLIDER/KNOB", "nanoKONTROL2 SLIDER/KNOB"),
        ("Midi Through:Midi Through Port-0 14:0", "Midi Through Port-0"),
        ("Max 8:to Max 1", "Max 8:to Max 1"),
    ],
)
def test_a_device_has_the_same_name_at_every_port(port, name):
    assert device_name(port) == name


# Lights


def test_lights_show_the_controls_and_go_out_in_the_end(desk, plug):
    desk.write_map(
        "pads.toml", 'control = "stage.blackout"\nmessage = "note"\nchannel = 2\nnumber = 8\nlit = 5', KNOB
    )
    pads = plug("Pads 20:0")
    desk.use()
    desk.hand.set("stage.blackout", True)
    desk.hand.set("stage.brightness", 0.0)
    desk.look(0.1)
    on = Message("note_on", channel=1, note=8, velocity=5)
    off = Message("note_on", channel=1, note=8, velocity=0)
    assert pads.heard[-2:] == [on, Message("control_change", control=7, value=0)]
    desk.use("")
    assert pads.heard[-1] == off


# Learning


def learn(desk, control, *messages, device=None):
    """Says what is to be learnt, moves things, and waits."""
    desk.hand.set("midi.learn", control)
    desk.look()
    assert desk.part.words("midi_learn") == f"move what is to be {control}"
    for kind, fields in messages:
        device.say(kind, **fields)
    desk.look(SETTLE_S + 0.1)
    return desk.part.words("midi_learn")


@pytest.fixture
def pads(desk, plug):
    pads = plug("Pads 20:0")
    desk.use()
    return pads


CC7, CC39 = ("control_change", {"control": 7, "value": 64}), ("control_change", {"control": 39, "value": 1})


@pytest.mark.parametrize(
    ("control", "messages", "says"),
    [
        ("stage.brightness", [CC7, CC7], "Pads: CC 7 on channel 1: stage.brightness"),
        ("stage.brightness", [CC7, CC39, CC7], "Pads: 14-bit CC 7 on channel 1: stage.brightness"),
        ("stage.brightness", [("pitchwheel", {"channel": 3, "pitch": 9})],
         "Pads: pitch bend on channel 4: stage.brightness"),
        ("beat.tap", [("note_on", {"note": 36, "velocity": 0}), ("note_on", {"note": 37, "velocity": 9})],
         "Pads: note 37 on channel 1: beat.tap"),
        ("stage.scene", [CC7, ("note_on", {"note": 40, "velocity": 9})],
         "Pads: note 40 on channel 1: stage.scene = ink"),
        ("stage.scene", [("program_change", {"program": 3})],
         "Pads: program 3 on channel 1: stage.scene = ink"),
        ("stage.blackout", [("note_on", {"note": 41, "velocity": 9})],
         "Pads: note 41 on channel 1: stage.blackout"),
        ("sync.source", [CC7], "Pads: CC 7 on channel 1: sync.source"),
    ],
)  # fmt: skip
def test_what_is_moved_is_learnt_saved_and_works(desk, pads, control, messages, says):
    desk.hand.set("stage.scene", "ink")
    assert learn(desk, control, *messages, device=pads) == says
    assert desk.hand.get("midi.learn") == ""
    assert len((desk.folder / "pads.toml").read_text().split("[[binding]]")) == 2
    desk.look(0.1)
    (device,) = desk.desk._devices.values()
    assert device.hand.receive(Message(messages[-1][0], **messages[-1][1]))


def test_while_it_learns_nothing_else_moves(desk, plug):
    desk.write_map("pads.toml", KNOB)
    pads = plug("Pads 20:0")
    desk.use()
    learn(desk, "input.gain_db", ("control_change", {"control": 7, "value": 127}), device=pads)
    assert desk.hand.get("stage.brightness") == 1.0
    assert desk.hand.get("input.gain_db") == 0.0
    pads.say("control_change", control=7, value=127)
    assert desk.hand.get("stage.brightness") == 1.0  # the knob has another work now


def test_learning_can_be_called_off_and_a_name_that_is_none_is_said(desk, pads):
    desk.hand.set("midi.learn", "beat.tap")
    desk.look(0.1)
    desk.hand.set("midi.learn", "")
    desk.look(0.1)
    pads.say("note_on", note=1, velocity=1)
    desk.look(1.0)
    assert not desk.folder.exists()
    desk.hand.set("midi.learn", "beat.tip")
    desk.look(0.1)
    assert "did you mean 'beat.tap'" in desk.part.words("midi_learn")
    assert desk.hand.get("midi.learn") == ""


def test_a_pad_cannot_recall_what_is_not_there(desk, pads):
    desk.hand.set("midi.learn", "stage.preset")
    desk.look(0.1)
    assert desk.part.words("midi_learn").startswith("stage.preset is empty")
    assert desk.hand.get("midi.learn") == ""


def test_a_control_can_be_freed(desk, plug):
    path = desk.write_map("pads.toml", TAP, SCENE)
    pads = plug("Pads 20:0")
    desk.use()
    desk.hand.set("midi.forget", "beat.tap")
    desk.look(0.1)
    assert desk.part.words("midi_learn") == "beat.tap was freed of 1 binding"
    pads.say("note_on", note=36, velocity=90)
    assert desk.hand.fires("beat.tap") == 0
    assert "beat.tap" not in path.read_text()
    assert "stage.scene" in path.read_text()


def test_a_broken_map_is_said_and_stops_nothing(desk, plug):
    desk.write_map("pads.toml", head="version = 7\n")
    pads = plug("Pads 20:0")
    desk.use()
    assert "version is 7" in desk.part.words("midi_news")
    assert (desk.folder / "pads.broken.toml").exists()
    assert pads.inputs


# The clock


def test_the_clock_of_one_device_is_taken_until_it_falls_silent(desk, plug):
    mixer, drums = plug("Mixer 20:0"), plug("Drums 24:0")
    desk.use()
    drums.say("start")
    for _ in range(48):
        desk.now_s += 0.02
        drums.say("clock")
        mixer.say("clock")
    assert desk.clock.ticks == 48
    assert desk.clock.line(desk.now_s, 4).tempo_bpm == pytest.approx(125.0)
    desk.now_s += 1.1 * CLOCK_S
    mixer.say("clock")
    drums.say("clock")
    assert desk.clock.ticks == 49


def test_song_position_stop_and_continue_arrive(desk, plug):
    drums = plug("Drums 24:0")
    desk.use()
    for kind, fields in (("stop", {}), ("songpos", {"pos": 16}), ("continue", {})):
        drums.say(kind, **fields)
    for _ in range(24):
        drums.say("clock")
        desk.now_s += 0.02
    assert desk.clock.line(desk.now_s, 4).beat_at(desk.now_s) == pytest.approx(5.0)


def test_outputs_for_our_clock_come_and_go(desk, plug):
    drums = plug("Drums 24:0")
    desk.hand.set("midi.clock_out", "drum")
    desk.look(PLUG_S)
    (send,) = desk.clock_outputs
    send(b"\xf8")
    assert drums.heard == [Message("clock")]
    virtual_midi.unplug(drums)
    desk.look(PLUG_S)
    assert desk.clock_outputs == []


# A machine without MIDI


def test_no_midi_is_said_once_and_looked_for_now_and_then(desk):
    asked = []

    def none():
        asked.append(desk.now_s)
        raise MidiError("this system has no ALSA sequencer")

    desk.desk = Desk(desk.controls, desk.part, desk.clock, desk.folder, ports=none)
    desk.use()
    desk.look(30.0)
    assert desk.part.words("midi_news") == "MIDI: this system has no ALSA sequencer"
    assert 2 <= len(asked) <= 5
