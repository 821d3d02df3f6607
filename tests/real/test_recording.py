"""Live shows that are recorded, and what is left of them however they end; and the mirror of a window."""

import os
import shutil
import signal
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from running_show import running_show, until
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.stage.outputs.recording import FPS
from test_window import HEIGHT, WIDTH, photograph, stage

__all__ = ["stage"]  # the fixture

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xwd")), reason="needs Xvfb and xwd"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc"),
]

SCENE = """/*{"ISFVSN": "2"}*/
void main() { gl_FragColor = vec4(all_hits, step(0.5, fract(TIME)), isf_FragNormCoord.x, 1.0); }
"""
SONG_S = 30.0


@pytest.fixture
def song(tmp_path) -> Path:
    """A burst of noise every three quarters of a second, no two alike; dull, or AAC would make up its own."""
    rng = np.random.default_rng(11)
    n = round(SONG_S * SAMPLE_RATE)
    loud = (np.arange(n) / SAMPLE_RATE) % 0.75 < 0.15
    noise = np.stack([np.convolve(rng.normal(size=n), np.hanning(40), "same") for _ in range(2)], axis=1)
    samples = noise / noise.std() * np.where(loud, 0.2, 0.004)[:, None]
    soundfile.write(tmp_path / "song.wav", samples, SAMPLE_RATE)
    return tmp_path / "song.wav"


@pytest.fixture
def arguments(tmp_path, song) -> tuple[str, ...]:
    (tmp_path / "plain.fs").write_text(SCENE)
    preset = tmp_path / "plain.toml"
    preset.write_text('version = 2\nname = "Plain"\n[[layers]]\nscene = "plain.fs"\n')
    what = ("--input", str(song), "--mute", "--preset", str(preset), "--size", "160x90")
    return (*what, "--record", str(tmp_path / "show.mp4"), "--seconds", "120")


def pictures(path: Path) -> np.ndarray:
    """The mean colour of every frame, (n, 3)."""
    with av.open(str(path)) as film:
        return np.array(
            [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)) for frame in film.decode(video=0)]
        )


def sound(path: Path) -> np.ndarray:
    """Stereo, (n, 2)."""
    with av.open(str(path)) as film:
        return np.concatenate([frame.to_ndarray() for frame in film.decode(audio=0)], axis=1).T


def recorded(show, count: int) -> None:
    """Until that many pictures more are in the recording."""
    part = show.health.part("stage")
    goal = part.get("recorded") + count
    until(lambda: part.get("recorded") >= goal, f"recorded picture {goal}", timeout_s=60.0)


def best_place(needle: np.ndarray, hay: np.ndarray) -> tuple[int, float]:
    """Where in `hay` the needle fits best, and how well: their correlation there."""
    size = 1 << (len(hay) + len(needle)).bit_length()
    product = np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size))
    place = int(np.argmax(np.fft.irfft(product, size)[: len(hay) - len(needle)]))
    return place, float(np.corrcoef(hay[place : place + len(needle)], needle)[0, 1])


def test_a_recorded_show_has_its_length_its_motion_and_its_sound(tmp_path, display, arguments, song):
    with running_show(*arguments, display=display) as show:
        recorded(show, 120)
        show.press_ctrl_c()
        said = show.wait()
        assert show.process.returncode == 0
    path = tmp_path / "show.mp4"
    until(path.exists, "the recording", timeout_s=60.0)
    assert f"recording {path}" in said
    assert not path.with_suffix(".part.mp4").exists()
    colors, heard = pictures(path), sound(path)
    assert len(colors) >= 120
    assert len(heard) / SAMPLE_RATE == pytest.approx(len(colors) / FPS, abs=0.7)
    assert np.ptp(colors[:, 1]) > 150  # it moves
    source, _ = soundfile.read(song)
    fits = [  # a second each, of either channel: a loaded machine may lose a hop in between
        best_place(heard[begin : begin + SAMPLE_RATE, channel], source[:, channel])[1]
        for begin in range(SAMPLE_RATE // 4, len(heard) - 2 * SAMPLE_RATE, SAMPLE_RATE // 2)[:6]
        for channel in range(2)
    ]
    assert np.median(fits) > 0.95  # AAC takes a little
    # The picture answers the sound that is heard with it, a few draws later.
    n = min(len(colors), len(heard) * FPS // SAMPLE_RATE)
    loud = heard[: n * SAMPLE_RATE // FPS].reshape(n, -1).std(axis=1)
    red = colors[:n, 0] - colors[:n, 0].mean()
    answers = [np.dot(np.roll(loud - loud.mean(), lag), red) for lag in range(-10, 30)]
    assert -2 <= np.argmax(answers) - 10 < 0.4 * FPS


def test_a_stage_that_is_killed_leaves_a_whole_recording_and_the_next_goes_on(tmp_path, display, arguments):
    with running_show(*arguments, display=display) as show:
        recorded(show, 60)
        show.kill("stage")
        until((tmp_path / "show.mp4").exists, "the recording", timeout_s=60.0)
        until((tmp_path / "show-2.part.mp4").exists, "the next one", timeout_s=120.0)
        show.press_ctrl_c()
        show.wait()
    assert len(pictures(tmp_path / "show.mp4")) >= 60
    assert len(sound(tmp_path / "show.mp4")) > 0


def test_an_encoder_that_is_killed_costs_no_draw_and_keeps_what_it_wrote(tmp_path, display, arguments):
    with running_show(*arguments, display=display) as show:
        recorded(show, 150)
        part = show.health.part("stage")
        os.kill(writer_of(tmp_path / "show.part.mp4"), signal.SIGKILL)
        until(lambda: "died" in part.words("record"), "word of it")
        goal = part.get("draws") + 20
        until(lambda: part.get("draws") >= goal, f"draw {goal}")
        show.press_ctrl_c()
        assert "Traceback" not in show.wait()
        assert show.process.returncode == 0
    assert len(pictures(tmp_path / "show.part.mp4")) >= FPS  # all but the last second or so


def writer_of(file: Path) -> int:
    """The process that has a file open."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == file:
                return int(link.parts[2])
        except OSError:  # it has ended, or is not ours
            continue
    raise AssertionError(f"nobody writes {file}")


def test_the_mirror_shows_the_picture_on_a_monitor(stage, display):
    assert photograph(display)[-5:, -5:].max() == 0
    stage.controls.set("stage.mirror", 0)
    stage.until(lambda: "monitor 0" in stage.part.words("mirror"), "the mirror")
    stage.draws(5)
    picture = photograph(display)
    assert picture.shape[:2] == (HEIGHT, WIDTH)
    assert picture[:, -20, 0].mean() - picture[:, 20, 0].mean() > 150  # the scene, over the whole screen
    stage.controls.set("stage.mirror", -1)
    stage.draws(5)
    assert photograph(display)[-5:, -5:].max() == 0
    assert stage.process.poll() is None
