"""One hop of stereo in, one FeatureFrame out: the same live, offline and in tests."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from stemlight.analysis.bars import BarListener, Bars
from stemlight.analysis.beats import BeatDecoder, BeatState
from stemlight.analysis.chroma import Chroma
from stemlight.analysis.drums import DrumParts
from stemlight.analysis.families import ALL, N_LAYERS, POWER_FLOOR, power_weights
from stemlight.analysis.feature_frame import (
    FAMILIES,
    FRAME_DTYPE,
    HOP_LENGTH,
    HOP_S,
    FeatureFrame,
)
from stemlight.analysis.followed_line import FollowedLine
from stemlight.analysis.frontend import N_BANDS, Frontend, band_frequencies_hz
from stemlight.analysis.gain import AutomaticGain
from stemlight.analysis.levels import Levels, without_leakage
from stemlight.analysis.loudness import Loudness
from stemlight.analysis.networks import BeatResult, StemResult, load_shipped, stem_bands, stem_levels
from stemlight.analysis.onsets import Onsets
from stemlight.analysis.spectra import Spectra
from stemlight.analysis.stage_timer import StageTimer
from stemlight.analysis.structure import Heard, Structure
from stemlight.analysis.timeline import Timeline

DC_STEP = 1.0 - math.exp(-HOP_S / 3.0)  # the mean is followed in 3 s: slow enough to leave the bass alone
CENTROID_STEP = 1.0 - math.exp(-HOP_S / 0.05)  # steady for the eye, and still as fast as a drum
LOUDEST = 64.0  # samples beyond this (+36 dB) are no sound but a fault
CENTROID_LOW_HZ, CENTROID_HIGH_HZ = 40.0, 16_000.0
LOW_BAND, MID_HIGH_BAND, HIGH_BAND = 1, 3, 4  # families
MONO_AND_SIDE = np.array([[0.5, 0.5], [0.5, -0.5]], np.float32)  # of left and right


class Stems(Protocol):
    """What the pipeline asks of the stem network."""

    def process(self, log_bands: np.ndarray) -> StemResult: ...


class Beats(Protocol):
    """What the pipeline asks of the beat network."""

    def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult: ...


class PipelineModels(Protocol):
    """The networks that a pipeline runs, with one memory."""

    @property
    def stems(self) -> Stems: ...
    @property
    def beats(self) -> Beats: ...
    @property
    def bars(self) -> BarListener | None: ...
    def reset(self) -> None: ...


class Pipeline:
    """The whole analysis, hop by hop. One thread; no clock, no randomness, no look-ahead."""

    def __init__(self, models: PipelineModels | None = None, *, timer: StageTimer | None = None) -> None:
        """`models`: by default those that ship. `timer`: told when each numbered step has ended."""
        self._models: PipelineModels = load_shipped() if models is None else models
        self._timer = timer
        self._lap = timer.lap if timer else _no_lap
        self._bars = Bars(self._models.bars) if self._models.bars else None
        # Takes what a person says, too: double_tempo, halve_tempo, shift_half_beat, resync, tap.
        self.beat_commands = BeatDecoder(self._bars)
        self._followed = FollowedLine()
        self._frontend = Frontend()
        self._drum_parts = DrumParts()
        self._gain = AutomaticGain()
        self._levels = Levels()
        self._spectra = Spectra()
        self._onsets = Onsets()
        self._loudness = Loudness()
        self._chroma = Chroma()
        self._structure = Structure()
        self._layers = np.zeros((N_LAYERS, N_BANDS), np.float32)  # power: the mix, then the stems
        self._power = np.zeros(len(FAMILIES), np.float32)
        self._level_db = np.zeros(len(FAMILIES), np.float32)
        self._brightness = _brightness()
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        for stage in (
            self._models, self.beat_commands, self._followed, self._frontend, self._drum_parts, self._gain,
            self._levels, self._spectra, self._onsets, self._loudness, self._chroma, self._structure,
        ):  # fmt: skip
            stage.reset()
        self._frame = 0
        self._dc = np.zeros(2)  # of mono and side
        self._centroid = 0.0

    def set_agc_lock(self, locked: bool) -> None:
        """Keep the gain where it is, or let it follow again."""
        self._gain.locked = locked

    def follow(self, line: Timeline | None) -> None:
        """Beats go by `line` from the next hop on, on the stream's clock; by what is heard if None."""
        self._followed.follow(line)

    @property
    def heard(self) -> BeatState | None:
        """The beat of the last hop as it was heard, whatever is followed; None before the first hop."""
        return self._followed.heard

    def process(self, hop: np.ndarray) -> FeatureFrame:
        """`hop` float32 (HOP_LENGTH, 2), full scale is 1; what is not a number counts as silence."""
        if self._timer:
            self._timer.start()
        lap = self._lap

        # 1. Samples: stereo by channel; mono and side without their means.
        stereo = _clean(hop)
        mono, side = self._mono_and_side(stereo)
        lap("samples")

        # 2. Spectrum.
        spectrum = self._frontend.process(mono)
        lap("frontend")

        # 3. Stems and drum hits.
        stems = self._models.stems.process(spectrum.log_bands)
        lap("stem network")
        layers = self._layers
        layers[0] = spectrum.bands
        layers[1:] = stem_bands(stems.masks, spectrum.bands)
        lap("stems")

        # 4. Beat activations, and the beat.
        levels = stem_levels(layers[1:])
        heard = self._models.beats.process(spectrum.log_bands, levels)
        lap("beat network")
        if self._bars:
            self._bars.hear(spectrum.log_bands, levels)
        beat = self._followed.process(self.beat_commands.process(heard.activations, heard.tempo))
        lap("beats")

        # 5. Power of the families, against their references: levels, presence, clocks.
        power, level_db = self._power, self._level_db
        np.matmul(layers.ravel(), power_weights(), out=power)
        self._drum_parts.process(stems.drum_activations, power)
        power += np.float32(POWER_FLOOR)
        np.log10(power, out=level_db)
        level_db *= np.float32(10.0)
        without_leakage(level_db)
        reference_db = self._gain.process(level_db)
        self._levels.process(level_db, reference_db)
        lap("levels")

        # 6. Pictures of the spectra, and the hits.
        mix_db = float(reference_db[ALL])
        self._spectra.process(layers, mix_db)
        self._onsets.process(self._spectra.log_bands, stems.drum_activations, self._levels.level)
        lap("spectra and hits")

        # 7. Loudness, pitch classes, brightness.
        loudness_db = self._loudness.process(stereo)
        lap("loudness")
        chroma = self._chroma.process(spectrum.stft, spectrum.power, mix_db)
        centroid = self._follow_centroid(spectrum.bands)
        lap("chroma")

        # 8. The arc of the song.
        timeline = beat.timeline
        self._structure.process(
            Heard(
                level=float(self._levels.level[ALL]),
                bass_db=float(level_db[LOW_BAND]) - mix_db,
                treble_db=max(float(level_db[MID_HIGH_BAND]), float(level_db[HIGH_BAND])) - mix_db,
                brightness=centroid,
                onsets=int(self._onsets.count[ALL]),
                bar_phase=timeline.bar_phase_at(timeline.time_origin_s),
                bar_s=timeline.beats_per_bar * 60.0 / timeline.tempo_bpm,
            )
        )
        lap("structure")

        # 9. The frame.
        record = np.zeros((), FRAME_DTYPE)  # padding too: frames are compared and shared byte by byte
        record["frame"] = self._frame
        record["time_s"] = timeline.time_origin_s
        record["level"] = self._levels.level
        record["hits"] = self._onsets.hits
        record["presence"] = self._levels.presence
        record["time"] = self._levels.time
        record["count"] = self._onsets.count
        record["tempo_bpm"] = timeline.tempo_bpm
        record["tempo_confidence"] = beat.confidence
        record["beats_per_bar"] = timeline.beats_per_bar
        record["beat"] = timeline.beat_origin
        record["beat_phase"] = timeline.phase_at(timeline.time_origin_s, 1.0)
        record["bar_phase"] = timeline.bar_phase_at(timeline.time_origin_s)
        record["beat_in_bar"] = beat.beat_in_bar
        record["beat_count"] = beat.beat_count
        record["bar_count"] = beat.bar_count
        record["loudness_db"] = loudness_db
        record["intensity"] = self._structure.intensity
        record["build"] = self._structure.build
        record["drop"] = self._structure.drop
        record["drop_count"] = self._structure.drop_count
        record["centroid"] = centroid
        record["chroma"] = chroma
        record["spectrum"] = self._spectra.spectrum[0]
        record["stem_spectrum"] = self._spectra.spectrum[1:]
        record["waveform"] = mono
        record["side"] = side
        self._frame += 1
        frame = FeatureFrame(record)
        lap("frame")
        return frame

    def _mono_and_side(self, stereo: np.ndarray) -> np.ndarray:
        """float32 (2, HOP_LENGTH): half the sum and half the difference, less their slow means."""
        both = MONO_AND_SIDE @ stereo
        self._dc += (np.add.reduce(both, axis=1) / HOP_LENGTH - self._dc) * DC_STEP
        both -= self._dc.astype(np.float32)[:, None]
        return both

    def _follow_centroid(self, bands: np.ndarray) -> float:
        amplitude = np.sqrt(bands)
        total, moment = amplitude @ self._brightness
        if total > 1e-4:  # in silence it stays where it was
            self._centroid += (float(moment / total) - self._centroid) * CENTROID_STEP
        return self._centroid


def _no_lap(stage: str) -> None:
    """Stands where nobody times."""


def _clean(hop: np.ndarray) -> np.ndarray:
    """float32 (2, HOP_LENGTH), contiguous and finite."""
    if hop.shape != (HOP_LENGTH, 2):
        raise ValueError(f"a hop is ({HOP_LENGTH}, 2) samples, not {hop.shape}")
    stereo = np.array(hop.T, np.float32, order="C")
    lowest, highest = np.minimum.reduce(stereo, axis=None), np.maximum.reduce(stereo, axis=None)
    if not (lowest > -LOUDEST and highest < LOUDEST):  # NaN compares false
        np.nan_to_num(stereo, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        stereo[np.abs(stereo) > LOUDEST] = 0.0
    return stereo


def _brightness() -> np.ndarray:
    """float32 (N_BANDS, 2): ones, and each band's place on the log-frequency axis."""
    octaves = np.log2(band_frequencies_hz() / CENTROID_LOW_HZ) / np.log2(CENTROID_HIGH_HZ / CENTROID_LOW_HZ)
    return np.stack([np.ones(N_BANDS), np.clip(octaves, 0.0, 1.0)], axis=1).astype(np.float32)
