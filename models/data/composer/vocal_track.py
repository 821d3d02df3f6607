"""The plan becomes the vocal stem: who sings, what tune, which words, with doubles, harmonies and effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.data.composer.filters import band_pass, bell, high_pass, high_shelf
from models.data.composer.harmony import SCALES
from models.data.composer.lyrics import draw_syllables
from models.data.composer.melody import Motif, make_motif, melody
from models.data.composer.mixing import compress, echo, levelled, place, reverberate, room_response, saturate
from models.data.composer.phonemes import Syllable
from models.data.composer.plan import Plan
from models.data.composer.score import Section
from models.data.composer.singer import SungNote, VoiceCharacter, draw_character, sing


@dataclass(frozen=True, slots=True)
class VocalTrack:
    """A singer's take."""

    track: np.ndarray  # float32 (n_channels, n_samples)
    voice: str  # how it is sung and by whom: "sung female", "rap male", "none"


@dataclass(frozen=True, slots=True)
class _Tune:
    """What is sung where."""

    kind: str  # sung | rap | scream | choir | chops
    verse: Motif
    chorus: Motif
    style: str  # of the syllables
    hook: list[Syllable]


def play_vocals(plan: Plan, rng: np.random.Generator) -> VocalTrack:
    """Sings the sections that want a voice, in the manner of the genre; or not at all."""
    genre, track = plan.genre, plan.silence()
    kind = genre.voices[int(rng.integers(len(genre.voices)))]
    sections = [section for section in plan.sections if section.vocals]
    if kind == "none" or not sections:
        return VocalTrack(track, "none")
    children = 0.06 if kind in ("sung", "choir") else 0.0
    weights = (0.5 - children / 2, 0.5 - children / 2, children)
    who_sings = str(rng.choice(["male", "female", "child"], p=weights))
    who = draw_character(who_sings, rng)
    if kind == "rap":
        who = replace(who, spoken=True, vibrato_cents=0.0, tension=min(who.tension, 0.9))
    if kind == "scream":
        breath = float(rng.uniform(0.8, 2.0))
        who = replace(
            who, tension=0.4, roughness=float(rng.uniform(0.6, 1.0)), breath=breath, vibrato_cents=0.0
        )
    tune = _tune(plan, kind, rng)
    lead, backing = [], []
    for section in sections:
        notes = _sung_notes(plan, section, tune, who, rng)
        lead += notes
        if _is_chorus(section) or kind == "choir":
            backing += notes
    place(track, sing(lead, who, plan.n_samples, rng), 0, 1.0)
    if kind == "choir" or rng.random() < 0.5:
        double = [0] if rng.random() < 0.5 else [int(rng.choice([3, 4, -5, 7]))]
        for i, shift in enumerate([0, -5, 4] if kind == "choir" else double):
            notes = [replace(note, midi=_harmony(plan, note.midi, shift)) for note in backing]
            tract = who.tract * float(rng.uniform(0.94, 1.06))
            other = replace(who, tract=tract, looseness_s=0.02, tuning_cents=9.0)
            place(track, sing(notes, other, plan.n_samples, rng), 0, 0.5, 0.5 * (-1) ** i)
    return VocalTrack(_treated(plan, levelled(track), kind, rng), f"{kind} {who_sings}")


def _tune(plan: Plan, kind: str, rng: np.random.Generator) -> _Tune:
    n = plan.genre.beats_per_bar
    grid = 1 / 3 if plan.genre.steps_per_beat == 3 else 0.5
    n_beats = (2 if plan.beat_s * n < 2.6 else 1) * n  # what one breath can sing
    if kind == "rap":
        grid = 0.25 if plan.beat_s > 0.5 else 0.5
        verse, chorus = make_motif(n_beats, 0.95, grid, rng), make_motif(n_beats, 0.9, grid, rng)
    elif kind == "chops":
        verse = chorus = make_motif(n, 0.5, 0.25, rng)
    else:
        verse = make_motif(n_beats, float(rng.uniform(0.3, 0.75)), grid, rng)
        chorus = make_motif(n_beats, float(rng.uniform(0.2, 0.6)), grid, rng)
    style = {"choir": "ooh", "chops": "la"}.get(kind, "words" if rng.random() < 0.88 else "la")
    return _Tune(kind, verse, chorus, style, draw_syllables(64, style, rng))


