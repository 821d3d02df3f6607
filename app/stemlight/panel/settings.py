"""What the show tells its panel; apart from it, so that the show loads no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Exit codes of a panel besides 0, which ends the show.
CLOSED = 10  # a person closed it; the show goes on
AGAIN = 11  # it wants to be started again: the scale changed


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """What the show tells its panel."""

    frames: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    look: str = ""  # of the look cell
    preview: str = ""  # of the memory for a small copy of the picture
    source: str = "default"  # what the show began to listen to
    osc_files: tuple[Path, ...] = ()  # where the destinations are that the engine follows, in its order
    osc_given: Path | None = None  # of these, the show's own: it ends with the show
    has_stage: bool = True
    keeps: bool = True  # how the controls are is kept for the next show
