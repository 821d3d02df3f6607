"""Ableton Link: the beat of everyone in the room who plays with Link, followed, or on a button led.

Peers in a session are equals: who sets the tempo sets it for all, and who joins takes the tempo that is
there. A follower sets nothing while others are in it. While it is alone it keeps the session at what is
heard, so that a band that joins in the middle of a song is not thrown out of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stemlight.analysis.timeline import Timeline
from stemlight.sync.source import Knows

LEAD_TEMPO_BPM = 0.05  # a tempo that differs by less is left as it is: peers would see it tremble
LEAD_BEATS = 0.05  # a phase that differs by less is left as it is (as rkbx_link holds it)
LEAD_SMOOTH_S = 2.0  # what is heard trembles too
N_CLOCK_READS = 3  # the quickest of them tells how the clocks stand
MISSING = "Ableton Link needs a library: pip install 'stemlight[link]'"


class LinkSession:
    """Our part in the session. One thread; the network is the library's own threads' business."""

    def __init__(self, make: Callable[[float], Any] | None = None) -> None:
        """`make`: makes a peer with a tempo to begin with; by default the library's."""
        self._make = make
        self._peer: Any = None
        self._lacks = ""
        self._smooth_bpm = 0.0
        self._lead_s = float("-inf")

    @property
    def joined(self) -> bool:
        """We take part."""
        return self._peer is not None and bool(self._peer.enabled)

    @property
    def peers(self) -> int:
        """Others in the session."""
        return int(self._peer.numPeers()) if self.joined else 0

    def take_part(self, wanted: bool) -> None:
        """Joins or leaves. Never raises: what is lacking is said in `words`."""
        if wanted and not self.joined and not self._lacks:
            if self._peer is None:
                self._peer = self._new_peer()
            if self._peer is not None:
                self._peer.enabled = True
        elif not wanted and self.joined:
            self._peer.enabled = False

    def line(self, now_s: float, beats_per_bar: int) -> Timeline | None:
        """As `TempoSource`: the session's, its bar by its quantum; none while nobody else is in it."""
        if not self.peers:
            return None
        session = self._peer.captureAppSessionState()
        micros = self._micros_at(now_s)
        beat = float(session.beatAtTime(micros, beats_per_bar))
        return Timeline(float(session.tempo()), beat, now_s, beats_per_bar)

    def lead(self, line: Timeline, now_s: float) -> None:
        """Gives the session our tempo, smoothed, and our beat and bar, where they differ enough to matter.

        Whether that is wanted is for the caller to know.
        """
        if not self.joined:
            return
        gap_s, self._lead_s = now_s - self._lead_s, now_s
        share = min(gap_s / LEAD_SMOOTH_S, 1.0)
        self._smooth_bpm += (line.tempo_bpm - self._smooth_bpm) * share
        session = self._peer.captureAppSessionState()
        micros = self._micros_at(now_s)
        quantum = float(line.beats_per_bar)
        changed = False
        if abs(session.tempo() - self._smooth_bpm) > LEAD_TEMPO_BPM:
            session.setTempo(self._smooth_bpm, micros)
            changed = True
        beat = line.phase_at(now_s, quantum)
        off = (session.phaseAtTime(micros, quantum) - beat + 0.5 * quantum) % quantum - 0.5 * quantum
        if abs(off) > LEAD_BEATS:
            session.forceBeatAtTime(beat, micros, quantum)
            changed = True
        if changed:
            self._peer.commitAppSessionState(session)

    def close(self) -> None:
        """Leaves the session."""
        self.take_part(False)
        self._peer = None

    @property
    def knows(self) -> Knows:
        """The bar: a session has a quantum."""
        return "bar"

    @property
    def words(self) -> str:
        """How it fares."""
        if self._lacks:
            return self._lacks
        if not self.joined:
            return "not in an Ableton Link session"
        peers = self.peers
        if not peers:
            return "nobody else is in the Ableton Link session"
        return f"Ableton Link with {peers} other{'s' if peers > 1 else ''}"

    def _new_peer(self) -> Any:
        make = self._make
        if make is None:
            try:
                import link
            except ImportError:
                self._lacks = MISSING
                return None
            make = link.Link
        return make(120.0)

    def _micros_at(self, host_s: float) -> int:
        """A moment of the host's clock on Link's, which drifts against it."""
        clock = self._peer.clock()
        best_s, offset_s = float("inf"), 0.0
        for _ in range(N_CLOCK_READS):
            before_s = time.perf_counter()
            there_s = clock.micros() * 1e-6
            after_s = time.perf_counter()
            if after_s - before_s < best_s:
                best_s, offset_s = after_s - before_s, there_s - 0.5 * (before_s + after_s)
        return round((host_s + offset_s) * 1e6)
