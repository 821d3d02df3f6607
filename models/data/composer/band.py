"""The plan becomes the bass stem and the stem of all else: chords, pads, arpeggios, leads, risers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import bell, high_pass, low_shelf, n_frames, swept_low_pass
from models.data.composer.instruments import Instrument, make_instrument
from models.data.composer.lines import POWER_FIGURES, bass_line, figure
from models.data.composer.melody import Motif, make_motif, melody
from models.data.composer.mixing import compress, echo, levelled, place, reverberate, room_response
from models.data.composer.plan import Plan
from models.data.composer.score import Note, Section, Stroke
from models.data.composer.waves import noise, samples

DOUBLED = ("metal_guitar", "crunch_guitar", "steel_guitar")  # played twice, left and right
Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Layer:
    """One player of the band."""

    figure: str  # of lines.py, or "melody"
    instrument: str
    low: int  # midi
    high: int
    pan: float
    gain: float


def play_bass(plan: Plan, strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    """float32 (n_channels, n_samples). Some lines follow the kicks among `strokes`."""
    genre, track = plan.genre, plan.silence()
    kicks = [stroke for stroke in strokes if stroke.part == "kick"]
    line, name = _pick(genre.basses, rng)
    chorus_line = _pick(genre.basses, rng)[0]
    instrument = make_instrument(name, rng)
    low = int(rng.integers(28, 30) if name in ("808", "sub", "wobble", "reese") else rng.integers(28, 36))
    for section in plan.sections:
        if section.bass:
            chosen = chorus_line if section.kind in ("chorus", "drop") else line
            notes = bass_line(chosen, plan.chart, section, kicks, low=low, rng=rng)
            play_notes(plan, track, instrument, notes, pan=0.0, rng=rng)
    if instrument.effect:
        track = instrument.effect(track, rng)
    track = high_pass(track, 28, 2)
    if rng.random() < 0.7:
        track = compress(levelled(track), -20, float(rng.uniform(2, 5)), attack_s=0.01, release_s=0.15)
    track = bell(track, float(rng.uniform(130, 260)), float(rng.uniform(0, 5)), 0.7)
    track = bell(track, float(rng.uniform(500, 1100)), float(rng.uniform(0, 7)), 0.7)
    return low_shelf(track, 90, float(rng.uniform(-3, 4)))


def play_other(plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """float32 (n_channels, n_samples)."""
    genre = plan.genre
    chords_figure, chords_name = _pick(genre.chords, rng)
    arp_figure, arp_name = _pick(genre.arps, rng)
    chords_low = 45 if "guitar" in chords_name else 52
    layers = {
        "chords": Layer(chords_figure, chords_name, chords_low, 74, float(rng.uniform(-0.3, 0.3)), 0.8),
        "pad": Layer("hold", _pick(genre.pads, rng), 53, 77, 0.0, 0.55),
        "arp": Layer(arp_figure, arp_name, 60, 84, float(rng.uniform(-0.5, 0.5)), 0.6),
        "lead": Layer("melody", _pick(genre.leads, rng), 62, 84, float(rng.uniform(-0.2, 0.2)), 0.75),
    }
    if rng.random() < 0.5:  # another player joins where it is loud
        figure_name, name = _pick(genre.chords, rng)
        layers["second"] = Layer(figure_name, name, 55, 79, float(rng.uniform(-0.6, 0.6)), 0.5)
    grid = 1 / 3 if genre.steps_per_beat == 3 else 0.5
    motif = make_motif(2 * genre.beats_per_bar, float(rng.uniform(0.2, 0.7)), grid, rng)
    decay_s, brightness_hz = float(rng.uniform(0.8, 2.8)), float(rng.uniform(2000, 6000))
    space = room_response(decay_s, brightness_hz, plan.n_channels, rng, pre_delay_s=0.02)
    total = plan.silence()
    for name, layer in layers.items():
        playing = [section for section in plan.sections if _plays(name, section)]
        if not playing:
            continue
        track = _play_layer(plan, layer, playing, motif, rng)
        wet = float(rng.uniform(0.05, 0.5)) * (0.6 if name == "chords" else 1.2)
        if name in ("arp", "lead") and rng.random() < 0.5:
            track = echo(track, plan.beat_s * float(rng.choice([0.5, 0.75, 1.0])), 0.45, 0.3)
        total += np.float32(layer.gain) * reverberate(levelled(track), space, wet)
    _add_risers(plan, total, rng)
    return total


def _plays(layer: str, section: Section) -> bool:
    if layer == "second":
        return "chords" in section.layers and section.energy >= 0.8
    return layer in section.layers


def _play_layer(
    plan: Plan, layer: Layer, sections: list[Section], motif: Motif, rng: np.random.Generator
) -> np.ndarray:
    instrument, track = make_instrument(layer.instrument, rng), plan.silence()
    takes = (-0.8, 0.8) if plan.n_channels == 2 and layer.instrument in DOUBLED else (layer.pan,)
    low, high = (38, 62) if layer.figure in POWER_FIGURES else (layer.low, layer.high)
    for section in sections:
        if layer.figure == "melody":
            notes = melody(motif, plan.chart, section, low=low, high=high, legato=0.9, rng=rng)
        else:
            notes = figure(layer.figure, plan.chart, section, low=low, high=high, rng=rng)
        for pan in takes:
            play_notes(plan, track, instrument, notes, pan=pan, rng=rng)
    if instrument.effect:
        track = instrument.effect(track, rng)
    return high_pass(track, 80 if "guitar" in layer.instrument else 110, 2)


def play_notes(
    plan: Plan,
    track: np.ndarray,
    instrument: Instrument,
    notes: list[Note],
    *,
    pan: float,
    rng: np.random.Generator,
) -> None:
    """Add `notes` to `track`, as loose in time as the genre is."""
    loose_s = 0.6 * plan.genre.human_s
    for note in notes:
        start_s = plan.clock.seconds(note.beat)
        held_s = plan.clock.seconds(note.beat + note.length) - start_s
        start_s += float(rng.normal(0, loose_s))
        velocity = float(np.clip(note.velocity * (1 + rng.normal(0, 0.04)), 0.1, 1.0))
        sound = instrument.note(note.midi, max(0.03, held_s), velocity)
        place(track, sound, max(0, round(start_s * SAMPLE_RATE)), instrument.gain * velocity, pan)


def _add_risers(plan: Plan, track: np.ndarray, rng: np.random.Generator) -> None:
    """White noise that opens towards the drop, and falls after it."""
    n = plan.genre.beats_per_bar
    for section in plan.sections:
        if "riser" not in section.layers:
            continue
        first, end = plan.sample_at(section.first_bar * n), plan.sample_at(section.end_bar * n)
        length = end - first
        opening = 300.0 * (12000.0 / 300.0) ** np.linspace(0, 1, n_frames(length))
        swell = np.linspace(0.02, 1, length, dtype=np.float32) ** 2
        place(track, swept_low_pass(noise(length, rng), opening, 1.5) * swell, first, 0.12)
        fall = samples(2.5)
        closing = 9000.0 * (200.0 / 9000.0) ** np.linspace(0, 1, n_frames(fall))
        dying = np.exp(-np.arange(fall, dtype=np.float32) / (0.7 * SAMPLE_RATE))
        place(track, swept_low_pass(noise(fall, rng), closing, 0.7) * dying, end, 0.12)


def _pick(options: tuple[Option, ...], rng: np.random.Generator) -> Option:
    return options[int(rng.integers(len(options)))]
