from pathlib import Path

import pytest
from stemlight.bus.controls import CONTROLS, SYNC_SOURCES, ControlBus
from stemlight.bus.segment import segment_name
from stemlight.stage import keyboard
from stemlight.stage.keyboard import HELP, press


@pytest.fixture
def controls():
    controls = ControlBus.create(segment_name("kc"))
    yield controls
    controls.close()


@pytest.mark.parametrize("key", [*keyboard._TRIGGERS, *keyboard._SWITCHES, *keyboard._STEPS])
def test_every_key_is_in_the_help(key):
    shown = " ".join(HELP).split()
    assert key.upper() in shown


def test_every_key_moves_a_control_of_its_kind(controls):
    kinds = {row.name: row.kind for row in CONTROLS}
    assert {kinds[name] for name in keyboard._TRIGGERS.values()} == {"trigger"}
    assert {kinds[name] for name in keyboard._SWITCHES.values()} == {"bool"}


def test_keys_choose_whose_beat_is_followed_and_who_leads(controls):
    assert not press("y", controls)
    assert controls.fires("sync.next_source") == 1
    press("l", controls)
    assert controls.get("sync.lead") is True
    press("l", controls)
    assert controls.get("sync.lead") is False
    assert controls.get("sync.source") == SYNC_SOURCES[0]


def test_escape_leaves_the_monitor_first_and_then_ends_the_show(controls):
    controls.set("stage.fullscreen", True)
    assert not press("escape", controls)
    assert press("escape", controls)


def test_the_number_keys_choose_the_first_ten_presets(controls, monkeypatch):
    names = [f"look_{n}" for n in range(12)]
    monkeypatch.setattr(keyboard, "preset_paths", lambda: [Path(f"{name}.toml") for name in names])
    chosen = []
    for key in "1234567890":
        press(key, controls)
        chosen.append(controls.get("stage.preset"))
    assert chosen == names[:10]
