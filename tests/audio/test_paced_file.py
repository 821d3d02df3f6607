"""A file at its own pace: what is played is what is analysed, hop by hop as it is heard."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import soundfile
from fake_sound import FakeStream, Host
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.audio import paced_file
from stemlight.audio.file_source import FileSource
from stemlight.audio.loudspeaker import NO_BLOCK_S, WARM_UP_S
from stemlight.audio.paced_file import PacedFile
from stemlight.audio.ring_buffer import Underrun
from stemlight.errors import UserError

LATENCY_S = 0.05


class FakeOutput:
    """A sound output that asks for blocks when a test says so, and keeps what it was given."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.played: list[np.ndarray] = []
        self.stream: FakeStream | None = None

    def open(self, stream_format, on_block) -> FakeStream:
        self.stream = FakeStream(on_block, stream_format, latency_s=LATENCY_S)
        self.opened_s = self.host.now()
        return self.stream

    def warm_up(self, decoder: threading.Thread | None = None) -> None:
        """Let time go by until the song is played; all of it is decoded by then, where `decoder` is given."""
        if decoder:
            decoder.join(60.0)  # runs in real time, whatever the host clock says
        while self.host.now() - self.opened_s < WARM_UP_S:
            self.ask()
            assert not self.played.pop().any()
        self.host.sleep(HOP_S)

    def ask(self, n_samples: int = HOP_LENGTH) -> None:
        self.host.time_s += n_samples / SAMPLE_RATE
        block = np.full((n_samples, 2), np.nan, np.float32)
        self.stream.on_block(block, n_samples, None, 0)
        self.played.append(block)


@pytest.fixture
def song(tmp_path):
    """Two seconds and a bit, and what a file source makes of them."""
    path = tmp_path / "song.wav"
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, (2 * SAMPLE_RATE + 100, 2))
    soundfile.write(path, noise, SAMPLE_RATE, subtype="FLOAT")
    return path, np.concatenate(list(FileSource(path).hops()))


@pytest.fixture
def play(host):
    """Starts files whose time a test moves."""
    opened = []

    def make(path, **settings) -> PacedFile:
        paced = PacedFile(path, now=host.now, sleep=host.sleep, **settings)
        paced.start()
        opened.append(paced)
        return paced

    yield make
    for paced in opened:
        paced.close()


def take(paced: PacedFile, n_hops: int | None = None) -> tuple[np.ndarray, list]:
    """The next hops, or all until the end."""
    hops, stamps = [np.zeros((0, 2), np.float32)], []
    while n_hops is None or len(stamps) < n_hops:
        if not paced.wait_hop(0.1):
            if paced.status.state == "ended":
                break
            continue
        hop = np.zeros((HOP_LENGTH, 2), np.float32)
        stamps.append(paced.read_hop(hop))
        hops.append(hop)
    return np.concatenate(hops), stamps


