"""Looks as the controls ask for them, as they are edited and as their files change, without a window."""

import os
import time
from contextlib import closing
from dataclasses import replace
from typing import ClassVar

import pytest
from frail_trial import frail_life
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.preset.library import DEFAULT_PRESET, load_preset, scene_paths
from stemlight.preset.preset import Effect, Layer, Preset
from stemlight.stage.keyboard import press
from stemlight.stage.moment import Moment
from stemlight.stage.on_air import LOOK_S, PROVEN_DRAWS, OnAir, stepped
from stemlight.stage.opening import Chosen, Opening, first_light, opening
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.trial import IMPATIENCE_S, PATIENCE_S, NoTrial, Trial

RED = "void main() { gl_FragColor = vec4(1.0, 0.0, 0.0, 1.0); }"
GREEN = RED.replace("1.0, 0.0", "0.0, 1.0")
LIT = "void main() { gl_FragColor = vec4(light, 0.0, 0.0, 1.0); }"
LIGHT = {"NAME": "light", "TYPE": "float", "DEFAULT": 0.25}
PRESET = 'version = 2\n[[layers]]\nscene = "lit.fs"\n[layers.inputs]\nlight = 0.75\n'


@pytest.fixture
def controls():
    """With cuts at once, where a test wants nothing else."""
    name = segment_name("test-controls")
    with closing(ControlBus.create(name)), closing(ControlBus.attach(name, "keyboard")) as bus:
        bus.set("stage.transition_beats", 0.0)
        bus.set("stage.transition_at", "now")
        yield bus


@pytest.fixture
def health():
    with closing(Health.create(segment_name("test-health"))) as health:
        yield health.part("stage")


@pytest.fixture
def on_air(renderer, controls, health, trial_kind):
    with closing(OnAir(renderer, controls, health, trial_kind())) as on_air:
        yield on_air


@pytest.fixture
def trial_kind():
    """How shaders are tried before they are loaded."""
    return NoTrial


@pytest.fixture
def lit_preset(write_isf, tmp_path):
    """The file of a preset that is red at 0.75."""
    write_isf(LIT, "lit.fs", INPUTS=[LIGHT])
    file = tmp_path / "bright.toml"
    file.write_text(PRESET)
    return file


def open_with(on_air, path):
    """The show begins with a scene, which is ready."""
    on_air.open(Opening(Chosen.of_scene(str(path))))
    settle(on_air)


def settle(on_air, now_s=0.0):
    """Draws until what was asked for is put on: a program a draw."""
    assert any(on_air.update(now_s) for _ in range(40))


def wait(on_air, now_s=0.0):
    """Draws long enough for anything to be put on; whether something was."""
    return any([on_air.update(now_s) for _ in range(40)])


def edit(path, text, mtime_s):
    """Writes, with a time of its own: two writes in one tick of the file system would look like one."""
    path.write_text(text)
    os.utime(path, (mtime_s, mtime_s))


# What is asked for


def test_a_scene_is_put_on_air_by_the_control(on_air, controls, health, drawn, write_isf):
    red, green = write_isf(RED, "red.fs"), write_isf(GREEN, "green.fs")
    open_with(on_air, red)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    assert not wait(on_air, 0.0)
    controls.set("stage.scene", str(green))
    settle(on_air, 0.1)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    assert not wait(on_air, 0.2)
    assert health.words("scene") == "green"
    assert health.words("on_air") == str(green)


def test_a_name_that_means_nothing_is_said_and_nothing_happens(on_air, controls, health, drawn, write_isf):
    open_with(on_air, write_isf(RED))
    controls.set("stage.scene", "nowhere")
    assert not wait(on_air, 0.1)
    assert "nowhere" in health.words("error")
    assert drawn()[0, 0, 0] == 1.0
    assert not wait(on_air, 0.2)
    assert health.get("shader_errors") == 1


def test_next_and_previous_go_round(on_air, controls, monkeypatch, write_isf):
    paths = [write_isf(RED, f"{name}.fs") for name in "abc"]
    monkeypatch.setattr("stemlight.stage.on_air.scene_paths", lambda: paths)
    monkeypatch.setattr("stemlight.stage.opening.scene_paths", lambda: paths)
    monkeypatch.setattr("stemlight.preset.library.scene_paths", lambda: paths)
    open_with(on_air, paths[0])
    visited = []
    for key in ("period", "period", "period", "comma", "comma"):
        assert not press(key, controls)
        settle(on_air, 0.1)
        visited.append(controls.get("stage.scene"))
    assert visited == ["b", "c", "a", "c", "b"]


