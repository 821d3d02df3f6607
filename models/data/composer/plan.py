"""A genre and a length become a plan: tempo, key, form, chords. All that comes before the first note."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.clock import BeatClock, make_clock
from models.data.composer.form import make_form
from models.data.composer.genres import Genre
from models.data.composer.harmony import Chart, chords_of
from models.data.composer.score import Section

TAIL_S = 1.5  # after the last bar, for what still rings


@dataclass(frozen=True, slots=True)
class Plan:
    """What every player is given."""

    genre: Genre
    chart: Chart
    clock: BeatClock
    sections: list[Section]
    n_bars: int
    n_channels: int  # of every track, 1 or 2
    count_in_beats: int = 0  # struck before the first bar

    @property
    def n_samples(self) -> int:
        """Of every track."""
        return round((self.clock.seconds(self.n_bars * self.genre.beats_per_bar) + TAIL_S) * SAMPLE_RATE)

    @property
    def beat_s(self) -> float:
        """A beat at the nominal tempo."""
        return 60.0 / self.clock.tempo_bpm

    def sample_at(self, beat: float) -> int:
        """When `beat` is, in samples."""
        return round(self.clock.seconds(beat) * SAMPLE_RATE)

    def silence(self) -> np.ndarray:
        """An empty track, float32 (n_channels, n_samples)."""
        return np.zeros((self.n_channels, self.n_samples), np.float32)


def make_plan(genre: Genre, seconds: float, n_channels: int, rng: np.random.Generator) -> Plan:
    """A plan for about `seconds` of music, the tail included."""
    tempo_bpm = float(rng.uniform(*genre.tempo_bpm))
    if genre.drift == 0.0:
        tempo_bpm = float(round(tempo_bpm))
    n = genre.beats_per_bar
    start_s = float(rng.choice([0.0, rng.uniform(0.05, 1.2)]))
    count_in_beats = n if genre.human_s > 0.003 and rng.random() < 0.15 else 0
    start_s += 1.1 * count_in_beats * 60 / tempo_bpm  # people may count slower than they play
    n_bars = max(2, round((seconds - start_s - TAIL_S) * tempo_bpm / 60 / n))
    sections = make_form(genre.form, n_bars, rng)
    scale, verse = genre.progressions[int(rng.integers(len(genre.progressions)))]
    same_scale = [line for other, line in genre.progressions if other == scale]
    chorus = same_scale[int(rng.integers(len(same_scale)))]
    key = int(rng.integers(12))
    lift = 1 if genre.form == "song" and rng.random() < 0.08 else 0  # the last chorus a semitone up
    last_chorus = max((s.first_bar for s in sections if s.kind == "chorus"), default=n_bars)
    chords = []
    for section in sections:
        line = chorus if section.kind in ("chorus", "drop", "build") else verse
        up = lift if section.first_bar >= last_chorus else 0
        chords += chords_of(line, (key + up) % 12, section.first_bar, section.n_bars, n)
    changes = []
    if rng.random() < 0.06 and len(sections) > 3:
        middle = sections[len(sections) // 2].first_bar * n
        changes.append((float(middle), float(rng.choice([0.94, 1.06, 1.12]))))
    clock = make_clock(
        tempo_bpm,
        n_bars * n,
        start_s=start_s,
        drift=genre.drift * float(rng.uniform(0.3, 1.6)),
        changes=changes,
        slowing_beats=float(n) if genre.drift > 0.01 and rng.random() < 0.4 else 0.0,
        rng=rng,
    )
    return Plan(genre, Chart(chords, n, key, scale), clock, sections, n_bars, n_channels, count_in_beats)
