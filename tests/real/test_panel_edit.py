"""The editor of a real show: an input mapped by hand, saved; what is not saved outlives a killed panel."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from running_show import attached, running_show, until
from stemlight.bus.controls import ControlBus
from stemlight.bus.look_cell import LookCell
from stemlight.errors import UserError
from stemlight.preset.library import load_preset, preset_in, user_presets_dir

pytestmark = pytest.mark.real

PANEL_PX = (1280, 800)
ROW_X = 700  # on the slider of an input, in a panel that is as large as that
ROWS_Y = range(205, 520, 24)  # closer than rows are


@pytest.fixture
def large_display():
    """A screen that a whole panel fits on."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("needs Xvfb and xdotool")
    screen = f"{PANEL_PX[0]}x{PANEL_PX[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.kill()
    server.wait()


class Hand:
    """On the mouse and the keys."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display}

    def do(self, *command: object, check: bool = True) -> str:
        words = ["xdotool", *map(str, command)]
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=check)
        return done.stdout

    def take_panel(self) -> None:
        """As large as the screen, and in front."""
        search = ("search", "--onlyvisible", "--name", "control panel")
        window = until(lambda: self.do(*search, check=False).split(), "panel")[0]
        self.do("windowmove", window, 0, 0, "windowsize", window, *PANEL_PX, "windowraise", window)
        self.do("windowfocus", "--sync", window)


def test_a_mapping_made_by_hand_is_drawn_saved_and_outlives_a_killed_panel(
    large_display, tmp_path, monkeypatch
):
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("STEMLIGHT_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)  # tests of the panel alone set it
    hand = Hand(large_display)
    arguments = ("--input", "test", "--preset", "prism", "--size", "160x90")
    with running_show(*arguments, display=large_display, panel=True) as show:
        part = show.health.part("panel")
        until(lambda: part.get("ready"), "panel")
        name = f"stemlight-{show.process.pid}"
        cell = until(lambda: attached(LookCell, f"{name}-look"), "look cell")
        controls = until(lambda: attached(ControlBus, f"{name}-controls"), "controls")

        def edited():
            edit = cell.edit()
            return preset_in(edit.toml, user_presets_dir() / "prism.toml") if edit and edit.toml else None

        def is_drawn():
            look, edit = cell.look(), cell.edit()
            return look and edit and look.edit == edit.serial and not look.errors

        until(lambda: cell.look() and cell.look().shaders, "what can be edited", 60)
        hand.take_panel()
        hand.do("key", "F2")
        until(cell.is_listened_to, "page")
        # A right click, then the second source of the menu.
        for y, patience_s in ((y, seconds) for seconds in (0.3, 1.0, 2.0) for y in ROWS_Y):
            if y == ROWS_Y[0]:  # a loaded machine may have moved the window after us
                hand.take_panel()
                hand.do("key", "F2")
            hand.do("mousemove", ROW_X, y, "click", 3, "sleep", patience_s)
            hand.do("key", "Down", "key", "Down", "key", "Down", "key", "Return", "sleep", patience_s)
            if edited():
                break
            hand.do("key", "Escape")
        (mapping,) = until(edited, "mapping").layers[0].mappings
        assert mapping.source == "drums.hits"
        until(is_drawn, "edit on stage", 60)
        where = "opacity" if mapping.input == "opacity" else f"inputs.{mapping.input}"
        seen = set()
        until(lambda: seen.add(cell.live().get(f"layers[0].{where}")) or len(seen - {None}) > 3, "live value")

        hand.do("key", "ctrl+s")
        own = until(lambda: (user_presets_dir() / "prism.toml").exists() and load_preset("prism"), "file")
        assert own.layers[0].mappings == (mapping,)

        until(lambda: not cell.edit().toml, "the file counts again")
        hand.do("key", "ctrl+z")
        until(lambda: edited() and not edited().layers[0].mappings, "undone and not saved")
        before = show.kill("panel")
        until(lambda: part.get("pid") not in (0, before) and part.get("ready"), "panel again", 60)
        hand.take_panel()
        until(cell.is_listened_to, "page again")
        assert not edited().layers[0].mappings  # the show has it all the while
        until(is_drawn, "edit on stage still")
        # The panel has it too: saving writes the mapping away.
        saved = lambda: (hand.do("key", "ctrl+s", "sleep", 0.3), load_preset("prism"))[1]  # noqa: E731
        until(lambda: not saved().layers[0].mappings, "the panel's edit in the file")
        assert controls.get("stage.preset") == "prism"
        cell.close()
        controls.close()
        show.press_ctrl_c()
        show.wait()
    with pytest.raises(UserError):
        LookCell.attach(f"{name}-look")
