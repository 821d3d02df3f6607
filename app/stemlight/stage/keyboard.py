"""What the keys of the stage's window do: they set and fire controls, as every other door does."""

from __future__ import annotations

from stemlight.bus.controls import ControlBus
from stemlight.preset.library import preset_paths
from stemlight.stage.autopilot import listed

BRIGHTNESS_STEP = 0.05

HELP = (
    "F            fill the monitor      ESC      leave it, then end",
    "LEFT  RIGHT  presets               UP DOWN  brightness",
    "COMMA PERIOD scenes                1 ... 0  presets, or the playlist's",
    "A            autopilot             T        next transition",
    "B            blackout              P        hold the picture",
    "SPACE        tap the beat          R        the one is now",
    "D            tempo x2              S        tempo /2",
    "X            shift half a beat     Y        whose beat is followed",
    "K            lock the tempo        L        lead Ableton Link",
    "C            the control panel     H        this help",
)

_TRIGGERS = {
    "right": "stage.next_preset",
    "left": "stage.previous_preset",
    "period": "stage.next_scene",
    "comma": "stage.previous_scene",
    "t": "stage.next_transition",
    "space": "beat.tap",
    "r": "beat.resync",
    "d": "beat.double",
    "s": "beat.halve",
    "x": "beat.half_shift",
    "y": "sync.next_source",
    "c": "panel.open",
}
_SWITCHES = {
    "f": "stage.fullscreen",
    "b": "stage.blackout",
    "p": "stage.freeze",
    "h": "stage.help",
    "k": "beat.lock",
    "l": "sync.lead",
    "a": "autopilot.on",
}
PRESET_KEYS = tuple("1234567890")
_STEPS = {"up": BRIGHTNESS_STEP, "down": -BRIGHTNESS_STEP}


def press(key: str, controls: ControlBus) -> bool:
    """Does what `key` stands for; True if it ends the show."""
    if key in _TRIGGERS:
        controls.fire(_TRIGGERS[key])
    elif key in _SWITCHES:
        controls.set(_SWITCHES[key], not controls.get(_SWITCHES[key]))
    elif key in _STEPS:
        controls.set("stage.brightness", float(controls.get("stage.brightness")) + _STEPS[key])
    elif key in PRESET_KEYS:
        _choose(PRESET_KEYS.index(key), controls)
    elif key == "escape":
        if not controls.get("stage.fullscreen"):
            return True
        controls.set("stage.fullscreen", False)
    return False


def _choose(place: int, controls: ControlBus) -> None:
    """The preset at `place`, from 0, of the playlist; of all presets if there is none."""
    playlist = str(controls.get("autopilot.playlist")).split(",")
    names = listed([name.strip() for name in playlist], [path.stem for path in preset_paths()])
    if place < len(names):
        controls.set("stage.preset", names[place])
