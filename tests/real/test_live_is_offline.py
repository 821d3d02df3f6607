"""A show that listens to a sound card says what the pipeline says of the same samples, to the bit."""

import time

import numpy as np
import pytest
from pulse import PrivatePulse, pulse  # noqa: F401 - the fixture
from running_show import running_show
from stemlight.analysis.feature_frame import FIELDS, HOP_LENGTH, SAMPLE_RATE
from stemlight.analysis.pipeline import Pipeline
from stemlight.audio.band_loop import synthesise

pytestmark = pytest.mark.real

SECONDS = 8
LEAD_IN = 22_000  # samples of silence: a sink that wakes up swallows its first, and must not swallow music
N_TRIES = 3  # the server itself may stumble on a loaded machine


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    """int16 (n, 2): the band, and a little noise by which each moment can be told from all others."""
    band = synthesise().mix[: SECONDS * SAMPLE_RATE]
    noise = np.random.default_rng(3).normal(0.0, 0.003, band.shape)
    sound = (np.clip(band + noise, -0.99, 0.99) * 32_767).astype(np.int16)
    return np.concatenate([np.zeros((LEAD_IN, 2), np.int16), sound])


def hear(pulse: PrivatePulse, song: np.ndarray) -> list:  # noqa: F811
    """The frames of a show, from its first to beyond the end of the song."""
    frames: list = []
    with running_show("--input", pulse.CAPTURE, "--no-stage", "--seconds", "120") as show:
        show.wait_for_frames()
        with pulse.playing(song):
            while not frames or len(frames) < first_sound(frames) + (SECONDS + 1) * SAMPLE_RATE / HOP_LENGTH:
                frames += show.ring.since(len(frames))
                time.sleep(0.1)
        show.press_ctrl_c()
        show.wait()
    assert [p.frame.frame for p in frames] == list(range(len(frames)))
    return frames


def first_sound(frames: list) -> int:
    """The first frame that is not silent; as many as there are if all are."""
    return next((i for i, p in enumerate(frames) if p.frame.waveform.any()), len(frames))


def place_in_song(waveform: np.ndarray, song_mono: np.ndarray, hops: int) -> int:
    """Which sample of the song a hop begins with, near so many hops into it; -1 if it is not of the song."""
    near = hops * HOP_LENGTH
    without_mean = waveform - waveform.mean()
    for at in range(max(near - 4 * HOP_LENGTH, 0), min(near + 4 * HOP_LENGTH, len(song_mono) - HOP_LENGTH)):
        hop = song_mono[at : at + HOP_LENGTH]
        if np.abs(hop - hop.mean() - without_mean).max() < 1e-6:
            return at
    return -1


def test_live_frames_equal_offline_frames(pulse, song):  # noqa: F811
    samples = song.astype(np.float32) / 32_768.0
    mono = samples.mean(axis=1)
    into_song = LEAD_IN // HOP_LENGTH
    for _ in range(N_TRIES):
        frames = hear(pulse, song)
        first = first_sound(frames) - into_song
        lags = {
            (first + hops) * HOP_LENGTH - place_in_song(frames[first + hops].frame.waveform, mono, hops)
            for hops in (into_song + 1, into_song + 2, 100, 400, 600)
        }
        if len(lags) == 1:
            break
    else:
        pytest.fail(f"PulseAudio stumbled {N_TRIES} times: {lags}")
    (lag,) = lags

    heard = np.zeros((len(frames) * HOP_LENGTH, 2), np.float32)
    heard[lag : lag + len(samples)] = samples[: len(heard) - lag]
    pipeline = Pipeline()
    for i, published in enumerate(frames):
        offline = pipeline.process(heard[i * HOP_LENGTH : (i + 1) * HOP_LENGTH])
        for field in FIELDS:
            if not field.health:
                live = published.frame.record[field.name]
                assert np.array_equal(live, offline.record[field.name]), f"{field.name} of frame {i}"
    assert len(frames) > SECONDS * SAMPLE_RATE / HOP_LENGTH