def _is_chorus(section: Section) -> bool:
    return section.kind in ("chorus", "drop", "build")


def _sung_notes(
    plan: Plan, section: Section, tune: _Tune, who: VoiceCharacter, rng: np.random.Generator
) -> list[SungNote]:
    # the chorus lies higher than the verse
    low, high = (who.low + 4, who.high) if _is_chorus(section) else (who.low, who.high - 4)
    motif = tune.chorus if _is_chorus(section) else tune.verse
    notes = melody(motif, plan.chart, section, low=low, high=high, legato=0.95, rng=rng)
    if (
        notes and section.first_bar and tune.kind == "sung" and rng.random() < 0.3
    ):  # a pickup into the section
        notes.insert(
            0, replace(notes[0], beat=section.first_bar * plan.chart.beats_per_bar - 0.5, length=0.45)
        )
    same_words = _is_chorus(section) or tune.style != "words"
    words = tune.hook if same_words else draw_syllables(len(notes) + 1, tune.style, rng)
    sung: list[SungNote] = []
    for i, note in enumerate(notes):
        midi = note.midi
        if tune.kind == "rap":  # speech keeps near one height
            middle = (who.low + who.high) / 2 - 6
            midi = middle + (midi - middle) * 0.25
        start_s = plan.clock.seconds(note.beat)
        length_s = max(0.07, plan.clock.seconds(note.beat + note.length) - start_s)
        loud = float(np.clip(note.velocity * (0.7 + 0.35 * section.energy), 0.3, 1.0))
        word = words[i % len(words)]
        if sung and tune.kind == "sung" and rng.random() < 0.1:  # two notes on one syllable
            before = sung[-1].syllable
            sung[-1] = replace(sung[-1], syllable=Syllable(before.onset, before.vowel))
            word = Syllable("", before.vowel, before.coda)
        sung.append(SungNote(start_s, length_s, midi, loud, word))
    return sung


def _harmony(plan: Plan, midi: float, shift: int) -> float:
    """`midi` moved by about `shift` semitones, to a note of the scale."""
    if shift == 0:
        return midi
    wanted = midi + shift
    scale = SCALES[plan.chart.scale]
    near = [wanted + d for d in (0, 1, -1, 2) if (round(wanted + d) - plan.chart.key) % 12 in scale]
    return near[0] if near else wanted


def _treated(plan: Plan, track: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """As engineers do: compressed, bright, in a room; at times a telephone, an echo, an overdriven desk."""
    track = high_pass(track, 90, 2)
    track = compress(track, -20, float(rng.uniform(2, 6)), attack_s=0.005, release_s=0.1)
    track = bell(track, float(rng.uniform(1200, 3500)), float(rng.uniform(1, 9)), 0.6)
    track = high_shelf(track, 5500, float(rng.uniform(0, 9)))
    if rng.random() < 0.08:
        track = band_pass(track, 400, 3200, 2)
    if rng.random() < 0.12:
        track = saturate(track * 2, float(rng.uniform(3, 10)))
    if rng.random() < 0.4:
        delay_s = plan.beat_s * float(rng.choice([0.25, 0.5, 0.75, 1.0]))
        track = echo(track, delay_s, 0.35, float(rng.uniform(0.1, 0.3)))
    wet = float(rng.uniform(0.02, 0.35)) * (2.0 if kind == "choir" else 1.0)
    decay_s, brightness_hz = float(rng.uniform(0.5, 2.5)), float(rng.uniform(2500, 7000))
    response = room_response(decay_s, brightness_hz, plan.n_channels, rng, pre_delay_s=0.03)
    return reverberate(track, response, wet)
