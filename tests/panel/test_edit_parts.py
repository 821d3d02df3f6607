"""Laws of what the editor is made of: places, steps back, drafts, the menu of sources."""

from __future__ import annotations

import pytest
from stemlight.panel.editor import drafts
from stemlight.panel.editor.arrangement import (
    added_filter,
    added_layer,
    moved,
    part_at,
    parts,
    shader_of,
    with_mapping,
    with_part,
    with_value,
    without,
    without_mapping,
)
from stemlight.panel.editor.history import ONE_DRAG_S, History
from stemlight.panel.editor.shown_input import ShownInput, inputs_of, title_of_input
from stemlight.panel.editor.source_titles import USUAL, begun, groups, source_title
from stemlight.preset.library import find_filter, find_scene, load_preset, preset_paths
from stemlight.preset.preset import MAX_FILTERS, MAX_LAYERS, Effect, Layer, Mapping, Preset, parse_preset
from stemlight.preset.saving import preset_as_toml
from stemlight.preset.sources import LFOS, is_source, runs_on, sources

EFFECTS = (Effect("a"), Effect("b"))
LAYERED = Preset("x", (Layer("one", filters=EFFECTS), Layer("two")), filters=(Effect("c"), Effect("d")))
PLACES = [place for place, _ in parts(LAYERED)]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_put_at_a_place_is_there_and_nothing_else_moves(place):
    part = part_at(LAYERED, place)
    changed = with_part(LAYERED, place, with_value(part, "x", 2.0))
    around = {at for at in PLACES if place.startswith(f"{at}.")}  # the layer that it is in
    assert {at for at, now in parts(changed) if now != part_at(LAYERED, at)} == {place} | around
    assert with_part(changed, place, part) == LAYERED


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("step", [-1, 1])
def test_a_move_and_back_is_none(place, step):
    there = moved(LAYERED, place, step)
    if there is None:
        assert moved(LAYERED, place, -step) is not None
        return
    assert part_at(there.preset, there.place) == part_at(LAYERED, place)
    back = moved(there.preset, there.place, -step)
    assert (back.preset, back.place) == (LAYERED, place)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_taken_away_is_gone(place):
    gone = without(LAYERED, place).preset
    part = part_at(LAYERED, place)
    assert part not in [now for _, now in parts(gone)]


def test_there_is_an_end_to_layers_and_filters():
    preset = LAYERED
    for _ in range(MAX_LAYERS - 2):
        preset = added_layer(preset, find_scene("prism")).preset
    assert added_layer(preset, find_scene("prism")) is None
    for _ in range(MAX_FILTERS):
        preset = added_filter(preset, "layers[1]", find_filter("echo")).preset
    assert added_filter(preset, "layers[1].filters[0]", find_filter("echo")) is None
    assert added_filter(preset, "layers[2]", find_filter("echo")).place == "layers[2].filters[0]"
    assert without(Preset("x", (Layer("one"),)), "layers[0]") is None


def test_a_mapping_comes_and_goes_and_leaves_the_value():
    layer = with_value(Layer("one"), "spin", 1.5)
    mapped = with_mapping(layer, Mapping("spin", "kick.hits"))
    assert without_mapping(mapped, 0) == layer
    assert with_value(layer, "spin", None) == Layer("one")


def test_steps_back_and_ahead_are_a_list():
    names = [Preset(str(i), (Layer("one"),)) for i in range(4)]
    history = History(names[0])
    for second, preset in enumerate(names[1:]):
        history.change(preset, "", float(second))
    for preset in reversed(names[:-1]):
        history.undo()
        assert history.preset == preset
    assert not history.can_undo
    history.redo()
    history.change(names[3], "", 9.0)  # what was taken back is gone
    assert not history.can_redo
    history.undo()
    assert history.preset == names[1]


@pytest.mark.parametrize(("pause_s", "n_steps"), [(ONE_DRAG_S / 2, 1), (ONE_DRAG_S * 2, 3)])
def test_a_drag_is_one_step_a_second_one_another(pause_s, n_steps):
    history = History(Preset("0", (Layer("one"),)))
    for i in range(1, 4):
        history.change(Preset(str(i), (Layer("one"),)), "spin", i * pause_s)
    for _ in range(n_steps):
        assert history.can_undo
        history.undo()
    assert not history.can_undo


def test_a_draft_of_every_preset_is_read_back_as_it_was_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "drafts_dir", lambda: tmp_path / "drafts")
    for path in preset_paths()[::6]:
        preset = load_preset(path.stem)
        assert drafts.found_draft(path.stem) is None
        drafts.keep_draft(path.stem, preset)
        assert drafts.found_draft(path.stem).preset == preset
        drafts.drop_draft(path.stem)
        assert drafts.found_draft(path.stem) is None
    broken = preset_paths()[0].stem
    drafts.keep_draft(broken, load_preset(broken))
    next((tmp_path / "drafts").iterdir()).write_bytes(b"\xff not a preset")
    assert drafts.found_draft(broken) is None


def test_every_source_of_the_menu_is_one_and_makes_a_mapping_that_is_read_back():
    offered = [source for group in groups() for source in group.sources]
    assert len(offered) == len(set(offered))
    assert set(USUAL) <= set(offered)
    assert len({source_title(source) for source in offered}) == len(offered)
    for source in offered:
        assert is_source(source)
        mapping = begun(source, "spin", "float", 0.2)
        preset = Preset("x", (Layer("one", mappings=(mapping,)),))
        assert parse_preset(preset_as_toml(preset), preset_paths()[0]) == preset


def test_every_source_that_a_person_could_want_is_in_the_menu():
    offered = {source for group in groups() for source in group.sources}
    without_words = {"frame", "time_s", "tempo_confidence", "beats_per_bar", "beat"}
    for source in sources():
        known = source in offered or source in without_words or runs_on(source) or source in LFOS
        assert known, source


def test_a_mapping_begins_where_there_is_room():
    assert begun("kick.hits", "spin", "float", 0.1).amount > 0
    assert begun("kick.hits", "spin", "float", 0.9).amount < 0
    assert begun("kick.hits", "flash", "event", 0.9).amount == 1.0


@pytest.mark.parametrize(
    ("label", "title"),
    [("spinSpeed", "Spin speed"), ("a_b", "A b"), ("Spin Speed (Hz)", "Spin Speed (Hz)"), ("hue", "Hue")],
)
def test_names_are_read_as_words(label, title):
    assert title_of_input(label) == title


def test_a_shader_with_its_own_opacity_keeps_it():
    own = {"name": "opacity", "kind": "float", "label": "", "default": 0.5, "low": 0.0, "high": 2.0}
    assert [(entry.name, entry.is_own) for entry in inputs_of([own])] == [("opacity", False)]
    other = {**own, "name": "x", "kind": "audio"}
    assert [(entry.name, entry.is_own) for entry in inputs_of([other])] == [("opacity", True)]
    assert ShownInput.of(own).live_name("layers[0]") == "layers[0].inputs.opacity"
    assert inputs_of([other])[0].live_name("layers[0]") == "layers[0].opacity"
    assert shader_of(Layer("a/b.fs")).name == "b.fs"
