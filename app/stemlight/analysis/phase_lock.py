"""Activations near expected beats become beat time and period, finer than a hop.

The bar pointer knows which peaks are beats, to a hop; this Kalman filter knows when they were, to a fraction
of one, and so the tempo to a tenth of a BPM within ten seconds. State: time of the beat and period; it steps
once a beat. When beats keep coming early or late (a drummer who speeds up) it listens more to the newest.
"""

from __future__ import annotations

import math

from stemlight.analysis.bar_pointer import LONGEST_BEAT, SHORTEST_BEAT

TIMING_VARIANCE = 0.7  # hops squared: 10 ms of drummer and network; being coarse only costs speed
WANDER_PHASE = 0.02  # hops squared a beat
WANDER_PERIOD = 2e-5  # of the period, squared: std 0.0045 hops a beat at rest
HELD_OFF = 0.005  # of the period: so far off may one be that is held, and the phase follows all the same
STEADINESS_BEATS = 5.0  # memory of the mean lateness and of its size
HURRY = 0.75  # mean lateness over mean size: chance alone gives 0.5, a tempo that changes gives 1
HURRY_HOPS = 0.4  # and at least this late: less is the rounding to whole hops
HURRY_GAIN = 0.1  # variance of the period gained, for each hop squared of such lateness
NEW_PHASE = 4.0  # hops squared, after a seat
NEW_PERIOD = 0.04  # relative, after a seat: the bar pointer's grid and its spread
GATE = 0.11  # beats to either side in which a peak is this beat's
MIN_GATE, MAX_GATE = 2, 6  # hops; 70 ms at most, what tapping along calls together
HISTORY = 16  # hops; power of two, more than two gates


def gate_of(period: float) -> int:
    """Hops to either side of a beat in which a peak is taken for it."""
    return min(max(round(GATE * period), MIN_GATE), MAX_GATE)


class PhaseLock:
    """Beat time and period in hops, on the axis where hop n is at n. One thread."""

    def __init__(self) -> None:
        self._activation = [0.0] * HISTORY
        self._holds_period = False
        self.reset()

    def reset(self) -> None:
        """At rest: 120 BPM from hop zero."""
        self._activation[:] = [0.0] * HISTORY
        self._holds_period = False
        self.seat(0.0, 43.07)

    def seat(self, beat_time: float, period: float, period_spread: float = NEW_PERIOD) -> None:
        """Start over from one beat at `beat_time` with `period`, known to `period_spread` (relative)."""
        self.beat_time = beat_time
        self.period = min(max(period, SHORTEST_BEAT), LONGEST_BEAT)
        self._p_tt = NEW_PHASE
        self._p_tp = 0.0
        self._p_pp = (period_spread * period) ** 2
        self._lateness = 0.0
        self._unsteadiness = 0.0

    @property
    def holds_period(self) -> bool:
        """The period stays as it is, to the bit, until another is seated; beats move the phase alone."""
        return self._holds_period

    @holds_period.setter
    def holds_period(self, holds: bool) -> None:
        self._holds_period = holds
        self._p_tp = 0.0  # what is learnt of the phase says nothing of a period that stays

    def process(self, hop: int, activation: float, least: float) -> bool:
        """One hop on. True when a beat's gate has closed and the filter has stepped to the next beat.

        Peaks below `least` say nothing: then the filter coasts.
        """
        self._activation[hop % HISTORY] = activation
        gate = self.gate
        centre = round(self.beat_time)
        if hop < centre + gate:
            return False
        weight = moment = strongest = 0.0
        if hop - centre - gate < HISTORY - 2 * MAX_GATE:  # else seated in the past
            for n in range(centre - gate, centre + gate + 1):
                a = self._activation[n % HISTORY] if hop - HISTORY < n else 0.0
                strongest = max(strongest, a)
                a *= a  # towards the peak, away from the floor
                weight += a
                moment += a * (n - self.beat_time)
        if strongest >= least:
            self._correct(moment / weight, strongest)
        self._predict()
        return True

    @property
    def gate(self) -> int:
        """`gate_of` the current period."""
        return gate_of(self.period)

    def phase_at(self, hop: float) -> float:
        """Beats since the last beat at a moment on the hop axis, in [0, 1)."""
        return (hop - self.beat_time) / self.period % 1.0

    def _correct(self, late: float, strength: float) -> None:
        self._lateness += (late - self._lateness) / STEADINESS_BEATS
        self._unsteadiness += (abs(late) - self._unsteadiness) / STEADINESS_BEATS
        if abs(self._lateness) > max(HURRY * self._unsteadiness, HURRY_HOPS):
            if not self._holds_period:
                self._p_pp += HURRY_GAIN * self._lateness**2
            variance = TIMING_VARIANCE
        else:
            variance = TIMING_VARIANCE + self._unsteadiness**2
        scale = 1.0 / (self._p_tt + variance / strength)
        gain_t, gain_p = self._p_tt * scale, self._p_tp * scale
        self.beat_time += gain_t * late
        self.period = min(max(self.period + gain_p * late, SHORTEST_BEAT), LONGEST_BEAT)
        self._p_pp -= gain_p * self._p_tp
        self._p_tp -= gain_t * self._p_tp
        self._p_tt -= gain_t * self._p_tt

    def _predict(self) -> None:
        self.beat_time += self.period
        if self._holds_period:
            self._p_tt += (HELD_OFF * self.period) ** 2 + WANDER_PHASE
        else:
            self._p_tt += 2.0 * self._p_tp + self._p_pp + WANDER_PHASE
            self._p_tp += self._p_pp
            self._p_pp += WANDER_PERIOD * self.period
        # Coasting through a breakdown must not forget the tempo, nor doubt the phase beyond the gate.
        doubt_t = min(1.0, GATE * self.period / math.sqrt(self._p_tt))
        doubt_p = min(1.0, NEW_PERIOD * self.period / math.sqrt(self._p_pp))
        self._p_tt *= doubt_t * doubt_t
        self._p_tp *= doubt_t * doubt_p
        self._p_pp *= doubt_p * doubt_p
