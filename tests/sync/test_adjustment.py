import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.sync.adjustment import MOST_OCTAVES, Adjustment
from stemlight.sync.tap_tempo import PAUSE_S, TapTempo

LINE = Timeline(120.0, 8.0, 10.0)  # a bar begins at 10 s
NONE = Adjustment()


def test_nothing_said_changes_nothing():
    assert NONE(LINE) == LINE


def test_twice_as_fast_and_back_is_as_it_was():
    double = NONE.doubled()(LINE)
    assert (double.tempo_bpm, double.beat_at(10.0), double.beat_at(10.5)) == (240.0, 16.0, 18.0)
    assert NONE.doubled().halved() == NONE
    assert NONE.shifted_half_a_beat().doubled().halved() == NONE.shifted_half_a_beat()


def test_octaves_end_somewhere():
    adjustment = NONE
    for _ in range(10):
        adjustment = adjustment.halved()
    assert adjustment(LINE).tempo_bpm == 120.0 / 2**MOST_OCTAVES


def test_half_a_beat_twice_is_none():
    half = NONE.shifted_half_a_beat()
    assert half(LINE).beat_at(10.25) == pytest.approx(9.0)
    assert half.shifted_half_a_beat() == NONE


@pytest.mark.parametrize("adjustment", [NONE, NONE.doubled(), NONE.halved(), NONE.shifted_half_a_beat()])
@pytest.mark.parametrize("time_s", [10.0, 10.1, 10.24, 11.4, 12.75, 13.5])
def test_the_one_is_where_it_was_pressed(adjustment, time_s):
    before = adjustment(LINE)
    after = adjustment.with_one_at(LINE, time_s)(LINE)
    beat = after.beat_at(time_s)
    near = round(beat)
    assert near % 4 == 0
    assert abs(beat - near) <= 0.25  # next to a beat that beat is meant, and stays where it is
    if abs(before.beat_at(time_s) - round(before.beat_at(time_s))) <= 0.25:
        assert (after.beat_at(0.0) - before.beat_at(0.0)) % 1.0 in (0.0, pytest.approx(1.0))
    else:
        assert beat == pytest.approx(near)


@pytest.mark.parametrize(("knows", "off"), [("tempo", 0.0), ("beat", -0.3), ("bar", 1.7)])
def test_what_a_source_does_not_know_is_as_it_is_heard(knows, off):
    heard = Timeline(120.0, 8.0 - 1.7, 10.0)
    line = NONE.with_beat_of(LINE, heard, 10.0, knows)(LINE)
    assert line.beat_at(10.0) - heard.beat_at(10.0) == pytest.approx(off)


def test_three_taps_are_a_line_that_stays():
    tap = TapTempo()
    for time_s in (5.0, 5.5):
        tap.tap(time_s)
        assert tap.line(time_s, 4) is None
    tap.tap(6.0)
    line = tap.line(6.0, 3)
    assert (line.tempo_bpm, line.beat_at(5.0), line.beats_per_bar) == (
        pytest.approx(120.0),
        pytest.approx(0.0),
        3,
    )
    assert tap.line(1e5, 4).tempo_bpm == line.tempo_bpm


def test_after_a_pause_a_new_row_of_taps_begins_and_the_old_line_stays_until_then():
    tap = TapTempo()
    for time_s in (5.0, 5.5, 6.0):
        tap.tap(time_s)
    begin_s = 6.0 + 2.0 * PAUSE_S
    for time_s in (begin_s, begin_s + 0.4):
        tap.tap(time_s)
        assert tap.line(time_s, 4).tempo_bpm == pytest.approx(120.0)
    tap.tap(begin_s + 0.8)
    assert tap.line(begin_s, 4).tempo_bpm == pytest.approx(150.0)
    assert tap.line(begin_s, 4).beat_at(begin_s) == pytest.approx(0.0, abs=1e-9)
