import numpy as np
import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.sync.line_fit import LineFit

HOST_S = 345_678.9  # host clocks are large


def see(fit, line, times_s, jitter_s=0.0, rng=None):
    for time_s in times_s:
        late_s = rng.uniform(-jitter_s, jitter_s) if rng else 0.0
        fit.add(time_s + late_s, line.beat_at(time_s))


@pytest.mark.parametrize("tempo_bpm", [20.5, 97.3, 174.0, 399.0])
def test_exact_sightings_are_an_exact_line(tempo_bpm):
    truth = Timeline(tempo_bpm, 1234.5, HOST_S, 3)
    fit = LineFit(100, 24)
    see(fit, truth, HOST_S + np.arange(100) * 0.02)
    line = fit.line(beats_per_bar=3)
    assert line.tempo_bpm == pytest.approx(tempo_bpm, rel=1e-6)
    assert line.beat_at(HOST_S + 5.0) == pytest.approx(truth.beat_at(HOST_S + 5.0), abs=1e-5)
    assert line.beats_per_bar == 3


def test_too_few_sightings_are_no_line():
    fit = LineFit(100, 24)
    see(fit, Timeline(120.0, 0.0, 0.0), np.arange(23) * 0.02)
    assert fit.line() is None
    fit.add(0.46, 0.92)
    assert fit.line() is not None


@pytest.mark.parametrize(
    ("beats", "times_s"), [((0, 1, 2), (0, 60, 120)), ((0, 0, 0), (0, 1, 2)), ((5, 5), (1, 1))]
)
def test_what_is_no_tempo_is_no_line(beats, times_s):
    fit = LineFit(10, 2)
    for time_s, beat in zip(times_s, beats, strict=True):
        fit.add(time_s, beat)
    assert fit.line() is None


def test_more_sightings_are_less_error(jitter, off):
    truth = Timeline(128.0, 0.0, HOST_S)
    interval_s = 60.0 / 128.0 / 24
    errors = {}
    for most in (24, 192):
        runs = []
        for run in range(40):
            fit = LineFit(most, 24)
            times_s = HOST_S + (run + np.arange(192)) * interval_s
            see(fit, truth, times_s, 0.002, jitter)
            line = fit.line()
            runs.append((abs(line.tempo_bpm - 128.0), abs(off(line, truth, times_s[-1]))))
        errors[most] = np.mean(runs, axis=0)
    assert errors[192][0] < errors[24][0] / 8  # n to the power of 3/2: 22
    assert errors[192][1] < errors[24][1] / 2
    assert errors[192][1] * 60.0 / 128.0 < 0.0005  # s


def test_a_change_of_tempo_is_taken_up_and_the_old_one_is_forgotten(jitter):
    interval_s = 60.0 / 120.0 / 24
    fit = LineFit(192, 24)
    see(fit, Timeline(120.0, 0.0, 0.0), np.arange(192) * interval_s, 0.002, jitter)
    change_s = 192 * interval_s
    after = Timeline(126.0, 8.0, change_s)
    faster_s = 60.0 / 126.0 / 24
    lines = []
    for tick in range(96):
        see(fit, after, [change_s + tick * faster_s], 0.002, jitter)
        lines.append(fit.line())
    assert len(fit) < 150
    assert lines[-1].tempo_bpm == pytest.approx(126.0, abs=0.3)
    assert lines[-1].beat_at(change_s + 2.0) == pytest.approx(after.beat_at(change_s + 2.0), abs=0.01)


def test_jitter_alone_is_no_change_of_tempo(jitter):
    interval_s = 60.0 / 120.0 / 24
    fit = LineFit(192, 24)
    shortest = 192
    for tick in range(2000):
        see(fit, Timeline(120.0, 0.0, 0.0), [tick * interval_s], 0.002, jitter)
        fit.line()
        if tick > 192:
            shortest = min(shortest, len(fit))
    assert shortest > 96


@pytest.mark.parametrize("stall_s", [0.03, 0.1, 0.2])
def test_a_stall_of_the_machine_is_no_change_of_tempo(jitter, off, stall_s):
    """What came meanwhile is handed over at once, each with the time of its hand-over."""
    truth, interval_s = Timeline(117.0, 0.0, HOST_S), 60.0 / 117.0 / 24
    fit = LineFit(192, 24)
    stalls = [(HOST_S + s, HOST_S + s + stall_s) for s in (3.0, 4.0, 4.5)]
    worst_bpm = worst_s = 0.0
    for tick in range(400):
        time_s = HOST_S + tick * interval_s
        seen_s = time_s + jitter.uniform(-0.002, 0.002)
        seen_s = next((end for begin, end in stalls if begin <= seen_s < end), seen_s)
        fit.add(seen_s, truth.beat_at(time_s))
        line = fit.line()
        if tick > 96:
            worst_bpm = max(worst_bpm, abs(line.tempo_bpm - 117.0))
            worst_s = max(worst_s, abs(off(line, truth, time_s)) * 60.0 / 117.0)
    assert worst_bpm < 0.5
    assert worst_s < 0.004


def test_one_message_that_was_held_up_moves_nothing():
    truth = Timeline(120.0, 0.0, 0.0)
    fit = LineFit(60, 12)
    see(fit, truth, np.arange(59) * 0.02)
    fit.add(58 * 0.02 + 0.100, truth.beat_at(58 * 0.02 + 0.01))
    assert fit.line().beat_at(1.2) == pytest.approx(truth.beat_at(1.2), abs=1e-6)


def test_over_a_network_the_soonest_tell_the_time(jitter, off):
    truth = Timeline(126.0, 0.0, HOST_S)
    fit, plain = LineFit(120, 12, late_only=True), LineFit(120, 12)
    for time_s in HOST_S + np.arange(120) / 60.0:
        late_s = jitter.exponential(0.003)
        for each in (fit, plain):
            each.add(time_s + late_s, truth.beat_at(time_s))
    late_ms = [-off(each.line(), truth, HOST_S + 2.0) * 60_000.0 / 126.0 for each in (fit, plain)]
    assert 0.0 < late_ms[0] < 1.2
    assert late_ms[1] > 1.5 * late_ms[0]


def test_with_the_tempo_told_one_sighting_is_enough():
    fit = LineFit(60, 1)
    fit.add(10.0, 4.0)
    assert fit.line(tempo_bpm=120.0).beat_at(10.5) == pytest.approx(5.0)
    fit.add(10.5, 5.02)
    assert fit.line(tempo_bpm=120.0).beat_at(10.5) == pytest.approx(5.01)
