"""Only a pair that the app can load is shipped."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest
import soundfile
import torch
from stemlight.analysis import networks
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders

from models import train
from models.__main__ import main
from models.export import card, export
from models.net.stem_net import StemNet
from models.ship import ship
from models.stems_task import stems_task
from models.train import began_with
from models.training import Schedule


@pytest.fixture
def finished(tmp_path, stem_net, beat_net):
    export(stem_net, tmp_path / "run" / "stems", "stems", {})
    export(beat_net, tmp_path / "run" / "beats", "beats", {})
    return tmp_path / "run"


def test_a_shipped_pair_loads(finished, tmp_path):
    ship(finished, tmp_path / "shipped")
    ship(finished, tmp_path / "shipped")  # again over the old one
    assert networks.load(tmp_path / "shipped" / "stems", tmp_path / "shipped" / "beats")
    assert sorted(path.name for path in (tmp_path / "shipped").iterdir()) == ["beats", "stems"]


def test_stems_alone_are_shipped_beside_the_beats_that_are_there(finished, tmp_path, stem_net):
    ship(finished, tmp_path / "shipped")
    beats = (tmp_path / "shipped" / "beats" / "model.onnx").read_bytes()
    with torch.no_grad():
        stem_net.drum_logits.bias.add_(1.0)
    export(stem_net, tmp_path / "alone" / "stems", "stems", {})
    assert main(["export", "--run", str(tmp_path / "alone"), "--to", str(tmp_path / "shipped")]) == 0
    networks.load(tmp_path / "shipped" / "stems", tmp_path / "shipped" / "beats")
    stems = (tmp_path / "shipped" / "stems" / "manifest.json").read_text()
    assert (
        json.loads(stems)["sha256"]
        != json.loads((finished / "stems" / "manifest.json").read_text())["sha256"]
    )
    assert (tmp_path / "shipped" / "beats" / "model.onnx").read_bytes() == beats


def test_a_broken_pair_changes_nothing(finished, tmp_path):
    ship(finished, tmp_path / "shipped")
    before = (tmp_path / "shipped" / "stems" / "model.onnx").read_bytes()
    (finished / "beats" / "model.onnx").write_bytes(b"")
    (finished / "stems" / "CARD.md").write_text("new")
    with pytest.raises(UserError, match="checksum"):
        ship(finished, tmp_path / "shipped")
    assert (tmp_path / "shipped" / "stems" / "model.onnx").read_bytes() == before
    assert (tmp_path / "shipped" / "stems" / "CARD.md").read_text() != "new"


def test_a_run_that_did_not_finish_is_one_line(tmp_path, capsys):
    assert main(["export", "--run", str(tmp_path), "--to", str(tmp_path / "shipped")]) == 2
    assert "no trained stems" in capsys.readouterr().err


def test_a_run_that_stopped_at_its_beats_is_one_line_and_ships_nothing(stem_net, tmp_path, capsys):
    export(stem_net, tmp_path / "run" / "stems", "stems", {})
    (tmp_path / "run" / "beats_log").mkdir()
    assert main(["export", "--run", str(tmp_path / "run"), "--to", str(tmp_path / "shipped")]) == 2
    assert "no trained beats" in capsys.readouterr().err
    assert not (tmp_path / "shipped").exists()


def test_the_card_names_the_licences_of_the_data():
    about = {"data_licences": {"CC-BY-4.0": 3}, "trained": {"command": "python -m models train", "songs": 3}}
    about["metrics"] = {"while_training": {"loss": 0.5}, "test": {"all": {"songs": 4.0, "r_drums": 0.875}}}
    text = card(about, "stems")
    assert "| CC-BY-4.0 | 3 |" in text
    assert "| r_drums | 0.88 |" in text and "| songs | 4 |" in text
    assert "python -m models train" in text


def test_the_card_tells_what_a_run_went_on_from(beat_net, tmp_path):
    first = {"data_licences": {"CC0-1.0": 2}, "trained": {"command": "first", "songs": 2, "hours": 0.1}}
    export(beat_net, tmp_path / "first" / "beats", "beats", first)
    second = {"data_licences": {"MIT": 3}, "trained": {"command": "second", "songs": 3, "hours": 0.2}}
    second["began_with"] = began_with(tmp_path / "first" / "beats.pt")
    export(beat_net, tmp_path / "second" / "beats", "beats", second)
    origin = began_with(tmp_path / "second" / "beats")
    assert [run["trained"]["command"] for run in origin] == ["second", "first"]
    text = card({"data_licences": {"MIT": 4}, "began_with": origin}, "beats")
    assert "| MIT | 4 | 3 | - |" in text and "| CC0-1.0 | - | - | 2 |" in text
    assert "That went on from weights made from 3 songs, 0.2 hours, by\n\n    second" in text
    assert began_with(None) == []
    assert "nothing is known" in str(began_with(tmp_path / "elsewhere" / "beats.pt"))


def test_songs_without_beats_train_stems_alone_and_it_is_said(tmp_path, capsys, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / "songs" / name).mkdir(parents=True)
        sound = np.random.default_rng(5).normal(0.0, 0.1, 8 * 44_100)
        soundfile.write(tmp_path / "songs" / name / "drums.wav", sound, 44_100)
    monkeypatch.setattr(train, "StemNet", partial(StemNet, n_units=8))
    monkeypatch.setattr(train, "stems_task", partial(stems_task, n_validation=1))
    schedule = Schedule(steps=1, batch=1, workers=0)
    songs, cache = (tmp_path / "songs",), tmp_path / "cache"
    recipe = train.Recipe(
        tmp_path / "run",
        songs,
        ("two",),
        cache,
        stems=schedule,
        beats=schedule,
        bars=schedule,
        accelerator="cpu",
    )
    trained = train.train(recipe)
    assert trained.beats is None and trained.bars is None
    said = capsys.readouterr().out
    assert "no song's beats are known" in said and "bars of 0 songs" in said


def test_what_ships_loads_and_says_how_it_was_made():
    models = networks.load_shipped()
    for network in (models.stems, models.beats, models.bars):
        manifest = network.model.manifest
        assert manifest.states
        assert manifest.metrics["validation"]["all"]["songs"] >= 10
        raw = json.loads(
            (ModelFolders.shipped().stems.with_name(manifest.name) / "manifest.json").read_text()
        )
        assert raw["trained"]["command"].startswith("python -m models train")


@pytest.mark.parametrize("command", ["data", "train", "export", "evaluate", "variants", "lifecycle"])
def test_every_command_helps(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out
