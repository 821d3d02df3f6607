"""Seeds become songs of our composer: all four stems, voices too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.data.build import Amounts, Source
from models.data.composer.compose import compose
from models.data.composer.genres import GENRES
from models.data.composer.song import write_song

SONGS = 420
FIRST_SEED = 1000  # below are those of tests and of earlier ledgers
LONGEST_S = 70.0  # many songs, rather than long ones


@dataclass(frozen=True, slots=True)
class ComposedSong:
    """The song of a seed."""

    seed: int
    genre: str
    seconds: float

    @property
    def name(self) -> str:
        """composed_01007_pop"""
        return f"composed_{self.seed:05d}_{self.genre}"

    def write(self, folder: Path) -> None:
        """Compose it: half a minute of one core."""
        write_song(compose(self.seed, self.genre, self.seconds), folder)


def songs(amounts: Amounts) -> Iterator[ComposedSong]:
    """The genre goes round with the seed, so that few songs already hold many kinds."""
    genres = list(GENRES)
    for number in range(amounts.songs or SONGS):
        seed = FIRST_SEED + amounts.seed + number
        yield ComposedSong(seed, genres[seed % len(genres)], min(amounts.seconds, LONGEST_S))


composed = Source(
    name="composed",
    about="our composer: 25 genres, drums, bass, a singing voice and the rest by synthesis",
    licence="CC0-1.0",
    jobs=songs,
)
