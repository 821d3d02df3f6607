"""What the files in shaders/ here declare is what is drawn."""

import numpy as np
import pytest
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.errors import UserError
from stemlight.stage.isf import read_isf
from stemlight.stage.moment import Moment
from stemlight.stage.shader_error import ShaderError

HALF_STEP = 0.5 / 255.0  # what dithering to 8 bits may change


def almost(value, steps=1.0):
    return pytest.approx(value, abs=2 * steps * HALF_STEP)


def test_v1_feedback_grows_by_one_step_a_draw(renderer, drawn, shaders):
    renderer.load(shaders / "v1_feedback.fs")
    for draws in (1, 2, 3):
        picture = drawn(1, first=draws - 1)
        assert picture[0, 0, 0] == almost(0.125 * draws, 3)
    assert picture[-1, 0, 2] == almost(0.5 / 36)  # y is up
    assert picture[0, -1, 1] == almost(63.5 / 64)


def test_a_vertex_shader_reads_uniforms_and_hands_over(renderer, drawn, shaders):
    renderer.load(shaders / "varying.fs")
    picture = drawn()
    assert picture[18, 0, 0] == almost(0.25 + 0.5 / 64)
    assert picture[18, 32, 2] == almost(0.5)
    renderer.set_input("shift", 0.5)
    assert drawn()[18, 0, 0] == almost(0.5 + 0.5 / 64)


def test_a_float_pixel_counts_draws_exactly(renderer, drawn, shaders):
    renderer.load(shaders / "counter.fs")
    drawn(300, fps=50.0)
    (state,) = renderer.scene.read_target("state")[0]
    assert state[0] == 300.0
    assert state[1] == pytest.approx(299 / 50.0, abs=1e-4)  # TIMEDELTA is 0 on the first draw
    assert state[2] == pytest.approx(30.0, abs=1e-3)
    assert state[3] == sum(range(300))


def test_loading_again_forgets(renderer, drawn, shaders):
    renderer.load(shaders / "counter.fs")
    drawn(5)
    renderer.load(shaders / "counter.fs")
    drawn(2)
    assert renderer.scene.read_target("state")[0, 0, 0] == 2.0


def test_each_pass_knows_its_number_and_size(renderer, drawn, shaders):
    renderer.load(shaders / "passes.fs")
    picture = drawn()
    scene = renderer.scene
    assert scene.read_target("quarter").shape == (9, 16, 4)
    assert scene.read_target("quarter")[4, 7].tolist() == [0.0, 16.0, 9.0, 1.0]
    assert scene.read_target("whole")[4, 7].tolist() == [1.0, 64.0, 36.0, 1.0]
    assert scene.read_target("again")[1, 1].tolist() == [3.0, 3.0, 3.0, 2.0]  # saw what pass 2 left
    assert picture[20, 30, :3] == almost(np.array([0.25, 0.5, 0.75]))  # the last pass is the picture
    renderer.set_input("part", 8.0)
    drawn()
    assert scene.read_target("quarter").shape == (9, 8, 4)


def test_a_buffer_that_is_not_persistent_begins_empty(renderer, drawn, write_isf):
    passes = [{"TARGET": "a", "FLOAT": True}, {"TARGET": "b", "FLOAT": True}, {}]
    renderer.load(
        write_isf(
            """void main() {
                if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(b) + vec4(1.0);
                else gl_FragColor = IMG_THIS_PIXEL(a) + vec4(1.0);
            }""",
            PASSES=passes,
        )
    )
    drawn(3)
    assert renderer.scene.read_target("a")[0, 0].tolist() == [1.0] * 4
    assert renderer.scene.read_target("b")[0, 0].tolist() == [2.0] * 4


def test_an_8_bit_buffer_clips_and_a_float_one_does_not(renderer, drawn, write_isf):
    passes = [{"TARGET": "bytes"}, {"TARGET": "floats", "FLOAT": True}, {}]
    renderer.load(write_isf("void main() { gl_FragColor = vec4(-1.5, 0.5, 7.25, 2.0); }", PASSES=passes))
    drawn()
    assert renderer.scene.read_target("bytes")[0, 0] == pytest.approx(np.array([0.0, 128 / 255, 1.0, 1.0]))
    assert renderer.scene.read_target("floats")[0, 0].tolist() == [-1.5, 0.5, 7.25, 2.0]


def test_a_target_has_its_size_before_anything_is_in_it(renderer, drawn, write_isf):
    passes = [{"TARGET": "a", "WIDTH": "3", "HEIGHT": "5", "FLOAT": True, "PERSISTENT": True}, {}]
    renderer.load(
        write_isf("void main() { gl_FragColor = vec4(IMG_SIZE(a), IMG_THIS_PIXEL(a).xy); }", PASSES=passes)
    )
    drawn()
    assert renderer.scene.read_target("a")[0, 0].tolist() == [3.0, 5.0, 0.0, 0.0]


