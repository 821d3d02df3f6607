"""Carries what people turn and press to whoever obeys: one table, behind every door.

`CONTROLS` is the table: the keyboard, OSC in, the panel and MIDI are doors to it, and none can do what
the others cannot. The values lie in shared memory and outlive every process but the show's. A value is
the last writer's; a trigger is a count for each door, so that no two doors lose each other's.
"""

from __future__ import annotations

import difflib
import math
import threading
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stemlight.bus.segment import Segment
from stemlight.bus.text_cell import TEXT_DTYPE, read_text, write_text

Kind = Literal["float", "int", "bool", "trigger", "text"]
Value = float | int | bool | str
Door = Literal["show", "panel", "osc", "keyboard", "midi"]
DOORS: tuple[Door, ...] = ("show", "panel", "osc", "keyboard", "midi")


@dataclass(frozen=True, slots=True)
class Control:
    """One row of the table."""

    name: str  # dotted; OSC says /stemlight/ctl/beat/double for `beat.double`
    kind: Kind
    default: Value
    doc: str
    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()  # of a text: it is one of these; a number names the place of one, from 0


SYNC_SOURCES = ("sound", "link", "midi", "osc", "tap")
AUTOPILOT_ORDERS = ("shuffle", "playlist")

CONTROLS: tuple[Control, ...] = (
    Control("input.device", "text", "", "what is heard: as `--input`; empty: what the show began with"),
    Control(
        "input.channels",
        "text",
        "",
        "of the device, counted from 1: `3-4`, or `3` for mono; empty: its first two",
    ),
    Control("input.gain_db", "float", 0.0, "gain before the analysis", -24.0, 24.0),
    Control("agc.lock", "bool", False, "holds the automatic gain where it is"),
    Control("beat.tap", "trigger", 0, "a beat is now"),
    Control("beat.resync", "trigger", 0, "the one is now"),
    Control("beat.double", "trigger", 0, "twice the tempo"),
    Control("beat.halve", "trigger", 0, "half the tempo"),
    Control("beat.half_shift", "trigger", 0, "moves the beat by half a beat"),
    Control(
        "beat.lock",
        "bool",
        False,
        "the tempo that is heard stays as it is, and only its phase follows; a beat from outside has its own",
    ),
    Control(
        "beat.offset_ms",
        "float",
        0.0,
        "beats are shown and sent this much early, late if negative; outputs have one more of their own",
        -500.0,
        500.0,
    ),
    Control(
        "sync.source",
        "text",
        SYNC_SOURCES[0],
        "whose beat is followed; while that one is away, what is heard",
        choices=SYNC_SOURCES,
    ),
    Control("sync.next_source", "trigger", 0, "the next of the sources, round and round"),
    Control("sync.beats_per_bar", "int", 4, "beats in a bar of the followed beat", 3, 4),
    Control("sync.link", "bool", False, "takes part in the Ableton Link session"),
    Control(
        "sync.lead", "bool", False, "gives the Ableton Link session our tempo and beat; follows it if off"
    ),
    Control(
        "midi.ports", "text", "", "MIDI inputs that are used: parts of names with commas between, or `all`"
    ),
    Control("midi.clock_out", "text", "", "MIDI outputs that get our clock: parts of names, or `all`"),
    Control("midi.learn", "text", "", "a control that the next thing moved on a controller is bound to"),
    Control("midi.forget", "text", "", "a control that is freed of all that is bound to it"),
    Control("stage.preset", "text", "", "the preset on air: a name or a file; empty if a scene was chosen"),
    Control("stage.scene", "text", "", "the scene on air: a name or a file"),
    Control("stage.next_preset", "trigger", 0, "the next preset"),
    Control("stage.previous_preset", "trigger", 0, "the previous preset"),
    Control("stage.transition", "text", "dissolve", "how one look goes over into the next: a name or a file"),
    Control("stage.next_transition", "trigger", 0, "the next transition"),
    Control("stage.previous_transition", "trigger", 0, "the previous transition"),
    Control("stage.transition_beats", "float", 4.0, "how long it takes, in beats; 0 cuts", 0.0, 64.0),
    Control(
        "stage.transition_at",
        "text",
        "bar",
        "when it begins: on the next bar line, beat, or now",
        choices=("now", "beat", "bar"),
    ),
    Control("stage.next_scene", "trigger", 0, "the next scene"),
    Control("stage.previous_scene", "trigger", 0, "the previous scene"),
    Control("stage.fullscreen", "bool", False, "fills the monitor"),
    Control(
        "stage.monitor",
        "int",
        -1,
        "monitor that is filled, from 0; one not there is waited for in a window; -1: the one it is on",
        -1,
        15,
    ),
    Control("stage.size", "text", "", "of the window in pixels, as `1920x1080`; empty: as it is"),
    Control(
        "stage.offset_ms",
        "float",
        0.0,
        "the picture shows beats this much earlier still, on top of beat.offset_ms; later if negative",
        -500.0,
        500.0,
    ),
    Control("stage.blackout", "bool", False, "black until released"),
    Control("stage.freeze", "bool", False, "holds the picture"),
    Control("stage.brightness", "float", 1.0, "master brightness"),
    Control("stage.help", "bool", False, "shows the keys on the picture"),
    Control("stage.flash_limit", "bool", False, "no more than three flashes a second over a quarter of it"),
    Control("stage.render_scale", "float", 1.0, "share of the window that is drawn at most", 0.25, 1.0),
    Control("stage.auto_scale", "bool", True, "draws smaller while draws miss the screen's refresh"),
    Control(
        "stage.mirror",
        "int",
        -1,
        "monitor that mirrors it, from 0; one not there: a window; -1: none",
        -1,
        15,
    ),
    Control("record.on", "bool", False, "records the picture and the sound"),
    Control("record.file", "text", "", "what is recorded into, an .mp4; empty: a new one in the videos"),
    Control("output.ndi", "bool", False, "sends the picture by NDI"),
    Control("output.camera", "bool", False, "is a camera for other programs"),
    Control("output.spout", "bool", False, "shares the picture by Spout (Windows)"),
    Control("output.syphon", "bool", False, "shares the picture by Syphon (macOS)"),
    Control("autopilot.on", "bool", False, "changes presets by itself, on bar lines and drops"),
    Control("autopilot.bars", "int", 16, "bars that a preset stays at least, if nothing drops", 1, 128),
    Control(
        "autopilot.order",
        "text",
        AUTOPILOT_ORDERS[0],
        "shuffle: all before any again; or as in the playlist",
        choices=AUTOPILOT_ORDERS,
    ),
    Control(
        "autopilot.playlist", "text", "", "presets it chooses from: names with commas between; empty: all"
    ),
    Control("autopilot.drops", "bool", True, "a drop brings the next preset, and build-ups are waited for"),
    Control("panel.open", "trigger", 0, "brings the control panel back that was closed"),
)
_BY_NAME = {control.name: control for control in CONTROLS}
_ROW = {control.name: row for row, control in enumerate(CONTROLS)}
_TRIGGERS = tuple(control.name for control in CONTROLS if control.kind == "trigger")
_TEXTS = tuple(control.name for control in CONTROLS if control.kind == "text")

