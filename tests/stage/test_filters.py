"""Every filter of ours changes the picture, keeps what it must, and hears the music only where asked to."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S, STEMS, FeatureFrame
from stemlight.resources import shaders_dir
from stemlight.stage.isf import read_isf
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_program import ShaderProgram

FILTERS = sorted((shaders_dir() / "filters").glob("*.fs"))
SIZE_PX = (96, 54)
FPS = 15.0
START_S = 6.0  # a bar begins, everybody is present; the kick is on the first draw, the snare on the eighth
N_DRAWS = 10
ONE_LEVEL = 1.001 / 255.0
VISIBLE = 2.0 / 255.0  # mean over the film: even those that only act on the beat
SONG = {
    playing: rehearsal_frames(0, int((START_S + N_DRAWS / FPS) / HOP_S) + 1, playing)
    for playing in (STEMS, ())
}


def picture(index: int, alpha: int = 255) -> np.ndarray:
    """One of a film: a lit disc travels over warm tiles; detail for lenses, movement for feedback."""
    width, height = SIZE_PX
    y, x = np.mgrid[0:height, 0:width]
    lit = np.hypot(x - 20 - 6 * index, y - 27) < 9
    ramp = 190 * x // width * (0.35 + 0.65 * ((x // 4 + y // 5) % 2))
    rgba = np.dstack([ramp, ramp // 2 + 20, 40 + y, np.full_like(x, alpha)])
    rgba[lit, :3] = 250, 240, 200
    return rgba.astype(np.uint8)


class Booth:
    """One filter before a projector."""

    def __init__(self, path: Path, renderer: Renderer, screen: OffscreenContext) -> None:
        self.program: ShaderProgram = read_isf(path)
        self._path, self._renderer, self._screen = path, renderer, screen

    def film(self, frames: list[FeatureFrame], alpha: int = 255, **inputs: object) -> np.ndarray:
        """What it makes of the film, from the first draw. float (n, h, w, 4), 0..1."""
        self._renderer.load(self._path)
        for name, value in inputs.items():
            self._renderer.set_input(name, value)
        n_given, seen = 0, []
        for index in range(N_DRAWS):
            moment = Moment.at_draw(index, FPS, START_S)
            n_heard = int(moment.on_stream_s / HOP_S) + 1
            self._renderer.set_input("inputImage", picture(index, alpha))
            self._renderer.draw(frames[n_given:n_heard], moment, self._screen.framebuffer)
            n_given = n_heard
            seen.append(self._screen.read_rgba() / 255.0)
        return np.stack(seen)


def given(alpha: int = 255) -> np.ndarray:
    """The film itself, as `Booth.film` gives it."""
    return np.stack([picture(index, alpha) for index in range(N_DRAWS)]) / 255.0


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b)[..., :3].mean())


@pytest.fixture(scope="module", params=FILTERS, ids=lambda path: path.stem)
def booth(request: pytest.FixtureRequest) -> Iterator[Booth]:
    with OffscreenContext(SIZE_PX) as screen:
        renderer = Renderer(screen.context, SIZE_PX)
        yield Booth(request.param, renderer, screen)
        assert screen.context.error == "GL_NO_ERROR"
        renderer.release()


def test_there_are_ten():
    assert len(FILTERS) >= 10


def test_defaults_are_seen(booth: Booth):
    filtered = booth.film(SONG[STEMS])
    assert difference(filtered, given()) > VISIBLE
    assert filtered[..., :3].mean() > 0.25 * given()[..., :3].mean()  # and nothing went dark


def test_nothing_is_the_identity(booth: Booth):
    assert np.abs(booth.film(SONG[STEMS], amount=0.0) - given()).max() <= ONE_LEVEL


def test_alpha_is_kept(booth: Booth):
    np.testing.assert_allclose(booth.film(SONG[STEMS], alpha=128)[..., 3], 128 / 255, atol=ONE_LEVEL)


def test_same_film_same_pictures(booth: Booth):
    np.testing.assert_array_equal(booth.film(SONG[STEMS]), booth.film(SONG[STEMS]))


def test_music_is_seen_where_it_is_asked_for(booth: Booth):
    assert difference(booth.film(SONG[STEMS], hear=1.0), booth.film(SONG[()], hear=1.0)) > 0.5 / 255.0
    assert difference(booth.film(SONG[STEMS], hear=0.0), booth.film(SONG[()], hear=0.0)) == 0.0


def test_header_says_what_a_vj_needs(booth: Booth):
    program = booth.program
    assert program.role == "filter"
    assert program.description
    assert program.credit == "Stemlight"
    assert {"Filter", "Stemlight"} <= set(program.categories)
    assert '"LICENSE": "CC0-1.0"' in program.path.read_text(encoding="utf-8")
    for entry in program.inputs:
        if entry.type != "image":
            assert entry.label
        if entry.type == "float":
            assert entry.low is not None and entry.high is not None
            assert entry.low[0] <= entry.default <= entry.high[0]  # type: ignore[operator]
