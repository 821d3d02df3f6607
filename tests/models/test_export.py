"""What is exported says what the network says."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from stemlight.analysis.streaming_model import StreamingModel

from models.export import export
from models.net.step_net import StepNet


@pytest.fixture(params=["stem_net", "beat_net"])
def net(request) -> StepNet:
    return request.getfixturevalue(request.param)


@torch.no_grad()
def test_the_onnx_stream_equals_the_batch_network(net, tmp_path):
    generator = torch.Generator().manual_seed(4)
    inputs = tuple(torch.randn(1, 200, *shape, generator=generator) for shape in net.INPUTS.values())
    batch = net.finish(net(inputs, net.initial_state()).outputs)
    model = StreamingModel(export(net, tmp_path / "model", "test", {}))
    for hop in range(200):
        arguments = {name: x[0, hop].numpy() for name, x in zip(net.INPUTS, inputs, strict=True)}
        outputs = model.process(**arguments)
        for name, whole in zip(net.OUTPUTS, batch, strict=True):
            np.testing.assert_allclose(outputs[name], whole[0, hop].numpy(), atol=1e-5)


def test_the_manifest_tells_shapes_and_what_it_was_given(net, tmp_path):
    folder = export(net, tmp_path / "model", "test", {"metrics": {"f": 0.5}, "seed": 7})
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["inputs"] == {name: list(shape) for name, shape in net.INPUTS.items()}
    assert manifest["metrics"] == {"f": 0.5}
    assert manifest["seed"] == 7
    assert manifest["n_weights"] == sum(p.numel() for p in net.parameters())
    assert StreamingModel(folder).manifest.lookahead_hops == 0


def test_an_export_that_fails_leaves_the_old_model(net, tmp_path):
    folder = export(net, tmp_path / "model", "test", {})
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(TypeError):
        export(net, folder, "test", {"metrics": object()})
    assert (folder / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
