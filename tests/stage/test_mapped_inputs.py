"""What the music does to inputs, without a picture."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stemlight.analysis.feature_frame import FAMILIES, FIELDS, HOP_S, FeatureFrame, empty_record
from stemlight.errors import UserError
from stemlight.preset.preset import BEATS_RANGE, CURVES, Mapping
from stemlight.preset.sources import BEATS, LFOS, sources
from stemlight.stage.mapped_inputs import OPACITY, MappedInputs, out_of_range
from stemlight.stage.moment import Moment
from stemlight.stage.shader_program import Input

floats = partial(st.floats, allow_subnormal=False)  # libraries that are loaded here flush them

SPIN = Input("spin", "float", "spin", 1.0, (0.0,), (4.0,))
SHAPE = Input("shape", "long", "shape", 0, (0.0,), (5.0,), (0, 2, 5), ("a", "b", "c"))
PLACE = Input("place", "point2D", "place", (0.5, 0.5), (0.0, -1.0), (1.0, 1.0))
TINT = Input("tint", "color", "tint", (0.5, 0.5, 0.5, 1.0), None, None)
MIRROR = Input("mirror", "bool", "mirror", False, None, None)
FLASH = Input("flash", "event", "flash", False, None, None)
PICTURE = Input("picture", "image", "picture", None, None, None)
INPUTS = (SPIN, SHAPE, PLACE, TINT, MIRROR, FLASH, PICTURE)
TEMPO_BPM = 120.0


def frame(time_s=0.0, tempo_bpm=TEMPO_BPM, **values):
    """`drums_hits=1.0` sets a family's quantity, other names a field."""
    record = empty_record()
    record["time_s"], record["tempo_bpm"] = time_s, tempo_bpm
    record["beat"] = time_s * TEMPO_BPM / 60.0
    record["beat_count"] = math.floor(record["beat"])
    for name, value in values.items():
        family, _, quantity = name.rpartition("_")
        if family in FAMILIES:
            record[quantity][FAMILIES.index(family)] = value
        else:
            record[name] = value
    return FeatureFrame(record)


def moment(time_s, delta_s=1.0 / 60.0, lead_s=0.0):
    return Moment(time_s, delta_s, 0, beat_lead_s=lead_s)


def mapped(*mappings, **base):
    return MappedInputs(INPUTS, base, mappings)


def drawn(inputs, value, name="bass_level", time_s=0.0, delta_s=1.0 / 60.0):
    """The live values after one draw in which a frame said `value`."""
    return inputs.update([frame(time_s, **{name: value})], moment(time_s, delta_s))


LEVEL = Mapping("spin", "bass.level", release_s=0.0)


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "heard", "base", "live"),
    [
        (LEVEL, 0.25, 1.0, 2.0),
        (replace(LEVEL, amount=0.5), 0.25, 1.0, 1.5),
        (replace(LEVEL, amount=-0.5), 0.25, 1.0, 0.5),
        (LEVEL, 0.9, 1.0, 4.0),  # the range is the range
        (replace(LEVEL, amount=-1.0), 0.9, 1.0, 0.0),
        (replace(LEVEL, low=0.2, high=0.4), 0.3, 0.0, 2.0),
        (replace(LEVEL, low=0.4, high=0.2), 0.25, 0.0, 3.0),
        (replace(LEVEL, low=0.2, high=0.4), 0.1, 1.0, 1.0),
        (replace(LEVEL, curve="ease_in"), 0.5, 0.0, 1.0),
        (replace(LEVEL, curve="ease_out"), 0.5, 0.0, 3.0),
        (replace(LEVEL, curve="s"), 0.25, 0.0, 0.625),
        (replace(LEVEL, curve="step", threshold=0.3), 0.29, 0.0, 0.0),
        (replace(LEVEL, curve="step", threshold=0.3), 0.31, 0.0, 4.0),
    ],
)
def test_live_is_base_and_what_is_heard_of_the_range(mapping, heard, base, live):
    inputs = mapped(mapping, spin=base)
    assert drawn(inputs, heard)["spin"] == pytest.approx(live)
    assert inputs.base["spin"] == base


