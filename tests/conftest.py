"""No test reads the settings or the models of who runs it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["STEMLIGHT_SETTINGS"] = str(
    Path(tempfile.gettempdir()) / "stemlight-tests-have-no" / "settings.toml"
)
os.environ.pop("STEMLIGHT_MODELS", None)
