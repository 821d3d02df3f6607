"""A model that was shipped can go on learning where it stands."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stemlight.analysis.streaming_model import MODEL_NAME
from stemlight.errors import UserError

from models.export import export
from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.quantize import int4_blocks, int8_blocks, write_variant
from models.restore import restore
from models.train import load_net

KINDS = {"stem_net": StemNet, "beat_net": BeatNet, "bar_net": BarNet}


@pytest.mark.parametrize("name", KINDS)
def test_float_weights_come_back_to_the_bit(name, request, tmp_path):
    net = request.getfixturevalue(name)
    back = restore(KINDS[name], export(net, tmp_path / "model", "test", {}))
    assert back.shape == net.shape
    for key, weight in net.state_dict().items():
        assert torch.equal(back.state_dict()[key], weight), key


@pytest.mark.parametrize("name", KINDS)
def test_eight_bits_come_back_within_a_step(name, request, tmp_path):
    net = request.getfixturevalue(name)
    export(net, tmp_path / "whole", "test", {})
    content = int8_blocks((tmp_path / "whole" / MODEL_NAME).read_bytes())
    write_variant(tmp_path / "whole", tmp_path / "small", content, "fewer")
    back = load_net(KINDS[name], tmp_path / "small" / "manifest.json")
    changed = 0
    for key, weight in net.state_dict().items():
        error = (back.state_dict()[key] - weight).abs().max()
        step = weight.abs().max() / 127.0
        assert error <= 1.01 * step, key
        changed += int(error > 0.0)
    assert changed > 3  # these are the rounded ones


def test_what_does_not_fit_is_said_in_one_line(stem_net, tmp_path):
    export(stem_net, tmp_path / "whole", "test", {})
    with pytest.raises(UserError, match="does not hold a BeatNet"):
        restore(BeatNet, tmp_path / "whole")
    content = int4_blocks((tmp_path / "whole" / MODEL_NAME).read_bytes())
    write_variant(tmp_path / "whole", tmp_path / "small", content, "fewer")
    with pytest.raises(UserError, match="8-bit weights can be read back"):
        restore(StemNet, tmp_path / "small")
    with pytest.raises(UserError, match="does not hold a StemNet") as said:
        load_net(StemNet, tmp_path)
    assert "\n" not in str(said.value)
    (tmp_path / "notes.md").write_text("# no weights\n")
    with pytest.raises(UserError, match="does not hold a StemNet") as said:
        load_net(StemNet, tmp_path / "notes.md")
    assert "\n" not in str(said.value)


def test_a_restored_network_says_what_the_shipped_one_said(stem_net, tmp_path):
    export(stem_net, tmp_path / "model", "test", {})
    back = restore(StemNet, tmp_path / "model")
    hops = torch.randn(1, 20, 128, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        stem_net.eval()
        one = back((hops,), back.initial_state()).outputs[0].numpy()
        two = stem_net((hops,), stem_net.initial_state()).outputs[0].numpy()
    np.testing.assert_array_equal(one, two)