@pytest.mark.parametrize(
    ("here", "steps", "there"), [("B", 1, "c"), ("a", -1, "c"), ("x", 1, "a"), ("x", -1, "c")]
)
def test_a_step_from_outside_goes_to_an_end(here, steps, there):
    assert stepped(["a", "b", "c"], here, steps) == there
    assert stepped([], here, steps) == here


def test_a_preset_is_put_on_air_with_its_inputs(on_air, controls, health, drawn, *, write_isf, lit_preset):
    red = write_isf(RED, "red.fs")
    open_with(on_air, red)
    controls.set("stage.preset", str(lit_preset))
    settle(on_air, 0.0)
    assert drawn()[0, 0, 0] == pytest.approx(0.75, abs=1 / 255)
    assert controls.get("stage.scene") == str(lit_preset.parent / "lit.fs")
    assert not wait(on_air, 0.1)
    assert health.words("on_air") == str(lit_preset)
    controls.set("stage.scene", str(red))  # a scene is no preset's any more
    settle(on_air, 0.2)
    assert controls.get("stage.preset") == ""
    controls.set("stage.preset", str(lit_preset))
    settle(on_air, 0.3)


def test_a_preset_that_is_none_leaves_the_picture_and_is_said(on_air, controls, health, drawn, write_isf):
    open_with(on_air, write_isf(RED, "red.fs"))
    controls.set("stage.preset", "no such preset")
    assert not wait(on_air, 0.0)
    assert "no such preset" in health.words("error")
    assert drawn()[0, 0, 0] == 1.0


def test_keys_choose_presets_of_the_playlist(controls):
    controls.set("autopilot.playlist", "tide, ember")
    press("2", controls)
    assert controls.get("stage.preset") == "ember"
    press("9", controls)  # there is none
    assert controls.get("stage.preset") == "ember"


def test_keys_are_a_door_to_the_controls(controls):
    assert not press("b", controls) and controls.get("stage.blackout") is True
    assert not press("b", controls) and controls.get("stage.blackout") is False
    for key, name in (("p", "stage.freeze"), ("h", "stage.help"), ("f", "stage.fullscreen")):
        assert not press(key, controls) and controls.get(name) is True
    names = ("beat.tap", "beat.resync", "beat.double", "beat.halve", "stage.next_preset")
    before = [controls.get(name) for name in names]
    for key in ("space", "r", "d", "s", "right"):
        press(key, controls)
    after = [controls.get(name) for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 1, 1]
    press("down", controls)
    assert controls.get("stage.brightness") == pytest.approx(0.95)
    press("up", controls)
    press("up", controls)
    assert controls.get("stage.brightness") == 1.0
    assert not press("escape", controls)
    assert controls.get("stage.fullscreen") is False
    assert press("escape", controls)


# How it comes


def test_looks_change_by_the_chosen_transition_on_the_bar_line(
    on_air, controls, health, *, renderer, screen, write_isf
):
    red, green = write_isf(RED, "red.fs"), write_isf(GREEN, "green.fs")
    open_with(on_air, red)
    controls.set("stage.transition_beats", 2.0)
    controls.set("stage.transition_at", "bar")
    index = 0

    def shown(time_s):  # at 120 bpm, beat 0 at time 0
        nonlocal index
        index += 1
        wait(on_air, time_s)
        renderer.draw([], Moment(time_s, 0.02, index), screen.framebuffer)
        return screen.read_rgba()[18, 32, :2] / 255.0

    shown(0.5)
    shown(0.6)
    assert health.words("on_air") == str(red)
    controls.set("stage.scene", str(green))
    assert shown(1.5).tolist() == [1.0, 0.0]
    assert shown(1.6).tolist() == [1.0, 0.0]
    assert (health.words("on_air"), health.words("coming")) == (str(red), str(green))
    shown(1.99)
    for time_s in (2.25, 2.75):
        before, after = shown(time_s - 0.1)[1], shown(time_s)[1]
        assert 0.0 < before < after < 1.0
    assert shown(3.0).tolist() == [0.0, 1.0]
    shown(3.1)
    assert (health.words("on_air"), health.words("coming")) == (str(green), "")


