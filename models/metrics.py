"""The field's measures: events against events, envelopes against envelopes, sound against sound."""

from __future__ import annotations

import numpy as np

BEAT_TOLERANCE_S = 0.07  # Davies, Degara and Plumbley, "Evaluation methods for musical audio beat tracking"
HIT_TOLERANCE_S = 0.05
CONTINUITY = 0.175  # of a beat: tolerance of CMLt and AMLt, same report
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


def continuity(found_s: np.ndarray, true_s: np.ndarray) -> float:
    """CMLt: share of beats that are right together with the one before, in time and in period."""
    if len(found_s) < 2 or len(true_s) < 2:
        return 0.0
    right = 0
    periods = np.diff(true_s)
    for index in range(1, len(found_s)):
        nearest = int(np.argmin(np.abs(true_s - found_s[index])))
        period = periods[max(0, nearest - 1)]
        before = true_s[nearest - 1] if nearest else true_s[0] - period
        near = abs(found_s[index] - true_s[nearest]) < CONTINUITY * period
        near_before = abs(found_s[index - 1] - before) < CONTINUITY * period
        steady = abs((found_s[index] - found_s[index - 1]) / period - 1.0) < CONTINUITY
        right += near and near_before and steady
    return right / max(len(found_s) - 1, len(true_s) - 1)


def continuity_any_level(found_s: np.ndarray, true_s: np.ndarray) -> float:
    """AMLt: the best CMLt against the beat itself, the off-beat, double, and both halves."""
    if len(true_s) < 3:
        return continuity(found_s, true_s)
    middle = (true_s[1:] + true_s[:-1]) / 2
    double = np.sort(np.concatenate([true_s, middle]))
    return max(continuity(found_s, level) for level in (true_s, middle, double, true_s[::2], true_s[1::2]))


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
