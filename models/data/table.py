"""Folders of songs become a table of hours, kinds and licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.data.songs import SongEntry, index, sound_files


def table(roots: Sequence[Path]) -> str:
    """In Markdown, a line a root and one for all. Reads headers only."""
    lines = ["| songs | number | hours | with stems | with beats | with hits | licences |", "|---" * 7 + "|"]
    total = [0, 0.0, 0.0, 0.0, 0.0]
    for root in roots:
        entries = index([root])
        hours = [_hours(entry) for entry in entries]
        counts = [
            len(entries),
            sum(hours),
            _sum(hours, [entry.kind in ("stems", "vocals") for entry in entries]),
            _sum(hours, [entry.has_beats for entry in entries]),
            _sum(hours, [entry.has_hits for entry in entries]),
        ]
        total = [one + other for one, other in zip(total, counts, strict=True)]
        licences = Counter(
            str(entry.meta.get("licence", entry.meta.get("license", "unknown"))) for entry in entries
        )
        named = ", ".join(f"{licence} ({number})" for licence, number in licences.most_common(6))
        more = f" and {len(licences) - 6} more" if len(licences) > 6 else ""
        lines.append(_line(root.name, counts, named + more))
    return "\n".join([*lines, _line("all", total, "")]) + "\n"


def _line(name: str, counts: Sequence[float], licences: str) -> str:
    number, *hours = counts
    return f"| {name} | {number:.0f} | " + " | ".join(f"{value:.1f}" for value in hours) + f" | {licences} |"


def _sum(hours: Sequence[float], chosen: Sequence[bool]) -> float:
    return sum(value for value, one in zip(hours, chosen, strict=True) if one)


def _hours(entry: SongEntry) -> float:
    import soundfile

    return max(soundfile.info(path).duration for path in sound_files(entry.folder).values()) / 3600
