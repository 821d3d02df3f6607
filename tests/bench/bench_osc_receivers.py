"""oscdump and Pure Data each receive each profile: what was sent, what came, what was lost.

python tests/bench/bench_osc_receivers.py [--seconds 60] [--profile P]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from stemlight.osc.profiles import PROFILES
from stemlight.resources import demo_song

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from osc_receivers import receive_profile


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--profile", choices=PROFILES, action="append")
    parser.add_argument("--song", type=Path, default=demo_song())
    options = parser.parse_args()
    head = ("profile", "seconds", "packets", "messages", "oscdump lost", "Pd lost")
    print("{:<14} {:>7} {:>8} {:>9} {:>13} {:>8}".format(*head))
    for profile in options.profile or PROFILES:
        with tempfile.TemporaryDirectory() as folder:
            received = receive_profile(profile, options.song, options.seconds, Path(folder))
        lost = [(received.expected - program).total() for program in (received.oscdump, received.pure_data)]
        print(
            f"{profile:<14} {received.feed['seconds']:7.1f} {received.feed['osc'][2]['packets']:8} "
            f"{received.expected.total():9} {lost[0]:13} {lost[1]:8}",
            flush=True,
        )


if __name__ == "__main__":
    main()
