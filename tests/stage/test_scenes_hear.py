"""Every scene of ours shows who plays: its pictures change with each stem, and silence is calm, not black."""

from collections.abc import Iterator
from functools import cache
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

SCENES = sorted((shaders_dir() / "scenes").glob("*.fs"))
SIZE_PX = (160, 90)
FPS = 12.0
HEARD_S = 6.0  # before the first draw: as long as `past()` reaches
N_DRAWS = 25  # two seconds, time enough for feedback to build up
LOOKED_AT = (12, 16, 20, 24)  # draws; different places in the bar
VISIBLE = 3.0 / 255.0  # mean difference that nobody misses from the other end of a hall


@cache
def song(playing: tuple[str, ...]) -> list[FeatureFrame]:
    return rehearsal_frames(0, int((HEARD_S + N_DRAWS / FPS) / HOP_S) + 1, playing)


class Screening:
    """Draws a scene to any cast of stems and remembers what it saw."""

    def __init__(self, path: Path, renderer: Renderer, screen: OffscreenContext) -> None:
        self._path, self._renderer, self._screen = path, renderer, screen
        self._seen: dict[tuple[str, ...], np.ndarray] = {}

    def stills(self, *playing: str) -> np.ndarray:
        """float (n stills, h, w, 3), 0..1."""
        if playing not in self._seen:
            self._seen[playing] = self._drawn(playing)
        return self._seen[playing]

    def _drawn(self, playing: tuple[str, ...]) -> np.ndarray:
        self._renderer.load(self._path)
        frames, n_given, stills = song(playing), 0, []
        for index in range(N_DRAWS):
            moment = Moment.at_draw(index, FPS, HEARD_S)
            n_heard = int(moment.on_stream_s / HOP_S) + 1
            self._renderer.draw(frames[n_given:n_heard], moment, self._screen.framebuffer)
            n_given = n_heard
            if index in LOOKED_AT:
                stills.append(self._screen.read_rgba()[..., :3] / 255.0)
        return np.stack(stills)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean over all pixels and stills, each against the still of the same moment."""
    return float(np.abs(a - b).mean())


@pytest.fixture(scope="module", params=SCENES, ids=lambda path: path.stem)
def scene(request: pytest.FixtureRequest) -> Iterator[Screening]:
    with OffscreenContext(SIZE_PX) as screen:
        renderer = Renderer(screen.context, SIZE_PX)
        yield Screening(request.param, renderer, screen)
        assert screen.context.error == "GL_NO_ERROR"
        renderer.release()


def test_silence_is_dim_but_alive(scene: Screening):
    stills = scene.stills()
    assert 0.015 < stills.mean() < scene.stills(*STEMS).mean()
    assert stills.std() > 0.01  # there is something to see
    moved = np.abs(np.diff(stills, axis=0)).mean()
    assert 1e-4 < moved < 0.02


@pytest.mark.parametrize("alone", STEMS)
def test_one_stem_alone_is_not_silence(scene: Screening, alone: str):
    assert difference(scene.stills(alone), scene.stills()) > VISIBLE


@pytest.mark.parametrize(
    ("one", "other"), [("bass", "vocals"), ("bass", "drums"), ("vocals", "drums"), ("vocals", "other")]
)
def test_who_plays_alone_is_seen(scene: Screening, one: str, other: str):
    assert difference(scene.stills(one), scene.stills(other)) > VISIBLE


@pytest.mark.parametrize("muted", STEMS)
def test_muting_one_stem_is_seen(scene: Screening, muted: str):
    rest = (stem for stem in STEMS if stem != muted)
    assert difference(scene.stills(*rest), scene.stills(*STEMS)) > VISIBLE


def test_a_still_is_not_washed_out(scene: Screening):
    stills = scene.stills(*STEMS)
    assert stills.mean() < 0.5
    assert np.percentile(stills.max(-1), 99) > 0.5  # something shines
    assert np.percentile(stills.mean(-1), 10) < 0.15  # on something dark


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_header_says_what_a_vj_needs(path: Path):
    sliders = [entry for entry in read_isf(path).inputs if entry.type == "float"]
    assert 3 <= len(sliders) <= 6
    assert all(entry.label and entry.low and entry.high for entry in sliders)
