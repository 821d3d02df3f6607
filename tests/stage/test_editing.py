"""The panel's edits on stage, and what the panel is told of them."""

import os
from contextlib import closing

import pytest
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.look_cell import LookCell
from stemlight.bus.segment import segment_name
from stemlight.stage.editing import Editing
from stemlight.stage.moment import Moment
from stemlight.stage.on_air import LOOK_S, OnAir
from stemlight.stage.opening import Chosen, Opening
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.trial import NoTrial

LIT = "void main() { gl_FragColor = vec4(light, 0.0, 0.0, 1.0); }"
LIGHT = {"NAME": "light", "LABEL": "Light", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 2.0}
SAVED = 'version = 2\n[[layers]]\nscene = "lit.fs"\n[layers.inputs]\nlight = 0.75\n'
EDITED = SAVED.replace("0.75", "0.5")
MAPPED = EDITED + '[[layers.mappings]]\ninput = "light"\nsource = "kick.level"\namount = 0.25\n'


@pytest.fixture
def cell():
    with closing(LookCell.create(segment_name("test-look"))) as cell:
        yield cell


@pytest.fixture
def health():
    with closing(Health.create(segment_name("test-health"))) as health:
        yield health.part("stage")


@pytest.fixture
def controls():
    with closing(ControlBus.create(segment_name("test-controls"))) as bus:
        bus.set("stage.transition_beats", 0.0)
        bus.set("stage.transition_at", "now")
        yield bus


@pytest.fixture
def preset(write_isf, tmp_path):
    write_isf(LIT, "lit.fs", INPUTS=[LIGHT])
    file = tmp_path / "bright.toml"
    file.write_text(SAVED)
    return file


class Stage:
    """What a stage does at each draw."""

    def __init__(self, cell, on_air, renderer, screen):
        self._cell, self._on_air = cell, on_air
        self._editing = Editing(cell, on_air)
        self._renderer, self._screen = renderer, screen
        self._index = 0

    def draw(self, now_s=0.0):
        """The red of the picture after enough draws to load anything, a program a draw."""
        for _ in range(20):
            self._editing.take()
            self._on_air.update(now_s)
            moment = Moment.at_draw(self._index, 60.0)
            frames = rehearsal_frames(self._index, self._index + 1)
            self._renderer.draw(frames, moment, self._screen.framebuffer)
            self._editing.tell(now_s)
            self._index += 1
        return self._screen.read_rgba()[0, 0, 0] / 255.0


@pytest.fixture
def stage(cell, renderer, screen, controls, health, *, preset):
    with closing(OnAir(renderer, controls, health, NoTrial())) as on_air:
        on_air.open(Opening(Chosen.of_preset(str(preset))))
        stage = Stage(cell, on_air, renderer, screen)
        assert stage.draw() == pytest.approx(0.75, abs=1 / 255)
        yield stage


def test_an_edit_is_drawn_and_told_and_the_file_counts_again_after_it(stage, cell, preset):
    assert cell.look().edit == 0
    serial = cell.write_edit(str(preset), EDITED)
    assert stage.draw() == pytest.approx(0.5, abs=1 / 255)
    assert (cell.look().name, cell.look().edit) == (str(preset), serial)
    cell.end_edit()
    assert stage.draw() == pytest.approx(0.75, abs=1 / 255)
    assert cell.look().edit == 0


def test_the_panel_is_told_what_can_be_set(stage, cell, preset):
    cell.write_edit(str(preset), EDITED)
    stage.draw()
    assert cell.look().shaders == {
        "layers[0]": [
            {
                "name": "light",
                "kind": "float",
                "label": "Light",
                "default": 0.25,
                "base": 0.5,
                "low": 0.0,
                "high": 2.0,
                "choices": [],
                "labels": [],
            }
        ]
    }


def test_live_values_are_told_to_who_asks(stage, cell, preset):
    cell.write_edit(str(preset), MAPPED)
    stage.draw()
    assert cell.live() == {}
    cell.listen()
    stage.draw(1.0)
    assert 0.5 < cell.live()["layers[0].inputs.light"] <= 1.0
    assert cell.look().shaders["layers[0]"][0]["base"] == 0.5


def test_an_edit_of_another_preset_waits_until_that_is_on_air(stage, cell, controls, preset, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(SAVED)
    cell.write_edit(str(other), EDITED)
    assert stage.draw() == pytest.approx(0.75, abs=1 / 255)
    controls.set("stage.preset", str(other))
    assert stage.draw() == pytest.approx(0.5, abs=1 / 255)
    controls.set("stage.preset", str(preset))
    assert stage.draw() == pytest.approx(0.75, abs=1 / 255)


def test_an_edit_that_cannot_be_read_is_said_and_the_last_good_one_stays(stage, cell, preset):
    cell.write_edit(str(preset), EDITED)
    stage.draw()
    serial = cell.write_edit(str(preset), EDITED.replace("light", "[[?"))
    assert stage.draw() == pytest.approx(0.5, abs=1 / 255)
    assert cell.look().edit == serial
    assert "bright.toml" in cell.look().errors[0]
    cell.write_edit(str(preset), EDITED)
    stage.draw()
    assert cell.look().errors == ()


def test_an_edit_outlives_the_stage(stage, cell, preset, *, renderer, screen, controls, health):
    cell.write_edit(str(preset), EDITED)
    with closing(OnAir(renderer, controls, health, NoTrial())) as on_air:
        on_air.open(Opening(Chosen.of_preset(str(preset))))
        assert Stage(cell, on_air, renderer, screen).draw() == pytest.approx(0.5, abs=1 / 255)


def test_saving_what_was_edited_changes_nothing_but_where_it_stands(stage, cell, preset):
    cell.write_edit(str(preset), EDITED)
    stage.draw()
    preset.write_text(EDITED)
    os.utime(preset, (1, 1))
    assert stage.draw(LOOK_S) == pytest.approx(0.5, abs=1 / 255)
    cell.end_edit()
    assert stage.draw(2 * LOOK_S) == pytest.approx(0.5, abs=1 / 255)
    assert cell.look().edit == 0