@pytest.mark.parametrize("passes", [[], [{"TARGET": "a"}], [{"TARGET": "a", "PERSISTENT": True}]])
def test_what_a_pass_leaves_out_is_empty(renderer, drawn, write_isf, passes):
    body = "void main() { if (mod(float(FRAMEINDEX), 4.0) > 0.5) discard; gl_FragColor = vec4(1.0); }"
    renderer.load(write_isf(body, PASSES=passes))
    assert [drawn(1, first=index)[0, 0, 0] for index in range(6)] == [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


def test_resizing_keeps_what_a_persistent_buffer_holds(renderer, screen, drawn, write_isf):
    renderer.load(
        write_isf(
            """void main() {
                if (FRAMEINDEX == 0) gl_FragColor = vec4(step(0.5, isf_FragNormCoord.x));
                else gl_FragColor = IMG_THIS_PIXEL(kept);
            }""",
            PASSES=[{"TARGET": "kept", "PERSISTENT": True, "FLOAT": True}],
        )
    )
    drawn()
    renderer.resize((128, 72))
    screen.resize((128, 72))
    picture = drawn(2, first=1)
    assert renderer.scene.read_target("kept").shape == (72, 128, 4)
    assert picture.shape == (72, 128, 4)
    assert picture[:, :60, 0].max() == 0.0
    assert picture[:, 68:, 0].min() == 1.0


def test_inputs_at_their_defaults_and_set(renderer, drawn, shaders):
    renderer.load(shaders / "inputs.fs")
    quarters = drawn()[18, 8::16, :3]
    assert quarters == almost(np.array([[0, 1, 0], [1, 0.2, 0.3], [0.25, 1, 1], [0.1, 0.2, 0.3]]))
    for name, value in {
        "off": "true",
        "choice": 40,
        "amount": 9.0,
        "place": (0.5, 0.75),
        "tint": [1, 0, 0.5, 1],
    }.items():
        renderer.set_input(name, value)
    quarters = drawn()[18, 8::16, :3]
    assert quarters == almost(np.array([[0, 1, 1], [1, 0.4, 0.4], [0.5, 0.75, 1], [1, 0, 0.5]]))
    assert "point3D" in renderer.scene.warnings[0]


def test_an_event_is_true_for_one_draw(renderer, drawn, shaders):
    renderer.load(shaders / "inputs.fs")
    seen = []
    for index in range(4):
        if index == 1:
            renderer.set_input("now", True)
        seen.append(drawn(1, first=index)[18, 8, 0])
    assert seen == [0.0, 1.0, 0.0, 0.0]


def test_an_unknown_input_is_named(renderer, shaders):
    with pytest.raises(UserError, match="no shader is loaded"):
        renderer.set_input("gain", 1.0)
    renderer.load(shaders / "varying.fs")
    with pytest.raises(UserError, match="no input 'gain'; it has: shift"):
        renderer.set_input("gain", 1.0)


def test_pictures_stand_upright(renderer, drawn, shaders):
    renderer.load(shaders / "pictures.fs")
    given = np.zeros((36, 64, 4), np.uint8)
    given[:9, :, 0] = 200  # red at the top
    given[..., 3] = 255
    assert drawn()[4, 10, :3].tolist() == [0.0, 0.0, 0.0]  # an input without a picture is black
    renderer.set_input("inputImage", given)
    picture = drawn()
    assert picture[4, 10, :3] == almost(np.array([200 / 255, 0, 0]))
    assert picture[14, 10, :3].tolist() == [0.0, 0.0, 0.0]
    # two_by_two.png: red green over blue white
    assert picture[2, 60, 1] > picture[2, 60, 0] - HALF_STEP  # top right
    assert picture[30, 4, :3] == almost(np.array([0.5, 0.5, 0.5]))  # IMG_SIZE / 4
    assert picture[30, 24, :3] == almost(np.array([0.0, 0.0, 1.0]))  # bottom left
    assert picture[30, 40, :3] == almost(np.array([0.0, 0.0, 0.5]))
    assert picture[30, 60, :3].tolist() == [0.0, 0.0, 0.0]
    assert any("missing.png" in warning for warning in renderer.scene.warnings)


def test_a_cube_shows_its_sides(renderer, drawn, write_isf, tmp_path):
    from stemlight.stage.png import save_png

    for side in range(6):
        save_png(tmp_path / f"{side}.png", np.full((4, 4, 4), 40 * side + 20, np.uint8))
    renderer.load(
        write_isf(
            "void main() { gl_FragColor = vec4(textureCube(sky, vec3(0.0, 0.0, 1.0)).r,"
            " IMG_NORM_PIXEL(sky, vec3(-1.0, 0.0, 0.0)).r, texture(unset, vec3(1.0)).r, 1.0); }",
            IMPORTED={"sky": {"PATH": [f"{side}.png" for side in range(6)]}},
            INPUTS=[{"NAME": "unset", "TYPE": "cube"}],
        )
    )
    assert drawn()[0, 0, :3] == almost(np.array([180, 60, 0]) / 255)


def test_sound_is_heard_as_rows(renderer, drawn, shaders):
    renderer.load(shaders / "audio.fs")
    silent = drawn()
    assert silent[30, :, 0] == almost(0.5)
    assert silent[30, :, 1].max() == 0.0
    assert silent[4, 4, 0] == 0.0
    assert silent[30, 4, 2] == almost(0.5)  # MAX 4 is four columns
    loud = drawn(8, playing=("drums", "bass", "vocals", "other"))
    assert loud[30, :, 0].std() > 0.02
    assert loud[30, :8, 1].max() > loud[30, -8:, 1].max()
    assert loud[4, 4, 0] > 0.05


def test_a_wave_has_a_row_a_channel(renderer, screen, write_isf):
    body = "void main() { gl_FragColor = vec4(IMG_NORM_PIXEL(wave, isf_FragNormCoord).rgb, 1.0); }"
    renderer.load(write_isf(body, INPUTS=[{"NAME": "wave", "TYPE": "audio"}]))
    record = empty_record()
    record["waveform"], record["side"] = 0.25, -0.5
    renderer.draw([FeatureFrame(record)], Moment.at_draw(0, 60.0), screen.framebuffer)
    picture = screen.read_rgba()[::-1] / 255.0
    assert picture[0, 0, 0] == almost(0.5 + 0.5 * -0.25)  # left: the middle and the side
    assert picture[-1, 0, 0] == almost(0.5 + 0.5 * 0.75)


def test_rows_that_are_given_are_read_as_they_are(renderer, drawn, shaders):
    renderer.load(shaders / "audio.fs")
    renderer.set_input("bins", np.linspace(0.0, 1.0, 64, dtype=np.float32))
    renderer.set_input("volume", np.full(512, 0.75, np.float32))  # MAX 1: their mean
    picture = drawn(2, playing=("bass",))
    assert picture[30, :, 1] == almost(np.linspace(0.0, 1.0, 64))
    assert picture[4, 4, 0] == almost(0.75)


def test_names_that_a_file_declares_are_its_own(renderer, drawn, shaders):
    renderer.load(shaders / "own_names.fs")
    picture = drawn(4, playing=("drums", "bass", "vocals", "other"))
    assert picture[0, 0, :3] == almost(np.array([0.25, 0.375, 0.75]))


def test_words_of_later_glsl_may_be_names(renderer, drawn, shaders):
    renderer.load(shaders / "reserved.fs")
    assert drawn()[0, 0, :3] == almost(np.array([0.5, 0.5, 0.5]))
    renderer.set_input("length", 0.25)
    renderer.set_input("filter", False)
    assert drawn()[0, 0, :3] == almost(np.array([0.0, 0.5, 0.25]))


def test_built_ins_stay_beside_overloads_of_a_files_own(renderer, drawn, write_isf):
    body = """
    int min(int a, int b) { return a < b ? a : b; }
    float tanh(float x) { return 0.25; }
    #define LEVEL 0.75
    #define LEVEL 0.5 // again
    void main() {
        vec2 small = min(vec2(LEVEL, 2.0), 1.0) * float(min(1, 2));
        gl_FragColor = vec4(small.x, tanh(9.0), tanh(vec3(9.0)).z, 1.0);
    }"""
    renderer.load(write_isf(body))
    assert drawn()[0, 0, :3] == almost(np.array([0.5, 0.25, 1.0]))


def test_what_needs_later_glsl_gets_it(renderer, screen, drawn, shaders):
    if screen.context.version_code < 420:
        pytest.skip("this driver has no GLSL 4.20")
    renderer.load(shaders / "later_glsl.fs")
    assert drawn()[0, 0, :3] == almost(np.array([0.25, 0.5, 0.75]))


@pytest.mark.parametrize("output", ["gl_FragColor", "gl_FragData[0]", "fragColor"])
def test_every_name_of_the_output_is_known(renderer, drawn, write_isf, output):
    body = f"void main() {{ {output} = vec4(0.5); {output}.r += IMG_THIS_PIXEL(kept).r; }}"
    renderer.load(write_isf(body, PERSISTENT_BUFFERS=["kept"]))
    assert drawn()[0, 0, 0] == almost(0.5)


def test_a_transition_goes_from_one_picture_to_the_other(renderer, drawn, shaders):
    renderer.load(shaders / "transition.fs")
    renderer.set_input("startImage", np.full((4, 4, 4), 50, np.uint8))
    renderer.set_input("endImage", np.full((4, 4, 4), 150, np.uint8))
    for progress, left in ((0.0, 50), (0.5, 150), (1.0, 150)):
        renderer.set_input("progress", progress)
        picture = drawn()
        assert picture[9, 10, 0] == almost(left / 255)
    assert picture[9, 60, 0] == almost(150 / 255)


def test_a_file_may_lie_in_pieces(renderer, drawn, shaders):
    renderer.load(shaders / "included.fs")
    assert drawn()[0, 0, 2] == almost(0.25)
    assert {path.name for path in renderer.scene.files} == {"included.fs", "included.vs", "shared.glsl"}


def test_a_generators_alpha_is_ignored_and_a_filters_is_kept(renderer, drawn, write_isf):
    body = "void main() { gl_FragColor = vec4(1.0, 0.5, 0.0, 0.25); }"
    renderer.load(write_isf(body))
    assert drawn()[0, 0, 3] == 1.0
    renderer.load(write_isf(body, INPUTS=[{"NAME": "inputImage", "TYPE": "image"}]))
    assert drawn()[0, 0, 3] == almost(0.25)


def test_time_and_date_are_told(renderer, screen, write_isf):
    target = [{"TARGET": "said", "FLOAT": True}]
    renderer.load(write_isf("void main() { gl_FragColor = vec4(TIME, TIMEDELTA, DATE.yw); }", PASSES=target))
    renderer.draw([], Moment(12.5, 0.25, 3), screen.framebuffer)
    assert renderer.scene.read_target("said")[0, 0].tolist() == [12.5, 0.25, 6.0, 43_212.5]
    renderer.draw([], Moment(12.5, 0.25, 3, date=(2031.0, 2.0, 3.0, 4.0)), screen.framebuffer)
    assert renderer.scene.read_target("said")[0, 0, 2:].tolist() == [2.0, 4.0]


def test_every_file_here_is_read_by_the_same_reader(shaders):
    assert {read_isf(path).role for path in shaders.glob("*.fs")} == {"generator", "filter", "transition"}


def test_a_lent_texture_is_read_and_stays_its_owners(renderer, screen, drawn, write_isf):
    image = [{"NAME": "inputImage", "TYPE": "image"}, {"NAME": "amount", "TYPE": "float"}]
    renderer.load(write_isf("void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }", INPUTS=image))
    renderer.set_input("inputImage", np.full((4, 4, 4), 255, np.uint8))
    lent = screen.context.texture((2, 2), 4, np.full(16, 0.5, np.float16).tobytes(), dtype="f2")
    renderer.scene.set_texture("inputImage", lent)
    assert drawn()[0, 0, 0] == almost(0.5)
    lent.write(np.full(16, 0.25, np.float16).tobytes())  # no copy was made
    assert drawn()[0, 0, 0] == almost(0.25)
    renderer.scene.set_texture("inputImage", None)
    assert drawn()[0, 0, 0] == 1.0
    renderer.scene.set_texture("inputImage", lent)
    with pytest.raises(UserError, match="not an image"):
        renderer.scene.set_texture("amount", lent)
    renderer.load(write_isf("void main() { gl_FragColor = vec4(1.0); }", "other.fs"))
    assert lent.read() == np.full(16, 0.25, np.float16).tobytes()
    lent.release()


def test_a_file_may_write_the_hosts_line_itself(renderer, drawn, write_isf):
    path = write_isf(
        "varying vec2 isf_FragNormCoord;\nvoid main() { gl_FragColor = vec4(isf_FragNormCoord, 0.0, 1.0); }"
    )
    path.with_suffix(".vs").write_text("out vec2 isf_FragNormCoord;\nvoid main() { isf_vertShaderInit(); }")
    renderer.load(path)
    assert drawn()[-1, 63, 0] == almost(63.5 / 64)


def test_an_input_that_the_file_declares_as_something_else_gets_what_fits(renderer, drawn, write_isf):
    inputs = [
        {"NAME": "n", "TYPE": "float", "DEFAULT": 3.6, "MAX": 9.0, "MIN": 0.0},
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.25, 0.5, 0.75, 1.0]},
    ]
    body = """uniform int n; uniform vec3 tint; uniform vec2 TIME; uniform float RENDERSIZE;
    void main() { gl_FragColor = vec4(float(n) / 4.0, tint.z, RENDERSIZE / 128.0 + TIME.y, 1.0); }"""
    renderer.load(write_isf(body, INPUTS=inputs))
    assert drawn()[0, 0, :3] == almost(np.array([0.75, 0.75, 0.5]))


def test_an_error_ends_where_its_sentence_ends(renderer, write_isf):
    with pytest.raises(ShaderError) as caught:
        renderer.load(write_isf("void main() { gl_FragColor = mix(vec4(1), vec3(1), 1.0); }"))
    assert caught.value.message.endswith("`mix(vec4, vec3, float)'")
