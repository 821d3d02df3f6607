"""Shadertoy files and folders are drawn as a browser draws them."""

import json

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, FeatureFrame, empty_record
from stemlight.preset.shader_paths import is_shader, part_name, shaders_in
from stemlight.stage.analyser_node import AnalyserNode
from stemlight.stage.noise_textures import LAYER_STEP_PX, SIDE_PX, noise_picture
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_file import read_shader

ALMOST = 1.1 / 255.0  # what dithering to 8 bits may change


@pytest.fixture
def write(tmp_path):
    """Files of a shader: name -> text, or what becomes JSON. The path of the first, or of the folder."""

    def write(folder=None, /, **files):
        root = tmp_path / folder if folder else tmp_path
        root.mkdir(exist_ok=True)
        paths = []
        for name, content in files.items():
            stem, _, suffix = name.rpartition("_")
            path = root / f"{stem.replace('__', '.')}.{suffix}"
            path.write_text(content if isinstance(content, str) else json.dumps(content))
            paths.append(path)
        return root if folder else paths[0]

    return write


def image(body, before=""):
    return f"{before}void mainImage(out vec4 fragColor, in vec2 fragCoord) {{ {body} }}"


def pixels(picture):
    """Rows from the bottom, as fragCoord counts."""
    return picture[::-1]


def test_coordinates_and_built_ins(renderer, drawn, write):
    renderer.load(
        write(a_glsl=image("fragColor = vec4(fragCoord / iResolution.xy, iResolution.z * 0.5, 0.0);"))
    )
    picture = pixels(drawn())
    assert picture[0, 0] == pytest.approx([0.5 / 64, 0.5 / 36, 0.5, 1.0], abs=ALMOST)  # alpha is forced
    assert picture[35, 63, :2] == pytest.approx([63.5 / 64, 35.5 / 36], abs=ALMOST)
    body = """
        fragColor = vec4(iTime, iTimeDelta * 2.0, float(iFrame) / 8.0, 1.0);
        if (fragCoord.y > 1.0) fragColor = vec4(iDate.y / 10.0, iFrameRate / 8.0, iSampleRate / 88200.0, 1.0);
        if (fragCoord.y > 2.0) fragColor = vec4(length(iMouse), iDate.x - 2025.0, float(HW_PERFORMANCE), 1.0);
        if (fragCoord.y > 3.0) fragColor = vec4(iGlobalTime, iChannelTime[0], iChannelTime[1], 1.0);"""
    renderer.load(write(b_glsl=image(body)))
    picture = pixels(drawn(4, fps=4.0))
    assert picture[0, 0, :3] == pytest.approx([0.75, 0.5, 3 / 8], abs=ALMOST)
    assert picture[1, 0, :3] == pytest.approx([0.5, 0.5, 0.5], abs=ALMOST)  # June is 5 of 0 .. 11
    assert picture[2, 0, :3] == pytest.approx([0.0, 0.0, 1.0], abs=ALMOST)
    assert picture[3, 0, :3] == pytest.approx([0.75, 0.75, 0.0], abs=ALMOST)  # a sound runs


def test_a_colour_that_is_not_set_is_opaque_black(renderer, drawn, write):
    renderer.load(write(a_glsl=image("if (fragCoord.x > 1.0) fragColor.r = 1.0;")))
    picture = pixels(drawn())
    assert picture[0, 0].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert picture[0, 1].tolist() == [1.0, 0.0, 0.0, 1.0]


