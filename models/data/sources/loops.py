"""Grooves of the composer become songs on one-shot kits, machines most of them, with a band by MMA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.data.build import Amounts, Source
from models.data.composer.drumming import Drummer
from models.data.composer.form import make_form
from models.data.composer.genres import GENRES
from models.data.composer.score import Stroke
from models.data.composer.song import write_song
from models.data.midi_file import DRUM_CHANNEL, NOTE_ON
from models.data.songs import Beats
from models.data.sources.backing import band
from models.data.sources.general_midi import Casting, perform
from models.data.sources.groove import one_shot_kits
from models.data.sources.soundfont import GENERAL, TimedMessage, installed

SONGS = 120
LONGEST_S = 90.0
STYLES = {
    "house": "dance", "techno": "dance", "trance": "dance", "drum_and_bass": "funk", "dubstep": "hiphop",
    "hip_hop": "hiphop", "trap": "soul", "pop": "pop", "rock": "rock", "punk": "punk", "funk": "funk",
    "disco": "dance", "reggae": "reggae", "bossa": "latin", "reggaeton": "latin", "ballad": "gospel",
    "folk": "country",
}  # fmt: skip
_KEYS = {
    "kick": 36, "snare": 38, "clap": 39, "rim": 37, "hat_closed": 42, "hat_open": 46, "hat_pedal": 44,
    "ride": 51, "crash": 49, "tom_low": 43, "tom_mid": 47, "tom_high": 50, "shaker": 70, "tambourine": 54,
    "cowbell": 56, "conga_high": 48, "conga_low": 45, "clave": 37,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoopSong:
    """One song of a seed."""

    number: int
    genre: str
    seconds: float
    seed: int
    downloads: Path

    @property
    def name(self) -> str:
        """loops_0007_house"""
        return f"loops_{self.number:04d}_{self.genre}"

    def write(self, folder: Path) -> None:
        """Compose and play it."""
        rng = np.random.default_rng([self.seed, self.number])
        genre = GENRES[self.genre]
        tempo_bpm = float(np.round(rng.uniform(*genre.tempo_bpm)))
        beat_s = 60.0 / tempo_bpm
        n_beats = int(self.seconds / beat_s) // genre.beats_per_bar * genre.beats_per_bar
        sections = make_form(genre.form, n_beats // genre.beats_per_bar, rng)
        strokes = [
            _message(stroke, beat_s, float(rng.normal(0.0, genre.human_s)))
            for stroke in Drummer(genre, rng).play(sections)
            if stroke.part in _KEYS
        ]
        others = band(STYLES[self.genre], tempo_bpm, genre.beats_per_bar, n_beats // genre.beats_per_bar, rng)
        kits, fonts = one_shot_kits(self.downloads), installed(GENERAL)
        kit = kits[int(rng.integers(len(kits)))].chosen(rng)
        casting = Casting(fonts[int(rng.integers(len(fonts)))], kit, bool(rng.random() < 0.6))
        number = np.arange(n_beats)
        beats = Beats(number * beat_s, number % genre.beats_per_bar + 1)
        messages = sorted(others + strokes, key=lambda message: message.time_s)
        song = perform(messages, casting, 0.0, n_beats * beat_s, beats)
        meta = {
            "title": self.name,
            "source": "grooves of Stemlight's composer on one-shot kits, with a band by MMA",
            "licence": kit.licence,
            "genre": self.genre,
            **song.meta,
        }
        write_song(replace(song, meta=meta), folder)


def songs(amounts: Amounts) -> Iterator[LoopSong]:
    """The genre goes round with the number."""
    one_shot_kits(amounts.downloads)
    genres = list(STYLES)
    for number in range(amounts.songs or SONGS):
        seconds = min(amounts.seconds, LONGEST_S)
        yield LoopSong(number, genres[number % len(genres)], seconds, amounts.seed, amounts.downloads)


def _message(stroke: Stroke, beat_s: float, late_s: float) -> TimedMessage:
    velocity = int(np.clip(round(stroke.velocity * 127), 1, 127))
    time_s = max(0.0, stroke.beat * beat_s + late_s)
    return TimedMessage(time_s, NOTE_ON, DRUM_CHANNEL, (_KEYS[stroke.part], velocity))


loops = Source(
    name="loops",
    about="grooves of our composer on the one-shot kits of Hydrogen and Sonic Pi, with a band by MMA",
    licence="kits: GPL, CC-BY-SA-3.0, CC0-1.0",
    jobs=songs,
)
