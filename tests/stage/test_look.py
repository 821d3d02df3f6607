"""Looks: layers, filters, blends; what one costs and what an edit keeps."""

import os
from pathlib import Path

import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.preset.preset import BLENDS, Effect, Layer, Mapping, Preset
from stemlight.stage.blend import BLEND_GLSL
from stemlight.stage.moment import Moment
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_error import ShaderError

WAVES = "void main() { gl_FragColor = vec4(fract(isf_FragNormCoord.xyx * 3.0 + TIME), 0.0); }"
RED = "void main() { gl_FragColor = vec4(1.0, 0.0, 0.0, 1.0); }"
FLAT = "void main() { gl_FragColor = color; }"
INVERT = "void main() { vec4 c = IMG_THIS_PIXEL(inputImage); gl_FragColor = vec4(1.0 - c.rgb, c.a); }"
COUNTED = """void main() {
    float n = IMG_THIS_PIXEL(memory).r + 0.125;
    gl_FragColor = vec4(n, amount, tick ? 1.0 : 0.0, 1.0);
}"""
IMAGE = {"NAME": "inputImage", "TYPE": "image"}


@pytest.fixture
def flat(write_isf):
    """A layer of one colour."""

    def layer(*color, **more) -> Layer:
        header = {"NAME": "color", "TYPE": "color", "DEFAULT": [0, 0, 0, 1], "MAX": [4, 4, 4, 1]}
        return Layer(str(write_isf(FLAT, "flat.fs", INPUTS=[header])), inputs={"color": color}, **more)

    return layer


@pytest.fixture
def invert(write_isf):
    return str(write_isf(INVERT, "invert.fs", INPUTS=[IMAGE]))


@pytest.fixture
def counted(write_isf):
    """Red is the number of draws that its buffer remembers, in eighths; green is `amount`."""
    inputs = [{"NAME": "amount", "TYPE": "float", "DEFAULT": 0.5}, {"NAME": "tick", "TYPE": "event"}]
    passes = [{"TARGET": "memory", "PERSISTENT": True, "FLOAT": True}]
    return str(write_isf(COUNTED, "counted.fs", INPUTS=inputs, PASSES=passes))


def preset(*layers: Layer, filters: tuple[Effect, ...] = ()) -> Preset:
    return Preset("test", layers, filters=filters)


def color(picture: np.ndarray) -> list[float]:
    """Of a flat picture."""
    assert np.ptp(picture[..., :3].reshape(-1, 3), axis=0).max() <= 1.01 / 255
    return picture[0, 0, :3].tolist()


@pytest.fixture
def shown(renderer, drawn):
    """The one colour of a preset's first picture."""

    def draw(look: Preset) -> list[float]:
        renderer.load_preset(look)
        return color(drawn())

    return draw


def test_one_layer_is_the_scene_alone_to_the_bit(renderer, drawn, write_isf):
    path = write_isf(WAVES)
    renderer.load(path)
    alone = drawn(3)[..., :3]
    renderer.load_preset(preset(Layer(str(path))))
    assert np.array_equal(drawn(3)[..., :3], alone)
    behind = Layer(str(path), opacity=0.0), Layer(str(path), enabled=False)
    renderer.load_preset(preset(Layer(str(path)), *behind))
    assert np.array_equal(drawn(3)[..., :3], alone)


REFERENCE = {
    "normal": lambda a, b: b,
    "add": lambda a, b: a + b,
    "screen": lambda a, b: 1 - (1 - a) * (1 - b),
    "multiply": lambda a, b: a * b,
    "lighten": np.maximum,
    "darken": np.minimum,
    "difference": lambda a, b: np.abs(a - b),
    "overlay": lambda a, b: np.where(a < 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)),
    "subtract": lambda a, b: np.maximum(a - b, 0),
}


def test_the_stage_can_do_every_blend_that_a_preset_may_name():
    assert set(BLEND_GLSL) == set(BLENDS) == set(REFERENCE)


@pytest.mark.parametrize("mode", BLENDS)
@pytest.mark.parametrize(("opacity", "alpha"), [(1.0, 1.0), (0.25, 1.0), (0.5, 0.5)])
def test_blends_are_their_formulas(shown, flat, mode, opacity, alpha):
    below, above = np.array([0.2, 0.5, 0.9]), np.array([0.7, 0.4, 0.3])
    layers = flat(*below, 1), flat(*above, alpha, blend=mode, opacity=opacity, keep_alpha=True)
    share = opacity * alpha
    expected = np.clip((1 - share) * below + share * REFERENCE[mode](below, above), 0, 1)
    assert shown(preset(*layers)) == pytest.approx(expected, abs=1.1 / 255)