BUFFERS = {
    "common_glsl": "const float STEP = 0.125;",
    "buffer_a_glsl": image(
        "fragColor = texelFetch(iChannel0, ivec2(fragCoord), 0) + vec4(STEP, 2.0, -4.0, 0.5);"
    ),
    "Buffer B_glsl": image("fragColor = texelFetch(iChannel0, ivec2(fragCoord), 0);"),
    "image_glsl": image(
        "fragColor = vec4(texture(iChannel0, vec2(0.5)).r, texture(iChannel1, vec2(0.5)).rg, 1);"
        "fragColor.b /= 32.0;"
    ),
    "channels_json": {
        "buffer_a": {"iChannel0": "buffer_a"},
        "Buffer B": {"iChannel0": "bufA"},
        "image": {"iChannel0": "Buffer A", "iChannel1": "buffer_b"},
    },
}


def test_buffers_in_a_folder_are_floats_that_read_what_was_drawn_last(renderer, drawn, write):
    renderer.load(write("many", **BUFFERS))
    assert [step.target for step in renderer.scene.program.passes] == ["buffer_a", "buffer_b", None]
    for n in (1, 2, 3):
        picture = drawn(1, first=n - 1)
        # The image sees this draw's buffers; B, drawn after A, sees this draw's A.
        assert picture[0, 0, :3] == pytest.approx([0.125 * n, 0.125 * n, n / 16.0], abs=ALMOST)
        # A adds to what it held before; alpha and numbers beyond 0 .. 1 are kept.
        assert renderer.scene.read_target("buffer_a")[0, 0] == pytest.approx(
            [0.125 * n, 2 * n, -4 * n, 0.5 * n]
        )


def test_the_same_beside_one_file(renderer, drawn, write):
    root = write(
        a_glsl=BUFFERS["image_glsl"],
        a__bufA_glsl=BUFFERS["buffer_a_glsl"],
        a__bufB_glsl=BUFFERS["Buffer B_glsl"],
        a__common_glsl=BUFFERS["common_glsl"],
        a_json=BUFFERS["channels_json"],
    )
    renderer.load(root)
    assert drawn(2)[0, 0, :3] == pytest.approx([0.25, 0.25, 2 / 16.0], abs=ALMOST)
    assert list(shaders_in(root.parent)) == [root]  # its parts are no shaders of their own


def test_buffers_keep_their_pixels_where_they_are_when_the_size_changes(renderer, screen, drawn, write):
    body = "fragColor = iFrame == 0 ? vec4(fragCoord, 0, 1) : texelFetch(iChannel0, ivec2(fragCoord), 0);"
    renderer.load(
        write(
            "kept",
            image_glsl=image("fragColor = vec4(1);"),
            buffer_a_glsl=image(body),
            channels_json={"buffer_a": {"iChannel0": "buffer_a"}},
        )
    )
    drawn(1)
    renderer.resize((96, 20))
    drawn(1, first=1)
    held = renderer.scene.read_target("buffer_a")
    assert held.shape == (20, 96, 4)
    assert held[10, 40, :2].tolist() == [40.5, 10.5]
    assert held[10, 80].tolist() == [0.0] * 4


def test_channels_read_as_they_are_told(renderer, screen, drawn, write):
    files = {
        "buffer_a_glsl": image("fragColor = vec4(mod(floor(fragCoord.x), 2.0));"),
        "image_glsl": image(
            """vec2 between = vec2(1.0 / 64.0, 0.5);
            fragColor = vec4(texture(iChannel0, between).r, texture(iChannel1, between).r,
                             texture(iChannel2, vec2(1.5) / iChannelResolution[2].xy).r, 1);
            if (fragCoord.y > 1.0) fragColor = vec4(textureLod(iChannel3, vec2(0.5), 4.0).r,
                texture(iChannel1, vec2(65.25 / 64.0, 0.5)).r,
                texture(iChannel2, vec2(65.25 / 64.0, 0.5)).r, 1);"""
        ),
    }
    renderer.load(
        write(
            "filters",
            **files,
            channels_json={
                "image": {
                    "iChannel0": {"source": "buffer_a", "filter": "linear", "wrap": "clamp"},
                    "iChannel1": {"source": "buffer_a", "filter": "nearest", "wrap": "repeat"},
                    "iChannel2": "buffer_a",
                    "iChannel3": {"source": "buffer_a", "filter": "mipmap"},
                }
            },
        )
    )
    picture = pixels(drawn())
    assert picture[0, 0, 0] == pytest.approx(0.5, abs=ALMOST)  # linear: halfway between 0 and 1
    assert picture[0, 0, 1] in (0.0, 1.0)
    assert picture[0, 0, 2] == 1.0
    assert picture[1, 0, :3] == pytest.approx([0.5, 1.0, 1.0], abs=ALMOST)  # column 1 again, the last


