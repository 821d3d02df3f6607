"""The whole line, hop to frame: causal, repeatable, and calm whatever comes in."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.chroma import Chroma
from stemlight.analysis.drums import DrumParts
from stemlight.analysis.feature_frame import FAMILIES, FIELDS, FRAME_DTYPE, HOP_LENGTH, HOP_S, FeatureFrame
from stemlight.analysis.frontend import Frontend
from stemlight.analysis.gain import AutomaticGain
from stemlight.analysis.levels import Levels
from stemlight.analysis.loudness import Loudness
from stemlight.analysis.onsets import Onsets
from stemlight.analysis.pipeline import Pipeline
from stemlight.analysis.spectra import Spectra
from stemlight.analysis.stage_timer import StageTimer

MakePipeline = Callable[[], Pipeline]


def content(frames: list[FeatureFrame]) -> list[bytes]:
    """What a reader of shared memory would get, frame by frame."""
    return [frame.record.tobytes() for frame in frames]


def records(frames: list[FeatureFrame]) -> np.ndarray:
    return np.array([frame.record for frame in frames], FRAME_DTYPE)


@pytest.fixture
def song(synth: SimpleNamespace) -> np.ndarray:
    """Eight seconds of stereo with something in every family: float (n, 2)."""
    mono = synth.groove(8.0)
    voice = 0.1 * np.sin(2 * np.pi * 500.0 * synth.time_axis(8.0))
    return np.stack([mono + voice, mono - 0.5 * voice], axis=1)


def test_a_frame_depends_on_no_later_sample(
    make_pipeline: MakePipeline, synth: SimpleNamespace, song: np.ndarray
) -> None:
    cut = 300
    changed = song.copy()
    changed[cut * HOP_LENGTH :] = np.random.default_rng(0).standard_normal(changed[cut * HOP_LENGTH :].shape)
    one = content(synth.frames_of(make_pipeline(), song))
    other = content(synth.frames_of(make_pipeline(), changed))
    assert one[:cut] == other[:cut]
    assert one[cut] != other[cut]
    assert content(synth.frames_of(make_pipeline(), song[: cut * HOP_LENGTH])) == one[:cut]


def test_again_after_reset_is_the_same_and_without_is_not(
    make_pipeline: MakePipeline, synth: SimpleNamespace, song: np.ndarray
) -> None:
    pipeline = make_pipeline()
    first = synth.frames_of(pipeline, song)
    without = synth.frames_of(pipeline, song)
    pipeline.reset()
    assert content(synth.frames_of(pipeline, song)) == content(first)
    for name in ("frame", "time_s", "time", "count", "beat", "level", "chroma", "loudness_db"):
        assert (records(without)[name] != records(first)[name]).any(), name


def test_two_pipelines_say_the_same(
    make_pipeline: MakePipeline, synth: SimpleNamespace, song: np.ndarray
) -> None:
    one, other = (content(synth.frames_of(make_pipeline(), song)) for _ in range(2))
    assert one == other


def test_published_frames_do_not_change_afterwards(
    make_pipeline: MakePipeline, synth: SimpleNamespace, song: np.ndarray
) -> None:
    pipeline = make_pipeline()
    frames = [pipeline.process(hop) for hop in synth.hops_of(song)[:50]]
    kept = content(frames)
    synth.frames_of(pipeline, song)
    assert content(frames) == kept
    with pytest.raises(ValueError, match="read-only"):
        frames[0].record["beat"] = 1.0


def test_the_input_is_not_touched(make_pipeline: MakePipeline, song: np.ndarray) -> None:
    hop = song[:HOP_LENGTH].astype(np.float32)
    hop[5] = np.nan
    kept = hop.copy()
    make_pipeline().process(hop)
    np.testing.assert_array_equal(hop, kept)


def test_time_is_that_of_the_last_sample(make_pipeline: MakePipeline, song: np.ndarray) -> None:
    pipeline = make_pipeline()
    for index in range(5):
        frame = pipeline.process(np.zeros((HOP_LENGTH, 2), np.float32))
        assert frame.frame == index
        assert frame.time_s == pytest.approx((index + 1) * HOP_LENGTH / 44_100)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda x: np.where(np.arange(x.size).reshape(x.shape) % 7, x, np.nan), id="nan"),
        pytest.param(lambda x: np.where(np.arange(x.size).reshape(x.shape) % 999, x, np.inf), id="inf"),
        pytest.param(lambda x: np.clip(x * 100.0, -1.0, 1.0), id="clipped"),
        pytest.param(lambda x: x * 1e30, id="huge"),
        pytest.param(lambda x: x * 1e-30, id="tiny"),
        pytest.param(lambda x: x * 0.0, id="silence"),
        pytest.param(lambda x: x * 0.0 + 1.0, id="dc"),
        pytest.param(lambda x: np.random.default_rng(0).uniform(-1, 1, x.shape), id="noise"),
    ],
)
def test_whatever_comes_the_numbers_stay_in_their_ranges(
    make_pipeline: MakePipeline, synth: SimpleNamespace, song: np.ndarray, spoil: Callable
) -> None:
    pipeline = make_pipeline()
    n = 80 * HOP_LENGTH
    frames = synth.frames_of(pipeline, np.concatenate([song[:n], spoil(song[n : 3 * n]), song[n : 2 * n]]))
    table = records(frames)
    for field in FIELDS:
        values = table[field.name]
        assert np.isfinite(values).all(), field.name
        if field.name not in ("loudness_db", "waveform", "side"):  # say what came, also when it is too much
            assert (values >= field.low).all() and (values <= field.high).all(), field.name
    assert (np.diff(table["count"], axis=0) >= 0).all()
    assert (np.diff(table["beat_count"]) >= 0).all()
    assert (np.diff(table["beat"]) >= 0).all()
    assert table["level"][-20:].max() > 0.1  # and the music is heard again


def test_a_direct_current_is_not_seen(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    frames = synth.frames_of(make_pipeline(), np.full(20 * 44_100, 0.2))
    assert frames[-1].level.max() < 0.02
    assert abs(frames[-1].waveform).max() < 0.01
    one_sided = np.full((20 * 44_100, 2), (0.2, 0.0))
    assert abs(synth.frames_of(make_pipeline(), one_sided)[-1].side).max() < 0.01


def test_the_channels_can_be_had_back(make_pipeline: MakePipeline) -> None:
    """But for what they have been standing at, which in noise is next to nothing."""
    stereo = np.random.default_rng(0).uniform(-0.5, 0.5, (HOP_LENGTH, 2)).astype(np.float32)
    frame = make_pipeline().process(stereo)
    left, right = frame.waveform + frame.side, frame.waveform - frame.side
    np.testing.assert_allclose(left - left.mean(), stereo[:, 0] - stereo[:, 0].mean(), atol=1e-6)
    np.testing.assert_allclose(right - right.mean(), stereo[:, 1] - stereo[:, 1].mean(), atol=1e-6)
    assert abs(left - stereo[:, 0]).max() < 1e-3


def test_a_mono_sound_has_no_side(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    assert not records(synth.frames_of(make_pipeline(), synth.groove(1.0)))["side"].any()


def test_silence_is_dark(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    pipeline = make_pipeline()
    synth.frames_of(pipeline, synth.groove(4.0))
    frame = synth.frames_of(pipeline, np.zeros(15 * 44_100))[-1]
    for name in ("level", "hits", "spectrum", "stem_spectrum", "waveform"):
        assert getattr(frame, name).max() < 1e-3, name
    assert frame.presence.max() < 0.05
    assert frame.loudness_db == -120.0
    assert frame.intensity < 0.4


def test_a_hop_of_another_shape_is_refused(make_pipeline: MakePipeline) -> None:
    with pytest.raises(ValueError, match="512"):
        make_pipeline().process(np.zeros((256, 2), np.float32))


def test_stems_are_seen_in_their_spectra(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    frames = synth.frames_of(make_pipeline(), 0.2 * np.sin(2 * np.pi * 80.0 * synth.time_axis(3.0)))
    drums, bass, vocals, _ = frames[-1].stem_spectrum
    assert bass.max() > 0.6
    assert bass.argmax() == frames[-1].spectrum.argmax()
    assert max(drums.max(), vocals.max()) < bass.max() - 0.2
    assert (frames[-1].stem_spectrum <= frames[-1].spectrum + 1e-5).all()


def test_beats_of_a_groove_are_called_from_sound(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    frames = synth.frames_of(make_pipeline(), synth.groove(16.0, bpm=124.0))
    counts = np.array([0] + [frame.beat_count for frame in frames])
    called = (np.flatnonzero(np.diff(counts)) + 1) * HOP_S
    truth = np.arange(0.1, 16.0, 60.0 / 124.0)
    errors = [np.abs(called - beat).min() for beat in truth if 5 < beat < 15.5]
    assert max(errors) < 0.07
    assert frames[-1].tempo_bpm == pytest.approx(124.0, abs=0.2)


def test_the_timer_is_told_every_stage_once_a_hop(models: object) -> None:
    ticks = iter(range(1_000))
    timer = StageTimer(lambda: float(next(ticks)))
    pipeline = Pipeline(models, timer=timer)  # type: ignore[arg-type]
    for _ in range(3):
        pipeline.process(np.zeros((HOP_LENGTH, 2), np.float32))
    assert len(timer.laps_s) >= 9
    assert all(laps == [1.0, 1.0, 1.0] for laps in timer.laps_s.values())


def stages() -> dict[str, Callable[[], Callable[[np.ndarray], object]]]:
    """By name: makes a fresh stage as a function of one random row, float32 (1025,) in [0, 1)."""
    n = len(FAMILIES)

    def frontend() -> Callable[[np.ndarray], object]:
        stage = Frontend()
        return lambda x: stage.process(x[:HOP_LENGTH]).log_bands

    def gain() -> Callable[[np.ndarray], object]:
        stage = AutomaticGain()
        return lambda x: stage.process(x[:n] * -60.0).copy()

    def levels() -> Callable[[np.ndarray], object]:
        stage = Levels()

        def process(x: np.ndarray) -> object:
            stage.process(x[:n] * -40.0, np.full(n, -12.0, np.float32))
            return np.concatenate([stage.level, stage.presence, stage.time])

        return process

    def spectra() -> Callable[[np.ndarray], object]:
        stage = Spectra()

        def process(x: np.ndarray) -> object:
            stage.process(x[:640].reshape(5, 128), -12.0)
            return stage.spectrum.copy()

        return process

    def onsets() -> Callable[[np.ndarray], object]:
        stage = Onsets()

        def process(x: np.ndarray) -> object:
            stage.process(x[:640].reshape(5, 128), x[640:643], np.ones(n, np.float32))
            return np.concatenate([stage.hits, stage.count])

        return process

    def drums() -> Callable[[np.ndarray], object]:
        stage = DrumParts()

        def process(x: np.ndarray) -> object:
            power = np.ones(n, np.float32)
            stage.process(x[:3], power)
            return power

        return process

    def loudness() -> Callable[[np.ndarray], object]:
        stage = Loudness()
        return lambda x: stage.process(x[:1024].reshape(2, HOP_LENGTH))

    def chroma() -> Callable[[np.ndarray], object]:
        stage = Chroma()
        return lambda x: stage.process((x * np.exp(40j * x)).astype(np.complex64), x * x, -12.0)

    made = (frontend, gain, levels, spectra, onsets, drums, loudness, chroma)
    return {make.__name__: make for make in made}


@pytest.mark.parametrize("name", stages())
def test_every_stage_is_causal_to_the_bit(name: str) -> None:
    random = np.random.default_rng(0)
    rows = random.random((60, 1025)).astype(np.float32)
    changed = rows.copy()
    changed[40:] = random.random((20, 1025))
    one, other = (
        [np.asarray(stage(row)) for row in x]
        for stage, x in ((stages()[name](), rows), (stages()[name](), changed))
    )
    for before, after in zip(one[:40], other[:40], strict=True):
        np.testing.assert_array_equal(before, after)
    assert any((a != b).any() for a, b in zip(one[40:], other[40:], strict=True))
