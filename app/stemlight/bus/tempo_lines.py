"""Carries two lines of beats between engine and doors: the one that was heard, the one that is followed.

A cell has one writer; a checksum tells its reader whether it got all of it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Literal

from stemlight.analysis.timeline import Timeline
from stemlight.bus.segment import Segment

Cell = Literal["heard", "followed"]
CELLS: tuple[Cell, ...] = ("heard", "followed")  # written by the engine, by the doors

_BODY = struct.Struct(
    "<dddidd"
)  # tempo (0: there is no line), beat and time of origin, bar, confidence, said
_CRC = struct.Struct("<I")
_CELL_BYTES = 64
_LAYOUT = f"tempo lines 1, {CELLS} {_BODY.format}"
_RETRIES = 20


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of beats and when its writer last stood by it."""

    line: Timeline  # on the host's clock
    said_s: float  # host clock
    confidence: float = 1.0  # 0..1


class TempoLines:
    """Both lines of a show. `create` once, `attach` anywhere; any process reads."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._memory = segment.body

    @classmethod
    def create(cls, name: str) -> TempoLines:
        """No lines yet; lives until this object is closed."""
        lines = cls(Segment.create(name, len(CELLS) * _CELL_BYTES, _LAYOUT))
        for cell in CELLS:
            lines.write(cell, None)
        return lines

    @classmethod
    def attach(cls, name: str) -> TempoLines:
        """The lines of a running show. UserError where there is none or it is another version's."""
        return cls(Segment.attach(name, _LAYOUT))

    def write(self, cell: Cell, said: SaidLine | None) -> None:
        """Says a line, or that there is none. The cell's one writer; never waits."""
        if said is None:
            body = bytes(_BODY.size)
        else:
            line = said.line
            body = _BODY.pack(
                line.tempo_bpm,
                line.beat_origin,
                line.time_origin_s,
                line.beats_per_bar,
                said.confidence,
                said.said_s,
            )
        at = CELLS.index(cell) * _CELL_BYTES
        self._memory[at : at + _BODY.size + _CRC.size] = body + _CRC.pack(zlib.crc32(body))

    def read(self, cell: Cell) -> SaidLine | None:
        """What was last said; None where there is no line, or its writer died in the middle of a word."""
        at = CELLS.index(cell) * _CELL_BYTES
        for _ in range(_RETRIES):
            copy = bytes(self._memory[at : at + _BODY.size + _CRC.size])
            body = copy[: _BODY.size]
            if _CRC.unpack_from(copy, _BODY.size)[0] != zlib.crc32(body):
                continue
            tempo_bpm, beat_origin, time_origin_s, beats_per_bar, confidence, said_s = _BODY.unpack(body)
            if not tempo_bpm:
                return None
            return SaidLine(
                Timeline(tempo_bpm, beat_origin, time_origin_s, beats_per_bar), said_s, confidence
            )
        return None

    def close(self) -> None:
        """Lets go of the memory; the lines end with their creator."""
        self._memory.release()
        self._segment.close()
