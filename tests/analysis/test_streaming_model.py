"""A model's folder is a function of one hop, and says in one line what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from stemlight.analysis.streaming_model import FRONTEND_IDENTITY, StreamingModel
from stemlight.errors import UserError


def _leaky_sum(folder: Path) -> Path:
    """A model by hand: total_next = 0.5 total + x, y = total_next."""
    nodes = [
        helper.make_node("Mul", ["total", "half"], ["faded"]),
        helper.make_node("Add", ["faded", "x"], ["total_next"]),
        helper.make_node("Identity", ["total_next"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "leaky_sum",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in ("x", "total")],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in ("y", "total_next")],
        [helper.make_tensor("half", TensorProto.FLOAT, [1], [0.5])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir()
    onnx.save(model, folder / "model.onnx")
    manifest = {
        "format": 1,
        "name": "leaky sum",
        "sample_rate": 44_100,
        "hop_length": 512,
        "frontend": FRONTEND_IDENTITY,
        "inputs": {"x": [3]},
        "outputs": {"y": [3]},
        "states": {"total": [3]},
        "lookahead_hops": 0,
        "sha256": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(),
        "licence": "GPL-3.0-or-later",
        "metrics": {},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return _leaky_sum(tmp_path / "leaky")


def _edit(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_state_is_kept_between_calls_and_reset_forgets_it(folder):
    model = StreamingModel(folder)
    hops = np.random.default_rng(1).normal(size=(7, 3)).astype(np.float32)
    total = np.zeros(3, np.float32)
    for hop in hops:
        total = np.float32(0.5) * total + hop
        np.testing.assert_allclose(model.process(x=hop)["y"], total, rtol=1e-6)
    assert not np.allclose(model.process(x=hops[0])["y"], hops[0])
    model.reset()
    np.testing.assert_array_equal(model.process(x=hops[0])["y"], hops[0])


def test_two_models_of_one_folder_share_no_state(folder):
    first, second = StreamingModel(folder), StreamingModel(folder)
    first.process(x=np.ones(3, np.float32))
    np.testing.assert_array_equal(second.process(x=np.ones(3, np.float32))["y"], np.ones(3))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sample_rate": 22_050}, "22050 Hz"),
        ({"hop_length": 256}, "hops of 256"),
        ({"frontend": "another"}, "front-end"),
        ({"sha256": "0" * 64}, "checksum"),
        ({"states": {"total": [4]}}, "manifest says"),
        ({"inputs": {"z": [3]}}, "manifest says"),
        ({"outputs": {"y": [3], "w": [1]}}, "manifest says"),
        ({"format": 99}, "format"),
        ({"inputs": 3}, "garbles"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(folder, change, words):
    _edit(folder, **change)
    with pytest.raises(UserError, match=words) as refusal:
        StreamingModel(folder)
    assert "\n" not in str(refusal.value)
    assert str(folder) in str(refusal.value)


def test_a_caller_that_relies_on_other_shapes_is_told(folder):
    with pytest.raises(UserError, match=r"has the inputs x \[3\], expected log_bands \[128\]"):
        StreamingModel(folder, inputs={"log_bands": (128,)})
    with pytest.raises(UserError, match=r"has the outputs none, expected masks \[4\]"):
        StreamingModel(folder, outputs={"masks": (4,)})
    assert StreamingModel(folder, outputs={})  # what else it says is not its caller's business


def test_a_folder_without_manifest_or_model_is_refused(tmp_path, folder):
    with pytest.raises(UserError, match="holds no manifest"):
        StreamingModel(tmp_path)
    (folder / "model.onnx").unlink()
    with pytest.raises(UserError, match="cannot be read"):
        StreamingModel(folder)


def test_a_file_that_is_no_model_is_refused_even_with_the_right_checksum(folder):
    (folder / "model.onnx").write_bytes(b"not a graph")
    _edit(folder, sha256=hashlib.sha256(b"not a graph").hexdigest())
    with pytest.raises(UserError, match="cannot be opened"):
        StreamingModel(folder)


def test_a_manifest_that_is_no_json_is_refused(folder):
    (folder / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        StreamingModel(folder)
