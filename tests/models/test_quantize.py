"""8-bit weights say what the float32 ones say."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from stemlight.analysis import networks
from stemlight.analysis.streaming_model import MODEL_NAME, StreamingModel

from models.export import export
from models.quantize import int4_blocks, int8_blocks, int8_dynamic, pruned, write_variant
from models.ship import ship
from models.variants import WEIGHTS


@pytest.mark.parametrize("kind", ["stem_net", "beat_net"])
@pytest.mark.parametrize(
    ("change", "close"), [(int8_blocks, 0.05), (int8_dynamic, 0.1), (int4_blocks, 0.4), (pruned, 0.5)]
)
def test_outputs_stay_close_over_a_long_stream(kind, change, close, request, tmp_path):
    net = request.getfixturevalue(kind)
    whole = StreamingModel(export(net, tmp_path / "whole", "test", {}))
    content = change((tmp_path / "whole" / MODEL_NAME).read_bytes())
    write_variant(tmp_path / "whole", tmp_path / "small", content, "fewer")
    small = StreamingModel(tmp_path / "small")
    generator = torch.Generator().manual_seed(4)
    moved = 0.0
    for _ in range(200):
        hop = {name: torch.randn(*shape, generator=generator).numpy() for name, shape in net.INPUTS.items()}
        expected = {name: array.copy() for name, array in whole.process(**hop).items()}
        for name, array in small.process(**hop).items():
            np.testing.assert_allclose(array, expected[name], atol=close)
            moved = max(moved, float(np.abs(array - expected[name]).max()))
    assert moved > 0.0  # it is another model


def test_the_file_is_much_smaller_and_the_manifest_says_why(stem_net, beat_net, tmp_path):
    export(stem_net, tmp_path / "run" / "stems", "stems", {})
    export(beat_net, tmp_path / "run" / "beats", "beats", {})
    ship(tmp_path / "run", tmp_path / "shipped", variant="int8_blocks")
    assert networks.load(tmp_path / "shipped" / "stems", tmp_path / "shipped" / "beats")
    for name in ("stems", "beats"):
        before, after = (
            (tmp_path / folder / name / MODEL_NAME).stat().st_size for folder in ("run", "shipped")
        )
        assert after < 0.8 * before
        manifest = json.loads((tmp_path / "shipped" / name / "manifest.json").read_text())
        assert manifest["weights"] == WEIGHTS["int8_blocks"]
        assert manifest["variant"] == {"name": "int8_blocks", "why": ""}
