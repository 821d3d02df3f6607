"""A screen without a window, one a test, and shaders written on the spot."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("LP_NUM_THREADS", "1")  # Mesa's software driver leaves the other tests a core

from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer

SHADERS = Path(__file__).parent / "shaders"


@pytest.fixture
def shaders() -> Path:
    return SHADERS


@pytest.fixture
def screen() -> Iterator[OffscreenContext]:
    with OffscreenContext((64, 36)) as screen:
        yield screen


@pytest.fixture
def renderer(screen: OffscreenContext) -> Iterator[Renderer]:
    """Whatever a test draws, OpenGL must not complain."""
    renderer = Renderer(screen.context, screen.size_px)
    yield renderer
    assert screen.context.error == "GL_NO_ERROR"
    renderer.release()


@pytest.fixture
def drawn(renderer: Renderer, screen: OffscreenContext) -> Callable[..., np.ndarray]:
    """Draws what is loaded `n` times; the last picture as float (h, w, 4), 0..1, top row first."""

    def draw(n: int = 1, first: int = 0, playing: tuple[str, ...] = (), fps: float = 60.0) -> np.ndarray:
        for index in range(first, first + n):
            frames = rehearsal_frames(2 * index, 2 * index + 2, playing) if playing else []
            renderer.draw(frames, Moment.at_draw(index, fps), screen.framebuffer)
        return screen.read_rgba() / 255.0

    return draw


@pytest.fixture
def write_isf(tmp_path: Path) -> Callable[..., Path]:
    """An ISF file of a header and GLSL."""

    def write(body: str, name: str = "shader.fs", **header: object) -> Path:
        path = tmp_path / name
        path.write_text(f"/*{json.dumps({'ISFVSN': '2', **header})}*/\n{body}")
        return path

    return write
