"""A model's whole life holds its laws, and the checks that say so can fail."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch
from stemlight.analysis import networks
from stemlight.errors import UserError
from stemlight.model_folders import KINDS
from torch import nn

from models import checks, lifecycle
from models.__main__ import main
from models.export import export
from models.listen import listen
from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.net.step_net import Step, StepNet, Tensors
from models.train import load_net, save

N_UNITS = 16


@pytest.mark.timeout(900)  # seconds of work, but CI machines are shared
def test_a_tiny_life_from_data_to_report(tmp_path):
    found = lifecycle.live(lifecycle.TINY, tmp_path, tell=lambda line: None)
    assert {check.name: check.measured for check in found if not check.ok} == {}
    for law in ("resume", "training", "training is running,", "latency", "state stays,"):
        assert {f"{law} {kind}" for kind in KINDS} <= {check.name for check in found}
    assert {"data", "stream is batch", "causal in batch", "causal in the stream"} <= {c.name for c in found}
    pictures = ("heard.png", "curves.png", "states.png", "samples/segments.png")
    for name in ("report.md", *pictures, "samples/mix.wav", "heard/drums.wav"):
        assert (tmp_path / name).stat().st_size > 0


def _run(folder, stems: StepNet, beats: StepNet, bars: StepNet | None = None):
    """A finished run: exported, and saved in torch's way."""
    for name, net in zip(KINDS, (stems, beats, bars) if bars else (stems, beats), strict=False):
        export(net, folder / name, name, {})
        save(net, folder / f"{name}.pt")
    return folder


@pytest.fixture
def noise_song(tmp_path):
    (tmp_path / "songs" / "noise").mkdir(parents=True)
    sound = np.random.default_rng(5).normal(0.0, 0.1, 3 * 44_100)
    soundfile.write(tmp_path / "songs" / "noise" / "mix.wav", sound, 44_100)
    return ["--songs", str(tmp_path / "songs"), "--hold-out", "noise", "--cache", str(tmp_path / "cache")]


@pytest.mark.parametrize("pair", ["--run", "--models"])
def test_a_pair_that_was_trained_before_is_checked_by_one_command(pair, noise_song, tmp_path):
    torch.manual_seed(6)
    nets = (kind(n_units=N_UNITS) for kind in (StemNet, BeatNet, BarNet))
    folder = _run(tmp_path / "run", *nets)
    out = tmp_path / "out"
    assert main(["lifecycle", pair, str(folder), *noise_song, "--seconds", "10", "--out", str(out)]) == 0
    report = (out / "report.md").read_text()
    assert ("stream is batch" in report) is (pair == "--run")
    assert "causal in the stream | ok" in report and "state stays, bars | ok" in report


