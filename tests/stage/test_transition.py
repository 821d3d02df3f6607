"""Going from one look to another: when it begins, how far it is, what is drawn meanwhile."""

import numpy as np
import pytest
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.analysis.timeline import Timeline
from stemlight.preset.preset import Layer, Preset
from stemlight.stage.cue import Cue
from stemlight.stage.moment import Moment
from stemlight.stage.shader_error import ShaderError

WIPE = """void main() {
    gl_FragColor = isf_FragNormCoord.x < progress ? IMG_THIS_PIXEL(endImage) : IMG_THIS_PIXEL(startImage);
}"""
WIPE_INPUTS = [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float"},
]
RED = "void main() { gl_FragColor = vec4(1.0, 0.0, 0.0, 0.0); }"
CLOCK = "void main() { gl_FragColor = vec4(0.0, TIME, float(FRAMEINDEX) / 255.0, 0.0); }"


@pytest.fixture
def red(renderer, write_isf):
    return renderer.new_look(Preset("red", (Layer(str(write_isf(RED, "red.fs"))),)))


@pytest.fixture
def clock(renderer, write_isf):
    """Green is the time since its first draw."""
    return renderer.new_look(Preset("clock", (Layer(str(write_isf(CLOCK, "clock.fs"))),)))


@pytest.fixture
def wipe(write_isf):
    return write_isf(WIPE, "wipe.fs", INPUTS=WIPE_INPUTS)


@pytest.fixture
def at(renderer, screen):
    """Draws what is seen at a time, 120 bpm, beat 0 at time 0; the picture as floats."""
    index = -1

    def draw(time_s: float) -> np.ndarray:
        nonlocal index
        index += 1
        renderer.draw([], Moment(time_s, 1 / 60, index), screen.framebuffer)
        return screen.read_rgba()[..., :3] / 255.0

    return draw


def heard(beat: float, time_s: float, tempo_bpm: float = 120.0) -> FeatureFrame:
    record = empty_record()
    record["beat"], record["time_s"], record["tempo_bpm"] = beat, time_s, tempo_bpm
    return FeatureFrame(record)


LINE = Timeline(tempo_bpm=120.0, beat_origin=0.0, time_origin_s=0.0)


@pytest.mark.parametrize("rate", [7.0, 60.0, 143.0])
@pytest.mark.parametrize(("start", "begins"), [("now", 1.5), ("beat", 2.0), ("bar", 4.0)])
def test_progress_is_the_beats_since_the_line_at_any_rate_of_draws(rate, start, begins):
    cue = Cue(start, beats=4.0)
    for k in range(int(5.0 * rate)):
        time_s = 0.75 + k / rate
        beat = 2.0 * time_s
        progress = cue.progress_at(LINE, time_s)
        expected = None if beat < begins else pytest.approx(min((beat - begins) / 4.0, 1.0), abs=1e-9)
        assert progress == expected


@pytest.mark.parametrize("beats_per_bar", [3, 4])
def test_it_begins_on_the_bar_line_of_the_metre(beats_per_bar):
    line = Timeline(120.0, 0.0, 0.0, beats_per_bar)
    cue = Cue("bar", beats=0.0)
    assert cue.progress_at(line, 0.1) is None
    assert cue.progress_at(line, 0.499 * beats_per_bar) is None
    assert cue.progress_at(line, 0.501 * beats_per_bar) == 1.0


def test_on_the_line_it_begins_at_once():
    assert Cue("bar", beats=8.0).progress_at(LINE, 4.0) == 0.0


def test_a_corrected_bar_line_does_not_move_what_has_begun():
    cue = Cue("bar", beats=4.0)
    cue.progress_at(LINE, 1.9)
    assert cue.progress_at(LINE, 2.5) == pytest.approx(0.25)
    moved = Timeline(120.0, 2.0, 0.0)  # the one is two beats from where it was believed to be
    assert cue.progress_at(moved, 2.75) == pytest.approx(0.375)
    waiting = Cue("bar", beats=4.0)
    waiting.progress_at(LINE, 2.25)
    assert waiting.progress_at(moved, 2.5) is None  # beat 5 of LINE, 7 of what is right
    assert waiting.progress_at(moved, 3.0) == 0.0


def test_progress_follows_the_tempo_and_never_goes_back():
    cue = Cue("now", beats=4.0)
    assert cue.progress_at(LINE, 1.0) == 0.0
    assert cue.progress_at(Timeline(60.0, 2.0, 1.0), 2.0) == pytest.approx(0.25)
    late = Timeline(60.0, 2.9, 2.0)  # the tracker drew back by a tenth of a beat
    assert cue.progress_at(late, 2.0) == pytest.approx(0.25)
    assert cue.progress_at(late, 3.0) == pytest.approx(0.475)


def test_an_engine_that_begins_again_does_not_stop_a_change():
    cue = Cue("now", beats=4.0)
    cue.progress_at(LINE, 1000.0)
    assert cue.progress_at(LINE, 1000.5) == pytest.approx(0.25)
    assert 0.25 <= cue.progress_at(LINE, 0.1) <= 0.5
    assert cue.progress_at(LINE, 3.0) == 1.0


