"""A built-in band: the input `test`, which needs no file and no device and shows every stem.

Sixteen beats at 120 BPM, synthesised at start and the same each time; every four bars another part rests, so
that each stem is seen to go and to come back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from stemlight.audio.hop_input import Counters, HopStamp, InputStatus
from stemlight.audio.pace import HostPace, sleep_until
from stemlight.audio.ring_buffer import Underrun

TEMPO_BPM = 120.0
BEATS_PER_BAR = 4
N_BARS = 4  # in a block, after which another part rests
BEAT_LENGTH = round(SAMPLE_RATE * 60.0 / TEMPO_BPM)  # samples, 22050
BAR_LENGTH = BEATS_PER_BAR * BEAT_LENGTH
BLOCK_LENGTH = N_BARS * BAR_LENGTH
RESTING = (None, *STEMS)  # the part that rests in each block of the loop; first all play
_FADE_LENGTH = 441  # 10 ms: no note may end, no part rest with a click, for a click is an onset

# Roots of A minor, F, C and G, a bar each, and the triads above them.
_ROOTS_HZ = (55.0, 43.65, 65.41, 49.0)
_CHORDS_HZ = (
    (220.0, 261.63, 329.63),
    (174.61, 220.0, 261.63),
    (196.0, 261.63, 329.63),
    (196.0, 246.94, 293.66),
)
_BASS_EIGHTHS = (0, 3, 4, 6, 7)  # of the bar's eight
# Melody: beat it starts on, beats it lasts, pitch, vowel.
_MELODY = (
    (0.0, 1.5, 329.63, "a"),
    (1.5, 0.5, 293.66, "e"),
    (2.0, 2.0, 261.63, "o"),
    (4.0, 1.0, 261.63, "i"),
    (5.0, 1.0, 293.66, "e"),
    (6.0, 1.5, 349.23, "a"),
    (8.0, 1.5, 392.0, "a"),
    (9.5, 0.5, 349.23, "o"),
    (10.0, 1.5, 329.63, "e"),
    (12.0, 1.0, 293.66, "i"),
    (13.0, 2.5, 246.94, "o"),
)
# First three formants of sung vowels and their levels (Peterson and Barney 1952, rounded): Hz, gain.
_FORMANTS = {
    "a": ((730.0, 1.0), (1_090.0, 0.5), (2_440.0, 0.1)),
    "e": ((530.0, 1.0), (1_840.0, 0.3), (2_480.0, 0.2)),
    "i": ((270.0, 1.0), (2_290.0, 0.25), (3_010.0, 0.15)),
    "o": ((570.0, 1.0), (840.0, 0.5), (2_410.0, 0.05)),
}
_FORMANT_WIDTH_HZ = 110.0

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BandLoop:
    """The band's parts and what it plays. Read-only."""

    stems: Sound  # (4, BLOCK_LENGTH, 2), in the order of STEMS; what each plays unless it rests
    mix: Sound  # (5 * BLOCK_LENGTH, 2): the loop, a block for each of RESTING


def synthesise() -> BandLoop:
    """The band. Takes some 0.3 s; the same to the bit each time on one machine."""
    stems = np.stack([_drums(), _bass(), _voice(), _pads()])
    everyone = stems.sum(axis=0)
    gain = np.float32(0.7 / np.abs(everyone).max())
    stems *= gain
    everyone *= gain
    mix = np.concatenate([everyone - stems[STEMS.index(part)] if part else everyone for part in RESTING])
    stems.setflags(write=False)
    mix.setflags(write=False)
    return BandLoop(stems, mix)


