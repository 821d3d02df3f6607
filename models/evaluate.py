"""A pair of models is scored on songs as the show runs it: streamed from sound, when events are known."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis import frontend, networks
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from stemlight.analysis.pipeline import Pipeline
from stemlight.analysis.streaming_model import MANIFEST_NAME
from stemlight.errors import UserError

from models import metrics
from models.features.events import beat_positions
from models.features.library import CachedSong, build_library
from models.pictures import draw_song

SILENT = 1e-5  # of the mix's mean power: a stem below it is not playing
HIT_THRESHOLD, NEAREST_HIT_HOPS = 0.5, 5  # 58 ms: sixteenths at 250 BPM
BEAT_THRESHOLDS, NEAREST_BEAT_HOPS = (0.84, 0.88), 20  # of beat and downbeat: where F is highest


@dataclass(frozen=True)
class Heard:
    """All that the pair says of one song, hop by hop."""

    log_bands: np.ndarray  # float32 (n_hops, N_BANDS) of the mix
    masks: np.ndarray  # float32 (n_hops, 4, N_BANDS)
    drums: np.ndarray  # float32 (n_hops, 3)
    beats: np.ndarray  # float32 (n_hops, 3)
    stems: np.ndarray  # float32 (4, n_hops * HOP_LENGTH), aligned with the mix


def listen(models: networks.Models, mix: np.ndarray) -> Heard:
    """Stream `mix` float32 (n_samples,) through both networks, and the masks back to sound."""
    models.reset()
    front, resynthesis = frontend.Frontend(), frontend.Resynthesis(len(STEMS))
    n_hops = len(mix) // HOP_LENGTH
    bands = np.zeros((n_hops, frontend.N_BANDS), np.float32)
    masks = np.zeros((n_hops, len(STEMS), frontend.N_BANDS), np.float32)
    drums = np.zeros((n_hops, len(DRUM_PARTS)), np.float32)
    beats = np.zeros((n_hops, 3), np.float32)
    sound = np.zeros((len(STEMS), n_hops * HOP_LENGTH), np.float32)
    for hop in range(n_hops):
        spectrum = front.process(mix[hop * HOP_LENGTH : (hop + 1) * HOP_LENGTH])
        stems = models.stems.process(spectrum.log_bands)
        power = networks.stem_bands(stems.masks, spectrum.bands)
        bands[hop], masks[hop], drums[hop] = spectrum.log_bands, stems.masks, stems.drum_activations
        beats[hop] = models.beats.process(spectrum.log_bands, power).activations
        made = resynthesis.process((stems.masks @ frontend.band_matrix()) * spectrum.stft)
        if hop:  # what comes out now belongs to the hop before
            sound[:, (hop - 1) * HOP_LENGTH : hop * HOP_LENGTH] = made
    return Heard(bands, masks, drums, beats, sound)


def score_song(models: networks.Models, song: CachedSong, seconds: float) -> tuple[dict[str, float], Heard]:
    """Every score that the song's truth allows, of its first `seconds`."""
    n_samples = min(song.n_hops, int(seconds / HOP_S)) * HOP_LENGTH
    mix = song.mix(0, n_samples)
    heard = listen(models, mix)
    scores: dict[str, float] = {}
    if song.has_stems:
        scores |= stem_scores(song.stems(0, n_samples), mix, heard)
    if song.has_hits:
        scores |= hit_scores(song, heard, n_samples / SAMPLE_RATE)
    if len(song.beats.times_s) > 2:
        scores |= beat_scores(song, heard, n_samples / SAMPLE_RATE)
        scores |= pipeline_scores(models, song, mix)
    return scores, heard


def stem_scores(stems: np.ndarray, mix: np.ndarray, heard: Heard) -> dict[str, float]:
    """Of each stem: gain in SI-SDR over the mix (dB), r of envelopes, the mix's own r, leakage (dB).

    Leakage: power of what is said to be the stem while it is silent, against the mix.
    """
    scores = {}
    bands = frontend.spectra(mix).bands
    power_of_mix = bands.sum(axis=1)
    said = np.einsum("nsb,nb->sn", np.square(heard.masks), bands)
    for row, name in enumerate(STEMS):
        power = frontend.spectra(stems[row]).bands.sum(axis=1)
        silent = power < SILENT * power_of_mix.mean()
        audible = silent & (power_of_mix > 1e-3 * power_of_mix.mean())
        if audible.sum() > 86:  # a second of silence at least, or the number says nothing
            ratio = said[row][audible].mean() / power_of_mix[audible].mean()
            scores[f"leakage_{name}"] = 10 * float(np.log10(ratio + 1e-9))
        if silent.mean() > 0.95:
            continue
        scores[f"r_{name}"] = metrics.correlation(np.sqrt(said[row]), np.sqrt(power))
        scores[f"r_mix_{name}"] = metrics.correlation(np.sqrt(power_of_mix), np.sqrt(power))
        end = heard.stems.shape[1] - HOP_LENGTH  # the last hop is still on its way
        scores[f"si_sdr_gain_{name}"] = metrics.si_sdr(
            heard.stems[row, :end], stems[row, :end]
        ) - metrics.si_sdr(mix[:end], stems[row, :end])
    return scores