def test_without_a_sidecar_the_sound_is_channel_0(renderer, drawn, write):
    body = """vec4 s = texelFetch(iChannel0, ivec2(fragCoord.x, 1), 0);
        fragColor = vec4(s.r, iChannelResolution[0].xy / vec2(1024.0, 4.0), 1);
        if (fragCoord.y > 1.0) fragColor = vec4(s.gb, texture(iChannel1, vec2(0.5)).r, 1);
        if (fragCoord.y > 2.0)
            fragColor = vec4(texelFetch(iChannel0, ivec2(7, 0), 0).r, iChannelResolution[1].xy, 1);"""
    path = write(a_glsl=image(body))
    renderer.load(path)
    assert renderer.scene.program.input("sound").type == "sound"
    picture = pixels(drawn())
    assert picture[0, 5, :3] == pytest.approx([128 / 255, 0.5, 0.5], abs=ALMOST)  # silence, 512x2
    assert picture[1, 5, :3].tolist() == [0.0, 0.0, 0.0]
    rows = np.stack([np.full(512, 0.25), np.linspace(0.0, 1.0, 512)])
    renderer.set_input("sound", rows)
    picture = pixels(drawn())
    assert picture[0, 63, 0] == pytest.approx(round(63 / 511 * 255) / 255, abs=ALMOST)
    assert picture[2, 0, :3] == pytest.approx([64 / 255, 0.0, 0.0], abs=ALMOST)


def test_a_picture_given_to_a_channel_takes_its_place(renderer, drawn, write):
    renderer.load(
        write(
            a_glsl=image(
                "fragColor = texture(iChannel0, vec2(0.25, 1.75));"
                "fragColor.b = iChannelResolution[0].x / 4.0;"
            )
        )
    )
    left_top_red = np.zeros((2, 2, 4), np.uint8)
    left_top_red[0, 0] = (255, 0, 0, 255)
    renderer.set_input("iChannel0", left_top_red)
    # Up is up, and what has no edge rule repeats only where the sidecar says so: a sound's channel clamps.
    assert drawn()[0, 0, :3] == pytest.approx([1.0, 0.0, 0.5], abs=ALMOST)


def test_noise_repeats_and_is_the_one_given(renderer, drawn, write):
    body = """fragColor = texelFetch(iChannel1, ivec2(fragCoord), 0);
        vec2 far = vec2(300, -200) + 0.5;
        if (fragCoord.y > 35.0) fragColor = texture(iChannel1, far / iChannelResolution[1].xy);"""
    path = write(a_glsl=image(body), a_json={"image": {"iChannel1": "noise"}})
    renderer.load(path)
    noise = noise_picture()[::-1] / 255.0
    picture = pixels(drawn())
    assert picture[:35, :, :3] == pytest.approx(noise[:35, :64, :3], abs=ALMOST)
    assert picture[35, 0, :3] == pytest.approx(noise[56, 44, :3], abs=ALMOST)
    renderer.scene.set_noise(np.full((4, 4, 4), 51, np.uint8))
    assert drawn()[0, 0, :3] == pytest.approx([0.2] * 3, abs=ALMOST)


