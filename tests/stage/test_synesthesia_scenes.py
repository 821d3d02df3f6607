"""Synesthesia's scenes are drawn from their folder."""

import json

import numpy as np
import pytest
from stemlight.preset.shader_paths import shaders_in
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_file import read_shader
from stemlight.stage.synesthesia_functions import SYNESTHESIA_FUNCTIONS

ALMOST = 1.1 / 255.0


@pytest.fixture
def write(tmp_path):
    def write(glsl, script=None, **about):
        folder = tmp_path / "a.synScene"
        folder.mkdir(exist_ok=True)
        (folder / "main.glsl").write_text(glsl)
        (folder / "scene.json").write_text(json.dumps(about))
        if script:
            (folder / "script.js").write_text(script)
        return folder

    return write


CONTROLS = [
    {"NAME": "amount", "TYPE": "slider smooth", "MIN": 0, "MAX": 2, "DEFAULT": 0.5},
    {"NAME": "lit", "TYPE": "toggle", "MIN": 0, "MAX": 1, "DEFAULT": 1},
    {"NAME": "fired", "TYPE": "bang"},
    {"NAME": "place", "TYPE": "xy smooth", "MIN": [0, 0], "MAX": [1, 1], "DEFAULT": [0.25, 0.75]},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 0.5, 0.2]},
    {"NAME": "mode", "TYPE": "dropdown", "VALUES": [0, 4, 9], "LABELS": ["a", "b"], "DEFAULT": 4},
    {"NAME": "ride", "TYPE": "slider speed", "MIN": 0, "MAX": 4, "DEFAULT": 2},
    {"NAME": "amount", "TYPE": "knob"},
]


def test_controls_become_inputs(renderer, drawn, write):
    glsl = """vec4 renderMain() {
        if (_xy.y < 1.0) return vec4(amount, lit * 0.5, fired, 1.0);
        if (_xy.y < 2.0) return vec4(place, mode / 8.0, 1.0);
        if (_xy.y < 3.0) return vec4(tint, 1.0);
        return vec4(ride, _uv.x, _uvc.y + 0.5, 1.0);
    }"""
    renderer.load(write(glsl, CONTROLS=CONTROLS, TITLE="Name", CREDIT="who"))
    program = renderer.scene.program
    assert (program.format, program.role, program.credit) == ("synesthesia", "generator", "who")
    assert [entry.type for entry in program.inputs] == [
        "float", "bool", "event", "point2D", "color", "long", "float",
    ]  # fmt: skip
    assert program.input("mode").labels == ("a", "b", "9")
    assert len(renderer.scene.warnings) == 1
    renderer.set_input("fired", True)
    picture = drawn(1, fps=10.0)[::-1]
    assert picture[0, 0, :3] == pytest.approx([0.5, 0.5, 1.0], abs=ALMOST)
    assert picture[1, 0, :3] == pytest.approx([0.25, 0.75, 0.5], abs=ALMOST)
    assert picture[2, 0, :3] == pytest.approx([1.0, 0.5, 0.2], abs=ALMOST)
    picture = drawn(4, fps=10.0, first=1)[::-1]
    assert picture[0, 0, 2] == 0.0  # a bang is one draw long
    assert picture[35, 63, :3] == pytest.approx([0.8, 63.5 / 64, 35.5 / 36], abs=ALMOST)  # 2 a second


