"""MIDI messages become sound through a soundfont, by libfluidsynth. Offline, as fast as it goes."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

from models.data.midi_file import DRUM_CHANNEL, NOTE_OFF, NOTE_ON, PROGRAM

INSTALL = (
    "apt-get install fluidsynth fluid-soundfont-gm musescore-general-soundfont timgm6mb-soundfont"
    " avldrums.lv2-soundfont"
)
FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/sounds/sf3"), Path("/usr/share/soundfonts"))
GAIN = 0.35  # of FluidSynth: a full band peaks below 1
_CONTROL, _BEND, _PRESSURE = 0xB0, 0xE0, 0xD0
_PIECE = 64  # samples: FluidSynth acts on messages in steps of as many
_DRAIN = 512 * _PIECE  # samples after a reset until the last song is not to be heard


@dataclass(frozen=True, slots=True)
class SoundFont:
    """A set of instruments, and how its drums are called."""

    name: str
    file: str
    drum_presets: tuple[int, ...]  # programs of the drum channel; of a kit alone, of bank 0
    kit_only: bool = False  # holds nothing but one kit, as bank 0
    licence: str = ""

    @property
    def path(self) -> Path | None:
        """Where it is installed, if it is."""
        return next((folder / self.file for folder in FOLDERS if (folder / self.file).is_file()), None)


# Presets: standard, room, power, electronic, 808, jazz, brush ...
FLUID = SoundFont("fluid", "FluidR3_GM.sf2", (0, 8, 16, 24, 25, 32, 40), licence="MIT")
MUSESCORE = SoundFont("musescore", "MuseScore_General_Full.sf3", (0, 8, 16, 24, 25, 32, 40), licence="MIT")
TIMIDITY = SoundFont("timgm", "TimGM6mb.sf2", (0, 8, 16, 24, 25, 40), licence="GPL-2")
BLACK_PEARL = SoundFont("black_pearl", "Black_Pearl_4_LV2.sf2", (0,), True, "CC-BY-SA-3.0")
RED_ZEPPELIN = SoundFont("red_zeppelin", "Red_Zeppelin_4_LV2.sf2", (0,), True, "CC-BY-SA-3.0")
GENERAL = (FLUID, MUSESCORE, TIMIDITY)
KITS = (BLACK_PEARL, RED_ZEPPELIN)


def installed(fonts: Iterable[SoundFont]) -> tuple[SoundFont, ...]:
    """Those that are here. UserError if there are none, or no FluidSynth."""
    found = tuple(font for font in fonts if font.path)
    if not found or ctypes.util.find_library("fluidsynth") is None:
        raise UserError(f"FluidSynth or its soundfonts are missing: {INSTALL}")
    return found


@dataclass(frozen=True, slots=True)
class FontKit:
    """The drums of a soundfont."""

    font: SoundFont
    preset: int
    wet: bool

    @property
    def name(self) -> str:
        """fluid_16"""
        return f"{self.font.name}_{self.preset}"

    def play(self, messages: Iterable[TimedMessage], start_s: float, duration_s: float) -> np.ndarray:
        """float32 (n_samples,) mono, of the drum channel's strokes."""
        return play(self.font, messages, start_s, duration_s, self.wet, self.preset)


@dataclass(frozen=True, slots=True)
class TimedMessage:
    """A channel's message in time."""

    time_s: float
    kind: int
    channel: int
    data: tuple[int, int]


def play(  # noqa: PLR0917 - who, what, when, how
    font: SoundFont,
    messages: Iterable[TimedMessage],
    start_s: float,
    duration_s: float,
    wet: bool = True,
    drum_preset: int = 0,
) -> np.ndarray:
    """float32 (n_samples,) mono, of `duration_s` from `start_s` on; what was set before holds, notes do not.

    `messages` in order of time. `wet`: with FluidSynth's room and chorus, as the file asks for.
    """
    synth = _synth(font, wet)
    synth.reset(drum_preset)
    out = np.zeros(round(duration_s * SAMPLE_RATE), np.float32)
    at = 0
    for message in messages:
        until = round((message.time_s - start_s) * SAMPLE_RATE)
        if until >= len(out):
            break
        if until < 0 and message.kind in (NOTE_ON, NOTE_OFF):
            continue
        if until >= at + _PIECE:
            synth.render(out[at:until])
            at = until
        synth.send(message)
    synth.render(out[at:])
    return out


