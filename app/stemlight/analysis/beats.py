"""Beat and downbeat activations become a Timeline: where the beat is, how fast it goes, how sure that is.

`BarPointer` finds tempo and phase to a hop, `PhaseLock` sharpens them, `Metre` finds the bar, and the
decoder slews one continuous position towards them, so that a picture that follows it never jumps. Beats are
called in the hop in which the position passes them: no waiting, no look-ahead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stemlight.analysis.bar_pointer import LONGEST_BEAT, SHORTEST_BEAT, BarPointer
from stemlight.analysis.bars import Bars
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.metre import METRES, Metre
from stemlight.analysis.phase_lock import PhaseLock
from stemlight.analysis.timeline import Timeline

ACTIVATION_DELAY_HOPS = 1.0  # by which the network's peak follows the hop in which the beat falls

# What an activation says of a hop, in nats: scale * (its log-odds - those of NEUTRAL), within limits. Chosen
# on the validation songs among a dozen settings; the network answers too readily, hence not 0.05.
NEUTRAL = 0.25
EVIDENCE_SCALE = 0.8  # neighbouring hops repeat one another
EVIDENCE_LIMITS = (-1.5, 4.0)  # no single hop decides
FLOOR = 0.004  # activations below this and above 1 - this are not told apart

OPINION_S = 4.0  # the network's opinion on the tempo is averaged over this long ...
OPINION_STEP = 1.0 - math.exp(-HOP_S / OPINION_S)
OPINION_HOPS = 16  # ... and passed on so often

LEAST_PEAK = 0.15  # lower peaks do not move the beat

SALIENCE_S = 0.6  # a peak is remembered for this long ...
SILENT, HEARD = 0.06, 0.2  # ... and below the first nothing is learnt, above the second all

SWITCH = 1.6  # a new reading must be this much likelier than the current one
SLEW_S = 0.1  # time constant of phase corrections
MAX_SLEW = 0.5  # of the tempo: half a beat is made up in one ...
LOCKED_SLEW = 0.05  # ... and in ten while the tempo is locked ...
TOLD_HOPS = round(2.0 / HOP_S)  # ... but for so long after the word of a person
FIRST_CONFIDENCE = 0.15  # beats are counted from here on
CONFIDENCE_S = 0.5
SILENCE_CONFIDENCE_S = 20.0  # confidence falls by 1/e while nothing is heard

# The pointer takes neighbouring hops for independent and is too sure of itself: of beats called at so many
# decades of doubt, -log10(1 - mass), this share was right on 83 validation songs.
DOUBT_DECADES = (0.0, 0.15, 1.0, 2.0, 3.4)
SHARE_RIGHT = (0.0, 0.44, 0.62, 0.74, 0.94)

BAR_SWITCH = 3.0  # a new bar line must be this much likelier than the current one ...
BAR_CERTAINTY = 0.45  # ... and this likely
BAR_HOLD_BEATS = 64  # after "this is the one", the word holds for sixteen bars; the bar network learns it

OCTAVE_S = 600.0  # how long the word of a person on the octave holds against the ear: a long song
TAP_OCTAVES, TAP_S = 0.12, 30.0  # width of the tempo prior after taps, and how long it holds
TAP_TEMPO_SPREAD = 0.03  # relative, of a person's tapping over a few beats
TAP_PHASE_SPREAD = 0.06  # beats
RESYNC_REACH = 0.25  # beats: nearer to a beat than this, the press meant that beat
TAP_MEMORY_S = 2.0  # a pause longer than this starts a new row of taps
MIN_TAPS, MAX_TAPS = 3, 8


@dataclass(frozen=True, slots=True)
class BeatState:
    """What is known of the beat at the end of one hop."""

    timeline: Timeline
    beat_in_bar: int  # 1 on the downbeat
    beat_count: int  # beats called so far
    bar_count: int  # downbeats called so far
    confidence: float  # 0..1


class BeatDecoder:
    """Activations hop by hop, the streaming form; and what a person may tell it. One thread."""

    def __init__(self, bars: Bars | None = None) -> None:
        """`bars`: hears every hop before it is processed here; without, the bar goes by downbeats alone."""
        self._bars = bars
        self._pointer = BarPointer()
        self._lock = PhaseLock()
        self._metre = Metre()
        self._downbeat = np.zeros(0)
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard and nobody had said a word."""
        self._pointer.reset()
        self._lock.reset()
        self._metre.reset()
        if self._bars:
            self._bars.reset()
        self._hop = -1
        self._position = 0.0  # beats
        self._beats_per_bar = 4
        self._offset = 0.0  # beats between what is heard and what is shown: half after a shift
        self._salience = 0.0
        self._mass = 0.0  # of the distribution that is near the lock
        self._confidence = 0.0
        self._has_locked = False
        self._tempo: np.ndarray | None = None  # float32 (n_tempi,): what the network thinks, averaged
        self._beat_count = 0
        self._bar_count = 0
        self._recent_downbeat = [0.0] * 16
        self._word: np.ndarray | None = None  # what a person said of the tempo, as the pointer takes it ...
        self._favour_hops = 0  # ... and how long it holds
        self._hurry_hops = 0  # until a locked tempo makes the beat gentle again
        self._bar_hold = 0  # beats
        self._taps: list[float] = []

    def process(self, activations: np.ndarray, tempo: np.ndarray | None = None) -> BeatState:
        """`activations`: beat, downbeat, onset, each in [0, 1]; `tempo`: as `BarPointer.lean` takes it."""
        self._hop += 1
        beat, downbeat = float(activations[0]), float(activations[1])
        trust = self._listen(beat, downbeat)
        if tempo is not None:
            self._lean(tempo, trust)
        self._pointer.process(_evidence(beat) * trust, trust)
        if self._hop % 2 == 0:  # in the hops between, the chroma is renewed: the worst hop counts
            self._mass = self._follow(trust)
        if self._lock.process(self._hop, beat, LEAST_PEAK):
            self._step_bar(trust)
        self._update_confidence(self._mass, trust)
        self._move()
        if self._favour_hops > 0:
            self._favour_hops -= 1
            if self._favour_hops == 0:
                self._favour(None)
        return self._state()

    # What a person may say, between two hops.

    def double_tempo(self) -> None:
        """Twice as fast, every beat still a beat. Nothing where that is above 215 BPM.

        As with `halve_tempo`, the ear may not go back to the old octave until another song begins.
        """
        if self._lock.period >= 2.0 * SHORTEST_BEAT:
            place = 2.0 * (self._position % self._beats_per_bar)
            self._retime(0.5 * self._lock.period, place)

    def halve_tempo(self) -> None:
        """Half as fast, the downbeat still a beat. Nothing where that is below 55 BPM."""
        if self._lock.period <= 0.5 * LONGEST_BEAT:
            place = 0.5 * (self._position % self._beats_per_bar)
            self._retime(2.0 * self._lock.period, place)

    def shift_half_beat(self) -> None:
        """The beat is where the off-beat was; a second time undoes the first."""
        self._offset = (self._offset + 0.5) % 1.0
        self._hurry_hops = TOLD_HOPS

    def resync(self) -> None:
        """This is the one: the nearest beat is a downbeat; and now is a beat where none is near."""
        phase = self._position % 1.0
        error = phase - round(phase)
        if abs(error) > RESYNC_REACH:
            self._offset = (self._offset - error) % 1.0
            self._hurry_hops = TOLD_HOPS
        self._place_metre(round(self._position), 0)
        self._set_bar(round(self._position), self._beats_per_bar, 0)
        self._bar_hold = BAR_HOLD_BEATS

    def tap(self, time_s: float) -> None:
        """A tap at `time_s` of the stream: from the third on, taps set tempo and phase."""
        if self._taps and not 0.0 < time_s - self._taps[-1] < TAP_MEMORY_S:
            self._taps.clear()
        self._taps = [*self._taps[-MAX_TAPS + 1 :], time_s]
        if len(self._taps) < MIN_TAPS:
            return
        count = np.arange(len(self._taps))
        interval_s, first_s = np.polyfit(count, self._taps, 1)
        period = interval_s / HOP_S
        if not SHORTEST_BEAT <= period <= LONGEST_BEAT:
            return
        self._offset = 0.0
        beat_time = (first_s + count[-1] * interval_s) / HOP_S - 0.5 - ACTIVATION_DELAY_HOPS
        self._believe(beat_time, period)
        self._favour(self._pointer.tempo_prior(60.0 / interval_s, TAP_OCTAVES), TAP_S)

    @property
    def tempo_is_locked(self) -> bool:
        """See `lock_tempo`."""
        return self._lock.holds_period

    def lock_tempo(self, locked: bool, tempo_bpm: float | None = None) -> None:
        """The tempo stays as it is, whatever is heard, and beats move the phase alone; or both follow again.

        What a person says of the tempo meanwhile is the locked tempo from then on. `tempo_bpm`: to lock at
        this one instead, which another decoder had locked.
        """
        if locked == self._lock.holds_period:
            return
        if locked and tempo_bpm:
            self._believe(self._lock.beat_time, 60.0 / (tempo_bpm * HOP_S))
        self._lock.holds_period = locked
        if locked:
            self._pointer.lean(None)
        self._let_read()

    def _retime(self, period: float, place: float) -> None:
        """Another octave; `place`: beats since the downbeat at the new tempo."""
        beat_time = self._hop + 0.5 - (place - self._offset) % 1.0 * period
        self._believe(beat_time, period)
        self._favour(self._pointer.prior_without_octaves_of(period), OCTAVE_S)
        since = math.floor(place)
        self._set_bar(math.floor(self._position), self._beats_per_bar, since % self._beats_per_bar)
        self._place_metre(math.floor(self._position), since)

    def _believe(self, beat_time: float, period: float) -> None:
        self._lock.seat(beat_time, period, TAP_TEMPO_SPREAD)
        self._pointer.place(period, self._lock.phase_at(self._hop), TAP_TEMPO_SPREAD, TAP_PHASE_SPREAD)
        self._has_locked = True
        self._hurry_hops = TOLD_HOPS

    def _favour(self, word: np.ndarray | None, seconds: float = 0.0) -> None:
        """Which tempi the pointer may read: near a locked one alone, else by a person's word for a while."""
        self._word, self._favour_hops = word, round(seconds / HOP_S)
        self._let_read()

    def _let_read(self) -> None:
        if self._lock.holds_period:
            prior = self._pointer.prior_near(self._lock.period)
        else:
            prior = self._pointer.tempo_prior() if self._word is None else self._word
        self._pointer.favour(prior)

    def _place_metre(self, beat: int, beat_in_bar: int) -> None:
        """Tell the metre, which knows of the beats that are judged only, where `beat` stands."""
        since = beat_in_bar + self._last_judged() - beat
        self._metre.place(since % METRES[0], since % METRES[1])

    def _last_judged(self) -> int:
        """Number of the last beat whose gate has closed: the lock expects the one after."""
        ahead = (self._lock.beat_time - (self._hop + 0.5)) / self._lock.period
        return round(self._position + ahead - self._offset) - 1

    # What happens in a hop, in order.

    def _listen(self, beat: float, downbeat: float) -> float:
        """How much the activations mean now, 0..1: nothing in silence."""
        self._recent_downbeat[self._hop % 16] = downbeat
        self._salience = max(beat, self._salience * math.exp(-HOP_S / SALIENCE_S))
        return min(max((self._salience - SILENT) / (HEARD - SILENT), 0.0), 1.0)

    def _lean(self, tempo: np.ndarray, trust: float) -> None:
        if self._tempo is None:
            self._tempo = np.full(len(tempo), 1.0 / len(tempo), np.float32)
        self._tempo += (tempo - self._tempo) * np.float32(OPINION_STEP * trust)
        if self._hop % OPINION_HOPS == 0 and not self._lock.holds_period:
            self._pointer.lean(self._tempo)

    def _follow(self, trust: float) -> float:
        """Seats the lock anew where the pointer reads otherwise; how likely its reading is."""
        lock = self._lock
        phase = lock.phase_at(self._hop)
        current = self._pointer.mass_near(lock.period, phase)
        if current >= 0.5 or trust == 0.0:
            return current
        best = self._pointer.best()
        if best.mass < SWITCH * current:
            return current
        moved = abs((best.phase - phase + 0.5) % 1.0 - 0.5)
        if moved > 0.25 or abs(math.log(best.period / lock.period)) > 0.08:
            # Another song, or another mind: what a person said was about the old one.
            self._offset = 0.0
            self._metre.forget()
            self._favour_hops = min(self._favour_hops, 1)
        period = lock.period if lock.holds_period else best.period
        lock.seat(self._hop + (1.0 - best.phase) * best.period, period)
        return best.mass

    def _step_bar(self, trust: float) -> None:
        """The gate of a beat has closed: tell the metre, and correct the bar line if need be."""
        gate = self._lock.gate
        around = (self._recent_downbeat[(self._hop - k) % 16] for k in range(2 * gate + 1))
        downbeat = min(max(*around, FLOOR), 1.0 - FLOOR)
        held = self._bar_hold > 0
        self._bar_hold -= held
        period = self._lock.period
        position = self._bars.position(self._lock.beat_time - period, period) if self._bars else None
        self._metre.process(None if held or trust < 0.5 else downbeat, position)
        if held and position is not None:
            self._metre.correct(position)
        judged = self._last_judged()
        shown = judged % self._beats_per_bar
        best = self._metre.best()
        if (best.beats_per_bar, best.beat_in_bar) == (self._beats_per_bar, shown):
            return
        if best.probability < BAR_CERTAINTY:
            return
        if best.probability < BAR_SWITCH * self._metre.probability(self._beats_per_bar, shown):
            return
        self._set_bar(judged, best.beats_per_bar, best.beat_in_bar)

    def _set_bar(self, beat: int, beats_per_bar: int, beat_in_bar: int) -> None:
        """Move the position forward by whole beats so that `beat` stands at `beat_in_bar`."""
        self._beats_per_bar = beats_per_bar
        self._position += (beat_in_bar - beat) % beats_per_bar

    def _update_confidence(self, mass: float, trust: float) -> None:
        step = 1.0 - math.exp(-HOP_S / CONFIDENCE_S)
        self._confidence += (mass - self._confidence) * step * trust
        self._confidence *= math.exp(-HOP_S / SILENCE_CONFIDENCE_S * (1.0 - trust))
        self._has_locked = self._has_locked or self._confidence > FIRST_CONFIDENCE

    def _move(self) -> None:
        """One hop on along the timeline, towards the lock's phase; calls a beat when it is passed."""
        step = 1.0 / self._lock.period
        end_of_hop = self._hop + 0.5 + ACTIVATION_DELAY_HOPS
        target = self._lock.phase_at(end_of_hop) + self._offset
        error = (target - self._position - step + 0.5) % 1.0 - 0.5
        slew = error * (1.0 - math.exp(-HOP_S / SLEW_S))
        most = (LOCKED_SLEW if self._lock.holds_period and not self._hurry_hops else MAX_SLEW) * step
        self._hurry_hops -= self._hurry_hops > 0
        slew = min(max(slew, -most), most)
        before = math.floor(self._position)
        self._position += step + slew
        if math.floor(self._position) > before and self._has_locked:
            self._beat_count += 1
            self._bar_count += math.floor(self._position) % self._beats_per_bar == 0

    def _state(self) -> BeatState:
        tempo_bpm = 60.0 / (self._lock.period * HOP_S)
        timeline = Timeline(tempo_bpm, self._position, (self._hop + 1) * HOP_S, self._beats_per_bar)
        in_bar = math.floor(self._position) % self._beats_per_bar + 1
        confidence = _calibrated(self._confidence)
        return BeatState(timeline, in_bar, self._beat_count, self._bar_count, confidence)


def _calibrated(mass: float) -> float:
    """How often a beat is right that is called with so much of the distribution near it."""
    decades = -math.log10(max(1.0 - mass, 1e-6))
    return float(np.interp(decades, DOUBT_DECADES, SHARE_RIGHT))


def _evidence(activation: float) -> float:
    """Log-odds that a beat is heard here, bounded."""
    a = min(max(activation, FLOOR), 1.0 - FLOOR)
    log_odds = EVIDENCE_SCALE * (math.log(a / (1.0 - a)) - math.log(NEUTRAL / (1.0 - NEUTRAL)))
    return min(max(log_odds, EVIDENCE_LIMITS[0]), EVIDENCE_LIMITS[1])