def test_passes_keep_what_they_hold_and_the_last_draw_can_be_read(renderer, drawn, write):
    glsl = """vec4 renderMain() {
        if (PASSINDEX == 0) return texelFetch(state, ivec2(0), 0) + vec4(1.0, RENDERSIZE, 0.0);
        vec4 s = texelFetch(state, ivec2(0), 0);
        float before = texture(syn_FinalPass, _uv).g;
        return vec4(s.r / 8.0, before + 0.25, s.y / 16.0 / s.r, 1.0);
    }"""
    passes = [
        {"TARGET": "state", "WIDTH": 4, "HEIGHT": 2, "FLOAT": True, "FILTER": "nearest", "WRAP": "clamp"}
    ]
    renderer.load(write(glsl, PASSES=passes, WIDTH=1920, HEIGHT=1080))
    assert drawn(3)[0, 0, :3] == pytest.approx([3 / 8, 0.75, 0.25], abs=ALMOST)
    assert renderer.scene.read_target("state").shape == (2, 4, 4)
    full = [{"TARGET": "state", "WIDTH": 1920, "HEIGHT": 1080}]
    renderer.load(write(glsl, PASSES=full, WIDTH=1920, HEIGHT=1080))
    drawn(1)
    assert renderer.scene.read_target("state").shape == (36, 64, 4)


def test_media_is_an_image_input_and_none_is_told(renderer, drawn, write):
    glsl = "vec4 renderMain() { return _isMediaActive() ? _loadMedia() * syn_MediaType : vec4(0, 0, 1, 1); }"
    renderer.load(write(glsl))
    assert drawn()[0, 0, :3].tolist() == [0.0, 0.0, 1.0]
    renderer.set_input("syn_Media", np.full((4, 4, 4), (51, 102, 0, 255), np.uint8))
    assert drawn()[0, 0, :3] == pytest.approx([0.2, 0.4, 0.0], abs=ALMOST)


def test_what_a_script_would_set_is_told(renderer, drawn, write):
    script = "setUniform('script_time', t); setUniform('eye', x, y, z); uniforms.bass = 1;"
    glsl = "vec4 renderMain() { return vec4(script_time, eye.z + bass, 1.0, 1.0); }"
    renderer.load(write(glsl, script))
    assert drawn(4, fps=4.0)[0, 0, :3] == pytest.approx([0.75, 0.0, 1.0], abs=ALMOST)
    assert "bass, eye, script_time" in renderer.scene.warnings[0]


def test_music_and_a_file_alone(renderer, drawn, tmp_path):
    path = tmp_path / "alone.glsl"
    path.write_text("vec4 renderMain() { return vec4(syn_BassLevel > 0.1, PI / 4.0, FRAMECOUNT / 8.0, 1); }")
    renderer.load(path)
    picture = drawn(3, playing=("drums", "bass"))
    assert picture[0, 0, :3] == pytest.approx([1.0, 0.785, 0.25], abs=ALMOST)
    assert list(shaders_in(tmp_path)) == [path]