@cache
def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("fluidsynth")
    if name is None:
        raise UserError(f"libfluidsynth is missing: {INSTALL}")
    library = ctypes.CDLL(name)
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for function, result, *arguments in (
        ("new_fluid_settings", pointer),
        ("fluid_settings_setnum", number, pointer, text, ctypes.c_double),
        ("fluid_settings_setint", number, pointer, text, number),
        ("new_fluid_synth", pointer, pointer),
        ("fluid_synth_sfload", number, pointer, text, number),
        ("fluid_synth_noteon", number, pointer, number, number, number),
        ("fluid_synth_noteoff", number, pointer, number, number),
        ("fluid_synth_cc", number, pointer, number, number, number),
        ("fluid_synth_program_change", number, pointer, number, number),
        ("fluid_synth_pitch_bend", number, pointer, number, number),
        ("fluid_synth_channel_pressure", number, pointer, number, number),
        ("fluid_synth_system_reset", number, pointer),
        (
            "fluid_synth_write_float",
            number,
            pointer,
            number,
            pointer,
            number,
            number,
            pointer,
            number,
            number,
        ),
        ("fluid_set_log_function", pointer, number, pointer, pointer),
    ):
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    for level in range(5):  # "not a SoundFont", "channel 10: no preset" and the like would fill the terminal
        library.fluid_set_log_function(level, None, None)
    return library


@cache
def _synth(font: SoundFont, wet: bool) -> _Synth:
    """Loaded once a process: a soundfont of 150 MB takes a second."""
    return _Synth(font, wet)


class _Synth:
    """FluidSynth with one soundfont. Lives as long as its process."""

    def __init__(self, font: SoundFont, wet: bool) -> None:
        library = self._library = _library()
        settings = library.new_fluid_settings()
        library.fluid_settings_setnum(settings, b"synth.sample-rate", float(SAMPLE_RATE))
        library.fluid_settings_setnum(settings, b"synth.gain", GAIN)
        library.fluid_settings_setint(settings, b"synth.cpu-cores", 1)
        for effect in (b"synth.reverb.active", b"synth.chorus.active"):
            library.fluid_settings_setint(settings, effect, int(wet))
        self._synth = library.new_fluid_synth(settings)
        self._kit_only = font.kit_only
        self._n_rendered = 0
        if font.path is None or library.fluid_synth_sfload(self._synth, str(font.path).encode(), 1) < 0:
            raise UserError(f"soundfont {font.file} cannot be loaded: {INSTALL}")

    def reset(self, drum_preset: int) -> None:
        """As after loading: silent, and at the start of a piece."""
        self._library.fluid_synth_system_reset(self._synth)
        self.render(np.empty(-self._n_rendered % _PIECE + _DRAIN, np.float32))
        self._drum_preset = drum_preset
        self._library.fluid_synth_program_change(self._synth, DRUM_CHANNEL, drum_preset)

    def send(self, message: TimedMessage) -> None:
        """At the sample that is rendered next, or within _PIECE samples."""
        library, synth, (first, second) = self._library, self._synth, message.data
        channel = message.channel
        if channel == DRUM_CHANNEL:
            if message.kind == PROGRAM:  # kits are ours to choose
                return
            if self._kit_only:
                channel = 0
        if message.kind == NOTE_ON:
            library.fluid_synth_noteon(synth, channel, first, second)
        elif message.kind == NOTE_OFF:
            library.fluid_synth_noteoff(synth, channel, first)
        elif message.kind == _CONTROL:
            library.fluid_synth_cc(synth, channel, first, second)
        elif message.kind == PROGRAM:
            library.fluid_synth_program_change(synth, channel, first)
        elif message.kind == _BEND:
            library.fluid_synth_pitch_bend(synth, channel, first | second << 7)
        elif message.kind == _PRESSURE:
            library.fluid_synth_channel_pressure(synth, channel, first)

    def render(self, out: np.ndarray) -> None:
        """Fill `out`, float32 (n_samples,), with what comes next: the mean of both sides."""
        sides = np.zeros((2, len(out)), np.float32)
        left, right = (side.ctypes.data_as(ctypes.c_void_p) for side in sides)
        self._n_rendered += len(out)
        self._library.fluid_synth_write_float(self._synth, len(out), left, 0, 1, right, 0, 1)
        np.mean(sides, axis=0, out=out)
