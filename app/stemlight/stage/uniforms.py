"""What was heard becomes what a shader reads: uniforms and textures for the moment of display.

`MUSIC` holds the GLSL of every name, `Music` its values. Levels, hits and presences are those of the newest
frame; whatever runs (beats, clocks, the history) is carried on from it to the moment at which the draw is
seen, so that 86 frames a second move smoothly at any rate of draws.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from stemlight.analysis.feature_frame import (
    BANDS,
    DRUM_PARTS,
    FAMILIES,
    FIELDS,
    HOP_S,
    N_SPECTRUM,
    N_WAVEFORM,
    QUANTITIES,
    SAMPLE_RATE,
    STEMS,
    FeatureFrame,
    empty_record,
)
from stemlight.stage.analyser_node import MEMORY_HOPS, AnalyserNode
from stemlight.stage.shader_program import Definition
from stemlight.stage.shown_beat import ShownBeat
from stemlight.stage.synesthesia_names import (
    N_COLUMNS,
    SYNESTHESIA_MUSIC,
    TEXTURES,
    spectrum_columns,
    trail_columns,
)

if TYPE_CHECKING:
    import moderngl

HISTORY_LENGTH = 512  # frames, 5.9 s
HISTORY_QUANTITIES = ("level", "hits", "presence")
SOUND_HOPS = 8  # 93 ms of the sound itself: every sample between two draws, and a whole wave of a low bass
# Shaders count in 32-bit floats, which hold whole numbers far beyond this ...
COUNTER_WRAP = 65_536
# ... but of beats also the fraction: at this multiple of every bar length a step is still 0.001 beats.
BEAT_WRAP = 12_288  # 2^12 * 3: 1.7 h at 120 bpm
# Clocks are carried on from the newest frame for so long; if the engine is away they stand still after it.
CARRY_S = 0.1

_SPECIAL = {"beat", "beat_phase", "bar_phase", "beat_in_bar", "beat_count", "bar_count"}
_RENAMED = {"centroid": "spectral_centroid"}  # a keyword of GLSL
_GROUPS = {"band": BANDS, "stem": STEMS, "drum": DRUM_PARTS}

Value = float | list[float] | tuple[float, ...]
MusicReader = Callable[["Music"], Value]


class Music:
    """The music at the moment of a draw. GL thread only."""

    def __init__(self, context: moderngl.Context) -> None:
        self._frame = FeatureFrame(empty_record())
        self._numbers: dict[str, list[float]] = {}  # one a family
        self._slopes = np.zeros(len(FAMILIES))  # seconds of each family's clock a second
        self._stream_s = 0.0
        self._shown = ShownBeat.at(self._frame, 0.0)
        self._history = np.zeros((len(FAMILIES) * len(HISTORY_QUANTITIES), HISTORY_LENGTH), np.float32)
        self._sound = np.zeros((SOUND_HOPS * N_WAVEFORM, 2), np.float32)  # waveform and side, oldest first
        self._analyser = AnalyserNode()
        self._unheard: deque[FeatureFrame] = deque(maxlen=MEMORY_HOPS)  # by the analyser, which few ask for
        self._newest = 0  # column of the newest frame; those right of it are the oldest
        self.textures: Mapping[str, moderngl.Texture] = MappingProxyType(
            {
                "music_spectrum": _texture(context, N_SPECTRUM, 1),
                "music_stem_spectrum": _texture(context, N_SPECTRUM, len(STEMS)),
                "music_waveform": _texture(context, N_WAVEFORM, 1),
                "music_side": _texture(context, N_WAVEFORM, 1),
                "music_sound": _texture(context, SOUND_HOPS * N_WAVEFORM, 1, components=2),
                "music_history": _texture(context, HISTORY_LENGTH, len(self._history)),
            }
        )
        self._synesthesia = {name: _texture(context, N_COLUMNS, 1, components=4) for name in TEXTURES}
        self._written: set[str] = set()  # of those, with what was heard until now
        self.textures["music_history"].write(self._history.tobytes())
        self.textures["music_sound"].write(self._sound.tobytes())
        self.update([], 0.0)

    @property
    def frame(self) -> FeatureFrame:
        """The newest; silence before the first."""
        return self._frame

    def update(self, frames: Sequence[FeatureFrame], stream_s: float, beat_lead_s: float = 0.0) -> None:
        """Takes the frames since the last draw, oldest first, and the moment at which the next is seen.

        Beats are told `beat_lead_s` early.
        """
        self._stream_s = stream_s
        if frames:
            self._unheard.extend(frames)
            self._written.clear()
            self._remember(frames)
            self._frame = frames[-1]
        self._shown = ShownBeat.at(self._frame, stream_s + beat_lead_s)
        record = self._frame.record
        ahead_s = min(max(stream_s - self._frame.time_s, 0.0), CARRY_S)
        for name in QUANTITIES:
            values = record[name]
            if name == "time":
                values = values + self._slopes * ahead_s
            elif name == "count":
                values = values % COUNTER_WRAP
            self._numbers[name] = values.tolist()

    def _remember(self, frames: Sequence[FeatureFrame]) -> None:
        before = self._frame
        for frame in frames:
            elapsed = frame.time_s - before.time_s
            follows = 0.0 < elapsed < 1.0
            self._slopes = (frame.time - before.time) / elapsed if follows else np.zeros(len(FAMILIES))
            # Frames that were lost leave their columns to the one that came, so that time stays time.
            n_columns = min(round(elapsed / HOP_S), HISTORY_LENGTH) if follows else 1
            column = np.concatenate([frame.record[name] for name in HISTORY_QUANTITIES])
            places = (self._newest + 1 + np.arange(max(n_columns, 1))) % HISTORY_LENGTH
            self._history[:, places] = column[:, None]
            self._newest = int(places[-1])
            before = frame
        heard = [np.stack([f.record["waveform"], f.record["side"]], axis=1) for f in frames[-SOUND_HOPS:]]
        self._sound = np.concatenate([self._sound, *heard])[-len(self._sound) :]
        self.textures["music_sound"].write(self._sound.tobytes())
        record = frames[-1].record
        self.textures["music_spectrum"].write(record["spectrum"].tobytes())
        self.textures["music_stem_spectrum"].write(record["stem_spectrum"].tobytes())
        self.textures["music_waveform"].write(record["waveform"].tobytes())
        self.textures["music_side"].write(record["side"].tobytes())
        self.textures["music_history"].write(self._history.tobytes())

    def texture(self, name: str) -> moderngl.Texture | None:
        """The texture that shaders know as `name`, with what was heard until now."""
        if name in TEXTURES and name not in self._written:
            self._written.add(name)
            self._synesthesia[name].write(self._synesthesia_columns(name).tobytes())
        return self._synesthesia[name] if name in TEXTURES else self.textures.get(name)

    def _synesthesia_columns(self, name: str) -> np.ndarray:
        if name == "syn_Spectrum":
            return spectrum_columns(self.sound(), self._frame.spectrum)
        rows = [FAMILIES.index(family) for family in ("all", "low", "mid", "high")]  # their levels
        return trail_columns(np.roll(self._history[rows], -1 - self._newest, axis=1))

    def sound(self) -> np.ndarray:
        """uint8 (2, 512): Shadertoy's sound texture."""
        self._analyser.hear(self._unheard)
        self._unheard.clear()
        return self._analyser.rows()

    def special(self, name: str) -> float:
        """Where the beat is at the moment of display."""
        value = float(getattr(self._shown, name))
        return value % BEAT_WRAP if name == "beat" else value % COUNTER_WRAP

    def scalar(self, name: str) -> float:
        return float(self._frame.record[name])

    def number(self, quantity: str, family: int) -> float:
        return self._numbers[quantity][family]

    def numbers(self, quantity: str, first: int, last: int) -> list[float]:
        return self._numbers[quantity][first:last]

    def chroma(self) -> list[float]:
        return self._frame.record["chroma"].tolist()

    def history_now(self) -> tuple[float, float]:
        """vec2: column of the newest frame, how many frames ago it was at the moment of display."""
        age = min(max((self._stream_s - self._frame.time_s) / HOP_S, 0.0), HISTORY_LENGTH)
        return float(self._newest), age


