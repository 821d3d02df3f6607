"""Grooves become strokes: patterns and feels per section, ghosts, fills, stops, builds, crashes, swing."""

from __future__ import annotations

import numpy as np

from models.data.composer.genres import Genre
from models.data.composer.score import Section, Stroke

FILL_PARTS = ("snare", "tom_high", "tom_mid", "tom_low")
CRASHED = ("chorus", "drop", "solo", "verse")  # sections that begin with a crash, by chance


def steps_of(groove: str, steps_per_bar: int, bar: int) -> list[tuple[int, float]]:
    """(step, velocity) of what sounds in `bar`; a groove of several bars goes round."""
    n_bars = max(1, len(groove) // steps_per_bar)
    first = (bar % n_bars) * steps_per_bar
    line = groove[first : first + steps_per_bar]
    return [(step, int(mark) / 9) for step, mark in enumerate(line) if mark != "."]


class Drummer:
    """Plays one song: keeps its groove, varies it by section, fills at the ends."""

    def __init__(self, genre: Genre, rng: np.random.Generator) -> None:
        def pick(options: tuple[str, ...]) -> str:
            return options[int(rng.integers(len(options)))]

        self.genre, self.rng = genre, rng
        self.per_beat, self.n_beats = genre.steps_per_beat, genre.beats_per_bar
        self.per_bar = self.per_beat * self.n_beats
        self.swing = float(rng.uniform(*genre.swing))
        self.kicks = {"light": pick(genre.kicks), "full": pick(genre.kicks)}
        self.snares = {"light": pick(genre.snares), "full": pick(genre.snares)}
        self.hats = {"light": pick(genre.hats), "full": pick(genre.hats)}
        self.snare_part = pick(genre.snare_parts)
        self.layered_clap = "clap" in genre.snare_parts and rng.random() < 0.3
        self.hat_parts = {"light": pick(genre.hat_parts), "full": pick(genre.hat_parts)}
        self.percussion = [line for line in genre.percussion if rng.random() < 0.4]
        self.machine = genre.human_s <= 0.003
        self.fill_chance = float(rng.uniform(0.1, 0.6) if self.machine else rng.uniform(0.4, 1.0))

    def play(self, sections: list[Section], count_in_beats: int = 0) -> list[Stroke]:
        """All strokes of the song, in order of beats; those of the count-in lie before beat 0."""
        stick = "rim" if self.rng.random() < 0.5 else "hat_pedal"
        strokes = [Stroke(float(beat), stick, 0.7) for beat in range(-count_in_beats, 0)]
        for section, following in zip(sections, [*sections[1:], None], strict=True):
            feel = self._feel(section)
            for bar in range(section.first_bar, section.end_bar):
                ends = bar == section.end_bar - 1 and following is not None
                strokes += self._bar(section, bar, feel, ends)
            if section.drums in ("full", "light") and section.kind in CRASHED:
                strokes += self._crash(section)
        return sorted(strokes, key=lambda stroke: stroke.beat)

    def _at(self, step: int) -> float:
        """Beats from the bar's start; the off-sixteenths come late by the swing."""
        late = self.swing if self.per_beat == 4 and step % 2 == 1 else 0.0
        return (step + late * 0.67) / self.per_beat

    def _feel(self, section: Section) -> str:
        """Half time and double time: the snare moves, the beat does not."""
        chance = self.rng.random()
        if self.n_beats == 4 and section.drums in ("full", "light"):
            if chance < self.genre.half_time:
                return "half"
            if chance > 1 - self.genre.double_time:
                return "double"
        return "groove"

    def _bar(self, section: Section, bar: int, feel: str, ends: bool) -> list[Stroke]:
        beat = float(bar * self.n_beats)
        if section.drums == "none":
            return self._pickup(beat) if ends and self.rng.random() < 0.35 else []
        if section.drums == "build":
            return self._build(section, bar)
        if section.drums == "kick":
            kicks = steps_of(self.kicks["full"], self.per_bar, bar)
            return [Stroke(beat + self._at(step), "kick", velocity) for step, velocity in kicks]
        loud = 0.75 + 0.25 * section.energy
        end = self._groove_end(bar, ends)
        strokes = [
            Stroke(beat + self._at(step), part, float(np.clip(velocity * loud, 0.08, 1.0)))
            for step, part, velocity in self._groove(section, bar, feel)
            if step < end
        ]
        stops = ends and end < self.per_bar and self.rng.random() < 0.15  # silence instead of a fill
        if end < self.per_bar and not stops:
            strokes += self._fill(beat, end, loud)
        return strokes

    def _groove_end(self, bar: int, ends: bool) -> int:
        """The step from which on the bar is a fill; the bar's length if it is none."""
        rng = self.rng
        if ends and rng.random() < self.fill_chance:
            return self.per_bar - self.per_beat * int(rng.choice([1, 2, self.n_beats], p=[0.45, 0.4, 0.15]))
        if bar % 4 == 3 and rng.random() < 0.3 * self.fill_chance:
            return self.per_bar - self.per_beat
        return self.per_bar

    def _groove(self, section: Section, bar: int, feel: str) -> list[tuple[int, str, float]]:
        """(step, part, velocity) of one bar."""
        rng, per_bar = self.rng, self.per_bar
        level = "full" if section.drums == "full" else "light"
        struck: list[tuple[int, str, float]] = []
        for step, velocity in steps_of(self.hats[level], per_bar, bar):
            part = self.hat_parts[level]
            if part == "hat_closed" and step == per_bar - 2 and rng.random() < 0.15:
                part = "hat_open"
            struck.append((step, part, velocity))
        kicks, snares = self._kicks_and_snares(level, bar, feel)
        struck += [(step, "kick", velocity) for step, velocity in kicks if not step or rng.random() > 0.04]
        if kicks and not self.machine and rng.random() < 0.12:
            struck.append((int(rng.integers(1, per_bar)), "kick", 0.6))  # one more, off the pattern
        if section.drums == "sparse":
            return struck
        struck += [(step, self.snare_part, velocity) for step, velocity in snares]
        if self.layered_clap and self.snare_part != "clap":
            struck += [(step, "clap", 0.8 * velocity) for step, velocity in snares if velocity > 0.8]
        if self.snare_part == "snare":
            taken = {step for step, _ in snares}
            for step in range(1, per_bar, 2):
                if step not in taken and rng.random() < self.genre.ghosts:
                    struck.append((step, "snare", float(rng.uniform(0.12, 0.25))))
        if section.drums == "full":
            for part, groove in self.percussion:
                struck += [(step, part, velocity) for step, velocity in steps_of(groove, per_bar, bar)]
        return struck

    def _kicks_and_snares(
        self, level: str, bar: int, feel: str
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        per_beat, per_bar = self.per_beat, self.per_bar
        kicks = steps_of(self.kicks[level], per_bar, bar)
        if feel == "half":
            return [(s, v) for s, v in kicks if s < per_bar // 4 or s > 5 * per_bar // 8], [
                (per_bar // 2, 1.0)
            ]
        if feel == "double":
            between = per_beat // 2 if per_beat == 4 else 2
            beats = range(0, per_bar, per_beat)
            return [(step, 0.9) for step in beats], [(step + between, 0.95) for step in beats]
        return kicks, steps_of(self.snares[level], per_bar, bar)

    def _fill(self, beat: float, first: int, loud: float) -> list[Stroke]:
        """Down the drums and louder, from step `first` to the end of the bar."""
        rng, span = self.rng, max(1, self.per_bar - first)
        strokes = []
        for step in range(first, self.per_bar):
            if rng.random() > (0.75 if self.per_beat == 4 else 0.85):
                continue
            position = (step - first) / span
            part = "snare" if self.machine or rng.random() < 0.4 else FILL_PARTS[min(3, int(position * 4))]
            velocity = loud * float(np.clip(rng.normal(0.6 + 0.3 * position, 0.1), 0.2, 1.0))
            strokes.append(Stroke(beat + self._at(step), part, velocity))
        if rng.random() < 0.5:
            strokes.append(Stroke(beat + self._at(first), "kick", loud * 0.8))
        return strokes

    def _pickup(self, beat: float) -> list[Stroke]:
        """The drums announce themselves in the beat before they enter."""
        first, n = beat + self.n_beats - 1, self.per_beat
        return [Stroke(first + i / n, "snare", 0.4 + 0.5 * i / n) for i in range(n)]

    def _build(self, section: Section, bar: int) -> list[Stroke]:
        """A snare roll that doubles its speed, to a stop before the drop."""
        n = self.n_beats
        done = (bar - section.first_bar) / section.n_bars
        per_beat = 1 if done < 0.25 else 2 if done < 0.5 else 4
        end = n - 1 if bar == section.end_bar - 1 else n
        strokes = []
        for i in range(end * per_beat):
            loud = 0.3 + 0.6 * (done + i / (n * per_beat) / section.n_bars)
            strokes.append(Stroke(bar * n + i / per_beat, "snare", min(1.0, loud)))
        if done < 0.5:
            strokes += [Stroke(float(bar * n + i), "kick", 0.8) for i in range(n)]
        return strokes

    def _crash(self, section: Section) -> list[Stroke]:
        if self.rng.random() < (0.85 if section.kind in ("chorus", "drop") else 0.4):
            return [Stroke(float(section.first_bar * self.n_beats), "crash", 0.7 + 0.3 * section.energy)]
        return []
