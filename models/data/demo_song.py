"""The built-in song, written by hand for the composer's instruments: each stem alone once, and all together.

`python -m models.data.demo_song [FILE]` renders it (app/stemlight/assets/demo.opus) the same each time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS
from stemlight.resources import demo_song as demo_song_path

from models.data.composer.band import play_notes
from models.data.composer.clock import make_clock
from models.data.composer.drum_sounds import make_kit
from models.data.composer.drum_track import HIT_OF_PART, hits_of
from models.data.composer.filters import (
    bell,
    high_pass,
    high_shelf,
    low_shelf,
    n_frames,
    swept_low_pass,
)
from models.data.composer.genres import GENRES
from models.data.composer.harmony import Chart, chords_of
from models.data.composer.instruments import make_instrument
from models.data.composer.lines import figure
from models.data.composer.mixing import (
    compress,
    duck,
    echo,
    levelled,
    loudness_lufs,
    master_gain,
    place,
    reverberate,
    room_response,
    saturate,
)
from models.data.composer.phonemes import Syllable
from models.data.composer.plan import Plan
from models.data.composer.score import Note, Section, Stroke
from models.data.composer.singer import SungNote, VoiceCharacter, sing
from models.data.composer.song import Song
from models.data.composer.waves import noise, samples
from models.data.songs import Beats

TEMPO_BPM = 128.0
BEATS_PER_BAR = 4
BAR_S = BEATS_PER_BAR * 60.0 / TEMPO_BPM  # 1.875
N_BARS = 40
DURATION_S = N_BARS * BAR_S  # 75
KEY = 9  # A minor
LOUDNESS_LUFS = -14.0  # what streaming services play at
CEILING = 0.8  # the codec overshoots by up to 1.7 dB at this rate
BIT_RATE = 104_000


@dataclass(frozen=True, slots=True)
class DemoSection:
    """A stretch of the song and who sounds in it; what rings from before is not counted."""

    name: str
    first_bar: int
    end_bar: int
    stems: tuple[str, ...]

    @property
    def start_s(self) -> float:
        """Of its first beat."""
        return self.first_bar * BAR_S

    @property
    def end_s(self) -> float:
        """Of the next section's first beat."""
        return self.end_bar * BAR_S


sections: tuple[DemoSection, ...] = (
    DemoSection("intro", 0, 4, ("vocals", "other")),
    DemoSection("drums alone", 4, 6, ("drums",)),
    DemoSection("groove", 6, 8, ("drums", "bass")),
    DemoSection("verse", 8, 12, STEMS),
    DemoSection("build", 12, 14, ("drums", "vocals", "other")),
    DemoSection("drop", 14, 22, ("drums", "bass", "other")),
    DemoSection("bass alone", 22, 24, ("bass",)),
    DemoSection("voice alone", 24, 28, ("vocals",)),
    DemoSection("second build", 28, 30, ("drums", "vocals", "other")),
    DemoSection("second drop", 30, 38, STEMS),
    DemoSection("ending", 38, 40, ("vocals", "other")),
)

_PROGRESSIONS = (  # (bars, numerals)
    (12, "i9 bVIM7 bIIIM7 bVII"),
    (2, "iv7 bVII"),
    (8, "bVIM7 bVII i7 bIII"),
    (2, "i7 i7"),
    (4, "bVIM7 bVII i7 bIII"),
    (2, "iv7 bVII"),
    (8, "bVIM7 bVII i7 bIII"),
    (2, "i9 i9"),
)