def test_light_above_one_goes_through_screen_and_overlay(renderer, drawn, flat):
    for mode in ("screen", "overlay"):
        dark = flat(0.5, 0.5, 0.5, 1, blend="multiply")
        renderer.load_preset(preset(flat(2, 2, 2, 1), flat(0.25, 0.25, 0.25, 1, blend=mode), dark))
        assert min(color(drawn())) >= 0.99


def test_the_lowest_layer_lies_on_black(renderer, drawn, flat):
    for mode in BLENDS:
        renderer.load_preset(preset(flat(1, 0.5, 0.25, 1, blend=mode, opacity=0.5)))
        assert color(drawn()) == pytest.approx([0.5, 0.25, 0.125], abs=1.1 / 255)


def test_an_alpha_counts_where_the_preset_says_so(renderer, drawn, flat):
    below = flat(0, 1, 0, 1)
    renderer.load_preset(preset(below, flat(1, 0, 0, 0)))
    assert color(drawn()) == [1, 0, 0]
    renderer.load_preset(preset(below, flat(1, 0, 0, 0, keep_alpha=True)))
    assert color(drawn()) == [0, 1, 0]


def test_no_number_of_one_layer_spreads(renderer, drawn, flat, write_isf):
    nonsense = write_isf("void main() { gl_FragColor = vec4(0.0 / float(FRAMEINDEX)); }", "nan.fs")
    renderer.load_preset(preset(flat(0.5, 0.5, 0.5, 1), Layer(str(nonsense), blend="add")))
    assert color(drawn()) == pytest.approx([0.5] * 3, abs=1 / 255)


def test_filters_see_what_is_before_them(renderer, drawn, flat, invert, write_isf):
    half = write_isf(
        "void main() { gl_FragColor = 0.5 * IMG_THIS_PIXEL(inputImage); }", "half.fs", INPUTS=[IMAGE]
    )
    layer = flat(1, 0.5, 0, 0, filters=(Effect(invert), Effect(str(half))))
    renderer.load_preset(preset(layer))
    assert color(drawn()) == pytest.approx([0, 0.25, 0.5], abs=1 / 255)
    renderer.load_preset(preset(layer, filters=(Effect(invert),)))
    assert color(drawn()) == pytest.approx([1, 0.75, 0.5], abs=1 / 255)
    renderer.load_preset(preset(layer, filters=(Effect(invert, enabled=False), Effect(invert, opacity=0.0))))
    assert color(drawn()) == pytest.approx([0, 0.25, 0.5], abs=1 / 255)


@pytest.mark.parametrize("opacity", [0.25, 0.75])
def test_the_opacity_of_a_filter_is_how_much_of_it_is_seen(renderer, drawn, flat, invert, opacity):
    renderer.load_preset(preset(flat(1, 0.5, 0, 1), filters=(Effect(invert, opacity=opacity),)))
    assert color(drawn()) == pytest.approx([1 - opacity, 0.5, opacity], abs=1.1 / 255)


def test_a_filter_reads_alpha_one_where_the_layers_alpha_means_nothing(renderer, drawn, flat, write_isf):
    alpha = write_isf(
        "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage).aaaa; }", "alpha.fs", INPUTS=[IMAGE]
    )
    renderer.load_preset(preset(flat(1, 1, 1, 0.5, filters=(Effect(str(alpha)),))))
    assert color(drawn()) == [1, 1, 1]
    renderer.load_preset(preset(flat(1, 1, 1, 0.5, filters=(Effect(str(alpha)),), keep_alpha=True)))
    assert color(drawn()) == pytest.approx([0.25] * 3, abs=1 / 255)  # on black, at its alpha


def test_a_broken_filter_is_bypassed_and_a_broken_layer_left_out(renderer, drawn, flat, write_isf):
    broken = str(write_isf("void main() { oops; }", "broken.fs", INPUTS=[IMAGE]))
    look = renderer.load_preset(preset(flat(1, 0.5, 0, 1, filters=(Effect(broken),)), Layer(broken)))
    assert color(drawn()) == pytest.approx([1, 0.5, 0], abs=1 / 255)
    assert [str(error) for error in look.errors] == [f"{broken}:2: {look.errors[0].message}"] * 2
    with pytest.raises(ShaderError):
        renderer.load_preset(preset(Layer(broken)))
    assert color(drawn()) == pytest.approx([1, 0.5, 0], abs=1 / 255)


def test_a_generator_is_no_filter(renderer, drawn, flat, write_isf):
    red = write_isf(RED, "red.fs")
    look = renderer.load_preset(preset(flat(0, 1, 0, 1, filters=(Effect(str(red)),))))
    assert "red.fs is no filter" in str(look.errors[0])
    assert color(drawn()) == [0, 1, 0]


