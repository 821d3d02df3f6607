"""What a pair heard in a song, beside the truth, as a picture to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_LENGTH, HOP_S, STEMS
from stemlight.analysis.networks import stem_bands

from models.features.events import beat_positions
from models.features.library import CachedSong
from models.metrics import Reliability

if TYPE_CHECKING:
    from models.listen import Heard

SHOWN_S = 10.0


def draw_song(song: CachedSong, heard: Heard, path: Path, start_s: float = 20.0) -> None:
    """Ten seconds: each stem true and as heard, drum activations and beats over their truth."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    n_hops = len(heard.log_bands)
    start_s = min(start_s, max(0.0, n_hops * HOP_S - SHOWN_S))
    first = int(start_s / HOP_S)
    last = min(n_hops, first + int(SHOWN_S / HOP_S))
    span = (first * HOP_S, last * HOP_S)
    bands = (10.0 ** (2.0 * heard.log_bands[first:last] - 4.0)).astype(np.float32)
    said = _log(stem_bands(heard.masks[first:last], bands))
    rows = len(STEMS) + 3
    figure, axes = plt.subplots(rows, 2, figsize=(16, 2.2 * rows), squeeze=False)
    _spectrogram(axes[0, 0], heard.log_bands[first:last], span, "mix")
    _spectrogram(axes[0, 1], heard.log_bands[first:last], span, song.name)
    for row, name in enumerate(STEMS, 1):
        if song.has_stems:
            begin, count = first * HOP_LENGTH, (last - first) * HOP_LENGTH
            true = frontend.spectra(song.stems(begin, count)[row - 1]).log_bands
            _spectrogram(axes[row, 0], true, span, f"{name}, true")
        else:
            axes[row, 0].set_axis_off()
        _spectrogram(axes[row, 1], said[:, row - 1], span, f"{name}, heard")
    seconds = np.arange(first, last) * HOP_S
    for part, name in enumerate(DRUM_PARTS):
        for side in range(2):
            axes[rows - 2, side].plot(seconds, heard.drums[first:last, part] + 1.1 * part, label=name)
            if song.has_hits:
                times = song.hits.times_s[song.hits.parts == part]
                _ticks(axes[rows - 2, side], times, span, 1.1 * part)
    axes[rows - 2, 0].legend(loc="upper right", fontsize=7)
    axes[rows - 2, 0].set_title("drum activations, hits dotted", fontsize=8)
    for column, name in enumerate(("beat", "downbeat", "onset")):
        for side in range(2):
            axes[rows - 1, side].plot(seconds, heard.beats[first:last, column] + 1.1 * column, label=name)
    for column, positions in enumerate(beat_positions(song.beats)):
        for side in range(2):
            _ticks(axes[rows - 1, side], positions * HOP_S, span, 1.1 * column)
    axes[rows - 1, 0].legend(loc="upper right", fontsize=7)
    axes[rows - 1, 0].set_title("beat activations, beats dotted", fontsize=8)
    for axis in axes[rows - 2 :].flat:
        axis.set_xlim(span)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_curves(logs: dict[str, Path], path: Path) -> None:
    """Training and validation over steps, of `log.txt` files by name."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    titles = ("losses", "validation: F, r, share right", "validation: gain in dB")
    figure, axes = plt.subplots(len(logs), 3, figsize=(15, 3.2 * len(logs)), squeeze=False)
    for row, (name, log) in enumerate(logs.items()):
        for key, (steps, values) in read_log(log).items():
            if key.startswith("s_"):
                continue
            words = key.split("_")
            column = 2 if "gain" in words else 1 if {"f", "r", "right"} & set(words) else 0
            axes[row, column].plot(steps, values, label=key)
        for axis, title in zip(axes[row], titles, strict=True):
            if not axis.lines:
                axis.set_axis_off()
                continue
            axis.set_title(f"{name}, {title}", fontsize=9)
            axis.legend(fontsize=6)
            axis.set_xlabel("step", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_states(peaks: dict[str, np.ndarray], path: Path) -> None:
    """The largest number in each state of each network over a long stream; `peaks` (n_steps, n_states)."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    seconds = max(map(len, peaks.values())) * HOP_S  # bars step by beats, the others by hops
    figure, axes = plt.subplots(len(peaks), 1, figsize=(11, 2.5 * len(peaks)), squeeze=False)
    for axis, (name, of_network) in zip(axes[:, 0], peaks.items(), strict=True):
        each = max(1, len(of_network) // 1_000)  # as many as the picture has pixels
        n_points = len(of_network) // each
        highest = of_network[: n_points * each].reshape(n_points, each, -1).max(axis=1)
        axis.plot(np.linspace(0.0, seconds, n_points, endpoint=False), highest)
        axis.set_title(f"{name}: largest number in each state", fontsize=9)
        axis.set_xlabel("s", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_reliability(reliability: Reliability, path: Path) -> None:
    """How often beats were right that were called with a confidence, and how many calls there were."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    n_bins = len(reliability.share)
    middles = (np.arange(n_bins) + 0.5) / n_bins
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.bar(middles, reliability.share, 0.9 / n_bins, color="0.85", label="share of calls")
    axis.plot([0, 1], [0, 1], "--", color="0.5", linewidth=1)
    axis.plot(reliability.said, reliability.right, "o-", label="right")
    axis.set(
        xlim=(0, 1), ylim=(0, 1), xlabel="confidence as the beat is called", ylabel="share that was right"
    )
    axis.set_title(f"expected calibration error {reliability.error:.3f}", fontsize=10)
    axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def read_log(path: Path) -> dict[str, tuple[list[int], list[float]]]:
    """Of a `log.txt` that `models.training` wrote: each quantity's steps and values."""
    series: dict[str, tuple[list[int], list[float]]] = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0] != "step":
            continue
        for name, value in zip(words[2::2], words[3::2], strict=True):
            steps, values = series.setdefault(name, ([], []))
            steps.append(int(words[1]))
            values.append(float(value))
    return series


def _log(power: np.ndarray) -> np.ndarray:
    return (np.log10(power + frontend.POWER_FLOOR) + 4.0) * 0.5


def _spectrogram(axis, log_bands: np.ndarray, span: tuple[float, float], title: str) -> None:  # type: ignore[no-untyped-def]
    axis.imshow(
        log_bands.T, origin="lower", aspect="auto", cmap="magma", vmin=-1.0, vmax=1.5,
        extent=(*span, 0, log_bands.shape[1]),
    )  # fmt: skip
    axis.set_title(title, fontsize=8)


def _ticks(axis, times_s: np.ndarray, span: tuple[float, float], height: float) -> None:  # type: ignore[no-untyped-def]
    inside = times_s[(times_s > span[0]) & (times_s < span[1])]
    axis.vlines(inside, height, height + 1.0, colors="black", linestyles="dotted", linewidth=0.8)
