"""The editor: layers, values, mappings, files; on the page, with the words of the stage given."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from stemlight.bus.look_cell import ShownLook
from stemlight.panel.editor import drafts
from stemlight.panel.editor.input_controls import (
    ChoiceControl,
    ColourControl,
    EventControl,
    NumberControl,
    PointControl,
    SwitchControl,
)
from stemlight.preset.library import load_preset, preset_in, user_presets_dir
from stemlight.preset.preset import Effect, Layer, Mapping, Preset
from stemlight.preset.saving import save_preset
from test_everybody import interactive, name_of

INPUTS = [
    {"name": "spin", "kind": "float", "label": "spin", "default": 0.5, "low": 0.0, "high": 2.0},
    {"name": "mirrored", "kind": "bool", "label": "mirrored", "default": False},
    {"name": "flash", "kind": "event", "label": "flash", "default": False},
    {"name": "form", "kind": "long", "label": "form", "default": 0, "choices": [0, 2], "labels": ["a", "b"]},
    {"name": "ink", "kind": "color", "label": "ink", "default": [1.0, 0.5, 0.0, 1.0]},
    {"name": "at", "kind": "point2D", "label": "at", "default": [0.0, 0.0], "low": [-1, -1], "high": [1, 1]},
]
GENERATOR = """/*{"INPUTS": [{"NAME": "amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0}]}*/
void main() { gl_FragColor = vec4(amount); }
"""


@pytest.fixture(autouse=True)
def own_drafts(tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "drafts_dir", lambda: tmp_path / "drafts")


class Desk:
    """A person at the page, and the stage behind it."""

    def __init__(self, show, window) -> None:
        self._show, self.window, self.page = show, window, window.pages["edit"]
        self._serial = 0

    @property
    def preset(self):
        return self.page.work.preset

    @property
    def layer(self):
        return self.preset.layers[0]

    @property
    def rows(self):
        return {row.entry.name: row for row in self.page.inspector.rows}

    def open(self, name: str) -> None:
        self._show.controls.set("stage.preset", name)
        self.page.look()
        self.stage_draws()

    def stage_draws(self, errors=()) -> None:
        """The stage tells what it draws: of what was sent last, else of the file."""
        self.page.work._send()
        edit = self._show.look.edit()
        preset = self.preset
        shaders = {f"layers[{i}]": INPUTS for i in range(len(preset.layers))}
        shaders |= {f"filters[{j}]": INPUTS[:1] for j in range(len(preset.filters))}
        name = self._show.controls.get("stage.preset")
        self._show.look.write_look(ShownLook(name, edit.serial if edit else 0, shaders, errors))
        self.page.look()

    def sent(self):
        """The preset that the stage would draw."""
        self.page.work._send()
        edit = self._show.look.edit()
        return preset_in(edit.toml, user_presets_dir() / "x.toml") if edit and edit.toml else None


@pytest.fixture
def desk(open_panel, show):
    save_preset(Preset("Mine", (Layer("prism"),)), user_presets_dir() / "mine.toml")
    window = open_panel()
    window.open_page("edit")
    desk = Desk(show, window)
    desk.open("mine")
    return desk


def click_at(slider, part):
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.width() * part), 20))


def test_every_input_of_the_shader_has_the_control_of_its_kind(desk):
    kinds = {name: type(row.control) for name, row in desk.rows.items()}
    assert kinds == {
        "opacity": NumberControl,
        "spin": NumberControl,
        "mirrored": SwitchControl,
        "flash": EventControl,
        "form": ChoiceControl,
        "ink": ColourControl,
        "at": PointControl,
    }
    assert desk.rows["spin"].control.box.value() == 0.5  # as the shader has it


def test_what_is_moved_is_what_the_stage_is_sent(desk):
    spin = desk.rows["spin"].control
    click_at(spin.slider, 0.5)
    assert desk.sent().layers[0].inputs["spin"] == pytest.approx(1.0, abs=0.05)
    spin.box.setValue(1.25)
    assert desk.sent().layers[0].inputs == {"spin": 1.25}
    assert spin.slider.value() == 625
    QTest.mouseClick(desk.rows["mirrored"].control.button, Qt.MouseButton.LeftButton)
    desk.rows["form"].control.menu.activated.emit(1)
    desk.rows["opacity"].control.box.setValue(0.5)
    pad = desk.rows["at"].control.pad
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(pad.width(), 0))
    layer = desk.sent().layers[0]
    assert layer.inputs == {"spin": 1.25, "mirrored": True, "form": 2, "at": (1.0, 1.0)}
    assert layer.opacity == 0.5


def test_a_colour_is_seen_while_it_is_chosen_and_given_up_by_escape(desk):
    dialog = desk.rows["ink"].control.open_wheel()
    dialog.setCurrentColor(Qt.GlobalColor.red)
    assert desk.sent().layers[0].inputs["ink"] == (1.0, 0.0, 0.0, 1.0)
    dialog.reject()
    assert desk.layer.inputs["ink"] == pytest.approx((1.0, 0.5, 0.0, 1.0), abs=0.01)


def test_a_double_click_and_delete_reset(desk):
    slider = desk.rows["spin"].control.slider
    for reset in (lambda: QTest.mouseDClick(slider, Qt.MouseButton.LeftButton),
                  lambda: QTest.keyClick(slider, Qt.Key.Key_Delete)):  # fmt: skip
        desk.rows["spin"].control.box.setValue(1.9)
        reset()
        assert desk.layer.inputs == {}
        assert desk.rows["spin"].control.box.value() == 0.5


def test_an_event_is_fired_once_and_is_no_change(desk):
    QTest.mousePress(desk.rows["flash"].control.button, Qt.MouseButton.LeftButton)
    assert desk.sent().layers[0].inputs == {"flash": True}
    desk.page.work._let_go()
    assert desk.sent() is None
    assert not desk.page.work.is_dirty
    assert not desk.page.work.can_undo


def test_two_clicks_map_a_source_and_the_mark_moves(desk, show):
    menu = desk.rows["spin"].menu()  # a right click
    next(action for action in menu.actions() if action.data() == "kick.hits").trigger()
    (mapping,) = desk.sent().layers[0].mappings
    assert (mapping.input, mapping.source, mapping.amount) == ("spin", "kick.hits", 0.5)
    assert show.look.is_listened_to() is False
    desk.page.show_frame(None)
    assert show.look.is_listened_to()
    show.look.write_live({"layers[0].inputs.spin": 1.5})
    desk.page.show_frame(None)
    slider = desk.rows["spin"].control.slider
    assert slider.live == 1.5
    assert slider.value() == 250  # the base stays


def test_a_mapping_is_changed_on_its_line_and_removing_it_leaves_the_base(desk):
    row = desk.rows["spin"]
    row.control.box.setValue(1.5)
    row.map_to("drums.hits")
    row.map_to("lfo.sine")
    first, second = row.mapping_rows
    assert desk.layer.mappings[0].amount == -0.5  # where there is room
    first.percent.setValue(80)
    first.more.click()
    first._attack.setValue(0.25)
    first._release.setValue(1.5)
    first._curve.activated.emit(first._curve.findData("ease_in"))
    first._low.setValue(0.2)
    second._beats.activated.emit(second._beats.findData(8.0))
    mapped, wave = desk.sent().layers[0].mappings
    assert (mapped.amount, mapped.attack_s, mapped.release_s) == (0.8, 0.25, 1.5)
    assert (mapped.curve, mapped.low) == ("ease_in", 0.2)
    assert wave.beats == 8.0
    first.removed.emit()
    assert [mapping.source for mapping in desk.layer.mappings] == ["lfo.sine"]
    row.mapping_rows[0].removed.emit()
    assert desk.layer.mappings == ()
    assert desk.layer.inputs == {"spin": 1.5}
    assert row.control.slider.live is None


def test_low_and_high_never_meet(desk):
    desk.rows["spin"].map_to("drums.hits")
    (row,) = desk.rows["spin"].mapping_rows
    row._low.setValue(1.0)
    assert desk.layer.mappings[0].low == 0.0
    assert row._low.value() == 0.0


def test_every_step_can_be_taken_back_and_done_again(desk):
    begun = desk.preset
    seen = [begun]
    for step in (
        lambda: desk.rows["spin"].control.box.setValue(1.0),
        lambda: desk.rows["spin"].map_to("kick.hits"),
        lambda: desk.page.add_shader(desk_filter()),
        desk.page._take_away,
    ):
        step()
        seen.append(desk.preset)
        desk.stage_draws()
    assert len(set(map(repr, seen))) == 4  # the filter came and went
    for wanted in reversed(seen[:-1]):
        QTest.keyClick(desk.page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert desk.preset == wanted
    assert not desk.page.work.is_dirty
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for wanted in seen[1:]:
        QTest.keyClick(desk.page, Qt.Key.Key_Z, both)
        assert desk.preset == wanted


def desk_filter():
    from stemlight.preset.library import find_filter

    return find_filter("echo")


def test_one_drag_is_one_step_back(desk):
    slider = desk.rows["spin"].control.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    for x in (60, 100, 140):
        QTest.mouseMove(slider, QPoint(x, 20))
    slider.chosen.emit(1.7)
    slider.chosen.emit(1.8)
    desk.page.work.undo()
    assert desk.layer.inputs == {}


def test_layers_and_filters_come_move_and_go(desk):
    from stemlight.preset.library import find_scene

    page = desk.page
    page.add_shader(find_scene("nave"))
    assert [Layer(str(find_scene(n))).scene for n in ("prism", "nave")] == [
        layer.scene for layer in desk.preset.layers
    ]
    assert page.tree.place == "layers[1]"  # on top, and chosen
    page.add_shader(desk_filter())
    assert desk.preset.layers[1].filters[0].filter == str(desk_filter())
    page.choose("layers[1]")
    page._step(1)  # down in the list
    assert desk.preset.layers[0].scene == str(find_scene("nave"))
    assert page.tree.place == "layers[0]"
    page.tree.currentItem().setCheckState(0, Qt.CheckState.Unchecked)
    assert desk.preset.layers[0].enabled is False
    page._take_away()
    assert [layer.scene for layer in desk.preset.layers] == [str(find_scene("prism"))]
    assert not page._remove.isEnabled()  # the last one has to stay
    page.choose("")
    page.add_shader(desk_filter())
    assert desk.preset.filters[0].filter == str(desk_filter())


def test_a_file_that_is_dropped_is_a_layer_and_its_error_stands_beside_it(desk, tmp_path):
    shader = tmp_path / "mine.fs"
    shader.write_text(GENERATOR)
    drop(desk.page, shader)
    assert desk.sent().layers[1].scene == str(shader)
    assert desk.page.tree.place == "layers[1]"
    broken = tmp_path / "broken.fs"
    broken.write_text("/*{}*/ void main() { what }")
    drop(desk.page, broken)
    error = f"{broken}:1: syntax error"
    preset = desk.preset
    desk.sent()
    places = {f"layers[{i}]": INPUTS for i in range(2)}
    desk._show.look.write_look(ShownLook("mine", desk._show.look.edit().serial, places, (error,)))
    desk.page.look()
    assert desk.page.work.undrawn == ["layers[2]"]
    assert error in desk.page.inspector._wrong.text()
    assert desk.page.tree.currentItem().text(0).startswith("⚠")
    assert desk.preset == preset


def drop(page, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left = Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier)
    page.dropEvent(event)


def test_what_is_no_shader_changes_nothing(desk, tmp_path):
    before = desk.preset
    said = []
    desk.page.link.said.connect(said.append)
    for path in (tmp_path / "song.wav", tmp_path / "not there.fs", tmp_path):
        drop(desk.page, path)
    assert desk.preset == before
    assert len(said) == 3


def test_what_is_saved_is_in_the_file_and_no_longer_dirty(desk):
    desk.rows["spin"].control.box.setValue(1.5)
    assert desk.page.work.is_dirty
    QTest.keyClick(desk.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not desk.page.work.is_dirty
    assert load_preset("mine").layers[0].inputs == {"spin": 1.5}
    desk.page.work._settle()
    assert desk.sent() is None  # the file counts again


def test_a_shipped_preset_is_saved_as_the_persons_own_and_is_back_when_that_is_deleted(desk, monkeypatch):
    desk.open("ember")
    shipped = load_preset("ember")
    desk.rows["opacity"].control.box.setValue(0.4)
    desk.page.save()
    assert (user_presets_dir() / "ember.toml").is_file()
    assert load_preset("ember").layers[0].opacity == 0.4
    assert desk.page.work.is_own
    monkeypatch.setattr(desk.page, "asks", lambda question: True)
    trashed = []

    def trash(path):
        trashed.append(path)
        (user_presets_dir() / "ember.toml").unlink()
        return True

    monkeypatch.setattr("stemlight.panel.editor.work.QFile.moveToTrash", trash)
    desk.page.delete()
    assert trashed == [str(user_presets_dir() / "ember.toml")]
    assert desk.preset == shipped


def test_save_as_is_another_preset_and_the_first_stays_as_it_was(desk, show):
    desk.rows["spin"].control.box.setValue(1.5)
    desk.page.work.save_as("My Own Night!")
    assert show.controls.get("stage.preset") == "my_own_night"
    assert load_preset("my_own_night").layers[0].inputs == {"spin": 1.5}
    assert desk.preset.name == "My Own Night!"
    assert load_preset("mine").layers[0].inputs == {}
    desk.page.duplicate()
    assert show.controls.get("stage.preset") == "my_own_night_copy"


def test_a_panel_that_died_is_back_with_the_edit(desk, open_panel, show):
    desk.rows["spin"].control.box.setValue(1.5)
    desk.page.work._send()  # 33 ms later
    again = open_panel().pages["edit"]
    again.look()
    assert again.work.preset == desk.preset
    assert again.work.is_dirty
    assert again.work.draft is None


def test_what_another_night_left_is_offered_and_taken_only_if_wanted(desk, open_panel, show):
    desk.rows["spin"].control.box.setValue(1.5)
    edited = desk.preset
    desk.page.work._keep_draft()
    desk.page.work._sending.stop()
    show.look.end_edit()  # another show
    for does, wanted in (("_drop", load_preset("mine")), ("_take_back", edited)):
        if does == "_take_back":
            drafts.keep_draft("mine", edited)
        page = open_panel().pages["edit"]
        page.look()
        assert page.work.preset == load_preset("mine")
        getattr(page, does).click()
        assert page.work.preset == wanted
        assert not page._take_back.isVisibleTo(page)


def test_a_preset_that_goes_off_air_keeps_its_unsaved_changes(desk):
    desk.rows["spin"].control.box.setValue(1.5)
    edited = desk.preset
    desk.open("nave")
    assert not desk.page.work.is_dirty
    desk.open("mine")
    assert desk.preset == edited
    assert desk.page.work.is_dirty


def test_a_file_that_somebody_else_writes_is_read_anew_unless_it_is_being_edited(desk):
    path = user_presets_dir() / "mine.toml"
    save_preset(Preset("Mine", (Layer("prism", opacity=0.25),)), path)
    desk.page.work._seen_ns -= 1  # the clock of a file system may be coarse
    desk.page.look()
    assert desk.layer.opacity == 0.25
    desk.rows["opacity"].control.box.setValue(0.75)
    save_preset(Preset("Mine", (Layer("prism", opacity=0.1),)), path)
    desk.page.look()
    assert desk.layer.opacity == 0.75


@pytest.mark.parametrize("name", ["", "no such preset"])
def test_nothing_to_edit_is_said(desk, name):
    desk.page.link.controls.set("stage.preset", name)
    desk.page.look()
    assert desk.preset is None
    assert desk.page._banner_words.text()


def test_a_scene_on_air_becomes_a_preset(desk, show):
    show.controls.set("stage.preset", "")
    show.controls.set("stage.scene", "nave")
    desk.page.look()
    desk.page._make_preset.click()
    assert show.controls.get("stage.preset") == "nave_2"  # a shipped one is called so
    assert desk.layer.scene.endswith("nave.fs")


def test_who_edits_under_the_autopilot_is_told(desk, show):
    assert not desk.page._banner.isVisibleTo(desk.page)
    show.controls.set("autopilot.on", True)
    desk.page.look()
    assert "autopilot" in desk.page._banner_words.text()
    assert not desk.page._drop.isVisibleTo(desk.page)


def test_everything_has_a_name_and_fits_a_small_window(desk):
    from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QDoubleSpinBox

    desk.rows["spin"].map_to("drums.hits")
    for kind in (QAbstractButton, QAbstractSlider, QComboBox, QDoubleSpinBox):
        for widget in desk.page.findChildren(kind):
            if widget.isVisibleTo(desk.page):
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    size = desk.page.minimumSizeHint()
    assert size.width() <= 540
    assert size.height() <= 250


def test_every_control_of_the_editor_has_a_name(desk, show):
    inputs = [*INPUTS, {"name": "cover", "kind": "image", "label": "cover", "default": ""}]
    mappings = (Mapping("spin", "kick.hits"), Mapping("opacity", "lfo.sine"))
    layer = Layer("prism", mappings=mappings, filters=(Effect("echo"),))
    save_preset(Preset("Mapped", (layer,), filters=(Effect("grade"),)), user_presets_dir() / "mapped.toml")
    desk.open("mapped")
    for place in ("layers[0]", "layers[0].filters[0]", "filters[0]"):
        show.look.write_look(
            ShownLook("mapped", 0, {p: inputs for p in ("layers[0]", "layers[0].filters[0]", "filters[0]")})
        )
        desk.page.look()
        desk.page.choose(place)
        shown = interactive(desk.page)
        assert len(shown) > 15
        assert not [widget for widget in shown if not name_of(widget)]
