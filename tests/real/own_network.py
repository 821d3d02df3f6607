"""Runs a script where only loopback is: what multicasts must not reach the room's network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_SET_UP = 'ip link set lo up && ip route add 224.0.0.0/4 dev lo && exec "$@"'


def in_own_network(script: str, *arguments: str, timeout_s: float = 120.0) -> dict[str, Any]:
    """The JSON object that `script`, beside this file, printed last. Skips where that is not permitted."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    into = ["unshare", "--net", *as_root, "sh", "-c", _SET_UP, "sh"]
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("needs unshare and ip")
    tried = subprocess.run([*into, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"a network namespace is not permitted here: {tried.stderr.strip()}")
    command = [*into, sys.executable, str(Path(__file__).parent / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
