import hashlib

import numpy as np
import pytest
from stemlight.resources import shaders_dir
from stemlight.stage.check import show_test_pictures
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_error import ShaderError

BAND = ("drums", "bass", "vocals", "other")
SHIPPED = sorted(shaders_dir().glob("*/*.fs"))


def picture_hashes(path, screen, n_draws=6, playing=BAND):
    """Draws with a fresh renderer, to test pictures where it wants some; one hash a picture."""
    renderer = Renderer(screen.context, screen.size_px)
    renderer.load(path)
    show_test_pictures(renderer.scene, screen.size_px)
    hashes = []
    for index in range(n_draws):
        if renderer.scene.program.role == "transition":
            renderer.set_input("progress", (index + 1) / (n_draws + 1))
        frames = rehearsal_frames(3 * index, 3 * index + 3, playing)
        renderer.draw(frames, Moment.at_draw(index, 30.0), screen.framebuffer)
        hashes.append(hashlib.sha256(screen.read_rgba().tobytes()).hexdigest())
    picture = screen.read_rgba()
    renderer.release()
    assert screen.context.error == "GL_NO_ERROR"
    return hashes, picture


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_every_shader_draws_is_not_blank_and_is_the_same_twice(path, screen):
    screen.resize((160, 90))
    once, picture = picture_hashes(path, screen)
    again, _ = picture_hashes(path, screen)
    assert once == again
    assert picture[..., :3].std() > 4.0
    if path.parent.name != "filters":  # which may leave a picture that stands still as it is
        assert len(set(once)) > 1


def test_another_context_draws_the_same_bits(shaders):
    hashes = []
    for _ in range(2):
        with OffscreenContext((64, 36)) as screen:
            hashes.append(picture_hashes(shaders / "audio.fs", screen)[0])
    assert hashes[0] == hashes[1]


def test_a_broken_edit_keeps_the_last_good_picture(renderer, drawn, write_isf):
    good = "void main() { gl_FragColor = vec4(0.25, 0.5, float(FRAMEINDEX) / 8.0, 1.0); }"
    path = write_isf(good)
    renderer.load(path)
    before = drawn(1, first=2)
    path.write_text(path.read_text().replace("gl_FragColor =", "gl_FragColor = oops *"))
    with pytest.raises(ShaderError):
        renderer.load(path)
    assert np.array_equal(drawn(1, first=2), before)
    path.write_text("/*{ broken")
    with pytest.raises(ShaderError):
        renderer.load(path)
    assert np.array_equal(drawn(1, first=2), before)
    write_isf(good.replace("0.25", "0.75"))
    renderer.load(path)
    assert drawn(1, first=2)[0, 0, 0] == pytest.approx(0.75, abs=0.005)


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("void main() {\n    float x = vec3(1.0);\n}", 3, "x|type|vec3"),
        ("void main() {\n\n\n    gl_FragColor = nowhere;\n}", 5, "nowhere"),
        ("void main() {\n    gl_FragColor = vec4(1.0)\n}", 4, "syntax"),
        ("// a\n/* b\nc */\n#define X 1\nvoid main() { return 1; }", 6, "return"),
        ("uniform vec4 TIME;\nfloat wave_at(float x) { return y; }\nvoid main() {}", 3, "y"),
        ("float a = beat_phase;\nfloat b = past(FAMILY_KICK, 0, 0.1);\nvoid main() { q; }", 4, "q"),
    ],
)
def test_errors_name_the_line_of_the_file(renderer, write_isf, body, line, message):
    path = write_isf(body)  # the header is line 1
    with pytest.raises(ShaderError, match=message) as caught:
        renderer.load(path)
    assert caught.value.line == line
    assert caught.value.file == path
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert "\n" not in str(caught.value)


