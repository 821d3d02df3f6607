"""A page of pictures and sounds of some songs a source, and numbers that tell songs whose truth is doubtful.

Beats are where a song sounds: onset strength at them is compared with that between them and anywhere, and so
for hits in the drums. A song whose beats are no better than chance is named.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_S, SAMPLE_RATE, STEMS

from models.data.progress import progress_bar
from models.data.songs import Beats, Hits, SongAudio, SongEntry, index, read_song

MEASURED_S = 60.0  # from the middle of a song
PICTURE_S = 20.0
SOUND_S = 10.0
LAGS_S = np.arange(-0.06, 0.061, 0.01)
CLEARLY = 1.3  # how much more onset strength makes a lag
DOUBTFUL_BEATS = 1.1  # onset strength at beats over that anywhere; 1 is chance
MUCH_MORE = 1.6  # between beats than at them
DOUBTFUL_HITS = 1.3  # 3 mostly, 1.4 with cymbals on every sixteenth
DOUBTFUL_LAG_S = 0.035


@dataclass(frozen=True, slots=True)
class Measures:
    """What the sound says about the truth. nan: not to be said."""

    levels_db: dict[str, float]  # RMS of each sound in the folder
    beats: float  # mean onset strength within two hops of beats, over that of as many hops anywhere
    between: float  # and of those half-way between
    lag_s: float  # how much later than written the beats clearly sound best; else 0
    hits: float  # mean onset strength of the drums at hits, over the mean of as many hops anywhere

    def doubts(self) -> list[str]:
        """In words; none where all is well."""
        found = []
        if abs(self.lag_s) > DOUBTFUL_LAG_S:
            found.append(f"beats sound {1000 * self.lag_s:+.0f} ms from where they are written")
        elif self.beats < DOUBTFUL_BEATS and self.between < DOUBTFUL_BEATS:
            found.append(f"onsets at beats are {self.beats:.2f} of those anywhere")
        if self.between > MUCH_MORE * self.beats:
            found.append(f"onsets between beats are {self.between:.1f}, at beats {self.beats:.1f}")
        if self.hits < DOUBTFUL_HITS:
            found.append(f"drums at hits rise {self.hits:.1f} times as much as anywhere")
        return found


def measure(song: SongAudio) -> Measures:
    """A hundredth of the song's length on one core."""
    rise = onset_strength(song.mix)
    beats_s = song.beats.times_s
    at, between, lag_s, hits = (float("nan"),) * 4
    if len(beats_s) > 8:
        period_s = float(np.median(np.diff(beats_s)))
        at, between = strength_at(rise, beats_s), strength_at(rise, beats_s + period_s / 2)
        strengths = [strength_at(rise, beats_s + lag, 0) for lag in LAGS_S]
        best = int(np.argmax(strengths))
        lag_s = float(LAGS_S[best]) if strengths[best] > CLEARLY * strengths[len(LAGS_S) // 2] else 0.0
    drums = song.stems[STEMS.index("drums")]
    if song.has_hits and len(song.hits.times_s) > 8 and drums.any():
        hits = strength_at(onset_strength(drums), song.hits.times_s)
    sounds = sounds_of(song)
    levels_db = {name: 20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-9) for name, sound in sounds.items()}
    return Measures({name: float(level) for name, level in levels_db.items()}, at, between, lag_s, hits)


def middle(song: SongAudio, seconds: float) -> SongAudio:
    """That much of it, its events counted from there."""
    start_s = max(0.0, (song.duration_s - seconds) / 2)
    cut = slice(int(start_s * SAMPLE_RATE), int((start_s + seconds) * SAMPLE_RATE))
    beats, hits = song.beats, song.hits
    of_beats = (beats.times_s >= start_s) & (beats.times_s < start_s + seconds)
    of_hits = (hits.times_s >= start_s) & (hits.times_s < start_s + seconds)
    return replace(
        song,
        stems=song.stems[:, cut],
        mix=song.mix[cut],
        parts={name: sound[cut] for name, sound in song.parts.items()},
        beats=Beats(beats.times_s[of_beats] - start_s, beats.in_bar[of_beats]),
        hits=Hits(hits.times_s[of_hits] - start_s, hits.parts[of_hits], hits.velocities[of_hits]),
    )


def onset_strength(sound: np.ndarray) -> np.ndarray:
    """float64 (n_hops,): rise of the log bands, mean 1."""
    log_bands = frontend.spectra(sound).log_bands
    rise = np.maximum(0.0, np.diff(log_bands, axis=0, prepend=log_bands[:1])).mean(axis=1)
    return rise / (rise.mean() + 1e-9)


def strength_at(strength: np.ndarray, times_s: np.ndarray, around: int = 2) -> float:
    """Mean of the largest within `around` hops of each time, over the same mean of all hops; 1 is chance."""
    largest = np.lib.stride_tricks.sliding_window_view(strength, 2 * around + 1).max(axis=1)
    hops = np.round(times_s / HOP_S).astype(int) - around
    hops = hops[(hops >= 0) & (hops < len(largest))]
    return float(largest[hops].mean() / (largest.mean() + 1e-9)) if len(hops) else float("nan")


