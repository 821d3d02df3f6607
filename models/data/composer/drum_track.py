"""Strokes become the drum stem and its truth: what was struck when, to the sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from stemlight.analysis.feature_frame import DRUM_PARTS, SAMPLE_RATE

from models.data.composer.drum_sounds import make_kit
from models.data.composer.mixing import place
from models.data.composer.plan import Plan
from models.data.composer.score import Stroke
from models.data.songs import Hits

# Which strokes are which truth. The ride keeps time as the hat does and is its hit; shakers are none.
HIT_OF_PART = {
    "kick": "kick", "snare": "snare", "clap": "snare", "rim": "snare",
    "hat_closed": "hat", "hat_open": "hat", "hat_pedal": "hat", "ride": "hat",
}  # fmt: skip
SAME_HIT_S = 0.02  # a clap over a snare is one hit


@dataclass(frozen=True, slots=True)
class DrumTrack:
    """A drummer's take."""

    track: np.ndarray  # float32 (n_channels, n_samples)
    hits: Hits
    kick_times_s: np.ndarray  # float64, in order: what ducks the others
    style: str  # of the kit


def play_drums(plan: Plan, strokes: list[Stroke], rng: np.random.Generator) -> DrumTrack:
    """Every stroke on a kit of the genre, with a person's looseness."""
    genre = plan.genre
    style = str(rng.choice(genre.kits))
    kit = make_kit(style, rng, plan.n_channels, {stroke.part for stroke in strokes})
    track = plan.silence()
    looseness = genre.human_s * float(rng.uniform(0.5, 1.5))
    lean = {part: float(rng.normal(0, looseness)) for part in kit.sounds}  # a drummer's own feel
    rows: list[tuple[float, str, float]] = []
    kick_times_s = []
    for take, stroke in enumerate(strokes):
        time_s = plan.clock.seconds(stroke.beat) + lean[stroke.part] + float(rng.normal(0, looseness))
        start = max(0, round(time_s * SAMPLE_RATE))
        velocity = float(np.clip(stroke.velocity * (1 + rng.normal(0, 4 * genre.human_s + 0.01)), 0.05, 1.0))
        sound = kit.sound(stroke.part, velocity, take)
        place(track, sound, start, kit.gains[stroke.part] * velocity**1.4, kit.pans.get(stroke.part, 0.0))
        part = HIT_OF_PART.get(stroke.part)
        if part is not None and start < plan.n_samples:
            rows.append((start / SAMPLE_RATE, part, velocity))
        if stroke.part == "kick":
            kick_times_s.append(start / SAMPLE_RATE)
    return DrumTrack(track, hits_of(rows), np.array(sorted(kick_times_s)), style)


def hits_of(rows: list[tuple[float, str, float]]) -> Hits:
    """From (seconds, kick | snare | hat, velocity): sorted, those of one part within SAME_HIT_S made one."""
    kept: list[tuple[float, str, float]] = []
    last: dict[str, int] = {}
    for time_s, part, velocity in sorted(rows):
        before = last.get(part)
        if before is not None and time_s - kept[before][0] < SAME_HIT_S:
            kept[before] = (kept[before][0], part, max(kept[before][2], velocity))
            continue
        last[part] = len(kept)
        kept.append((time_s, part, velocity))
    if not kept:
        return Hits.none()
    times_s, parts, velocities = zip(*kept, strict=True)
    indices = np.array([DRUM_PARTS.index(part) for part in parts], np.int64)
    return Hits(np.array(times_s), indices, np.array(velocities))
