"""What a source of tempo says, whatever it speaks."""

from __future__ import annotations

from typing import Literal, Protocol

from stemlight.analysis.timeline import Timeline

SLOWEST_BPM, FASTEST_BPM = 20.0, 400.0  # what is outside is no tempo but a fault


Knows = Literal["tempo", "beat", "bar"]  # what a source says; the rest a person says, or the ear


class TempoSource(Protocol):
    """A beat that somebody else keeps. Its owner feeds it from any thread; one thread asks."""

    def line(self, now_s: float, beats_per_bar: int) -> Timeline | None:
        """Its beats over the host's clock, good now; None while there are none to follow.

        `beats_per_bar` for sources that count beats and know no bar.
        """

    @property
    def knows(self) -> Knows:
        """What of the line that it last gave is its own word, and no guess."""

    @property
    def words(self) -> str:
        """How it fares, for people; does not change while nothing does."""
