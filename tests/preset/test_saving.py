from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from stemlight.errors import UserError
from stemlight.preset.library import load_preset, preset_paths, scene_paths
from stemlight.preset.preset import BEATS_RANGE, BLENDS, CURVES, Effect, Layer, Mapping, Preset, parse_preset
from stemlight.preset.saving import preset_as_toml, save_preset
from stemlight.preset.sources import sources

floats = partial(st.floats, allow_subnormal=False)  # libraries that are loaded here flush them

HERE = Path("ember.toml")

unit = floats(0.0, 1.0)
line = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
word = line.filter(lambda text: text.strip() != "")
number = floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.lists(number, min_size=2, max_size=4).map(tuple)
value = st.one_of(st.booleans(), st.integers(-(2**60), 2**60), number, text, numbers)
inputs = st.dictionaries(text, value, max_size=3)
seconds = floats(0.0, 60.0)
mappings = st.lists(
    st.builds(
        Mapping, word, st.sampled_from(list(sources())), st.none() | st.integers(0, 3),
        floats(-1.0, 1.0), floats(-1e9, -0.5), floats(0.5, 1e9), st.sampled_from(CURVES), seconds,
        st.none() | seconds, unit, floats(*BEATS_RANGE), unit,
    ),
    max_size=2,
).map(tuple)  # fmt: skip
effects = st.lists(st.builds(Effect, word, st.booleans(), unit, inputs, mappings), max_size=2).map(tuple)
layers = st.builds(
    Layer, word, st.sampled_from(BLENDS), unit, st.booleans(), st.booleans(), inputs, mappings, effects
)
presets = st.builds(
    Preset, word, st.lists(layers, min_size=1, max_size=2).map(tuple), line,
    st.lists(word, max_size=2).map(tuple), effects,
)  # fmt: skip


def same(a, b):
    """Equal, and of the same types: True is not 1. In what order the inputs are is nobody's concern."""
    return a == b and sorted(repr(a)) == sorted(repr(b))


@settings(max_examples=40, deadline=None, phases=[Phase.generate])  # to shrink a preset takes minutes
@given(presets, presets)
def test_what_is_saved_reads_back_the_same_also_over_another(preset, other):
    text = preset_as_toml(preset)
    assert same(parse_preset(text, HERE), preset)
    assert preset_as_toml(preset) == text
    assert same(parse_preset(preset_as_toml(preset, preset_as_toml(other)), HERE), preset)
    assert preset_as_toml(preset, text) == text


def test_only_what_is_not_as_a_rule_is_written_in_an_order_that_a_person_reads():
    preset = Preset(
        "Ember",
        (Layer("prism", inputs={"spin": 1.8}, mappings=(Mapping("spin", "drums.hits", amount=0.4),)),
         Layer("ink", blend="screen", filters=(Effect("echo"),))),
        filters=(Effect("grain", inputs={"tint": (1.0, 0.5, 0.0, 1.0)}),),
    )  # fmt: skip
    lines = [text for text in preset_as_toml(preset).splitlines() if text.strip()]
    assert lines == [
        "version = 2",
        'name = "Ember"',
        "[[layers]]",
        'scene = "prism"',
        "[layers.inputs]",
        "spin = 1.8",
        "[[layers.mappings]]",
        'input = "spin"',
        'source = "drums.hits"',
        "amount = 0.4",
        "[[layers]]",
        'scene = "ink"',
        'blend = "screen"',
        "[[layers.filters]]",
        'filter = "echo"',
        "[[filters]]",
        'filter = "grain"',
        "[filters.inputs]",
        "tint = [1.0, 0.5, 0.0, 1.0]",
    ]


def test_comments_of_what_stays_stay():
    text = """\
# for the late hours
version = 2
name = "Ember"

[[layers]]
scene = "prism" # the crystal
opacity = 0.5 # not too much
[layers.inputs]
spin = 1.8 # slow
glow = 1.0

# the kick
[[layers.mappings]]
input = "spin"
source = "kick.hits"
"""
    preset = parse_preset(text, HERE)
    assert preset_as_toml(preset, text) == text
    (layer,) = preset.layers
    changed = Preset(
        "Ember", (Layer("prism", opacity=0.25, inputs={"spin": 2, "new": True}, mappings=layer.mappings),)
    )
    after = preset_as_toml(changed, text)
    assert parse_preset(after, HERE) == changed
    for comment in (
        "# for the late hours",
        "# the crystal",
        "opacity = 0.25 # not too much",
        "spin = 2 # slow",
        "# the kick",
    ):
        assert comment in after


def test_a_preset_of_version_1_and_what_is_no_preset_are_written_anew():
    old = "version = 1\nscene = 'prism'\n[inputs]\nspin = 1.8\n"
    preset = parse_preset(old, HERE)
    for before in (old, "version = ", "layers = 3", "[[layers]]\nscene = 3\n[layers.mappings]\na = 1"):
        assert parse_preset(preset_as_toml(preset, before), HERE) == preset


def test_what_is_loaded_and_saved_elsewhere_loads_the_same(tmp_path):
    preset = load_preset("ember")
    save_preset(preset, tmp_path / "new folder" / "mine.toml")
    assert load_preset(str(tmp_path / "new folder" / "mine.toml")) == preset
    assert 'scene = "prism"' in (tmp_path / "new folder" / "mine.toml").read_text()


def test_shaders_and_pictures_beside_it_are_named_from_there_so_that_the_folder_can_be_moved(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "sub").mkdir(parents=True)
    for name in ("own.fs", "sub/nave.fs", "sub/edge.fs"):
        (here / name).write_text("/*{}*/ void main(){}")
    (here / "sky.png").write_text("a picture")
    elsewhere = tmp_path / "else.fs"
    elsewhere.write_text("/*{}*/ void main(){}")
    pictures = {"image": str(here / "sky.png"), "text": "sky", "none": ""}
    preset = Preset(
        "Mine",
        (Layer(str(here / "own.fs"), inputs=pictures,
               filters=(Effect(str(here / "sub" / "edge.fs"), inputs=pictures),)),
         Layer(str(here / "sub" / "nave.fs")), Layer(str(scene_paths()[0])), Layer(str(elsewhere))),
    )  # fmt: skip
    save_preset(preset, here / "mine.toml")
    assert load_preset(str(here / "mine.toml")) == preset
    text = (here / "mine.toml").read_text()
    for words in ('"own.fs"', '"sub/nave.fs"', '"sub/edge.fs"', '"sky.png"', f'"{scene_paths()[0].stem}"'):
        assert words in text
    here.rename(there)
    moved = load_preset(str(there / "mine.toml"))
    assert moved.layers[0].scene == str(there / "own.fs")
    assert moved.layers[0].inputs["image"] == str(there / "sky.png")


def test_saving_where_it_cannot_be_written_is_one_line_and_leaves_the_file(tmp_path):
    preset = load_preset(preset_paths()[0].stem)
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "folder.toml", tmp_path / "file" / "a.toml", tmp_path / "look.txt"):
        with pytest.raises(UserError) as caught:
            save_preset(preset, path)
        assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.toml"]