@pytest.mark.parametrize("curve", CURVES)
@settings(max_examples=30, deadline=None)
@given(floats(0.0, 1.0), floats(0.0, 1.0))
def test_curves_rise_from_0_to_1(curve, a, b):
    def shaped(x):
        return drawn(mapped(replace(LEVEL, curve=curve), spin=0.0), x)["spin"] / 4.0

    assert shaped(0.0) == 0.0 and shaped(1.0) == pytest.approx(1.0)
    assert 0.0 <= shaped(min(a, b)) <= shaped(max(a, b)) <= 1.0


def test_several_mappings_of_an_input_add_up_before_the_range_ends_them():
    up, down = replace(LEVEL, amount=1.0), Mapping("spin", "drums.level", amount=-0.5, release_s=0.0)
    inputs = mapped(up, down, spin=2.0)
    live = inputs.update([frame(bass_level=1.0, drums_level=1.0)], moment(0.0))
    assert live["spin"] == pytest.approx(4.0)


def test_a_mapping_that_is_released_leaves_the_slider_where_the_person_put_it():
    inputs = mapped(LEVEL, spin=1.0)
    drawn(inputs, 0.5)
    inputs.set_base("spin", 0.5)
    assert drawn(inputs, 0.5)["spin"] == pytest.approx(2.5)
    assert inputs.live["spin"] == pytest.approx(2.5) and inputs.base["spin"] == 0.5
    inputs.set_mappings([])
    assert drawn(inputs, 0.5) == {}
    assert inputs.base["spin"] == 0.5 and inputs.mapped == frozenset()


def test_a_long_takes_the_nearest_value_that_it_may():
    inputs = mapped(Mapping("shape", "bass.level", release_s=0.0))
    lives = [drawn(inputs, heard)["shape"] for heard in (0.0, 0.19, 0.21, 0.69, 0.71, 1.0)]
    assert lives == [0, 0, 2, 2, 5, 5]


def test_points_and_colours_move_whole_or_by_component():
    inputs = mapped(
        Mapping("place", "bass.level", release_s=0.0),
        Mapping("tint", "bass.level", component=2, amount=-0.5, release_s=0.0),
        tint=(0.2, 0.4, 0.6, 0.8),
    )
    live = drawn(inputs, 0.25)
    assert live["place"] == pytest.approx((0.75, 1.0))  # by a quarter of ranges that are 1 and 2
    assert live["tint"] == pytest.approx((0.2, 0.4, 0.475, 0.8))


def test_a_colour_without_a_range_stays_a_colour_but_keeps_what_a_person_asked_for():
    inputs = mapped(Mapping("tint", "bass.level", release_s=0.0), tint=(2.0, 0.9, 0.0, 1.0))
    assert drawn(inputs, 1.0)["tint"] == pytest.approx((2.0, 1.0, 1.0, 1.0))


def test_opacity_is_an_input_too():
    inputs = MappedInputs([OPACITY], {"opacity": 0.25}, [Mapping("opacity", "bass.level", release_s=0.0)])
    assert drawn(inputs, 0.5)["opacity"] == pytest.approx(0.75)


# --- envelopes --------------------------------------------------------------------------------------------


def test_attack_and_release_are_time_constants():
    mapping = replace(LEVEL, attack_s=0.1, release_s=0.4)
    inputs = mapped(mapping, spin=0.0)
    drawn(inputs, 0.0)
    assert drawn(inputs, 1.0, delta_s=0.1)["spin"] == pytest.approx(4.0 * (1.0 - math.exp(-1.0)))
    inputs = mapped(mapping, spin=0.0)
    drawn(inputs, 1.0)
    assert drawn(inputs, 0.0, delta_s=0.4)["spin"] == pytest.approx(4.0 * math.exp(-1.0))


