"""Human drumming (Groove MIDI) becomes songs: real kits, one-shot kits, and a band that keeps its tempo.

https://magenta.tensorflow.org/datasets/groove (Gillick et al. 2019), CC BY 4.0: 1,150 performances on an
electronic kit, played to a click. Every stroke is known to the millisecond, and so are the beats.
"""

from __future__ import annotations

import csv
import re
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from stemlight.errors import UserError

from models.data.build import Amounts, NoSongError, Source
from models.data.composer.song import write_song
from models.data.held_out import share_of
from models.data.midi_file import DRUM_CHANNEL, NOTE_ON, MidiFile
from models.data.songs import Beats
from models.data.sources.backing import STYLES, band
from models.data.sources.debian_packages import unpacked
from models.data.sources.general_midi import SHORTEST_S, Casting, Kit, perform, phases_of, timed_messages
from models.data.sources.sample_kit import SampleKit, folder_kit, hydrogen_kits
from models.data.sources.soundfont import GENERAL, KITS, FontKit, TimedMessage, installed

URL = "https://storage.googleapis.com/magentadata/datasets/groove/groove-v1.0.0-midionly.zip"
LONGEST_S = 90.0  # of a performance: many of them, rather than all of each
ON_BEAT = 0.2  # of strokes within a sixteenth beat of a beat; 0.125 if they were anywhere
KEYS_OF_GENERAL_MIDI = {22: 42, 26: 46, 58: 43}  # what a Roland calls otherwise


@dataclass(frozen=True, slots=True)
class Performance:
    """One drummer's take, of one of Groove MIDI's files."""

    path: Path
    session: str  # drummer1/session2
    style: str
    tempo_bpm: float
    beats_per_bar: int
    seconds: float
    seed: int
    downloads: Path

    @property
    def name(self) -> str:
        """groove_drummer1_session2_12_funk_120"""
        number = self.path.stem.split("_")[0]
        place = self.session.replace("/", "_").lower()
        return f"groove_{place}_{number}_{self.style}_{self.tempo_bpm:.0f}"

    def write(self, folder: Path) -> None:
        """Play it with a band. NoSongError where the beat is not to be heard in the drums."""
        rng = np.random.default_rng([self.seed, int(share_of(self.name) * 2**32)])
        drums = [
            replace(message, channel=DRUM_CHANNEL) for message in timed_messages(MidiFile.read(self.path))
        ]
        strokes_s = np.array([message.time_s for message in drums if message.kind == NOTE_ON])
        beat_s = 60.0 / self.tempo_bpm
        n_beats = int(min(self.seconds, strokes_s[-1] if len(strokes_s) else 0.0) / beat_s)
        number = np.arange(n_beats)
        beats = Beats(number * beat_s, number % self.beats_per_bar + 1)
        if n_beats * beat_s < SHORTEST_S:
            raise NoSongError("too short")
        if np.mean(np.abs(phases_of(strokes_s, beats.times_s)) < 1 / 16) < ON_BEAT:
            raise NoSongError("the beat is hard to tell from its strokes")
        n_bars = -(-n_beats // self.beats_per_bar)
        others = band(self.style, self.tempo_bpm, self.beats_per_bar, n_bars, rng)
        fonts = installed(GENERAL)
        casting = Casting(
            fonts[rng.integers(len(fonts))], choose_kit(rng, self.downloads), bool(rng.random() < 0.6)
        )
        messages = sorted(
            others + [_general(message) for message in drums], key=lambda message: message.time_s
        )
        song = perform(messages, casting, 0.0, n_beats * beat_s, beats)
        meta = {
            "title": self.path.stem,
            "work": f"groove_{self.session}",
            "source": "Groove MIDI, with a band by MMA",
            "licence": "CC-BY-4.0",
            "style": self.style,
            **song.meta,
        }
        write_song(replace(song, meta=meta), folder)


def choose_kit(rng: np.random.Generator, downloads: Path) -> Kit:
    """A third each: recorded kits, presets of General MIDI, one-shots."""
    recorded = [font for font in KITS if font.path] or list(installed(GENERAL))
    kind = rng.integers(3)
    if kind == 2:
        kits = one_shot_kits(downloads)
        return kits[rng.integers(len(kits))].chosen(rng)
    fonts = recorded if kind == 0 else installed(GENERAL)
    font = fonts[rng.integers(len(fonts))]
    return FontKit(font, int(rng.choice(font.drum_presets)), bool(rng.random() < 0.5))


@cache
def one_shot_kits(downloads: Path) -> tuple[SampleKit, ...]:
    """Hydrogen's drumkits and Sonic Pi's samples."""
    sonic_pi = unpacked("sonic-pi-samples", downloads)
    return (
        *hydrogen_kits(unpacked("hydrogen-drumkits", downloads)),
        *hydrogen_kits(unpacked("hydrogen-data", downloads)),
        folder_kit("sonic_pi", "CC0-1.0", sonic_pi.rglob("*.flac")),
    )


def performances(amounts: Amounts) -> Iterator[Performance]:
    """All long takes in 4/4 and 3/4."""
    root = _groove_midi(amounts.downloads)
    one_shot_kits(amounts.downloads)  # fetched once, before there are many processes
    with (root / "info.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            style = re.split(r"[/-]", row["style"])[0]
            if (
                row["beat_type"] == "beat"
                and float(row["duration"]) >= SHORTEST_S
                and row["time_signature"] in ("4-4", "3-4")
                and style in STYLES
            ):
                yield Performance(
                    path=root / row["midi_filename"],
                    session=row["session"],
                    style=style,
                    tempo_bpm=float(row["bpm"]),
                    beats_per_bar=int(row["time_signature"][0]),
                    seconds=min(amounts.seconds, LONGEST_S),
                    seed=amounts.seed,
                    downloads=amounts.downloads,
                )


def _general(message: TimedMessage) -> TimedMessage:
    key, velocity = message.data
    return replace(message, data=(KEYS_OF_GENERAL_MIDI.get(key, key), velocity))


def _groove_midi(downloads: Path) -> Path:
    """The folder with info.csv, below `downloads`/groove; fetched if it is not there."""
    home = downloads / "groove"
    found = next(home.rglob("info.csv"), None) if home.is_dir() else None
    if found is None:
        home.mkdir(parents=True, exist_ok=True)
        archive = home / "groove.zip"
        try:
            urllib.request.urlretrieve(URL, archive)
            with zipfile.ZipFile(archive) as content:
                content.extractall(home)
        except (OSError, zipfile.BadZipFile) as error:
            raise UserError(f"Groove MIDI: cannot fetch {URL} ({error}); unpack it into {home}") from error
        archive.unlink()
        found = next(home.rglob("info.csv"))
    return found.parent


groove = Source(
    name="groove",
    about="human drumming (Groove MIDI) on recorded, General MIDI and one-shot kits, with a band by MMA",
    licence="CC-BY-4.0 (drumming), GPL-2+ (MMA's styles), kits: GPL, CC-BY-SA-3.0, CC0-1.0",
    jobs=performances,
)
