"""Grooves become strokes: patterns per section, ghosts, fills, crashes, swing and a person's looseness."""

from __future__ import annotations

import numpy as np

from models.data.composer.genres import Genre
from models.data.composer.score import Section, Stroke

FILL_PARTS = ("snare", "tom_high", "tom_mid", "tom_low")


def steps_of(groove: str, steps_per_bar: int, bar: int) -> list[tuple[int, float]]:
    """(step, velocity) of what sounds in `bar`; a groove of several bars goes round."""
    n_bars = max(1, len(groove) // steps_per_bar)
    first = (bar % n_bars) * steps_per_bar
    line = groove[first : first + steps_per_bar]
    return [(step, int(mark) / 9) for step, mark in enumerate(line) if mark != "."]


def swung(step: int, steps_per_beat: int, swing: float) -> float:
    """Beats from the bar's start; the off-sixteenths come late by `swing` sixteenths."""
    late = swing if steps_per_beat == 4 and step % 2 == 1 else 0.0
    return (step + late * 0.67) / steps_per_beat


class Drummer:
    """Plays one song: keeps its groove, varies it by section, fills at the ends."""

    def __init__(self, genre: Genre, rng: np.random.Generator) -> None:
        def pick(options: tuple[str, ...]) -> str:
            return options[int(rng.integers(len(options)))]

        self.genre, self.rng = genre, rng
        self.swing = float(rng.uniform(*genre.swing))
        self.kicks = {"light": pick(genre.kicks), "full": pick(genre.kicks)}
        self.snares = {"light": pick(genre.snares), "full": pick(genre.snares)}
        self.hats = {"light": pick(genre.hats), "full": pick(genre.hats)}
        self.snare_part = pick(genre.snare_parts)
        self.layered_clap = "clap" in genre.snare_parts and rng.random() < 0.3
        self.hat_parts = {"light": pick(genre.hat_parts), "full": pick(genre.hat_parts)}
        self.percussion = [line for line in genre.percussion if rng.random() < 0.4]
        self.fill_chance = (
            float(rng.uniform(0.4, 1.0)) if genre.human_s > 0.003 else float(rng.uniform(0.1, 0.6))
        )

    def play(self, sections: list[Section]) -> list[Stroke]:
        """All strokes of the song, in order of beats."""
        strokes: list[Stroke] = []
        for section, following in zip(sections, [*sections[1:], None], strict=True):
            for bar in range(section.first_bar, section.end_bar):
                last = bar == section.end_bar - 1
                strokes += self._bar(section, bar, last and following is not None)
            if section.drums in ("full", "light") and section.kind in ("chorus", "drop", "solo", "verse"):
                strokes += self._crash(section)
        return sorted(strokes, key=lambda stroke: stroke.beat)

    def _bar(self, section: Section, bar: int, ends: bool) -> list[Stroke]:
        genre, rng = self.genre, self.rng
        per_beat, n_beats = genre.steps_per_beat, genre.beats_per_bar
        per_bar = per_beat * n_beats
        beat = float(bar * n_beats)
        drums = section.drums
        if drums == "none":
            return self._pickup(beat) if ends and rng.random() < 0.35 else []
        if drums == "build":
            return self._build(section, bar)
        if drums == "kick":
            return [
                Stroke(beat + swung(s, per_beat, self.swing), "kick", v)
                for s, v in steps_of(self.kicks["full"], per_bar, bar)
            ]
        level = "full" if drums == "full" else "light"
        loud = 0.75 + 0.25 * section.energy
        fill_from = per_bar
        if ends and rng.random() < self.fill_chance:
            fill_from = per_bar - per_beat * int(rng.choice([1, 2, n_beats], p=[0.45, 0.4, 0.15]))
        elif bar % 4 == 3 and rng.random() < 0.3 * self.fill_chance:
            fill_from = per_bar - per_beat
        strokes: list[Stroke] = []

        def add(step: int, part: str, velocity: float) -> None:
            at = beat + swung(step, per_beat, self.swing)
            strokes.append(Stroke(at, part, float(np.clip(velocity * loud, 0.08, 1.0))))

        for step, velocity in steps_of(self.hats[level], per_bar, bar):
            if step < fill_from:
                part = self.hat_parts[level]
                if part == "hat_closed" and step == per_bar - 2 and rng.random() < 0.15:
                    part = "hat_open"
                add(step, part, velocity)
        if drums != "sparse":
            snare_steps = set()
            for step, velocity in steps_of(self.snares[level], per_bar, bar):
                if step < fill_from:
                    add(step, self.snare_part, velocity)
                    snare_steps.add(step)
                    if self.layered_clap and velocity > 0.8 and self.snare_part != "clap":
                        add(step, "clap", velocity * 0.8)
            if self.snare_part == "snare":
                for step in range(fill_from):
                    if step % 2 == 1 and step not in snare_steps and rng.random() < genre.ghosts:
                        add(step, "snare", rng.uniform(0.12, 0.25))
            for part, groove in self.percussion:
                if drums == "full":
                    for step, velocity in steps_of(groove, per_bar, bar):
                        add(step, part, velocity)
        kicks = steps_of(self.kicks[level], per_bar, bar)
        for step, velocity in kicks:
            if step < fill_from and not (step and rng.random() < 0.04):
                add(step, "kick", velocity)
        if len(kicks) and genre.human_s > 0 and rng.random() < 0.12:
            add(int(rng.integers(1, per_bar)), "kick", 0.6)  # one more, off the pattern
        if fill_from < per_bar:
            strokes += self._fill(beat, fill_from, per_bar, loud)
        return strokes

    def _fill(self, beat: float, first: int, end: int, loud: float) -> list[Stroke]:
        rng, per_beat = self.rng, self.genre.steps_per_beat
        machine = self.genre.human_s <= 0.003
        strokes = []
        span = max(1, end - first)
        for step in range(first, end):
            if rng.random() > (0.75 if per_beat == 4 else 0.85):
                continue
            position = (step - first) / span
            part = "snare" if machine or rng.random() < 0.4 else FILL_PARTS[min(3, int(position * 4))]
            velocity = loud * float(np.clip(rng.normal(0.6 + 0.3 * position, 0.1), 0.2, 1.0))
            strokes.append(Stroke(beat + swung(step, per_beat, self.swing), part, velocity))
        if rng.random() < 0.5:
            strokes.append(Stroke(beat + first / per_beat, "kick", loud * 0.8))
        return strokes

    def _pickup(self, beat: float) -> list[Stroke]:
        """The drums announce themselves in the bar before they enter."""
        n = self.genre.beats_per_bar
        return [Stroke(beat + n - 1 + i / 4, "snare", 0.4 + 0.12 * i) for i in range(4)]

    def _build(self, section: Section, bar: int) -> list[Stroke]:
        """A snare roll that doubles its speed, to a stop before the drop."""
        n = self.genre.beats_per_bar
        done = (bar - section.first_bar) / section.n_bars
        per_beat = 1 if done < 0.25 else 2 if done < 0.5 else 4
        last = bar == section.end_bar - 1
        end = n - 1 if last else n
        strokes = []
        for i in range(int(end * per_beat)):
            loud = 0.3 + 0.6 * (done + i / (n * per_beat) / section.n_bars)
            strokes.append(Stroke(bar * n + i / per_beat, "snare", min(1.0, loud)))
        if done < 0.5:
            strokes += [Stroke(bar * n + i, "kick", 0.8) for i in range(n)]
        return strokes

    def _crash(self, section: Section) -> list[Stroke]:
        if self.rng.random() < (0.85 if section.kind in ("chorus", "drop") else 0.4):
            return [
                Stroke(
                    float(section.first_bar * self.genre.beats_per_bar), "crash", 0.7 + 0.3 * section.energy
                )
            ]
        return []
