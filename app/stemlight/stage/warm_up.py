"""Makes shaders ready while the picture goes on: tried elsewhere first, then loaded bit by bit."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from pathlib import Path

from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.stage.shader_shelf import ShaderShelf
from stemlight.stage.trial import TrialKind


class WarmUp:
    """Brings shaders onto the shelf. GL thread only; `end` when done."""

    def __init__(
        self, shelf: ShaderShelf, trial: TrialKind, health: PartHealth, first: Generator[None] | None = None
    ) -> None:
        """`first`: steps of what every show needs, one a draw besides all else."""
        self._shelf = shelf
        self._first = first
        self._trial = trial
        self._health = health
        self._wanted: tuple[Path, ...] = ()
        self._paths: list[Path] = []  # of them, that are on trial
        self._loads: deque[Path] = deque()  # that have passed
        self._loading: Generator[None] | None = None  # the one that is being loaded
        self._is_new = False  # the trial has not begun
        self._on_trial = False

    @property
    def is_busy(self) -> bool:
        """Whether something is not ready yet."""
        return self._on_trial or bool(self._loads) or self._loading is not None

    def begin(self, paths: Iterable[Path]) -> None:
        """Makes ready what is not ready of `paths`, instead of what was wanted before."""
        wanted = tuple(dict.fromkeys(paths))
        if self.is_busy and wanted == self._wanted:
            return  # a slider that is dragged meanwhile must not begin it anew
        self._wanted = wanted
        self._stop_loading()
        self._paths = [path for path in wanted if not self._shelf.is_ready(path)]
        self._is_new = self._on_trial = bool(self._paths)

    def update(self, now_s: float) -> None:
        """Once a draw: loads one program at most."""
        if self._first is not None and next(self._first, _DONE) is _DONE:
            self._first = None
        if self._is_new:
            self._is_new = False
            self._trial.begin(self._paths, now_s)
        verdict = self._trial.verdict(now_s) if self._on_trial else None
        if verdict is not None:
            self._on_trial = False
            for path, reason in verdict.items():
                self._shelf.refuse(path, UserError(reason))
            self._loads.extend(path for path in self._paths if path not in verdict)
        if self._loading is None and self._loads:
            path = self._loads.popleft()
            self._health.say("loading", str(path))  # if it kills us, the next stage knows what it was
            self._loading = self._shelf.loading(path)
        if self._loading is not None and next(self._loading, _DONE) is _DONE:
            self._loading = None
            self._health.say("loading", "")

    def end(self) -> None:
        """Ends what is under way."""
        self._trial.end()
        self._stop_loading()
        if self._first is not None:
            self._first.close()
            self._first = None
        self._on_trial = False

    def _stop_loading(self) -> None:
        self._loads.clear()
        if self._loading is not None:
            self._loading.close()
            self._loading = None
            self._health.say("loading", "")


_DONE = object()
