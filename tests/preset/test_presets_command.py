"""`stemlight presets` and `stemlight scenes`: what there is, one's own too."""

import json

import pytest
from stemlight import cli
from stemlight.offline.doctor import _scenes
from stemlight.preset.library import preset_paths, scene_paths

OWN = """
version = 2
tags = ["late", "slow"]
description = "Mine"
[[layers]]
scene = "mine"
[[layers.filters]]
filter = "echo"
[[layers]]
scene = "nave"
[[filters]]
filter = "grade"
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_PRESETS", str(tmp_path))
    monkeypatch.setenv("STEMLIGHT_SHADERS", str(tmp_path))
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "mine.fs").write_text('/*{"DESCRIPTION": "My scene"}*/ void main() {}')
    (tmp_path / "own.toml").write_text(OWN)
    return tmp_path


def said(capsys, *arguments):
    assert cli.main(list(arguments)) == 0
    return capsys.readouterr()


def test_presets_are_listed_with_their_layers_and_tags(own, capsys):
    rows = json.loads(said(capsys, "presets", "--json").out)
    assert [row["name"] for row in rows] == [path.stem for path in preset_paths()]
    (row,) = [row for row in rows if row["name"] == "own"]
    assert row == {
        "name": "own",
        "title": "own",
        "description": "Mine",
        "tags": ["late", "slow"],
        "scene": "mine",
        "layers": [{"scene": "mine", "filters": ["echo"]}, {"scene": "nave", "filters": []}],
        "filters": ["grade"],
        "file": str(own / "own.toml"),
    }
    line = next(line for line in said(capsys, "presets").out.splitlines() if line.startswith("own "))
    assert line.endswith(" Mine")
    assert "late, slow" in line and "mine > echo + nave > grade" in line


def test_a_broken_file_hides_no_other_and_is_named(own, capsys):
    (own / "broken.toml").write_text("version = 9")
    (own / "scenes" / "broken.fs").write_text("no header")
    listed = said(capsys, "presets")
    assert "own " in listed.out and "nave " in listed.out and "broken.toml: version is 9" in listed.err
    listed = said(capsys, "scenes")
    assert "My scene" in listed.out and "broken.fs" in listed.err
    assert len(listed.out.splitlines()) == len(scene_paths()) - 1


def test_the_doctor_names_a_broken_preset_of_ones_own_and_does_not_fail_by_it(own):
    assert _scenes().state == "ok" and str(own) in _scenes().found
    (own / "broken.toml").write_text("version = 9")
    finding = _scenes()
    assert finding.state == "warning" and "broken.toml: version is 9" in finding.advice
