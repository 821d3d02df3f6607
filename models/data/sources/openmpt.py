"""A tracker module becomes sound, some of its instruments at a time, by libopenmpt."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

INSTALL = "apt-get install libopenmpt0"
ROW_STEP = 96  # samples; a row's time is known to 2 ms
_BLOCK = 4_096  # samples
_REPEAT_NEVER = 0
_COMMAND_NOTE, _COMMAND_INSTRUMENT = 0, 1
_MUTE_INSTRUMENT = 12  # which function of libopenmpt_ext's "interactive" interface


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a pattern as it was played."""

    time_s: float
    order: int  # which pattern of the song
    number: int  # in its pattern
    speed: int  # ticks a row
    tempo: int  # ticks a second, times 2.5


class Module:
    """One module, loaded. Not for several threads. Close it."""

    def __init__(self, path: Path) -> None:
        """UserError if libopenmpt is missing, ValueError if it does not know the file."""
        library = self._library = _library()
        self._content = path.read_bytes()
        self._extended = library.openmpt_module_ext_create_from_memory(
            self._content, len(self._content), _SILENT, None, None, None, None, None, None
        )
        if not self._extended:
            raise ValueError("libopenmpt does not know this format")
        self._module = library.openmpt_module_ext_get_module(self._extended)
        self._interactive = (ctypes.c_void_p * 32)()
        if not library.openmpt_module_ext_get_interface(
            self._extended, b"interactive", self._interactive, 16 * ctypes.sizeof(ctypes.c_void_p)
        ):
            raise ValueError("libopenmpt is too old to mute instruments")
        mute = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int)
        self._mute = mute(self._interactive[_MUTE_INSTRUMENT] or 0)
        library.openmpt_module_set_repeat_count(self._module, _REPEAT_NEVER)
        self.duration_s = float(library.openmpt_module_get_duration_seconds(self._module))
        n_instruments = library.openmpt_module_get_num_instruments(self._module)
        name_of = (
            library.openmpt_module_get_instrument_name
            if n_instruments
            else library.openmpt_module_get_sample_name  # .mod and .s3m have samples only
        )
        n_names = n_instruments or library.openmpt_module_get_num_samples(self._module)
        self.instruments = tuple(self._text(name_of(self._module, number)) for number in range(n_names))

    @property
    def title(self) -> str:
        """As its author called it."""
        return self._text(self._library.openmpt_module_get_metadata(self._module, b"title")).strip()

    @property
    def pattern_lengths(self) -> tuple[int, ...]:
        """Rows of each pattern in the order of the song."""
        library, module = self._library, self._module
        patterns = [
            library.openmpt_module_get_order_pattern(module, order)
            for order in range(library.openmpt_module_get_num_orders(module))
        ]
        lengths = (library.openmpt_module_get_pattern_num_rows(module, pattern) for pattern in patterns)
        return tuple(length for length in lengths if length > 0)

    def notes(self) -> dict[int, list[int]]:
        """Of each instrument that plays, the keys that it plays, as written in the patterns."""
        library, module = self._library, self._module
        command = library.openmpt_module_get_pattern_row_channel_command
        n_channels = library.openmpt_module_get_num_channels(module)
        n_patterns = library.openmpt_module_get_num_patterns(module)
        found: dict[int, list[int]] = {}
        current = [0] * n_channels
        for pattern in range(n_patterns):
            for row in range(library.openmpt_module_get_pattern_num_rows(module, pattern)):
                for channel in range(n_channels):
                    instrument = command(module, pattern, row, channel, _COMMAND_INSTRUMENT)
                    current[channel] = instrument or current[channel]
                    key = command(module, pattern, row, channel, _COMMAND_NOTE)
                    if 1 <= key <= 120 and current[channel]:
                        found.setdefault(current[channel] - 1, []).append(key)
        return found

    def play(self, seconds: float, only: Collection[int] | None = None) -> np.ndarray:
        """float32 (n_samples,), mono, from the start, with all instruments or these; they sum to all."""
        self._begin(only)
        out = np.zeros(round(min(seconds, self.duration_s) * SAMPLE_RATE), np.float32)
        for start in range(0, len(out), _BLOCK):
            self._fill(out[start : start + _BLOCK])
        return out

    def play_rows(self, seconds: float) -> tuple[np.ndarray, list[Row]]:
        """What `play` gives with all instruments, and the rows that were played."""
        library, module = self._library, self._module
        self._begin(None)
        out = np.zeros(round(min(seconds, self.duration_s) * SAMPLE_RATE), np.float32)
        rows: list[Row] = []
        last = (-1, -1)
        for start in range(0, len(out), ROW_STEP):
            self._fill(out[start : start + ROW_STEP])
            order = library.openmpt_module_get_current_order(module)
            number = library.openmpt_module_get_current_row(module)
            if (order, number) != last:
                speed = library.openmpt_module_get_current_speed(module)
                tempo = library.openmpt_module_get_current_tempo(module)
                rows.append(Row(start / SAMPLE_RATE, order, number, speed, tempo))
                last = (order, number)
        return out, rows

    def close(self) -> None:
        """Gives its memory back."""
        self._library.openmpt_module_ext_destroy(self._extended)

    def _begin(self, only: Collection[int] | None) -> None:
        for number in range(len(self.instruments)):
            self._mute(self._extended, number, int(only is not None and number not in only))
        self._library.openmpt_module_set_position_seconds(self._module, 0.0)

    def _fill(self, out: np.ndarray) -> None:
        """Zeros beyond the end."""
        at = ctypes.c_void_p(out.ctypes.data)
        n_read = self._library.openmpt_module_read_float_mono(self._module, SAMPLE_RATE, len(out), at)
        out[n_read:] = 0.0

    def _text(self, pointer: int | None) -> str:
        if not pointer:
            return ""
        text = ctypes.string_at(pointer).decode("utf-8", "replace")
        self._library.openmpt_free_string(pointer)
        return text


