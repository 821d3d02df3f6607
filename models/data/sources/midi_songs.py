"""The General MIDI music of Debian's games becomes songs: two casts each, other stretches of long ones."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.data.build import Amounts, NoSongError, Source
from models.data.composer.song import write_song
from models.data.held_out import share_of
from models.data.midi_file import MidiFile
from models.data.sources.debian_packages import unpacked
from models.data.sources.general_midi import SHORTEST_S, beats_of, cast, perform, timed_messages
from models.data.sources.soundfont import GENERAL, KITS, installed

LICENCES = {
    "openttd-openmsx": "GPL-2",
    "freedoom": "BSD-3-Clause",
    "simutrans-data": "Artistic-1.0",
    "planetblupi-music-midi": "GPL-3+",
    "freedink-data": "GPL-3+ and freer, one a file",
}
RENDERINGS = 2


@dataclass(frozen=True, slots=True)
class MidiSong:
    """A stretch of a file by one cast."""

    package: str
    path: Path
    lump: str  # in a WAD; empty: the file itself
    rendering: int
    seconds: float
    seed: int

    @property
    def work(self) -> str:
        """midi_openttd_openmsx_relax_song"""
        title = re.sub(r"[^A-Za-z0-9]+", "_", self.lump or self.path.stem).strip("_").lower()
        package = re.sub(r"-(data|music-midi|openmsx)$", "", self.package)
        return f"midi_{package}_{title}"

    @property
    def name(self) -> str:
        """The work and which rendering of it."""
        return f"{self.work}_{self.rendering}"

    def write(self, folder: Path) -> None:
        """Render it. NoSongError if the file has no such stretch, no beat or nothing that sounds."""
        rng = np.random.default_rng([self.seed, self.rendering, int(share_of(self.work) * 2**32)])
        content = lumps(self.path)[self.lump] if self.lump else self.path.read_bytes()
        try:
            midi = MidiFile.parse(content)
        except ValueError as error:
            raise NoSongError(f"no MIDI: {error}") from error
        start_s, duration_s = stretch(midi.seconds_at(midi.end_tick), self.seconds, self.rendering)
        casting = cast(rng, installed(GENERAL), [kit for kit in KITS if kit.path])
        song = perform(timed_messages(midi), casting, start_s, duration_s, beats_of(midi))
        meta = {
            "title": self.lump or self.path.stem,
            "work": self.work,
            "source": f"MIDI of Debian package {self.package}",
            "licence": LICENCES[self.package],
            **song.meta,
        }
        write_song(replace(song, meta=meta), folder)


def stretch(length_s: float, seconds: float, rendering: int) -> tuple[float, float]:
    """(start, duration): rendering 0 has the first stretch, 1 the second, and round again where it ends."""
    if length_s < SHORTEST_S:
        raise NoSongError(f"{length_s:.0f} s are too short")
    whole = max(1, int(length_s // seconds))
    start_s = (rendering % whole) * seconds
    return start_s, min(seconds, length_s - start_s)


def lumps(path: Path) -> dict[str, bytes]:
    """The MIDI songs in a WAD of Doom, by name. Empty if it is no WAD."""
    content = path.read_bytes()
    if content[:4] not in (b"IWAD", b"PWAD"):
        return {}
    n_lumps, directory = struct.unpack("<ii", content[4:12])
    found = {}
    for number in range(n_lumps):
        at, length, raw = struct.unpack_from("<ii8s", content, directory + 16 * number)
        if content[at : at + 4] == b"MThd":
            found[raw.rstrip(b"\0").decode("ascii", "replace")] = content[at : at + length]
    return found


def songs(amounts: Amounts) -> Iterator[MidiSong]:
    """First one rendering of everything, then the next."""
    installed(GENERAL)
    files = []
    for package in LICENCES:
        root = unpacked(package, amounts.downloads)
        for path in sorted(root.rglob("*")):
            if path.suffix.lower() == ".mid":
                files.append((package, path, ""))
            elif path.suffix.lower() == ".wad":
                files += [(package, path, lump) for lump in sorted(lumps(path))]
    for rendering in range(RENDERINGS):
        for package, path, lump in files:
            yield MidiSong(package, path, lump, rendering, amounts.seconds, amounts.seed)


midi_songs = Source(
    name="midi",
    about="General MIDI music of Debian's games through several soundfonts: stems, beats and hits exact",
    licence=", ".join(sorted(set(LICENCES.values()))),
    jobs=songs,
)