# The hook, in beats from its start: "Follow the light, into the sound, let it all go, we come alive"
_HOOK = (
    (0.5, 0.5, 69, "f", "o", ""), (1.0, 0.5, 72, "l", "ou", ""), (1.5, 0.5, 72, "th", "uh", ""),
    (2.0, 1.9, 76, "l", "ai", "t"),
    (4.5, 0.5, 74, "", "I", "n"), (5.0, 0.5, 74, "t", "u", ""), (5.5, 0.5, 72, "th", "uh", ""),
    (6.0, 1.9, 71, "s", "au", "n"),
    (8.5, 0.5, 69, "l", "e", "t"), (9.0, 0.5, 72, "", "I", "t"), (9.5, 0.5, 72, "", "o", "l"),
    (10.0, 1.0, 76, "g", "ou", ""), (11.0, 0.9, 74, "", "ou", ""),
    (12.5, 0.5, 72, "w", "i", ""), (13.0, 0.5, 74, "k", "uh", "m"), (13.5, 0.5, 74, "", "uh", ""),
    (14.0, 1.8, 72, "l", "ai", "v"),
)  # fmt: skip
_HARMONY = (
    (0.5, 0.5, 65), (1.0, 0.5, 69), (1.5, 0.5, 69), (2.0, 1.9, 72), (4.5, 0.5, 71), (5.0, 0.5, 71),
    (5.5, 0.5, 69), (6.0, 1.9, 67), (8.5, 0.5, 64), (9.0, 0.5, 69), (9.5, 0.5, 69), (10.0, 1.0, 72),
    (11.0, 0.9, 72), (12.5, 0.5, 67), (13.0, 0.5, 71), (13.5, 0.5, 71), (14.0, 1.8, 67),
)  # fmt: skip
# "Every colour in the dark, every heart a little spark, turn it over, turn it on, stay until ..."
_VERSE = (
    (0.0, 0.5, 64, "", "e", ""), (0.5, 0.5, 64, "v", "i", ""), (1.0, 0.5, 67, "k", "uh", ""),
    (1.5, 0.5, 64, "l", "er", ""), (2.0, 0.5, 69, "", "I", "n"), (2.5, 0.5, 67, "th", "uh", ""),
    (3.0, 0.8, 69, "d", "a", "k"),
    (4.0, 0.5, 65, "", "e", ""), (4.5, 0.5, 65, "v", "i", ""), (5.0, 0.5, 69, "h", "a", "t"),
    (5.5, 0.5, 65, "", "uh", ""), (6.0, 0.5, 72, "l", "I", ""), (6.5, 0.5, 71, "t", "uh", "l"),
    (7.0, 0.8, 69, "p", "a", "k"),
    (8.0, 0.5, 67, "t", "er", "n"), (8.5, 0.5, 67, "", "I", "t"), (9.0, 0.5, 71, "", "ou", ""),
    (9.5, 0.5, 67, "v", "er", ""), (10.0, 0.5, 72, "t", "er", "n"), (10.5, 0.5, 71, "", "I", "t"),
    (11.0, 0.8, 69, "", "o", "n"),
    (12.0, 0.5, 67, "t", "ei", ""), (12.5, 0.5, 67, "", "uh", "n"), (13.0, 0.5, 69, "t", "I", "l"),
    (13.5, 0.5, 71, "th", "uh", ""), (14.0, 0.5, 74, "n", "ai", "t"), (14.5, 0.5, 72, "", "I", "z"),
    (15.0, 0.9, 71, "g", "o", "n"),
)  # fmt: skip
_OOH = ((0.0, 3.5, 72, "", "u", ""), (4.0, 3.5, 72, "", "u", ""), (8.0, 3.5, 71, "", "u", ""),
        (12.0, 3.6, 74, "", "o", ""))  # fmt: skip
_OOH_LOW = ((0.0, 3.5, 64), (4.0, 3.5, 65), (8.0, 3.5, 67), (12.0, 3.6, 67))
_CALL = ((4.0, 0.5, 72, "", "ou", ""), (4.5, 0.5, 74, "", "ou", ""), (5.0, 1.9, 76, "", "ou", ""))
_LAST = ((0.0, 0.9, 72, "l", "ai", ""), (0.9, 3.0, 69, "", "ai", "t"))

_SINGER = VoiceCharacter(
    tract=1.16, low=57, high=77, tension=0.75, breath=0.45, vibrato_cents=28, portamento_s=0.035,
    looseness_s=0.006, tuning_cents=5.0, ring=0.55,
)  # fmt: skip