def hit_scores(song: CachedSong, heard: Heard, duration_s: float) -> dict[str, float]:
    """F of kick, snare and hat within 50 ms of when the peak is known, one hop after it."""
    scores = {}
    for row, name in enumerate(DRUM_PARTS):
        true = song.hits.times_s[(song.hits.parts == row) & (song.hits.times_s < duration_s)]
        found = metrics.peaks(heard.drums[:, row], HIT_THRESHOLD, NEAREST_HIT_HOPS)
        if len(true):
            scores[f"f_{name}"] = metrics.f_measure(_known_s(found), true, metrics.HIT_TOLERANCE_S)
    return scores


def beat_scores(song: CachedSong, heard: Heard, duration_s: float) -> dict[str, float]:
    """F of the peaks of the activations themselves, when they are known; no decoder."""
    scores = {}
    for column, positions in enumerate(beat_positions(song.beats)):
        true = positions * HOP_S
        true = true[(true > metrics.FIRST_SCORED_S) & (true < duration_s)]
        found = _known_s(metrics.peaks(heard.beats[:, column], BEAT_THRESHOLDS[column], NEAREST_BEAT_HOPS))
        found = found[(found > metrics.FIRST_SCORED_S) & (found < song.beats.times_s[-1] + 0.2)]
        if len(true):
            name = ("f_raw_beat", "f_raw_downbeat")[column]
            scores[name] = metrics.f_measure(found, true, metrics.BEAT_TOLERANCE_S)
    return scores


