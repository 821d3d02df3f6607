"""Small signals with known truth, for the tests of every part. Mono float32 at SAMPLE_RATE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS

from models.data.composer.filters import low_pass, n_frames, swept_low_pass
from models.data.composer.waves import cycles, decay, midi_hz, samples
from models.data.composer.waves import noise as white_noise
from models.data.composer.waves import saw as saw_wave
from models.data.composer.waves import sine as sine_wave
from models.data.songs import Beats


@dataclass(frozen=True, slots=True)
class Signal:
    """A sound and what is true of it."""

    sound: np.ndarray  # float32 (n_samples,)
    beats: Beats
    drop_s: float | None = None  # when the drop comes


def silence(seconds: float) -> np.ndarray:
    """Digital silence."""
    return np.zeros(samples(seconds), np.float32)


def sine(hz: float, seconds: float, gain: float = 0.5) -> np.ndarray:
    """A tone of peak `gain`."""
    return np.float32(gain) * sine_wave(hz, samples(seconds))


def noise(seconds: float, gain: float = 0.1, seed: int = 0) -> np.ndarray:
    """White noise of RMS `gain`."""
    return np.float32(gain) * white_noise(samples(seconds), np.random.default_rng(seed))


def chord(midi_notes: tuple[int, ...], seconds: float, gain: float = 0.3) -> np.ndarray:
    """Soft saws, all from the start to the end; peak at most `gain`."""
    n = samples(seconds)
    total = np.sum([low_pass(saw_wave(float(midi_hz(note)), n), 2000) for note in midi_notes], axis=0)
    return (total * (gain / np.abs(total).max())).astype(np.float32)


def click_track(tempo_bpm: float, seconds: float, beats_per_bar: int = 4, start_s: float = 0.5) -> Signal:
    """A click on each beat, a higher one on the first of the bar."""
    times_s = np.arange(start_s, seconds, 60.0 / tempo_bpm)
    return _clicked(times_s, seconds, beats_per_bar)


def tempo_ramp(first_bpm: float, last_bpm: float, seconds: float, beats_per_bar: int = 4) -> Signal:
    """A click track whose tempo goes in a straight line (of beats a second) from one to the other."""
    time_s = np.arange(0, seconds, 1e-3)
    beat = np.cumsum(np.linspace(first_bpm, last_bpm, len(time_s))) / 60.0 * 1e-3
    times_s = np.interp(np.arange(1, int(beat[-1]) + 1), beat, time_s)
    return _clicked(times_s, seconds, beats_per_bar)


def drum_loop(tempo_bpm: float, seconds: float) -> Signal:
    """Kick on one and three, snare on two and four, hats between: beats that are not all kicks."""
    times_s = np.arange(0.5, seconds, 60.0 / tempo_bpm)
    sound, rng = silence(seconds), np.random.default_rng(0)
    for i, time_s in enumerate(times_s):
        _add(sound, _snare(rng) if i % 2 else _kick(), time_s, 0.7)
        _add(sound, _hat(rng), time_s, 0.15)
        _add(sound, _hat(rng), time_s + 30.0 / tempo_bpm, 0.2)
    return Signal(sound, Beats(times_s, np.arange(len(times_s)) % 4 + 1))


def build_and_drop(tempo_bpm: float = 128.0, bars_before: int = 8, bars_after: int = 8) -> Signal:
    """A loop, then a roll and a riser without bass, a gap, and all at once the loop with bass."""
    bar_s = 240.0 / tempo_bpm
    drop_s = 2 * bars_before * bar_s
    end_s = drop_s + bars_after * bar_s
    sound, rng = silence(end_s), np.random.default_rng(0)
    for step in range(round(end_s / bar_s * 16)):
        time_s, beat = step * bar_s / 16, step % 4 == 0
        rolling = bars_before * bar_s - 1e-6 <= time_s < drop_s - bar_s / 4
        after = time_s >= drop_s - 1e-6
        if rolling:
            _add(sound, _snare(rng), time_s, 0.1 + 0.4 * (time_s / drop_s - 0.5))
        elif time_s < bars_before * bar_s or after:
            if beat:
                _add(sound, _kick(), time_s, 0.8 if after else 0.5)
            if step % 4 == 2:
                _add(sound, _hat(rng), time_s, 0.2)
            if after:
                bass = low_pass(saw_wave(55.0, samples(bar_s / 16)), 600) * decay(samples(bar_s / 16), 0.3)
                _add(sound, bass, time_s, 0.3)
    length = samples(bars_before * bar_s - bar_s / 4)
    opening = 200.0 * 60.0 ** np.linspace(0, 1, n_frames(length))
    riser = swept_low_pass(white_noise(length, rng), opening, 1.2) * np.linspace(0.02, 0.2, length) ** 1.5
    _add(sound, riser.astype(np.float32), bars_before * bar_s, 1.0)
    times_s = np.arange(round(end_s / bar_s) * 4) * bar_s / 4
    return Signal(np.clip(sound, -1, 1), Beats(times_s, np.arange(len(times_s)) % 4 + 1), drop_s)


def single_stem(stem: str, seconds: float, seed: int = 0) -> Signal:
    """A stretch of music in which only `stem` plays, from the composer's pop. KeyError if there is none."""
    from models.data.composer import compose

    if stem not in STEMS:
        raise KeyError(f"{stem}: expected one of {', '.join(STEMS)}")
    for tried in range(seed, seed + 100):  # some songs have no singer
        song = compose(tried, "pop", max(8.0, seconds))
        sound = song.stems[STEMS.index(stem), : samples(seconds)]
        if np.abs(sound).max() > 0.05:
            inside = song.beats.times_s < seconds
            return Signal(sound.copy(), Beats(song.beats.times_s[inside], song.beats.in_bar[inside]))
    raise RuntimeError(f"{stem}: a hundred songs without it")  # the composer is broken


def _clicked(times_s: np.ndarray, seconds: float, beats_per_bar: int) -> Signal:
    sound = silence(seconds)
    in_bar = np.arange(len(times_s)) % beats_per_bar + 1
    for time_s, beat in zip(times_s, in_bar, strict=True):
        n = samples(0.05)
        _add(sound, sine_wave(1600.0 if beat == 1 else 1000.0, n, 0.25) * decay(n, 0.05), time_s, 0.7)
    return Signal(sound, Beats(times_s, in_bar))


def _add(sound: np.ndarray, piece: np.ndarray, time_s: float, gain: float) -> None:
    first = round(time_s * SAMPLE_RATE)
    length = min(len(piece), len(sound) - first)
    if length > 0:
        sound[first : first + length] += np.float32(gain) * piece[:length]


def _kick() -> np.ndarray:
    n = samples(0.3)
    return np.sin(2 * np.pi * cycles(50 + 150 * decay(n, 0.15), n, 0.15)).astype(np.float32) * decay(n, 0.3)


def _snare(rng: np.random.Generator) -> np.ndarray:
    n = samples(0.2)
    return (0.5 * sine_wave(190.0, n) + 0.4 * white_noise(n, rng)) * decay(n, 0.2)


def _hat(rng: np.random.Generator) -> np.ndarray:
    n = samples(0.06)
    return np.diff(white_noise(n, rng), prepend=np.float32(0)) * decay(n, 0.06)
