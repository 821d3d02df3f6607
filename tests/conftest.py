"""No test reads the settings, presets, shaders or models of who runs it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["STEMLIGHT_SETTINGS"] = str(
    Path(tempfile.gettempdir()) / "stemlight-tests-have-no" / "settings.toml"
)
os.environ["STEMLIGHT_PRESETS"] = os.environ["STEMLIGHT_SHADERS"] = (
    os.environ["STEMLIGHT_SETTINGS"] + "-nor-these"
)
os.environ.pop("STEMLIGHT_MODELS", None)