class TestInput:
    """Hops of the built-in band by the host clock: the `HopInput` called `test`."""

    __test__ = False  # pytest: not a test, whatever its name

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._pace = HostPace(now)
        self._mix: Sound | None = None
        self._n_samples = 0  # given so far
        self._due_s = 0.0
        self._is_due = False
        self._closed = False
        self._counters = Counters()

    def start(self) -> None:
        """Synthesise the band and let it begin."""
        self._mix = synthesise().mix
        self._pace.start()

    def wait_hop(self, timeout_s: float) -> bool:
        """Wait until the next hop has gone by; False after `timeout_s`. Engine's thread."""
        deadline_s = self._now() + timeout_s
        if self._closed or self._mix is None:
            return False
        self._due_s = self._pace.due_s(self._n_samples + HOP_LENGTH)
        self._is_due = sleep_until(self._due_s, deadline_s, self._now, self._sleep)
        return self._is_due

    def read_hop(self, out: NDArray[np.float32]) -> HopStamp:
        """Fill `out`, float32 (512, 2). Underrun where no hop is due. Engine's thread."""
        if self._mix is None or not self._is_due:
            raise Underrun("no whole hop is there yet; wait_hop says when")
        self._is_due = False
        at = self._n_samples % len(self._mix)
        n_first = min(HOP_LENGTH, len(self._mix) - at)
        out[:n_first] = self._mix[at : at + n_first]
        out[n_first:] = self._mix[: HOP_LENGTH - n_first]
        self._n_samples += HOP_LENGTH
        self._counters.blocks += 1
        return HopStamp(self._due_s, self._due_s, max(0, int((self._now() - self._due_s) / HOP_S)))

    def close(self) -> None:
        """Play no more. Any thread."""
        self._closed = True

    @property
    def status(self) -> InputStatus:
        """Which part rests. Any thread."""
        if self._closed:
            return self._counters.status("ended", "end of the test band")
        part = RESTING[self._n_samples // BLOCK_LENGTH % len(RESTING)]
        return self._counters.status(
            "running", f"test band, {f'{part} resting' if part else 'everyone plays'}"
        )


def _drums() -> Sound:
    noise = np.random.default_rng(120)
    kick_s, snare_s, hat_s = _seconds(0.3), _seconds(0.2), _seconds(0.08)
    # The pitch falls from 150 to 48 Hz; its integral is the phase.
    kick = np.sin(2.0 * np.pi * (48.0 * kick_s - 102.0 * 0.03 * (np.exp(-kick_s / 0.03) - 1.0)))
    kick *= np.exp(-kick_s / 0.09)
    snare = 0.5 * noise.standard_normal(len(snare_s)) * np.exp(-snare_s / 0.05)
    snare += 0.6 * np.sin(2.0 * np.pi * 185.0 * snare_s) * np.exp(-snare_s / 0.04)
    hiss = noise.standard_normal(len(hat_s) + 2)
    hat = 0.12 * np.diff(hiss, 2) * np.exp(-hat_s / 0.015)  # twice differenced: little below 5 kHz
    out = np.zeros((BLOCK_LENGTH, 2), np.float32)
    for beat in range(N_BARS * BEATS_PER_BAR):
        _add(out, beat, kick, pan=0.0)
        if beat % 2:
            _add(out, beat, 0.7 * snare, pan=-0.1)
        for eighth in (0.0, 0.5):
            _add(out, beat + eighth, hat * (1.0 if eighth else 0.6), pan=0.3)
    return out


def _bass() -> Sound:
    out = np.zeros((BLOCK_LENGTH, 2), np.float32)
    time_s = _seconds(0.24)
    shape = np.minimum(1.0, time_s / 0.004) * np.exp(-time_s / 0.2)
    for bar, root_hz in enumerate(_ROOTS_HZ):
        note = sum(
            np.sin(2.0 * np.pi * root_hz * k * time_s) / k**1.3 * np.exp(-time_s * k / 0.3)
            for k in range(1, 7)
        )
        for eighth in _BASS_EIGHTHS:
            _add(out, bar * BEATS_PER_BAR + eighth / 2, 0.8 * shape * note, pan=0.0)
    return out


def _voice() -> Sound:
    out = np.zeros((BLOCK_LENGTH, 2), np.float32)
    for beat, n_beats, pitch_hz, vowel in _MELODY:
        time_s = _seconds(n_beats * 60.0 / TEMPO_BPM)
        # 5.5 Hz vibrato of a quarter tone, coming in late, as singers do.
        depth = 0.015 * np.minimum(1.0, time_s / 0.4)
        phase = 2.0 * np.pi * np.cumsum(pitch_hz * (1.0 + depth * np.sin(2.0 * np.pi * 5.5 * time_s)))
        phase /= SAMPLE_RATE
        note = np.zeros(len(time_s))
        for k in range(1, int(4_000.0 / pitch_hz) + 1):
            gain = sum(
                level / (1.0 + ((k * pitch_hz - centre_hz) / _FORMANT_WIDTH_HZ) ** 2)
                for centre_hz, level in _FORMANTS[vowel]
            )
            note += (gain + 0.03 / k) * np.sin(k * phase)
        rise, fall = np.minimum(1.0, time_s / 0.05), np.minimum(1.0, (time_s[-1] - time_s) / 0.06)
        _add(out, beat, 0.35 * note * rise * fall, pan=0.0)
    return out


def _pads() -> Sound:
    out = np.zeros((BLOCK_LENGTH, 2), np.float32)
    time_s = _seconds(BEATS_PER_BAR * 60.0 / TEMPO_BPM)
    shape = np.minimum(1.0, time_s / 0.15) * np.minimum(1.0, (time_s[-1] - time_s) / 0.15)
    for bar, chord_hz in enumerate(_CHORDS_HZ):
        for detune, pan in ((0.998, -0.8), (1.002, 0.8)):  # 7 cents apart: wide, and slowly beating
            chord = sum(
                np.sin(2.0 * np.pi * hz * detune * k * time_s) / k**2 for hz in chord_hz for k in (1, 2, 3, 4)
            )
            _add(out, bar * BEATS_PER_BAR, 0.15 * shape * chord, pan)
    return out


def _seconds(length_s: float) -> NDArray[np.float64]:
    return np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE


def _add(out: Sound, beat: float, note: NDArray[np.float64], pan: float) -> None:
    """Mix `note` in at `beat`, faded where it ends or the block does. `pan`: -1 left to 1 right."""
    at = round(beat * BEAT_LENGTH)
    note = note[: len(out) - at].copy()
    note[-_FADE_LENGTH:] *= np.linspace(1.0, 0.0, _FADE_LENGTH)
    out[at : at + len(note), 0] += note * (1.0 - max(0.0, pan))
    out[at : at + len(note), 1] += note * (1.0 + min(0.0, pan))