def compose_demo() -> Song:
    """The song in stereo stems (4, 2, n_samples), with its beats and hits. Some ten seconds of one core."""
    plan = _plan()
    strokes = _strokes()
    drums = _play_drums(plan, strokes)
    kick_times_s = np.array([stroke.beat * 60 / TEMPO_BPM for stroke in strokes if stroke.part == "kick"])
    pump = duck(plan.n_samples, kick_times_s, 0.65, 0.26)
    bass = _play_bass(plan) * (0.35 + 0.65 * pump)
    other = _play_other(plan, pump)
    vocals = _play_vocals(plan)
    stems = _master([drums, bass, vocals, other])
    rows = [
        (
            round(stroke.beat * 60 / TEMPO_BPM * SAMPLE_RATE) / SAMPLE_RATE,
            HIT_OF_PART[stroke.part],
            stroke.velocity,
        )
        for stroke in strokes
        if stroke.part in HIT_OF_PART
    ]
    beats = np.arange(N_BARS * BEATS_PER_BAR)
    meta = {
        "title": "Follow the Light",
        "artist": "Stemlight",
        "source": "Stemlight composer",
        "licence": "CC0-1.0",
        "real": False,
        "tempo": TEMPO_BPM,
        "beats_per_bar": BEATS_PER_BAR,
        "key": "A minor",
        "duration": DURATION_S,
        "sections": [{"kind": section.name, "start_s": section.start_s} for section in sections],
    }
    return Song(stems, Beats(beats * 60.0 / TEMPO_BPM, beats % BEATS_PER_BAR + 1), hits_of(rows), meta)


def _fader(n: int, points: Sequence[tuple[float, float]]) -> np.ndarray:
    """A gain a sample, float32 (n,): dB at bars, straight lines between."""
    bars, gains_db = zip(*points, strict=True)
    return 10 ** (np.interp(np.arange(n) / SAMPLE_RATE / BAR_S, bars, gains_db) / 20).astype(np.float32)


def _plan() -> Plan:
    chords, bar = [], 0
    for n_bars, numerals in _PROGRESSIONS:
        chords += chords_of(numerals, KEY, bar, n_bars, BEATS_PER_BAR)
        bar += n_bars
    clock = make_clock(
        TEMPO_BPM,
        N_BARS * BEATS_PER_BAR,
        start_s=0.0,
        drift=0.0,
        changes=[],
        slowing_beats=0.0,
        rng=np.random.default_rng(0),
    )
    return Plan(GENRES["house"], Chart(chords, BEATS_PER_BAR, KEY, "minor"), clock, [], N_BARS, n_channels=2)


# --- drums ------------------------------------------------------------------------------------------


def _strokes() -> list[Stroke]:
    strokes: list[Stroke] = []

    def groove(part: str, steps: str, first_bar: int, end_bar: int) -> None:
        n_bars = len(steps) // 16
        for bar in range(first_bar, end_bar):
            line = steps[16 * ((bar - first_bar) % n_bars) :][:16]
            for step, mark in enumerate(line):
                if mark != ".":
                    strokes.append(Stroke(bar * 4 + step / 4, part, int(mark) / 9))

    four = "9...9...9...9..."
    # the drums say who they are
    groove("kick", four, 4, 12)
    groove("hat_closed", "..6...6...6...6." + "..6...6..46..46.", 4, 6)
    groove("snare", "................" + "............5779", 4, 6)
    groove("clap", "....8.......8...", 5, 12)
    groove("hat_open", "..7...7...7...7.", 6, 12)
    groove("hat_closed", "5.435.435.435.43", 8, 12)
    groove("rim", "...4..4....4..4.", 10, 12)
    groove("snare", "................" * 3 + "..........5.5789", 8, 12)
    for first in (12, 28):  # two bars of roll, faster and louder; the last beat holds its breath
        groove("kick", four, first, first + 1)
        groove("snare", "4...4...5...5..." + "5.6.6.7.7889....", first, first + 2)
        groove("hat_closed", "..5...5...6...6.", first, first + 1)
    for first in (14, 30):
        end = first + 8
        groove("kick", four * 3 + "9...9...9...9..7" + four * 3 + "9...9...9.9.....", first, end)
        groove("clap", "....9.......9...", first, end)
        groove(
            "snare",
            "....7.......7..3" * 3 + "....7..3....7..." + "....7.......7..3" * 3 + "....7.......6789",
            first,
            end,
        )
        groove("hat_open", "..8...8...8...8.", first, end)
        groove("hat_closed", "6.446.446.446.44", first, end)
        groove("shaker", "5364536453645364", first, end)
        groove("conga_high", "...5..5....5..55", first + 4, end)
        groove("ride", "..6...6...6...6.", 34, 38) if first == 30 else None
        strokes += [Stroke(bar * 4.0, "crash", 0.9) for bar in (first, first + 4)]
    strokes.append(Stroke(8 * 4.0, "crash", 0.7))
    strokes += [Stroke(38 * 4.0, part, 1.0) for part in ("kick", "crash")]  # the last word
    return sorted(strokes, key=lambda stroke: stroke.beat)