def sounds_of(song: SongAudio) -> dict[str, np.ndarray]:
    """What the folder holds: stems that sound, parts, or the mix."""
    if song.known.all():
        return {name: stem for name, stem in zip(STEMS, song.stems, strict=True) if stem.any()}
    return song.parts or {"mix": song.mix}


def check(roots: Sequence[Path], out: Path, per_source: int = 4, seed: int = 0) -> list[str]:
    """Write `out`/index.html with pictures and sounds; the doubtful songs among those looked at, in words.

    `per_source` songs of each root by chance. `out` holds all it shows and may be moved.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    rows, doubtful = [], []
    chosen = [(root, entry) for root in roots for entry in _some(index([root]), per_source, seed)]
    with progress_bar() as bar:
        for root, entry in bar.track(chosen, description="check"):
            song = middle(read_song(entry.folder), MEASURED_S)
            measures = measure(song)
            doubts = measures.doubts()
            doubtful += [f"{entry.name}: {doubt}" for doubt in doubts]
            rows.append(_section(root.name, entry, song, measures, out))
    (out / "index.html").write_text(_PAGE.replace("SONGS", "\n".join(rows)), encoding="utf-8")
    return doubtful


def _some(entries: Sequence[SongEntry], n_songs: int, seed: int) -> Iterable[SongEntry]:
    order = np.random.default_rng(seed).permutation(len(entries))[:n_songs]
    return [entries[number] for number in sorted(order)]


def _section(source: str, entry: SongEntry, song: SongAudio, measures: Measures, out: Path) -> str:
    import soundfile

    start_s = max(0.0, song.duration_s / 2 - PICTURE_S / 2)
    picture = f"{entry.name}.png"
    draw(song, start_s, out / picture)
    players = []
    for name, sound in {"mix": song.mix, **sounds_of(song)}.items():
        first = int(start_s * SAMPLE_RATE)
        clip = sound[first : first + int(SOUND_S * SAMPLE_RATE)]
        file = f"{entry.name}_{name}.ogg"
        soundfile.write(out / file, clip / max(1.0, float(np.abs(clip).max(initial=0.0))), SAMPLE_RATE)
        players.append(f'{name} <audio controls preload="none" src="{html.escape(file)}"></audio>')
    levels = ", ".join(f"{name} {level:.0f} dB" for name, level in measures.levels_db.items())
    doubts = "; ".join(measures.doubts())
    return (
        f"<h2>{html.escape(source)}: {html.escape(entry.name)}</h2>"
        f"<p>{html.escape(str(entry.meta.get('licence', entry.meta.get('license', '?'))))}, "
        f"{song.duration_s:.0f} s, {len(song.beats.times_s)} beats, {len(song.hits.times_s)} hits. "
        f"Onsets at beats {measures.beats:.2f}, between {measures.between:.2f}, "
        f"best {1000 * measures.lag_s:+.0f} ms; at hits {measures.hits:.1f}. {levels}. "
        f"<b>{html.escape(doubts)}</b></p>"
        f'<img src="{html.escape(picture)}" alt=""><p>{" ".join(players)}</p>'
    )


def draw(song: SongAudio, start_s: float, path: Path) -> None:
    """PICTURE_S of each sound as bands over time, with beats (downbeats thick) and, in the drums, hits."""
    from matplotlib.figure import Figure

    sounds = sounds_of(song)
    figure = Figure(figsize=(14, 1.9 * len(sounds)), layout="constrained")
    first = int(start_s * SAMPLE_RATE)
    for axes, (name, sound) in zip(
        figure.subplots(len(sounds), squeeze=False)[:, 0], sounds.items(), strict=True
    ):
        bands = frontend.spectra(sound[first : first + int(PICTURE_S * SAMPLE_RATE)]).log_bands
        axes.imshow(
            bands.T, origin="lower", aspect="auto", cmap="magma",
            extent=(start_s, start_s + len(bands) * HOP_S, 0, bands.shape[1]),
        )  # fmt: skip
        for time_s, in_bar in zip(song.beats.times_s, song.beats.in_bar, strict=True):
            if start_s <= time_s < start_s + PICTURE_S:
                axes.axvline(time_s, color="white", alpha=0.8, linewidth=1.8 if in_bar == 1 else 0.5)
        if name == "drums":
            inside = (song.hits.times_s >= start_s) & (song.hits.times_s < start_s + PICTURE_S)
            for number, (part, colour) in enumerate(zip(DRUM_PARTS, ("cyan", "lime", "yellow"), strict=True)):
                times_s = song.hits.times_s[inside & (song.hits.parts == number)]
                height = bands.shape[1] * (number + 0.5) / len(DRUM_PARTS)
                axes.plot(times_s, np.full(len(times_s), height), "|", color=colour, label=part)
        axes.set(ylabel=name, xlim=(start_s, start_s + PICTURE_S))
    figure.savefig(path, dpi=70)


_PAGE = """<!doctype html><meta charset="utf-8"><title>Songs to learn from</title>
<style>body{font:15px sans-serif;max-width:1100px;margin:2em auto;background:#111;color:#ddd}
img{width:100%}audio{height:26px;vertical-align:middle}b{color:#f96}</style>
<h1>Songs to learn from</h1>
<p>White lines are beats, thick ones downbeats; in the drums, kick is cyan, snare green, hat yellow.</p>
SONGS
"""
