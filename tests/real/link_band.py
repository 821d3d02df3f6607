"""A band that plays with Ableton Link: a peer in a process of its own, told what to do line by line.

As a script: says its tempo and beat on the host's clock for each line `ask`, sets the tempo for `tempo BPM`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any


class Band:
    """The other end of the pipe."""

    def __init__(self, tempo_bpm: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(tempo_bpm)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ask()

    def ask(self) -> dict[str, Any]:
        """`host_s`, `beat` of four at that moment, `tempo_bpm`, `peers`."""
        return self._tell("ask")

    def play(self, tempo_bpm: float) -> None:
        self._tell(f"tempo {tempo_bpm}")

    def leave(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def fall_silent(self) -> None:
        """As a computer whose battery is empty."""
        self._process.kill()
        self._process.wait()

    def _tell(self, line: str) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def beats_off(beat: float, said: dict[str, Any], host_s: float) -> float:
    """How far `beat` at `host_s` is from what the band said, whole bars of four aside."""
    true = said["beat"] + (host_s - said["host_s"]) * said["tempo_bpm"] / 60.0
    return (beat - true + 2.0) % 4.0 - 2.0


def _play() -> None:
    import link

    peer = link.Link(float(sys.argv[1]))
    peer.enabled = True
    clock = peer.clock()
    for line in sys.stdin:
        session = peer.captureAppSessionState()
        before_s = time.perf_counter()
        micros = clock.micros()
        host_s = 0.5 * (before_s + time.perf_counter())
        if line.startswith("tempo"):
            session.setTempo(float(line.split()[1]), micros)
            peer.commitAppSessionState(session)
        said = {
            "host_s": host_s,
            "beat": session.phaseAtTime(micros, 4.0),
            "tempo_bpm": session.tempo(),
            "peers": peer.numPeers(),
        }
        print(json.dumps(said), flush=True)
    peer.enabled = False


if __name__ == "__main__":
    _play()
