"""Plays samples through the default sound output, and passes on what was played and when it is heard."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.audio import portaudio
from stemlight.audio.block_clock import BlockClock
from stemlight.audio.hop_input import Counters
from stemlight.audio.portaudio import OnBlock, OpenStream
from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.wakeup import Wakeup

BLOCK_LENGTH = 512
NO_BLOCK_S = 3.0  # an output that asks for nothing for so long has gone; PulseAudio mends a gap within 2 s
FIRST_BLOCK_S = 5.0
# PulseAudio fills its buffer at once and asks for no more until the sink has woken up, up to 2 s later: what
# it took before is heard at a time nobody can tell. So the song begins when an output has come this far.
WARM_UP_S = 0.3

OpenOutput = Callable[[StreamFormat, OnBlock], OpenStream]


class Loudspeaker:
    """Moves samples from one ring to another at the pace at which the sound output takes them."""

    def __init__(
        self,
        samples: RingBuffer,
        played: RingBuffer,
        finished: threading.Event,
        *,
        counters: Counters,
        wakeup: Wakeup,
        open_output: OpenOutput = portaudio.open_output_stream,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Starts to play `samples` at once; UserError where there is no output that takes them.

        `finished`: set once nothing more will be written to `samples`; until then a gap is an xrun.
        """
        self._samples, self._played, self._finished = samples, played, finished
        self._counters, self._wakeup, self._now = counters, wakeup, now
        self._clock = BlockClock(SAMPLE_RATE)
        self._opened_s = now()
        self._first_block_s = math.nan
        self._wanted = True
        self._stream = open_output(StreamFormat(SAMPLE_RATE, 2, BLOCK_LENGTH), self.on_block)

    def on_block(self, block: Any, n_samples: int, times: Any, flags: Any) -> None:
        """Fill `block`, with zeros where nothing is ready, and pass on what was. PortAudio's thread."""
        now_s = self._now()
        if math.isnan(self._first_block_s):
            self._first_block_s = now_s
        if not self._wanted or now_s - self._first_block_s < WARM_UP_S:
            block[:] = 0.0
            return
        n_ready = self._samples.read(block)
        block[n_ready:] = 0.0
        self._clock.note(self._played.n_written + n_ready, now_s)
        self._played.write(block[:n_ready])
        self._counters.blocks += 1
        if flags or (n_ready < n_samples and not self._finished.is_set()):
            self._counters.xruns += 1
        self._wakeup.set()

    def due_s(self, n_samples: int) -> float:
        """Host time at which the first `n_samples` have been heard. Engine's thread."""
        self._clock.follow(n_samples)
        return self._clock.host_at(n_samples) + self._stream.latency_s

    @property
    def has_gone(self) -> bool:
        """Whether the output has stopped asking for sound. Engine's thread."""
        if not self._stream.active:
            return True
        if not self._clock.has_begun:
            return self._now() - self._opened_s > FIRST_BLOCK_S
        return self._now() - self._clock.last_block_s > NO_BLOCK_S

    def close(self) -> None:
        """Play no more."""
        self._wanted = False
        self._stream.close()