def test_what_the_shader_has_not_is_a_warning(renderer, drawn, flat):
    layer = flat(0, 1, 0, 1, mappings=(Mapping("colour", "drums.hits"),))
    layer = Layer(layer.scene, inputs={**layer.inputs, "speed": 1.0}, mappings=layer.mappings)
    look = renderer.load_preset(preset(layer))
    assert color(drawn()) == [0, 1, 0]
    said = "\n".join(look.warnings)
    assert "test: layers[0].inputs: flat.fs has no input 'speed'" in said
    assert "test: layers[0].mappings[0].input is 'colour'" in said


def test_the_music_moves_inputs_and_lets_go_of_them(renderer, screen, counted):
    def layer(**more):
        return preset(Layer(counted, inputs={"amount": 0.25}, **more))

    def green(index):
        renderer.draw(rehearsal_frames(index, index + 1), Moment.at_draw(index, 86.0), screen.framebuffer)
        return screen.read_rgba()[0, 0, 1] / 255.0

    look = renderer.load_preset(layer(mappings=(Mapping("amount", "kick.hits", amount=0.5, release_s=0.0),)))
    heard = [frame.value("kick.hits") for frame in rehearsal_frames(0, 2)]
    assert green(0) == pytest.approx(0.25 + 0.5 * heard[0], abs=1.1 / 255)
    assert green(1) == pytest.approx(0.25 + 0.5 * heard[1], abs=1.1 / 255)
    assert look.live_values() == {"layers[0].inputs.amount": pytest.approx(0.25 + 0.5 * heard[1], abs=1e-4)}
    look.edit(layer())
    assert green(2) == pytest.approx(0.25, abs=1.1 / 255)
    assert look.live_values() == {}


def test_the_music_moves_opacity(renderer, screen, flat):
    moved = flat(1, 0, 0, 1, opacity=0.0, mappings=(Mapping("opacity", "kick.hits", release_s=0.0),))
    look = renderer.load_preset(preset(flat(0, 0, 1, 1), moved))
    frames = rehearsal_frames(3, 4)
    renderer.draw(frames, Moment.at_draw(0, 30.0), screen.framebuffer)
    hit = frames[0].value("kick.hits")
    assert 0.5 < hit < 0.9
    picture = screen.read_rgba()[0, 0] / 255.0
    assert picture[:3] == pytest.approx([hit, 0, 1 - hit], abs=1.1 / 255)
    assert look.live_values() == {"layers[1].opacity": pytest.approx(hit, abs=1e-6)}


def test_a_mapped_event_is_true_on_exactly_one_draw(renderer, screen, counted):
    renderer.load_preset(preset(Layer(counted, mappings=(Mapping("tick", "kick.count"),))))
    ticks = []
    for index in range(60):
        frames = rehearsal_frames(2 * index, 2 * index + 2)
        renderer.draw(frames, Moment.at_draw(index, 43.0), screen.framebuffer)
        ticks.append(int(screen.read_rgba()[0, 0, 2] > 0))
    counts = [frame.value("kick.count") for frame in rehearsal_frames(1, 120)]
    assert sum(ticks) == counts[-1] - counts[0] > 0


def test_an_edit_of_values_keeps_what_buffers_remember(renderer, drawn, counted, invert):
    look = renderer.load_preset(preset(Layer(counted)))
    assert drawn(3)[0, 0, :2] == pytest.approx([3 / 8, 0.5], abs=1 / 255)
    look.edit(preset(Layer(counted, inputs={"amount": 1.0}, opacity=0.5)))
    assert drawn(1, first=3)[0, 0, :2] == pytest.approx([4 / 16, 0.5], abs=1.1 / 255)
    look.edit(preset(Layer(counted, filters=(Effect(invert),))))  # so does a filter put over it
    assert drawn(1, first=4)[0, 0, :2] == pytest.approx([1 - 5 / 8, 0.5], abs=1.1 / 255)
    other = Layer(str(invert), enabled=False)
    look.edit(preset(other, Layer(counted)))  # and a layer put under it
    assert drawn(1, first=5)[0, 0, 0] == pytest.approx(6 / 8, abs=1 / 255)


def test_two_layers_of_one_shader_do_not_mix_up(renderer, drawn, counted):
    """They share programs, and nothing else."""
    low, high = Layer(counted, inputs={"amount": 0.25}), Layer(counted, inputs={"amount": 0.5}, blend="add")
    look = renderer.load_preset(preset(low, high))
    assert drawn(2)[0, 0, :2] == pytest.approx([4 / 8, 0.75], abs=1 / 255)
    look.edit(preset(high))
    assert drawn(1, first=2)[0, 0, :2] == pytest.approx([3 / 8, 0.5], abs=1 / 255)