def test_every_function_compiles_and_those_of_known_value_have_it(renderer, drawn, write):
    calls = "".join(f"// {name}\n" for name in SYNESTHESIA_FUNCTIONS)
    assert len(SYNESTHESIA_FUNCTIONS) > 60
    used = " + ".join(f"float({name}{signature})" for name, signature in {
        "_scale": "(0.5, 2.0, 4.0)", "_map": "(0.5, 0.0, 1.0, 2.0, 3.0)", "_smin": "(1.0, 2.0, 8.0)",
        "_rand": "(vec2(1.0))", "_pulse": "(0.5, 0.5, 0.1)", "_sqPulse": "(0.5, 0.5, 0.1)",
        "_inRange": "(vec4(0.5))", "_triWave": "(0.3, 1.0)", "_pixelate": "(0.456, 5.0)",
        "_mix3": "(0.0, 1.0, 2.0, 0.5)", "_mix4": "(vec2(0.0), vec2(1.0), vec2(2.0), vec2(3.0), 0.5).x",
        "_mix5": "(0.0, 1.0, 2.0, 3.0, 4.0, 0.5)", "_nsin": "(1.0)", "_ncos": "(1.0)",
        "_nclamp": "(vec3(2.0)).x", "_noise": "(vec3(0.3))", "_fbm": "(vec2(0.3), 3.0)",
        "_statelessContinuousChaotic": "(1.0)", "_hash44": "(vec4(1.0)).x", "_hash31": "(1.0).x",
        "_hash23": "(vec3(1.0)).x", "_rotate": "(vec2(1.0), 0.5).x", "_mirror": "(1.25)",
        "_toPolar": "(vec2(1.0)).x", "_toPolarTrue": "(vec2(1.0)).x", "_toRect": "(vec2(1.0)).x",
        "_rgb2hsv": "(vec3(0.2, 0.4, 0.6)).x", "_hsv2rgb": "(vec3(0.2, 0.4, 0.6)).x",
        "_normalizeRGB": "(255.0, 0.0, 0.0).x", "_brightness": "(vec4(0.5), 2.0).x",
        "_palette": "(0.5, vec3(0.5), vec3(0.5), vec3(1.0), vec3(0.0)).x", "_gamma": "(vec3(0.5), 2.0).x",
        "_contrast": "(vec3(0.5), 2.0).x", "_saturation": "(vec4(0.5), 2.0).x",
        "_hueRotate": "(vec3(0.2, 0.4, 0.6), 120.0).x", "_invert": "(vec3(0.2), 1.0).x",
        "_luminance": "(vec4(0.5))", "_grayscale": "(vec4(0.5)).x", "_edgeDetect": "(syn_Media).x",
        "_diChrome": "(vec4(0.5), vec3(0.0), vec3(1.0)).x", "_edgeDetectSobelMedia": "().x",
        "_edgeDetectMedia": "().x", "_hBlurTiltShift": "(syn_Media, 5.0, 0.5).x",
        "_vBlurTiltShift": "(syn_Media, _uv).x", "_loadMediaAsMask": "().x", "_textureMediaAsMask": "(_uv).x",
        "_textureMedia": "(_uv, 1.0).x", "_loadUserImageAsMask": "().x",
    }.items())  # fmt: skip
    tests = """vec4 renderMain() {
        vec2 p = _uv; _uv2uvc(p); _uvc2uv(p);
        if (_xy.y < 1.0) return vec4(_pixelate(0.456, 5.0), _mix3(0.0, 0.5, 1.0, 0.75), _mirror(1.25), 1.0);
        if (_xy.y < 2.0) return vec4(_hsv2rgb(_rgb2hsv(vec3(0.2, 0.4, 0.6))), 1.0);
        if (_xy.y < 3.0) return vec4(_hueRotate(vec3(1.0, 0.0, 0.0), 120.0), 1.0);
        if (_xy.y < 4.0) return vec4(_inRange(vec3(0.5)), _inRange(vec2(0.5, 1.5)), length(p - _uv), 1.0);
        return vec4(USED);
    }"""
    renderer.load(write(calls + tests.replace("USED", used)))
    picture = drawn()[::-1]
    assert picture[0, 0, :3] == pytest.approx([0.4, 0.75, 0.75], abs=ALMOST)
    assert picture[1, 0, :3] == pytest.approx([0.2, 0.4, 0.6], abs=ALMOST)
    assert picture[2, 0, :3] == pytest.approx([0.0, 1.0, 0.0], abs=ALMOST)
    assert picture[3, 0, :3] == pytest.approx([1.0, 0.0, 0.0], abs=ALMOST)


@pytest.mark.parametrize(
    ("glsl", "line"), [("\nvec4 renderMain() { return oops; }", 2), ("vec4 main2() { }", None)]
)
def test_what_is_wrong_is_said_of_their_file(renderer, write, glsl, line):
    with pytest.raises(ShaderError) as caught:
        renderer.load(write(glsl))
    assert (caught.value.file.name, caught.value.line) == ("main.glsl", line)
    folder = write("vec4 renderMain() { return vec4(1); }")
    (folder / "scene.json").write_text("{\n'")
    with pytest.raises(ShaderError, match=r"scene.json:2"):
        read_shader(folder)