def _texture(context: moderngl.Context, width: int, height: int, components: int = 1) -> moderngl.Texture:
    texture = context.texture((width, height), components, bytes(4 * components * width * height), dtype="f4")
    texture.repeat_x = texture.repeat_y = False
    return texture


def _values() -> dict[str, tuple[Definition, MusicReader]]:
    """Every uniform of the music: its GLSL and how to read it."""

    def scalar(name: str, reader: MusicReader) -> None:
        table[name] = Definition(f"uniform float {name};"), reader

    table: dict[str, tuple[Definition, MusicReader]] = {}
    for field in FIELDS:
        if field.shape or field.health or field.name in ("frame", "time_s"):
            continue
        name = field.name
        if name in _SPECIAL:
            scalar(name, lambda music, name=name: music.special(name))  # type: ignore[misc]
        else:
            scalar(_RENAMED.get(name, name), lambda music, name=name: music.scalar(name))  # type: ignore[misc]
    for quantity in QUANTITIES:
        for i, family in enumerate(FAMILIES):
            scalar(f"{family}_{quantity}", lambda m, q=quantity, i=i: m.number(q, i))  # type: ignore[misc]
        for group, members in _GROUPS.items():
            a = FAMILIES.index(members[0])
            b = a + len(members)
            table[f"{group}_{quantity}"] = (
                Definition(f"uniform float {group}_{quantity}[{b - a}];"),
                lambda m, q=quantity, a=a, b=b: m.numbers(q, a, b),  # type: ignore[misc]
            )
    table["chroma"] = Definition("uniform float chroma[12];"), Music.chroma
    table["music_history_now"] = Definition("uniform vec2 music_history_now;"), Music.history_now
    return table


