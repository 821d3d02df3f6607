"""Scenes as the controls ask for them and as their files change, on a screen without a window."""

import os
from contextlib import closing
from typing import ClassVar

import pytest
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.preset.library import scene_paths
from stemlight.stage.keyboard import press
from stemlight.stage.on_air import LOOK_S, OnAir
from stemlight.stage.opening import opening
from stemlight.stage.trial import PATIENCE_S, NoTrial, Trial, Verdict

RED = "void main() { gl_FragColor = vec4(1.0, 0.0, 0.0, 1.0); }"
GREEN = RED.replace("1.0, 0.0", "0.0, 1.0")


@pytest.fixture
def controls():
    name = segment_name("test-controls")
    with closing(ControlBus.create(name)), closing(ControlBus.attach(name, "keyboard")) as bus:
        yield bus


@pytest.fixture
def health():
    with closing(Health.create(segment_name("test-health"))) as health:
        yield health.part("stage")


@pytest.fixture
def on_air(renderer, controls, health, trial_kind):
    return OnAir(renderer, controls, health, trial=trial_kind)


@pytest.fixture
def trial_kind():
    """How scenes are tried before they are loaded."""
    return NoTrial


def edit(path, text, mtime_s):
    """Writes, with a time of its own: two writes in one tick of the file system would look like one."""
    path.write_text(text)
    os.utime(path, (mtime_s, mtime_s))


def test_a_scene_is_put_on_air_by_the_control(on_air, controls, health, drawn, write_isf):
    red, green = write_isf(RED, "red.fs"), write_isf(GREEN, "green.fs")
    on_air.open(red, {})
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    assert not on_air.update(0.0)
    controls.set("stage.scene", str(green))
    assert on_air.update(0.1)
    assert not on_air.update(0.2)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    assert health.words("scene") == "green"


