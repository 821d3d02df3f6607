from pathlib import Path

import pytest
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.errors import UserError
from stemlight.preset.library import find_filter, find_scene, find_transition, load_preset, preset_paths
from stemlight.preset.preset import BLENDS, CURVES, Effect, Layer, Mapping, Preset, parse_preset
from stemlight.preset.sources import LFOS, frame_column, is_source, sources

HERE = Path("ember.toml")
OLD = 'version = 1\nscene = "river"\n[inputs]\nglow = 0.5\ntint = [1, 0.5, 0.0, 1]\nmirror = true\n'
WHOLE = """
version = 2
name = "Ember"
description = "Warm"
tags = ["warm", "fast"]

[[layers]]
scene = "prism"

[[layers]]
scene = "mine.fs"
blend = "screen"
opacity = 0.5
enabled = false
keep_alpha = true
[layers.inputs]
spin = 1.8
text = "words"
[[layers.mappings]]
input = "spin"
component = 1
source = "chroma[3]"
amount = -0.4
low = 1
high = 0
curve = "s"
attack_s = 0.5
release_s = 0
threshold = 0.25
beats = 4
phase = 0.5
[[layers.mappings]]
input = "opacity"
source = "lfo.sine"
[[layers.filters]]
filter = "echo"
opacity = 0.25

[[filters]]
filter = "grain"
enabled = false
[filters.inputs]
size = 2
[[filters.mappings]]
input = "size"
source = "kick.count"
"""


def test_a_preset_says_its_layers_their_mappings_and_filters():
    preset = parse_preset(WHOLE, HERE)
    spin = Mapping("spin", "chroma[3]", 1, -0.4, 1.0, 0.0, "s", 0.5, 0.0, 0.25, 4.0, 0.5)
    assert preset == Preset(
        "Ember",
        (
            Layer("prism"),
            Layer(
                "mine.fs", "screen", 0.5, False, True, {"spin": 1.8, "text": "words"},
                (spin, Mapping("opacity", "lfo.sine")), (Effect("echo", opacity=0.25),),
            ),
        ),
        "Warm",
        ("warm", "fast"),
        (Effect("grain", False, 1.0, {"size": 2}, (Mapping("size", "kick.count"),)),),
    )  # fmt: skip


def test_what_editors_of_other_systems_write_is_read():
    assert parse_preset("\ufeff" + WHOLE.replace("\n", "\r\n"), HERE) == parse_preset(WHOLE, HERE)


def test_a_preset_of_version_1_is_one_layer():
    preset = parse_preset(OLD, HERE)
    inputs = {"glow": 0.5, "tint": (1.0, 0.5, 0.0, 1.0), "mirror": True}
    assert preset == Preset("ember", (Layer("river", inputs=inputs),))


def test_what_a_file_leaves_out_is_as_a_new_one_has_it():
    (layer,) = parse_preset(MAPPING + "[[layers.filters]]\nfilter = 'c'", HERE).layers
    assert layer == Layer("a", mappings=(Mapping("x", "bass.level"),), filters=(Effect("c"),))


