import pytest
from mido import Message
from stemlight.midi.device_map import Binding, DeviceMap
from stemlight.midi.hand import PICKUP, Hand
from stemlight.midi.lights import FLASH_S, Lights


@pytest.fixture
def hand(controls):
    def make(*bindings):
        return Hand(DeviceMap("pads", bindings), controls)

    return make


def cc(number, value, channel=0):
    return Message("control_change", channel=channel, control=number, value=value)


def note(number, velocity=100, channel=0):
    return Message("note_on", channel=channel, note=number, velocity=velocity)


def turn(hand, number, *values):
    for value in values:
        assert hand.receive(cc(number, value))


# Buttons


def test_a_pad_fires_a_trigger_once_a_press(hand, controls):
    pads = hand(Binding("beat.tap", "note", 1, 36))
    for message in (note(36), note(36, 0), note(36), Message("note_off", note=36)):
        assert pads.receive(message)
    assert controls.fires("beat.tap") == 2


def test_a_button_that_sends_controller_values_fires_as_it_goes_down(hand, controls):
    pads = hand(Binding("beat.tap", "cc", 1, 36))
    turn(pads, 36, 127, 127, 0, 63, 64, 127, 0)
    assert controls.fires("beat.tap") == 2


def test_what_is_not_bound_does_nothing(hand, controls):
    pads = hand(Binding("beat.tap", "note", 1, 36))
    for message in (note(37), note(36, channel=1), cc(36, 127), Message("pitchwheel"), Message("clock")):
        assert not pads.receive(message)
    assert controls.fires("beat.tap") == 0


def test_a_switch_is_toggled_or_held(hand, controls):
    pads = hand(Binding("stage.blackout", "note", 1, 1), Binding("stage.freeze", "note", 1, 2, mode="hold"))
    states = []
    for message in (note(1), note(1, 0), note(1), note(1, 0), note(2), note(2, 0)):
        pads.receive(message)
        states.append((controls.get("stage.blackout"), controls.get("stage.freeze")))
    assert states == [
        (True, False), (True, False), (False, False), (False, False), (False, True), (False, False)
    ]  # fmt: skip


def test_a_pad_sets_what_it_was_given(hand, controls):
    pads = hand(
        Binding("stage.scene", "note", 1, 1, value="ink"),
        Binding("stage.brightness", "note", 1, 2, value=0.25),
        Binding("stage.scene", "program", 1, 5, value="nave"),
    )
    pads.receive(note(1))
    assert controls.get("stage.scene") == "ink"
    pads.receive(note(2))
    assert controls.get("stage.brightness") == 0.25
    pads.receive(Message("program_change", program=5))
    assert controls.get("stage.scene") == "nave"


def test_a_pad_without_a_value_says_how_hard_it_was_hit(hand, controls):
    hand(Binding("stage.brightness", "note", 1, 1)).receive(note(1, 127))
    assert controls.get("stage.brightness") == 1.0


# Knobs


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0)])
def test_a_knob_goes_through_its_part_of_the_range(hand, controls, low, high):
    knob = hand(Binding("input.gain_db", "cc", 1, 7, low=low, high=high, pickup=False))
    for value, share in ((0, low), (127, high)):
        turn(knob, 7, value)
        assert controls.get("input.gain_db") == pytest.approx(-24.0 + 48.0 * share)


def test_fourteen_bits_are_finer_than_seven(hand, controls):
    fader = hand(Binding("stage.brightness", "cc14", 1, 7, pickup=False))
    turn(fader, 7, 64)
    turn(fader, 39, 1)
    assert controls.get("stage.brightness") == pytest.approx((64 * 128 + 1) / 16383)


def test_a_lower_half_alone_says_nothing(hand, controls):
    fader = hand(Binding("stage.brightness", "cc14", 1, 7, pickup=False))
    turn(fader, 39, 1)
    assert controls.get("stage.brightness") == 1.0


def test_a_pitch_bend_is_a_fader(hand, controls):
    fader = hand(Binding("stage.brightness", "pitch", 3, pickup=False))
    for pitch, value in ((-8192, 0.0), (8191, 1.0), (0, 8192 / 16383)):
        fader.receive(Message("pitchwheel", channel=2, pitch=pitch))
        assert controls.get("stage.brightness") == pytest.approx(value)


