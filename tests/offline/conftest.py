from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 44_100


@pytest.fixture(scope="session")
def song(tmp_path_factory) -> Path:
    """Four seconds, stereo: kicks at 120 bpm, hats between, a bass on the left, a tone on the right."""
    rng = np.random.default_rng(7)
    time = np.arange(4 * RATE) / RATE
    since_beat = time % 0.5
    kick = (
        0.8
        * np.sin(2 * np.pi * (50 * since_beat + 6 * (1 - np.exp(-since_beat * 30))))
        * np.exp(-since_beat * 12)
    )
    hat = 0.2 * rng.standard_normal(len(time)) * np.exp(-((time + 0.25) % 0.5) * 60)
    bass = 0.3 * np.sin(2 * np.pi * 55 * time)
    tone = 0.2 * np.sin(2 * np.pi * 440 * time)
    sound = np.stack([kick + hat + bass, kick + hat + tone], axis=1) * 0.7
    path = tmp_path_factory.mktemp("song") / "four seconds.wav"
    soundfile.write(path, sound[: 4 * RATE - 100], RATE, "FLOAT")  # not a whole number of hops
    return path
