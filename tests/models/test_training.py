"""The loop: shares of the work, logs, and what it hands back."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch
from torch import Tensor
from torch.utils.data import Dataset

from models.net.step_net import Step, StepNet, Tensors
from models.training import Schedule, Task, _FromStep, fit

SCHEDULE = Schedule(steps=4, batch=2, checkpoint_steps=2, workers=0, warm_up_steps=1)


class Pair(NamedTuple):
    x: Tensor
    y: Tensor


class Doubles(Dataset[Pair]):
    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, number: int) -> Pair:
        x = torch.randn(5, 3, generator=torch.Generator().manual_seed(number))
        return Pair(x, 2.0 * x)


class Linear(StepNet):
    INPUTS = {"x": (3,)}  # noqa: RUF012
    OUTPUTS = {"y": (3,)}  # noqa: RUF012
    STATES = {"none": (1,)}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3, 3)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return Step((self.linear(inputs[0]),), state)

    def finish(self, outputs: Tensors) -> Tensors:
        return outputs


def _task(validate=None) -> Task:
    torch.manual_seed(0)
    return Task(
        net=Linear(),
        segments=Doubles(),
        inputs_of=lambda pair: (pair.x,),
        loss=lambda outputs, pair: ((outputs[0] - pair.y).square().mean(), {}),
        validate=validate,
    )


@pytest.fixture(autouse=True)
def _no_wandb(monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_the_processes_of_a_run_share_the_segments_of_a_step():
    one = list(_FromStep(Schedule(steps=3, batch=4), 1, rank=0, n_ranks=1))
    two = [list(_FromStep(Schedule(steps=3, batch=2), 1, rank, n_ranks=2)) for rank in (0, 1)]
    assert sorted(two[0] + two[1]) == one
    assert not set(two[0]) & set(two[1])


def test_learning_lowers_the_loss_and_writes_the_log(fabric, tmp_path):
    schedule = Schedule(steps=60, batch=4, rate=0.1, checkpoint_steps=30, workers=0, warm_up_steps=1)
    fit(_task(), schedule, tmp_path, fabric)
    losses = [float(line.split()[3]) for line in (tmp_path / "log.txt").read_text().splitlines()[1:]]
    assert len(losses) == 2 and losses[1] < 0.1 * losses[0]
    assert list(tmp_path.glob("events.out.tfevents.*"))


def test_the_net_is_validated_on_a_copy_with_the_averaged_weights(fabric, tmp_path):
    seen = []

    def validate(net: StepNet) -> dict[str, float]:
        assert not net.training and next(net.parameters()).device.type == "cpu"
        seen.append(net)
        return {"f": 1.0}

    task = _task(validate)
    assert fit(task, SCHEDULE, tmp_path, fabric) == {"f": 1.0}
    assert task.net not in seen[:-1] and seen[-1] is task.net  # the last one is what it ends with
    torch.testing.assert_close(seen[-2].linear.weight, task.net.linear.weight)


def test_weights_and_biases_is_told_offline_where_it_is_installed(fabric, tmp_path, monkeypatch):
    told = []
    run = SimpleNamespace(
        log=lambda values, step: told.append((step, values)), finish=lambda: told.append("end")
    )

    def init(**settings):
        told.append(settings)
        return run

    wandb = SimpleNamespace(init=init, Settings=lambda **settings: settings)
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    fit(_task(), SCHEDULE, tmp_path / "run" / "stems_log", fabric)
    begun, *steps, end = told
    assert begun["mode"] == "offline" and begun["name"] == "run/stems_log"
    assert begun["config"]["batch"] == 2
    assert [step for step, _ in steps] == [2, 4] and "loss" in steps[0][1]
    assert end == "end"


def test_the_real_weights_and_biases_writes_offline(fabric, tmp_path, monkeypatch):
    monkeypatch.undo()
    pytest.importorskip("wandb")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    fit(_task(), SCHEDULE, tmp_path, fabric)
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


class Dropping(Linear):
    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return super().forward((torch.nn.functional.dropout(inputs[0], 0.5, self.training),), state)


class Broken(Doubles):
    def __getitem__(self, number: int) -> Pair:
        if number >= 2 * SCHEDULE.batch:
            raise OSError("the disk went away")
        return super().__getitem__(number)


def test_a_run_with_dropout_that_was_stopped_ends_as_one_that_was_not(fabric, tmp_path):
    def task() -> Task:
        torch.manual_seed(0)
        return replace(_task(), net=Dropping())

    whole, stopped, resumed = task(), replace(task(), segments=Broken()), task()
    fit(whole, SCHEDULE, tmp_path / "whole", fabric)
    with pytest.raises(OSError, match="disk"):
        fit(stopped, SCHEDULE, tmp_path / "halves", fabric)
    torch.manual_seed(99)
    fit(resumed, SCHEDULE, tmp_path / "halves", fabric, resume=True)
    assert torch.equal(whole.net.linear.weight, resumed.net.linear.weight)