@pytest.mark.parametrize("source", ["bass.level", "kick.count"])
def test_what_is_smoothed_is_smoothed_in_seconds_not_in_draws(source):
    def after_a_second(draws_per_s):
        inputs = mapped(Mapping("spin", source, attack_s=0.25, release_s=0.5), spin=0.0)
        inputs.update([frame()], moment(0.0))
        inputs.update([frame(bass_level=0.8, kick_count=1)], moment(0.0, 0.0))
        lives = [inputs.update([], moment(0.0, 1.0 / draws_per_s))["spin"] for _ in range(draws_per_s)]
        return lives[draws_per_s // 4 - 1], lives[-1]

    assert after_a_second(240) == pytest.approx(after_a_second(20))
    assert after_a_second(20)[0] > 0.1


def test_the_first_draw_starts_where_the_music_is():
    assert drawn(mapped(replace(LEVEL, attack_s=5.0), spin=0.0), 0.5)["spin"] == pytest.approx(2.0)


def test_what_is_heard_falls_softly_where_a_preset_says_nothing_and_an_oscillator_keeps_its_shape():
    inputs = mapped(Mapping("spin", "bass.level"), Mapping("shape", "lfo.square"), spin=0.0)
    drawn(inputs, 1.0)
    inputs.update([frame(0.25)], moment(0.25, 0.2))
    assert inputs.live["spin"] == pytest.approx(4.0 * math.exp(-1.0))
    inputs.update([frame(0.25)], moment(0.2501, 1e-4))
    assert inputs.live["shape"] == 0


def test_no_hit_between_two_draws_is_lost():
    inputs = mapped(Mapping("spin", "kick.hits", release_s=0.0), Mapping("shape", "kick.level"), spin=0.0)
    between = [frame(kick_hits=hit, kick_level=hit) for hit in (0.2, 1.0, 0.1)]
    assert inputs.update(between, moment(0.0))["spin"] == pytest.approx(4.0)
    assert inputs.live["shape"] == 0  # a level is what it is now
    assert inputs.update([], moment(0.1))["spin"] == pytest.approx(0.4)  # and the hit is over


def test_an_envelope_goes_on_when_the_amount_is_dragged():
    inputs = mapped(replace(LEVEL, release_s=1.0), spin=0.0)
    drawn(inputs, 1.0)
    inputs.set_mappings([replace(LEVEL, release_s=1.0, amount=0.5)])
    assert drawn(inputs, 0.0, delta_s=1.0)["spin"] == pytest.approx(2.0 * math.exp(-1.0))
    inputs.set_mappings([Mapping("spin", "drums.level", release_s=1.0)])
    assert drawn(inputs, 0.0)["spin"] == 0.0


# --- events and switches ----------------------------------------------------------------------------------


def fires(inputs, heard, name="bass_level"):
    return [drawn(inputs, value, name)["flash"] for value in heard]


def test_an_event_fires_once_when_its_source_rises_through_the_threshold():
    inputs = mapped(Mapping("flash", "bass.level", threshold=0.5))
    heard = [0.0, 0.6, 0.7, 0.45, 0.55, 0.3, 0.6]  # 0.45 is noise around the threshold, 0.3 is not
    assert fires(inputs, heard) == [False, True, False, False, False, False, True]


def test_an_event_does_not_fire_by_what_was_going_on_when_its_preset_came():
    inputs = mapped(Mapping("flash", "bass.level"))
    inputs.update([], moment(0.0))
    assert fires(inputs, [1.0, 1.0]) == [False, False]
    inputs = mapped(Mapping("flash", "kick.count"))
    inputs.update([], moment(0.0))
    assert fires(inputs, [7, 7, 8, 8], "kick_count") == [False, False, True, False]


def test_a_count_fires_once_each_time_it_goes_up_and_not_when_the_engine_begins_again():
    inputs = mapped(Mapping("flash", "kick.count", threshold=1.0))
    assert fires(inputs, [3, 4, 5, 5, 0, 0, 1], "kick_count") == [
        False,
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    frames = [frame(kick_count=1), frame(kick_count=2), frame(kick_count=2)]
    assert inputs.update(frames, moment(0.0))["flash"]
    assert not inputs.update([], moment(0.0))["flash"]


def test_a_count_rings_a_number_like_a_bell():
    inputs = mapped(Mapping("spin", "kick.count", release_s=0.5), spin=0.0)
    lives = [drawn(inputs, count, "kick_count", delta_s=0.5)["spin"] for count in (9, 10, 10, 11)]
    assert lives == pytest.approx([0.0, 4.0, 4.0 * math.exp(-1.0), 4.0])


def test_a_mapping_without_amount_fires_nothing():
    inputs = mapped(Mapping("flash", "kick.count", amount=0.0))
    assert fires(inputs, [0, 1], "kick_count") == [False, False]


def test_a_person_fires_a_mapped_event_too_once():
    inputs = mapped(Mapping("flash", "kick.count"))
    inputs.set_base("flash", True)
    assert fires(inputs, [0, 0], "kick_count") == [True, False]
    assert inputs.base["flash"] is False


@pytest.mark.parametrize(
    ("base", "amount", "lives"),
    [
        (False, 1.0, [False, True, True, False]),
        (True, -1.0, [True, False, False, True]),
        (True, 1.0, [True] * 4),
        (False, 0.0, [False] * 4),
    ],
)
def test_a_switch_is_on_while_its_source_is_up(base, amount, lives):
    inputs = mapped(Mapping("mirror", "bass.level", amount=amount, release_s=0.0), mirror=base)
    assert [drawn(inputs, heard)["mirror"] for heard in (0.1, 0.6, 0.45, 0.35)] == lives


# --- the beat ---------------------------------------------------------------------------------------------


def beats(inputs, name, until_beat, *, draws_per_beat=16, lead_s=0.0, hear_late_s=0.02):
    """Live values of a song at TEMPO_BPM by beat; frames are a little older than what is shown."""
    beat_s, lives, n_heard = 60.0 / TEMPO_BPM, {}, 0
    for index in range(int(until_beat * draws_per_beat)):
        time_s = index * beat_s / draws_per_beat + 1e-9
        due = max(int((time_s - hear_late_s) / HOP_S), 0)
        frames = [frame(i * HOP_S) for i in range(n_heard, due)]
        n_heard = due
        now = Moment(time_s, beat_s / draws_per_beat, index, beat_lead_s=lead_s)
        lives[index / draws_per_beat] = inputs.update(frames, now)[name]
    return lives


@pytest.mark.parametrize(
    ("lfo", "at"),
    [
        ("lfo.sine", {4.0: 0.0, 4.5: 0.5, 5.0: 1.0, 5.5: 0.5}),
        ("lfo.triangle", {4.0: 0.0, 4.5: 0.5, 5.0: 1.0, 5.75: 0.25}),
        ("lfo.ramp", {4.0: 0.0, 4.5: 0.25, 5.0: 0.5, 5.5: 0.75}),
        ("lfo.square", {4.0: 1.0, 4.5: 1.0, 5.0: 0.0, 5.5: 0.0}),
    ],
)
def test_oscillators_run_with_the_beat_of_the_moment_that_is_seen(lfo, at):
    lives = beats(mapped(Mapping("spin", lfo, beats=2.0), spin=0.0), "spin", 8)
    assert {beat: lives[beat] / 4.0 for beat in at} == pytest.approx(at, abs=1e-6)
    ahead = beats(mapped(Mapping("spin", lfo, beats=2.0, phase=0.25), spin=0.0), "spin", 8)
    assert {beat - 0.5: ahead[beat - 0.5] / 4.0 for beat in at} == pytest.approx(
        {beat - 0.5: value for beat, value in at.items()}, abs=1e-6
    )


def test_oscillators_are_early_for_screens_that_are_late():
    ramp = Mapping("spin", "lfo.ramp")
    assert beats(mapped(ramp, spin=0.0), "spin", 2, lead_s=0.125)[1.0] == pytest.approx(1.0)


def test_random_holds_for_its_period_differs_from_the_next_and_is_the_same_every_night():
    random = Mapping("spin", "lfo.random", beats=2.0)
    lives = beats(mapped(random, spin=0.0), "spin", 32)
    steps = [{lives[beat + k / 16.0] for k in range(32)} for beat in range(0, 32, 2)]
    assert all(len(values) == 1 for values in steps)
    assert len(set.union(*steps)) == 16
    assert min(lives.values()) < 1.0 and max(lives.values()) > 3.0
    assert beats(mapped(random, spin=0.0), "spin", 32, draws_per_beat=16) == lives
    red, green = replace(random, input="tint", component=0), replace(random, input="tint", component=1)
    tint = mapped(red, green, tint=(0.0, 0.0, 0.0, 1.0)).update([frame()], moment(0.0))["tint"]
    assert tint[0] != tint[1]
    other = MappedInputs(INPUTS, {"spin": 0.0}, [random], seed=1)
    assert beats(other, "spin", 1)[0.0] != lives[0.0]


@pytest.mark.parametrize("source", BEATS)
def test_a_beat_is_1_in_its_first_half_and_an_event_fires_at_its_start(source):
    gate = Mapping("spin", source, release_s=0.0)
    lives = beats(mapped(gate, spin=0.0), "spin", 8)
    fired = beats(mapped(Mapping("flash", source)), "flash", 8)
    for beat, value in lives.items():
        is_it = source in ("beat.any", f"beat.{int(beat) % 4 + 1}")
        assert value == 4.0 * (is_it and beat % 1.0 < 0.5)
        assert fired[beat] == (is_it and beat % 1.0 == 0.0 and beat > 0.0)


def test_counts_of_beats_and_bars_fire_when_they_are_seen():
    assert [b for b, on in beats(mapped(Mapping("flash", "beat_count")), "flash", 6).items() if on] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert [b for b, on in beats(mapped(Mapping("flash", "bar_count")), "flash", 9).items() if on] == [4, 8]


def test_a_beat_between_two_slow_draws_fires_all_the_same():
    fired = beats(mapped(Mapping("flash", "beat.2")), "flash", 16, draws_per_beat=0.5)
    assert [beat for beat, on in fired.items() if on] == [6, 10, 14]  # 2 is the first draw with a frame


def test_a_beat_fires_once_also_when_the_tempo_is_corrected_around_it_or_the_bar_line_moves():
    inputs = mapped(Mapping("flash", "beat.any"))
    begun = []
    for time_s, tempo, beat in [
        (0.40, 120.0, 0.8), (0.49, 130.0, 0.98), (0.499, 110.0, 0.99), (0.51, 120.0, 1.02), (0.6, 120.0, 3.2),
    ]:  # fmt: skip
        heard = frame(time_s, tempo, beat=beat, beat_count=int(beat % 2))
        begun.append(inputs.update([heard], moment(time_s + 0.01, lead_s=0.0))["flash"])
    assert begun == [False, True, False, False, False]


def test_the_numbers_of_the_beat_are_those_of_the_moment_that_is_seen():
    inputs = mapped(
        Mapping("spin", "beat_phase"), Mapping("place", "bar_phase", component=0), spin=0.0, place=(0, 0)
    )
    live = inputs.update([frame(1.0)], moment(1.125))
    assert live["spin"] == pytest.approx(1.0) and live["place"][0] == pytest.approx(2.25 / 4.0)
    inputs = mapped(Mapping("spin", "beat_in_bar", low=1.0, high=4.0, release_s=0.0), spin=0.0)
    assert inputs.update([frame(1.0)], moment(1.25))["spin"] == pytest.approx(4.0 * 2.0 / 3.0)


def test_a_clock_goes_round():
    inputs = mapped(Mapping("spin", "drums.time", high=8.0), spin=0.0)
    assert [drawn(inputs, s, "drums_time")["spin"] for s in (2.0, 8.0, 14.0)] == pytest.approx(
        [1.0, 0.0, 3.0]
    )


# --- what is wrong ----------------------------------------------------------------------------------------


def test_what_does_not_fit_the_shader_is_named_and_the_rest_works():
    inputs = MappedInputs(
        INPUTS,
        {"spin": "fast", "glow": 1.0, "place": (0.0, 0.0), "picture": "sky.png"},
        [Mapping("spim", "bass.level"), Mapping("picture", "bass.level"),
         Mapping("place", "bass.level", component=2), LEVEL],
    )  # fmt: skip
    assert [warning.split(":")[0].split(" is ")[0] for warning in inputs.warnings] == [
        "inputs.spin", "inputs.glow", "mappings[0].input", "mappings[1].input", "mappings[2].component",
    ]  # fmt: skip
    assert inputs.base["spin"] == 1.0 and inputs.base["place"] == (0.0, 0.0)
    assert drawn(inputs, 0.5) == {"spin": pytest.approx(3.0)}
    with pytest.raises(UserError):
        inputs.set_base("spin", "fast")


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_numbers_stay_finite_and_in_range_whatever_a_frame_says(data):
    wild = st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e30, -1e30])
    names = st.sampled_from([*sources(), "spectrum[63]", "waveform[0]"])
    mapping = st.builds(
        Mapping, st.sampled_from([entry.name for entry in INPUTS[:-1]]), names,
        amount=floats(-1.0, 1.0), low=st.sampled_from([0.0, -1e9, 0.5]), high=st.sampled_from([1.0, 1e9]),
        curve=st.sampled_from(CURVES),
        attack_s=st.sampled_from([0.0, 0.3]), release_s=st.sampled_from([None, 0.0, 0.3]),
        threshold=floats(0.0, 1.0), beats=floats(*BEATS_RANGE), phase=floats(0.0, 1.0),
    )  # fmt: skip
    inputs = mapped(*data.draw(st.lists(mapping, max_size=8)))
    for index in range(4):
        record = empty_record()
        for field in FIELDS:
            value = data.draw(wild)
            if field.dtype.startswith("i"):
                limits = np.iinfo(field.dtype)
                value = int(np.clip(np.nan_to_num(value), limits.min / 2, limits.max / 2))
            with np.errstate(over="ignore"):
                record[field.name] = value
        frames = [FeatureFrame(record)] * data.draw(st.integers(0, 2))
        live = inputs.update(frames, Moment.at_draw(index, 60.0))
        assert set(live) == inputs.mapped
        for name, value in live.items():
            entry = next(entry for entry in INPUTS if entry.name == name)
            assert entry.coerced(value) == value
            if entry is SHAPE:
                assert value in SHAPE.values
            if entry is TINT:
                assert all(0.0 <= number <= 1.0 for number in value)


def test_all_oscillators_are_tried_above():
    assert set(LFOS) == {"lfo.sine", "lfo.triangle", "lfo.ramp", "lfo.square", "lfo.random"}


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        (SPIN, 4.0, None),
        (SPIN, 4.5, "spin is 4.5; it must be 0 to 4"),
        (SHAPE, -1, "shape is -1; it must be 0 to 5"),
        (PLACE, (0.0, -1.5), "place is -1.5; it must be -1 to 1"),
        (TINT, (9.0, 0.0, 0.0, 1.0), None),
        (MIRROR, True, None),
        (SPIN, "9", None),
        (PICTURE, "sky.png", None),
    ],
)
def test_a_value_beyond_the_range_is_named(entry, value, said):
    assert out_of_range(entry, value) == said
