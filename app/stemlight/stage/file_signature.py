"""Says of files whether they have changed since."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Signature = tuple[tuple[Path, int, int], ...]  # file, time of its last change in ns, size


def signature(files: Iterable[Path]) -> Signature:
    """Of those that exist; equal as long as none is written, made or taken away."""
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((file, status.st_mtime_ns, status.st_size))
    return tuple(found)


class Watched:
    """A file that may change, or none."""

    def __init__(self, path: Path | None) -> None:
        self._files = (path,) if path else ()
        self._seen = signature(self._files)

    def has_changed(self) -> bool:
        """Whether it has since this was last asked."""
        before, self._seen = self._seen, signature(self._files)
        return self._seen != before
