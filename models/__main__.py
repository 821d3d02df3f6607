"""`python -m models COMMAND`: the workshop's commands, from a checkout with the `train` extra."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

# One thread a process in numpy's BLAS: batches are prepared by processes of their own, and two threads that
# wait for each other on a busy machine take ten times as long. Must stand before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done; 1 failed; 2 bad usage or input; 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (doc, add_arguments) in _COMMANDS.items():
        add_arguments(commands.add_parser(name, help=doc, description=doc))
    options = parser.parse_args(arguments)
    from stemlight.errors import UserError

    try:
        return int(options.run_command(options))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _data(parser: argparse.ArgumentParser) -> None:
    from models.data import command

    command.add_arguments(parser)
    parser.set_defaults(run_command=command.run)


def _train(parser: argparse.ArgumentParser) -> None:
    from models import train

    train.add_arguments(parser)
    parser.set_defaults(run_command=train.run)


def _export(parser: argparse.ArgumentParser) -> None:
    from models import ship

    ship.add_arguments(parser)
    parser.set_defaults(run_command=ship.run)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    from models import evaluate

    evaluate.add_arguments(parser)
    parser.set_defaults(run_command=evaluate.run)


def _variants(parser: argparse.ArgumentParser) -> None:
    from models import variants

    variants.add_arguments(parser)
    parser.set_defaults(run_command=variants.run)


def _lifecycle(parser: argparse.ArgumentParser) -> None:
    from models import lifecycle

    lifecycle.add_arguments(parser)
    parser.set_defaults(run_command=lifecycle.run)


_COMMANDS = {
    "data": ("make the training set from many sources, with exact stems, beats and hits", _data),
    "train": ("songs become the networks; one command from nothing", _train),
    "export": ("a run's networks become folders that the app can run", _export),
    "evaluate": ("score a pair on songs, as a stream", _evaluate),
    "variants": ("the pair in several kinds of arithmetic: quality against time", _variants),
    "lifecycle": ("a model's whole life in miniature, as a test", _lifecycle),
}

if __name__ == "__main__":
    raise SystemExit(main())