def test_errors_in_a_vertex_shader_and_in_an_include_name_that_file(renderer, write_isf, tmp_path):
    path = write_isf('#include "part.glsl"\nvoid main() { gl_FragColor = part(); }')
    (tmp_path / "part.glsl").write_text("// a\nvec4 part() {\n    return vec4(unknown);\n}\n")
    with pytest.raises(ShaderError, match="unknown") as caught:
        renderer.load(path)
    assert (caught.value.file.name, caught.value.line) == ("part.glsl", 3)
    (tmp_path / "part.glsl").write_text("vec4 part() { return vec4(1.0); }\n")
    (tmp_path / "shader.vs").write_text("void main() {\n    isf_vertShaderInit();\n    oops;\n}\n")
    with pytest.raises(ShaderError, match="oops") as caught:
        renderer.load(path)
    assert (caught.value.file.name, caught.value.line) == ("shader.vs", 3)
    (tmp_path / "shader.vs").unlink()
    write_isf('void main() {}\n#include "gone.glsl"\n')
    with pytest.raises(ShaderError, match=r"gone\.glsl") as caught:
        renderer.load(path)
    assert caught.value.line == 3


def test_a_line_after_an_include_keeps_its_number(renderer, write_isf, tmp_path):
    (tmp_path / "a.glsl").write_text('#include "b.glsl"\nfloat a() { return b(); }\n')
    (tmp_path / "b.glsl").write_text("float b() { return 1.0; }\n\n\n")
    path = write_isf('#include "a.glsl"\n#include "b.glsl"\nvoid main() { gl_FragColor = vec4(a()) + bad; }')
    with pytest.raises(ShaderError, match="bad") as caught:
        renderer.load(path)
    assert (caught.value.file, caught.value.line) == (path, 4)


def test_a_function_that_is_missing_at_the_link_is_said(renderer, write_isf):
    with pytest.raises(ShaderError) as caught:
        renderer.load(write_isf("float f();\nvoid main() { gl_FragColor = vec4(f()); }"))
    assert caught.value.line is None
    assert "f" in caught.value.message


def test_the_picture_in_8_bits_is_dithered_clipped_and_free_of_nonsense(renderer, drawn, screen, write_isf):
    renderer.load(
        write_isf(
            """void main() {
                float x = floor(isf_FragNormCoord.x * 4.0), zero = float(FRAMEINDEX);
                float steps = x < 1.0 ? 100.4 : x < 2.0 ? 100.0 : x < 3.0 ? 1785.0 : 0.0 / zero;
                gl_FragColor = vec4(steps / 255.0);
            }"""
        )
    )
    red = np.round(drawn()[..., 0] * 255.0)
    between, exact, bright, nonsense = red[:, :16], red[:, 16:32], red[:, 32:48], red[:, 48:]
    assert set(np.unique(between)) == {100.0, 101.0}
    assert between.mean() == pytest.approx(100.4, abs=0.1)
    assert np.abs(exact - 100.0).mean() < 0.1  # half floats hold 100 / 255 to a twentieth of a step
    assert bright.min() == 255.0
    assert nonsense.max() == 0.0


def test_brightness_and_a_held_picture(renderer, screen, drawn, write_isf):
    renderer.load(write_isf("void main() { gl_FragColor = vec4(0.5 + 0.25 * float(FRAMEINDEX)); }"))
    drawn()
    renderer.show(screen.framebuffer, brightness=0.5)
    assert (screen.read_rgba() / 255.0)[0, 0, 0] == pytest.approx(0.25, abs=0.005)
    renderer.hear(rehearsal_frames(0, 4), Moment.at_draw(1, 30.0))
    renderer.show(screen.framebuffer)
    assert (screen.read_rgba() / 255.0)[0, 0, 0] == pytest.approx(0.5, abs=0.005)


def test_the_picture_fills_a_screen_of_another_size(renderer, screen, write_isf):
    renderer.load(write_isf("void main() { gl_FragColor = vec4(RENDERSIZE / 64.0, 0.0, 1.0); }"))
    screen.resize((128, 72))
    renderer.draw([], Moment.at_draw(0, 30.0), screen.framebuffer)
    picture = screen.read_rgba() / 255.0
    assert picture.shape == (72, 128, 4)
    assert picture[..., 0].min() == 1.0
    assert picture[..., 1].mean() == pytest.approx(36 / 64, abs=0.005)


def test_before_anything_is_loaded_it_is_black(renderer, drawn):
    assert drawn()[..., :3].max() == 0.0
