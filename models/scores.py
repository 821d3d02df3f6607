"""What was heard of a song and what is true of it become numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from stemlight.analysis.pipeline import PipelineModels

from models import metrics
from models.features.events import beat_positions
from models.features.library import CachedSong
from models.listen import Called, Heard, run_pipeline, separate
from models.scenarios import trials

SILENT = 1e-5  # of the mix's mean power: a stem below it is not playing
ALONE = 1e-3  # of the mix's energy: with less than that beside it a stem is the mix, and a gain says nothing
HIT_THRESHOLD, NEAREST_HIT_HOPS = 0.5, 5  # 58 ms: sixteenths at 250 BPM
BEAT_THRESHOLDS, NEAREST_BEAT_HOPS = (0.84, 0.88), 20  # of beat and downbeat: where F is highest
AFTER_LAST_S = 0.2  # beats called later than that after the last true one are not judged

# How means are ordered in tables, by the beginning of the name.
ORDER = (
    "csdr", "si_sdr_gain", "si_sdr", "r_mix", "r", "leakage", "alone", "f_raw", "f_kick", "f_snare", "f_hat",
    "late_kick", "late_snare", "late_hat", "f_beat", "f_downbeat", "cmlt", "amlt", "tempo", "late_beat",
    "lock", "breakdown", "jump", "calibration",
)  # fmt: skip


@dataclass(frozen=True)
class SongScores:
    """One song's row, and what was heard of it."""

    scores: dict[str, float]
    calls: np.ndarray  # as `call_scores` gives them
    heard: Heard


def score_song(models: PipelineModels, song: CachedSong, seconds: float, stress: bool = True) -> SongScores:
    """Every score that the song's truth allows, of its first `seconds`; `stress`: breakdown and jump, too."""
    n_samples = min(song.n_hops, int(seconds / HOP_S)) * HOP_LENGTH
    duration_s = n_samples / SAMPLE_RATE
    mix = song.mix(0, n_samples)
    show = run_pipeline(models, mix)
    scores: dict[str, float] = {}
    if stems := true_stems(song, n_samples):
        scores |= stem_scores(stems, mix, show.heard)
    if song.has_hits:
        scores |= hit_scores(song, show.heard, show.called, duration_s)
    calls = np.zeros((0, 2))
    if len(song.beats.times_s) > 2:
        scores |= activation_scores(song, show.heard, duration_s)
        scores |= beat_scores(*_beats(song, duration_s), show.called, duration_s)
        calls = call_scores(song.beats.times_s, show.called)
        if stress:
            scores |= trial_scores(models, song, seconds)
    return SongScores(scores, calls, show.heard)


def true_stems(song: CachedSong, n_samples: int) -> dict[str, np.ndarray]:
    """What is known of the stems, by name: float32 (n_samples,) each; silence where that is known."""
    if song.has_stems:
        return dict(zip(STEMS, song.stems(0, n_samples), strict=True))
    known = {name: np.zeros(n_samples, np.float32) for name in song.silent}
    if song.kind == "voice_and_rest":
        known["vocals"] = song.cut(song.rows.index("vocals"), 0, n_samples) if "vocals" in song.rows else (
            np.zeros(n_samples, np.float32)
        )  # fmt: skip
    return known