def _play_drums(plan: Plan, strokes: list[Stroke]) -> np.ndarray:
    kit = make_kit("909", np.random.default_rng(21), 2, {stroke.part for stroke in strokes})
    track = plan.silence()
    for take, stroke in enumerate(strokes):
        gain = kit.gains[stroke.part] * stroke.velocity**1.4
        sound = kit.sound(stroke.part, stroke.velocity, take)
        place(track, sound, plan.sample_at(stroke.beat), gain, kit.pans.get(stroke.part, 0.0))
    track = compress(levelled(track), -16, 2.0, attack_s=0.015, release_s=0.09)
    return saturate(low_shelf(track, 80, 1.5), 1.0)


# --- bass -------------------------------------------------------------------------------------------

# (beat in bar, length, semitones over the chord's root)
_BASS_GROOVE = ((0.5, 0.4, 0), (1.25, 0.2, 0), (1.5, 0.4, 0), (2.5, 0.4, 0), (2.75, 0.2, 12), (3.5, 0.4, 0),
                (3.75, 0.2, 10))  # fmt: skip
_BASS_DROP = ((0.0, 0.2, 0), (0.5, 0.4, 0), (0.75, 0.2, 0), (1.5, 0.4, 12), (2.0, 0.2, 0), (2.5, 0.4, 0),
              (3.0, 0.2, 0), (3.25, 0.2, 7), (3.5, 0.4, 12), (3.75, 0.2, 10))  # fmt: skip
_BASS_SOLO = (  # (beat, length, midi)
    (0, 0.4, 33), (0.5, 0.2, 45), (0.75, 0.4, 33), (1.5, 0.2, 36), (1.75, 0.4, 38), (2.5, 0.2, 40),
    (2.75, 0.2, 38), (3, 0.2, 36), (3.25, 0.4, 33), (3.75, 0.2, 31), (4, 0.4, 33), (4.5, 0.2, 45),
    (4.75, 0.4, 43), (5.5, 0.2, 40), (5.75, 0.2, 38), (6, 0.2, 40), (6.25, 0.2, 43), (6.5, 0.2, 45),
    (6.75, 0.2, 43), (7, 0.9, 40),
)  # fmt: skip


def _play_bass(plan: Plan) -> np.ndarray:
    rng = np.random.default_rng(8)
    instrument, track = make_instrument("saw_bass", np.random.default_rng(8)), plan.silence()
    notes = []
    for bar in (*range(6, 12), *range(14, 22), *range(30, 38)):
        pattern = _BASS_GROOVE if bar < 12 else _BASS_DROP
        for beat, length, interval in pattern:
            root = 29 + (plan.chart.at(bar * 4 + beat).bass - 29) % 12
            notes.append(Note(bar * 4 + beat, length, root + interval, 0.9 if beat in (0.0, 0.5) else 0.75))
    notes += [Note(22 * 4 + beat, length, midi, 0.95) for beat, length, midi in _BASS_SOLO]
    play_notes(plan, track, instrument, notes, pan=0.0, rng=rng)
    track = compress(levelled(high_pass(track, 30)), -18, 3.0, attack_s=0.01, release_s=0.12)
    return bell(saturate(track, 3.0), 900, 2.0)


# --- chords, pad, arpeggio, lead --------------------------------------------------------------------


