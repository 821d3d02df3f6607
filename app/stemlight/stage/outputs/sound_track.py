"""The sound of the show from the frame ring, without gaps, and where in it a moment of the host's clock is.

The sound is the clock of a recording: its samples are written as they came, and pictures take their places by
it, so that they do not drift apart however long it takes.
"""

from __future__ import annotations

import numpy as np

from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE
from stemlight.bus.frame_ring import FrameRing, Published

GAP_S = 0.05  # more than this between hops is a gap: it is filled with silence; less is jitter
SILENT_S = 0.5  # behind the pictures: so long a hop is waited for, before silence takes its place


class SoundTrack:
    """Stereo samples from `began_s`, host clock, on. One thread."""

    def __init__(self, ring: FrameRing, began_s: float) -> None:
        self._ring = ring
        self._next_index = 0  # all that the ring still has: an encoder may need seconds to start
        self._offset_s = -began_s  # from the host's clock to the track's
        self._n_samples = 0  # given out
        self._has_begun = False

    def time_s(self, host_s: float) -> float:
        """Where in the track a moment is."""
        return host_s + self._offset_s

    def up_to(self, host_s: float) -> np.ndarray:
        """Samples that are new, float32 (n, 2); silence where none have come long before `host_s`."""
        new = [self._fitted(hop) for hop in self._take()]
        missing = round((self.time_s(host_s) - SILENT_S) * SAMPLE_RATE) - self._n_samples
        if missing > 0:
            self._n_samples += missing
            new.append(_silence(missing))
        return np.concatenate(new) if new else _silence(0)

    def _take(self) -> list[Published]:
        hops = self._ring.since(self._next_index)
        if hops:
            self._next_index = hops[-1].index + 1
        return hops

    def _fitted(self, hop: Published) -> np.ndarray:
        """What of a hop is new, after silence where there is a gap before it; moves the track's clock."""
        frame = hop.frame
        samples = np.stack([frame.waveform + frame.side, frame.waveform - frame.side], axis=1)
        starts_s = self.time_s(hop.captured_host_s - HOP_S)
        gap = round(starts_s * SAMPLE_RATE) - self._n_samples
        before = _silence(0)
        if not self._has_begun and gap < 0:
            samples = samples[-gap:]  # what sounded before the recording
        elif gap > GAP_S * SAMPLE_RATE:
            before = _silence(gap)
        elif gap < -GAP_S * SAMPLE_RATE:
            return _silence(0)  # silence has taken its place
        if not len(samples):
            return samples
        self._has_begun = True
        self._n_samples += len(before) + len(samples)
        self._offset_s = self._n_samples / SAMPLE_RATE - hop.captured_host_s
        return np.concatenate([before, samples])


def _silence(n: int) -> np.ndarray:
    return np.zeros((n, 2), np.float32)
