"""Whatever ships can be seen before it is chosen: a picture beside each, and a place in the gallery."""

from pathlib import Path

import pytest
from stemlight.preset.library import load_preset
from stemlight.preset.picture import files_of_preset, files_of_shader, mark_of, read_mark
from stemlight.resources import presets_dir, shaders_dir

MAX_BYTES = 60_000  # the remote page shows dozens of them over a stage's wireless network
SHIPPED = sorted(
    path
    for pattern in ("scenes/*.fs", "filters/*.fs", "transitions/*.fs")
    for path in shaders_dir().glob(pattern)
) + sorted(presets_dir().glob("*.toml"))


@pytest.fixture(scope="module")
def gallery() -> str:
    return (shaders_dir() / "GALLERY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_has_a_picture_and_a_place(path: Path, gallery: str):
    picture = path.with_suffix(".jpg")
    remake = "`python packaging/gallery.py` makes it"
    assert picture.is_file(), remake
    assert picture.stat().st_size <= MAX_BYTES
    assert f"({path.parent.name}/{picture.name})" in gallery.replace("(../", "("), remake


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_its_picture_shows_it_as_it_is(path: Path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_SHADERS", "nobody's")
    of_preset = path.suffix == ".toml"
    files = files_of_preset(path, load_preset(str(path))) if of_preset else files_of_shader(path)
    drawn_from = read_mark(path.with_suffix(".jpg").read_bytes())
    assert drawn_from == mark_of(files), "`python packaging/gallery.py` draws what has changed"


def test_there_is_enough_for_a_night():
    assert len([path for path in SHIPPED if path.suffix == ".toml"]) >= 20
