"""Carries the preset that is being edited from the panel to the stage, and what the stage makes of it back.

The memory is the show's: an edit outlives a panel that dies, and the stage that draws it. Three texts, each
with one writer and a checksum: a reader gets all of one or none of it.

    edit   panel -> stage   the preset as TOML; empty: nothing is edited, the files count
    look   stage -> panel   what is drawn: each shader's inputs, errors, warnings
    live   stage -> panel   the values that mappings move, while the panel asks for them
"""

from __future__ import annotations

import json
import struct
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stemlight.bus.segment import Segment

MAX_BYTES = 65_536  # of one text; eight layers with all they can have come to a third of it
LISTENS_S = 2.0  # a panel that asks for live values asks anew within this
_HEAD = struct.Struct("<QQII")  # sequence, serial, length, checksum
_LISTENS = struct.Struct("<d")
_CELLS = ("edit", "look", "live")
_CELL_BYTES = _HEAD.size + MAX_BYTES
_LAYOUT = f"look cell 1, {_CELLS} {_HEAD.format} {MAX_BYTES} {_LISTENS.format}"
_RETRIES = 20

LiveValue = bool | float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A preset that a person works on."""

    serial: int  # grows with each
    name: str  # of the preset it began as: a name or a file
    toml: str  # all of it, relative names as seen from that file; empty: the work is over


@dataclass(frozen=True, slots=True)
class ShownLook:
    """What the stage draws, as an editor needs to know it."""

    name: str  # preset
    edit: int = 0  # serial of the edit that it is; 0: as the file has it
    shaders: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Inputs by place: `layers[0]`, `layers[0].filters[1]`, `filters[0]`; each input as its header has it."""
    errors: tuple[str, ...] = ()  # why a part of it is not drawn: file, line and what is wrong
    warnings: tuple[str, ...] = ()


class LookCell:
    """The memory of both ways. `create` once, `attach` anywhere."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._memory = segment.body
        self._writing = threading.Lock()

    @classmethod
    def create(cls, name: str) -> LookCell:
        """Nothing is edited and nothing shown; lives until this object is closed."""
        return cls(Segment.create(name, len(_CELLS) * _CELL_BYTES + _LISTENS.size, _LAYOUT))

    @classmethod
    def attach(cls, name: str) -> LookCell:
        """The cell of a running show. UserError where there is none or it is another version's."""
        return cls(Segment.attach(name, _LAYOUT))

    # The panel writes, the stage reads.

    def write_edit(self, name: str, toml: str) -> int:
        """What is to be drawn instead of the file `name`; returns its serial. The panel's.

        ValueError where it is too long for the cell.
        """
        return self._write("edit", {"name": name, "toml": toml})

    def end_edit(self) -> int:
        """The files count again."""
        return self.write_edit("", "")

    def edit(self, after: int = 0) -> Edit | None:
        """The newest edit if it is newer than the serial `after`; also after a restart of whoever asks."""
        found = self._read("edit", after)
        return Edit(found[0], str(found[1]["name"]), str(found[1]["toml"])) if found else None

    def listen(self, now_s: float | None = None) -> None:
        """Asks for live values for the next seconds."""
        at = len(_CELLS) * _CELL_BYTES
        _LISTENS.pack_into(self._memory, at, time.perf_counter() if now_s is None else now_s)

    # The stage writes, the panel reads.

    def is_listened_to(self, now_s: float | None = None) -> bool:
        """Whether somebody wants live values: else they need not be written."""
        asked_s: float = _LISTENS.unpack_from(self._memory, len(_CELLS) * _CELL_BYTES)[0]
        return asked_s > 0.0 and (time.perf_counter() if now_s is None else now_s) - asked_s < LISTENS_S

    def write_look(self, look: ShownLook) -> None:
        """What is drawn now. The stage's, whenever it changes."""
        document = {
            "name": look.name,
            "edit": look.edit,
            "shaders": {place: [dict(each) for each in inputs] for place, inputs in look.shaders.items()},
            "errors": list(look.errors),
            "warnings": list(look.warnings),
        }
        self._write("look", document)

    def look(self) -> ShownLook | None:
        """What is drawn; None before the stage said so, or while it says it."""
        found = self._read("look")
        if found is None:
            return None
        document = found[1]
        return ShownLook(
            document["name"],
            document["edit"],
            document["shaders"],
            tuple(document["errors"]),
            tuple(document["warnings"]),
        )

    def write_live(self, values: Mapping[str, LiveValue]) -> None:
        """The values of all mapped inputs: `layers[0].inputs.spin`, `filters[0].opacity`. The stage's."""
        self._write("live", dict(values))

    def live(self) -> dict[str, LiveValue]:
        """The newest live values; none while nobody writes them."""
        found = self._read("live")
        if found is None:
            return {}
        return {name: tuple(v) if isinstance(v, list) else v for name, v in found[1].items()}

    def close(self) -> None:
        """Lets go of the memory; it ends with its creator."""
        self._memory.release()
        self._segment.close()

    def _write(self, cell: str, document: Any) -> int:
        data = json.dumps(document, separators=(",", ":")).encode()
        if len(data) > MAX_BYTES:
            raise ValueError(f"{len(data)} bytes; {MAX_BYTES} fit into the cell")
        at = _CELLS.index(cell) * _CELL_BYTES
        with self._writing:
            sequence, serial, _, _ = _HEAD.unpack_from(self._memory, at)
            sequence += 1 + sequence % 2  # odd from here: who died while writing left it so
            crc = zlib.crc32(data, serial + 1)
            _HEAD.pack_into(self._memory, at, sequence, serial + 1, len(data), crc)
            self._memory[at + _HEAD.size : at + _HEAD.size + len(data)] = data
            _HEAD.pack_into(self._memory, at, sequence + 1, serial + 1, len(data), crc)
        return int(serial + 1)

    def _read(self, cell: str, after: int = 0) -> tuple[int, Any] | None:
        """Serial and document; None if there is none newer than `after`, or its writer died within."""
        at = _CELLS.index(cell) * _CELL_BYTES
        for _ in range(_RETRIES):
            sequence, serial, length, crc = _HEAD.unpack_from(self._memory, at)
            if serial <= after:
                return None
            if sequence % 2 == 0 and length <= MAX_BYTES:
                data = bytes(self._memory[at + _HEAD.size : at + _HEAD.size + length])
                if zlib.crc32(data, serial) == crc:
                    return serial, json.loads(data)
            time.sleep(0)
        return None
