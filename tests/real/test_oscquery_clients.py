"""OSCQuery clients that are not ours find the show, read it and set it."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stemlight.bus.controls import CONTROLS
from stemlight.osc.oscquery_tree import control_address
from stemlight.osc.schema import stemlight_table

pytestmark = pytest.mark.real

MACHINES = Path(__file__).with_name("two_machines.py")


def can_make_networks() -> bool:
    """Whether this user may have a network of its own with a cable in it."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    cable = "ip link add here type veth peer name there"
    return (
        subprocess.run(["unshare", "-n", "sh", "-c", cable], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(
    not can_make_networks(), reason="needs the right to make a network (root, iproute2, veth)"
)
@pytest.mark.skipif(not importlib.util.find_spec("pythonoscquery"), reason="needs python-oscquery")
def test_python_oscquery_finds_the_show_by_mdns_reads_its_tree_and_sets_a_control():
    done = subprocess.run(
        ["unshare", "-n", sys.executable, str(MACHINES)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["addresses"] == ["10.98.76.1"]
    assert (found["port"], found["osc_port"]) == (8000, 9000)
    assert found["name"].startswith("Stemlight on ")
    assert found["host_info"] == ["Stemlight", "10.98.76.1", 9000]
    assert found["access"] == 3
    wanted = [control_address(row.name) for row in CONTROLS] + [row.address for row in stemlight_table()]
    assert sorted(found["leaves"]) == sorted(wanted)
    assert found["stranger"] == 403
    assert "http://10.98.76.1:8000/?token=" in found["said"]
    assert found["said_good_bye"]
