"""A song becomes its stems: drums.wav, bass.wav, vocals.wav and other.wav, which sum to the mix."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE, STEMS
from stemlight.analysis.frontend import LATENCY_SAMPLES, Frontend, Resynthesis, band_matrix
from stemlight.analysis.networks import StemNetwork, load_chosen
from stemlight.audio.file_source import FileSource
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders
from stemlight.offline.frames import Progress
from stemlight.whole_file import whole_file

LATE = LATENCY_SAMPLES - HOP_LENGTH  # samples by which a resynthesised hop trails the one that went in


class Splitter:
    """Hops in, hops of four stems out, `LATE` samples later. The masks are heard from the mono mix."""

    def __init__(self, network: StemNetwork) -> None:
        self._network = network
        self._mono, self._left, self._right = Frontend(), Frontend(), Frontend()
        self._resynthesis = Resynthesis(n_channels=len(STEMS) * 2)
        self._band_matrix = band_matrix()

    def process(self, hop: np.ndarray) -> np.ndarray:
        """`hop` float32 (HOP_LENGTH, 2) to float32 (n_stems, HOP_LENGTH, 2)."""
        masks = (
            self._network.process(self._mono.process(hop.mean(axis=1)).log_bands).masks @ self._band_matrix
        )
        channels = np.stack([self._left.process(hop[:, 0]).stft, self._right.process(hop[:, 1]).stft])
        masked = masks[:, None, :] * channels[None, :, :]
        sound = self._resynthesis.process(masked.reshape(len(STEMS) * 2, -1))
        return sound.reshape(len(STEMS), 2, HOP_LENGTH).transpose(0, 2, 1)


def split(song: Path, folder: Path, progress: Progress, models: ModelFolders | None = None) -> list[Path]:
    """Write the four stems into `folder`, made if missing; return their paths.

    32-bit float WAV, stereo, 44.1 kHz, sample-aligned with the song; all four are written or none.
    `models`: by default those that ship.
    """
    import soundfile

    source = FileSource(song)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {folder}: {error.strerror or error}") from None
    paths = [folder / f"{stem}.wav" for stem in STEMS]
    with ExitStack() as stack:
        temporaries = [stack.enter_context(whole_file(path)) for path in paths]
        with ExitStack() as files:
            writers = [
                files.enter_context(soundfile.SoundFile(path, "w", SAMPLE_RATE, 2, "FLOAT"))
                for path in temporaries
            ]
            splitter, written, skip = Splitter(load_chosen(models).stems), 0, LATE
            for hop in chain(source.hops(), [np.zeros((HOP_LENGTH, 2), np.float32)]):
                stems = splitter.process(hop)[:, skip:][:, : source.n_samples - written]
                skip = 0
                for writer, samples in zip(writers, stems, strict=True):
                    writer.write(samples)
                written += stems.shape[1]
                progress(written / SAMPLE_RATE, source.duration_s)
    return paths
