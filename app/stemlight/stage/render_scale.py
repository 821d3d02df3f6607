"""Says how large to draw, so that draws keep up with the screen. Reads no clock: it is told the times.

Smaller at once, larger with patience: a size that was too large once is tried again only after ever longer.
"""

from __future__ import annotations

from collections import deque

STEPS = (1.0, 0.85, 0.7, 0.6, 0.5)  # pixels: 100, 72, 49, 36, 25 %; below, a projector shows squares
WINDOW_S, MIN_DRAWS = 1.0, 12  # draws are judged by the last second of them, and by so many at least
TOO_LATE = 0.25  # share of late draws at which it goes down: a scene that loads makes one or two
MIN_LATE = 5  # and so many at least
SETTLE_S = 0.3  # after a change buffers are made and shaders draw for the first time: not judged
PATIENCE_S, MOST_PATIENCE_S = 8.0, 300.0  # without being too late, before it tries a step up
PROVEN_S = 60.0  # a step that lasted so long was no mistake: patience begins anew
MIN_SIDE_PX = 16


class RenderScale:
    """The share of the window's width and height to draw at. One thread; one for each stage.

    Call `drawn` after every draw and `scale` before it.
    """

    def __init__(self) -> None:
        self._step = 0
        self._draws: deque[tuple[float, bool]] = deque()  # seconds and whether late, of the last second
        self._window_s = 0.0
        self._since_change_s = 0.0
        self._calm_s = 0.0
        self._patience_s = PATIENCE_S
        self._trying = False  # the last change was a step up, and it is not proven

    def drawn(self, interval_s: float, is_late: bool) -> None:
        """A picture was shown `interval_s` after the one before; late as `Pacer.is_late` has it."""
        self._since_change_s += interval_s
        if self._since_change_s < SETTLE_S:
            return
        self._draws.append((interval_s, is_late))
        self._window_s += interval_s
        while self._window_s > WINDOW_S and len(self._draws) > MIN_DRAWS:
            self._window_s -= self._draws.popleft()[0]
        n_late = sum(late for _, late in self._draws)
        too_late = n_late >= MIN_LATE and n_late >= TOO_LATE * len(self._draws)
        self._calm_s = 0.0 if too_late else self._calm_s + interval_s
        if too_late and self._step < len(STEPS) - 1:
            if self._trying:
                self._patience_s = min(2.0 * self._patience_s, MOST_PATIENCE_S)
            self._go(self._step + 1, trying=False)
        elif self._step > 0 and self._calm_s >= self._patience_s:
            self._go(self._step - 1, trying=True)
        elif self._trying and self._since_change_s >= PROVEN_S:
            self._trying, self._patience_s = False, PATIENCE_S

    def scale(self, ceiling: float = 1.0, automatic: bool = True) -> float:
        """What to draw at now: `ceiling`, which is the person's, or less if it is `automatic`."""
        return min(ceiling, STEPS[self._step]) if automatic else ceiling

    def _go(self, step: int, trying: bool) -> None:
        self._step, self._trying = step, trying
        self._since_change_s = self._calm_s = self._window_s = 0.0
        self._draws.clear()


def scaled(size_px: tuple[int, int], scale: float) -> tuple[int, int]:
    """The size of the picture in a window of `size_px`."""
    width, height = (max(MIN_SIDE_PX, round(side * scale)) for side in size_px)
    return width, height
