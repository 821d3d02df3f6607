"""Beats that were seen at moments, each a little early or late, become one line: least squares.

A single interval says nothing: USB and networks move each message by milliseconds. Over n messages the
error of the tempo falls with n to the power of 3/2, so the window is long while the tempo stands and is
cut when the newest messages agree that it has changed.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from stemlight.analysis.timeline import Timeline
from stemlight.sync.source import FASTEST_BPM, SLOWEST_BPM

N_NEWEST = 12  # messages that must all be off to one side before the older ones are out of date
GROWING = 0.5  # of the most that one of them is off, the last one is: after a stall of the machine, which
# holds up several messages and hands them over at once, the last is in time
SURE = 4.0  # standard errors between what the older ones foretell and what the newest say
CLOCK_S = 0.0005  # and more than this: clocks are read to less than half a millisecond
OUTLIER = 3.0  # standard deviations: a message that far off was held up on its way
SOONEST = 0.8  # of the sightings are later than the line that stands for the soonest: not quite all
MAD = 1.4826  # median absolute deviations in a standard deviation, of a normal distribution
EXACT_S = 1e-4  # messages nearer than this to the line are none of these


class LineFit:
    """The newest sightings of a beat. One thread at a time."""

    def __init__(self, most: int, least: int, late_only: bool = False) -> None:
        """`most` sightings are kept; with fewer than `least` there is no line.

        `late_only`: they come over a network, so those that came soonest are nearest to the truth.
        """
        self._least = least
        self._late_only = late_only
        self._seen: deque[tuple[float, float]] = deque(maxlen=most)  # host seconds, beats

    def __len__(self) -> int:
        return len(self._seen)

    @property
    def span_s(self) -> float:
        """From the oldest sighting to the newest."""
        return self._seen[-1][0] - self._seen[0][0] if self._seen else 0.0

    def add(self, time_s: float, beat: float) -> None:
        """The position was `beat` at `time_s`; both grow from call to call."""
        self._seen.append((time_s, beat))

    def clear(self) -> None:
        """Nothing was seen."""
        self._seen.clear()

    def keep(self, newest: int) -> None:
        """Forget all but so many."""
        while len(self._seen) > newest:
            self._seen.popleft()

    def line(self, beats_per_bar: int = 4, tempo_bpm: float | None = None) -> Timeline | None:
        """Where the beat is by all that was seen; None with too few sightings, or where that is no tempo.

        With `tempo_bpm` given the sightings only say where the beat is.
        """
        if len(self._seen) < self._least:
            return None
        time_s, beat = np.array(self._seen).T
        newest_s = float(time_s[-1])
        t = time_s - newest_s  # small numbers: host clocks count from the start of the machine
        rate = tempo_bpm / 60.0 if tempo_bpm else None
        while rate is None and len(t) >= max(2 * self._least, 3 * N_NEWEST) and _has_changed(t, beat):
            t, beat = t[-len(t) // 2 :], beat[-len(beat) // 2 :]
            self.keep(len(t))
        slope, now = _fit(t, beat, rate)
        for _ in range(2):  # once more, without those that pulled the line away
            error = np.abs(beat - now - slope * t)
            kept = error <= OUTLIER * MAD * float(np.median(error)) + EXACT_S * abs(slope)
            if int(kept.sum()) < self._least:
                break
            slope, now = _fit(t[kept], beat[kept], rate)
        if self._late_only:
            now = float(np.quantile(beat - slope * t, SOONEST))
        if not SLOWEST_BPM <= 60.0 * slope <= FASTEST_BPM:
            return None
        return Timeline(60.0 * slope, now, newest_s, beats_per_bar)


def _fit(t: np.ndarray, beat: np.ndarray, rate: float | None) -> tuple[float, float]:
    """Beats a second, and the beat at t = 0."""
    mean_t, mean_beat = float(t.mean()), float(beat.mean())
    if rate is None:
        spread = float(((t - mean_t) ** 2).sum())
        rate = float(((t - mean_t) * (beat - mean_beat)).sum()) / spread if spread > 0.0 else 0.0
    return rate, mean_beat - rate * mean_t


def _has_changed(t: np.ndarray, beat: np.ndarray) -> bool:
    """Whether the newest are not where the older ones foretell them."""
    old_t, old_beat = t[:-N_NEWEST], beat[:-N_NEWEST]
    slope, now = _fit(old_t, old_beat, None)
    off = beat[-N_NEWEST:] - now - slope * t[-N_NEWEST:]
    deviation = float(np.std(old_beat - now - slope * old_t))
    # Variance of a mean of the newest, and of the line's end: 1/n and 4/n of that of one sighting.
    error = deviation * (1.0 / N_NEWEST + 4.0 / len(old_t)) ** 0.5
    one_sided = bool((off > 0.0).all() or (off < 0.0).all())
    growing = abs(float(off[-1])) >= GROWING * float(np.abs(off).max())
    return one_sided and growing and abs(float(off.mean())) > max(SURE * error, CLOCK_S * abs(slope))
