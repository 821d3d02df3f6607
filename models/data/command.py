"""`python -m models data`: the training set, made from what is free, by source."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from stemlight.errors import UserError

from models.data.build import Amounts, Source, build, parse_shard
from models.data.sources.debian_songs import debian_songs
from models.data.sources.groove import groove
from models.data.sources.loops import loops
from models.data.sources.midi_songs import midi_songs
from models.data.sources.modules import modules

SOURCES: dict[str, Source] = {
    source.name: source for source in (debian_songs, midi_songs, groove, loops, modules)
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models data`."""
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help=f"what to make: {', '.join(SOURCES)} (all)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/songs"), help="one folder a source (%(default)s)"
    )
    parser.add_argument(
        "--downloads", type=Path, default=Path("runs/downloads"), help="packages (%(default)s)"
    )
    parser.add_argument("--songs", type=int, metavar="N", help="of each source at most")
    parser.add_argument("--seconds", type=float, default=150.0, help="of each song at most (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="other sounds, other windows (%(default)s)")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="the I-th part of N, for many machines")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (%(default)s)")


def run(options: argparse.Namespace) -> int:
    """`python -m models data`."""
    unknown = [name for name in options.sources if name not in SOURCES]
    if unknown:
        raise UserError(f"no source {', '.join(unknown)}: there are {', '.join(SOURCES)}")
    amounts = Amounts(options.downloads.resolve(), options.seed, options.songs, options.seconds)
    for name in options.sources or SOURCES:
        build(SOURCES[name], options.out, amounts, parse_shard(options.shard), options.workers)
    return 0
