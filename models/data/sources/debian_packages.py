"""Debian packages become folders of their files: fetched and unpacked, never installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from stemlight.errors import UserError


def unpacked(package: str, downloads: Path) -> Path:
    """The root of the package's files below `downloads`; fetched with apt-get on the first call.

    UserError where there is no apt-get, no network or no such package.
    """
    root = downloads / package
    if root.is_dir():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise UserError(f"{package}: no apt-get here; unpack the Debian package into {root} by hand")
    part = downloads / f"{package}.part"
    shutil.rmtree(part, ignore_errors=True)
    (part / "files").mkdir(parents=True)
    _run(["apt-get", "download", "-q", package], part)
    (archive,) = part.glob("*.deb")
    _run(["dpkg-deb", "-x", archive.name, "files"], part)
    (part / "files").replace(root)
    shutil.rmtree(part)
    return root


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        reason = words[-1] if words else f"exit {done.returncode}"
        raise UserError(f"{' '.join(command)}: {reason}; try apt-get update")
