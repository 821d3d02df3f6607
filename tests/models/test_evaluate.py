"""Scores are perfect for perfect ears, alignment is exact, and an evaluation can be stopped anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from stemlight.analysis import frontend, networks
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE, STEMS
from stemlight.analysis.networks import BeatResult, StemResult

from models import evaluate
from models.evaluate import Plan, table
from models.export import export
from models.features.library import CachedSong, build_library
from models.listen import Called, Heard, listen, run_pipeline, separate
from models.scores import beat_scores, call_scores, score_song, stem_scores


class _AllVocals:
    """Networks that call everything vocals."""

    bars = None

    class Stems:
        def process(self, log_bands: np.ndarray) -> StemResult:
            masks = np.zeros((4, frontend.N_BANDS), np.float32)
            masks[2] = 1.0
            return StemResult(masks, np.zeros(3, np.float32))

    class Beats:
        def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult:
            return BeatResult(np.zeros(3, np.float32))

    def __init__(self) -> None:
        self.stems, self.beats = self.Stems(), self.Beats()

    def reset(self) -> None:
        pass


def test_what_comes_back_is_aligned_with_the_mix():
    mix = np.random.default_rng(0).normal(0.0, 0.1, 40 * HOP_LENGTH).astype(np.float32)
    sound = separate(mix, listen(_AllVocals(), mix).masks)
    known = slice(0, 39 * HOP_LENGTH)  # the last hop is still on its way
    np.testing.assert_allclose(sound[2, known], mix[known], atol=1e-5)
    assert not sound[[0, 1, 3]].any()


def _song() -> np.ndarray:
    """Bass below, a voice above that begins half way; drums and other are silent."""
    t = np.arange(400 * HOP_LENGTH) / 44_100
    stems = np.zeros((4, len(t)), np.float32)
    stems[1] = 0.2 * np.sin(2 * np.pi * 80 * t) * (1 + 0.5 * np.sin(2 * np.pi * t))
    stems[2] = 0.2 * np.sin(2 * np.pi * 2_000 * t) * (t > t[-1] / 2)
    return stems


def _heard(stems: np.ndarray, low: int, high: int) -> Heard:
    """Masks that part the song at 500 Hz."""
    mix = stems.sum(axis=0)
    masks = np.zeros((len(mix) // HOP_LENGTH, 4, frontend.N_BANDS), np.float32)
    below = frontend.band_frequencies_hz() < 500
    masks[:, low, below] = masks[:, high, ~below] = 1.0
    nothing = np.zeros((len(masks), 3), np.float32)
    return Heard(frontend.spectra(mix).log_bands, masks, nothing, nothing)


def _named(stems: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(STEMS, stems, strict=True))


def test_the_right_masks_score_high_and_the_wrong_ones_low():
    stems = _song()
    right = stem_scores(_named(stems), stems.sum(axis=0), _heard(stems, low=1, high=2))
    wrong = stem_scores(_named(stems), stems.sum(axis=0), _heard(stems, low=2, high=1))
    for name in ("bass", "vocals"):
        assert right[f"r_{name}"] > 0.98
        assert right[f"si_sdr_gain_{name}"] > 15.0
        assert right[f"csdr_{name}"] > 15.0
        assert wrong[f"csdr_{name}"] < 3.0
        assert wrong[f"si_sdr_gain_{name}"] < 0.0
    assert right["r_bass"] > right["r_mix_bass"]
    assert right["leakage_vocals"] < -30.0 < -3.0 < wrong["leakage_vocals"]


def test_silent_stems_are_judged_by_leakage_alone():
    stems = _song()
    scores = stem_scores(_named(stems), stems.sum(axis=0), _heard(stems, low=0, high=2))
    assert "r_drums" not in scores
    assert scores["leakage_drums"] == pytest.approx(0.0, abs=3.5)  # it was given all the bass
    assert scores["leakage_other"] < -60.0


def test_a_stem_that_is_the_whole_mix_is_judged_by_what_is_left_of_it():
    stems = _song()
    stems[2] = 0.0
    half = _heard(stems, low=1, high=2)
    half.masks[:, 1] *= 0.5
    scores = stem_scores(_named(stems), stems.sum(axis=0), half)
    assert scores["alone_bass"] == pytest.approx(-6.0, abs=0.1)
    assert not any(name.endswith("_bass") and name != "alone_bass" for name in scores)


def test_the_table_has_a_row_a_score_and_dashes_for_what_is_unknown():
    text = table({"a": {"songs": 1.0, "f": 0.5}, "b": {"songs": 2.0}}, {"songs": 3.0, "f": 0.5})
    assert "| f | 0.50 | - | 0.50 |" in text.splitlines()
    assert text.splitlines()[-1] == "| songs | 1 | 2 | 3 |"


BEATS_S = 0.3 + 0.5 * np.arange(60)
BARS_S = BEATS_S[::4]


def _called(beats_s: np.ndarray, late_s: float = 0.0, bpm: float = 120.0) -> Called:
    n = len(beats_s)
    return Called(
        beats_s=beats_s + late_s,
        claimed_s=beats_s,
        confidence=np.full(n, 0.8),
        is_downbeat=np.isin(beats_s, BARS_S),
        hits_s=(np.zeros(0),) * 3,
        tempo_bpm=np.full(2_600, bpm),
    )


def test_perfect_beats_have_perfect_scores():
    scores = beat_scores(BEATS_S, BARS_S, _called(BEATS_S), 30.0)
    for name in ("f_beat", "f_beat_claimed", "f_downbeat", "cmlt", "amlt", "tempo_acc1", "tempo_acc2"):
        assert scores[name] == 1.0
    assert scores["lock_s"] == scores["lock_any_level_s"] == 0.0


def test_beats_that_are_told_late_are_wrong_when_told_and_right_when_claimed():
    scores = beat_scores(BEATS_S, BARS_S, _called(BEATS_S, late_s=0.08), 30.0)
    assert scores["f_beat"] == scores["f_downbeat"] == 0.0
    assert scores["f_beat_claimed"] == scores["f_downbeat_claimed"] == 1.0


def test_half_tempo_never_locks_but_at_its_own_level():
    scores = beat_scores(BEATS_S, BARS_S, _called(BEATS_S[::2], bpm=60.0), 30.0)
    assert scores["f_beat"] == pytest.approx(2 / 3, abs=0.02)
    assert scores["cmlt"] == 0.0 and scores["amlt"] == 1.0
    assert scores["tempo_acc1"] == 0.0 and scores["tempo_acc2"] == 1.0
    assert scores["lock_s"] > 29.0 and scores["lock_any_level_s"] == 0.0


def test_calls_are_right_or_wrong_one_by_one():
    called = _called(np.array([0.3, 0.8, 1.1, 1.3]))
    assert call_scores(BEATS_S, called)[:, 1].tolist() == [1.0, 1.0, 0.0, 1.0]


@pytest.fixture
def songs(tmp_path) -> tuple[CachedSong, ...]:
    """Two songs of twelve seconds: a click each half a second, and a hum."""
    rng = np.random.default_rng(7)
    for name in ("click_one", "click_two"):
        folder = tmp_path / "songs" / name
        folder.mkdir(parents=True)
        clicks = np.zeros(12 * SAMPLE_RATE, np.float32)
        for at in range(0, len(clicks) - 2_000, SAMPLE_RATE // 2):
            clicks[at : at + 2_000] = rng.normal(0, 0.3, 2_000) * np.exp(-np.arange(2_000) / 300)
        hum = 0.1 * np.sin(2 * np.pi * 110 * np.arange(len(clicks)) / SAMPLE_RATE)
        soundfile.write(folder / "drums.wav", clicks, SAMPLE_RATE)
        soundfile.write(folder / "bass.wav", hum, SAMPLE_RATE)
        (folder / "beats.txt").write_text("".join(f"{i / 2}\t{i % 4 + 1}\n" for i in range(24)))
        (folder / "hits.txt").write_text("".join(f"{i / 2}\tkick\t1.0\n" for i in range(24)))
    return build_library([tmp_path / "songs"], tmp_path / "cache", ["click_*"], tell=_silent).validation


@pytest.fixture
def plan(tmp_path, stem_net, beat_net) -> Plan:
    export(stem_net, tmp_path / "stems", "stems", {})
    export(beat_net, tmp_path / "beats", "beats", {})
    return Plan(tmp_path / "stems", tmp_path / "beats", seconds=12.0, n_pictures=1)


def _silent(line: str) -> None:
    pass


def test_a_song_is_heard_through_the_pipeline_as_through_the_networks(plan, songs):
    models = networks.load(plan.stems, plan.beats)
    mix = songs[0].mix(0, 100 * HOP_LENGTH)
    alone, show = listen(models, mix), run_pipeline(models, mix)
    np.testing.assert_allclose(show.heard.masks, alone.masks, atol=0.02)  # the pipeline takes out the mean
    assert len(show.called.tempo_bpm) == 100
    assert (np.diff(show.called.beats_s) > 0).all()
    apart = show.called.beats_s - show.called.claimed_s
    assert ((apart >= 0) & (apart < 0.012)).all()  # the hop in which the beat falls


def test_every_score_that_the_truth_allows_is_there(plan, songs):
    scores = score_song(networks.load(plan.stems, plan.beats), songs[0], 12.0).scores
    assert {"csdr_drums", "si_sdr_gain_bass", "r_drums", "leakage_vocals", "f_kick", "f_raw_kick"} <= set(
        scores
    )
    assert {"f_beat", "f_beat_claimed", "f_downbeat", "cmlt", "lock_s", "tempo_acc2"} <= set(scores)
    assert "r_vocals" not in scores and "f_snare" not in scores


def test_an_evaluation_goes_on_where_it_was_and_gives_the_same(plan, songs, tmp_path):
    told: list[str] = []
    whole = evaluate.evaluate(plan, songs, tmp_path / "whole", tell=_silent)
    evaluate.evaluate(plan, songs[:1], tmp_path / "parts", tell=_silent)
    parts = evaluate.evaluate(plan, songs, tmp_path / "parts", tell=told.append)
    assert parts == whole
    assert told[0] == "1 of 2 songs were scored before" and len(told) == 2
    for name in ("results.json", "results.md", "songs.csv", "reliability.png", "click_one.png"):
        assert (tmp_path / "whole" / name).stat().st_size > 0
    assert len((tmp_path / "whole" / "songs.csv").read_text().splitlines()) == 3


def test_another_model_is_another_evaluation(plan, songs, tmp_path, beat_net):
    plan = replace(plan, n_stress=0)
    evaluate.evaluate(plan, songs[:1], tmp_path / "out", tell=_silent)
    with torch.no_grad():
        beat_net.logits.bias += 1.0
    export(beat_net, plan.beats, "beats", {})
    told: list[str] = []
    evaluate.evaluate(plan, songs[:1], tmp_path / "out", tell=told.append)
    assert told[0].startswith("1/1 click_one")


def test_a_song_that_was_changed_is_scored_again(plan, songs, tmp_path):
    plan = replace(plan, n_stress=0)
    evaluate.evaluate(plan, songs[:1], tmp_path / "out", tell=_silent)
    changed = replace(songs[0], path=songs[1].path)  # as the cache gives it another folder
    told: list[str] = []
    evaluate.evaluate(plan, [changed], tmp_path / "out", tell=told.append)
    assert told[0].startswith("1/1 click_one")


def test_the_means_of_a_split_are_noted_in_the_manifests(plan, songs, tmp_path):
    plan = replace(plan, n_stress=0)
    results = evaluate.evaluate(plan, songs, tmp_path / "out", tell=_silent)
    evaluate.note(plan, "test", results)
    stems, beats = (json.loads((folder / "manifest.json").read_text()) for folder in (plan.stems, plan.beats))
    assert stems["metrics"]["test"]["click"]["songs"] == beats["metrics"]["test"]["all"]["songs"] == 2
    assert (
        "si_sdr_gain_drums" in stems["metrics"]["test"]["all"] and "f_kick" in stems["metrics"]["test"]["all"]
    )
    assert "f_beat" in beats["metrics"]["test"]["all"] and "f_kick" not in beats["metrics"]["test"]["all"]
    assert "f_beat" in (plan.beats / "CARD.md").read_text()
    assert networks.load(plan.stems, plan.beats)