_Log = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)
_SILENT = _Log(lambda message, user: None)  # odd modules are told by their songs


@cache
def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("openmpt")
    if name is None:
        raise UserError(f"libopenmpt is missing: {INSTALL}")
    library = ctypes.CDLL(name)
    pointer, number, text, size = ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_size_t
    functions: tuple[tuple[Any, ...], ...] = (
        ("openmpt_module_ext_create_from_memory", pointer, text, size, _Log, *[pointer] * 6),
        ("openmpt_module_ext_destroy", None, pointer),
        ("openmpt_module_ext_get_module", pointer, pointer),
        ("openmpt_module_ext_get_interface", ctypes.c_int, pointer, text, pointer, size),
        ("openmpt_module_get_duration_seconds", ctypes.c_double, pointer),
        ("openmpt_module_set_position_seconds", ctypes.c_double, pointer, ctypes.c_double),
        ("openmpt_module_set_repeat_count", ctypes.c_int, pointer, number),
        ("openmpt_module_read_float_mono", size, pointer, number, size, pointer),
        ("openmpt_module_get_num_instruments", number, pointer),
        ("openmpt_module_get_num_samples", number, pointer),
        ("openmpt_module_get_num_channels", number, pointer),
        ("openmpt_module_get_num_patterns", number, pointer),
        ("openmpt_module_get_num_orders", number, pointer),
        ("openmpt_module_get_current_row", number, pointer),
        ("openmpt_module_get_current_order", number, pointer),
        ("openmpt_module_get_current_speed", number, pointer),
        ("openmpt_module_get_current_tempo", number, pointer),
        ("openmpt_module_get_order_pattern", number, pointer, number),
        ("openmpt_module_get_pattern_num_rows", number, pointer, number),
        ("openmpt_module_get_instrument_name", pointer, pointer, number),
        ("openmpt_module_get_sample_name", pointer, pointer, number),
        ("openmpt_module_get_metadata", pointer, pointer, text),
        (
            "openmpt_module_get_pattern_row_channel_command",
            ctypes.c_uint8,
            pointer,
            *[number] * 3,
            ctypes.c_int,
        ),
        ("openmpt_free_string", None, pointer),
    )
    for function, result, *arguments in functions:
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library
