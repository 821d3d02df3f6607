"""The engine's own process hears through the networks that were asked for, or says why it cannot."""

import shutil
import subprocess
import sys

import pytest
from stemlight.model_folders import KINDS, ModelFolders

pytestmark = pytest.mark.real


@pytest.fixture
def mine(tmp_path):
    """Copies of what ships."""
    for kind in KINDS:
        shutil.copytree(getattr(ModelFolders.shipped(), kind), tmp_path / kind)
    return tmp_path


def show(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "stemlight",
        "run",
        "--input",
        "test",
        "--no-stage",
        "--no-panel",
        "--mute",
    ]
    return subprocess.run(
        [*command, "--seconds", "1", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_the_show_runs_with_other_models_and_says_which(mine):
    done = show("--models", str(mine))
    assert done.returncode == 0, done.stderr
    assert f"stemlight: models: {mine / 'stems'}, {mine / 'beats'} and {mine / 'bars'}\n" in done.stderr


def test_a_model_that_does_not_load_ends_the_show_before_it_begins(mine):
    (mine / "beats" / "model.onnx").write_bytes(b"noise")
    done = show("--models", str(mine))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        f"stemlight: {mine / 'beats' / 'model.onnx'} is not the file"
    )
    assert "Traceback" not in done.stderr
