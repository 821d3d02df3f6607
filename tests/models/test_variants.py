"""The choice is the fastest variant that hears as well, and what ships is what was compared."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from stemlight.analysis import networks
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError
from stemlight.settings import read_settings

from models.__main__ import main
from models.export import export
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.ship import ship
from models.variants import WEIGHTS, Row, best, why


def _row(name: str, p99_ms: float, gain_db: float = 5.0, f_beat: float = 0.8, f_downbeat: float = 0.5) -> Row:
    return Row(name, gain_db, 0.8, f_beat, f_downbeat, 0.8, 0.5 * p99_ms, p99_ms, 1.0)


def test_the_fastest_of_those_that_hear_as_well_ships():
    rows = [
        _row("float32", 1.0), _row("fast", 0.5, gain_db=4.95), _row("deaf", 0.2, gain_db=4.8),
        _row("lost", 0.1, f_beat=0.79), _row("astray", 0.1, f_downbeat=0.49), _row("slow", 2.0, gain_db=6.0),
    ]  # fmt: skip
    assert best(rows).name == "fast"
    assert "0.50 ms" in why(rows, best(rows)) and "-0.050 dB" in why(rows, best(rows))
    assert best(rows[:1]).name == "float32"
    nearly = [_row("float32", 1.0), _row("near", 0.54), _row("far", 0.5), _row("slow", 0.6)]
    assert best(nearly).name == "near"
    by_chance = replace(_row("chance", 0.4, f_downbeat=0.49), f_downbeat_error=0.01)
    assert best([*rows, by_chance]).name == "chance"


@pytest.fixture
def finished(tmp_path):
    torch.manual_seed(3)
    export(StemNet(n_units=32), tmp_path / "run" / "stems", "stems", {})
    export(BeatNet(n_units=32), tmp_path / "run" / "beats", "beats", {})
    return tmp_path / "run"


@pytest.fixture
def songs(tmp_path):
    """Noise and hum, one song to calibrate with and one to be judged by."""
    for name in ("one_a", "one_b"):
        folder = tmp_path / "songs" / name
        folder.mkdir(parents=True)
        noise = np.random.default_rng(1).normal(0, 0.1, 3 * SAMPLE_RATE)
        soundfile.write(folder / "drums.wav", noise, SAMPLE_RATE)
        hum = 0.1 * np.sin(np.arange(len(noise)) * 2 * np.pi * 110 / SAMPLE_RATE)
        soundfile.write(folder / "bass.wav", hum * (np.arange(len(hum)) > 9_000), SAMPLE_RATE)
    return ["--songs", str(tmp_path / "songs"), "--hold-out", "one_b", "--cache", str(tmp_path / "cache")]


def test_one_command_makes_times_scores_and_chooses_and_the_choice_ships(finished, songs, tmp_path, capsys):
    arguments = ["variants", "--run", str(finished), *songs, "--score-seconds", "2", "--time-seconds", "0.3"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    table = json.loads((finished / "variants" / "table.json").read_text())
    assert [row["name"] for row in table["rows"]] == list(WEIGHTS)
    assert table["songs"] == ["one_b"] and f"{table['ships']} ships" in said
    for row in table["rows"]:
        pair = finished / "variants" / row["name"]
        assert networks.load(pair / "stems", pair / "beats")
        assert 0.0 < row["p50_ms"] <= row["p99_ms"] and np.isfinite(row["gain_db"])
    assert ship(finished, tmp_path / "shipped", "best") == table["ships"]
    for name in ("stems", "beats"):
        manifest = json.loads((tmp_path / "shipped" / name / "manifest.json").read_text())
        assert manifest["variant"] == {"name": table["ships"], "why": table["why"]}
        compared = finished / "variants" / table["ships"] / name / "model.onnx"
        assert (tmp_path / "shipped" / name / "model.onnx").read_bytes() == compared.read_bytes()
    export(StemNet(n_units=32), finished / "stems", "stems", {})
    with pytest.raises(UserError, match="has changed since"):
        ship(finished, tmp_path / "shipped", "best")


def test_the_best_is_not_known_before_it_was_looked_for(finished, tmp_path):
    with pytest.raises(UserError, match="models variants --run"):
        ship(finished, tmp_path / "shipped", "best")


def test_with_use_the_app_hears_through_them(finished, tmp_path, monkeypatch, capsys):
    from stemlight.model_folders import ModelFolders, chosen_models

    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings.toml"))
    assert main(["export", "--run", str(finished), "--to", str(tmp_path / "mine"), "--int8", "--use"]) == 0
    assert set(read_settings()["models"]) == {"stems", "beats"}
    mine = (tmp_path / "mine" / "stems", tmp_path / "mine" / "beats")
    assert chosen_models() == ModelFolders(*mine, ModelFolders.shipped().bars)
    assert "settings.toml" in capsys.readouterr().out
