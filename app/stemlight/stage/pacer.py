"""Says when to draw and when the draw will be seen. Reads no clock: it is told the time."""

from __future__ import annotations

UNPACED_DRAWS = 8  # so many swaps in a row far too early: nobody waits for the screen here
EARLY = 0.6  # of a period: sooner than this after the last one is far too early
LATE = 1.5  # of a period: later than this, a refresh of the screen went by without a new picture
PULL = 0.05  # share of the error by which the predicted moments follow the measured ones, a draw


class Pacer:
    """Paces draws to a screen of `refresh_hz`, also where swapping buffers does not wait for it.

    That is so under Xvfb, in virtual machines and on remote desktops. One thread.
    """

    def __init__(self, refresh_hz: float) -> None:
        self.period_s = 1.0 / refresh_hz
        self._swapped_s: float | None = None
        self._early = 0
        self._seen_s: float | None = None
        self._due_s: float | None = None

    @property
    def limits(self) -> bool:
        """Whether the pace is kept here, because the swap does not."""
        return self._early >= UNPACED_DRAWS

    def delay_s(self, now_s: float) -> float:
        """How long to sleep before the next draw."""
        if not self.limits or self._due_s is None:
            return 0.0
        return min(max(self._due_s - now_s, 0.0), self.period_s)

    def seen_s(self, now_s: float) -> float:
        """When a draw that begins now will be seen; call once a draw.

        Whole periods after the one before, so that a late wake-up does not shake what moves.
        """
        soonest_s = now_s + self.period_s
        if self._seen_s is None or abs(soonest_s - self._seen_s) > 1.0:
            self._seen_s = soonest_s
            return soonest_s
        steps = max(1, round((soonest_s - self._seen_s) / self.period_s))
        predicted_s = self._seen_s + steps * self.period_s
        self._seen_s = predicted_s + PULL * (soonest_s - predicted_s)
        return self._seen_s

    def swapped(self, now_s: float) -> float | None:
        """A picture has gone to the screen; returns the seconds since the one before."""
        before_s, self._swapped_s = self._swapped_s, now_s
        if before_s is None:
            return None
        interval_s = now_s - before_s
        if not self.limits:
            self._early = self._early + 1 if interval_s < EARLY * self.period_s else 0
        if self._due_s is None or now_s - self._due_s > self.period_s:
            self._due_s = now_s  # far behind: begin a new count rather than catch up
        self._due_s += self.period_s
        return interval_s

    def is_late(self, interval_s: float) -> bool:
        """Whether a refresh went by without a new picture."""
        return interval_s > LATE * self.period_s
