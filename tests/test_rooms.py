"""The direction of imports: from the ground up, no arrow back, no circle."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "app" / "stemlight"

# Anyone may say what is wrong, find what ships or was chosen, read settings, write a file.
GROUND = {
    "display", "errors", "model_folders", "priority", "recordings", "resources", "settings", "versioned_toml",
    "whole_file",
}  # fmt: skip
MAY_IMPORT = {
    "audio": {"analysis.feature_frame"},  # sample rate and hop length, nothing else
    "analysis": set(),
    "bus": {"analysis"},
    "osc": {"analysis", "bus"},
    "sync": {"analysis", "bus"},
    "midi": {"analysis", "bus"},
    "preset": {"analysis", "bus"},
    "engine": {"audio", "analysis", "bus", "osc"},
    "stage": {"analysis", "bus", "preset"},
    "panel": {"analysis", "bus", "preset", "audio.devices", "midi.device_map", "osc.outputs", "osc.profiles"},
    "doors": {"analysis", "bus", "osc", "sync", "midi", "preset"},
    "show": {"bus", "engine", "stage", "panel", "doors", "preset", "osc"},
    "offline": {"audio", "analysis", "stage", "preset", "bus", "osc", "engine", "midi"},
}
NEVER_IN_THE_APP = {"torch", "models", "lightning_fabric"}
NEVER_IN_ANALYSIS = {"PyQt6", "moderngl", "glfw", "sounddevice"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    for name in imports_of(path):
        assert name.split(".")[0] not in NEVER_IN_THE_APP, f"{relative} imports {name}"
        if room == "analysis":
            assert name.split(".")[0] not in NEVER_IN_ANALYSIS, f"{relative} imports {name}"
        if not name.startswith("stemlight.") or room not in MAY_IMPORT:
            continue
        target = name.removeprefix("stemlight.")
        own_or_ground = {room, "__version__"} | GROUND
        allowed = target.split(".")[0] in own_or_ground or any(
            target == edge or target.startswith(edge + ".") for edge in MAY_IMPORT[room]
        )
        assert allowed, f"{relative}: {room} must not import {name}"


@pytest.mark.parametrize("arguments", [["-c", "import stemlight"], ["-m", "stemlight", "--help"]])
def test_heavy_libraries_wait_until_they_are_needed(arguments):
    """`import stemlight` and `--help` load no numeric, graphic or sound library."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    )
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    heavy = {
        "numpy",
        "scipy",
        "onnxruntime",
        "moderngl",
        "glfw",
        "PyQt6",
        "sounddevice",
        "av",
        "torch",
        "rich",
        "aiohttp",
        "zeroconf",
        "segno",
    }
    assert not loaded & heavy
