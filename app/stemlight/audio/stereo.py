"""Any number of channels become two, and whatever is not a number becomes silence."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# ITU-R BS.775-4, table 2: centre and surrounds go into either side 3 dB down, the effects channel is left
# out. The front pair keeps its gain, so that a song is as loud in stereo as in 5.1.
_HALF_POWER = math.sqrt(0.5)
# Channels by their count, in the order of WAVE files and of FFmpeg.
_LAYOUTS = {
    3: ("L", "R", "C"),
    4: ("L", "R", "Ls", "Rs"),
    5: ("L", "R", "C", "Ls", "Rs"),
    6: ("L", "R", "C", "LFE", "Ls", "Rs"),
    7: ("L", "R", "C", "LFE", "Cs", "Ls", "Rs"),
    8: ("L", "R", "C", "LFE", "Ls", "Rs", "Ls", "Rs"),
}
_GAINS = {  # into left, into right
    "L": (1.0, 0.0),
    "R": (0.0, 1.0),
    "C": (_HALF_POWER, _HALF_POWER),
    "LFE": (0.0, 0.0),
    "Ls": (_HALF_POWER, 0.0),
    "Rs": (0.0, _HALF_POWER),
    "Cs": (0.5, 0.5),  # 3 dB down into either surround, and those 3 dB down again
}


def to_stereo(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """`block` (n_samples, n_channels) as (n_samples, 2).

    Mono goes to both sides; 3 to 8 channels are mixed down as the surround layout with that many; of more
    than 8, which is no layout but a multitrack recording, the first two stay.
    """
    n_channels = block.shape[1]
    if n_channels == 1:
        return np.repeat(block, 2, axis=1)
    if n_channels in _LAYOUTS:
        gains = np.array([_GAINS[name] for name in _LAYOUTS[n_channels]], np.float32)
        return block @ gains
    return block[:, :2]


def zero_nonfinite(block: NDArray[np.float32]) -> int:
    """Set what is nan or infinite in `block` to 0, in place; return how many numbers that were."""
    finite = np.isfinite(block)
    if finite.all():
        return 0
    block[~finite] = 0.0
    return int(finite.size - np.count_nonzero(finite))
