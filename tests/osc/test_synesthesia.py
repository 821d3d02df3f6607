"""The numbers of Synesthesia as a receiver sees them over some bars."""

import math

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S
from stemlight.osc.bundles import Bundles
from stemlight.osc.profiles import address_table
from stemlight.osc.synesthesia import ON_BEAT_RELEASE_S, SynesthesiaNumbers

SECONDS = 20.0


@pytest.fixture
def received(frame, frame_after, read):
    """Every number over 40 beats at 120 bpm, one a hop: address -> float64 (n_hops,)."""
    bundles = Bundles(address_table("synesthesia"), SynesthesiaNumbers())
    rows = []
    for hop in range(int(SECONDS / HOP_S)):
        beat = 8.0 + 2.0 * hop * HOP_S
        now = frame_after(frame, hop, beat=beat, beat_count=1 + int(beat), level=0.5, loudness_db=-6.0)
        rows.append(dict(read(bundles.encode(now, now.time_s))))
    return {address: np.array([row[address][0] for row in rows]) for address in rows[0]}


def test_what_is_a_frames_own_is_the_frames(received, frame):
    assert received["/audio/hits/bass"][0] == np.float32(frame.value("low.hits"))
    assert received["/audio/presence/midhigh"][0] == np.float32(frame.value("midhigh.presence"))
    assert received["/audio/bpm/bpm"][0] == 120.0
    assert received["/audio/level/raw"][0] == pytest.approx(10 ** (-6 / 20))


def test_clocks_of_the_beat_never_run_backwards_and_count_a_beat_as_one(received):
    for name in ("beat/beattime", "bpm/bpmtwitcher", "time/curved"):
        steps = np.diff(received[f"/audio/{name}"])
        assert steps.min() >= 0.0
    for name in ("beat/beattime", "bpm/bpmtwitcher"):
        clock = received[f"/audio/{name}"]
        assert clock[-1] - clock[0] == pytest.approx(2.0 * SECONDS, abs=1.1)
    assert received["/audio/time/curved"][-1] == pytest.approx(0.25 * SECONDS, rel=0.01)  # the level's square


def test_the_twitcher_jumps_on_the_beat_and_settles_before_the_next(received):
    twitcher = received["/audio/bpm/bpmtwitcher"]
    n_beat = round(0.5 / HOP_S)
    into = twitcher[:n_beat] - twitcher[0]
    assert into[n_beat // 5] > 0.7
    assert into[-1] - into[n_beat * 4 // 5] < 0.01


def test_onbeat_is_1_on_the_beat_and_gone_before_the_next(received):
    onbeat = received["/audio/beat/onbeat"]
    peaks = np.flatnonzero(np.diff(onbeat) > 0.5)
    assert len(peaks) == 39
    assert onbeat.min() == pytest.approx(math.exp(-0.5 / ON_BEAT_RELEASE_S), abs=0.002)
    assert onbeat[peaks + 1].min() > math.exp(-HOP_S / ON_BEAT_RELEASE_S) - 1e-3


def test_random_changes_with_the_beat_alone_and_is_spread(received):
    random = received["/audio/beat/randomonbeat"]
    changes = np.flatnonzero(np.diff(random))
    assert np.array_equal(changes, np.flatnonzero(np.diff(received["/audio/beat/beattime"])))
    values = random[changes]
    assert len(set(values)) == len(values)
    assert values.min() < 0.1 and values.max() > 0.9 and values.min() >= 0.0


@pytest.mark.parametrize(("suffix", "beats"), [("", 1), ("2", 2), ("4", 4), ("8", 8)])
def test_waves_go_round_once_in_so_many_beats(received, suffix, beats):
    position = 8.0 + 2.0 * np.arange(len(received["/audio/bpm/bpm"])) * HOP_S
    turn = position / beats
    sine, triangle = received[f"/audio/bpm/bpmsin{suffix}"], received[f"/audio/bpm/bpmtri{suffix}"]
    np.testing.assert_allclose(sine, 0.5 + 0.5 * np.sin(2 * np.pi * turn), atol=1e-5)
    np.testing.assert_allclose(triangle, 1 - np.abs(1 - 2 * (turn % 1)), atol=1e-5)


def test_a_beat_that_jitters_over_its_line_is_one_beat(frame, frame_after, read):
    bundles = Bundles(address_table("synesthesia"), SynesthesiaNumbers())
    seen = []
    for beat in (7.98, 8.01, 7.995, 8.005, 8.02):
        frame = frame_after(frame, beat=beat, beat_count=70 + int(beat >= 8))
        sent = dict(read(bundles.encode(frame, frame.time_s)))
        seen.append((sent["/audio/beat/beattime"][0], sent["/audio/beat/onbeat"][0]))
    assert [beat for beat, _ in seen] == [70, 71, 71, 71, 71]
    assert all(on > 0.8 for _, on in seen[1:])


def test_before_a_beat_was_heard_there_is_none(frame, frame_after, read):
    frame = frame_after(frame, beat=0.0, beat_count=0)
    sent = dict(read(Bundles(address_table("synesthesia"), SynesthesiaNumbers()).encode(frame, frame.time_s)))
    assert sent["/audio/beat/onbeat"] == [0.0]
