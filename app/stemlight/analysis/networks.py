"""The networks by what they say: log bands become stems and drum hits, then beats, then bars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from stemlight.analysis.feature_frame import DRUM_PARTS, STEMS
from stemlight.analysis.frontend import N_BANDS, POWER_FLOOR
from stemlight.analysis.streaming_model import Shapes, StreamingModel
from stemlight.model_folders import ModelFolders

N_COARSE = 16  # bands of a stem that the beat network sees: neighbours in eights, about half an octave
N_STEM_LEVELS = len(STEMS) * N_COARSE
N_QUARTERS = 4  # of a beat, in which the bar network is told what sounded
N_POSITIONS = 7  # three in a bar of three, four in a bar of four


def stem_bands(masks: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Power of each stem in each band: masks weigh amplitudes, so power goes with their square.

    `masks` float32 (..., 4, N_BANDS), `bands` float32 (..., N_BANDS) to float32 (..., 4, N_BANDS).
    """
    return np.square(masks) * bands[..., None, :]


def stem_levels(power: np.ndarray) -> np.ndarray:
    """What the beat and bar networks are given of the stems: float32 (..., N_STEM_LEVELS), as log bands.

    `power` float32 (..., 4, N_BANDS).
    """
    shape = power.shape[:-2]
    coarse = power.reshape(*shape, N_STEM_LEVELS, N_BANDS // N_COARSE).sum(axis=-1)
    return (np.log10(coarse + np.float32(POWER_FLOOR)) + np.float32(4.0)) * np.float32(0.5)


@dataclass(frozen=True, slots=True)
class StemResult:
    """What the stem network says of one hop."""

    masks: np.ndarray  # float32 (4, N_BANDS) in [0, 1], of amplitudes; one in all over the stems
    drum_activations: np.ndarray  # float32 (3,) in [0, 1]: kick, snare, hat


@dataclass(frozen=True, slots=True)
class BeatResult:
    """What the beat network says of one hop."""

    activations: np.ndarray  # float32 (3,) in [0, 1]: beat, downbeat, onset
    tempo: np.ndarray | None = None  # float32 (n,): a distribution, as `BarPointer.lean` takes; None: no idea


class StemNetwork:
    """Bands of the mix become stems. One thread."""

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,)}
    OUTPUTS: ClassVar[Shapes] = {"masks": (len(STEMS), N_BANDS), "drum_activations": (len(DRUM_PARTS),)}

    def __init__(self, model: StreamingModel) -> None:
        self.model = model

    @classmethod
    def load(cls, folder: Path) -> StemNetwork:
        """UserError where the folder holds no model of this kind."""
        return cls(StreamingModel(folder, cls.INPUTS, cls.OUTPUTS))

    def process(self, log_bands: np.ndarray) -> StemResult:
        """`log_bands` float32 (N_BANDS,)."""
        outputs = self.model.process(log_bands=log_bands)
        return StemResult(outputs["masks"].copy(), outputs["drum_activations"].copy())

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.model.reset()


class BeatNetwork:
    """Bands of the mix and of the stems become beat activations. One thread."""

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,), "stem_levels": (N_STEM_LEVELS,)}
    OUTPUTS: ClassVar[Shapes] = {"activations": (3,)}

    def __init__(self, model: StreamingModel) -> None:
        self.model = model

    @classmethod
    def load(cls, folder: Path) -> BeatNetwork:
        """UserError where the folder holds no model of this kind."""
        return cls(StreamingModel(folder, cls.INPUTS, cls.OUTPUTS))

    def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult:
        """`log_bands` float32 (N_BANDS,); `levels` float32 (N_STEM_LEVELS,): `stem_levels`."""
        outputs = self.model.process(log_bands=log_bands, stem_levels=levels)
        tempo = outputs.get("tempo")
        return BeatResult(outputs["activations"].copy(), None if tempo is None else tempo.copy())

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.model.reset()


class BarNetwork:
    """What sounded in a beat becomes its place in the bar: a step a beat, not a hop. One thread."""

    INPUTS: ClassVar[Shapes] = {"levels": (N_QUARTERS, N_STEM_LEVELS), "log_bands": (N_BANDS,)}
    OUTPUTS: ClassVar[Shapes] = {"bar_position": (N_POSITIONS,)}

    def __init__(self, model: StreamingModel) -> None:
        self.model = model

    @classmethod
    def load(cls, folder: Path) -> BarNetwork:
        """UserError where the folder holds no model of this kind."""
        return cls(StreamingModel(folder, cls.INPUTS, cls.OUTPUTS))

    def process(self, levels: np.ndarray, log_bands: np.ndarray) -> np.ndarray:
        """The next beat, as in `bars.BeatSound`, to float32 (N_POSITIONS,): a distribution as in `Metre`."""
        return self.model.process(levels=levels, log_bands=log_bands)["bar_position"].copy()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.model.reset()


@dataclass(frozen=True, slots=True)
class Models:
    """What a pipeline runs."""

    stems: StemNetwork
    beats: BeatNetwork
    bars: BarNetwork | None = None  # None: bars are counted by the beat network's downbeats

    def reset(self) -> None:
        """As if nothing had been heard."""
        for network in (self.stems, self.beats, self.bars):
            if network:
                network.reset()


def load(stems: Path, beats: Path, bars: Path | None = None) -> Models:
    """The models in these folders. UserError where one does not hold what it should."""
    return Models(StemNetwork.load(stems), BeatNetwork.load(beats), BarNetwork.load(bars) if bars else None)


def load_shipped() -> Models:
    """The models that ship with the program."""
    return load_chosen(ModelFolders.shipped())


def load_chosen(folders: ModelFolders | None) -> Models:
    """The models in `folders`; None: those that ship. UserError where they do not hold them."""
    folders = folders or ModelFolders.shipped()
    return load(folders.stems, folders.beats, folders.bars)