def _definitions() -> dict[str, Definition]:
    names = {name: definition for name, (definition, _) in _values().items()}
    for texture, public in (
        ("music_spectrum", "spectrum_tex"),
        ("music_stem_spectrum", "stem_spectrum_tex"),
        ("music_waveform", "waveform_tex"),
        ("music_side", "side_tex"),
        ("music_sound", "sound_tex"),
        ("music_history", "history_tex"),
    ):
        names[texture] = Definition(f"uniform sampler2D {texture};")
        names[public] = Definition(f"#define {public} {texture}", needs=(texture,))
    for i, family in enumerate(FAMILIES):
        names[f"FAMILY_{family.upper()}"] = Definition(f"const int FAMILY_{family.upper()} = {i};")
    for i, quantity in enumerate(HISTORY_QUANTITIES):
        names[f"QUANTITY_{quantity.upper()}"] = Definition(f"const int QUANTITY_{quantity.upper()} = {i};")
    names["spectrum_at"] = Definition(
        "float spectrum_at(float x) { return texture(music_spectrum, vec2(x, 0.5)).r; }", ("music_spectrum",)
    )
    names["stem_spectrum_at"] = Definition(
        "float stem_spectrum_at(int stem, float x)"
        f" {{ return texture(music_stem_spectrum, vec2(x, (float(stem) + 0.5) / {len(STEMS)}.0)).r; }}",
        ("music_stem_spectrum",),
    )
    names["wave_at"] = Definition(
        "float wave_at(float x) { return texture(music_waveform, vec2(x, 0.5)).r; }", ("music_waveform",)
    )
    names["side_at"] = Definition(
        "float side_at(float x) { return texture(music_side, vec2(x, 0.5)).r; }", ("music_side",)
    )
    n_sound = SOUND_HOPS * N_WAVEFORM
    names["sound_at"] = Definition(  # waveform and side
        "vec2 sound_at(float seconds_ago)"
        f" {{ float x = 1.0 - (seconds_ago * {SAMPLE_RATE}.0 + 0.5) / {n_sound}.0;"
        " return texture(music_sound, vec2(x, 0.5)).rg; }",
        ("music_sound",),
    )
    names["past"] = Definition(
        f"""\
float past(int family, int quantity, float seconds_ago) {{
    float age = clamp(seconds_ago / {HOP_S!r} - music_history_now.y, 0.0, {HISTORY_LENGTH - 1}.0);
    int column = int(music_history_now.x) - int(age) + {2 * HISTORY_LENGTH};
    int row = quantity * {len(FAMILIES)} + family;
    float later = texelFetch(music_history, ivec2(column % {HISTORY_LENGTH}, row), 0).r;
    int before = int(age) < {HISTORY_LENGTH - 1} ? column - 1 : column;
    float earlier = texelFetch(music_history, ivec2(before % {HISTORY_LENGTH}, row), 0).r;
    return mix(later, earlier, fract(age));
}}""",
        ("music_history", "music_history_now"),
    )
    return {**names, **SYNESTHESIA_MUSIC}


MUSIC: Mapping[str, Definition] = MappingProxyType(_definitions())
MUSIC_READERS: Mapping[str, MusicReader] = MappingProxyType(
    {name: reader for name, (_, reader) in _values().items()}
)
MUSIC_TEXTURES = (
    "music_spectrum",
    "music_stem_spectrum",
    "music_waveform",
    "music_side",
    "music_sound",
    "music_history",
    *TEXTURES,
)
