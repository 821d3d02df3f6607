"""One pair of networks in several kinds of arithmetic: how well each hears, and how long its hop takes.

    python -m models variants --run runs/pair

The fastest of those that hear as well as float32 is the one to ship; `python -m models export` does.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis import frontend, networks
from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE
from stemlight.analysis.streaming_model import MANIFEST_NAME, MODEL_NAME
from stemlight.errors import UserError
from stemlight.priority import raise_priority
from stemlight.whole_file import whole_file

from models import quantize
from models.evaluate import Plan, add_song_arguments, chosen_songs, evaluate, plan_of
from models.features.library import CachedSong, build_library
from models.quantize import BLOCK, Sample, write_variant

MAX_GAIN_LOSS_DB, MAX_F_LOSS = 0.1, 0.005  # against float32: less is not heard
AS_FAST = 1.1  # p99 of a thousand hops on a machine that others use, too, is known to a tenth
NAMES = ("stems", "beats")
CALIBRATION_SONGS, CALIBRATION_S, CALIBRATION_EVERY = 8, 20.0, 29  # hops: no bar's multiple
ROUNDS, WARM_UP_HOPS = 3, 43  # variants take turns, since a busy machine is not always as busy

# What the manifest says of the weights.
WEIGHTS = {
    "float32": "float32",
    "int8_blocks": f"int8, a float32 scale for each {BLOCK}",
    "int4_blocks": f"int4, a float32 scale for each {BLOCK}",
    "int8_dynamic": "int8, a float32 scale a column, products of integers scaled anew each hop",
    "int8_static": "int8, a float32 scale a column, products of integers of calibrated scale",
    "pruned": "float32, the smaller half of each matrix zero",
}
ONE_BY_ONE: Mapping[str, Callable[[bytes], bytes]] = {
    "float32": lambda content: content,
    "int8_blocks": quantize.int8_blocks,
    "int4_blocks": quantize.int4_blocks,
    "int8_dynamic": quantize.int8_dynamic,
    "pruned": quantize.pruned,
}


@dataclass(frozen=True)
class Row:
    """One variant of the pair. Quality: means over the songs; times: both networks, one paced hop, ms."""

    name: str
    gain_db: float  # in SI-SDR, mean of the stems
    r: float  # of envelopes, mean of the stems
    f_beat: float
    f_downbeat: float
    f_drums: float  # mean of kick, snare and hat
    p50_ms: float
    p99_ms: float
    megabytes: float
    f_beat_error: float = 0.0  # standard error of the difference to float32, song by song
    f_downbeat_error: float = 0.0

    def as_good_as(self, whole: Row) -> bool:
        """Whether nobody would notice: a loss of F that a few songs happen to make does not count."""
        return (
            self.gain_db >= whole.gain_db - MAX_GAIN_LOSS_DB
            and self.f_beat >= whole.f_beat - MAX_F_LOSS - self.f_beat_error
            and self.f_downbeat >= whole.f_downbeat - MAX_F_LOSS - self.f_downbeat_error
        )


def make_variants(pair: Path, to: Path, samples: Mapping[str, Sequence[Sample]]) -> dict[str, Path]:
    """Every variant of the float32 models in `pair`/stems and `pair`/beats as a pair in `to`, by name.

    `samples`: of each network, for the calibration.
    """
    made = {}
    for variant, weights in WEIGHTS.items():
        folder = to / variant
        shutil.rmtree(folder, ignore_errors=True)
        for name in NAMES:
            content = (pair / name / MODEL_NAME).read_bytes()
            if variant == "int8_static":
                changed = quantize.int8_static(content, samples[name])
            else:
                changed = ONE_BY_ONE[variant](content)
            write_variant(pair / name, folder / name, changed, weights)
        made[variant] = folder
    return made


def write_one(folder: Path, to: Path, variant: str) -> None:
    """Copy one model as a variant; UserError for the one that needs a calibration."""
    if variant not in ONE_BY_ONE:
        raise UserError(f"{variant} needs a calibration: run `python -m models variants` first")
    write_variant(folder, to, ONE_BY_ONE[variant]((folder / MODEL_NAME).read_bytes()), WEIGHTS[variant])


def calibration(pair: Path, songs: Sequence[CachedSong]) -> dict[str, list[Sample]]:
    """What the networks are given here and there in `songs`, states included."""
    models = networks.load(pair / "stems", pair / "beats")
    samples: dict[str, list[Sample]] = {name: [] for name in NAMES}
    for song in songs:
        models.reset()
        spectrum = frontend.spectra(song.mix(0, min(song.n_samples, int(CALIBRATION_S * SAMPLE_RATE))))
        for hop, (log_bands, bands) in enumerate(zip(spectrum.log_bands, spectrum.bands, strict=True)):
            kept = hop % CALIBRATION_EVERY == 0
            if kept:
                samples["stems"].append({"log_bands": log_bands, **_copied(models.stems.model.state)})
            levels = networks.stem_levels(networks.stem_bands(models.stems.process(log_bands).masks, bands))
            if kept:
                inputs = {"log_bands": log_bands, "stem_levels": levels}
                samples["beats"].append({**inputs, **_copied(models.beats.model.state)})
            models.beats.process(log_bands, levels)
    return samples


def _copied(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in arrays.items()}


def hop_times_ms(pairs: Mapping[str, Path], song: CachedSong, seconds: float) -> dict[str, np.ndarray]:
    """float64 (n_hops,) of each pair: both networks, one hop each 11.6 ms, on one core.

    Pairs take turns in ROUNDS stretches. Binds the calling thread to one core and raises its priority.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    raise_priority()
    spectrum = frontend.spectra(song.mix())
    n_hops = max(1, round(seconds / HOP_S / ROUNDS))
    loaded = {name: networks.load(pair / "stems", pair / "beats") for name, pair in pairs.items()}
    times: dict[str, list[float]] = {name: [] for name in pairs}
    for _ in range(ROUNDS):
        for name, models in loaded.items():
            due_s = time.perf_counter()
            for number in range(WARM_UP_HOPS + n_hops):
                hop = number % len(spectrum.bands)
                due_s = max(due_s + HOP_S, time.perf_counter())  # late: not two at once
                time.sleep(max(0.0, due_s - time.perf_counter()))
                start = time.perf_counter()
                stems = models.stems.process(spectrum.log_bands[hop])
                power = networks.stem_bands(stems.masks, spectrum.bands[hop])
                models.beats.process(spectrum.log_bands[hop], networks.stem_levels(power))
                if number >= WARM_UP_HOPS:
                    times[name].append(1e3 * (time.perf_counter() - start))
    return {name: np.array(of_one) for name, of_one in times.items()}


