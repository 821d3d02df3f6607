"""The built-in song is there, as long as it says, and in each section sounds what its list promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import soundfile
import soxr
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS
from stemlight.resources import demo_song as demo_song_path

from models.data import demo_song
from models.data.composer.mixing import loudness_lufs


@pytest.fixture(scope="module")
def demo() -> np.ndarray:
    sound, rate_hz = soundfile.read(demo_song_path(), dtype="float32", always_2d=True)
    return soxr.resample(sound, rate_hz, SAMPLE_RATE).T


def section_power(demo: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and power of a section, its first second (what still rings) left out."""
    section = next(section for section in demo_song.sections if section.name == name)
    piece = demo.mean(axis=0)[
        round((section.start_s + 1.0) * SAMPLE_RATE) : round(section.end_s * SAMPLE_RATE)
    ]
    return np.fft.rfftfreq(len(piece), 1 / SAMPLE_RATE), np.square(np.abs(np.fft.rfft(piece)))


def test_the_file_is_small_stereo_and_as_long_as_its_sections(demo: np.ndarray) -> None:
    assert demo_song_path().stat().st_size < 1_200_000
    assert demo.shape[0] == 2
    assert demo.shape[1] / SAMPLE_RATE == pytest.approx(demo_song.DURATION_S, abs=0.05)
    assert not list(demo_song_path().parent.glob("*.part"))


def test_it_is_mastered(demo: np.ndarray) -> None:
    assert np.abs(demo).max() < 1.0
    assert loudness_lufs(demo) == pytest.approx(demo_song.LOUDNESS_LUFS, abs=0.7)


def test_sections_follow_one_another_and_each_stem_is_alone_once() -> None:
    sections = demo_song.sections
    assert sections[0].start_s == 0.0 and sections[-1].end_s == demo_song.DURATION_S
    assert all(a.end_bar == b.first_bar for a, b in pairwise(sections))
    alone = {section.stems[0] for section in sections if len(section.stems) == 1}
    assert alone == {"drums", "bass", "vocals"}
    assert any(section.stems == STEMS for section in sections)


def test_the_voice_alone_has_no_bass_and_no_hats(demo: np.ndarray) -> None:
    hz, power = section_power(demo, "voice alone")
    assert power[hz < 120].sum() < 1e-3 * power.sum()
    assert power[(hz > 200) & (hz < 4000)].sum() > 0.9 * power.sum()


def test_the_bass_alone_is_low(demo: np.ndarray) -> None:
    hz, power = section_power(demo, "bass alone")
    assert power[hz < 500].sum() > 0.85 * power.sum()


def test_the_drums_alone_strike_every_beat(demo: np.ndarray) -> None:
    section = next(section for section in demo_song.sections if section.name == "drums alone")
    mono = np.square(demo.mean(axis=0))
    span = SAMPLE_RATE // 100
    for beat in range(8):
        at = round((section.start_s + beat * 60 / demo_song.TEMPO_BPM) * SAMPLE_RATE)
        assert mono[at : at + span].mean() > 4 * mono[at - span - 200 : at - 200].mean()


def test_the_drop_is_louder_than_what_comes_before(demo: np.ndarray) -> None:
    def loudness(name: str) -> float:
        section = next(section for section in demo_song.sections if section.name == name)
        return loudness_lufs(
            demo[:, round(section.start_s * SAMPLE_RATE) : round(section.end_s * SAMPLE_RATE)]
        )

    assert loudness("second drop") > loudness("intro") + 3
    assert loudness("second drop") > loudness("voice alone") + 4
