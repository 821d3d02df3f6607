"""Frames become rows of csv, jsonl, npz or parquet; memory stays flat however long the song."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

from stemlight.analysis.feature_frame import FIELDS, FRAME_DTYPE, Column, columns
from stemlight.errors import UserError

BATCH = 512  # frames turned into rows at once: six seconds, two megabytes


class FrameTable(Protocol):
    """Takes frames song by song; the file is complete when `close` returns."""

    def write(self, song: str, records: np.ndarray) -> None:
        """Append `records`, FRAME_DTYPE (n,), heard in `song`."""

    def close(self) -> None:
        """Finish the file."""


def heard_columns() -> tuple[Column, ...]:
    """The columns of a table: everything but how the machine fared."""
    return tuple(column for column in columns() if not column.field.health)


class CsvTable:
    """One header line, one line a frame."""

    def __init__(self, path: Path, several: bool) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
        self._several = several
        names = [column.name for column in heard_columns()]
        self._file.write(",".join((["song"] if several else []) + names) + "\n")
        self._floats = [column.field.dtype.startswith("f") for column in heard_columns()]

    def write(self, song: str, records: np.ndarray) -> None:
        lead = f'"{song.replace(chr(34), chr(34) * 2)}",' if self._several else ""
        values = [column.read(records).tolist() for column in heard_columns()]
        formats = ",".join("%.7g" if is_float else "%d" for is_float in self._floats)
        self._file.writelines(f"{lead}{formats % row}\n" for row in zip(*values, strict=True))

    def close(self) -> None:
        self._file.close()


class JsonlTable:
    """One object a frame; arrays as lists, families by name."""

    def __init__(self, path: Path, several: bool) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
        self._several = several

    def write(self, song: str, records: np.ndarray) -> None:
        for record in records:
            row: dict[str, Any] = {"song": song} if self._several else {}
            for field in FIELDS:
                if field.health:
                    continue
                value = record[field.name].tolist()
                if field.axes and len(field.axes) == 1:
                    value = dict(zip(field.axes[0], value, strict=True))
                row[field.name] = value
            self._file.write(json.dumps(row, default=float) + "\n")

    def close(self) -> None:
        self._file.close()


class NpzTable:
    """One array a field, frames first; `<field>_axis0` names families, stems or pitch classes."""

    def __init__(self, path: Path, several: bool) -> None:
        self._path, self._several = path, several
        self._raw = tempfile.TemporaryFile()  # noqa: SIM115  (closed in close)
        self._songs: list[str] = []

    def write(self, song: str, records: np.ndarray) -> None:
        self._raw.write(np.ascontiguousarray(records).tobytes())
        if self._several:
            self._songs += [song] * len(records)

    def close(self) -> None:
        self._raw.flush()
        n_frames = self._raw.tell() // FRAME_DTYPE.itemsize
        records: np.ndarray = (
            np.memmap(self._raw, FRAME_DTYPE, "r", shape=(n_frames,))
            if n_frames
            else np.zeros(0, FRAME_DTYPE)
        )
        arrays: dict[str, Any] = {f.name: records[f.name] for f in FIELDS if not f.health}
        for field in FIELDS:
            for axis, names in enumerate(field.axes):
                arrays[f"{field.name}_axis{axis}"] = np.array(names)
        if self._several:
            arrays["song"] = np.array(self._songs)
        with self._path.open("wb") as file:
            np.savez_compressed(file, **arrays)
        self._raw.close()


class ParquetTable:
    """One column a number, a row group every few seconds. Needs pyarrow."""

    def __init__(self, path: Path, several: bool) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UserError(
                "parquet needs pyarrow; pip install 'stemlight[parquet]', or write .npz"
            ) from None
        self._arrow, self._several = pyarrow, several
        song = [pyarrow.field("song", pyarrow.string())] if several else []
        numbers = [
            pyarrow.field(column.name, pyarrow.from_numpy_dtype(np.dtype(column.field.dtype)))
            for column in heard_columns()
        ]
        self._schema = pyarrow.schema(song + numbers)
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema)

    def write(self, song: str, records: np.ndarray) -> None:
        lead = [self._arrow.array([song] * len(records))] if self._several else []
        values = [self._arrow.array(np.ascontiguousarray(c.read(records))) for c in heard_columns()]
        self._writer.write_table(self._arrow.Table.from_arrays(lead + values, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


TABLES: dict[str, type[CsvTable] | type[JsonlTable] | type[NpzTable] | type[ParquetTable]] = {
    ".csv": CsvTable,
    ".jsonl": JsonlTable,
    ".npz": NpzTable,
    ".parquet": ParquetTable,
}


@contextmanager
def open_table(path: Path, suffix: str, several: bool) -> Iterator[FrameTable]:
    """The table that `suffix` names, written to `path`; `several` adds a `song` column."""
    table: FrameTable = TABLES[suffix](path, several)
    try:
        yield table
    finally:
        table.close()


def check_suffix(path: Path) -> str:
    """The table's kind, or UserError with the kinds there are."""
    suffix = path.suffix.lower()
    if suffix not in TABLES:
        raise UserError(f"{path}: a table is one of {', '.join(TABLES)}; name the output so")
    return suffix