LAYER = "version = 2\n[[layers]]\nscene = 'a'\n"
NAVE = LAYER.replace("'a'", "'nave'")
MAPPING = LAYER + "[[layers.mappings]]\ninput = 'x'\nsource = 'bass.level'\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 3\nscene='a'", "version is 3; this Stemlight reads 1 and 2"),
        ("version = true\nscene='a'", "version is True"),
        ("scene='a'", "version is None"),
        ("version = 1", "scene is missing"),
        ("version = 1\nscene = 3", "scene is 3; it must be text"),
        ("version = 1\nscene = 'a'\nglow = 1", "glow: unknown key 'glow'"),
        ("version = 1\nscene = 'a'\ninputs = 1", "inputs is 1; it must be a table"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = nan", "inputs.glow is nan; it must"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = [1]", "inputs.glow is [1]; it must"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = [1, true]", "inputs.glow is [1, True]; it must"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = {a=1}", "inputs.glow is {'a': 1}; it must"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = 1" + 400 * "0", "inputs.glow is 1000"),
        ("version = 1\nscene = 'a'\n[inputs]\n'a b' = nan", "inputs.'a b' is nan"),
        ("version = 1\nname = 4\nscene = 'a'", "name is 4; it must be text"),
        ("version = 1\nname = ''\nscene = 'a'", "name is ''; it must be text"),
        ("version = 1\nscene = \"a\\nb\"", "scene is 'a\\nb'; it must be one line of text"),
        ("version = ", "not TOML: Invalid value (at end of document)"),
        ("a = " + 5000 * "1", "not TOML: Exceeds the limit"),
        ("a = " + 5000 * "[", "not TOML: nested too deeply"),
        ("version = 2", "layers is missing; write [[layers]]"),
        ("version = 2\nlayers = 3", "layers is 3; it must be tables"),
        ("version = 2\nscene = 'a'", "scene: unknown key 'scene'; a preset has description, filters, layers"),
        ("version = 2\ntags = 'warm'\n[[layers]]\nscene = 'a'", "tags is 'warm'; it must be a list of words"),
        ("version = 2\n[[layers]]\nopacity = 1", "layers[0].scene is missing"),
        ("version = 2\n" + 9 * "[[layers]]\nscene = 'a'\n", "layers has 9 tables; it must have 8 at most"),
        (LAYER + "[[layers]]\nscene = 'b'\nblend = 'burn'", "layers[1].blend is 'burn'; it must be one"),
        (LAYER + "opacity = 1.5", "layers[0].opacity is 1.5; it must be 0 to 1"),
        (LAYER + "enabled = 1", "layers[0].enabled is 1; it must be true or false"),
        (LAYER + "opacty = 1", "layers[0].opacty: unknown key 'opacty'; did you mean 'opacity'?"),
        (LAYER + "[layers.inputs]\nglow = inf", "layers[0].inputs.glow is inf; it must"),
        (LAYER + 9 * "[[layers.filters]]\nfilter = 'b'\n", "layers[0].filters has 9 tables"),
        (LAYER + "[[layers.filters]]\nopacity = 1", "layers[0].filters[0].filter is missing"),
        (LAYER + "[[filters]]\nfilter = 'b'\nopacity = -1", "filters[0].opacity is -1; it must be 0 to 1"),
        (LAYER + "[[layers.mappings]]\nsource = 'bass.level'", "layers[0].mappings[0].input is missing"),
        (LAYER + "[[layers.mappings]]\ninput = 'x'", "layers[0].mappings[0].source is missing"),
        (LAYER + "[[layers.mappings]]\ninput = 'x'\nsource = 'drum.hits'", "did you mean 'drums.hits'?"),
        (LAYER + "[[layers.mappings]]\ninput = 'x'\nsource = 'hop_ms'", "source is 'hop_ms'; it must"),
        (MAPPING + "[[layers.mappings]]\ninput = 'x'\nsource = 'beat.1'\namount = 3",
         "ember.toml: layers[0].mappings[1].amount is 3; it must be -1 to 1"),
        (MAPPING + "component = 4", "mappings[0].component is 4; it must be a whole number, 0 to 3"),
        (MAPPING + "component = true", "mappings[0].component is True"),
        (MAPPING + "curve = 'bent'", "mappings[0].curve is 'bent'; it must be one of linear, ease_in"),
        (MAPPING + "low = 1", "mappings[0].high is 1, as low is; they must differ"),
        (MAPPING + "release_s = -1", "mappings[0].release_s is -1; it must be 0 to 60"),
        (MAPPING + "beats = 0", "mappings[0].beats is 0; it must be 0.015625 to 1024"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_that_names_file_and_key(text, says):
    with pytest.raises(UserError) as caught:
        parse_preset(text, HERE)
    assert str(caught.value).startswith("ember.toml: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_every_number_of_the_frame_is_a_source_as_the_frame_names_it():
    frame = FeatureFrame(empty_record())
    for name in sources():
        assert is_source(name)
        if column := frame_column(name):
            assert column.read(frame.record) == frame.value(name)
    assert frame_column("chroma[3]") == frame_column("chroma.ds")
    assert frame_column("stem_spectrum[2][5]") == frame_column("stem_spectrum.vocals.5")
    assert not is_source("level[0]") and not is_source("late")


def test_a_preset_of_ones_own_may_name_shaders_beside_it_from_wherever_it_is_read(tmp_path, monkeypatch):
    (tmp_path / "mine.fs").write_text("/*{}*/ void main(){}")
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "image.glsl").write_text("void mainImage(out vec4 c, in vec2 p) { c = vec4(0.); }")
    two = 'version = 2\n[[layers]]\nscene = "mine.fs"\n[[layers]]\nscene = "toy"\n'
    (tmp_path / "look.toml").write_text(two + '[[filters]]\nfilter = "mine.fs"\n')
    monkeypatch.chdir(Path("/"))
    preset = load_preset(str(tmp_path / "look.toml"))
    assert [Path(layer.scene) for layer in preset.layers] == [tmp_path / "mine.fs", tmp_path / "toy"]
    assert Path(preset.filters[0].filter) == tmp_path / "mine.fs"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 1\nscene = 'nvae'", "layers[0].scene: no scene or file named 'nvae'; did you mean nave?"),
        (NAVE + "[[layers.filters]]\nfilter = 'zzzz'", "layers[0].filters[0].filter: no filter"),
        (NAVE + "[[filters]]\nfilter = 'zzzz'", ": filters[0].filter: no filter or file"),
        (LAYER.replace("'a'", "'~nobody/a.fs'"), "layers[0].scene: no scene"),
        (LAYER.replace("'a'", "'" + 300 * "a" + ".fs'"), "layers[0].scene: no scene"),
    ],
)  # fmt: skip
def test_a_shader_that_is_missing_is_named_with_file_and_key(tmp_path, text, says):
    path = tmp_path / "look.toml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        load_preset(str(path))
    assert str(caught.value).startswith(f"{path}: ") and says in str(caught.value)


