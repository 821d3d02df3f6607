"""What the remote offers is what ships."""

from stemlight.doors import menu
from stemlight.doors.menu import shipped_menu
from stemlight.osc.oscquery_tree import Tree, control_address
from stemlight.preset.library import preset_paths, scene_paths


def test_every_preset_and_scene_is_offered_with_a_picture():
    offered = shipped_menu()
    assert [choice.value for choice in offered["stage.preset"]] == [path.stem for path in preset_paths()]
    assert [choice.value for choice in offered["stage.scene"]] == [path.stem for path in scene_paths()]
    for choices in offered.values():
        for choice in choices:
            assert choice.title
            assert choice.picture is not None
            assert choice.picture.is_file()


def test_the_menu_is_the_range_of_its_controls():
    tree = Tree(shipped_menu())
    leaf = tree.leaf(control_address("stage.preset"))
    assert "nave" in leaf.choices
    assert leaf.attributes["RANGE"] == [{"VALS": list(leaf.choices)}]


def test_a_preset_that_is_broken_is_left_out_and_one_without_a_picture_has_its_scenes(tmp_path, monkeypatch):
    (tmp_path / "broken.toml").write_text("version = ")
    (tmp_path / "mine.toml").write_text('version = 1\nname = "My own"\nscene = "nave"\n')
    (tmp_path / "own.toml").write_text('version = 1\nscene = "nave"\n')
    (tmp_path / "own.jpg").write_bytes(b"picture")
    monkeypatch.setattr(menu, "preset_paths", lambda: sorted(tmp_path.glob("*.toml")))
    mine, own = shipped_menu()["stage.preset"]
    assert (mine.value, mine.title, mine.picture.name) == ("mine", "My own", "nave.jpg")
    assert own.picture == tmp_path / "own.jpg"
