"""What a stream of sound is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """Rate, width and block length of a stream of float32 samples."""

    sample_rate_hz: int
    n_channels: int
    block_length: int  # samples per channel the stream hands over at a time; 0 where it varies