def _play_other(plan: Plan, pump: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(31)
    hall = room_response(2.4, 4500, 2, rng, pre_delay_s=0.02)

    def part(
        name: str, figure_name: str, *, bars: Sequence[tuple[int, int]], low: int, seed: int
    ) -> np.ndarray:
        track, high = plan.silence(), low + 23
        instrument = make_instrument(name, np.random.default_rng(seed))
        for first, end in bars:
            section = Section("", first, end - first, 1.0, "full", True, True, frozenset())
            same = np.random.default_rng(seed)
            notes = figure(figure_name, plan.chart, section, low=low, high=high, rng=same)
            play_notes(plan, track, instrument, notes, pan=0.0, rng=rng)
        if instrument.effect:
            track = instrument.effect(track, rng)
        return levelled(high_pass(track, 130))

    pad = part("pad", "hold", bars=[(0, 4), (12, 14), (28, 30), (38, 39)], low=53, seed=9)
    pad += 0.6 * part("strings", "hold", bars=[(0, 4), (34, 38), (38, 39)], low=60, seed=4)
    keys = part("electric_piano", "stabs", bars=[(8, 12)], low=55, seed=9)
    wall = part("supersaw", "stabs", bars=[(14, 22), (30, 38)], low=55, seed=7)
    wall += 0.5 * part("supersaw", "hold", bars=[(18, 22), (34, 38)], low=55, seed=5)
    arp = part("pluck", "arp16", bars=[(8, 14), (14, 22), (28, 30), (30, 38)], low=60, seed=6)
    arp = echo(_opened(arp), 0.75 * 60 / TEMPO_BPM, 0.45, 0.35)
    lead = plan.silence()
    voice = make_instrument("lead", np.random.default_rng(6))
    for bar, octave, loud in ((14, 0, 0.9), (18, 12, 0.9), (34, 12, 0.6)):
        notes = [Note(bar * 4 + beat, length, midi + octave, loud) for beat, length, midi, *_ in _HOOK]
        play_notes(plan, lead, voice, notes, pan=0.0, rng=rng)
    lead = echo(levelled(lead), 0.75 * 60 / TEMPO_BPM, 0.4, 0.25)
    total = (
        0.9 * reverberate(pad, hall, 0.5)
        + pump * (0.75 * reverberate(wall, hall, 0.18) + 0.5 * reverberate(arp, hall, 0.3))
        + 0.6 * reverberate(keys, hall, 0.25)
        + 0.55 * reverberate(lead, hall, 0.3)
    )
    # quiet at first, and before each drop, so that the drop is one
    fader = _fader(
        plan.n_samples, ((0, -9), (4, -5), (8, -2), (12, -6), (14, -1), (14, 0), (28, -7), (30, -1), (30, 0))
    )
    return high_shelf(total * fader + _risers(plan), 7000, 2.0)


def _opened(track: np.ndarray) -> np.ndarray:
    """The arpeggio's filter: closed in the verse, opening through each build, open in the drop."""
    frames = n_frames(track.shape[1])
    bars = np.arange(frames) * 256 / SAMPLE_RATE / BAR_S  # a response each 256 samples
    cutoff_hz = np.interp(bars, [8, 12, 14, 22, 28, 30, 38], [500, 1400, 7000, 9000, 400, 7000, 12000])
    return np.stack([swept_low_pass(channel, cutoff_hz, 1.1) for channel in track])


def _risers(plan: Plan) -> np.ndarray:
    rng, track = np.random.default_rng(77), plan.silence()
    for first, drop in ((12, 14), (28, 30)):
        n = samples((drop - first) * BAR_S)
        opening = 250.0 * 48.0 ** np.linspace(0, 1, n_frames(n))
        swell = np.linspace(0.02, 1, n, dtype=np.float32) ** 2
        both = [swept_low_pass(noise(n, rng), opening, 1.5) * swell for _ in range(2)]
        place(track, np.stack(both), plan.sample_at(first * 4), 0.10)
        fall = samples(3.0)
        closing = 10000.0 * 0.02 ** np.linspace(0, 1, n_frames(fall))
        dying = np.exp(-np.arange(fall, dtype=np.float32) / (0.6 * SAMPLE_RATE))
        both = [swept_low_pass(noise(fall, rng), closing, 0.7) * dying for _ in range(2)]
        place(track, np.stack(both), plan.sample_at(drop * 4), 0.10)
    return track


# --- voice ------------------------------------------------------------------------------------------


def _sung(
    rows: Sequence[tuple], bar: float, loud: float, notes: Sequence[tuple] | None = None
) -> list[SungNote]:
    """`rows` of (beat, length, midi, onset, vowel, coda) from `bar` on; the pitches of `notes` if given."""
    beat_s = 60.0 / TEMPO_BPM
    pitches = [row[2] for row in (notes or rows)]
    return [
        SungNote((bar * 4 + beat) * beat_s, length * beat_s, midi, loud, Syllable(onset, vowel, coda))
        for (beat, length, _, onset, vowel, coda), midi in zip(rows, pitches, strict=True)
    ]


def _play_vocals(plan: Plan) -> np.ndarray:
    lead = [
        *_sung(_OOH, 0, 0.6), *_sung(_VERSE, 8, 0.8), *_sung(_CALL, 12, 0.9), *_sung(_HOOK, 24, 0.85),
        *_sung(_CALL, 28, 0.95), *_sung(_HOOK, 30, 1.0), *_sung(_HOOK, 34, 1.0), *_sung(_LAST, 38, 0.8),
    ]  # fmt: skip
    low = [
        *_sung(_OOH, 0, 0.5, _OOH_LOW),
        *(note for bar in (24, 30, 34) for note in _sung(_HOOK, bar, 0.7, _HARMONY)),
    ]
    doubles = [*_sung(_HOOK, 30, 0.9), *_sung(_HOOK, 34, 0.9)]
    track = plan.silence()
    takes = (
        (lead, _SINGER, 1.0, 0.0, 1),
        (low, replace(_SINGER, tract=1.12, looseness_s=0.014), 0.45, -0.5, 2),
        (low, replace(_SINGER, tract=1.2, looseness_s=0.016, breath=0.7), 0.4, 0.5, 3),
        (doubles, replace(_SINGER, looseness_s=0.016, tuning_cents=9.0), 0.4, 0.75, 4),
        (doubles, replace(_SINGER, tract=1.14, looseness_s=0.016, tuning_cents=9.0), 0.4, -0.75, 5),
    )
    for notes, character, gain, pan, seed in takes:
        place(track, sing(notes, character, plan.n_samples, np.random.default_rng(seed)), 0, gain, pan)
    track *= _fader(plan.n_samples, ((0, -5), (8, -3), (8, 0), (24, 0), (24, -1), (28, -1), (30, 0)))
    track = compress(levelled(high_pass(track, 110)), -20, 3.5, attack_s=0.004, release_s=0.1)
    track = high_shelf(bell(track, 3000, 3.0, 0.7), 9000, 3.0)
    track = echo(track, 0.75 * 60 / TEMPO_BPM, 0.35, 0.16)
    plate = room_response(1.9, 6000, 2, np.random.default_rng(12), pre_delay_s=0.04)
    return reverberate(track, plate, 0.28)


# --- the record -------------------------------------------------------------------------------------

_BALANCE_LUFS = (-16.0, -19.0, -18.0, -18.5)  # drums bass vocals other, each where it plays


def _master(tracks: list[np.ndarray]) -> np.ndarray:
    n = round(DURATION_S * SAMPLE_RATE)
    stems = np.stack(
        [
            track[:, :n] * np.float32(10 ** ((wanted - loudness_lufs(track)) / 20))
            for track, wanted in zip(tracks, _BALANCE_LUFS, strict=True)
        ]
    )
    stems[..., -samples(1.2) :] *= np.linspace(1, 0, samples(1.2), dtype=np.float32)
    mix = stems.sum(axis=0)
    drive_db = LOUDNESS_LUFS - loudness_lufs(mix)
    for _ in range(3):  # the limiter takes a little away: ask for as much more
        gain = master_gain(mix, drive_db, ceiling=CEILING)
        drive_db += LOUDNESS_LUFS - loudness_lufs(mix * gain)
    return stems * master_gain(mix, drive_db, ceiling=CEILING)


def render(path: Path) -> None:
    """Write the song as stereo Opus to `path`, whole or not at all."""
    import av

    mix = compose_demo().mix
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    # bitexact: no random stream serial, so that the same song is the same file
    with av.open(str(part), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        stream.bit_rate = BIT_RATE
        resampler = av.AudioResampler("flt", "stereo", 48_000, frame_size=960)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mix.T).reshape(1, -1), "flt", "stereo")
        frame.sample_rate = SAMPLE_RATE
        for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    part.replace(path)


def main(arguments: Sequence[str]) -> int:
    """Render to the path given, or to where the program looks for it."""
    path = Path(arguments[0]) if arguments else demo_song_path()
    render(path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
