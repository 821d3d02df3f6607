"""Pictures know what they were drawn from: all that a look is made of, and nothing else, changes its mark."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from stemlight.preset.library import load_preset, preset_file
from stemlight.preset.picture import (
    current_picture,
    files_of_preset,
    files_of_shader,
    mark_of,
    picture_of_shader,
    read_mark,
    with_mark,
)
from stemlight.resources import shaders_dir


@pytest.fixture
def jpeg() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def own(tmp_path):
    """A preset with a scene that includes a file, which includes another, and a picture."""
    (tmp_path / "deep.glsl").write_text("float deep() { return 1.0; }\n")
    (tmp_path / "part.glsl").write_text('#include "deep.glsl"\n#include "noise.glsl"\n')
    scene = '/*{"INPUTS": [{"NAME": "cover", "TYPE": "image"}]}*/\n#include "part.glsl"\nvoid main() {}\n'
    (tmp_path / "scene.fs").write_text(scene)
    (tmp_path / "filter.fs").write_text('/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/\n')
    (tmp_path / "cover.png").write_bytes(b"a picture")
    (tmp_path / "mine.toml").write_text(
        'version = 2\nname = "Mine"\n[[layers]]\nscene = "scene.fs"\ninputs = {cover = "cover.png"}\n'
        '[[layers.filters]]\nfilter = "filter.fs"\n'
    )
    return tmp_path


def mark(folder) -> str:
    path = folder / "mine.toml"
    return mark_of(files_of_preset(path, load_preset(str(path))))


def test_a_look_is_made_of_all_that_it_names(own):
    path = own / "mine.toml"
    names = [file.name for file in files_of_preset(path, load_preset(str(path)))]
    assert names == [
        "mine.toml", "scene.fs", "part.glsl", "deep.glsl", "noise.glsl", "filter.fs", "cover.png"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["mine.toml", "scene.fs", "part.glsl", "deep.glsl", "filter.fs", "cover.png"]
)
def test_a_change_anywhere_changes_the_mark(own, name):
    before = mark(own)
    assert mark(own) == before
    with (own / name).open("ab") as file:
        file.write(b"\n")
    assert mark(own) != before


def test_line_ends_and_places_do_not_matter(own, tmp_path_factory):
    before = mark(own)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for file in own.iterdir():
        (elsewhere / file.name).write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert mark(elsewhere) == before


def test_a_file_that_includes_itself_is_counted_once(tmp_path):
    shader = tmp_path / "round.fs"
    shader.write_text('#include "round.fs"\n')
    assert files_of_shader(shader) == [shader]


def test_a_folder_is_made_of_its_files(tmp_path):
    for name in ("image.glsl", "common.glsl", "channels.json"):
        (tmp_path / name).write_text("//\n")
    assert [file.name for file in files_of_shader(tmp_path)] == ["channels.json", "common.glsl", "image.glsl"]


def test_a_mark_can_be_read_and_the_picture_stays(jpeg):
    assert read_mark(jpeg) == ""
    marked = with_mark(jpeg, "0123456789abcdef")
    assert read_mark(marked) == "0123456789abcdef"
    assert read_mark(with_mark(marked, "fedcba")) == "fedcba"
    assert len(with_mark(marked, "0" * 16)) == len(marked)  # one mark, not two
    with Image.open(io.BytesIO(jpeg)) as before, Image.open(io.BytesIO(marked)) as after:
        assert before.tobytes() == after.tobytes()
        assert after.info["jfif"] == before.info["jfif"]


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8", b"\xff\xd8\xff\xfe\xff\xff12", b"GIF89a"])
def test_what_is_no_picture_has_no_mark(broken):
    assert read_mark(broken) == ""


def test_only_a_jpeg_can_be_marked():
    with pytest.raises(ValueError, match="JPEG"):
        with_mark(b"GIF89a", "0" * 16)


def test_a_picture_counts_while_it_shows_what_is_there(own, jpeg):
    picture, preset = own / "mine.jpg", own / "mine.toml"
    assert current_picture(preset, mark(own)) is None
    picture.write_bytes(jpeg)
    assert current_picture(preset, mark(own)) == picture  # a person's own
    picture.write_bytes(with_mark(jpeg, mark(own)))
    assert current_picture(preset, mark(own)) == picture
    (own / "deep.glsl").write_text("float deep() { return 2.0; }\n")
    assert current_picture(preset, mark(own)) is None


def test_a_scene_of_ones_own_with_a_shipped_name_outdates_the_shipped_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_SHADERS", str(tmp_path))
    path = preset_file("nave")
    before = mark_of(files_of_preset(path, load_preset(str(path))))
    (tmp_path / "scenes").mkdir()
    own = tmp_path / "scenes" / "nave.fs"
    own.write_bytes((shaders_dir() / "scenes" / "nave.fs").read_bytes() + b"\n// mine\n")
    after = mark_of(files_of_preset(path, load_preset(str(path))))
    assert current_picture(path, before) is not None
    assert current_picture(path, after) is None
    assert picture_of_shader(own) is None
