"""Where recordings of the live show go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from stemlight.errors import UserError


def recordings_dir() -> Path:
    """Where they go if nothing else is said; there may be no such folder."""
    import platformdirs

    return platformdirs.user_videos_path()


def recording_path(asked: str, now: datetime) -> Path:
    """Where a recording goes. UserError where it cannot. What is there already is never written over.

    `asked`: a file, or empty for a new one among the person's videos.
    """
    if asked:
        path = Path(asked).expanduser()
        if path.suffix.lower() != ".mp4":
            raise UserError(f"{path}: a recording is an .mp4; name it so")
    else:
        folder = recordings_dir()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"Stemlight {now:%Y-%m-%d %H.%M.%S}.mp4"
    if not path.parent.is_dir():
        raise UserError(f"cannot record {path}: there is no folder {path.parent}")
    free, n = path, 1
    while free.exists() or part_of(free).exists():
        n += 1
        free = path.with_stem(f"{path.stem}-{n}")
    return free


def part_of(path: Path) -> Path:
    """What a recording is called while it is made."""
    return path.with_suffix(".part.mp4")
