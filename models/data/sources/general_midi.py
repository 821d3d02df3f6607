"""A General MIDI song becomes stems: drums by channel, bass by program, each part through a soundfont."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS

from models.data.build import NoSongError
from models.data.composer.drum_track import hits_of
from models.data.composer.song import Song
from models.data.midi_file import DRUM_CHANNEL, NOTE_ON, PROGRAM, MidiFile
from models.data.songs import Beats, Hits
from models.data.sources.soundfont import FontKit, SoundFont, TimedMessage, play

BASS_PROGRAMS = range(32, 40)
VOICE_PROGRAMS = (52, 53, 54, 85)  # choirs and voices: neither a singer nor an instrument; left out
PART_OF_KEY = {  # 22 and 26 are the edge of a Roland's hat
    **dict.fromkeys((35, 36), "kick"),
    **dict.fromkeys((37, 38, 39, 40), "snare"),
    **dict.fromkeys((22, 26, 42, 44, 46, 51, 53, 59), "hat"),
}
LOW_KEY = 43  # G2: a tuba or an organ's pedal that plays below is the bass
PEAK = 0.9
BALANCE_DB = {"drums": (-6.0, 5.0), "bass": (-6.0, 5.0)}  # over "other"; music of games hides its drums
SHORTEST_S = 20.0
TEMPI = (50.0, 220.0)  # BPM; a beat beyond is counted wrongly


class Kit(Protocol):
    """Something that plays the keys of a drum channel."""

    @property
    def name(self) -> str:
        """For meta.json."""
        ...

    def play(self, messages: Iterable[TimedMessage], start_s: float, duration_s: float) -> np.ndarray:
        """float32 (n_samples,) mono, of `duration_s` from `start_s` on."""
        ...


@dataclass(frozen=True, slots=True)
class Casting:
    """Who plays what."""

    melodic: SoundFont
    drums: Kit
    wet: bool


def cast(rng: np.random.Generator, fonts: Sequence[SoundFont], kits: Sequence[SoundFont]) -> Casting:
    """By chance; half of the time the drums are a sampled kit of its own, if there is one."""
    font = fonts[int(rng.integers(len(fonts)))]
    drums = kits[int(rng.integers(len(kits)))] if kits and rng.random() < 0.5 else font
    preset, wet = int(rng.choice(drums.drum_presets)), bool(rng.random() < 0.6)
    return Casting(font, FontKit(drums, preset, wet), wet)


def perform(
    messages: list[TimedMessage], casting: Casting, start_s: float, duration_s: float, beats: Beats
) -> Song:
    """The stretch from `start_s` on; `beats` are of the whole. NoSongError if it is silent."""
    stem_of = _stems(messages)
    stems = np.zeros((len(STEMS), round(duration_s * SAMPLE_RATE)), np.float32)
    for row, name in enumerate(STEMS):
        mine = [message for message in messages if stem_of.get(message.channel) == name]
        if not any(message.kind == NOTE_ON for message in mine):
            continue
        if name == "drums":
            stems[row] = casting.drums.play(mine, start_s, duration_s)
        else:
            stems[row] = play(casting.melodic, mine, start_s, duration_s, casting.wet and name != "bass")
    balance(stems)
    peak = float(np.abs(stems.sum(axis=0)).max(initial=0.0))
    if peak < 1e-3:
        raise NoSongError("silent")
    stems *= PEAK / peak
    inside = (beats.times_s >= start_s) & (beats.times_s < start_s + duration_s)
    within = Beats(beats.times_s[inside] - start_s, beats.in_bar[inside])
    meta: dict[str, Any] = {"real": False, "melodic": casting.melodic.name, "drums": casting.drums.name}
    if len(within.times_s) > 1:
        meta["tempo"] = 60.0 / float(np.median(np.diff(within.times_s)))
    return Song(stems, within, hits_in(messages, start_s, duration_s), meta)


def timed_messages(midi: MidiFile) -> list[TimedMessage]:
    """All messages in seconds."""
    ticks = np.array([message.tick for message in midi.messages], np.float64)
    starts = np.array([tick for tick, _ in midi.tempos], np.float64)
    times = np.interp(ticks, starts, [midi.seconds_at(tick) for tick in starts])
    after = ticks > starts[-1]  # beyond the last change of tempo
    times[after] = [midi.seconds_at(tick) for tick in ticks[after]]
    return [
        TimedMessage(float(time), message.kind, message.channel, message.data)
        for time, message in zip(times, midi.messages, strict=True)
    ]


def hits_in(messages: list[TimedMessage], start_s: float, duration_s: float) -> Hits:
    """Kick, snare and hat as the drum channel has them, counted from `start_s`."""
    return hits_of(
        [
            (message.time_s - start_s, PART_OF_KEY[message.data[0]], message.data[1] / 127)
            for message in messages
            if message.kind == NOTE_ON
            and message.channel == DRUM_CHANNEL
            and message.data[0] in PART_OF_KEY
            and 0 <= message.time_s - start_s < duration_s
        ]
    )


def beats_of(midi: MidiFile) -> Beats:
    """The file's beats, moved by a constant to where its notes are. NoSongError if played without them."""
    beats = midi.beats()
    onsets = np.array([midi.seconds_at(m.tick) for m in midi.messages if m.kind == NOTE_ON])
    if len(beats.times_s) < 16 or len(onsets) < 64:
        raise NoSongError("too short, or too few notes")
    periods = np.diff(beats.times_s)
    if not TEMPI[0] < 60.0 / np.median(periods) < TEMPI[1]:
        raise NoSongError(f"{60.0 / np.median(periods):.0f} beats a minute are counted wrongly")
    phases = phases_of(onsets, beats.times_s)
    counts, edges = np.histogram(phases, bins=48, range=(-0.5, 0.5))
    near = np.abs((edges[:-1] + edges[1:]) / 2) < 1 / 8
    peak = edges[:-1][near][np.argmax(counts[near])] + 1 / 96
    on_beat = np.abs(phases - peak) < 1 / 32
    if on_beat.mean() < 0.15:  # a sixteenth of all if notes were anywhere
        raise NoSongError("its notes keep no beat")
    shift = float(np.median(phases[on_beat]))
    moved_s = shift * float(np.median(periods)) if abs(shift) > 1 / 48 else 0.0
    return Beats(beats.times_s + moved_s, beats.in_bar)


