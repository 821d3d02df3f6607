"""Tracker modules become stems where their instruments' names decide, else mixes; beats are their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis.feature_frame import STEMS

from models.data.build import Amounts, NoSongError, Source
from models.data.check import onset_strength, strength_at
from models.data.composer.song import Song, write_mix, write_song
from models.data.songs import Beats
from models.data.sources.debian_packages import unpacked
from models.data.sources.openmpt import Module, Row

PACKAGES = (
    "bb", "monsterz-data", "gltron", "fb-music-high", "criticalmass-data", "pachi-data", "biniax2-data",
    "penguin-command", "pekka-kana-2-data", "heroes-sound-tracks", "pingus-data", "bomberclone-data",
    "rafkill-data", "ironseed-data", "tecnoballz-data", "open-invaders-data", "madbomber-data", "flobopuyo",
    "njam-data", "ri-li-data", "solarwolf", "gemdropx", "gl-117-data", "circuslinux-data", "tomatoes-data",
    "vectoroids", "gweled", "vodovod", "tuxmath-data", "dodgindiamond2", "ballz-data", "ceferino-data",
    "freedroid-data", "black-box", "cuyo-data", "pathogen",
)  # fmt: skip
SUFFIXES = (".xm", ".it", ".s3m", ".mod")
SHORTEST_S = 40.0  # shorter ones are jingles
NAMED = 0.85  # of the notes, for stems: the rest goes to "other"
ALL_NAMED = 0.95  # where no name is a bass: then there is none
PEAK = 0.9
_NAMES: tuple[tuple[str, str], ...] = (  # the first that fits; _-. in a name are spaces
    ("drums", r"bass ?dr|b ?drum|\bbd ?\d*\b|kick|kik"),
    ("vocals", r"\bvox\b|vocal|\bvoice|sing(er|ing)|speech|\brap\b|laugh|scream|shout|\byeah"),
    ("bass", r"(?<!contra)\bbas+\b|bassline|slap|\bsub\b|bass ?\d|303|fretless|(syn|acid) ?bass|bass$"),
    ("other", r"guitar|git\b|piano|organ|brass|string|\bpad|\blead|flute|chord|choir|(?<!cow)bell|\barp|\bsax"
              r"|trumpet|violin|vibra|marimba|xylo|harp|5ths|solo|clarinet|oboe|cello|horn|rhodes|accord|saw"
              r"|orch|pizz|synth(?!.*(sn|tom|dr))|square|dist|whistle"),
    ("drums", r"snare|snr|\bsd ?\d*\b|hi ?hat|\bhats?\b|\bhh ?\d*\b|\b[oc]h ?\d*\b|[oc]hh|cymb|crash|clap"
              r"|toms?\b|tom ?\d|perc|\bride|drum|conga|bongo|tamb|shaker|cowbell|rim\b|rimshot|break ?beat"
              r"|timpani|clave|maracas|tr ?[89]0[89]|stick|tabla|cabasa|guiro|timbal|splash|gong|wood ?bl"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModuleSong:
    """One module."""

    package: str
    path: Path
    seconds: float

    @property
    def name(self) -> str:
        """mod_pachi_stage4"""
        package = re.sub(r"-(data|music-high|sound-tracks)$", "", self.package)
        title = re.sub(r"^mod[._]", "", self.path.stem.lower())
        return "mod_" + re.sub(r"[^a-z0-9]+", "_", f"{package} {title}").strip("_")

    def write(self, folder: Path) -> None:
        """Render it. NoSongError if it is a jingle, not in a format that is known, or without a beat."""
        try:
            module = Module(self.path)
        except ValueError as error:
            raise NoSongError(str(error)) from error
        try:
            self._write(module, folder)
        finally:
            module.close()

    def _write(self, module: Module, folder: Path) -> None:
        if module.duration_s < SHORTEST_S:
            raise NoSongError(f"{module.duration_s:.0f} s are too short")
        mix, rows = module.play_rows(self.seconds)
        peak = float(np.abs(mix).max(initial=0.0))
        if peak < 1e-3:
            raise NoSongError("silent")
        gain = np.float32(PEAK / peak)
        beats, tempo_bpm = beats_of(rows, module.pattern_lengths, onset_strength(mix))
        sorted_by_name = sort_instruments(module.instruments, module.notes())
        meta: dict[str, Any] = {
            "title": module.title or self.path.stem,
            "source": f"{self.path.name} of Debian package {self.package}",
            "licence": "free (Debian main), one a package",
            "real": False,
            "tempo": tempo_bpm,
        }
        if sorted_by_name is None:
            write_mix(mix * gain, beats, meta, folder)
            return
        stems = np.zeros((len(STEMS), len(mix)), np.float32)
        for name in ("drums", "bass"):
            if sorted_by_name[name]:
                stems[STEMS.index(name)] = module.play(self.seconds, sorted_by_name[name])
        stems[STEMS.index("other")] = mix - stems.sum(axis=0)
        instruments = {name: [module.instruments[i] for i in found] for name, found in sorted_by_name.items()}
        write_song(Song(stems * gain, beats, None, {**meta, "instruments": instruments}), folder)


def sort_instruments(names: Sequence[str], notes: dict[int, list[int]]) -> dict[str, list[int]] | None:
    """Which instruments are drums and bass; None if too few names say so, or voices are among them."""
    sorted_by_name: dict[str, list[int]] = {"drums": [], "bass": []}
    named = 0
    for instrument, keys in sorted(notes.items()):
        if instrument >= len(names):
            continue
        stem = stem_of(names[instrument])
        if stem == "vocals":
            return None
        if stem is not None:
            named += len(keys)
        if stem in sorted_by_name:
            sorted_by_name[stem].append(instrument)
    total = sum(map(len, notes.values()))
    enough = NAMED if sorted_by_name["bass"] else ALL_NAMED
    return sorted_by_name if sorted_by_name["drums"] and named >= enough * total else None


def stem_of(name: str) -> str | None:
    """What an instrument of this name plays; None if the name says nothing."""
    words = re.sub(r"[_\-.]+", " ", name.lower())
    return next((stem for stem, pattern in _NAMES if re.search(pattern, words)), None)


def beats_of(
    rows: Sequence[Row], pattern_lengths: Sequence[int], strength: np.ndarray
) -> tuple[Beats, float]:
    """(beats, tempo) of the rows; every 4th row mostly, or every 8th, 6th ...: where it sounds most.

    `strength`: onset strength a hop. Patterns begin with a beat, and with a bar if all are whole bars of
    four. NoSongError if no tempo fits.
    """
    row_s = float(np.median([row.speed * 2.5 / max(row.tempo, 1) for row in rows]))
    times_s = np.array([row.time_s for row in rows])
    numbers = np.array([row.number for row in rows])
    even = any(length in (32, 64, 128) for length in pattern_lengths)
    best, rows_per_beat = 0.0, 0
    for count in (2, 4, 8, 16) if even else (2, 3, 4, 6, 8, 12, 16):
        tempo_bpm = 60.0 / (count * row_s)
        if 68 <= tempo_bpm <= 185:
            usual = np.exp(-0.5 * (np.log2(tempo_bpm / 125) / 0.7) ** 2) * (1.15 if count in (4, 8) else 1.0)
            score = strength_at(strength, times_s[numbers % count == 0]) * float(usual)
            if score > best:
                best, rows_per_beat = score, count
    if not rows_per_beat:
        raise NoSongError(f"rows of {1000 * row_s:.0f} ms fit no tempo")
    on_beat = numbers % rows_per_beat == 0
    whole_bars = all(length % (4 * rows_per_beat) == 0 for length in pattern_lengths)
    in_bar = (numbers[on_beat] // rows_per_beat) % 4 + 1 if whole_bars else np.zeros(on_beat.sum(), np.int64)
    return Beats(times_s[on_beat], in_bar), 60.0 / (rows_per_beat * row_s)


def songs(amounts: Amounts) -> Iterator[ModuleSong]:
    """All modules of the packages."""
    seen = set()
    for package in PACKAGES:
        for path in sorted(unpacked(package, amounts.downloads).rglob("*")):
            song = ModuleSong(package, path, amounts.seconds)
            if path.suffix.lower() in SUFFIXES and path.is_file() and song.name not in seen:
                seen.add(song.name)
                yield song


modules = Source(
    name="modules",
    about="tracker modules of Debian's games: stems where the instruments' names decide, else mixes",
    licence="free (Debian main), one a package",
    jobs=songs,
)
