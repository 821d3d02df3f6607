"""Real speech made to sing: song folders with nothing but a voice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from stemlight.errors import UserError

from models.data.build import Amounts, NoSongError, Source
from models.data.voices.arrangement import perform
from models.data.voices.folders import write_voice
from models.data.voices.speakers import CORPORA, FEWEST, Speaker, speakers

SONGS_EACH = 4  # of a speaker, in different styles
LONGEST_S = 75.0


@dataclass(frozen=True, slots=True)
class SungVoice:
    """One song by one speaker."""

    name: str
    speaker: Speaker
    number: int
    seconds: float
    seed: int
    kept: Path  # folder of analysed voices

    def write(self, folder: Path) -> None:
        """Sing it. NoSongError where too little was said to sing with."""
        voice = self.speaker.voice(self.kept)
        if len(voice.syllables) < FEWEST:
            raise NoSongError(
                f"{self.speaker.name} says {len(voice.syllables)} syllables; {FEWEST} are needed"
            )
        name_number = int.from_bytes(hashlib.sha256(self.speaker.name.encode()).digest()[:4])
        sung = perform(voice, self.seconds, np.random.default_rng([self.seed, self.number, name_number]))
        about = {
            "artist": self.speaker.name,
            "work": self.speaker.name,  # all of one speaker in one split
            "source": f"speech of {self.speaker.corpus.origin}, re-sung",
            "licence": self.speaker.corpus.licence,
            "style": sung.style,
            "tempo_bpm": round(sung.tempo_bpm, 2),
            "real": False,
        }
        write_voice(folder, {"vocals": sung.sound}, about)


def jobs(amounts: Amounts) -> Iterator[SungVoice]:
    """Songs by everybody who can be had, first one each; a corpus that cannot be had is told and left out."""
    people: list[Speaker] = []
    for corpus in CORPORA:
        try:
            people += speakers(corpus, amounts.downloads)
        except UserError as error:
            Console(stderr=True).print(f"voices: without {corpus.origin}: {error}", markup=False)
    if not people:
        raise UserError("no speaker could be had: see the lines above")
    kept = amounts.downloads / "analysed_voices"
    seconds = min(amounts.seconds, LONGEST_S)
    for number in range(SONGS_EACH):
        for speaker in people:
            name = f"voices_sung_{speaker.name}_{number}"
            yield SungVoice(name, speaker, number, seconds, amounts.seed, kept)


voices_sung = Source(
    "voices_sung", "real speech made to sing, many speakers and styles", "GPL-2+, CC-BY-SA, CC0", jobs
)
