"""The field's measures: events against events, envelopes against envelopes, sound against sound."""

from __future__ import annotations

from dataclasses import dataclass

import mir_eval
import numpy as np

BEAT_TOLERANCE_S = 0.07  # Davies, Degara and Plumbley, "Evaluation methods for musical audio beat tracking"
HIT_TOLERANCE_S = 0.05
LOCKED = 4  # beats in a row that are right: a bar
N_BINS = 10  # of a reliability diagram
TEMPO_TOLERANCE = 0.04  # Acc1 and Acc2: Gouyon et al., "An experimental comparison of tempo algorithms"
FIRST_SCORED_S = 5.0  # beats before are not scored, in the field's evaluations


def f_measure(found_s: np.ndarray, true_s: np.ndarray, tolerance_s: float) -> float:
    """2 hits / (found + true), each event used once; 1 where both are empty."""
    if not len(found_s) and not len(true_s):
        return 1.0
    hits = matches(found_s, true_s, tolerance_s)
    return 2.0 * len(hits) / (len(found_s) + len(true_s))


def matches(found_s: np.ndarray, true_s: np.ndarray, tolerance_s: float) -> np.ndarray:
    """int64 (n_hits, 2): indices (found, true) of the most pairs within the tolerance, both in order."""
    pairs, found, true = [], 0, 0
    while found < len(found_s) and true < len(true_s):
        apart = found_s[found] - true_s[true]
        if abs(apart) <= tolerance_s:
            pairs.append((found, true))
            found, true = found + 1, true + 1
        elif apart < 0:
            found += 1
        else:
            true += 1
    return np.array(pairs, np.int64).reshape(-1, 2)


@dataclass(frozen=True)
class Continuity:
    """Share of beats that go on rightly from the one before, in time and in period."""

    cmlt: float  # at the metrical level of the truth
    amlt: float  # at that, on the off-beat, at double or at half of it: the best of them


def continuity(found_s: np.ndarray, true_s: np.ndarray) -> Continuity:
    """CMLt and AMLt of mir_eval."""
    if len(found_s) < 2 or len(true_s) < 2:
        return Continuity(0.0, 0.0)
    _, cmlt, _, amlt = mir_eval.beat.continuity(true_s, found_s)
    return Continuity(float(cmlt), float(amlt))


def lock_s(found_s: np.ndarray, true_s: np.ndarray, since_s: float, until_s: float) -> float:
    """Seconds from `since_s` to the first of LOCKED true beats in a row that are found, with none between.

    All that is left until `until_s` where that never happens.
    """
    true_s = true_s[true_s >= since_s]
    for first in range(len(true_s) - LOCKED + 1):
        row = true_s[first : first + LOCKED]
        near = found_s[(found_s > row[0] - BEAT_TOLERANCE_S) & (found_s < row[-1] + BEAT_TOLERANCE_S)]
        if len(near) == LOCKED and len(matches(near, row, BEAT_TOLERANCE_S)) == LOCKED:
            return float(row[0] - since_s)
    return max(0.0, until_s - since_s)


def levels(true_s: np.ndarray) -> tuple[np.ndarray, ...]:
    """The beat itself, the off-beat, double, and both halves: what AMLt allows."""
    middle = (true_s[1:] + true_s[:-1]) / 2
    return true_s, middle, np.sort(np.concatenate([true_s, middle])), true_s[::2], true_s[1::2]


@dataclass(frozen=True)
class Reliability:
    """Calls by how sure they were: what was said against what was so."""

    said: np.ndarray  # float64 (N_BINS,), mean confidence of the calls in each bin; NaN where there is none
    right: np.ndarray  # float64 (N_BINS,), share of them that were right
    share: np.ndarray  # float64 (N_BINS,), of all calls

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of `said` and `right` over the calls."""
        apart = np.abs(np.nan_to_num(self.said) - np.nan_to_num(self.right))
        return float((self.share * apart).sum())


def reliability(confidence: np.ndarray, right: np.ndarray) -> Reliability:
    """Bins of equal width (Guo et al., "On calibration of modern neural networks")."""
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    count = np.bincount(bins, minlength=N_BINS).astype(float)
    with np.errstate(invalid="ignore"):
        said = np.bincount(bins, confidence, N_BINS) / count
        so = np.bincount(bins, right, N_BINS) / count
    return Reliability(said, so, count / max(1, len(confidence)))


def tempo_right(found_bpm: float, true_bpm: float, octaves: bool) -> bool:
    """Acc1, or with `octaves` Acc2: within 4 % of the tempo, or of 2, 3, 1/2, 1/3 times it."""
    factors = (1.0, 2.0, 3.0, 1 / 2, 1 / 3) if octaves else (1.0,)
    return any(
        abs(found_bpm - true_bpm * factor) <= TEMPO_TOLERANCE * true_bpm * factor for factor in factors
    )


def correlation(found: np.ndarray, true: np.ndarray) -> float:
    """Pearson's r; 0 where either does not move."""
    if found.std() == 0.0 or true.std() == 0.0:
        return 0.0
    return float(np.corrcoef(found, true)[0, 1])


def si_sdr(found: np.ndarray, true: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio, dB (Le Roux et al., "SDR: half-baked or well done?")."""
    found, true = found.astype(np.float64), true.astype(np.float64)
    target = true * (found @ true) / max(true @ true, 1e-12)
    rest = found - target
    return 10.0 * float(np.log10((target @ target + 1e-12) / (rest @ rest + 1e-12)))


def c_sdr(found: np.ndarray, true: np.ndarray, rate_hz: int) -> float:
    """Median over frames of 1 s of the signal-to-distortion ratio, dB; NaN where `true` is all silence.

    That of BSSEval v4 as museval reckons it: for images, its filters change how the error is shared out
    among space, interference and artefacts, and not how much there is of it. Frames in which `true` is
    exact silence do not count.
    """
    n_frames = len(true) // rate_hz
    true = true[: n_frames * rate_hz].reshape(n_frames, rate_hz).astype(np.float64)
    found = found[: n_frames * rate_hz].reshape(n_frames, rate_hz).astype(np.float64)
    energy = np.square(true).sum(axis=1)
    error = np.square(true - found).sum(axis=1)
    heard = energy > 0.0
    if not heard.any():
        return float("nan")
    return float(np.median(10.0 * np.log10(energy[heard] / np.maximum(error[heard], 1e-20))))


def peaks(activation: np.ndarray, threshold: float, nearest_hops: int) -> np.ndarray:
    """Hops of the peaks at or above `threshold`, known one hop later: at a peak the next is no higher.

    No two are closer than `nearest_hops`; the first of them counts, as it would on stage.
    """
    middle = activation[1:-1]
    candidates = 1 + np.flatnonzero(
        (middle >= threshold) & (middle > activation[:-2]) & (middle >= activation[2:])
    )
    kept: list[int] = []
    for hop in candidates:
        if not kept or hop - kept[-1] >= nearest_hops:
            kept.append(int(hop))
    return np.array(kept, np.int64)
