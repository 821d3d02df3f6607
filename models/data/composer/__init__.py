"""A composer: a seed becomes a song in stems, with its beats and hits known exactly."""

from __future__ import annotations

from models.data.composer.compose import compose
from models.data.composer.genres import GENRES
from models.data.composer.song import Song, write_song

__all__ = ["GENRES", "Song", "compose", "write_song"]
