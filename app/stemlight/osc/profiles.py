"""The profiles of OSC out: what each kind of receiver is sent, and how often unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

from stemlight.analysis.feature_frame import HOP_S, FeatureFrame
from stemlight.errors import UserError
from stemlight.osc.frame_numbers import Moment
from stemlight.osc.names import near
from stemlight.osc.resolume import LINKS, ResolumeClock, resolume_table
from stemlight.osc.schema import OscAddress, spectra_table, stemlight_table
from stemlight.osc.synesthesia import SynesthesiaNumbers, synesthesia_table

if TYPE_CHECKING:
    from stemlight.osc.outputs import OscDestination

SCREEN_HZ = 60.0  # who draws at 60 Hz sees no more


class DerivedNumbers(Protocol):
    """Numbers that a profile works out from frames, with a memory of its own."""

    @property
    def names(self) -> tuple[str, ...]: ...
    def reset(self) -> None: ...
    def process(self, frame: FeatureFrame, moment: Moment) -> list[float] | tuple[float, ...]: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """One row of the table of profiles."""

    name: str
    doc: str
    table: Callable[[OscDestination | None], tuple[OscAddress, ...]]  # None: as it is unless told otherwise
    derived: Callable[[OscDestination], DerivedNumbers] | None = None
    rate_hz: float | None = None  # None: every hop
    only_on_change: bool = False

    def when(self, row: OscAddress) -> str:
        """How often an address of this profile is sent, unless told otherwise."""
        if row.sent == "event":
            return "at once"
        rate = f"{self.rate_hz or 1.0 / HOP_S:.0f} Hz" + (", on change" if self.only_on_change else "")
        return f"{rate}, at once" if row.sent == "held" else rate


@cache
def touchdesigner_table() -> tuple[OscAddress, ...]:
    """The table of `stemlight`, all floats, its triggers in every bundle so that their channels are there."""
    return tuple(
        replace(row, type_tag="f", sent="held" if row.sent == "event" else row.sent)
        for row in stemlight_table()
    )


def _resolume(destination: OscDestination | None) -> tuple[OscAddress, ...]:
    if destination is None:
        return resolume_table("normalised", "auto", LINKS, {})
    values = LINKS if destination.values is None else dict(destination.values)
    return resolume_table(destination.tempo, destination.resync, values, dict(destination.triggers))


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("stemlight", "everything, one number an address", lambda _: stemlight_table()),
        Profile("spectra", "everything, and spectra of 64 numbers a message", lambda _: spectra_table()),
        Profile(
            "synesthesia",
            "the /audio tree of Synesthesia Pro",
            lambda _: synesthesia_table(),
            lambda _: SynesthesiaNumbers(),
            rate_hz=SCREEN_HZ,
        ),
        Profile(
            "resolume",
            "tempo and resync, stems to dashboard links, events to clips and columns",
            _resolume,
            lambda destination: ResolumeClock(destination.resync),
            rate_hz=SCREEN_HZ,
            only_on_change=True,
        ),
        Profile(
            "touchdesigner",
            "everything, one float an address; triggers are channels that stay 1 for 50 ms",
            lambda _: touchdesigner_table(),
            rate_hz=SCREEN_HZ,
        ),
    )
}
DEFAULT_PROFILE = "stemlight"


def profile_named(name: str) -> Profile:
    """The profile of that name. UserError says which there are."""
    if name not in PROFILES:
        raise UserError(f"no OSC profile {name!r}{near(name, PROFILES)}")
    return PROFILES[name]


def address_table(profile: str = "spectra") -> tuple[OscAddress, ...]:
    """Every address of a profile that was told nothing; of all that is ours unless one is named."""
    return profile_named(profile).table(None)
