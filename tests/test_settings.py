"""Settings stay, are written whole, and never stand in a show's way."""

from __future__ import annotations

import pytest
from stemlight.errors import UserError
from stemlight.settings import change_settings, read_settings, settings_path


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "made" / "settings.toml"))
    return settings_path()


def test_no_file_is_no_settings(path):
    assert read_settings() == {}
    assert not path.parent.exists()


def test_what_was_changed_is_read_and_the_rest_stays(path):
    path.parent.mkdir()
    path.write_text('# mine\n[panel]\nwidth = 300  # wide\n\n[models]\nstems = "a"\nbeats = "b"\n')
    assert change_settings("models", {"stems": "new", "beats": None}) == path
    assert read_settings() == {"panel": {"width": 300}, "models": {"stems": "new"}}
    assert path.read_text().startswith("# mine\n[panel]\nwidth = 300  # wide\n")
    change_settings("looks", {"preset": "ink"})
    assert read_settings()["looks"] == {"preset": "ink"} and read_settings()["models"] == {"stems": "new"}
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize("content", [b"[models\n", b"\xff\xfe\x00"])
def test_a_broken_file_is_set_aside_and_said(path, content, capsys):
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(content)
        assert read_settings() == {}
        said = capsys.readouterr().err
        assert f"set aside as settings.toml.broken-{number}" in said and said.count("\n") == 1
        assert path.with_name(f"settings.toml.broken-{number}").read_bytes() == content
    assert not path.exists()


def test_a_change_of_a_broken_file_begins_anew(path, capsys):
    path.parent.mkdir()
    path.write_text("[models\n")
    change_settings("models", {"stems": "new"})
    assert read_settings() == {"models": {"stems": "new"}}
    assert path.with_name("settings.toml.broken-1").is_file()


def test_a_place_that_cannot_be_written_is_one_line(path):
    path.parent.write_text("a file")
    with pytest.raises(UserError, match="cannot"):
        change_settings("models", {"stems": "new"})


def test_a_value_where_a_table_should_be_is_told(path):
    path.parent.mkdir()
    path.write_text("models = 3\n")
    with pytest.raises(UserError, match=r"\[models\]"):
        change_settings("models", {"stems": "new"})


def test_without_the_variable_it_lies_where_the_system_keeps_settings(monkeypatch):
    monkeypatch.delenv("STEMLIGHT_SETTINGS")
    assert settings_path().name == "settings.toml"
    assert settings_path().parent.name == "stemlight"
