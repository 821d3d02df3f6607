"""ISF's `audio` and `audioFFT` inputs, made from a frame.

Rows are float32 in [0, 1]. A wave is centred on 0.5, one row a channel, the left one first. An FFT is linear
in frequency from 0 Hz to Nyquist and in magnitude, 1 at the reference of the automatic gain; the frame's
log bands are read at each bin.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from stemlight.analysis.feature_frame import N_SPECTRUM, SAMPLE_RATE, FeatureFrame

N_FFT_COLUMNS = 256  # where the file does not ask for a width; what VDMX sends
SPECTRUM_RANGE_DB = 72.0  # of `FeatureFrame.spectrum`: 0 is so far below 1


def audio_rows(kind: str, frame: FeatureFrame, columns: int | None) -> np.ndarray:
    """float32 (n_channels, columns) for an input of type `kind`, "audio" or "audioFFT"."""
    if kind == "audio":
        waves = np.stack([frame.waveform + frame.side, frame.waveform - frame.side])
        if columns == 1:  # the specification: one column reads as the volume
            return np.minimum(np.sqrt(2.0 * np.mean(np.square(waves), axis=1, keepdims=True)), 1.0)
        return narrowed(np.clip(0.5 + 0.5 * waves, 0.0, 1.0), columns)
    magnitudes = 10.0 ** ((frame.spectrum - 1.0) * (SPECTRUM_RANGE_DB / 20.0))
    magnitudes[frame.spectrum <= 0.0] = 0.0
    return (_bins_of_bands(columns or N_FFT_COLUMNS) @ magnitudes).astype(np.float32)[None]


def narrowed(row: np.ndarray, columns: int | None) -> np.ndarray:
    """`row` (..., n) averaged down to `columns`; as it is where that is None or not fewer."""
    n = row.shape[-1]
    if columns is None or columns >= n:
        return row
    edges = np.arange(columns) * n // columns
    counts = np.diff([*edges, n])
    return (np.add.reduceat(row, edges, axis=-1) / counts).astype(np.float32)


@cache
def _bins_of_bands(columns: int) -> np.ndarray:
    """float32 (columns, N_SPECTRUM): how much of each band lies in each bin."""
    from stemlight.analysis.frontend import band_frequencies_hz

    bands_hz = band_frequencies_hz().reshape(N_SPECTRUM, -1).mean(axis=1)
    per_column = max(1, N_FFT_COLUMNS // columns)  # a wide bin is the mean of narrow ones
    n = columns * per_column
    bins_hz = (np.arange(n) + 0.5) * (SAMPLE_RATE / 2.0 / n)
    weights = np.stack([np.interp(bins_hz, bands_hz, one, right=0.0) for one in np.eye(N_SPECTRUM)], axis=1)
    return weights.reshape(columns, per_column, N_SPECTRUM).mean(axis=1).astype(np.float32)
