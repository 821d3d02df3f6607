"""Keeps what was not saved: a file for each preset that is being edited, for the day that the panel dies."""

from __future__ import annotations

import contextlib
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from stemlight.errors import UserError
from stemlight.preset.library import name_key, preset_file, preset_in
from stemlight.preset.preset import Preset
from stemlight.preset.saving import preset_as_toml
from stemlight.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit that nobody saved."""

    preset: Preset
    kept_s: float  # when, seconds since 1970


def drafts_dir() -> Path:
    """Where they are; there may be no such folder."""
    import platformdirs

    return platformdirs.user_state_path("stemlight", appauthor=False) / "drafts"


def keep_draft(name: str, preset: Preset) -> None:
    """Written whole. UserError where that cannot be."""
    path = _path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {path.parent}: {error.strerror or error}") from None
    with whole_file(path) as temporary:
        temporary.write_text(preset_as_toml(preset), encoding="utf-8")


def found_draft(name: str) -> Draft | None:
    """Of the preset that is called `name`; None where there is none that can be read."""
    path = _path(name)
    try:
        text, kept_s = path.read_text(encoding="utf-8"), path.stat().st_mtime
        return Draft(preset_in(text, preset_file(name)), kept_s)
    except (OSError, UnicodeDecodeError, UserError):
        return None


def drop_draft(name: str) -> None:
    """It was saved, or nobody wants it."""
    with contextlib.suppress(OSError):
        _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    plain = re.sub(r"\W+", "_", Path(name).stem.casefold())[:60]
    return drafts_dir() / f"{plain}-{zlib.crc32(name_key(name).encode()):08x}.toml"
