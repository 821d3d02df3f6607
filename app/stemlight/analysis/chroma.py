"""Short spectra become pitch classes: the partials' frequencies from how far their phases turned in a hop.

A bin is 21.5 Hz wide, four semitones at 100 Hz: too coarse to name a note. The phase of a partial turns
between two hops by its frequency (the phase vocoder: Flanagan and Golden, 1966), which is exact to a cent
where one partial rules the bin. The tuning of the band is followed, so 432 Hz and tape speed do no harm.
"""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, PITCH_CLASSES, SAMPLE_RATE
from stemlight.analysis.frontend import WINDOW_LENGTH

LOWEST_HZ, HIGHEST_HZ = 60.0, 2_500.0  # below: the kick; above: mostly overtones and cymbals
MEMORY_S = 0.5  # a chord is heard at once and gone with the next
TUNING_S = 10.0
SILENCE_DB = -55.0  # of the reference: below this the chroma fades to zeros
A4_HZ = 440.0
A4_CLASS = 9  # c is 0

_BIN_HZ = SAMPLE_RATE / WINDOW_LENGTH
_FIRST = math.ceil(LOWEST_HZ / _BIN_HZ)
_LAST = math.floor(HIGHEST_HZ / _BIN_HZ)
_BINS = slice(_FIRST, _LAST + 1)
_AROUND = slice(_FIRST - 1, _LAST + 2)


class Chroma:
    """Pitch classes hop by hop, renewed every second hop: 43 times a second is plenty. One thread."""

    def __init__(self) -> None:
        bins = np.arange(_FIRST, _LAST + 1)
        turn = 2.0 * np.pi * HOP_LENGTH / WINDOW_LENGTH  # of a partial at bin 1, in one hop
        self._centre_turn = np.exp(-1j * turn * bins).astype(np.complex64)  # undoes that of each bin's centre
        self._bins_per_radian = np.float32(1.0 / turn)
        self._bins = bins.astype(np.float32)
        self._keep = math.exp(-2.0 * HOP_S / MEMORY_S)
        self._keep_tuning = math.exp(-2.0 * HOP_S / TUNING_S)
        self._amplitude = np.zeros(len(PITCH_CLASSES))
        self._before = np.zeros(len(bins), np.complex64)
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._before[:] = 0.0
        self._amplitude[:] = 0.0
        self._tuning = 1e-9 + 0j  # mean direction of the partials around the semitone circle
        self._chroma = np.zeros(len(PITCH_CLASSES), np.float32)
        self._is_due = False

    def process(self, stft: np.ndarray, power: np.ndarray, reference_db: float) -> np.ndarray:
        """float32 (12,) in [0, 1]; the strongest is 1, silence is zeros.

        `stft` complex64 and `power` float32 (N_BINS,) of the front-end; `reference_db` of the mix.
        """
        now = stft[_BINS]
        if self._is_due:
            floor = 10.0 ** ((reference_db + SILENCE_DB) / 10.0)
            around = power[_AROUND]
            here = around[1:-1]
            peaks = ((here > around[:-2]) & (here >= around[2:]) & (here > floor)).nonzero()[0]
            self._amplitude *= self._keep
            if len(peaks):
                self._add(peaks, now[peaks] * self._before[peaks].conj(), here[peaks])
            # A partial at the floor, held: quieter than that fades to zeros.
            strongest = max(float(self._amplitude.max()), math.sqrt(floor) / (1.0 - self._keep))
            self._chroma = (self._amplitude / strongest).astype(np.float32)
        self._is_due = not self._is_due
        self._before[:] = now
        return self._chroma

    def _add(self, peaks: np.ndarray, turned: np.ndarray, power: np.ndarray) -> None:
        """`turned`: the spectrum at `peaks` times the conjugate of the hop before."""
        turned *= self._centre_turn[peaks]
        off_centre = np.arctan2(turned.imag, turned.real) * self._bins_per_radian
        amplitude = np.sqrt(power)
        amplitude *= np.abs(off_centre) < 1.0  # further off, something else rules this bin: an attack, noise
        frequency = np.maximum(self._bins[peaks] + off_centre, 1.0)
        pitch = 12.0 * np.log2(frequency * np.float32(_BIN_HZ / A4_HZ)) + A4_CLASS
        circle = np.exp(2j * np.pi * pitch)
        heard = complex(circle @ amplitude)
        self._tuning = self._keep_tuning * self._tuning + (1.0 - self._keep_tuning) * heard + 1e-12
        tuning = math.atan2(self._tuning.imag, self._tuning.real) / (2.0 * math.pi)  # semitones, -0.5..0.5
        # Between two semitones counts for neither: cos squared of the distance.
        amplitude *= 0.5 + 0.5 * (circle * (self._tuning.conjugate() / abs(self._tuning))).real
        nearest = np.rint(pitch - tuning).astype(np.intp)
        self._amplitude += np.bincount(nearest % 12, amplitude, len(PITCH_CLASSES))