def test_a_knob_chooses_among_choices(hand, controls):
    knob = hand(Binding("sync.source", "cc", 1, 7, pickup=False))
    seen = []
    for value in range(128):
        turn(knob, 7, value)
        seen.append(controls.get("sync.source"))
    assert list(dict.fromkeys(seen)) == ["sound", "link", "midi", "osc", "tap"]


def test_a_knob_without_ends_goes_on_from_where_the_control_is(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7, mode="relative"))
    controls.set("stage.brightness", 0.5)
    turn(knob, 7, 1, 2, 127)
    assert controls.get("stage.brightness") == pytest.approx(0.5 + 2 / 127)


# Soft takeover


def test_a_knob_that_was_left_elsewhere_moves_nothing_until_it_has_come_there(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7))
    controls.set("stage.brightness", 0.5)
    turn(knob, 7, 10, 20, 40, 60)
    assert controls.get("stage.brightness") == 0.5
    turn(knob, 7, 70)  # past it
    assert controls.get("stage.brightness") == pytest.approx(70 / 127)
    turn(knob, 7, 20, 0)  # and from then on it follows
    assert controls.get("stage.brightness") == 0.0


def test_near_is_there(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7))
    controls.set("stage.brightness", 64 / 127 + 0.9 * PICKUP)
    turn(knob, 7, 64)
    assert controls.get("stage.brightness") == pytest.approx(64 / 127)


def test_a_control_that_another_door_has_moved_must_be_picked_up_again(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7))
    turn(knob, 7, 127, 100)
    controls.set("stage.brightness", 0.2)
    turn(knob, 7, 99, 90)
    assert controls.get("stage.brightness") == 0.2
    turn(knob, 7, 20, 30)
    assert controls.get("stage.brightness") == pytest.approx(30 / 127)


def test_a_knob_never_jumps_a_control(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7))
    controls.set("stage.brightness", 0.6)
    before = 0.6
    for value in [*range(0, 128), *range(127, -1, -1)]:
        turn(knob, 7, value)
        now = controls.get("stage.brightness")
        assert abs(now - before) <= PICKUP + 1e-9
        before = now
    assert before == 0.0


def test_whole_numbers_are_picked_up_where_the_knob_says_the_same(hand, controls):
    knob = hand(Binding("sync.beats_per_bar", "cc", 1, 7))
    turn(knob, 7, 127, 20)  # 4 is the default; 127 says 4
    assert controls.get("sync.beats_per_bar") == 3


def test_a_position_that_a_knob_does_not_reach_leaves_it_asleep(hand, controls):
    knob = hand(Binding("stage.brightness", "cc", 1, 7, low=0.0, high=0.5))
    controls.set("stage.brightness", 0.9)
    turn(knob, 7, 0, 64, 127)
    assert controls.get("stage.brightness") == 0.9


# Lights


@pytest.fixture
def lights(controls):
    def make(*bindings):
        lights = Lights(DeviceMap("pads", bindings), controls)
        return lambda now_s=0.0: [(light.binding.number, light.value) for light in lights.changes(now_s)]

    return make


def test_a_device_is_told_everything_once_and_then_what_changes(lights, controls):
    show = lights(
        Binding("stage.blackout", "note", 1, 1, lit=5, dark=1),
        Binding("stage.brightness", "cc", 1, 2),
        Binding("stage.brightness", "cc14", 1, 3),
        Binding("stage.scene", "note", 1, 4, value="ink"),
        Binding("stage.freeze", "note", 1, 5, light=False),
    )
    assert show() == [(1, 1), (2, 127), (3, 16383), (4, 0)]
    assert show() == []
    controls.set("stage.blackout", True)
    controls.set("stage.brightness", 0.5)
    controls.set("stage.freeze", True)
    controls.set("stage.scene", "ink")
    assert show() == [(1, 5), (2, 64), (3, 8192), (4, 127)]
    controls.set("stage.scene", "nave")
    assert show() == [(4, 0)]


def test_the_pad_of_a_trigger_flashes_whoever_fired_it(lights, controls):
    show = lights(Binding("beat.tap", "note", 1, 1))
    assert show(0.0) == [(1, 0)]
    controls.fire("beat.tap")
    assert show(1.0) == [(1, 127)]
    assert show(1.0 + 0.5 * FLASH_S) == []
    assert show(1.0 + 1.1 * FLASH_S) == [(1, 0)]
