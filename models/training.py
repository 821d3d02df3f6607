"""The loop that trains any network of ours: batches in, averaged weights out, and it can be stopped anywhere.

One machine or many: lightning-fabric places model and gradients. Batch number n is the same in every run
of one seed, so a run that was resumed ends where one that was not does.
"""

from __future__ import annotations

import copy
import importlib.util
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from torch.utils.tensorboard import SummaryWriter

from models.net.step_net import StepNet, Tensors

Loss = Callable[[Tensors, Any], tuple[Tensor, dict[str, float]]]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    steps: int
    batch: int = 16  # segments, on each device
    rate: float = 2e-3  # highest, of AdamW
    warm_up_steps: int = 100
    weight_decay: float = 1e-2
    clip: float = 1.0  # norm of the gradient
    average: float = 0.998  # decay of the averaged weights a step, less in the first steps
    checkpoint_steps: int = 200
    workers: int = 1  # processes that prepare batches; 0: none

    def rate_at(self, step: int) -> float:
        """Linear rise, then half a cosine down to a hundredth."""
        rise = min(1.0, (step + 1) / max(1, self.warm_up_steps))
        fall = 0.5 * (1.0 + math.cos(math.pi * step / max(1, self.steps)))
        return self.rate * rise * (0.01 + 0.99 * fall)


class _FromStep(Sampler[int]):
    """Segment numbers from a step onwards, this device's share of them."""

    def __init__(self, schedule: Schedule, first_step: int, rank: int, n_ranks: int) -> None:
        self._of_step = lambda step: (step * n_ranks + rank) * schedule.batch
        self._schedule, self._first = schedule, first_step

    def __iter__(self) -> Iterator[int]:
        for step in range(self._first, self._schedule.steps):
            start = self._of_step(step)
            yield from range(start, start + self._schedule.batch)

    def __len__(self) -> int:
        return (self._schedule.steps - self._first) * self._schedule.batch


@dataclass(frozen=True)
class Task:
    """What a network is trained for."""

    net: StepNet
    segments: Dataset[Any]  # endless by number
    inputs_of: Callable[[Any], Tensors]
    loss: Loss
    validate: Callable[[StepNet], dict[str, float]] | None = None


