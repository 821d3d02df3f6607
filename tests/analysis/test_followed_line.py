import itertools
import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.beats import BeatState
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.followed_line import FollowedLine
from stemlight.analysis.pipeline import Pipeline
from stemlight.analysis.timeline import Timeline

SECOND = round(1.0 / HOP_S)  # hops


def heard_at(hop: int, tempo_bpm: float = 120.0) -> BeatState:
    """A decoder that hears beat 0 at 0 s, bar line on it, and has counted every beat."""
    time_s = (hop + 1) * HOP_S
    line = Timeline(tempo_bpm, time_s * tempo_bpm / 60.0, time_s)
    beat = math.floor(line.beat_origin)
    return BeatState(line, beat % 4 + 1, beat, beat // 4, confidence=0.6)


def run(stage: FollowedLine, first_hop: int, n_hops: int) -> list[BeatState]:
    return [stage.process(heard_at(hop)) for hop in range(first_hop, first_hop + n_hops)]


def error_beats(shown: BeatState, line: Timeline) -> float:
    """How far the shown position is from the line's, whole bars aside."""
    distance = shown.timeline.beat_origin - line.beat_at(shown.timeline.time_origin_s)
    return (distance + 2.0) % 4.0 - 2.0


LINES = [
    Timeline(120.0, 0.3, 0.0),
    Timeline(128.0, 1000.49, 1.0),
    Timeline(93.5, -77.2, 0.5, beats_per_bar=3),
    Timeline(174.0, 2.0, 5.0),
]


def test_what_is_heard_passes_untouched_until_somebody_leads():
    stage = FollowedLine()
    stage.follow(None)
    for hop in range(SECOND):
        state = heard_at(hop)
        assert stage.process(state) is state
        assert stage.heard is state


@pytest.mark.parametrize("line", LINES)
def test_the_beat_slews_to_the_line_and_never_jumps(line):
    stage = FollowedLine()
    before = run(stage, 0, SECOND)[-1]
    stage.follow(line)
    shown = run(stage, SECOND, 4 * SECOND)
    step = line.tempo_bpm / 60.0 * HOP_S
    for a, b in zip([before, *shown], shown, strict=False):
        moved = b.timeline.beat_origin - a.timeline.beat_origin
        over = moved - round(moved - step)  # whole beats, where the bar line is another's
        assert 0.5 * step - 1e-9 <= over <= 1.5 * step + 1e-9
    last = shown[-1]
    off = last.timeline.beat_origin - line.beat_at(last.timeline.time_origin_s)
    assert off % line.beats_per_bar == pytest.approx(0.0, abs=1e-6) or off % line.beats_per_bar > 3 - 1e-6
    assert last.timeline.tempo_bpm == line.tempo_bpm
    assert last.timeline.beats_per_bar == line.beats_per_bar
    assert last.confidence == 1.0


@pytest.mark.parametrize("tempo_bpm", [70.0, 128.0, 174.0])
def test_half_a_beat_is_made_up_within_two(tempo_bpm):
    stage = FollowedLine()
    before = run(stage, 0, SECOND)[-1].timeline
    line = Timeline(tempo_bpm, before.beat_origin + 0.49, before.time_origin_s)
    stage.follow(line)
    shown = run(stage, SECOND, math.ceil(2.0 * 60.0 / tempo_bpm / HOP_S))[-1]
    assert abs((error_beats(shown, line) + 0.5) % 1.0 - 0.5) < 0.05


def test_beats_are_counted_as_the_line_passes_them():
    stage = FollowedLine()
    before = run(stage, 0, 4 * SECOND)[-1]
    line = Timeline(150.0, 0.2, 0.0)
    stage.follow(line)
    run(stage, 4 * SECOND, 2 * SECOND)  # settles
    shown = run(stage, 6 * SECOND, 40 * SECOND)
    counted = shown[-1].beat_count - shown[0].beat_count
    passed = math.floor(shown[-1].timeline.beat_origin) - math.floor(shown[0].timeline.beat_origin)
    assert counted == passed == pytest.approx(40 * SECOND * HOP_S * 2.5, abs=1)
    assert shown[-1].bar_count - shown[0].bar_count == pytest.approx(counted / 4, abs=1)
    assert shown[0].beat_count >= before.beat_count
    assert all(s.beat_in_bar == math.floor(s.timeline.beat_origin) % 4 + 1 for s in shown)


def test_the_way_back_to_the_ear_is_as_smooth_and_nothing_is_counted_twice():
    stage = FollowedLine()
    run(stage, 0, SECOND)
    stage.follow(Timeline(131.0, 0.4, 0.0))
    led = run(stage, SECOND, 3 * SECOND)[-1]
    stage.follow(None)
    back = run(stage, 4 * SECOND, 4 * SECOND)
    assert back[-1].confidence == 0.6
    assert abs(error_beats(back[-1], heard_at(8 * SECOND - 1).timeline)) < 1e-6
    positions = [s.timeline.beat_origin for s in (led, *back)]
    assert all(b > a for a, b in itertools.pairwise(positions))
    counts = [s.beat_count for s in (led, *back)]
    assert all(0 <= b - a <= 1 for a, b in itertools.pairwise(counts))
    assert counts[-1] - counts[0] == pytest.approx(8, abs=1)


def test_while_the_ear_has_found_no_beat_it_is_not_counted_after_a_lead():
    stage = FollowedLine()
    stage.follow(Timeline(120.0, 0.0, 0.0))
    deaf = BeatState(Timeline(120.0, 0.0, HOP_S), 1, 0, 0, 0.0)
    led = stage.process(deaf)
    stage.follow(None)
    for hop in range(1, 2 * SECOND):
        time_s = (hop + 1) * HOP_S
        shown = stage.process(BeatState(Timeline(120.0, 2 * time_s, time_s), 1, 0, 0, 0.0))
    assert shown.beat_count == led.beat_count


def test_after_reset_it_is_as_new():
    stage = FollowedLine()
    run(stage, 0, SECOND)
    stage.follow(LINES[1])
    first = run(stage, SECOND, SECOND)
    stage.reset()
    state = heard_at(0)
    assert stage.process(state) is state
    run(stage, 1, SECOND - 1)
    stage.follow(LINES[1])
    assert run(stage, SECOND, SECOND) == first


def test_a_pipeline_shows_the_line_and_still_hears(
    make_pipeline: Callable[[], Pipeline], synth: SimpleNamespace
) -> None:
    song = synth.kick_at(np.arange(0.0, 8.0, 0.5), 8.0)
    alone, led = make_pipeline(), make_pipeline()
    led.follow(Timeline(100.0, 0.0, 0.0))
    for plain, frame in zip(synth.frames_of(alone, song), synth.frames_of(led, song), strict=True):
        assert frame.time_s == plain.time_s
        assert np.array_equal(frame.level, plain.level)
    assert frame.tempo_bpm == 100.0
    assert frame.beat % 4.0 == pytest.approx(frame.time_s / 0.6 % 4.0, abs=1e-3)
    assert led.heard == alone.heard
    assert frame.beat_in_bar == math.floor(frame.beat) % 4 + 1
    led.reset()
    alone.reset()
    assert [f.record.tobytes() for f in synth.frames_of(led, song)] == [
        f.record.tobytes() for f in synth.frames_of(alone, song)
    ]
