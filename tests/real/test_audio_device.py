"""Sound in through a real PortAudio: what is played is what is heard, whatever is pulled out meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soundfile
from pulse import PrivatePulse, pulse  # noqa: F401 - the fixture
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.audio.device_input import DeviceInput
from stemlight.audio.devices import choose_device, list_devices
from stemlight.audio.hop_input import HopInput, HopStamp, InputStatus, open_input
from stemlight.audio.paced_file import PacedFile
from stemlight.errors import UserError

pytestmark = pytest.mark.real

N_TRIES = 3  # the server itself may stumble on a loaded machine
SWALLOWED = SAMPLE_RATE // 10  # a sink that wakes up drops this much at most (0 to 1719 samples were seen)


class Listener:
    """Reads hops on a thread of its own, as an engine does, and keeps them with their stamps."""

    def __init__(self, hop_input: HopInput) -> None:
        self._input = hop_input
        self._hops: list[np.ndarray] = []
        self.stamps: list[HopStamp] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> Listener:
        self._input.start()
        self.started_s = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._done.set()
        self._thread.join()
        self.stopped_s = time.perf_counter()
        self._input.close()

    def _listen(self) -> None:
        while not self._done.is_set():
            if self._input.wait_hop(0.1):
                hop = np.zeros((HOP_LENGTH, 2), np.float32)
                self.stamps.append(self._input.read_hop(hop))
                self._hops.append(hop)

    @property
    def heard(self) -> np.ndarray:
        return np.concatenate([np.zeros((0, 2), np.float32), *self._hops])

    def wait(self, wanted: Callable[[InputStatus], bool], timeout_s: float = 30.0) -> InputStatus:
        """Wait for a status; the test fails where it does not come."""
        deadline_s = time.monotonic() + timeout_s
        while not wanted(self._input.status):
            assert time.monotonic() < deadline_s, f"still {self._input.status}"
            time.sleep(0.01)
        return self._input.status


def noise(seconds: float, seed: int) -> np.ndarray:
    """int16 (n, 2) without a zero, so that every silence is somebody's."""
    rng = np.random.default_rng(seed)
    samples = rng.integers(1, 8_000, (round(seconds * SAMPLE_RATE), 2))
    return (samples * rng.choice((-1, 1), samples.shape)).astype(np.int16)


def as_int16(heard: np.ndarray) -> np.ndarray:
    """PulseAudio's float samples as the 16 bits they were made of."""
    scaled = heard * 32_768.0
    assert np.array_equal(scaled, np.round(scaled))
    return scaled.astype(np.int16)


def sounding(heard: np.ndarray) -> np.ndarray:
    """From the first sample that is not zero to the last."""
    rows = np.flatnonzero(heard.any(axis=1))
    return heard[rows[0] : rows[-1] + 1] if len(rows) else heard[:0]


def is_end_of(heard: np.ndarray, played: np.ndarray) -> bool:
    """Whether `heard` is `played` to the bit, but for what the sink swallowed as it woke up."""
    n_missing = len(played) - len(heard)
    return 0 <= n_missing <= SWALLOWED and np.array_equal(heard, played[n_missing:])


def tries() -> Iterator[bool]:
    """Whether this try is the last."""
    return (i == N_TRIES - 1 for i in range(N_TRIES))


@pytest.mark.parametrize(("block_length", "seconds"), [(64, 2.0), (128, 4.0), (2_048, 2.0)])
def test_capture_is_to_the_bit_what_is_played(pulse, block_length, seconds):  # noqa: F811
    for last in tries():
        played = noise(seconds, block_length)
        with Listener(DeviceInput(pulse.CAPTURE, block_length=block_length)) as listener:
            listener.wait(lambda status: status.state == "running")
            with pulse.playing(played) as player:
                while player.poll() is None:
                    list_devices()  # which must not disturb the stream
                time.sleep(0.3)
            status = listener._input.status
        heard = sounding(as_int16(listener.heard))
        if is_end_of(heard, played):
            break
        assert not last, f"{len(heard)} samples heard of {len(played)}, {status}"
    assert (status.overflows, status.nonfinite, status.restarts) == (0, 0, 0)
    assert status.blocks > seconds * SAMPLE_RATE / block_length


@pytest.mark.parametrize("channel", [1, 2])
def test_one_channel_to_both_sides(pulse, channel):  # noqa: F811
    played = noise(1.0, channel)
    for last in tries():
        with Listener(open_input(f"{pulse.CAPTURE}@{channel}")) as listener:
            listener.wait(lambda status: status.state == "running")
            with pulse.playing(played) as player:
                player.wait()
                time.sleep(0.3)
        heard = sounding(as_int16(listener.heard))
        if is_end_of(heard, played[:, [channel - 1, channel - 1]]):
            break
        assert not last


