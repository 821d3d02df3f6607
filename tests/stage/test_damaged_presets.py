"""Damaged presets on the stage: what of them can be drawn is drawn. STEMLIGHT_FUZZ=2000 tries more."""

import os
from collections import Counter
from pathlib import Path

import pytest
from fuzzed_presets import fuzzed_presets
from stemlight.errors import UserError
from stemlight.preset.library import load_preset
from stemlight.stage.moment import Moment
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer

COUNT = int(os.environ.get("STEMLIGHT_FUZZ", "40"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "damaged.toml"


@pytest.mark.timeout(3600)
def test_whatever_loads_is_drawn_and_what_does_not_leaves_the_last_good_picture(
    screen, renderer: Renderer, path
):
    renderer.load_preset(load_preset("ink"))
    outcomes: Counter[str] = Counter()
    for index, data in enumerate(fuzzed_presets(COUNT, seed=5, shipped=False)):
        path.write_bytes(data)
        before = renderer.look
        try:
            look = renderer.load_preset(load_preset(str(path)))
        except UserError:
            outcomes["refused"] += 1
            assert renderer.look is before
        else:
            outcomes["drawn" if not look.errors and not look.warnings else "drawn in part"] += 1
        frames = rehearsal_frames(2 * index, 2 * index + 2)
        renderer.draw(frames, Moment.at_draw(index, 43.0), screen.framebuffer)
        assert screen.context.error == "GL_NO_ERROR", data
    print(f"{COUNT} damaged presets: {dict(outcomes)}")
    assert all(outcomes[kind] for kind in ("drawn", "drawn in part", "refused")) or COUNT < 20


def test_a_value_out_of_range_is_named_with_its_place_and_brought_to_the_end(renderer, path, write_isf):
    glow = {"NAME": "glow", "TYPE": "float", "MIN": 0.0, "MAX": 2.0}
    write_isf("void main() { gl_FragColor = vec4(glow); }", "glow.fs", INPUTS=[glow])
    path.write_text("version = 2\n[[layers]]\nscene = 'glow.fs'\n[layers.inputs]\nglow = 5\n")
    look = renderer.load_preset(load_preset(str(path)))
    assert look.warnings == [f"{path}: layers[0].inputs.glow is 5; it must be 0 to 2"]
    assert look.layers[0].shader.scene.values["glow"] == 2.0
