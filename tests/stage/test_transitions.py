"""Every transition of ours starts as one picture, ends as the other, and never jumps between."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from stemlight.resources import shaders_dir
from stemlight.stage.isf import read_isf
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_program import ShaderProgram

TRANSITIONS = sorted((shaders_dir() / "transitions").glob("*.fs"))
SIZES_PX = ((96, 54), (54, 96))
N_STEPS = 64  # draws over which `progress` goes from 0 to 1: one second of a fast cut
ONE_LEVEL = 1.001 / 255.0


def pictures(size_px: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Two that no pixel shares: bars of light on dark, and a warm ramp; opaque."""
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width]
    bars = np.where((x // 8 + y // 8) % 2 == 0, 230, 12)
    start = np.dstack([bars // 4, bars // 2, bars, np.full_like(bars, 255)])
    ramp = 255 * x // width
    end = np.dstack([ramp, ramp // 2, 40 + 0 * ramp, np.full_like(ramp, 255)])
    return start.astype(np.uint8), end.astype(np.uint8)


class Projection:
    """One transition between two pictures of its own size."""

    def __init__(self, path: Path, renderer: Renderer, screen: OffscreenContext) -> None:
        self._renderer, self._screen = renderer, screen
        self.start, self.end = pictures(screen.size_px)
        renderer.load(path)
        renderer.set_input("startImage", self.start)
        renderer.set_input("endImage", self.end)

    def at(self, progress: float) -> np.ndarray:
        """float (h, w, 4), 0..1, at one moment of the music."""
        self._renderer.set_input("progress", progress)
        self._renderer.draw(rehearsal_frames(600, 601), Moment(7.0, 0.0, 0), self._screen.framebuffer)
        return self._screen.read_rgba() / 255.0


@pytest.fixture(scope="module", params=SIZES_PX, ids=lambda size: f"{size[0]}x{size[1]}")
def screen(request: pytest.FixtureRequest) -> Iterator[OffscreenContext]:
    with OffscreenContext(request.param) as screen:
        yield screen


@pytest.fixture(scope="module", params=TRANSITIONS, ids=lambda path: path.stem)
def transition(request: pytest.FixtureRequest, screen: OffscreenContext) -> Iterator[Projection]:
    renderer = Renderer(screen.context, screen.size_px)
    yield Projection(request.param, renderer, screen)
    assert screen.context.error == "GL_NO_ERROR"
    renderer.release()


@pytest.fixture(scope="module", params=TRANSITIONS, ids=lambda path: path.stem)
def program(request: pytest.FixtureRequest) -> ShaderProgram:
    return read_isf(request.param)


def test_there_are_six_and_the_default():
    assert len(TRANSITIONS) >= 6
    assert "dissolve" in [path.stem for path in TRANSITIONS]


def test_the_ends_are_the_pictures_themselves(transition: Projection):
    assert np.abs(transition.at(0.0) - transition.start / 255.0).max() <= ONE_LEVEL
    assert np.abs(transition.at(1.0) - transition.end / 255.0).max() <= ONE_LEVEL


def test_nothing_jumps_on_the_way(transition: Projection):
    way = np.stack([transition.at(k / N_STEPS) for k in range(N_STEPS + 1)])
    steps = np.abs(np.diff(way[..., :3], axis=0)).mean((1, 2, 3))
    whole = np.abs(way[-1] - way[0])[..., :3].mean()
    assert steps.max() < 0.25 * whole  # a cut would be all of it
    assert min(steps[0], steps[-1]) < 0.1 * whole  # it sets off, or comes to rest, softly
    assert (way[..., 3] == 1.0).all()  # opaque pictures stay opaque


def test_half_way_is_neither(transition: Projection):
    middle = transition.at(0.5)
    for picture in (transition.start, transition.end):
        assert np.abs(middle - picture / 255.0)[..., :3].mean() > 0.03
    np.testing.assert_array_equal(middle, transition.at(0.5))


def test_header_says_what_a_vj_needs(program: ShaderProgram):
    assert program.role == "transition"
    assert program.description
    assert program.credit == "Stemlight"
    assert {"Transition", "Stemlight"} <= set(program.categories)
    assert '"LICENSE": "CC0-1.0"' in program.path.read_text(encoding="utf-8")
    for entry in program.inputs:
        if entry.type == "float":
            assert entry.label
            assert entry.low is not None and entry.high is not None
            assert entry.low[0] <= entry.default <= entry.high[0]  # type: ignore[operator]
