"""When a draw is seen: everything about time that a shader is told."""

from __future__ import annotations

from dataclasses import dataclass

# What DATE says where nobody gives a date: year, month 1-12, day, seconds since midnight. Offline, stills and
# tests are the same on every day.
FIXED_DATE = (2025.0, 6.0, 15.0, 43_200.0)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment at which a draw is seen. Given, never read from a clock by who draws."""

    time_s: float  # TIME: since the scene began
    delta_s: float  # TIMEDELTA: since the draw before; 0 on the first
    index: int  # FRAMEINDEX: draws before this one
    stream_s: float | None = None  # the same moment on the frames' clock; None: `time_s`
    beat_lead_s: float = 0.0  # beats are told so much early, for screens that are late
    date: tuple[float, float, float, float] | None = (
        None  # as DATE; None: FIXED_DATE running on with `time_s`
    )

    @classmethod
    def at_draw(cls, index: int, fps: float, start_s: float = 0.0) -> Moment:
        """Draw `index` of a film with `fps` pictures a second that starts at `start_s` of the stream."""
        time_s = index / fps
        return cls(time_s, 1.0 / fps if index else 0.0, index, start_s + time_s)

    @property
    def on_stream_s(self) -> float:
        return self.time_s if self.stream_s is None else self.stream_s

    @property
    def isf_date(self) -> tuple[float, float, float, float]:
        if self.date is not None:
            return self.date
        year, month, day, seconds = FIXED_DATE
        return year, month, day, seconds + self.time_s
