"""A video that the autopilot directs."""

import pytest
from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.offline.director import Director
from stemlight.preset import library
from stemlight.stage.autopilot import AutopilotWishes
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer

SHADER = """/*{"INPUTS": [{"NAME": "light", "TYPE": "float"}]}*/
void main() { gl_FragColor = vec4(vec3(light), 1.0); }"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Three presets of one grey each, and one that is broken."""
    (tmp_path / "grey.fs").write_text(SHADER)
    (tmp_path / "bad.fs").write_text("/*{}*/ void main() { nothing }")
    for name, light in (("a", 0.0), ("b", 0.5), ("c", 1.0)):
        (tmp_path / f"{name}.toml").write_text(f'version = 1\nscene = "grey.fs"\n[inputs]\nlight = {light}\n')
    (tmp_path / "d.toml").write_text('version = 1\nscene = "bad.fs"\n')
    paths = sorted(tmp_path.glob("*.toml"))
    monkeypatch.setattr("stemlight.offline.director.preset_paths", lambda: paths)
    monkeypatch.setattr("stemlight.preset.library.preset_paths", lambda: paths)


def test_presets_follow_each_other_on_bar_lines_and_a_broken_one_is_passed_over(own):
    wishes = AutopilotWishes(on=True, bars=2, shuffle=False)
    with OffscreenContext((16, 9)) as screen:
        renderer = Renderer(screen.context, screen.size_px, tone_map=True)
        renderer.load_preset(library.load_preset("a"))
        director = Director(renderer, wishes, "a")
        greys, frame = [], None
        for bar in range(10):
            for eighth in range(8):
                time_s = 2.0 * bar + eighth / 4.0 + 1e-3
                frames: list[FeatureFrame] = rehearsal_frames(int(time_s * 86.13), int(time_s * 86.13) + 1)
                frame = frames[-1]
                moment = Moment(time_s, 0.25, len(greys))
                director.update(frame, moment)
                renderer.draw(frames, moment, screen.framebuffer)
                greys.append(int(screen.read_rgba()[4, 8, 0]))
        assert screen.context.error == "GL_NO_ERROR"
        director.close()
        renderer.release()
    assert len(director.warnings) == 1 and "bad.fs" in director.warnings[0]
    # Two bars each; a bar of four beats is the crossfade's, which begins on the line.
    lines = [greys[bar * 8] for bar in range(0, 10, 2)]
    assert lines == pytest.approx([0, 0, 128, 255, 0], abs=1)
    assert 0 < greys[17] < greys[20] < 128
    assert greys[24:33] == pytest.approx([128] * 9, abs=1) and greys[34] > 130
