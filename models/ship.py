"""A run's networks go where the app looks for them: `python -m models export --run runs/pair`.

With --use the app hears through them from now on, from wherever they are: settings.toml names them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stemlight.analysis import networks
from stemlight.analysis.streaming_model import MANIFEST_NAME, MODEL_NAME, Manifest
from stemlight.errors import UserError
from stemlight.model_folders import KINDS, ModelFolders
from stemlight.settings import change_settings

from models.quantize import write_variant
from models.variants import NAMES, ONE_BY_ONE, WEIGHTS, write_one

SHIPPED = Path("models/shipped")


def ship(run: Path, to: Path, variant: str = "float32") -> str:
    """Copy the networks of `run`, checked as the app checks them, to folders in `to`; tells the variant.

    `variant`: one of those of `models.variants`, or "best", the one that `python -m models variants` chose.
    A run without beats (of songs whose beats nobody knows) or bars leaves those in `to` as they are.
    UserError, and nothing changed, where a run has no stems, stopped on its way, or one does not load.
    """
    names = names_in(run)
    for name in KINDS:
        if name not in names and (name == "stems" or (run / f"{name}_log").is_dir()):
            raise UserError(
                f"{run} has no trained {name}: run `python -m models train --run {run}` to its end"
            )
    variant, why = _chosen(run, variant)
    _check(run, names)
    to.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".pair-", dir=to))
    try:
        for name in names:
            if name in NAMES:
                _write(run, fresh / name, name, variant, why)
            else:  # not calibrated, and not compared: it steps once a beat
                write_one(run / name, fresh / name, variant if variant in ONE_BY_ONE else "float32")
        _check(fresh, names)
        for name in names:
            if (to / name).exists():
                shutil.rmtree(to / name)
            (fresh / name).replace(to / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return variant


def names_in(run: Path) -> tuple[str, ...]:
    """Which networks a run has."""
    return tuple(name for name in KINDS if (run / name).is_dir())


def _check(folder: Path, names: Sequence[str]) -> None:
    """UserError where the app could not load these beside what ships."""
    networks.load_chosen(replace(ModelFolders.shipped(), **{name: folder / name for name in names}))


def _chosen(run: Path, variant: str) -> tuple[str, str]:
    """The variant's name, and why it was chosen where that is known."""
    table = run / "variants" / "table.json"
    if not table.is_file():
        if variant == "best":
            raise UserError(f"nothing was chosen for {run}: run `python -m models variants --run {run}`")
        return variant, ""
    choice = json.loads(table.read_text(encoding="utf-8"))
    if variant not in ("best", choice["ships"]):
        return variant, "asked for"
    if any(_compared(run, choice["ships"], name) is None for name in NAMES):
        raise UserError(f"{run} has changed since: run `python -m models variants --run {run}` again")
    return choice["ships"], choice["why"]


def _compared(run: Path, variant: str, name: str) -> bytes | None:
    """The very graph that was compared; None where there is none of the model that is there now."""
    folder = run / "variants" / variant / name
    if not (folder / MANIFEST_NAME).is_file():
        return None
    made_from = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))["made_from"]
    if made_from != Manifest.read(run / name).sha256:
        return None
    return (folder / MODEL_NAME).read_bytes()


def _write(run: Path, to: Path, name: str, variant: str, why: str) -> None:
    compared = _compared(run, variant, name)
    if compared is None:
        write_one(run / name, to, variant)
    else:
        write_variant(run / name, to, compared, WEIGHTS[variant])
    path = to / MANIFEST_NAME
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["variant"] = {"name": variant, "why": why}
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models export`."""
    parser.add_argument("--run", type=Path, default=Path("runs/pair"), help="a finished run (%(default)s)")
    parser.add_argument(
        "--to", type=Path, default=SHIPPED, help="folder for stems/, beats/, bars/ (%(default)s)"
    )
    parser.add_argument(
        "--variant", choices=("best", *WEIGHTS), default="float32",
        help="the arithmetic: best is what `python -m models variants` chose (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--int8", action="store_const", dest="variant", const="int8_blocks", help="as --variant int8_blocks"
    )
    parser.add_argument("--use", action="store_true", help="write their place into the app's settings.toml")


def run(options: argparse.Namespace) -> int:
    """`python -m models export`."""
    variant = ship(options.run, options.to, options.variant)
    names = names_in(options.run)
    print(f"{options.to}: {', '.join(names)} of {options.run}, {variant}")
    if options.use:
        places = {name: str((options.to / name / MANIFEST_NAME).resolve()) for name in names}
        print(f"{change_settings('models', places)}: Stemlight hears through them from now on")
    return 0
