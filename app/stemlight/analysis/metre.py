"""What is said of each beat becomes a distribution over metre and beat in the bar.

A hidden Markov model that steps once a beat: seven states, three of a bar of three and four of a bar of four.
It is the slow factor of the bar pointer model (see `bar_pointer.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

METRES = (3, 4)  # beats in a bar
FOUR_FOUR = 0.98  # share of songs that a VJ plays to; a waltz still wins, by some bars of evidence
NEW_BAR_LINE = 0.01  # chance a beat that the bar starts anew
EVIDENCE_SCALE = 0.25  # bars repeat one another, errors with them: with 0.9, downbeat F was lower by 0.06
EVIDENCE_LIMIT = 2.0  # nats; no single beat may decide
TOLD_SCALE = 2.0  # the bar network remembers the bars itself: it is believed, ...
TOLD_NEW_BAR_LINE = 0.2  # ... and this memory only keeps a doubtful beat from moving the bar
IN_DOUBT = 0.5  # what it says below this corrects nothing
LEAST_POSITION = 1e-4  # no single beat may decide
LEVEL_BEATS = 64.0  # memory of how strong downbeat activations are at beats of this song


@dataclass(frozen=True, slots=True)
class BarPosition:
    """Where the last beat stood in its bar."""

    beats_per_bar: int
    beat_in_bar: int  # 0 on the downbeat
    probability: float


class Metre:
    """The distribution over metre and beat in the bar. One thread."""

    def __init__(self) -> None:
        self._beats_per_bar = np.repeat(METRES, METRES)
        self._beat_in_bar = np.concatenate([np.arange(n) for n in METRES])
        self._next = np.concatenate([np.roll(np.arange(n), 1) + start for n, start in ((3, 0), (4, 3))])
        self._prior = np.where(self._beats_per_bar == 4, FOUR_FOUR / 4, (1 - FOUR_FOUR) / 3)
        self._downbeat = self._beat_in_bar == 0
        self._states = (slice(0, METRES[0]), slice(METRES[0], sum(METRES)))
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._mass = self._prior.copy()
        self.forget()
        self._level = 0.0  # mean log-odds of the downbeat activation at beats
        self._weight = 0.0  # beats behind that mean

    def process(self, downbeat: float | None, position: np.ndarray | None = None) -> None:
        """The next beat. `downbeat`: activation around it in (0, 1), or None where nothing was heard.

        `position`: what the bar network says, (7,) over the states; where it speaks the activation does not.
        """
        self._mass = self._mass[self._next]
        if downbeat is None:
            return
        restart = NEW_BAR_LINE if position is None else TOLD_NEW_BAR_LINE
        self._mass = (1.0 - restart) * self._mass + restart * self._prior
        if position is None:
            self._mass[self._downbeat] *= self._evidence(downbeat)
        else:
            self._mass *= np.maximum(position[self._turned], LEAST_POSITION) ** TOLD_SCALE
        self._mass /= self._mass.sum()

    def _evidence(self, downbeat: float) -> float:
        """How much likelier the beat is a downbeat for this activation."""
        log_odds = math.log(downbeat / (1.0 - downbeat))
        self._weight = min(self._weight + 1.0, LEVEL_BEATS)
        self._level += (log_odds - self._level) / self._weight
        evidence = EVIDENCE_SCALE * (log_odds - self._level)
        return math.exp(min(max(evidence, -EVIDENCE_LIMIT), EVIDENCE_LIMIT))

    def correct(self, position: np.ndarray) -> None:
        """The last beat stands where it is believed, and `position` is what the bar network says of it.

        From now on what it says is turned by as much as it is off: a song that it counts wrong it counts
        wrong to its end. Where it is in doubt nothing is learnt.
        """
        for n, states in zip(METRES, self._states, strict=True):
            if position[states].max() < IN_DOUBT:
                continue
            off = int(self._mass[states].argmax()) - int(position[states].argmax())
            self._turned[states] = states.start + (np.arange(n) - off) % n

    def forget(self) -> None:
        """Another song: what was corrected in the last one says nothing of it."""
        self._turned = np.arange(sum(METRES))

    def best(self) -> BarPosition:
        """The likeliest metre, and in it the likeliest beat."""
        in_four = float(self._mass[3:].sum())
        first, last = (3, 7) if in_four >= 0.5 else (0, 3)
        state = first + int(self._mass[first:last].argmax())
        return BarPosition(
            int(self._beats_per_bar[state]), int(self._beat_in_bar[state]), float(self._mass[state])
        )

    def probability(self, beats_per_bar: int, beat_in_bar: int) -> float:
        """Of one position, at the last beat."""
        return float(self._mass[METRES[0] * (beats_per_bar == METRES[1]) + beat_in_bar])

    def place(self, in_three: int, in_four: int) -> None:
        """Believe that the last beat stood here, 0 on the downbeat, in either metre: a person said so."""
        four = self._mass[3:].sum()
        self._mass[:] = 0.0
        self._mass[in_three] = 1.0 - four
        self._mass[METRES[0] + in_four] = four
