"""A song goes through the networks as the show runs them; all that was said of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from stemlight.analysis import frontend, networks
from stemlight.analysis.bars import Bars
from stemlight.analysis.feature_frame import DRUM_PARTS, FAMILIES, HOP_LENGTH, STEMS
from stemlight.analysis.networks import BeatResult, StemResult
from stemlight.analysis.phase_lock import gate_of
from stemlight.analysis.pipeline import Pipeline, PipelineModels

STEADY_BEAT = 43  # hops; 120 BPM


@dataclass(frozen=True)
class Heard:
    """What the networks say of one song, hop by hop."""

    log_bands: np.ndarray  # float32 (n_hops, N_BANDS) of the mix
    masks: np.ndarray  # float32 (n_hops, 4, N_BANDS)
    drums: np.ndarray  # float32 (n_hops, 3) activations
    beats: np.ndarray  # float32 (n_hops, 3) activations
    bars: np.ndarray = field(  # float32 (n_beats, 7) of `steady_beats`, where `listen` had a bar network
        default_factory=lambda: _stacked([], (networks.N_POSITIONS,))
    )


@dataclass(frozen=True)
class Called:
    """What the frames of one song call, each at the time when its frame is there: the end of its hop."""

    beats_s: np.ndarray  # float64 (n_beats,), emission
    claimed_s: np.ndarray  # float64 (n_beats,), where the timeline says that the beat was
    confidence: np.ndarray  # float64 (n_beats,) in [0, 1], as the beat is called
    is_downbeat: np.ndarray  # bool (n_beats,)
    hits_s: tuple[np.ndarray, ...]  # of each of DRUM_PARTS: float64 (n_hits,), emission
    tempo_bpm: np.ndarray  # float64 (n_hops,)


@dataclass(frozen=True)
class Show:
    """A song as the whole Pipeline hears it."""

    heard: Heard
    called: Called


def listen(models: PipelineModels, mix: np.ndarray) -> Heard:
    """Stream `mix` float32 (n_samples,) through front-end and networks alone.

    A bar network is told of `steady_beats`, whatever the music does: it is judged apart from the decoder.
    """
    models.reset()
    ear = _Ear(models)
    front = frontend.Frontend()
    bars = Bars(models.bars) if models.bars else None
    said = []
    over = dict(steady_beats(len(mix) // HOP_LENGTH))
    for number, hop in enumerate(_hops(mix)):
        spectrum = front.process(hop)
        stems = ear.stems.process(spectrum.log_bands)
        levels = networks.stem_levels(networks.stem_bands(stems.masks, spectrum.bands))
        ear.beats.process(spectrum.log_bands, levels)
        if bars:
            bars.hear(spectrum.log_bands, levels)
            if number in over:
                position = bars.position(over[number], STEADY_BEAT)
                assert position is not None  # no beat is longer than what is kept
                said.append(position)
    return replace(ear.heard(), bars=_stacked(said, (networks.N_POSITIONS,)))


def steady_beats(n_hops: int) -> list[tuple[int, float]]:
    """Of beats STEADY_BEAT hops apart: the hop in which each is over, as in `PhaseLock`, and when it is."""
    gate = gate_of(STEADY_BEAT)
    return [(beat + gate, float(beat)) for beat in range(STEADY_BEAT, n_hops - gate, STEADY_BEAT)]


def run_pipeline(models: PipelineModels, mix: np.ndarray) -> Show:
    """Stream `mix` float32 (n_samples,) through the Pipeline, as `stemlight analyze` does."""
    ear = _Ear(models)
    pipeline = Pipeline(ear)
    parts = [FAMILIES.index(part) for part in DRUM_PARTS]
    beats: list[tuple[float, float, float, bool]] = []
    hits: list[list[float]] = [[] for _ in DRUM_PARTS]
    tempi = []
    beat_count = 0
    counts = [0] * len(DRUM_PARTS)
    for hop in _hops(mix):
        frame = pipeline.process(np.repeat(hop[:, None], 2, axis=1))
        if frame.beat_count > beat_count:
            claimed_s = frame.time_s - frame.beat_phase * 60.0 / frame.tempo_bpm
            beats.append((frame.time_s, claimed_s, frame.tempo_confidence, frame.beat_in_bar == 1))
        beat_count = frame.beat_count
        for part, family in enumerate(parts):
            if frame.count[family] > counts[part]:
                hits[part].append(frame.time_s)
                counts[part] = int(frame.count[family])
        tempi.append(frame.tempo_bpm)
    emitted_s, claimed, confidence, is_downbeat = np.array(beats, np.float64).reshape(-1, 4).T
    called = Called(
        emitted_s, claimed, confidence, is_downbeat > 0, tuple(map(np.array, hits)), np.array(tempi)
    )
    return Show(ear.heard(), called)


def separate(mix: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Masks over `mix` become sound: float32 (4, n_samples), aligned with the mix; its last hop is silent.

    As `stemlight split` does, hop by hop, in one channel.
    """
    front, resynthesis = frontend.Frontend(), frontend.Resynthesis(len(STEMS))
    sound = np.zeros((len(STEMS), len(masks) * HOP_LENGTH), np.float32)
    for number, (hop, mask) in enumerate(zip(_hops(mix), masks, strict=True)):
        made = resynthesis.process((mask @ frontend.band_matrix()) * front.process(hop).stft)
        if number:  # what comes out now belongs to the hop before
            sound[:, (number - 1) * HOP_LENGTH : number * HOP_LENGTH] = made
    return sound


class _Ear:
    """A pair that keeps all that goes through it."""

    def __init__(self, models: PipelineModels) -> None:
        self._models = models
        self.stems = _KeptStems(models)
        self.beats = _KeptBeats(models)
        self.bars = models.bars

    def reset(self) -> None:
        self._models.reset()

    def heard(self) -> Heard:
        said, beats = self.stems.said, self.beats.said
        return Heard(
            log_bands=_stacked(self.stems.log_bands, (frontend.N_BANDS,)),
            masks=_stacked([result.masks for result in said], (len(STEMS), frontend.N_BANDS)),
            drums=_stacked([result.drum_activations for result in said], (len(DRUM_PARTS),)),
            beats=_stacked([result.activations for result in beats], (3,)),
        )


class _KeptStems:
    def __init__(self, models: PipelineModels) -> None:
        self._models = models
        self.log_bands: list[np.ndarray] = []
        self.said: list[StemResult] = []

    def process(self, log_bands: np.ndarray) -> StemResult:
        result = self._models.stems.process(log_bands)
        self.log_bands.append(log_bands.copy())
        self.said.append(result)
        return result


class _KeptBeats:
    def __init__(self, models: PipelineModels) -> None:
        self._models = models
        self.said: list[BeatResult] = []

    def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult:
        result = self._models.beats.process(log_bands, levels)
        self.said.append(result)
        return result


def _hops(mix: np.ndarray) -> np.ndarray:
    n_hops = len(mix) // HOP_LENGTH
    return mix[: n_hops * HOP_LENGTH].reshape(n_hops, HOP_LENGTH)


def _stacked(arrays: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    return np.array(arrays, np.float32).reshape(len(arrays), *shape)