def pipeline_scores(models: networks.Models, song: CachedSong, mix: np.ndarray) -> dict[str, float]:
    """Beats of the whole Pipeline at the instant its frames say them; tempo; continuity."""
    models.reset()
    pipeline = Pipeline(models)
    n_hops = len(mix) // HOP_LENGTH
    stereo = np.repeat(mix[:, None], 2, axis=1)
    beats, downbeats, tempi = [], [], []
    beat_count = bar_count = 0
    for hop in range(n_hops):
        frame = pipeline.process(stereo[hop * HOP_LENGTH : (hop + 1) * HOP_LENGTH])
        if frame.beat_count > beat_count:
            beats.append(frame.time_s)
        if frame.bar_count > bar_count:
            downbeats.append(frame.time_s)
        beat_count, bar_count = frame.beat_count, frame.bar_count
        tempi.append(frame.tempo_bpm)
    positions, bars = beat_positions(song.beats)
    end = n_hops * HOP_S
    true = positions * HOP_S
    inside = (true > metrics.FIRST_SCORED_S) & (true < end)
    last = min(end, float(true[-1]) + 0.2)
    found = np.array([t for t in beats if metrics.FIRST_SCORED_S < t < last])
    scores = {
        "f_beat": metrics.f_measure(found, true[inside], metrics.BEAT_TOLERANCE_S),
        "cmlt": metrics.continuity(found, true[inside]),
        "amlt": metrics.continuity_any_level(found, true[inside]),
    }
    pairs = metrics.matches(found, true[inside], metrics.BEAT_TOLERANCE_S)
    if len(pairs):
        scores["beat_late_ms"] = 1e3 * float(np.median(found[pairs[:, 0]] - true[inside][pairs[:, 1]]))
    true_bars = bars * HOP_S
    inside_bars = true_bars[(true_bars > metrics.FIRST_SCORED_S) & (true_bars < end)]
    if len(inside_bars):
        found_bars = np.array([t for t in downbeats if metrics.FIRST_SCORED_S < t < last])
        scores["f_downbeat"] = metrics.f_measure(found_bars, inside_bars, metrics.BEAT_TOLERANCE_S)
    if inside.sum() > 2:
        true_bpm = 60.0 / float(np.median(np.diff(true[inside])))
        said_bpm = float(np.median(tempi[len(tempi) // 2 :]))
        scores["tempo_acc1"] = float(metrics.tempo_right(said_bpm, true_bpm, octaves=False))
        scores["tempo_acc2"] = float(metrics.tempo_right(said_bpm, true_bpm, octaves=True))
    return scores


def evaluate(
    models: networks.Models,
    songs: Sequence[CachedSong],
    folder: Path,
    *,
    seconds: float = 60.0,
    n_pictures: int = 8,
    tell: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Score all `songs`; results.json, results.md and pictures go to `folder`. Returns the results."""
    folder.mkdir(parents=True, exist_ok=True)
    by_song: dict[str, dict[str, float]] = {}
    drawn: dict[str, int] = {}
    per_source = -(-n_pictures // max(1, len({song.source for song in songs})))
    for song in songs:
        scores, heard = score_song(models, song, seconds)
        by_song[song.name] = {name: round(value, 4) for name, value in scores.items()}
        tell(f"{song.name}: " + "  ".join(f"{name} {value:.2f}" for name, value in scores.items()))
        if drawn.get(song.source, 0) < per_source:
            drawn[song.source] = drawn.get(song.source, 0) + 1
            draw_song(song, heard, folder / f"{song.name}.png")
    sources = {song.name: song.source for song in songs}
    by_source = {
        source: _means([by_song[name] for name in by_song if sources[name] == source])
        for source in sorted(set(sources.values()))
    }
    results: dict[str, Any] = {
        "seconds": seconds,
        "by_source": by_source,
        "all": _means(list(by_song.values())),
        "by_song": by_song,
    }
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "results.md").write_text(table(by_source, results["all"]))
    return results


def table(by_source: dict[str, dict[str, float]], overall: dict[str, float]) -> str:
    """Markdown: a score a row, a source a column."""
    columns = {**by_source, "all": overall}
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in sorted({name for scores in columns.values() for name in scores} - {"songs"}):
        cells = [f"{scores[name]:.2f}" if name in scores else "-" for scores in columns.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    counts = [str(int(scores["songs"])) for scores in columns.values()]
    lines.append("| songs | " + " | ".join(counts) + " |")
    return "\n".join(lines) + "\n"


def _means(scores: list[dict[str, float]]) -> dict[str, float]:
    names = sorted({name for song in scores for name in song})
    means = {
        name: round(float(np.mean([song[name] for song in scores if name in song])), 4) for name in names
    }
    return {"songs": float(len(scores)), **means}


def _known_s(peak_hops: np.ndarray) -> np.ndarray:
    """When a peak is known: at the end of the hop after it."""
    return np.asarray((peak_hops + 2) * HOP_S)


def evaluate_run(run: Path, songs: Sequence[CachedSong], seconds: float = 60.0) -> dict[str, Any]:
    """Score a run's exported pair and write the means into its manifests and cards."""
    from models.export import card

    models = networks.load(run / "stems", run / "beats")
    results = evaluate(models, songs, run / "evaluation", seconds=seconds)
    mine = {
        "stems": ("r_", "si_sdr", "leakage", "f_kick", "f_snare", "f_hat"),
        "beats": ("f_", "cmlt", "amlt", "tempo", "beat_late"),
    }
    for name, prefixes in mine.items():
        path = run / name / MANIFEST_NAME
        manifest = json.loads(path.read_text())
        for source, scores in {**results["by_source"], "all": results["all"]}.items():
            chosen = {
                key: value
                for key, value in scores.items()
                if key.startswith(prefixes) and (name == "stems" or key not in ("f_kick", "f_snare", "f_hat"))
            }
            if chosen:
                manifest["metrics"][source] = {"songs": int(scores["songs"]), **chosen}
        path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        (run / name / "CARD.md").write_text(card(manifest, name), encoding="utf-8")
    return results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models evaluate`."""
    parser.add_argument("--run", type=Path, help="a run: its pair is scored and its manifests are told")
    parser.add_argument("--stems", type=Path, help="or a stem model's folder (default: the shipped one)")
    parser.add_argument("--beats", type=Path, help="and a beat model's folder (default: the shipped one)")
    parser.add_argument(
        "--songs", type=Path, nargs="+", required=True, metavar="DIR", help="folders of song folders"
    )
    parser.add_argument(
        "--hold-out",
        nargs="+",
        default=["*"],
        metavar="PATTERN",
        help="which of the songs, by name (default: all)",
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of each song (%(default)s)")
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"), help="decoded songs (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("runs/evaluation"), help="for tables (%(default)s)")


def run(options: argparse.Namespace) -> int:
    """`python -m models evaluate`."""
    songs = build_library(options.songs, options.cache, options.hold_out).validation
    if not songs:
        raise UserError(
            f"no song is named {' or '.join(options.hold_out)}: give other patterns to --hold-out"
        )
    if options.run:
        results = evaluate_run(options.run, songs, options.seconds)
    else:
        shipped = networks.models_dir()
        models = networks.load(options.stems or shipped / "stems", options.beats or shipped / "beats")
        results = evaluate(models, songs, options.out, seconds=options.seconds)
    print(table(results["by_source"], results["all"]))
    return 0