@pytest.mark.parametrize("tempo_bpm", [float("nan"), float("inf"), 1e30])
def test_a_line_that_is_none_is_waited_out(tempo_bpm):
    nonsense = Timeline(tempo_bpm, 0.0, 0.0)
    cue = Cue("bar", beats=4.0)
    assert cue.progress_at(nonsense, 1.0) is None
    cue.progress_at(LINE, 1.9)
    cue.progress_at(LINE, 2.5)
    assert cue.progress_at(nonsense, 2.6) == pytest.approx(0.25)
    assert cue.progress_at(LINE, 3.0) == pytest.approx(0.5)


def test_both_are_drawn_while_it_lasts_and_the_new_one_alone_after(renderer, red, clock, wipe, at):
    renderer.go(red, Cue("now", 0.0))
    assert at(0.0)[..., 0].min() == 1.0
    renderer.go(clock, Cue("bar", 4.0), wipe)
    assert at(1.0)[..., 0].min() == 1.0
    assert not renderer.is_changing and renderer.coming is clock
    assert at(1.99)[..., 0].min() == 1.0
    for time_s, share in ((2.0, 0.0), (2.5, 0.25), (3.5, 0.75)):
        picture = at(time_s)
        assert picture[..., 0].mean() == pytest.approx(1.0 - share, abs=0.01)
        assert picture[0, 0, 1] == pytest.approx(min(time_s - 2.0, 1.0) if share else 0.0, abs=1 / 255)
        assert renderer.is_changing and renderer.look is red
    picture = at(4.0)
    assert picture[..., 0].max() == 0.0
    assert renderer.look is clock and renderer.coming is None


def test_at_its_ends_a_transition_is_what_it_joins(renderer, red, clock, at):
    renderer.go(red, Cue("now", 0.0))
    alone = at(0.0)
    renderer.go(clock, Cue("now", 4.0))
    assert np.array_equal(at(0.1), alone)


def test_without_a_shader_it_is_a_crossfade(renderer, red, clock, at):
    renderer.go(red, Cue("now", 0.0))
    at(0.0)
    renderer.go(clock, Cue("now", 4.0))
    at(0.0)
    assert at(0.5)[0, 0] == pytest.approx([0.75, 0.125, 0.25 / 255], abs=1.1 / 255)


def test_a_broken_transition_is_said_and_a_crossfade(renderer, red, clock, at, write_isf):
    renderer.go(red, Cue("now", 0.0))
    at(0.0)
    broken = write_isf("void main() { oops; }", "broken.fs", INPUTS=WIPE_INPUTS)
    with pytest.raises(ShaderError):
        renderer.go(clock, Cue("now", 4.0), broken)
    at(0.0)
    assert at(1.0)[0, 0, :2] == pytest.approx([0.5, 0.5], abs=1.1 / 255)


def test_a_beat_of_zero_is_a_cut_on_the_line(renderer, red, clock, wipe, at):
    renderer.go(red, Cue("now", 0.0))
    at(0.0)
    renderer.go(clock, Cue("bar", 0.0), wipe)
    assert at(1.9)[0, 0, 0] == 1.0
    assert at(2.1)[0, 0, 0] == 0.0


def test_what_waits_is_replaced_and_what_is_under_way_is_cut_short(renderer, red, clock, wipe, at):
    other = renderer.new_look(Preset("other", red.preset.layers))
    renderer.go(red, Cue("now", 0.0))
    at(0.0)
    renderer.go(other, Cue("bar", 4.0), wipe)
    renderer.go(clock, Cue("bar", 4.0), wipe)
    at(1.9)
    assert at(2.5)[0, 0, 0] == 0.0
    last = renderer.new_look(red.preset)
    renderer.go(last, Cue("bar", 4.0), wipe)
    assert renderer.look is clock and renderer.coming is last
    assert at(3.0)[..., 0].max() == 0.0


def test_a_held_picture_holds_while_the_change_goes_on(renderer, red, clock, at, screen):
    renderer.go(red, Cue("now", 0.0))
    at(0.0)
    renderer.go(clock, Cue("now", 4.0))
    renderer.hear([heard(0.0, 0.0)], Moment(0.1, 0.0, 1))
    renderer.hear([], Moment(3.0, 0.0, 2))
    renderer.show(screen.framebuffer)
    assert screen.read_rgba()[0, 0, 0] == 255
    assert at(3.1)[0, 0, 0] == 0.0


def test_the_change_goes_by_the_beat_that_is_heard(renderer, red, clock, screen):
    renderer.go(red, Cue("now", 0.0))
    renderer.go(clock, Cue("bar", 2.0))
    shown = []
    for index in range(40):
        time_s = 10.0 + index / 20.0
        frames = [heard(beat=3.5 + index / 20.0, time_s=time_s, tempo_bpm=60.0)]
        renderer.draw(frames, Moment(time_s, 0.05, index), screen.framebuffer)
        shown.append(screen.read_rgba()[0, 0, 0] / 255.0)
    # A bar line at beat 4, half a second in; then two beats of a second each.
    assert shown[:11] == [1.0] * 11
    assert shown[20] == pytest.approx(0.75, abs=0.01)
    assert shown[30] == pytest.approx(0.5, abs=0.01)