def test_a_source_pulled_out_is_said_waited_for_and_taken_back(pulse):  # noqa: F811
    with Listener(DeviceInput(pulse.CAPTURE)) as listener:
        listener.wait(lambda status: status.state == "running")
        with pulse.playing(noise(3.0, 2)):
            time.sleep(1.0)
            pulse.unplug()
            lost = listener.wait(lambda status: status.state == "waiting")
            n_away = len(listener.stamps)
            time.sleep(3.0)
            status = listener._input.status
            assert status.state == "waiting"
            n_back = len(listener.stamps)
        pulse.plug()
        listener.wait(lambda status: status.restarts == 1 and status.state == "running")
        again = noise(1.0, 3)
        with pulse.playing(again) as player:
            player.wait()
            time.sleep(0.3)
        status = listener._input.status
    assert lost.message.startswith("waiting for 'vjmon'")
    assert n_back - n_away == pytest.approx(3.0 / HOP_S, abs=60)  # what was missed at first comes in one go
    heard = listener.heard
    silent = heard[(n_away + 2) * HOP_LENGTH : n_back * HOP_LENGTH]
    assert not silent.any()
    assert is_end_of(sounding(as_int16(heard[n_back * HOP_LENGTH :])), again)
    assert status.restarts == 1
    expected = (listener.stopped_s - listener.started_s) / HOP_S
    assert len(listener.stamps) == pytest.approx(expected, abs=12)  # hops went on all the while


def test_a_server_that_dies_is_waited_for_too(pulse):  # noqa: F811
    with Listener(DeviceInput(pulse.CAPTURE)) as listener:
        listener.wait(lambda status: status.state == "running")
        pulse.kill()
        listener.wait(lambda status: status.state == "waiting")
        time.sleep(1.5)
        pulse.start()
        listener.wait(lambda status: status.restarts == 1 and status.state == "running")
        n_hops = len(listener.stamps)
        time.sleep(1.0)
    assert len(listener.stamps) - n_hops > 60


def test_silence_is_said_the_stream_kept_and_hops_keep_pace(pulse):  # noqa: F811
    with Listener(DeviceInput(pulse.CAPTURE)) as listener:
        listener.wait(lambda status: status.message.startswith("silence for 5 s from 'vjmon'"))
        time.sleep(1.5)  # while it looks whether the source is there
        status = listener._input.status
    assert (status.state, status.restarts) == ("running", 0)
    expected = (listener.stopped_s - listener.started_s) / HOP_S
    assert len(listener.stamps) == pytest.approx(expected, abs=8)
    captured_s = np.array([stamp.captured_host_s for stamp in listener.stamps])[-300:]
    arrived_s = np.array([stamp.arrival_host_s for stamp in listener.stamps])[-300:]
    assert np.abs(np.diff(captured_s) - HOP_S).max() < 0.004  # blocks came in bursts of up to 23 ms
    assert (arrived_s - captured_s).min() > -0.004


def test_a_file_played_aloud_is_heard_as_it_is_analysed(pulse, tmp_path):  # noqa: F811
    path = tmp_path / "song.wav"
    played = noise(3.0, 4)
    soundfile.write(path, played, SAMPLE_RATE, subtype="PCM_16")
    for last in tries():
        with Listener(DeviceInput(pulse.CAPTURE)) as microphone:
            microphone.wait(lambda status: status.state == "running")
            # In one process the second stream would end the first: PortAudio is started anew for it.
            with muted_restart(), Listener(PacedFile(path)) as player:
                player.wait(lambda status: status.state == "ended")
            time.sleep(0.5)
        analysed = sounding(as_int16(player.heard))
        heard = sounding(as_int16(microphone.heard))
        assert np.array_equal(analysed, played)
        if is_end_of(heard, played):
            break
        assert not last, f"{len(heard)} samples of {len(played)} came out of the loudspeaker"
    n_missing = len(played) - len(heard)
    begins_s = player.stamps[0].captured_host_s - HOP_S + n_missing / SAMPLE_RATE
    offset_s = when_heard_s(microphone) - begins_s
    print(f"the microphone hears the file {1e3 * offset_s:.1f} ms after the time on its hops")
    assert abs(offset_s) < 0.1


def when_heard_s(microphone: Listener) -> float:
    """Host time at which the first sample that is not silence was captured."""
    first = int(np.flatnonzero(microphone.heard.any(axis=1))[0])
    hop, sample = divmod(first, HOP_LENGTH)
    return microphone.stamps[hop].captured_host_s - (HOP_LENGTH - 1 - sample) / SAMPLE_RATE


def muted_restart() -> pytest.MonkeyPatch:
    """Keep PortAudio as it is, for a test that needs both directions in one process."""
    from contextlib import contextmanager

    from stemlight.audio import portaudio

    @contextmanager
    def keep() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(portaudio, "_restarted", portaudio.portaudio)
            yield

    return keep()


def test_the_list_has_what_there_is(pulse):  # noqa: F811
    devices = list_devices()
    assert pulse.CAPTURE in [device.name for device in devices]
    default = choose_device("default", devices)
    assert default.host_api == "ALSA"
    assert default.n_inputs > 0
    with pytest.raises(UserError, match="no sound input is called 'vjmom'; there is 'vjmon'"):
        open_input("vjmom").start()