@pytest.mark.parametrize("find", [find_scene, find_filter, find_transition])
def test_an_unknown_name_says_what_there_is(find):
    with pytest.raises(
        UserError, match=r"no \w+ or file named 'zzzzzz'; `stemlight (scenes|filters|transitions)` lists"
    ):
        find("zzzzzz")


def test_ones_own_presets_and_shaders_are_found_and_win(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_PRESETS", str(tmp_path))
    monkeypatch.setenv("STEMLIGHT_SHADERS", str(tmp_path))
    for kind in ("scenes", "filters", "transitions"):
        (tmp_path / kind).mkdir()
    for name in ("scenes/nave.fs", "scenes/My Own.fs", "scenes/toy.frag", "scenes/toy.bufA.frag",
                 "scenes/read.txt", "filters/mine.fs", "transitions/ours.fs"):  # fmt: skip
        (tmp_path / name).write_text("/*{}*/ void main(){}")
    (tmp_path / "nave.toml").write_text('version = 1\nscene = "my own"\nname = "Mine"\n')
    preset = load_preset("nave")
    assert (preset.name, preset.layers[0].scene) == ("Mine", str(tmp_path / "scenes" / "My Own.fs"))
    assert find_scene("nave") == tmp_path / "scenes" / "nave.fs"
    assert find_scene("toy").name == "toy.frag" and find_scene("prism").is_file()
    assert find_filter("mine") == tmp_path / "filters" / "mine.fs"
    assert find_transition("ours") == tmp_path / "transitions" / "ours.fs"
    with pytest.raises(UserError):
        find_scene("toy.bufA")
    names = [path.stem for path in preset_paths()]
    assert names == sorted(set(names)) and "nave" in names


@pytest.mark.parametrize("path", preset_paths(), ids=lambda path: path.stem)
def test_every_shipped_preset_loads(path):
    preset = load_preset(path.stem)
    assert preset.description
    assert all(Path(layer.scene).is_absolute() and Path(layer.scene).exists() for layer in preset.layers)


def test_the_example_of_the_readme_is_a_preset():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = [block for block in readme.split("```toml\n")[1:] if "[[layers]]" in block]
    preset = parse_preset(example.split("```")[0], HERE)
    assert preset.layers[0].mappings and preset.layers[0].filters and preset.filters
    named = [*sources(), *CURVES, *BLENDS, "threshold", "component"]
    for name in (*LFOS, "beat.any", "drums.hits", "kick.count", "chroma.ds", *CURVES):
        assert name in named and f"`{name}`" in readme
    assert all(blend in example for blend in BLENDS)