def stem_scores(stems: dict[str, np.ndarray], mix: np.ndarray, heard: Heard) -> dict[str, float]:
    """Of each known stem: cSDR, SI-SDR and its gain over the mix, r of envelopes, the mix's own, leakage.

    Envelopes are square roots of power, a value a hop. Leakage: power of what is said to be the stem while
    it is silent, against the mix (dB). Of a stem that is the whole mix only how much of it is called so (dB).
    """
    scores = {}
    bands = frontend.spectra(mix).bands
    power_of_mix = bands.sum(axis=1)
    said = np.einsum("nsb,nb->sn", np.square(heard.masks), bands)
    sound = None
    for name, stem in stems.items():
        row = STEMS.index(name)
        power = frontend.spectra(stem).bands.sum(axis=1)
        silent = power < SILENT * power_of_mix.mean()
        audible = silent & (power_of_mix > 1e-3 * power_of_mix.mean())
        if audible.sum() > 86:  # a second of silence at least, or the number says nothing
            ratio = said[row][audible].mean() / power_of_mix[audible].mean()
            scores[f"leakage_{name}"] = 10 * float(np.log10(ratio + 1e-9))
        if silent.mean() > 0.95:
            continue
        if power.sum() > 0 and np.square(mix - stem).sum() < ALONE * np.square(mix).sum():
            scores[f"alone_{name}"] = 10 * float(np.log10(said[row].sum() / power_of_mix.sum() + 1e-9))
            continue
        if sound is None:
            sound = separate(mix, heard.masks)
        end = sound.shape[1] - HOP_LENGTH  # the last hop is still on its way
        found, true = sound[row, :end], stem[:end]
        scores[f"csdr_{name}"] = metrics.c_sdr(found, true, SAMPLE_RATE)
        scores[f"si_sdr_{name}"] = metrics.si_sdr(found, true)
        scores[f"si_sdr_gain_{name}"] = scores[f"si_sdr_{name}"] - metrics.si_sdr(mix[:end], true)
        scores[f"r_{name}"] = metrics.correlation(np.sqrt(said[row]), np.sqrt(power))
        scores[f"r_mix_{name}"] = metrics.correlation(np.sqrt(power_of_mix), np.sqrt(power))
    return scores


def hit_scores(song: CachedSong, heard: Heard, called: Called, duration_s: float) -> dict[str, float]:
    """F of kick, snare and hat within 50 ms: as frames count them, and of the bare activations' peaks.

    Frames are judged when they are there; `late_kick_ms` is the median of how long after the truth that is.
    """
    scores = {}
    for row, name in enumerate(DRUM_PARTS):
        true = song.hits.times_s[(song.hits.parts == row) & (song.hits.times_s < duration_s)]
        if not len(true):
            continue
        peaks = metrics.peaks(heard.drums[:, row], HIT_THRESHOLD, NEAREST_HIT_HOPS)
        scores[f"f_raw_{name}"] = metrics.f_measure(_known_s(peaks), true, metrics.HIT_TOLERANCE_S)
        found = called.hits_s[row]
        scores[f"f_{name}"] = metrics.f_measure(found, true, metrics.HIT_TOLERANCE_S)
        pairs = metrics.matches(found, true, metrics.HIT_TOLERANCE_S)
        if len(pairs):
            scores[f"late_{name}_ms"] = 1e3 * float(np.median(found[pairs[:, 0]] - true[pairs[:, 1]]))
    return scores


def activation_scores(song: CachedSong, heard: Heard, duration_s: float) -> dict[str, float]:
    """F of the peaks of the activations themselves, when they are known; no decoder."""
    scores = {}
    for column, positions in enumerate(beat_positions(song.beats)):
        true = positions * HOP_S
        true = true[(true > metrics.FIRST_SCORED_S) & (true < duration_s)]
        found = _known_s(metrics.peaks(heard.beats[:, column], BEAT_THRESHOLDS[column], NEAREST_BEAT_HOPS))
        found = found[(found > metrics.FIRST_SCORED_S) & (found < song.beats.times_s[-1] + AFTER_LAST_S)]
        if len(true):
            name = ("f_raw_beat", "f_raw_downbeat")[column]
            scores[name] = metrics.f_measure(found, true, metrics.BEAT_TOLERANCE_S)
    return scores


