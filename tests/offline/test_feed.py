"""What a feed sends is what the Pipeline heard, whoever paces it."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.pipeline import Pipeline
from stemlight.audio.hop_input import HopStamp, InputStatus
from stemlight.errors import UserError
from stemlight.offline.feed import FeedSettings, _run, feed


@dataclass
class FastSource:
    """A song whose hops are there at once, each due when it would have been played."""

    hops: list[np.ndarray]
    read: int = 0
    waited_s: list[float] = field(default_factory=list)

    def start(self): ...
    def close(self): ...

    def wait_hop(self, timeout_s):
        self.waited_s.append(timeout_s)
        return self.read < len(self.hops)

    def read_hop(self, out):
        out[:] = self.hops[self.read]
        self.read += 1
        return HopStamp(self.read * HOP_S, self.read * HOP_S, 0)

    @property
    def status(self):
        return InputStatus("ended" if self.read == len(self.hops) else "running", "")


@dataclass
class FakeSender:
    sent: list = field(default_factory=list)
    due_s: float = math.inf
    destinations: tuple = ()

    def send(self, frame, time_s):
        self.sent.append(frame)


@pytest.fixture
def song():
    random = np.random.default_rng(5)
    return [random.normal(0, 0.1, (512, 2)).astype(np.float32) for _ in range(60)]


def test_it_sends_the_frames_of_the_pipeline_to_the_bit(song, tmp_path):
    sender = FakeSender()
    assert _run(FastSource(song), sender, FeedSettings(tmp_path), [])[0] == len(song)
    pipeline = Pipeline()
    for hop, frame in zip(song, sender.sent, strict=True):
        assert pipeline.process(hop).record.tobytes() == frame.record.tobytes()


def test_it_ends_after_the_seconds_that_were_asked_for(song, tmp_path):
    sender = FakeSender()
    hops, _ = _run(FastSource(song), sender, FeedSettings(tmp_path, seconds=20 * HOP_S), [])
    assert hops == len(sender.sent) == 20


def test_a_signal_ends_it_before_the_next_hop(song, tmp_path):
    sender = FakeSender()
    assert _run(FastSource(song), sender, FeedSettings(tmp_path), [2])[0] == 0


def test_it_never_waits_beyond_the_next_beat(song, tmp_path):
    source, sender = FastSource(song), FakeSender(due_s=-math.inf)
    _run(source, sender, FeedSettings(tmp_path, seconds=10 * HOP_S), [])
    assert source.waited_s[1:] == [0.0] * 9


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "--osc 127.0.0.1:9000"),
        ({"osc": ("nonsense",)}, "HOST:PORT"),
        ({"osc": ("127.0.0.1:9",)}, "no such file"),
    ],
)
def test_what_is_missing_is_one_clear_line(settings, said, tmp_path):
    with pytest.raises(UserError, match=said):
        feed(FeedSettings(tmp_path / "none.wav", **settings), print)