def phases_of(times_s: np.ndarray, beats_s: np.ndarray) -> np.ndarray:
    """Distance to the nearest beat, in beats, [-0.5, 0.5), of the times between the first and the last."""
    position = np.interp(times_s, beats_s, np.arange(len(beats_s)), left=np.nan, right=np.nan)
    position = position[np.isfinite(position)]
    return (position + 0.5) % 1.0 - 0.5


def balance(stems: np.ndarray) -> None:
    """Bring drums and bass, where they are lost or drown the rest, to where records have them. In place."""
    levels = {name: active_rms(stem) for name, stem in zip(STEMS, stems, strict=True)}
    if levels["other"] <= 0:
        return
    for name, (low_db, high_db) in BALANCE_DB.items():
        if levels[name] > 0:
            level_db = 20 * np.log10(levels[name] / levels["other"])
            stems[STEMS.index(name)] *= 10 ** ((np.clip(level_db, low_db, high_db) - level_db) / 20)


def active_rms(sound: np.ndarray) -> float:
    """Of the tenths of a second that are not silent; 0 if all are."""
    tenth = SAMPLE_RATE // 10
    power = np.square(sound[: len(sound) // tenth * tenth].reshape(-1, tenth)).mean(axis=1)
    active = power[power > 1e-7]
    return float(np.sqrt(active.mean())) if len(active) else 0.0


def _stems(messages: list[TimedMessage]) -> dict[int, str]:
    """Of each channel that plays, by its first program or, a line as low as a bass, by its notes."""
    programs: dict[int, int] = {}
    keys: dict[int, list[int]] = {}
    for message in messages:
        if message.kind == PROGRAM:
            programs.setdefault(message.channel, message.data[0])
        if message.kind == NOTE_ON:
            keys.setdefault(message.channel, []).append(message.data[0])
    stems = {}
    for channel, played in keys.items():
        program = programs.get(channel, 0)
        if channel == DRUM_CHANNEL:
            stems[channel] = "drums"
        elif program not in VOICE_PROGRAMS:
            low = program in BASS_PROGRAMS or np.median(played) < LOW_KEY
            stems[channel] = "bass" if low else "other"
    return stems