def test_the_noise_holds_its_own_next_layer():
    up = noise_picture()[::-1].astype(int)
    x, y = LAYER_STEP_PX
    for a, b in ((0, 1), (2, 3)):
        assert np.array_equal(up[..., a], np.roll(up[..., b], (-y, -x), axis=(0, 1)))
    assert abs(up.mean() - 127.5) < 1.0
    assert abs(np.corrcoef(up[..., 0].ravel(), up[..., 2].ravel())[0, 1]) < 0.02
    assert up.shape == (SIDE_PX, SIDE_PX, 4)


def test_other_sources_keyboard_volume_cube_and_structs(renderer, drawn, write, shaders, tmp_path):
    (tmp_path / "two.png").write_bytes((shaders / "two_by_two.png").read_bytes())
    body = """
        float key = texelFetch(iChannel0, ivec2(32, 0), 0).r;
        fragColor = vec4(key, iChannelResolution[0].xy / vec2(512, 6), 1);
        vec3 n = texture(iChannel1, vec3(0.3, 0.6, 0.9)).rgb;
        if (fragCoord.y > 1.0) fragColor = vec4(n, 1);
        if (fragCoord.y > 2.0) fragColor = vec4(texture(iChannel2, vec3(0, 0, 1)).rgb, 1);
        if (fragCoord.y > 3.0) fragColor = texture(iCh3.sampler, vec2(0.25, 0.75)) * float(iCh3.loaded);
        if (fragCoord.y > 4.0) fragColor = vec4(iCh3.size / 4.0, 1);"""
    channels = {
        "iChannel0": "keyboard",
        "iChannel1": "noise3d",
        "iChannel2": ["two.png"] * 6,
        "iChannel3": "two.png",
    }
    renderer.load(write(a_glsl=image(body), a_json={"image": channels}))
    assert renderer.scene.warnings == []
    picture = pixels(drawn())
    assert picture[0, 0, :3] == pytest.approx([0.0, 0.5, 0.5], abs=ALMOST)
    assert picture[1, 0, :3].min() > 0.0
    assert picture[2, 0, :3].max() > 0.2
    assert picture[3, 0, :3].max() == pytest.approx(1.0, abs=0.02)
    assert picture[4, 0, :3] == pytest.approx([0.5, 0.5, 0.25], abs=ALMOST)


def test_the_mouse_is_an_input(renderer, drawn, write):
    renderer.load(
        write(a_glsl=image("fragColor = vec4(iMouse.xy / iResolution.xy, iMouse.z > 0. ? 1 : 0, 1);"))
    )
    assert drawn()[0, 0, :3].tolist() == [0.0, 0.0, 0.0]
    renderer.set_input("iMouse", (0.25, 0.75))
    assert drawn()[0, 0, :3] == pytest.approx([0.25, 0.75, 1.0], abs=ALMOST)


def test_a_shadertoy_can_be_a_filter(renderer, drawn, write):
    path = write(
        a_glsl=image("fragColor = texture(iChannel0, fragCoord / iResolution.xy).bgra;"),
        a_json={"iChannel0": "inputImage"},
    )
    renderer.load(path)
    assert renderer.scene.program.role == "filter"
    renderer.set_input("inputImage", np.full((2, 2, 4), (255, 0, 51, 255), np.uint8))
    assert drawn()[0, 0, :3] == pytest.approx([0.2, 0.0, 1.0], abs=ALMOST)


def test_music_and_includes_and_old_glsl(renderer, drawn, write):
    body = (
        "fragColor = vec4(kick_level + bass_level > 0.1, half_of(1.0), texture2D(iChannel1, vec2(0)).r, 1);"
    )
    (write(half_glsl="float half_of(float x) { return 0.5 * x; }"))
    renderer.load(
        write(a_frag=image(body, '#version 300 es\nprecision highp float;\n#include "half.glsl"\n'))
    )
    assert drawn(3, playing=("drums", "bass"))[0, 0, :3] == pytest.approx([1.0, 0.5, 0.0], abs=ALMOST)