def test_a_transition_that_is_none_is_said_and_a_crossfade(on_air, controls, health, drawn, write_isf):
    open_with(on_air, write_isf(RED, "red.fs"))
    drawn()
    controls.set("stage.transition", "no such thing")
    controls.set("stage.transition_beats", 4.0)
    controls.set("stage.scene", str(write_isf(GREEN, "green.fs")))
    settle(on_air)
    assert "no such thing" in health.words("error")
    drawn(1, first=0)
    assert drawn(1, first=60)[0, 0, :2] == pytest.approx([0.5, 0.5], abs=1 / 255)


def test_wishes_wait_for_the_change_under_way_and_the_last_one_wins(
    on_air, controls, drawn, renderer, write_isf
):
    paths = {name: str(write_isf(RED, f"{name}.fs")) for name in "abcd"}
    open_with(on_air, paths["a"])
    drawn()
    controls.set("stage.transition_beats", 4.0)
    controls.set("stage.transition_at", "beat")
    controls.set("stage.scene", paths["b"])
    settle(on_air)
    drawn(1, first=1)
    drawn(1, first=60)
    assert renderer.is_changing
    for name in "cd":
        controls.set("stage.scene", paths[name])
        assert not wait(on_air, 0.1)
    drawn(1, first=200)
    assert renderer.look.preset.name == "b"
    settle(on_air, 0.2)
    assert renderer.coming.preset.name == "d"


def test_now_cuts_the_change_under_way_short(on_air, controls, drawn, renderer, write_isf):
    paths = {name: str(write_isf(RED, f"{name}.fs")) for name in "abc"}
    open_with(on_air, paths["a"])
    drawn()
    controls.set("stage.transition_beats", 64.0)
    for name in "bc":
        controls.set("stage.scene", paths[name])
        settle(on_air)
        drawn()
    assert (renderer.look.preset.name, renderer.coming.preset.name) == ("b", "c")


# What files say


