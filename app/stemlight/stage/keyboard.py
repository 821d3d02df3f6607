"""What the keys of the stage's window do: they set and fire controls, as every other door does."""

from __future__ import annotations

from stemlight.bus.controls import ControlBus

BRIGHTNESS_STEP = 0.05

HELP = (
    "F            fill the monitor      ESC      leave it, then end",
    "LEFT  RIGHT  scenes                UP DOWN  brightness",
    "B            blackout              P        hold the picture",
    "SPACE        tap the beat          R        the one is now",
    "D            tempo x2              S        tempo /2",
    "X            shift half a beat     Y        whose beat is followed",
    "L            lead Ableton Link     H        this help",
    "C            the control panel",
)

_TRIGGERS = {
    "right": "stage.next_scene",
    "left": "stage.previous_scene",
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
    "l": "sync.lead",
}
_STEPS = {"up": BRIGHTNESS_STEP, "down": -BRIGHTNESS_STEP}


def press(key: str, controls: ControlBus) -> bool:
    """Does what `key` stands for; True if it ends the show."""
    if key in _TRIGGERS:
        controls.fire(_TRIGGERS[key])
    elif key in _SWITCHES:
        controls.set(_SWITCHES[key], not controls.get(_SWITCHES[key]))
    elif key in _STEPS:
        controls.set("stage.brightness", float(controls.get("stage.brightness")) + _STEPS[key])
    elif key == "escape":
        if not controls.get("stage.fullscreen"):
            return True
        controls.set("stage.fullscreen", False)
    return False
