"""What every way out has in common: it is given what the window shows, and never makes a draw wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import moderngl

    from stemlight.stage.outputs.pixel_reader import Pixels


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the window shows it, on the GPU; it is overwritten by the next."""

    framebuffer: moderngl.Framebuffer  # the window's, before the swap
    size_px: tuple[int, int]
    seen_s: float  # host clock


class Output(Protocol):
    """One way out. GL thread only; UserError from its constructor where this machine lacks what it needs."""

    needs_pixels: bool  # it is given `pixels` too

    @property
    def words(self) -> str:
        """How it fares, for people; empty while there is nothing to say."""
        ...

    @property
    def is_over(self) -> bool:
        """It has ended by itself, and `words` says why."""
        ...

    def send(self, shown: Shown, pixels: Pixels | None) -> None:
        """Passes one picture on, or drops it: what is shown now, or the `pixels` of two draws ago."""
        ...

    def close(self) -> None:
        """Ends it; what it has begun is brought to a good end."""
        ...
