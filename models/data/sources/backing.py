"""A style, a tempo and chords become a band without its drummer, by MMA (Musical MIDI Accompaniment)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from stemlight.errors import UserError

from models.data.build import NoSongError
from models.data.midi_file import DRUM_CHANNEL, MidiFile
from models.data.sources.general_midi import timed_messages
from models.data.sources.soundfont import TimedMessage

INSTALL = "apt-get install mma"
# MMA's own grooves; the first word of a style of Groove MIDI leads here.
STYLES: dict[str, tuple[str, ...]] = {
    "rock": ("BasicRock", "SoftRock", "FolkRock", "BubbleRock", "60sRock", "8Beat", "Rock128", "RockBallad"),
    "pop": ("8Beat", "PopBallad", "SoftRock", "BubbleRock", "BoneyM"),
    "punk": ("60sRock1", "BubbleRock", "BasicRock"),
    "funk": ("BVFunk", "R&B", "JazzRock", "DSoul", "LFusion"),
    "soul": ("DSoul", "R&B", "R&B-Ballad", "LFusion"),
    "hiphop": ("R&B", "BVFunk", "DSoul", "LFusion"),
    "dance": ("Trance", "Trance1", "BoneyM"),
    "jazz": ("Swing", "JazzCombo", "MellowJazz", "Swing1"),
    "blues": ("Blues", "Blues1", "SlowCountry"),
    "country": ("HillCountry", "SlowCountry", "FolkRock"),
    "reggae": ("Ska", "Ska1"),
    "latin": ("BossaNova", "Salsa", "Samba", "Mambo", "Rhumba", "LFusion"),
    "afrocuban": ("Afro-Cuban", "Mambo", "Salsa"),
    "afrobeat": ("LFusion", "BVFunk", "Merengue"),
    "highlife": ("Calypso", "Merengue"),
    "neworleans": ("Strut", "Dixie", "BVFunk"),
    "gospel": ("R&B-Ballad", "DSoul"),
    "waltz": ("Waltz", "RockWaltz", "JazzWaltz"),
}
PROGRESSIONS = (
    "C G Am F", "Am F C G", "C Am F G", "F G Em Am", "C F C G", "Dm G C Am", "Am G F E7", "C Em F G",
    "Am Dm G C", "Dm Bb F C", "Em C G D", "Am Am Dm E7", "C7 F7 C7 G7", "C Bb F C", "Am C D F",
    "CM7 Am7 Dm7 G7",
    "Em7 A7 DM7 DM7", "Am7 D7 GM7 CM7", "C C F Fm", "Am Em F C", "Cm Ab Eb Bb", "Cm Fm Cm G7", "D A Bm G",
    "Dm Dm C C", "Em Em D C", "F C Dm Bb",
)  # fmt: skip
SECTION_BARS = 8


def band(
    style: str, tempo_bpm: float, beats_per_bar: int, n_bars: int, rng: np.random.Generator
) -> list[TimedMessage]:
    """Bass and all else in order of time, from bar 0 at 0 s. UserError without MMA."""
    program = shutil.which("mma")
    if program is None:
        raise UserError(f"MMA is missing: {INSTALL}")
    grooves = STYLES["waltz" if beats_per_bar == 3 else style]
    with tempfile.TemporaryDirectory() as folder:
        text, midi = Path(folder) / "song.mma", Path(folder) / "song.mid"
        text.write_text(score(str(rng.choice(grooves)), tempo_bpm, beats_per_bar, n_bars, rng))
        done = subprocess.run([program, "-f", midi, text], capture_output=True, text=True, check=False)
        if not midi.is_file():
            raise NoSongError(f"MMA: {(done.stdout + done.stderr).strip().splitlines()[-1:]}")
        played = MidiFile.read(midi)
    return [message for message in timed_messages(played) if message.channel != DRUM_CHANNEL]


def score(groove: str, tempo_bpm: float, beats_per_bar: int, n_bars: int, rng: np.random.Generator) -> str:
    """In MMA's language: two alternating parts of eight bars, some of them without the bass or the chords."""
    parts = [str(chords).split() for chords in rng.choice(PROGRESSIONS, size=2, replace=False)]
    lines = [
        f"RndSeed {rng.integers(1, 2**31)}",
        f"Tempo {tempo_bpm:g}",
        f"Timesig {beats_per_bar} 4",
        f"Groove {groove}",
        f"Transpose {rng.integers(-5, 7)}",
    ]
    for bar in range(n_bars):
        if bar % SECTION_BARS == 0:
            number = bar // SECTION_BARS
            chords = parts[(number // 2) % 2]
            lines.append("AllTracks On")
            if rng.random() < 0.15:  # of sections begin with four bars less full
                lines.append(f"AllTracks {rng.choice(['Bass Walk', 'Chord Arpeggio Scale'])} Off")
        if bar % SECTION_BARS == SECTION_BARS // 2:
            lines.append("AllTracks On")
        lines.append(f"{bar + 1} {chords[bar % len(chords)]}")
    return "\n".join(lines) + "\n"
