"""A run's networks go where the app looks for them: `python -m models export --run runs/pair`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from stemlight.analysis import networks
from stemlight.errors import UserError

SHIPPED = Path("models/shipped")
NAMES = ("stems", "beats")


def ship(run: Path, to: Path, int8: bool = False) -> None:
    """Copy the exported pair of `run`, checked as the app checks it, to `to`/stems and `to`/beats.

    `int8`: with 8-bit weights. UserError, and nothing changed, where a run has no pair or it does not load.
    """
    for name in NAMES:
        if not (run / name).is_dir():
            raise UserError(
                f"{run} has no trained {name}: run `python -m models train --run {run}` to its end"
            )
    networks.load(run / "stems", run / "beats")
    to.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=to))
        fresh.rmdir()
        if int8:
            from models.quantize import quantize_folder

            quantize_folder(run / name, fresh)
        else:
            shutil.copytree(run / name, fresh)
        fresh.chmod(0o755)
        if (to / name).exists():
            shutil.rmtree(to / name)
        fresh.replace(to / name)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models export`."""
    parser.add_argument("--run", type=Path, default=Path("runs/pair"), help="a finished run (%(default)s)")
    parser.add_argument("--to", type=Path, default=SHIPPED, help="folder for stems/ and beats/ (%(default)s)")
    parser.add_argument("--int8", action="store_true", help="weights of 8 bits: a faster hop")


def run(options: argparse.Namespace) -> int:
    """`python -m models export`."""
    ship(options.run, options.to, options.int8)
    print(f"{options.to}: stems and beats of {options.run}")
    return 0
