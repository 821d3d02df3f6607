from pathlib import Path

import pytest
from stemlight.errors import UserError
from stemlight.preset.library import find_scene, load_preset, preset_paths
from stemlight.preset.preset import parse_preset

GOOD = 'version = 1\nscene = "river"\n[inputs]\nglow = 0.5\ntint = [1, 0.5, 0.0, 1]\nmirror = true\n'
HERE = Path("mine.toml")


def test_a_preset_says_its_scene_and_values():
    preset = parse_preset(GOOD, HERE)
    assert (preset.name, preset.scene) == ("mine", "river")
    assert preset.inputs == {"glow": 0.5, "tint": (1.0, 0.5, 0.0, 1.0), "mirror": True}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("version = 2\nscene='a'", "version"),
        ("scene='a'", "version"),
        ("version = 1", "scene"),
        ("version = 1\nscene = 3", "scene"),
        ("version = 1\nscene = 'a'\nglow = 1", "glow"),
        ("version = 1\nscene = 'a'\ninputs = 1", "inputs"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = nan", "inputs.glow"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = [1]", "inputs.glow"),
        ("version = 1\nscene = 'a'\n[inputs]\nglow = {a=1}", "inputs.glow"),
        ("version = 1\nname = 4\nscene = 'a'", "name"),
        ("version = ", "TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(text, key):
    with pytest.raises(UserError) as caught:
        parse_preset(text, HERE)
    assert "mine.toml" in str(caught.value) and key in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_preset_of_ones_own_may_name_a_shader_beside_it(tmp_path):
    (tmp_path / "mine.fs").write_text("/*{}*/ void main(){}")
    (tmp_path / "look.toml").write_text('version = 1\nscene = "mine.fs"\n')
    assert Path(load_preset(str(tmp_path / "look.toml")).scene) == tmp_path / "mine.fs"


def test_an_unknown_name_says_where_to_look():
    with pytest.raises(UserError, match="stemlight scenes"):
        find_scene("zzzzzz")


@pytest.mark.parametrize("path", preset_paths(), ids=lambda path: path.stem)
def test_every_shipped_preset_loads(path):
    preset = load_preset(path.stem)
    assert Path(preset.scene).is_file() and preset.description
