"""Frames of an imagined song, for looking at shaders without a sound: four stems at 120 bpm.

Not an analysis and never shown to an audience: `check`, thumbnails and tests draw with it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from stemlight.analysis.feature_frame import (
    BANDS,
    DRUM_PARTS,
    FAMILIES,
    HOP_LENGTH,
    HOP_S,
    N_SPECTRUM,
    N_WAVEFORM,
    SAMPLE_RATE,
    STEMS,
    FeatureFrame,
    empty_record,
)

TEMPO_BPM = 120.0
HIT_DECAY_S = 0.12

# (beat in the bar of each onset, spectrum's middle and width in 0..1)
_PATTERNS: dict[str, tuple[tuple[float, ...], float, float]] = {
    "kick": ((0.0, 2.0), 0.12, 0.06),
    "snare": ((1.0, 3.0), 0.5, 0.2),
    "hat": ((0.5, 1.5, 2.5, 3.5), 0.85, 0.1),
    "bass": ((0.0, 0.75, 1.5, 2.5), 0.18, 0.08),
    "vocals": ((0.25, 2.25), 0.5, 0.12),
    "other": ((0.0,), 0.4, 0.25),
}
_SUSTAIN = {"kick": 0.08, "snare": 0.1, "hat": 0.05, "bass": 0.35, "vocals": 0.9, "other": 1.6}  # s
_BAND_RANGES = {"low": (0.0, 0.25), "mid": (0.25, 0.5), "midhigh": (0.5, 0.75), "high": (0.75, 1.0)}


def rehearsal_frames(first: int, last: int, playing: Collection[str] = STEMS) -> list[FeatureFrame]:
    """Frames `first` .. `last` - 1 of the song, with only the stems in `playing`."""
    return [_frame(index, playing) for index in range(first, last)]


def _frame(index: int, playing: Collection[str]) -> FeatureFrame:
    time_s = index * HOP_S
    beat = time_s * TEMPO_BPM / 60.0
    record = empty_record()
    record["frame"], record["time_s"] = index, time_s
    axis = np.linspace(0.0, 1.0, N_SPECTRUM)
    voices = {}
    for part, (onsets, middle, width) in _PATTERNS.items():
        if ("drums" if part in DRUM_PARTS else part) not in playing:
            voices[part] = 0.0, 0.0, 0, np.zeros(N_SPECTRUM)
            continue
        since = min((beat - onset) % 4.0 for onset in onsets) * 60.0 / TEMPO_BPM
        level = float(np.exp(-since / _SUSTAIN[part]))
        count = sum(int((beat - onset) // 4.0) + 1 for onset in onsets)
        bump = np.exp(-(((axis - middle) / width) ** 2)) * (0.25 + 0.7 * level)
        voices[part] = level, float(np.exp(-since / HIT_DECAY_S)), count, bump
    voices["drums"] = (
        max(voices[part][0] for part in DRUM_PARTS),
        max(voices[part][1] for part in DRUM_PARTS),
        sum(voices[part][2] for part in DRUM_PARTS),
        np.max([voices[part][3] for part in DRUM_PARTS], axis=0),
    )
    mix = np.max([voices[stem][3] for stem in STEMS], axis=0)
    for band in BANDS:
        low, high = _BAND_RANGES[band]
        inside = mix[(axis >= low) & (axis <= high)]
        hit = max(
            voice[1] for part, voice in voices.items() if low <= _PATTERNS.get(part, ((), -1, 0))[1] < high
        )
        voices[band] = float(inside.max()), hit, voices["drums"][2], mix
    voices["all"] = (
        max(voices[stem][0] for stem in STEMS),
        max(voices[stem][1] for stem in STEMS),
        sum(voices[stem][2] for stem in STEMS),
        mix,
    )
    for row, family in enumerate(FAMILIES):
        level, hit, count, _ = voices[family]
        record["level"][row], record["hits"][row], record["count"][row] = level, hit, count
        heard = level > 0.0
        record["presence"][row] = min(time_s / 2.0, 1.0) if heard else 0.0
        record["time"][row] = time_s * 0.4 if heard else 0.0
    record["tempo_bpm"], record["tempo_confidence"], record["beats_per_bar"] = TEMPO_BPM, 0.9, 4
    record["beat"], record["beat_phase"], record["bar_phase"] = beat, beat % 1.0, beat / 4.0 % 1.0
    record["beat_in_bar"], record["beat_count"], record["bar_count"] = 1 + beat % 4.0 // 1.0, beat, beat / 4.0
    record["loudness_db"] = -14.0 if playing else -120.0
    record["intensity"] = min(time_s / 8.0, 0.8) if playing else 0.0
    record["centroid"] = float((axis * mix).sum() / max(mix.sum(), 1e-6))
    record["chroma"] = np.roll(
        np.array([1.0, 0, 0.1, 0, 0.7, 0.1, 0, 0.8, 0, 0.1, 0, 0.1]), int(beat / 8.0) * 5
    )
    record["chroma"] *= bool(playing)
    record["spectrum"] = mix
    record["stem_spectrum"] = np.stack([voices[stem][3] for stem in STEMS])
    samples_s = (np.arange(N_WAVEFORM) + index * HOP_LENGTH) / SAMPLE_RATE
    record["waveform"] = sum(
        0.25 * voices[stem][0] * np.sin(2.0 * np.pi * pitch_hz * samples_s)
        for stem, pitch_hz in zip(STEMS, (60.0, 110.0, 440.0, 660.0), strict=True)
    )
    record["side"] = sum(  # drums and bass stand in the middle
        0.25 * width * voices[stem][0] * np.cos(2.0 * np.pi * pitch_hz * samples_s)
        for stem, pitch_hz, width in (("vocals", 440.0, 0.5), ("other", 660.0, 0.9))
    )
    return FeatureFrame(record)
