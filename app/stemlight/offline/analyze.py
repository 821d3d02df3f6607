"""Songs become tables of frames, lists of beats and a picture of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import FRAME_DTYPE, FeatureFrame
from stemlight.audio.file_source import FileSource
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders
from stemlight.offline.fired_beats import BeatListener, FiredBeat, write_beats
from stemlight.offline.frame_plot import FramePlot
from stemlight.offline.frame_table import BATCH, FrameTable, check_suffix, open_table
from stemlight.offline.frames import Progress, heard_hops
from stemlight.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found in one song."""

    song: str
    seconds: float
    frames: int
    tempo_bpm: float  # the median over the song, weighted by confidence
    beats: Sequence[FiredBeat]

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "song": self.song,
            "seconds": round(self.seconds, 3),
            "frames": self.frames,
            "tempo_bpm": round(self.tempo_bpm, 2),
            "beats": len(self.beats),
            "downbeats": sum(beat.beat_in_bar == 1 for beat in self.beats),
        }


class TableListener:
    """Hands frames on to a table in batches."""

    def __init__(self, table: FrameTable, song: str) -> None:
        self._table, self._song = table, song
        self._batch = np.zeros(BATCH, FRAME_DTYPE)
        self._filled = 0

    def hear(self, frame: FeatureFrame) -> None:
        """Next frame, in order."""
        self._batch[self._filled] = frame.record
        self._filled += 1
        if self._filled == BATCH:
            self.flush()

    def flush(self) -> None:
        """What is left goes into the table."""
        self._table.write(self._song, self._batch[: self._filled])
        self._filled = 0


def analyze(
    songs: Sequence[Path],
    out: Path,
    beats: Path | None,
    plot: Path | None,
    progress: Progress,
    *,
    models: ModelFolders | None = None,
) -> list[Summary]:
    """Every frame of every song into `out`; one summary a song.

    `beats` is a file for one song, a folder (made if missing) for several; `plot` wants one song.
    Nothing is written unless every song could be read to its end. `models`: by default those that ship.
    """
    suffix = check_suffix(out)
    if len(songs) > 1 and plot:
        raise UserError("--plot draws one song; run it for each song by itself")
    if len(songs) > 1 and beats and beats.suffix:
        raise UserError(f"--beats {beats}: for several songs name a folder; each gets its <song>.beats there")
    total_s = sum(FileSource(song).duration_s for song in songs)
    picture = FramePlot() if plot else None
    summaries: list[Summary] = []
    done_s = 0.0
    with whole_file(out) as temporary:
        with open_table(temporary, suffix, several=len(songs) > 1) as table:
            for song in songs:
                summary = _analyze_one(
                    song, table, picture, models, partial(_progress_from, progress, done_s, total_s)
                )
                done_s += summary.seconds
                summaries.append(summary)
        if beats:
            for song, summary in zip(songs, summaries, strict=True):
                write_beats(beats if beats.suffix else beats / f"{song.stem}.beats", summary.beats)
        if plot and picture:
            picture.save(plot, title=songs[0].name, beats=summaries[0].beats)
    return summaries


def _analyze_one(
    song: Path,
    table: FrameTable,
    picture: FramePlot | None,
    models: ModelFolders | None,
    on_progress: Callable[[float], None],
) -> Summary:
    beats, rows = BeatListener(), TableListener(table, song.name)
    tempi: list[tuple[float, float]] = []
    time_s = 0.0
    for heard in heard_hops(FileSource(song), models):
        frame = heard.frame
        beats.hear(frame)
        rows.hear(frame)
        if picture:
            picture.hear(frame)
        tempi.append((frame.tempo_bpm, frame.tempo_confidence))
        time_s = frame.time_s
        if len(tempi) % 128 == 0:
            on_progress(time_s)
    rows.flush()
    on_progress(time_s)
    return Summary(song.name, time_s, len(tempi), weighted_median(np.array(tempi)), beats.beats)


def _progress_from(progress: Progress, before_s: float, total_s: float, seconds: float) -> None:
    progress(before_s + seconds, total_s)


def weighted_median(values_and_weights: np.ndarray) -> float:
    """The value of (n, 2) pairs (value, weight >= 0) that half the weight lies below; 0 when n is 0."""
    if not len(values_and_weights):
        return 0.0
    order = np.argsort(values_and_weights[:, 0])
    values, weights = values_and_weights[order].T
    cumulated = np.cumsum(weights + 1e-9)  # all weights zero: the plain median
    return float(values[np.searchsorted(cumulated, cumulated[-1] / 2)])