def beat_scores(
    beats_s: np.ndarray, bars_s: np.ndarray, called: Called, duration_s: float
) -> dict[str, float]:
    """Of the first `duration_s`: F at emission and at the time claimed, continuity, tempo, time to lock.

    Nothing where fewer than two beats are there to be judged.

    `beats_s`, `bars_s`: float64, what is true. All but the lock are judged after FIRST_SCORED_S. The tempo is
    the median over the second half, the true one that of the intervals between beats.
    """
    last_s = min(duration_s, float(beats_s[-1]) + AFTER_LAST_S)

    def judged(times_s: np.ndarray) -> np.ndarray:
        return times_s[(times_s > metrics.FIRST_SCORED_S) & (times_s < last_s)]

    true, true_bars = judged(beats_s), judged(bars_s)
    if len(true) < 2:
        return {}
    found, claimed = judged(called.beats_s), judged(called.claimed_s)
    continuity = metrics.continuity(found, true)
    scores = {
        "f_beat": metrics.f_measure(found, true, metrics.BEAT_TOLERANCE_S),
        "f_beat_claimed": metrics.f_measure(claimed, true, metrics.BEAT_TOLERANCE_S),
        "cmlt": continuity.cmlt,
        "amlt": continuity.amlt,
    }
    pairs = metrics.matches(found, true, metrics.BEAT_TOLERANCE_S)
    if len(pairs):
        scores["late_beat_ms"] = 1e3 * float(np.median(found[pairs[:, 0]] - true[pairs[:, 1]]))
    if len(true_bars):
        ones, claimed_ones = (
            judged(times_s[called.is_downbeat]) for times_s in (called.beats_s, called.claimed_s)
        )
        scores["f_downbeat"] = metrics.f_measure(ones, true_bars, metrics.BEAT_TOLERANCE_S)
        scores["f_downbeat_claimed"] = metrics.f_measure(claimed_ones, true_bars, metrics.BEAT_TOLERANCE_S)
    if len(true) > 2:
        true_bpm = 60.0 / float(np.median(np.diff(true)))
        said_bpm = float(np.median(called.tempo_bpm[len(called.tempo_bpm) // 2 :]))
        scores["tempo_acc1"] = float(metrics.tempo_right(said_bpm, true_bpm, octaves=False))
        scores["tempo_acc2"] = float(metrics.tempo_right(said_bpm, true_bpm, octaves=True))
    first_s = float(beats_s[0])
    whole = beats_s[beats_s < last_s]
    scores["lock_s"] = metrics.lock_s(called.beats_s, whole, first_s, last_s)
    scores["lock_any_level_s"] = min(
        metrics.lock_s(called.beats_s, level, first_s, last_s) for level in metrics.levels(whole)
    )
    return scores


def call_scores(beats_s: np.ndarray, called: Called) -> np.ndarray:
    """float64 (n_beats, 2): confidence of each beat called, and whether one was there.

    Only those called while the song's beats are known.
    """
    inside = (called.beats_s > beats_s[0] - AFTER_LAST_S) & (called.beats_s < beats_s[-1] + AFTER_LAST_S)
    found = called.beats_s[inside]
    right = np.zeros(len(found))
    right[metrics.matches(found, beats_s, metrics.BEAT_TOLERANCE_S)[:, 0]] = 1.0
    return np.stack([called.confidence[inside], right], axis=1)


def trial_scores(models: PipelineModels, song: CachedSong, seconds: float) -> dict[str, float]:
    """Beat F while the drums are out; seconds until the beat is back after they are, and after a jump."""
    scores = {}
    for trial in trials(song, seconds):
        called = run_pipeline(models, trial.mix).called
        end_s = min(len(trial.mix) / SAMPLE_RATE, float(trial.beats_s[-1]) + AFTER_LAST_S)
        if trial.change_s > trial.begins_s:
            found, true = (
                times_s[(times_s > trial.begins_s) & (times_s < trial.change_s)]
                for times_s in (called.beats_s, trial.beats_s)
            )
            scores[f"{trial.name}_f_beat"] = metrics.f_measure(found, true, metrics.BEAT_TOLERANCE_S)
        scores[f"{trial.name}_recovery_s"] = min(
            metrics.lock_s(called.beats_s, level, trial.change_s, end_s)
            for level in metrics.levels(trial.beats_s[trial.beats_s < end_s])
        )
    return scores


def _beats(song: CachedSong, duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of beats and of downbeats."""
    beats, bars = beat_positions(song.beats)
    return beats * HOP_S, bars * HOP_S


def _known_s(peak_hops: np.ndarray) -> np.ndarray:
    """When a peak is known: at the end of the hop after it."""
    return np.asarray((peak_hops + 2) * HOP_S)