def test_an_edit_is_seen_and_a_broken_one_leaves_the_picture(on_air, health, drawn, write_isf):
    path = write_isf(RED)
    good = path.read_text()
    open_with(on_air, path)
    drawn()
    edit(path, good.replace(RED, GREEN), 1_000_000)
    wait(on_air, LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    edit(path, good.replace("vec4", "vec5"), 1_000_001)
    wait(on_air, 2 * LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    assert f"{path}:2: " in health.words("error")
    assert health.get("shader_errors") == 1
    wait(on_air, 3 * LOOK_S)
    assert health.get("shader_errors") == 1  # said once, not at every look
    edit(path, good, 1_000_002)
    wait(on_air, 4 * LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    assert health.words("error") == ""


def test_an_edit_of_what_it_includes_is_seen(on_air, drawn, write_isf, tmp_path):
    part = tmp_path / "part.glsl"
    edit(part, "#define LEVEL 1.0\n", 1_000_000)
    open_with(on_air, write_isf('#include "part.glsl"\nvoid main() { gl_FragColor = vec4(LEVEL); }'))
    assert drawn()[0, 0, 0] == 1.0
    edit(part, "#define LEVEL 0.0\n", 1_000_001)
    wait(on_air, LOOK_S)
    assert drawn()[0, 0, 0] == 0.0


def test_inputs_of_the_preset_outlive_an_edit_of_its_scene(on_air, controls, drawn, write_isf, lit_preset):
    open_with(on_air, write_isf(RED, "red.fs"))
    controls.set("stage.preset", str(lit_preset))
    wait(on_air, 0.0)
    drawn()
    scene = lit_preset.parent / "lit.fs"
    edit(scene, scene.read_text().replace("0.0, 0.0", "1.0, 0.0"), 1_000_000)
    wait(on_air, LOOK_S)
    assert drawn()[0, 0, :2] == pytest.approx([0.75, 1.0], abs=1 / 255)


def test_a_preset_that_is_saved_is_seen_and_a_broken_one_said(on_air, controls, health, drawn, lit_preset):
    open_with(on_air, lit_preset.parent / "lit.fs")
    controls.set("stage.preset", str(lit_preset))
    wait(on_air, 0.0)
    drawn()
    edit(lit_preset, PRESET.replace("0.75", "0.5"), 1_000_000)
    wait(on_air, LOOK_S)
    assert drawn()[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)
    edit(lit_preset, PRESET.replace("light", "?"), 1_000_001)
    wait(on_air, 2 * LOOK_S)
    assert "bright.toml" in health.words("error")
    assert drawn()[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)


def test_a_broken_scene_comes_once_it_is_mended(on_air, controls, health, drawn, write_isf):
    open_with(on_air, write_isf(RED, "red.fs"))
    broken = write_isf(GREEN.replace("vec4", "vec5"), "green.fs")
    controls.set("stage.scene", str(broken))
    assert not wait(on_air, 0.1)
    assert "green.fs:2" in health.words("error")
    assert drawn()[0, 0, 0] == 1.0
    edit(broken, broken.read_text().replace("vec5", "vec4"), 1_000_000)
    wait(on_air, LOOK_S)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]


# The panel


def test_an_edit_of_values_is_seen_at_the_next_draw_without_a_trial(
    on_air, controls, drawn, renderer, lit_preset
):
    open_with(on_air, lit_preset.parent / "lit.fs")
    controls.set("stage.preset", str(lit_preset))
    wait(on_air, 0.0)
    drawn()
    preset = load_preset(str(lit_preset))
    scene = renderer.scene
    (layer,) = preset.layers
    on_air.edit(replace(preset, layers=(replace(layer, inputs={"light": 0.5}),)))
    assert drawn()[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)
    assert renderer.scene is scene
    wait(on_air, LOOK_S)  # and the file, which says something else, did not change
    assert drawn()[0, 0, 0] == pytest.approx(0.5, abs=1 / 255)


def test_an_edit_of_shaders_comes_when_they_are_ready(on_air, drawn, write_isf):
    path = write_isf(GREEN)
    open_with(on_air, path)
    drawn()
    invert = "void main() { gl_FragColor = 1.0 - IMG_THIS_PIXEL(inputImage); }"
    image = {"NAME": "inputImage", "TYPE": "image"}
    effect = Effect(str(write_isf(invert, "invert.fs", INPUTS=[image])))
    preset = Chosen.of_scene(str(path)).preset
    on_air.edit(replace(preset, filters=(effect,)))
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    wait(on_air, 0.1)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]


def test_a_slider_that_is_dragged_does_not_hold_up_what_loads(on_air, drawn, write_isf):
    path = write_isf(LIT, INPUTS=[LIGHT])
    open_with(on_air, path)
    drawn()
    other = Layer(str(write_isf(GREEN, "green.fs")), blend="add")
    for index in range(20):
        lit = Layer(str(path), inputs={"light": index / 19})
        on_air.edit(Preset("dragged", (lit, other)))
        on_air.update(0.1)
    assert drawn()[0, 0, :2].tolist() == [1.0, 1.0]


def test_an_edit_of_what_is_coming_comes(on_air, controls, drawn, write_isf, lit_preset):
    open_with(on_air, write_isf(GREEN))
    controls.set("stage.transition_at", "bar")
    drawn(1, first=1)
    controls.set("stage.preset", str(lit_preset))
    wait(on_air, 0.0)
    preset = load_preset(str(lit_preset))
    on_air.edit(replace(preset, layers=(replace(preset.layers[0], inputs={"light": 1.0}),)))
    assert drawn(1, first=2)[0, 0, :2].tolist() == [0.0, 1.0]
    assert drawn(1, first=121)[0, 0, :2].tolist() == [1.0, 0.0]


# Trials


class SlowTrial:
    """Ends when the test says so."""

    left_out: ClassVar[dict | None] = None
    asked: ClassVar[list] = []

    def begin(self, paths, now_s):
        SlowTrial.asked.append([path.name for path in paths])
        SlowTrial.left_out = None

    def verdict(self, now_s):
        return SlowTrial.left_out

    def end(self):
        pass


@pytest.mark.parametrize("trial_kind", [SlowTrial])
def test_a_look_waits_for_its_trial_and_the_last_wish_wins(on_air, controls, health, drawn, write_isf):
    SlowTrial.asked.clear()
    red, green, deadly = (
        write_isf(RED if n == "red" else GREEN, f"{n}.fs") for n in ("red", "green", "deadly")
    )
    on_air.open(Opening(Chosen.of_scene(str(red))))
    assert not wait(on_air, 0.0)
    assert drawn()[..., :3].max() < 0.5  # something calm
    SlowTrial.left_out = {}
    settle(on_air, 0.1)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    for path in (deadly, green):
        controls.set("stage.scene", str(path))
        assert not wait(on_air, 0.2)
    assert health.words("coming") == str(green)
    assert drawn()[0, 0, :2].tolist() == [1.0, 0.0]
    SlowTrial.left_out = {}
    settle(on_air, 0.3)
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    controls.set("stage.scene", str(deadly))
    wait(on_air, 0.4)
    SlowTrial.left_out = {deadly: "deadly.fs is left out"}
    assert not wait(on_air, 0.5)
    assert "deadly.fs is left out" in health.words("error")
    assert drawn()[0, 0, :2].tolist() == [0.0, 1.0]
    assert SlowTrial.asked == [["red.fs"], ["deadly.fs"], ["green.fs"], ["deadly.fs"]]


@pytest.mark.parametrize("trial_kind", [SlowTrial])
def test_at_most_one_program_is_loaded_a_draw(on_air, controls, renderer, write_isf, tmp_path):
    names = [f"{name}.fs" for name in "abcd"]
    for name in names:
        write_isf(RED, name)
    preset = tmp_path / "four.toml"
    preset.write_text("version = 2\n" + "".join(f'[[layers]]\nscene = "{name}"\n' for name in names))
    on_air.open(Opening(Chosen.of_scene(str(tmp_path / "a.fs"))))
    SlowTrial.left_out = {}
    wait(on_air, 0.0)
    SlowTrial.left_out = {}
    wait(on_air, 0.0)
    controls.set("stage.preset", str(preset))

    def programs():
        return sum(len(entry.passes.by_index) for entry in renderer.shelf._entries.values() if entry.passes)

    wait(on_air, 0.1)
    before = programs()
    SlowTrial.left_out = {}
    n_draws, done = 0, False
    while not done:
        n_before = programs()
        done = on_air.update(0.2)
        n_draws += 1
        assert programs() - n_before <= 1
    assert programs() == before + 3  # the first was on the shelf
    assert n_draws >= 3 * 3  # each is compiled, drawn, and drawn again


def verdict_of(trial, now_s=0.0):
    while (verdict := trial.verdict(now_s)) is None:
        time.sleep(0.01)
    return verdict


@pytest.fixture
def trial():
    with closing(_Ended(Trial())) as ended:
        yield ended.trial


class _Ended:
    """Ends a trial when closed."""

    def __init__(self, trial):
        self.trial = trial

    def close(self):
        self.trial.end()


def test_a_trial_draws_in_a_process_of_its_own_that_goes_on(trial, write_isf):
    trial.begin([write_isf(RED), write_isf("oops", "oops.fs")], 0.0)
    assert verdict_of(trial) == {}  # what has mere errors may load, to say them
    process = trial._process.pid
    trial.begin([write_isf(GREEN, "green.fs")], 0.0)
    assert verdict_of(trial) == {}
    assert trial._process.pid == process
    assert trial.verdict(0.0) is None  # a verdict is given once


@pytest.fixture
def frail_trial():
    with closing(_Ended(Trial(frail_life))) as ended:
        yield ended.trial


def test_a_shader_that_kills_or_hangs_is_left_out_and_the_others_are_tried(frail_trial, tmp_path):
    deadly, endless, good = (tmp_path / f"{name}.fs" for name in ("deadly", "endless", "good"))
    frail_trial.begin([deadly, endless, good], 0.0)
    while frail_trial._trying != endless:
        assert frail_trial.verdict(0.0) is None
        time.sleep(0.01)
    assert frail_trial.verdict(PATIENCE_S / 2) is None
    left_out = verdict_of(frail_trial, PATIENCE_S)
    assert set(left_out) == {deadly, endless}
    assert "deadly.fs brings the graphics driver down (exit code 3)" in left_out[deadly]
    assert "endless.fs took more than" in left_out[endless]


def test_what_nobody_wants_any_more_is_not_waited_for(frail_trial, tmp_path):
    endless, good = tmp_path / "endless.fs", tmp_path / "good.fs"
    frail_trial.begin([endless], 0.0)
    frail_trial.begin([good], 0.1)
    assert frail_trial.verdict(0.2) is None
    assert verdict_of(frail_trial, IMPATIENCE_S + 0.1) == {}


# The beginning of a show


def test_a_stage_that_comes_back_shows_what_was_on_air(controls, health, write_isf):
    controls.set("stage.preset", "crypt")
    chosen = opening("aurora", controls, health).chosen
    assert (chosen.name, chosen.preset.name) == ("crypt", "Crypt")
    controls.set("stage.preset", "")
    scene = str(write_isf(RED))
    controls.set("stage.scene", scene)
    assert opening(None, controls, health).chosen.name == scene


def test_without_a_wish_it_is_the_preset_asked_for_or_the_default(controls, health):
    assert opening(None, controls, health).chosen.name == DEFAULT_PRESET
    assert opening("aurora", controls, health).chosen.name == "aurora"
    with pytest.raises(UserError, match="zzz"):
        opening("zzz", controls, health)


def test_a_show_may_begin_with_a_shader_of_ones_own(controls, health, tmp_path):
    toy = tmp_path / "toy.glsl"
    toy.write_text("void mainImage(out vec4 o, vec2 p) { o = vec4(1.0); }")
    chosen = opening(str(toy), controls, health).chosen
    assert (chosen.preset_name, chosen.scene_name) == ("", str(toy))


def test_a_shader_that_brought_the_stage_down_is_left_out(on_air, controls, health, renderer):
    scene = next(path for path in scene_paths() if path.stem == "aurora")
    controls.set("stage.scene", "aurora")
    health.say("loading", str(scene))
    on_air.open(opening(None, controls, health))
    for draw in range(10):
        wait(on_air, 0.1 * draw)
    assert health.words("loading") in ("", controls.get("stage.preset"))
    assert "aurora.fs brought the stage down" in health.words("error")
    assert controls.get("stage.preset") == DEFAULT_PRESET
    assert renderer.scene.program.path != scene


def test_a_look_that_brought_the_stage_down_is_left_out(controls, health):
    controls.set("stage.preset", "crypt")
    health.say("loading", "crypt")
    assert opening(None, controls, health).chosen.name == DEFAULT_PRESET
    health.say("loading", DEFAULT_PRESET)
    controls.set("stage.preset", DEFAULT_PRESET)
    assert opening(None, controls, health).chosen.name not in ("", DEFAULT_PRESET)


def test_what_is_drawn_first_may_bring_the_stage_down_for_a_while(on_air, health, drawn, write_isf):
    path = write_isf(RED)
    open_with(on_air, path)
    for index in range(PROVEN_DRAWS - 2):
        drawn(1, first=index)
        on_air.update(0.1)
        assert health.words("loading") == str(path)
    for index in range(3):
        drawn(1, first=index)
        on_air.update(0.1)
    assert health.words("loading") == ""


# The autopilot


def test_the_autopilot_brings_presets_on_bar_lines_made_ready_before(
    on_air, controls, health, *, renderer, screen, monkeypatch, tmp_path, write_isf
):
    write_isf(LIT, "lit.fs", INPUTS=[LIGHT])
    files = [tmp_path / f"{name}.toml" for name in ("one", "two")]
    for file in files:
        file.write_text(PRESET)
    monkeypatch.setattr("stemlight.stage.on_air.preset_paths", lambda: files)
    monkeypatch.setattr("stemlight.preset.library.preset_paths", lambda: files)
    open_with(on_air, tmp_path / "lit.fs")
    controls.set("autopilot.on", True)
    controls.set("autopilot.bars", 1)
    controls.set("stage.preset", "one")
    changes = []
    for index in range(0, 700):
        frames = rehearsal_frames(index, index + 1)
        moment = Moment(frames[-1].time_s, 0.0116, index)
        before = controls.get("stage.preset")
        on_air.update(moment.time_s, frames[-1], moment)
        if controls.get("stage.preset") != before:
            changes.append((frames[-1].beat, controls.get("stage.preset")))
        renderer.draw(frames, moment, screen.framebuffer)
    assert len(changes) >= 2
    for beat, _ in changes:
        assert beat % 4.0 < 0.05
    assert [name for _, name in changes][:2] == ["two", "one"]
    controls.set("autopilot.on", False)
    assert health.get("shader_errors") == 0


def test_first_light_is_calm_and_not_black(renderer, drawn):
    renderer.load(first_light())
    for first in (120, 600):
        picture = drawn(1, first=first)[..., :3]
        assert 0.01 < picture.max() < 0.3
