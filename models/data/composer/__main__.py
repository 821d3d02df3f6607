"""`python -m models.data.composer OUT`: writes song folders, those that are not there yet."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from stemlight.errors import UserError

from models.data.composer.batch import write_songs
from models.data.composer.genres import GENRES


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done; 2 bad usage. Songs are named by seed: the same number is the same song."""
    parser = argparse.ArgumentParser(prog="python -m models.data.composer", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the song folders")
    parser.add_argument("--songs", type=int, default=120, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="length of each, about")
    parser.add_argument("--seed", type=int, default=0, help="of the first song; the others count up")
    parser.add_argument("--genre", choices=sorted(GENRES), help="only this; otherwise all in turn")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="W")
    options = parser.parse_args(arguments)
    try:
        n_written = write_songs(
            options.out,
            options.songs,
            options.seconds,
            options.seed,
            options.genre,
            options.workers,
            report=print,
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(f"{n_written} songs written, {options.songs - n_written} were there already: {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