_MEMORY = np.dtype(
    [
        ("values", "f8", (len(CONTROLS),)),
        ("fired", "u8", (len(_TRIGGERS), len(DOORS))),
        ("fired_at_s", "f8", (len(_TRIGGERS), len(DOORS))),
        ("texts", TEXT_DTYPE, (len(_TEXTS), len(DOORS))),
    ]
)
_LAYOUT = f"controls 1, {DOORS} {[(c.name, c.kind) for c in CONTROLS]} {_MEMORY.descr}"


def control(name: str) -> Control:
    """The row named `name`. KeyError says what is near."""
    if name not in _BY_NAME:
        near = difflib.get_close_matches(name, _BY_NAME, 1)
        raise KeyError(f"no control named {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return _BY_NAME[name]


def _choice(row: Control, value: Value) -> str:
    """The choice that `value` names, by its word in any case or by its place; ValueError if none."""
    if isinstance(value, str):
        if value.lower() in row.choices:
            return value.lower()
    elif not isinstance(value, bool) and math.isfinite(value) and 0 <= round(value) < len(row.choices):
        return row.choices[round(value)]
    raise ValueError(f"{row.name} is one of {', '.join(row.choices)}, not {value!r}")


class ControlBus:
    """The values of all controls, shared by every process of a show. Any thread of any process.

    A door is one process's: its triggers and texts have one writer.
    """

    def __init__(self, segment: Segment, door: Door | None) -> None:
        self._segment = segment
        self._door = DOORS.index(door) if door else None
        memory = np.frombuffer(segment.body, _MEMORY, count=1)
        self._values = memory["values"][0]
        self._fired = memory["fired"][0]
        self._fired_at_s = memory["fired_at_s"][0]
        self._texts = memory["texts"][0]
        self._seen: list[int] = self._fired.sum(
            axis=1
        ).tolist()  # what was fired before this handle is not news to it
        self._writing = threading.Lock()

    @classmethod
    def create(cls, name: str) -> ControlBus:
        """All controls at their defaults; lives until this object is closed. Its door is `show`."""
        bus = cls(Segment.create(name, _MEMORY.itemsize, _LAYOUT), "show")
        for row in CONTROLS:
            if row.kind != "trigger":
                bus.set(row.name, row.default)
        return bus

    @classmethod
    def attach(cls, name: str, door: Door | None = None) -> ControlBus:
        """The controls of a running show, written through `door`; without one they can only be read.

        UserError where there is no show or its table is another version's.
        """
        return cls(Segment.attach(name, _LAYOUT), door)

    def get(self, name: str) -> Value:
        """The value now, of the control's kind. KeyError for a name that is not in the table."""
        row = control(name)
        if row.kind == "text":
            return self._text(_TEXTS.index(name))
        if row.kind == "trigger":
            return int(self._fired[_TRIGGERS.index(name)].sum())
        value = float(self._values[_ROW[name]])
        return value if row.kind == "float" else int(value) if row.kind == "int" else bool(value)

    def set(self, name: str, value: Value) -> None:
        """Sets a value, brought into the control's range. The last writer wins.

        KeyError for a name that is not in the table, ValueError for a value that is not of its kind.
        """
        row, door = control(name), self._own_door()
        if row.kind == "trigger":
            raise ValueError(f"{name} is a trigger: fire it")
        if row.kind == "text":
            text = _choice(row, value) if row.choices else value
            if not isinstance(text, str):
                raise ValueError(f"{name} is a text, not {value!r}")
            with self._writing:
                write_text(self._texts[_TEXTS.index(name), door, ...], text)
            return
        if isinstance(value, str) or math.isnan(value):
            raise ValueError(f"{name} is a number, not {value!r}")
        number = bool(value) if row.kind == "bool" else min(max(float(value), row.low), row.high)
        # One aligned store of eight bytes: a reader sees the old value or the new one.
        self._values[_ROW[name]] = round(number) if row.kind == "int" else number

    def fire(self, name: str) -> None:
        """Fires a trigger. KeyError, ValueError as in `set`."""
        if control(name).kind != "trigger":
            raise ValueError(f"{name} is not a trigger: set it")
        row, door = _TRIGGERS.index(name), self._own_door()
        with self._writing:
            self._fired_at_s[row, door] = time.perf_counter()
            self._fired[row, door] += 1

    def fires(self, name: str) -> int:
        """How often a trigger was fired, by any door, since this handle last asked. One thread asks."""
        row = _TRIGGERS.index(control(name).name)
        total = sum(self._fired[row].tolist())
        new = total - self._seen[row]
        self._seen[row] = total
        return new

    def fired_at(self, name: str) -> float:
        """When a trigger was last fired, host clock; 0 if never."""
        return float(self._fired_at_s[_TRIGGERS.index(control(name).name)].max())

    def close(self) -> None:
        """Lets go of the memory; the controls end with their creator."""
        del self._values, self._fired, self._fired_at_s, self._texts
        self._segment.close()

    def _own_door(self) -> int:
        if self._door is None:
            raise RuntimeError("these controls were attached for reading")
        return self._door

    def _text(self, row: int) -> str:
        """The newest that any door wrote; one that died while writing is passed over."""
        said = [read_text(self._texts[row, door, ...]) for door in range(len(DOORS))]
        return max((text for text in said if text), key=lambda text: text.stamp_s).text