def fit(
    task: Task, schedule: Schedule, folder: Path, fabric: Fabric, resume: bool = False
) -> dict[str, float]:
    """Train `task.net` in place; it ends on the CPU with the averaged weights. Returns the last validation.

    `folder` gets log.txt, TensorBoard events and last.pt, the checkpoint that `resume` goes on from; where
    Weights & Biases is installed, its log too, offline unless WANDB_MODE says otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bare = task.net.train()
    optimizer = torch.optim.AdamW(bare.parameters(), lr=schedule.rate, weight_decay=schedule.weight_decay)
    average = {name: weight.detach().clone() for name, weight in bare.state_dict().items()}
    step, spent_s, checkpoint = 0, 0.0, folder / "last.pt"
    if resume and checkpoint.is_file():
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        bare.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, spent_s = saved["average"], saved["step"], saved["spent_s"]
    net, optimizer = fabric.setup(bare, optimizer)
    average = {name: weight.to(fabric.device) for name, weight in average.items()}
    loader = DataLoader(
        task.segments,
        batch_size=schedule.batch,
        sampler=_FromStep(schedule, step, fabric.global_rank, fabric.world_size),
        num_workers=schedule.workers,
        worker_init_fn=_one_thread,
        prefetch_factor=4 if schedule.workers else None,
    )
    log = _Log(folder, schedule, enabled=fabric.is_global_zero, append=step > 0)
    waited_s = 0.0
    started = asked = time.perf_counter()
    first = step
    for batch in loader:
        waited_s += time.perf_counter() - asked
        segment = type(batch)(*(x.to(fabric.device) for x in batch))
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(step)
        state = tuple(x.to(fabric.device) for x in bare.initial_state(schedule.batch))
        with torch.random.fork_rng(devices=[]):  # for dropout: the same step, resumed or not, says the same
            torch.manual_seed(step * fabric.world_size + fabric.global_rank)
            loss, parts = task.loss(net(task.inputs_of(segment), state).outputs, segment)
        fabric.backward(loss)
        norm = fabric.clip_gradients(net, optimizer, max_norm=schedule.clip)
        optimizer.step()
        optimizer.zero_grad()
        keep = min(schedule.average, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, weight in bare.state_dict().items():
                average[name].lerp_(weight, 1.0 - keep)
        step += 1
        log.add({"loss": float(loss.detach()), "gradient": float(norm or 0.0), **parts})
        if step % schedule.checkpoint_steps == 0 or step == schedule.steps:
            seconds = (time.perf_counter() - started) / (step - first)
            validation = _validated(task, bare, average)
            log.write(step, {**validation, "s_a_step": seconds, "s_waited": waited_s / (step - first)})
            if fabric.is_global_zero:
                weights = {"net": bare.state_dict(), "average": average, "optimizer": optimizer.state_dict()}
                passed_s = spent_s + time.perf_counter() - started
                _save(checkpoint, {**weights, "step": step, "spent_s": passed_s})
        asked = time.perf_counter()
    bare.load_state_dict(average)
    bare.cpu().eval()
    log.close()
    return {} if task.validate is None else task.validate(bare)


def _validated(task: Task, net: StepNet, average: dict[str, Tensor]) -> dict[str, float]:
    if task.validate is None:
        return {}
    judged = copy.deepcopy(net).cpu().eval()  # validation is the same wherever the training is
    judged.load_state_dict(average)
    with torch.no_grad():
        return task.validate(judged)


def minutes_spent(folder: Path) -> float:
    """On the training in `folder`, all its sessions together; none where it had no steps."""
    if not (folder / "last.pt").is_file():
        return 0.0
    saved = torch.load(folder / "last.pt", map_location="cpu", weights_only=True)
    return float(saved["spent_s"]) / 60


def _save(path: Path, state: dict[str, Any]) -> None:
    fresh = path.with_suffix(".part")
    torch.save(state, fresh)
    fresh.replace(path)


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)


class _Log:
    """Means since the last line, to a text file, the terminal, TensorBoard and Weights & Biases."""

    def __init__(self, folder: Path, schedule: Schedule, enabled: bool, append: bool) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0
        self._enabled = enabled
        if enabled:
            self._text = (folder / "log.txt").open("a" if append else "w", encoding="utf-8")
            self._board = SummaryWriter(str(folder))
            self._wandb = _wandb_run(folder, schedule)
            if not append:
                self._text.write(f"# {asdict(schedule)}\n")

    def add(self, values: dict[str, float]) -> None:
        self._count += 1
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def write(self, step: int, validation: dict[str, float]) -> None:
        if not self._enabled:
            return
        means = {name: total / self._count for name, total in self._sums.items()} | validation
        line = f"step {step}  " + "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        print(line, flush=True)
        self._text.write(line + "\n")
        self._text.flush()
        for name, value in means.items():
            self._board.add_scalar(name, value, step)
        if self._wandb:
            self._wandb.log(means, step=step)
        self._sums, self._count = {}, 0

    def close(self) -> None:
        if self._enabled:
            self._text.close()
            self._board.close()
            if self._wandb:
                self._wandb.finish()


def _wandb_run(folder: Path, schedule: Schedule) -> Any:
    """None where Weights & Biases is not installed."""
    if importlib.util.find_spec("wandb") is None:
        return None
    import wandb

    mode: Any = os.environ.get("WANDB_MODE", "offline")
    return wandb.init(
        project="stemlight", name=f"{folder.parent.name}/{folder.name}", dir=str(folder), mode=mode,
        config=asdict(schedule), reinit="create_new", settings=wandb.Settings(silent=True),
    )  # fmt: skip
