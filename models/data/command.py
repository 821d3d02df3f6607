"""`python -m models data`: the training set, made from what is free; a page to check it; its hours."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from stemlight.errors import UserError

from models.data.build import Amounts, Source, build, parse_shard
from models.data.check import check
from models.data.folders import adopt
from models.data.sources.composed import composed
from models.data.sources.debian_songs import debian_songs
from models.data.sources.groove import groove
from models.data.sources.loops import loops
from models.data.sources.midi_songs import midi_songs
from models.data.sources.modules import modules
from models.data.table import table
from models.data.voices.open_stems import voices_open
from models.data.voices.sung import voices_sung

# In the order of what an hour of them costs.
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (voices_open, debian_songs, voices_sung, midi_songs, groove, loops, modules, composed)
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models data`."""
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help=f"what to make: {', '.join(SOURCES)} (all of them)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/songs"), help="one folder a source (%(default)s)"
    )
    parser.add_argument(
        "--downloads", type=Path, default=Path("runs/downloads"), help="packages (%(default)s)"
    )
    parser.add_argument("--songs", type=int, metavar="N", help="of each source at most")
    parser.add_argument("--seconds", type=float, default=150.0, help="of each song at most (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="other sounds, other songs (%(default)s)")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="the I-th part of N, for many machines")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (%(default)s)")
    parser.add_argument(
        "--adopt", type=Path, metavar="DIR",
        help="no source but your own: MUSDB18 (.stem.mp4), Slakh, Groove MIDI or E-GMD with sound",
    )  # fmt: skip
    parser.add_argument(
        "--check", type=Path, nargs="?", const=Path("runs/check"), metavar="PAGE",
        help="make nothing; pictures and sounds of some songs of each folder below --out (%(const)s)",
    )  # fmt: skip
    parser.add_argument("--table", action="store_true", help="make nothing; hours and licences of --out")


def run(options: argparse.Namespace) -> int:
    """`python -m models data`."""
    unknown = [name for name in options.sources if name not in SOURCES]
    if unknown:
        raise UserError(f"no source {', '.join(unknown)}: there are {', '.join(SOURCES)}")
    if options.check or options.table:
        return _tell(options)
    amounts = Amounts(options.downloads.resolve(), options.seed, options.songs, options.seconds)
    sources = [SOURCES[name] for name in options.sources or SOURCES]
    for source in [adopt(options.adopt)] if options.adopt else sources:
        build(source, options.out, amounts, parse_shard(options.shard), options.workers)
    return 0


def _tell(options: argparse.Namespace) -> int:
    if not options.out.is_dir():
        raise UserError(f"{options.out}: no songs there yet; make some with `python -m models data`")
    roots = [
        path
        for path in sorted(options.out.iterdir())
        if path.is_dir() and (not options.sources or path.name in options.sources)
    ]
    if options.table:
        print(table(roots), end="")
    if options.check:
        for doubt in check(roots, options.check, options.songs or 4, options.seed):
            print(doubt)
        print(f"look at {options.check / 'index.html'}")
    return 0