def test_a_look_begins_at_time_zero_whenever_it_is_put_on(renderer, drawn, write_isf):
    clock = write_isf("void main() { gl_FragColor = vec4(TIME, float(FRAMEINDEX) / 8.0, TIMEDELTA, 1.0); }")
    renderer.load_preset(preset(Layer(str(clock))))
    assert drawn(1, first=30)[0, 0, :3].tolist() == [0, 0, 0]
    assert drawn(1, first=31, fps=31.0)[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)


def test_an_image_input_shows_the_picture_in_a_file(renderer, drawn, shaders, write_isf):
    shown = write_isf(
        "void main() { gl_FragColor = IMG_THIS_PIXEL(logo); }", INPUTS=[{"NAME": "logo", "TYPE": "image"}]
    )
    logo = {"logo": str(shaders / "two_by_two.png")}
    look = renderer.load_preset(preset(Layer(str(shown), inputs=logo)))
    assert drawn()[..., :3].max() > 0.9
    look.edit(preset(Layer(str(shown))))
    assert drawn()[..., :3].max() == 0.0
    look.edit(preset(Layer(str(shown), inputs={"logo": "nowhere.png"})))
    assert any("nowhere.png" in warning for warning in look.warnings)


def test_a_reloaded_shader_begins_anew_and_a_broken_one_stays(renderer, drawn, counted):
    path = Path(counted)
    look = renderer.load_preset(preset(Layer(counted)))
    drawn(3)
    good = path.read_text()
    path.write_text(good.replace("0.125", "0.25"))
    os.utime(path, (1, 1))
    assert not renderer.shelf.is_ready(path)
    renderer.shelf.load(path)
    look.edit(look.preset)
    assert not look.errors
    assert drawn(1, first=3)[0, 0, 0] == pytest.approx(0.25, abs=1 / 255)
    path.write_text(good.replace("vec4", "vec5"))
    renderer.shelf.load(path)
    look.edit(look.preset)
    assert isinstance(look.errors[0], ShaderError)
    assert drawn(1, first=4)[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)


def test_the_same_preset_gives_the_same_bits(screen, counted, flat, invert, write_isf):
    waves = write_isf(WAVES, "waves.fs")
    moved = Layer(str(waves), blend="screen", opacity=0.5, mappings=(Mapping("opacity", "vocals.level"),))
    random = (Mapping("amount", "lfo.random", beats=0.25), Mapping("tick", "beat.any"))
    layers = Layer(counted, mappings=random), moved
    look = preset(*layers, filters=(Effect(invert, opacity=0.5),))

    def pictures():
        renderer = Renderer(screen.context, screen.size_px)
        renderer.load_preset(look)
        shown = []
        for index in range(20):
            frames = rehearsal_frames(3 * index, 3 * index + 3)
            renderer.draw(frames, Moment.at_draw(index, 30.0), screen.framebuffer)
            shown.append(screen.read_rgba().tobytes())
        renderer.release()
        return shown

    first = pictures()
    assert first == pictures()
    assert len(set(first)) > 10


def test_a_preset_without_a_layer_that_draws_is_black(renderer, drawn, flat):
    renderer.load_preset(preset(flat(1, 1, 1, 1, enabled=False)))
    assert color(drawn()) == [0, 0, 0]


def test_looks_give_back_what_they_took(renderer, drawn, counted, flat, invert):
    """Programs that nobody draws with are few, and none is lost."""
    for _ in range(3):
        renderer.load_preset(preset(Layer(counted), flat(1, 0, 0, 1), filters=(Effect(invert),)))
        drawn()
    renderer.load_preset(preset(flat(1, 0, 0, 1)))
    entries = renderer.shelf._entries
    assert len(entries) == 3
    assert sum(not entry.is_idle for entry in entries.values()) == 1


def test_an_unknown_file_is_said(renderer):
    with pytest.raises(UserError, match=r"nowhere\.fs"):
        renderer.load_preset(preset(Layer("nowhere.fs")))


def test_a_shader_that_is_not_loaded_to_its_end_leaves_nothing(renderer, drawn, counted, flat):
    """Nor does what mixes pictures; OpenGL has nothing to complain about either."""
    path = Path(counted)
    renderer.load_preset(preset(flat(0, 1, 0, 1)))
    n_steps = len(list(renderer.shelf.loading(path)))
    for n in range(n_steps):
        loading, warming = renderer.shelf.loading(path), renderer.warming()
        for _ in range(n):
            next(loading)
            next(warming, None)
        loading.close()
        warming.close()
        assert color(drawn()) == [0, 1, 0]
    assert renderer.shelf.is_ready(path)  # as it was loaded first