def test_an_edit_is_seen_and_a_broken_one_leaves_the_picture(on_air, health, drawn, write_isf):
    path = write_isf(RED)
    good = path.read_text()
    on_air.open(path, {})
    edit(path, good.replace(RED, GREEN), 1_000_000)
    on_air.update(LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    edit(path, good.replace("vec4", "vec5"), 1_000_001)
    on_air.update(2 * LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    assert f"{path}:2: " in health.words("error")
    assert health.get("shader_errors") == 1
    on_air.update(3 * LOOK_S)
    assert health.get("shader_errors") == 1  # said once, not at every look
    edit(path, good, 1_000_002)
    on_air.update(4 * LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    assert health.words("error") == ""


def test_an_edit_of_what_it_includes_is_seen(on_air, drawn, write_isf, tmp_path):
    part = tmp_path / "part.glsl"
    edit(part, "#define LEVEL 1.0\n", 1_000_000)
    on_air.open(write_isf('#include "part.glsl"\nvoid main() { gl_FragColor = vec4(LEVEL); }'), {})
    assert drawn()[0, 0, 0] == 1.0
    edit(part, "#define LEVEL 0.0\n", 1_000_001)
    on_air.update(LOOK_S)
    assert drawn()[0, 0, 0] == 0.0


def test_inputs_of_the_preset_outlive_an_edit(on_air, drawn, write_isf):
    body = "void main() { gl_FragColor = vec4(gain); }"
    path = write_isf(body, INPUTS=[{"NAME": "gain", "TYPE": "float", "DEFAULT": 0.0}])
    on_air.open(path, {"gain": 1.0})
    assert drawn()[0, 0, 0] == 1.0
    edit(path, path.read_text() + "\n", 1_000_000)
    on_air.update(LOOK_S)
    assert drawn()[0, 0, 0] == 1.0


def test_a_name_that_means_nothing_is_said_and_nothing_happens(on_air, controls, health, drawn, write_isf):
    on_air.open(write_isf(RED), {})
    controls.set("stage.scene", "nowhere")
    assert not on_air.update(0.1)
    assert "nowhere" in health.words("error")
    assert drawn()[0, 0, 0] == 1.0


def test_next_and_previous_go_round(on_air, controls, monkeypatch, write_isf, tmp_path):
    paths = [write_isf(RED, f"{name}.fs") for name in "abc"]
    monkeypatch.setattr("stemlight.stage.on_air.scene_paths", lambda: paths)
    monkeypatch.setattr("stemlight.preset.library.scene_paths", lambda: paths)
    on_air.open(paths[0], {})
    assert controls.get("stage.scene") == "a"
    visited = []
    for key in ("right", "right", "right", "left", "left"):
        assert not press(key, controls)
        assert on_air.update(0.1)
        visited.append(controls.get("stage.scene"))
    assert visited == ["b", "c", "a", "c", "b"]
    on_air.open(write_isf(RED, "stranger.fs"), {})
    press("right", controls)
    on_air.update(0.2)
    assert controls.get("stage.scene") == "a"


def test_keys_are_a_door_to_the_controls(controls):
    assert not press("b", controls) and controls.get("stage.blackout") is True
    assert not press("b", controls) and controls.get("stage.blackout") is False
    for key, name in (("p", "stage.freeze"), ("h", "stage.help"), ("f", "stage.fullscreen")):
        assert not press(key, controls) and controls.get(name) is True
    before = [controls.get(name) for name in ("beat.tap", "beat.resync", "beat.double", "beat.halve")]
    for key in ("space", "r", "d", "s"):
        press(key, controls)
    after = [controls.get(name) for name in ("beat.tap", "beat.resync", "beat.double", "beat.halve")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 1]
    press("down", controls)
    press("down", controls)
    press("up", controls)
    assert controls.get("stage.brightness") == pytest.approx(0.95)
    assert not press("q", controls)


def test_escape_leaves_the_full_screen_first(controls):
    controls.set("stage.fullscreen", True)
    assert not press("escape", controls)
    assert controls.get("stage.fullscreen") is False
    assert press("escape", controls)


@pytest.fixture
def preset(tmp_path, write_isf):
    write_isf(RED, "opening.fs", INPUTS=[{"NAME": "gain", "TYPE": "float"}])
    path = tmp_path / "mine.toml"
    path.write_text('version = 1\nscene = "opening.fs"\n[inputs]\ngain = 0.5\n')
    return str(path)


def test_a_show_opens_with_its_preset(preset, controls, health):
    first = opening(preset, controls, health)
    assert (first.path.name, first.inputs) == ("opening.fs", {"gain": 0.5})
    with pytest.raises(UserError, match="no preset"):
        opening("nowhere", controls, health)


def test_a_stage_that_died_comes_back_with_what_was_on_air(preset, controls, health, write_isf):
    other = write_isf(GREEN, "other.fs")
    controls.set("stage.scene", str(other))
    first = opening(preset, controls, health)
    assert (first.path, first.inputs) == (other, {})
    other.unlink()
    assert opening(preset, controls, health).path.name == "opening.fs"


def test_a_scene_that_killed_the_stage_is_left_out_once(preset, controls, health, tmp_path):
    health.say("loading", str(tmp_path / "opening.fs"))
    first = opening(preset, controls, health)
    assert first.path in scene_paths()
    assert "brought the stage down" in health.words("error")
    assert opening(preset, controls, health).path.name == "opening.fs"


class LongTrial(NoTrial):
    """Lasts until it is told what to say."""

    begun: ClassVar[list[str]] = []
    ended: ClassVar[list[str]] = []
    says: ClassVar[Verdict | None] = None

    def __init__(self, path, now_s):
        self.name = path.name
        self.begun.append(path.name)

    def verdict(self, now_s):
        return self.says

    def end(self):
        self.ended.append(self.name)


@pytest.fixture
def long_trials(monkeypatch):
    for log in ("begun", "ended"):
        monkeypatch.setattr(LongTrial, log, [])
    monkeypatch.setattr(LongTrial, "says", None)


@pytest.mark.usefixtures("long_trials")
@pytest.mark.parametrize("trial_kind", [LongTrial])
def test_the_picture_goes_on_while_a_scene_is_tried(on_air, controls, health, drawn, write_isf):
    on_air.open(write_isf(RED, "red.fs"), {})
    for name in ("one.fs", "two.fs"):
        controls.set("stage.scene", str(write_isf(GREEN, name)))
        assert not on_air.update(0.0)
    assert not on_air.update(0.1)
    assert (LongTrial.begun, LongTrial.ended) == (["one.fs", "two.fs"], ["one.fs"])
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    LongTrial.says = Verdict(True)
    assert on_air.update(0.2)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    LongTrial.says = None
    controls.set("stage.scene", str(write_isf(RED, "deadly.fs")))
    on_air.update(0.25)
    LongTrial.says = Verdict(False, "deadly.fs is left out")
    assert not on_air.update(0.3)
    assert health.words("error") == "deadly.fs is left out"
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]


def verdict_of(trial):
    while (verdict := trial.verdict(0.0)) is None:
        trial._process.join(0.1)
    return verdict


def test_a_trial_draws_in_a_process_of_its_own(write_isf):
    assert verdict_of(Trial(write_isf(RED), 0.0)).may_load
    assert verdict_of(Trial(write_isf("oops"), 0.0)).may_load  # to be told its errors


def test_a_trial_that_does_not_end_or_dies_lets_nothing_through(write_isf):
    endless = Trial(write_isf(RED, "endless.fs"), 0.0)
    verdict = endless.verdict(PATIENCE_S)
    assert not verdict.may_load
    assert "endless.fs took more than" in verdict.reason
    deadly = Trial(write_isf(RED, "deadly.fs"), 0.0)
    deadly._process.kill()
    verdict = verdict_of(deadly)
    assert not verdict.may_load
    assert "deadly.fs brings the graphics driver down" in verdict.reason


def test_a_preset_is_put_on_air_with_its_inputs_by_the_control(on_air, controls, drawn, write_isf, tmp_path):
    light = {"NAME": "light", "TYPE": "float", "DEFAULT": 0.25}
    scene = write_isf("void main() { gl_FragColor = vec4(light, 0.0, 0.0, 1.0); }", "lit.fs", INPUTS=[light])
    red = write_isf(RED, "red.fs")
    preset = tmp_path / "bright.toml"
    preset.write_text(f'version = 1\nscene = "{scene}"\n[inputs]\nlight = 0.75\n')
    on_air.open(red, {})
    controls.set("stage.preset", str(preset))
    assert on_air.update(0.0)
    assert drawn()[0, 0, 0] == pytest.approx(0.75, abs=1 / 255)
    assert controls.get("stage.scene") == str(scene)
    assert not on_air.update(0.1)
    controls.set("stage.scene", str(red))  # a scene is no preset's any more
    assert on_air.update(0.2)
    assert controls.get("stage.preset") == ""
    controls.set("stage.preset", str(preset))
    assert on_air.update(0.3)


def test_a_preset_that_is_none_leaves_the_picture_and_is_said(on_air, controls, health, write_isf):
    on_air.open(write_isf(RED, "red.fs"), {})
    controls.set("stage.preset", "no such preset")
    assert not on_air.update(0.0)
    assert "no such preset" in health.words("error")


def test_a_stage_that_comes_back_shows_the_preset_that_was_on_air(controls, health):
    controls.set("stage.preset", "crypt")
    first = opening("aurora", controls, health)
    assert (first.path.stem, first.preset) == ("nave", "crypt")
    assert first.inputs["speed"] == 0.4
