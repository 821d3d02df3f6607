"""Sound files of any kind in, song folders out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

PEAK = 0.89  # -1 dB, of the loudest stem or of the mix


def read_sound(path: Path) -> np.ndarray:
    """float32 (n,) at SAMPLE_RATE, channels averaged: whatever FFmpeg's libraries read."""
    return sound_and_top(path)[0]


def sound_and_top(path: Path) -> tuple[np.ndarray, float]:
    """The sound, and the highest frequency (Hz) that its file can hold. UserError if it cannot be read."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    pieces = []
    try:
        kind = "g722" if path.suffix == ".g722" else None
        with av.open(str(path), format=kind, metadata_errors="ignore") as container:
            stream = container.streams.audio[0]
            for frame in container.decode(stream):
                pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
            rate_hz = stream.rate
    except (av.FFmpegError, IndexError) as error:
        raise UserError(f"{path}: cannot be read as sound ({error})") from error
    sound = np.concatenate(pieces) if pieces else np.zeros(0)
    return np.asarray(sound, np.float32), min(rate_hz, SAMPLE_RATE) / 2


def write_voice(folder: Path, stems: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Make `folder` with the stems float32 (n,) and meta.json; it appears when it is complete."""
    import soundfile

    n = max(map(len, stems.values()))
    padded = {name: np.pad(sound, (0, n - len(sound))) for name, sound in stems.items()}
    peak = max(
        float(np.abs(sound).max()) for sound in [*padded.values(), np.sum(list(padded.values()), axis=0)]
    )
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, sound in padded.items():
        soundfile.write(
            part / f"{name}.flac", sound * (PEAK / max(peak, 1e-3)), SAMPLE_RATE, subtype="PCM_16"
        )
    (part / "meta.json").write_text(json.dumps(dict(about), indent=1, ensure_ascii=False) + "\n")
    if folder.exists():
        shutil.rmtree(folder)
    part.replace(folder)