OK = image("")
INCLUDES = image("bad();", '\n#include "inner.glsl"\n')
ODD_WRAP = {"source": "audio", "wrap": "x"}


@pytest.mark.parametrize(
    ("files", "file", "line"),
    [
        ({"image_glsl": image("oops;", "\n\n")}, "image.glsl", 3),
        ({"image_glsl": OK, "common_glsl": "\n#define A 1\nint f() { return x; }"}, "common.glsl", 3),
        ({"image_glsl": OK, "buffer_a_glsl": "\n" + image("fragColor = vec2(1);")}, "buffer_a.glsl", 2),
        ({"image_glsl": INCLUDES, "inner_glsl": "int x;\nint f() { return 1.5 }"}, "inner.glsl", 2),
        ({"image_glsl": "void main2() {}"}, "image.glsl", None),
        ({"image_glsl": OK, "cube_a_glsl": ""}, "cube_a.glsl", None),
        ({"image_glsl": OK, "channels_json": "{\n'a'"}, "channels.json", 2),
        ({"image_glsl": OK, "channels_json": {"image": {"iChannel0": "bufer_a"}}}, "channels.json", None),
        ({"image_glsl": OK, "channels_json": {"image": {"iChannel0": 3}}}, "channels.json", None),
        ({"image_glsl": OK, "channels_json": {"image": {"iChannel0": ODD_WRAP}}}, "channels.json", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_their_file(renderer, write, files, file, line):
    with pytest.raises(ShaderError) as caught:
        renderer.load(write("wrong", **files))
    assert (caught.value.file.name, caught.value.line) == (file, line)
    assert "\n" not in str(caught.value)


def test_what_can_be_done_without_is_a_warning(renderer, drawn, write):
    channels = {
        "image": {
            "iChannel0": "gone.png",
            "iChannel1": "buffer_b",
            "iChannel2": "cube",
            "iChannel3": "webcam",
        },
        "buffer_c": {"iChannel0": "audio"},
    }
    body = (
        "fragColor = texture(iChannel0, vec2(0)) + texture(iChannel1, vec2(0)) + texture(iChannel2, vec3(1));"
    )
    renderer.load(write("warned", image_glsl=image(body), sound_glsl="", channels_json=channels))
    assert drawn()[0, 0].tolist() == [0.0, 0.0, 0.0, 1.0]
    said = " ".join(renderer.scene.warnings)
    assert all(word in said for word in ("gone.png", "buffer_b", "buffer_c", "cube", "sound", "webcam"))


def test_an_isf_header_makes_it_isf(renderer, drawn, write):
    main = "void main() { mainImage(gl_FragColor, gl_FragCoord.xy); }"
    text = '/*{"ISFVSN": "2", "INPUTS": []}*/\n' + image("fragColor = vec4(0.5, 0, 0, 1);") + main
    assert read_shader(write(a_glsl=text)).format == "isf"
    commented = "/* { not json } */\n" + image("fragColor = vec4(1);")
    assert read_shader(write(b_glsl=commented)).format == "shadertoy"
    with pytest.raises(ShaderError, match="no ISF header"):
        read_shader(write(c_glsl="void main() {} // mainImage"))


def test_which_names_are_shaders(write, tmp_path):
    names = ("Buffer A", "bufD", "buffer_b", "Common", "Image", "buffer_e", "notes")
    assert [part_name(name) for name in names] == [
        "buffer_a", "buffer_d", "buffer_b", "common", "image", None, None,
    ]  # fmt: skip
    folder = write("whole", image_glsl=image(""))
    single = write(one_frag=image(""))
    write(library_glsl="float f(float x) { return x; }")
    assert is_shader(folder)
    assert not is_shader(tmp_path)
    assert list(shaders_in(tmp_path)) == [single, folder]


def heard(waves):
    node = AnalyserNode()
    for index, wave in enumerate(waves):
        record = empty_record()
        record["time_s"] = (index + 1) * HOP_S
        record["waveform"] = wave
        node.hear([FeatureFrame(record)])
    return node.rows()


def sine(peak, bin_index, n_hops):
    n = np.arange(n_hops * HOP_LENGTH)
    return (peak * np.sin(2 * np.pi * bin_index / 2048 * n)).reshape(n_hops, HOP_LENGTH)


def test_the_analyser_is_a_browsers():
    silence = heard(np.zeros((4, HOP_LENGTH)))
    assert silence.shape == (2, 512)
    assert (silence[0] == 0).all()
    assert (silence[1] == 128).all()
    # The window leaves 0.21 of the peak of a sine on a bin, -13.6 dB: -16.4 dBFS reaches -30 dB.
    assert heard(sine(10 ** (-40.0 / 20), 100, 400))[0, 100] == 169
    assert heard(sine(10 ** (-16.3 / 20), 100, 400))[0, 100] == 255
    assert heard(sine(10 ** (-16.6 / 20), 100, 400))[0, 100] < 255
    wave = heard(sine(1.0, 128, 8))[1]
    assert (wave.min(), wave.max()) == (0, 255)  # 128 * (1 + 1) is clipped
    assert heard(sine(0.01, 128, 8))[0].argmax() == 128


def test_the_analyser_forgets_by_the_second_not_by_the_frame():
    loud = list(sine(0.1, 100, 400))
    at_once = heard([*loud, *np.zeros((86, HOP_LENGTH))])[0, 100]
    node_db = 70.0 / 255.0
    fall_db = (heard(loud)[0, 100] - at_once) * node_db
    # 82 hops after the window has passed: 0.8 per 1/60 s.
    expected_db = -20 * np.log10(0.8) * 60 * (82 * 512 / SAMPLE_RATE)
    assert fall_db >= min(expected_db - 6.0, 49.0)


def test_what_a_file_says_of_itself(renderer, drawn, write, shaders, tmp_path):
    (tmp_path / "two.png").write_bytes((shaders / "two_by_two.png").read_bytes())
    write(
        other_glsl='#iChannel0 "self"\n' + image("fragColor = texture(iChannel0, vec2(0.5)) + vec4(0.125);")
    )
    before = """#iChannel0 "file://two.png"
#iChannel0::MinFilter "Nearest"
#iChannel1 "file://other.glsl"
#iChannel2 "self"
#iKeyboard
#iUniform float speed = 0.25 in { 0.0, 2.0 }
#iUniform color3 tint = color3(0.5, 0.25, 1.0)
// #iChannel3 "file://gone.png"
"""
    body = """float more = texelFetch(iChannel2, ivec2(0, 9), 0).g + 0.25;
        fragColor = vec4(texture(iChannel1, vec2(0.5)).r, more, speed, 1);
        if (fragCoord.y > 1.0) fragColor = vec4(tint, 1);
        if (fragCoord.y > 2.0) fragColor = texture(iChannel0, vec2(0.25, 0.75));
        if (fragCoord.y > 9.0) fragColor.g = more;"""
    path = write(a_glsl=image(body, before))
    renderer.load(path)
    assert renderer.scene.warnings == []
    assert [entry.name for entry in renderer.scene.program.inputs] == ["speed", "tint", "iChannel0"]
    picture = pixels(drawn(2))
    assert picture[0, 0, :3] == pytest.approx([0.25, 0.5, 0.25], abs=ALMOST)
    assert picture[1, 0, :3] == pytest.approx([0.5, 0.25, 1.0], abs=ALMOST)
    assert picture[2, 0, :3].max() > 0.9
    renderer.set_input("speed", 3.0)
    assert pixels(drawn(1, first=2))[0, 0, 2] == 1.0
    assert path.with_name("other.glsl") in renderer.scene.files
    with pytest.raises(ShaderError, match=r"a.glsl:9: "):
        renderer.load(write(a_glsl=image("oops;", before)))