def test_muted_it_is_the_file_by_the_host_clock(song, host, play):
    path, expected = song
    paced = play(path, mute=True)
    start_s = host.now()
    heard, stamps = take(paced, len(expected) // HOP_LENGTH)
    np.testing.assert_array_equal(heard, expected)
    times_s = [stamp.captured_host_s for stamp in stamps]
    np.testing.assert_allclose(times_s, start_s + HOP_S * np.arange(1, len(stamps) + 1), atol=1e-9)
    assert host.now() == pytest.approx(start_s + len(stamps) * HOP_S, abs=1e-6)
    assert paced.status.message == "'song.wav', muted"


def test_it_ends_and_says_so(song, play):
    path, expected = song
    paced = play(path, mute=True)
    heard, _ = take(paced)
    assert len(heard) == len(expected)
    assert paced.status.state == "ended"
    assert not paced.wait_hop(0.0)
    assert paced.status.message == "end of 'song.wav'"
    with pytest.raises(Underrun):
        paced.read_hop(np.zeros((HOP_LENGTH, 2), np.float32))


def test_a_loop_goes_on_without_a_gap(song, play):
    path, _ = song
    sound, _ = soundfile.read(path, dtype="float32")
    heard, _ = take(play(path, mute=True, loop=True), 600)
    np.testing.assert_array_equal(heard, np.tile(sound, (4, 1))[: len(heard)])


def test_it_starts_where_it_is_told(song, play):
    path, expected = song
    heard, _ = take(play(path, mute=True, start_s=1.0), 20)
    np.testing.assert_array_equal(heard, expected[SAMPLE_RATE : SAMPLE_RATE + len(heard)])


def test_aloud_what_is_played_is_what_is_analysed(song, host, play):
    path, expected = song
    output = FakeOutput(host)
    paced = play(path, open_output=output.open)
    output.warm_up(paced._decoder)
    heard = []
    while sum(map(len, heard)) < len(expected):
        output.ask()
        host.sleep(LATENCY_S)
        heard.append(take(paced, 1)[0])
    np.testing.assert_array_equal(np.concatenate(heard), expected)
    np.testing.assert_array_equal(np.concatenate(output.played)[: len(expected)], expected)
    assert paced.status.xruns == paced.status.overflows == 0


def test_aloud_a_hop_comes_when_it_is_heard(song, host, play):
    output = FakeOutput(host)
    paced = play(song[0], open_output=output.open)
    output.warm_up(paced._decoder)
    start_s = host.now()
    for _ in range(10):
        output.ask(384)
    _, stamps = take(paced, 7)
    for i, stamp in enumerate(stamps):
        heard_s = start_s + (i + 1) * HOP_S + LATENCY_S
        assert stamp.captured_host_s == pytest.approx(heard_s, abs=1e-9)
    assert host.now() >= stamps[-1].captured_host_s


def test_aloud_nothing_comes_before_it_is_heard(song, host, play):
    output = FakeOutput(host)
    paced = play(song[0], open_output=output.open)
    output.warm_up(paced._decoder)
    output.ask(HOP_LENGTH)
    assert not paced.wait_hop(LATENCY_S / 2)
    assert paced.wait_hop(LATENCY_S)


def test_an_output_that_takes_blocks_and_then_sleeps_is_waited_for(song, host, play):
    path, expected = song
    output = FakeOutput(host)
    paced = play(path, open_output=output.open)
    paced._decoder.join(60.0)
    for _ in range(4):
        output.ask(0)  # its buffer, at once
    host.sleep(2.0)
    assert not paced.wait_hop(0.0)
    assert "gone" not in paced.status.message
    begins_s = host.now()
    output.ask()
    host.sleep(LATENCY_S)
    heard, stamps = take(paced, 1)
    np.testing.assert_array_equal(heard, expected[:HOP_LENGTH])
    assert stamps[0].captured_host_s == pytest.approx(begins_s + HOP_S + LATENCY_S)


def test_without_a_sound_output_it_goes_on_silently(song, host, play):
    def refuse(stream_format, on_block):
        raise UserError("no sound output")

    path, expected = song
    paced = play(path, open_output=refuse)
    heard, _ = take(paced, 50)
    np.testing.assert_array_equal(heard, expected[: len(heard)])
    assert paced.status.message == "'song.wav', not aloud: no sound output"


def test_an_output_that_goes_takes_no_sample_with_it(song, host, play):
    path, expected = song
    output = FakeOutput(host)
    paced = play(path, open_output=output.open)
    output.warm_up(paced._decoder)
    for _ in range(20):
        output.ask(300)
    heard = [take(paced, 11)[0]]
    host.sleep(NO_BLOCK_S + 0.1)  # nobody asks for more
    before_s = host.now()
    heard.append(take(paced, 100)[0])
    heard = np.concatenate(heard)
    np.testing.assert_array_equal(heard, expected[: len(heard)])
    assert host.now() - before_s == pytest.approx(100 * HOP_S, abs=2 * HOP_S)
    assert "the sound output has gone" in paced.status.message
    block = np.ones((300, 2), np.float32)
    output.stream.on_block(block, 300, None, 0)  # a driver that asks again is given silence
    assert not block.any()


def test_a_gap_in_what_is_played_is_counted_and_not_analysed(song, host, play, monkeypatch):
    gate = threading.Event()
    whole = FileSource.chunks

    def slow(self):
        for i, chunk in enumerate(whole(self)):
            if i == 2:
                gate.wait()
            yield chunk

    monkeypatch.setattr(FileSource, "chunks", slow)
    path, expected = song
    output = FakeOutput(host)
    paced = play(path, open_output=output.open)
    output.warm_up()
    for _ in range(50):
        output.ask()
    assert paced.status.xruns > 0
    assert not output.played[-1].any()
    gate.set()
    paced._decoder.join(60.0)
    for _ in range(150):
        output.ask()
    heard, _ = take(paced, len(expected) // HOP_LENGTH)
    np.testing.assert_array_equal(heard, expected)


def test_an_engine_that_stands_still_loses_the_oldest_and_counts(tmp_path, host, play):
    path = tmp_path / "long.wav"
    n_samples = 10 * SAMPLE_RATE
    ramp = np.repeat(np.arange(n_samples, dtype=np.float32)[:, None], 2, axis=1)
    soundfile.write(path, ramp, SAMPLE_RATE, subtype="FLOAT")
    output = FakeOutput(host)
    paced = play(path, open_output=output.open)
    output.warm_up()
    n_asked = 0
    while n_asked < 4 * SAMPLE_RATE:
        while paced._decoded.available_read < HOP_LENGTH:
            paced._wakeup.wait(0.1)  # the decoder's thread runs in real time
        output.ask()
        n_asked += HOP_LENGTH
    host.sleep(LATENCY_S)
    heard, _ = take(paced, 1)
    assert heard[0, 0] == n_asked - paced_file.RING_LENGTH
    assert paced.status.overflows == n_asked - paced_file.RING_LENGTH


def test_closed_it_stops(song, play):
    paced = play(song[0], mute=True)
    paced.close()
    paced.close()
    assert not paced.wait_hop(10.0)
    assert not paced._decoder.is_alive()


def test_a_file_that_is_not_there_is_said_before_anything_starts(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        PacedFile(tmp_path / "nonesuch.wav")
