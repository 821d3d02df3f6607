"""All networks learn in two processes as one: the same weights in each, and files from one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from stemlight.analysis import networks
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.model_folders import KINDS

from models.pictures import read_log

SCRIPT = Path(__file__).with_name("two_processes.py")


@pytest.fixture(scope="module")
def songs(tmp_path_factory) -> Path:
    """Clicks and a hum, with beats: one song to learn from and one to be judged by."""
    root = tmp_path_factory.mktemp("songs")
    rng = np.random.default_rng(4)
    for name in ("one_a", "one_b"):
        (root / name).mkdir()
        n = 26 * SAMPLE_RATE
        clicks = np.zeros(n, np.float32)
        for at in range(0, n - 1_000, SAMPLE_RATE // 2):
            clicks[at : at + 1_000] = rng.normal(0, 0.3, 1_000)
        soundfile.write(root / name / "drums.wav", clicks, SAMPLE_RATE)
        hum = 0.1 * np.sin(2 * np.pi * 110 * np.arange(n) / SAMPLE_RATE)
        soundfile.write(root / name / "bass.wav", hum, SAMPLE_RATE)
        (root / name / "beats.txt").write_text("".join(f"{i / 2}\t{i % 4 + 1}\n" for i in range(52)))
    return root


def _train(songs: Path, run: Path, devices: int) -> list[list[str]]:
    """What each process ended with: the sums of its three networks, and whether it was one of several."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(songs), str(run), str(devices)],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return [path.read_text().split() for path in sorted(run.glob("rank_*.txt"))]


def test_two_processes_learn_the_same(songs, tmp_path):
    first, second = _train(songs, tmp_path / "two", devices=2)
    assert first == second  # to the bit, of all networks
    assert first[3] == "True"
    (alone,) = _train(songs, tmp_path / "one", devices=1)
    assert all(
        one != two for one, two in zip(alone, first, strict=True)
    )  # the second process had segments of its own
    for name in KINDS:
        steps, losses = read_log(tmp_path / "two" / f"{name}_log" / "log.txt")["loss"]
        assert steps == [2, 3] and np.isfinite(losses).all()
    assert networks.load(*(tmp_path / "two" / name for name in KINDS))
