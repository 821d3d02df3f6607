"""`train` in as many processes as are asked for, with tiny networks.

    python two_processes.py SONGS RUN DEVICES

A script and no test: Fabric starts it again for every other process. Each writes the sum of its weights.
"""

import hashlib
import os
import sys
from functools import partial
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from models import train
from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.net.step_net import StepNet
from models.stems_task import stems_task
from models.training import Schedule


def checksum(net: StepNet) -> str:
    """Of all weights, to the bit."""
    return hashlib.sha256(b"".join(w.numpy().tobytes() for w in net.state_dict().values())).hexdigest()


def main(songs: str, run: str, devices: str) -> None:
    train.StemNet = partial(StemNet, n_units=8)
    train.BeatNet = partial(BeatNet, n_units=8)
    train.BarNet = partial(BarNet, n_units=8)
    train.stems_task = partial(stems_task, n_validation=1)
    schedule = Schedule(steps=3, batch=1, checkpoint_steps=2, workers=0, warm_up_steps=1)
    recipe = train.Recipe(
        run=Path(run),
        songs=(Path(songs),),
        hold_out=("one_b",),
        cache=Path(run) / "cache",
        stems=schedule,
        beats=schedule,
        bars=schedule,
        accelerator="cpu",
        devices=int(devices),
    )
    trained = train.train(recipe)
    rank = os.environ.get("LOCAL_RANK", "0")
    learnt = [checksum(net) for net in (trained.stems, trained.beats, trained.bars)]
    words = " ".join([*learnt, str(torch.distributed.is_initialized())])
    (Path(run) / f"rank_{rank}.txt").write_text(words)


if __name__ == "__main__":
    main(*sys.argv[1:])