def test_a_run_whose_export_is_of_other_weights_fails(noise_song, tmp_path):
    folder = _run(tmp_path / "run", StemNet(n_units=N_UNITS), BeatNet(n_units=N_UNITS))
    save(StemNet(n_units=N_UNITS), folder / "stems.pt")
    arguments = ["lifecycle", "--run", str(folder), *noise_song, "--seconds", "10"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 1
    assert "stream is batch | FAIL" in (tmp_path / "out" / "report.md").read_text()


def test_a_saved_network_comes_back_in_its_shape(tmp_path, capsys):
    net = BeatNet(n_units=N_UNITS)
    save(net, tmp_path / "beats.pt")
    again = load_net(BeatNet, tmp_path / "beats.pt")
    assert again.shape == net.shape
    assert all(
        torch.equal(a, b) for a, b in zip(net.state_dict().values(), again.state_dict().values(), strict=True)
    )
    with pytest.raises(UserError, match="does not hold a StemNet"):
        load_net(StemNet, tmp_path / "beats.pt")
    with pytest.raises(UserError, match="models train --run"):
        load_net(StemNet, tmp_path / "stems.pt")


class FutureReader(StemNet):
    """A mistake on purpose: a convolution over time padded on both sides."""

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.blur = nn.Conv1d(128, 128, 3, padding=1)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        blurred = self.blur(inputs[0].transpose(1, 2)).transpose(1, 2)
        return super().forward((blurred,), state)


class Averager(StemNet):
    """A mistake on purpose: what is heard is measured against the mean of the whole song."""

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return super().forward((inputs[0] - inputs[0].mean(dim=1, keepdim=True),), state)


class BatchNormed(StemNet):
    """A mistake on purpose: BatchNorm."""

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.norm = nn.BatchNorm1d(128)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return super().forward((self.norm(inputs[0].transpose(1, 2)).transpose(1, 2),), state)


@pytest.fixture
def mix() -> np.ndarray:
    return np.random.default_rng(5).normal(0.0, 0.1, 60 * 512).astype(np.float32)


def _models(stems: StemNet, folder, bars: BarNet | None = None) -> tuple[checks.Nets, networks.Models]:
    nets = (stems, BeatNet(n_units=N_UNITS), bars or BarNet(n_units=N_UNITS))
    for name, net in zip(KINDS, nets, strict=True):
        export(net, folder / name, name, {})
    return nets, networks.load(*(folder / name for name in KINDS))


def _stems(kind: type[StemNet]) -> StemNet:
    torch.manual_seed(6)
    return kind(n_units=N_UNITS) if kind in (StemNet, Averager) else kind()


class Accumulator(StemNet):
    """A mistake on purpose: a memory that adds up what it hears and never forgets."""

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.STATES = {**self.STATES, "heap": (128,)}

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        sums = state[-1][:, None] + inputs[0].abs().cumsum(dim=1)
        step = super().forward((inputs[0] + 1e-4 * sums,), state[:-1])
        return Step(step.outputs, (*step.state, sums[:, -1]))


class Fader(StemNet):
    """A mistake on purpose: it tires, and after some seconds says the same whatever it hears."""

    KEEP = 0.995

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.STATES = {**self.STATES, "tired": (1,)}

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        hops = torch.arange(1, inputs[0].shape[1] + 1)[:, None]
        tired = 1.0 - (1.0 - state[-1][:, None]) * self.KEEP**hops
        masks, drums = (step := super().forward(inputs, state[:-1])).outputs
        awake = 1.0 - tired
        return Step((masks * awake[..., None], drums * awake), (*step.state, tired[:, -1]))


@pytest.mark.parametrize(("kind", "holds"), [(StemNet, True), (FutureReader, False), (Averager, False)])
def test_equivalence_and_causality_are_noticed_when_they_break(kind, holds, mix, tmp_path):
    stems = _stems(kind)
    nets, models = _models(stems, tmp_path)
    assert checks.stream_is_batch(nets, listen(models, mix), mix).ok is holds
    assert checks.causal(nets, mix).ok is holds
    # Hop by hop there is no future to read; but a hop measured against its own mean leaves nothing to hear.
    assert checks.causal_stream(models, mix).ok is (kind is not Averager)


@pytest.mark.parametrize(("kind", "holds"), [(StemNet, True), (BatchNormed, False)])
def test_batch_norm_is_noticed(kind, holds):
    assert checks.says_the_same_while_trained("stems", _stems(kind)).ok is holds


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        (StemNet, set()),
        (Accumulator, {"state stays, stems"}),
        (Fader, {"outputs stay, masks", "outputs stay, drums"}),
    ],
)
def test_a_state_that_grows_and_outputs_that_go_still_are_noticed(kind, broken, tmp_path):
    period = 258  # 3 s: the network's own means have settled by the second
    music = np.random.default_rng(5).normal(0.0, 1.0, period * 512) * np.linspace(0.001, 0.3, period * 512)
    stems = _stems(kind)
    nets, models = _models(stems, tmp_path)
    mix = np.tile(music.astype(np.float32), 4)
    stream = checks.listen_to_states(models, mix)
    found = checks.stays_alive(stream, period)
    assert {check.name for check in found if not check.ok} >= broken
    assert bool(broken) or all(check.ok for check in found)
    # It is a fault of the network, not of its export: stream and batch agree.
    assert checks.stream_is_batch(nets, stream.heard, mix).ok


def test_a_long_stream_is_three_repetitions_at_least(mix, tmp_path):
    _, models = _models(_stems(StemNet), tmp_path)
    with pytest.raises(ValueError, match="three repetitions"):
        checks.stays_alive(checks.listen_to_states(models, mix), 30)


def test_a_deaf_network_is_no_causal_network(mix, tmp_path):
    stems = _stems(StemNet)
    with torch.no_grad():
        for weight in stems.parameters():
            weight.zero_()
    nets, _ = _models(stems, tmp_path)
    assert not checks.causal(nets, mix).ok


class NextBeatReader(BarNet):
    """A mistake on purpose: it knows what sounds in the beat to come."""

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        levels, log_bands = inputs
        return super().forward((levels, log_bands + log_bands.roll(-1, dims=1)), state)


@pytest.mark.parametrize(("kind", "holds"), [(BarNet, True), (NextBeatReader, False)])
def test_bars_that_know_the_next_beat_are_noticed(kind, holds, tmp_path):
    mix = np.random.default_rng(5).normal(0.0, 0.1, 400 * 512).astype(np.float32)
    torch.manual_seed(6)
    nets, models = _models(_stems(StemNet), tmp_path, kind(n_units=N_UNITS))
    assert checks.stream_is_batch(nets, listen(models, mix), mix).ok is holds
    assert checks.causal(nets, mix).ok is holds
