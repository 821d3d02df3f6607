"""What the show tells its doors; apart from them, so that the show need not load what only they need."""

from __future__ import annotations

from dataclasses import dataclass

from stemlight.osc.oscquery_access import RemoteAddress


@dataclass(frozen=True, slots=True)
class DoorsSettings:
    """What the show tells its doors."""

    frames: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    lines: str  # of beats, heard and followed
    osc_in_port: int | None = None
    osc_in_host: str = "127.0.0.1"
    osc_allow: tuple[str, ...] = ()  # who besides this machine may send; empty: whoever can
    remote: RemoteAddress | None = None  # of the page and of OSCQuery
    token: str | None = (
        None  # that the page asks for; a show's, so that a doors process that comes back keeps it
    )