def compare(
    pairs: Mapping[str, Path],
    songs: Sequence[CachedSong],
    folder: Path,
    plan: Plan,
    *,
    seconds: float,
    tell: Callable[[str], None] = print,
) -> list[Row]:
    """A row a pair: scored on `songs` as `plan` says, timed for `seconds`."""
    quality = {}
    for name, pair in pairs.items():
        tell(f"scoring {name}")
        here = replace(plan, stems=pair / "stems", beats=pair / "beats", n_stress=0, n_pictures=0)
        quality[name] = evaluate(here, songs, folder / "scores" / name, tell=_silent)
    tell(f"timing, {seconds:g} s each")
    with ThreadPoolExecutor(1) as own_thread:  # core and priority are a thread's, and end with it
        times = own_thread.submit(hop_times_ms, pairs, songs[0], seconds).result()
    whole = quality["float32"]["by_song"]
    return [_row(name, pairs[name], quality[name], times[name], whole) for name in pairs]


def _error(
    name: str, songs: Mapping[str, Mapping[str, float]], whole: Mapping[str, Mapping[str, float]]
) -> float:
    """Standard error of the mean difference of a score, over the songs that have it."""
    apart = [scores[name] - whole[song][name] for song, scores in songs.items() if name in scores]
    return float(np.std(apart, ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else 0.0


def _row(
    name: str, pair: Path, results: Mapping[str, Any], times_ms: np.ndarray, whole: Mapping[str, Any]
) -> Row:
    scores = results["all"]
    drums = [scores[f"f_{part}"] for part in ("kick", "snare", "hat") if f"f_{part}" in scores]
    p50, p99 = np.percentile(times_ms, [50, 99])
    size = sum((pair / kind / MODEL_NAME).stat().st_size for kind in NAMES)
    return Row(
        name,
        gain_db=scores.get("si_sdr_gain", float("nan")),
        r=scores.get("r", float("nan")),
        f_beat=scores.get("f_beat", float("nan")),
        f_downbeat=scores.get("f_downbeat", float("nan")),
        f_drums=float(np.mean(drums)) if drums else float("nan"),
        p50_ms=float(p50),
        p99_ms=float(p99),
        megabytes=size / 1e6,
        f_beat_error=_error("f_beat", results["by_song"], whole),
        f_downbeat_error=_error("f_downbeat", results["by_song"], whole),
    )


def best(rows: Sequence[Row]) -> Row:
    """The fastest at p99 of those that hear as well as float32; of equally fast ones the first.

    `rows` go from what is nearest to float32 to what is furthest.
    """
    whole = next(row for row in rows if row.name == "float32")
    hearing = [row for row in rows if row is whole or row.as_good_as(whole)]
    fastest_ms = min(row.p99_ms for row in hearing)
    return next(row for row in hearing if row.p99_ms <= AS_FAST * fastest_ms)


def table(rows: Sequence[Row], chosen: Row) -> str:
    """Markdown: a row a variant, the chosen one bold."""
    lines = [
        "| | gain (dB) | r | beat F | downbeat F (error) | drums F | p50 (ms) | p99 (ms) | MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        name = f"**{row.name}**" if row is chosen else row.name
        quality = f"{row.gain_db:.2f} | {row.r:.3f} | {row.f_beat:.3f}"
        quality += f" | {row.f_downbeat:.3f} ({row.f_downbeat_error:.3f}) | {row.f_drums:.3f}"
        lines.append(f"| {name} | {quality} | {row.p50_ms:.2f} | {row.p99_ms:.2f} | {row.megabytes:.1f} |")
    return "\n".join(lines) + "\n"


def why(rows: Sequence[Row], chosen: Row) -> str:
    """What the manifest says of the choice."""
    whole = next(row for row in rows if row.name == "float32")
    if chosen is whole:
        return "no other variant is faster at p99 and hears as well"
    return (
        f"as fast at p99 as any of those within {MAX_GAIN_LOSS_DB} dB and, but for chance, {MAX_F_LOSS} F "
        f"of float32: {chosen.p99_ms:.2f} ms a paced hop, both networks, where float32 has "
        f"{whole.p99_ms:.2f}; gain {chosen.gain_db - whole.gain_db:+.3f} dB, "
        f"beat F {chosen.f_beat - whole.f_beat:+.3f}, downbeat F {chosen.f_downbeat - whole.f_downbeat:+.3f}"
    )


def _silent(line: str) -> None:
    pass


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models variants`."""
    parser.add_argument(
        "--run", type=Path, required=True, help="a run with float32 models in stems/ and beats/"
    )
    add_song_arguments(parser)
    parser.set_defaults(per_source=2)
    parser.add_argument("--score-seconds", type=float, default=30.0, help="of each song (%(default)s)")
    parser.add_argument("--time-seconds", type=float, default=15.0, help="of each variant (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="processes for the scores (%(default)s)")


def run(options: argparse.Namespace) -> int:
    """`python -m models variants`."""
    for name in NAMES:
        if not (options.run / name / MANIFEST_NAME).is_file():
            raise UserError(f"{options.run} has no trained {name}: run `python -m models train` to its end")
    songs = chosen_songs(options)
    folder = options.run / "variants"
    roots = sorted({Path(song.root) for song in songs})
    train = build_library(roots, options.cache, options.hold_out, tell=_silent).train
    if not train:
        raise UserError("no training song among the songs: calibration must not see what is scored")
    samples = calibration(options.run, train[:: max(1, len(train) // CALIBRATION_SONGS)][:CALIBRATION_SONGS])
    pairs = make_variants(options.run, folder, samples)
    plan = plan_of(options.run, options.score_seconds, options.jobs)
    rows = compare(pairs, songs, folder, plan, seconds=options.time_seconds)
    chosen = best(rows)
    report = {"songs": [song.name for song in songs], "rows": [asdict(row) for row in rows],
              "ships": chosen.name, "why": why(rows, chosen)}  # fmt: skip
    for name, text in (
        ("table.json", json.dumps(report, indent=1) + "\n"),
        ("table.md", table(rows, chosen)),
    ):
        with whole_file(folder / name) as path:
            path.write_text(text, encoding="utf-8")
    print(table(rows, chosen))
    print(f"{chosen.name} ships: {why(rows, chosen)}")
    return 0
