"""Synesthesia's names for the music (`syn_BassLevel`, `syn_OnBeat` ...), so that its scenes port by copy.

https://app.synesthesia.live/docs/ssf/audio_uniforms.html says what each means; here each is made of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from stemlight.stage.shader_program import Definition

ON_BEAT_DECAY_S = 0.12  # as fast as our hits fall
TOGGLE_S = 0.1  # within which syn_ToggleOnBeat goes over
N_COLUMNS = 512  # of syn_Spectrum and syn_LevelTrail
N_SMOOTH_BANDS = 12  # of syn_Spectrum's blue: "much less frequency resolution"

_BANDS = {"": "all", "Bass": "low", "Mid": "mid", "MidHigh": "midhigh", "High": "high"}
_QUANTITIES = {"Level": "level", "Hits": "hits", "Presence": "presence", "Time": "time"}

# Their scenes count on beats even where none was heard; ours fall silent with the music.
_AUDIBLE = "min(4.0 * all_presence, 1.0)"
_SINCE_BEAT_S = "beat_phase * 60.0 / tempo_bpm"


def _alias(name: str, glsl: str, *needs: str) -> Definition:
    return Definition(f"#define {name} {glsl}", needs)


def _definitions() -> dict[str, Definition]:
    names = {
        f"syn_{band}{quantity}": _alias(f"syn_{band}{quantity}", f"{ours}_{value}", f"{ours}_{value}")
        for band, ours in _BANDS.items()
        for quantity, value in _QUANTITIES.items()
    }
    beat = ("beat_phase", "tempo_bpm")
    for name, glsl, needs in (
        ("syn_RawLevel", "min(pow(10.0, loudness_db / 20.0), 1.0)", ("loudness_db",)),
        ("syn_CurvedTime", "all_time", ("all_time",)),
        (
            "syn_OnBeat",
            f"(exp(-({_SINCE_BEAT_S}) / {ON_BEAT_DECAY_S}) * {_AUDIBLE})",
            (*beat, "all_presence"),
        ),
        (
            "syn_ToggleOnBeat",
            f"mix(mod(beat_count + 1.0, 2.0), mod(beat_count, 2.0), "
            f"smoothstep(0.0, {TOGGLE_S}, {_SINCE_BEAT_S}))",
            (*beat, "beat_count"),
        ),
        ("syn_RandomOnBeat", "fract(sin(beat_count * 12.9898) * 43758.5453)", ("beat_count",)),
        ("syn_BeatTime", "beat_count", ("beat_count",)),
        ("syn_BPM", "clamp(tempo_bpm, 50.0, 220.0)", ("tempo_bpm",)),
        ("syn_BPMConfidence", "tempo_confidence", ("tempo_confidence",)),
        # Most of a beat's way in its first tenth.
        (
            "syn_BPMTwitcher",
            "(beat_count + (1.0 - exp(-8.0 * beat_phase)) / (1.0 - exp(-8.0)))",
            ("beat_count", "beat_phase"),
        ),
        ("syn_FadeInOut", "all_presence", ("all_presence",)),
        ("syn_Intensity", "intensity", ("intensity",)),
    ):
        names[name] = _alias(name, glsl, *needs)
    for n_beats in (1, 2, 4, 8):
        suffix = str(n_beats) if n_beats > 1 else ""
        turns = f"(beat / {n_beats}.0)"
        sine, triangle = f"syn_BPMSin{suffix}", f"syn_BPMTri{suffix}"
        names[sine] = _alias(sine, f"(0.5 + 0.5 * sin(6.2831853 * {turns}))", "beat")
        names[triangle] = _alias(triangle, f"abs(2.0 * fract({turns} - 0.25) - 1.0)", "beat")
    for name in TEXTURES:
        names[name] = Definition(f"uniform sampler2D {name};")
    return names


TEXTURES = ("syn_Spectrum", "syn_LevelTrail")
# Theirs have one dimension; ours one row. So what reads them there takes a single coordinate here too.
ROW_READERS: Mapping[str, Definition] = MappingProxyType(
    {
        "isf_row_texture": Definition(
            "vec4 isf_row_texture(sampler2D s, float x) { return textureLod(s, vec2(x, 0.5), 0.0); }\n"
            "vec4 isf_row_texture(sampler2D s, float x, float l) { return isf_row_texture(s, x); }\n"
            "vec4 isf_row_texture(sampler2D s, vec2 x) { return isf_row_texture(s, x.x); }"
        ),
        "isf_row_texelFetch": Definition(
            "vec4 isf_row_texelFetch(sampler2D s, int x, int l) { return texelFetch(s, ivec2(x, 0), 0); }"
        ),
        "isf_row_textureSize": Definition(
            "int isf_row_textureSize(sampler2D s, int l) { return textureSize(s, 0).x; }"
        ),
    }
)
SYNESTHESIA_MUSIC: Mapping[str, Definition] = MappingProxyType(_definitions())


def spectrum_columns(sound: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """float32 (512, 4) of syn_Spectrum: raw, juiced (log bands), smooth (few of them), waveform.

    `sound`: Shadertoy's, uint8 (2, 512). `bands`: `FeatureFrame.spectrum`.
    """
    place = np.linspace(0.0, 1.0, N_COLUMNS)
    smooth = np.array([part.mean() for part in np.array_split(bands, N_SMOOTH_BANDS)])
    juiced, few = (np.interp(place, (np.arange(len(row)) + 0.5) / len(row), row) for row in (bands, smooth))
    return np.stack([sound[0] / 255.0, juiced, few, sound[1] / 255.0], axis=1).astype(np.float32)


def trail_columns(levels: np.ndarray) -> np.ndarray:
    """float32 (512, 4) of syn_LevelTrail, the newest first. `levels`: (4, n), the oldest first."""
    newest_first = levels[:, ::-1]
    columns = np.zeros((N_COLUMNS, 4), np.float32)
    n = min(N_COLUMNS, newest_first.shape[1])
    columns[:n] = newest_first[:, :n].T
    return columns
