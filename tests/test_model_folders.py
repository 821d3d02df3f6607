"""Models are found where they were asked for, and what does not fit is one line and exit 2."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from stemlight import cli
from stemlight.errors import UserError
from stemlight.model_folders import KINDS, ModelFolders, chosen_models
from stemlight.settings import settings_path

SHIPPED = ModelFolders.shipped()


@pytest.fixture
def mine(tmp_path):
    """A folder with copies of what ships."""
    for kind in KINDS:
        shutil.copytree(getattr(SHIPPED, kind), tmp_path / "mine" / kind)
    return tmp_path / "mine"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings.toml"))
    return settings_path()


def test_nothing_asked_for_is_what_ships():
    assert chosen_models() == SHIPPED
    assert str(SHIPPED) == "the shipped stems, the shipped beats and the shipped bars"


@pytest.mark.parametrize("asked", ["", "stems", "stems/manifest.json"])
def test_a_folder_a_model_or_a_manifest_can_be_asked_for(mine, asked):
    others = (SHIPPED.beats, SHIPPED.bars) if asked else (mine / "beats", mine / "bars")
    assert chosen_models([str(mine / asked)]) == ModelFolders(mine / "stems", *others)


def test_a_model_is_known_by_what_it_says_not_by_its_folder(mine):
    (mine / "beats").rename(mine / "my_net")
    assert chosen_models([str(mine / "my_net")]) == ModelFolders(SHIPPED.stems, mine / "my_net", SHIPPED.bars)


def test_bars_can_be_swapped_alone(mine):
    expected = ModelFolders(SHIPPED.stems, SHIPPED.beats, mine / "bars")
    assert chosen_models([str(mine / "bars")]) == expected
    assert str(expected) == f"the shipped stems, the shipped beats and {mine / 'bars'}"


def test_the_last_asked_for_counts_then_the_environment_then_the_settings(mine, settings, monkeypatch):
    settings.write_text('[models]\nstems = "mine/stems/manifest.json"\nbeats = "mine/beats/manifest.json"\n')
    assert chosen_models() == ModelFolders(mine / "stems", mine / "beats", SHIPPED.bars)
    shutil.copytree(mine, other := mine.with_name("other"))
    monkeypatch.setenv("STEMLIGHT_MODELS", str(other / "beats"))
    assert chosen_models() == ModelFolders(mine / "stems", other / "beats", SHIPPED.bars)
    asked = [str(other), str(mine)]
    assert chosen_models(asked) == ModelFolders(mine / "stems", mine / "beats", mine / "bars")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models = 1", r"\[models\]"),
        ('[models]\nstem = "x"', "stems, beats, bars"),
        ("[models]\nstems = 1", "stems, beats, bars"),
        ('[models]\nstems = "nowhere/manifest.json"', "no model at .*nowhere"),
    ],
)
def test_settings_that_name_no_model_are_told(settings, text, words):
    settings.write_text(text)
    with pytest.raises(UserError, match=words):
        chosen_models()


def _edit(folder, **values):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def _missing(mine):
    shutil.rmtree(mine)


def _no_json(mine):
    (mine / "stems" / "manifest.json").write_text("{")


def _another_rate(mine):
    _edit(mine / "stems", sample_rate=48_000)


def _another_hop(mine):
    _edit(mine / "stems", hop_length=256)


def _wrong_shapes(mine):
    _edit(mine / "stems", inputs={"log_bands": [64]})


def _wrong_states(mine):
    _edit(mine / "stems", states={"hidden": [1, 1]})


def _changed_file(mine):
    with (mine / "stems" / "model.onnx").open("ab") as file:
        file.write(b"\0")


def _no_file(mine):
    (mine / "stems" / "model.onnx").unlink()


def _no_graph(mine):
    (mine / "stems" / "model.onnx").write_bytes(b"noise")
    _edit(mine / "stems", sha256=hashlib.sha256(b"noise").hexdigest())


DEFECTS = {
    "missing": (_missing, "no model at"),
    "no json": (_no_json, "cannot be read"),
    "rate": (_another_rate, "48000 Hz"),
    "hop": (_another_hop, "hops of 256"),
    "shapes": (_wrong_shapes, "log_bands [64]"),
    "states": (_wrong_states, "manifest says"),
    "checksum": (_changed_file, "checksum"),
    "no file": (_no_file, "cannot be read"),
    "no graph": (_no_graph, "cannot be opened"),
}


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    import numpy as np
    import soundfile

    path = tmp_path_factory.mktemp("song") / "noise.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    return path


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_model_that_does_not_fit_is_one_line_and_exit_2(defect, mine, song, tmp_path, capsys):
    break_it, words = DEFECTS[defect]
    break_it(mine)
    status = cli.main(["split", str(song), "-o", str(tmp_path / "out"), "--models", str(mine)])
    said = [
        line for line in capsys.readouterr().err.splitlines() if not line.startswith("stemlight: models:")
    ]
    assert status == 2
    assert len(said) == 1 and words in said[0]
    assert not list((tmp_path / "out").glob("*"))


def test_a_model_of_another_kind_is_refused(mine, tmp_path):
    _edit(mine / "stems", outputs={"words": [3]})
    with pytest.raises(UserError, match="gives words, expected masks or activations"):
        chosen_models([str(mine / "stems")])


def test_beats_in_the_place_of_stems_are_refused(mine, settings, song, tmp_path, capsys):
    settings.write_text('[models]\nstems = "mine/beats/manifest.json"\n')
    assert cli.main(["split", str(song), "-o", str(tmp_path / "out")]) == 2
    assert "choose a model of the right kind" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "demo", "render", "analyze", "split", "bench"])
def test_every_command_that_hears_takes_models(command, capsys):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert "--models" in capsys.readouterr().out


def test_another_model_is_heard(mine, song, tmp_path, capsys):
    """A stem network that calls everything vocals gives all the sound to the vocals."""
    import numpy as np
    import soundfile

    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    inputs = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in (("log_bands", [128]), ("hidden", [1]))
    ]
    outputs = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in (("masks", [4, 128]), ("drum_activations", [3]), ("hidden_next", [1]))
    ]
    masks = np.zeros((4, 128), np.float32)
    masks[2] = 1.0
    nodes = [
        helper.make_node("Constant", [], ["masks"], value=onnx.numpy_helper.from_array(masks)),
        helper.make_node(
            "Constant", [], ["drum_activations"], value=onnx.numpy_helper.from_array(masks[0, :3])
        ),
        helper.make_node("Identity", ["hidden"], ["hidden_next"]),
    ]
    graph = helper.make_graph(nodes, "all vocals", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content = model.SerializeToString()
    (mine / "stems" / "model.onnx").write_bytes(content)
    _edit(mine / "stems", sha256=hashlib.sha256(content).hexdigest(), states={"hidden": [1]})
    assert cli.main(["split", str(song), "-o", str(tmp_path / "out"), "--models", str(mine)]) == 0
    assert str(mine / "stems") in capsys.readouterr().err
    vocals, _ = soundfile.read(tmp_path / "out" / "vocals.wav")
    drums, _ = soundfile.read(tmp_path / "out" / "drums.wav")
    whole, _ = soundfile.read(song)
    assert not drums.any()
    np.testing.assert_allclose(vocals[:, 0], whole, atol=1e-4)
