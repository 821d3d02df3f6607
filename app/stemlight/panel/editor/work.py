"""The preset on air while a person works on it: edits go to the stage at once and to a draft soon after."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QFile, QObject, QTimer, pyqtSignal

from stemlight import resources
from stemlight.bus.look_cell import LookCell, ShownLook
from stemlight.errors import UserError
from stemlight.panel.editor.arrangement import part_at, parts, shader_of, with_part, with_value
from stemlight.panel.editor.drafts import Draft, drop_draft, found_draft, keep_draft
from stemlight.panel.editor.history import History
from stemlight.panel.editor.shown_input import ShownInput, inputs_of
from stemlight.panel.link import Link
from stemlight.preset.library import (
    find_scene,
    load_preset,
    name_key,
    preset_file,
    preset_in,
    preset_paths,
    user_presets_dir,
)
from stemlight.preset.preset import Layer, Preset
from stemlight.preset.saving import preset_as_toml, save_preset

SEND_MS = 33  # a slider that is dragged is seen at the stage's next draw, and costs no more than a meter
DRAFT_MS = 400  # after the last change; what is lost by a crash is less than a person notices
PRESS_MS = 120  # an event is held down so long that every stage sees it, also one that draws at 10 Hz
SETTLE_MS = 1500  # after a save the stage is still told what it draws: it must not fall back to the old file
KEPT_SENT = 64  # edits that the stage may still tell us about


@dataclass(slots=True)
class _Open:
    """One preset at work."""

    history: History
    saved: Preset  # as its file has it

    @property
    def is_dirty(self) -> bool:
        return self.history.preset != self.saved


class Work(QObject):
    """What is on air, as it is being edited. Qt's thread.

    A preset that goes off air with unsaved changes keeps them until it comes back.
    """

    changed = pyqtSignal()  # the preset, its name, or whether it is dirty
    told = pyqtSignal()  # the stage drew another one: inputs, errors

    def __init__(self, link: Link, cell: LookCell | None) -> None:
        super().__init__()
        self._link, self._cell = link, cell
        self.name = ""  # as `stage.preset` says it
        self.wrong = ""  # why it cannot be edited
        self.draft: Draft | None = None  # of another night, that can be taken back
        self.look: ShownLook | None = None
        self._open: _Open | None = None
        self._parked: dict[str, _Open] = {}  # by name, with unsaved changes
        self._sent: dict[int, Preset] = {}  # by serial of the edit
        self._inputs: dict[Path, tuple[ShownInput, ...]] = {}
        self._path: Path | None = None  # of its file
        self._seen_ns = 0  # when the file was written that we have
        self._pressed: tuple[str, str] | None = None  # place and event that is held down
        self._sending, self._drafting, self._letting_go = QTimer(self), QTimer(self), QTimer(self)
        self._settling = QTimer(self)
        for timer, does, ms in (
            (self._sending, self._send, SEND_MS),
            (self._drafting, self._keep_draft, DRAFT_MS),
            (self._letting_go, self._let_go, PRESS_MS),
            (self._settling, self._settle, SETTLE_MS),
        ):
            timer.setSingleShot(True)
            timer.setInterval(ms)
            timer.timeout.connect(does)

    # What it is

    @property
    def preset(self) -> Preset | None:
        """As it is now; None where nothing on air can be edited."""
        return self._open.history.preset if self._open else None

    @property
    def is_dirty(self) -> bool:
        """Not as its file has it."""
        return bool(self._open and self._open.is_dirty)

    @property
    def can_undo(self) -> bool:
        """There is something to take back."""
        return bool(self._open and self._open.history.can_undo)

    @property
    def can_redo(self) -> bool:
        """Something was taken back."""
        return bool(self._open and self._open.history.can_redo)

    @property
    def is_own(self) -> bool:
        """The person's own file, not a shipped one."""
        path = self._file()
        return path is not None and not path.is_relative_to(resources.presets_dir())

    def inputs(self, place: str) -> tuple[ShownInput, ...] | None:
        """What can be set at `place`; None until the stage has said it."""
        part = part_at(self.preset, place) if self.preset else None
        return self._inputs.get(shader_of(part)) if part else None

    @property
    def errors(self) -> tuple[str, ...]:
        """Why a part of what is edited is not drawn, as the stage says it."""
        return self.look.errors if self.look and self._is_ours(self.look) else ()

    @property
    def undrawn(self) -> list[str]:
        """Places of which nothing is seen because they fail, once the stage has drawn the rest."""
        look, preset = self.look, self.preset
        if not self._open or not look or not preset or not self.errors:
            return []
        if self._sent.get(look.edit, self._open.saved) != preset:
            return []
        return [place for place, _ in parts(preset) if place not in look.shaders]

    # What goes on outside

    def follow(self) -> None:
        """Four times a second: what is on air, what the stage draws of it, and whether its file changed."""
        name = str(self._link.controls.get("stage.preset"))
        if name_key(name) != name_key(self.name) or (not self._open and not self.wrong):
            self._go_to(name)
        elif self._open and not self.is_dirty and self._written_ns() not in (0, self._seen_ns):
            self._read_anew()
        self._hear_the_stage()

    def listen(self) -> dict[str, bool | float | tuple[float, ...]]:
        """Thirty times a second: what the music has made of the mapped inputs."""
        if self._cell is None:
            return {}
        self._cell.listen()
        return self._cell.live()

    # What the person does

    def change(self, preset: Preset, thing: str = "") -> None:
        """`thing`: the slider that is being dragged; all of one drag is one step back."""
        if self._open and preset != self._open.history.preset:
            self._open.history.change(preset, thing, time.monotonic())
            self._after_change()

    def press(self, place: str, event: str) -> None:
        """Fires an event of a shader, once."""
        if self._open:
            self._pressed = place, event
            self._send()
            self._letting_go.start()

    def undo(self) -> None:
        """Takes the last change back."""
        if self._open and self._open.history.can_undo:
            self._open.history.undo()
            self._after_change()

    def redo(self) -> None:
        """Does again what was taken back last."""
        if self._open and self._open.history.can_redo:
            self._open.history.redo()
            self._after_change()

    def revert(self) -> None:
        """As the file has it; that can be taken back too."""
        if self._open:
            self.change(self._open.saved)

    def take_draft_back(self) -> None:
        """What was not saved another night."""
        if self.draft:
            draft, self.draft = self.draft, None
            self.change(draft.preset)
            self.changed.emit()

    def refuse_draft(self) -> None:
        """Nobody wants it."""
        self.draft = None
        drop_draft(self.name)
        self.changed.emit()

    def save(self) -> Path | None:
        """Into its file; a shipped one as the person's own of the same name, which then takes its place.

        UserError where that cannot be.
        """
        path = self._file()
        if not self._open or path is None:
            return None
        if not self.is_own:
            path = user_presets_dir() / path.name
        save_preset(self._open.history.preset, path)
        self._write_edit(self._open.history.preset)
        self._open.saved = self._open.history.preset
        self._drafting.stop()
        drop_draft(self.name)
        self._settling.start()
        if preset_file(self.name) != path:
            self.put_on_air(path)
        self._path = path
        self._seen_ns = self._written_ns()
        self.changed.emit()
        return path

    def save_as(self, title: str) -> Path | None:
        """As another preset of the person's own, and puts that on air. UserError where that cannot be."""
        if not self._open:
            return None
        path = _free_path(title)
        save_preset(replace(self._open.history.preset, name=title.strip()), path)
        self._open.history = History(self._open.saved)
        self._end_edit()
        self.put_on_air(path)
        self.follow()
        return path

    def make_preset_of_scene(self) -> Path | None:
        """Of the scene that is on air without one. UserError where that cannot be."""
        scene = str(self._link.controls.get("stage.scene"))
        if not scene:
            return None
        title = Path(scene).stem.replace("_", " ").title()
        path = _free_path(title)
        save_preset(Preset(title, (Layer(str(find_scene(scene))),)), path)
        self.put_on_air(path)
        self.follow()
        return path

    def delete(self) -> bool:
        """Into the trash: the person's own file only. Whether it went there."""
        path = self._file()
        if path is None or not self.is_own or not QFile.moveToTrash(str(path)):
            return False
        self._end_edit()
        name, self.name, self._open = self.name, "", None
        try:
            preset_file(name)  # the shipped one is back
        except UserError:
            self._link.fire("stage.next_preset")
        self.follow()
        self.changed.emit()
        return True

    def put_on_air(self, path: Path) -> None:
        """A preset's file, by its name where that is enough."""
        try:
            name = path.stem if preset_file(path.stem) == path else str(path)
        except UserError:
            name = str(path)
        self._link.set("stage.preset", name)

    def close(self) -> None:
        """The panel ends: what was not saved is kept, here and in the show's memory."""
        if self._sending.isActive():
            self._send()
        if self._drafting.isActive():
            self._keep_draft()
        for timer in (self._sending, self._drafting, self._letting_go, self._settling):
            timer.stop()
        if self._cell:
            self._cell.close()
            self._cell = None

    # How it is done

    def _go_to(self, name: str) -> None:
        if self._open:
            if self._drafting.isActive():
                self._keep_draft()
            self._parked.pop(name_key(self.name), None)
            if self._open.is_dirty:
                self._parked[name_key(self.name)] = self._open
            else:
                self._settle()
        self._drafting.stop()
        self.name, self.wrong, self._open, self.draft, self._pressed = name, "", None, None, None
        if not name:
            self.changed.emit()
            return
        try:
            saved = load_preset(name)
        except UserError as error:
            self.wrong = str(error)
            self.changed.emit()
            return
        self._path = self._file()
        self._seen_ns = self._written_ns()
        parked = self._parked.pop(name_key(name), None)
        if parked:
            parked.saved = saved
            self._open = parked
            self._send()
        else:
            self._open = _Open(History(saved), saved)
            self._take_back(saved)
        self.changed.emit()

    def _take_back(self, saved: Preset) -> None:
        """What the show still draws is ours; what another night left is offered."""
        assert self._open
        edit = self._cell.edit() if self._cell else None
        if edit and edit.toml and name_key(edit.name) == name_key(self.name):
            try:
                preset = preset_in(edit.toml, preset_file(self.name))
            except UserError:
                return
            self._open.history.change(preset, "", time.monotonic())
            self._sent[edit.serial] = preset
            return
        draft = found_draft(self.name)
        self.draft = draft if draft and draft.preset != saved else None

    def _read_anew(self) -> None:
        """Somebody wrote the file."""
        self._seen_ns = self._written_ns()
        try:
            saved = load_preset(self.name)
        except UserError as error:
            self._link.said.emit(str(error))
            return
        if self._open and saved != self._open.saved:
            self._open = _Open(History(saved), saved)
            self.changed.emit()

    def _after_change(self) -> None:
        if not self._sending.isActive():
            self._sending.start()
        self._drafting.start()
        self.draft = None
        self.changed.emit()

    def _send(self) -> None:
        """To the stage, as it is now, with the event that is held down."""
        self._sending.stop()
        if not self._cell or not self._open:
            return
        preset = self._open.history.preset
        sent = preset
        if self._pressed and (part := part_at(preset, self._pressed[0])):
            sent = with_part(preset, self._pressed[0], with_value(part, self._pressed[1], True))
        if self._open.is_dirty or sent is not preset:
            self._write_edit(sent)
        else:
            self._settle()

    def _write_edit(self, sent: Preset) -> None:
        self._sending.stop()
        self._settling.stop()
        if self._cell and self._open:
            try:
                self._remember(self._cell.write_edit(self.name, preset_as_toml(sent)))
            except ValueError as error:
                self._link.said.emit(self.tr("This preset is too long to be edited: {}").format(error))

    def _remember(self, serial: int) -> None:
        """Which shaders an edit has: the stage tells of it by its number."""
        assert self._open
        self._sent[serial] = self._open.history.preset
        for old in sorted(self._sent)[:-KEPT_SENT]:
            del self._sent[old]

    def _settle(self) -> None:
        """The file is as the picture: it counts again."""
        self._settling.stop()
        if self._cell and self._open and not self.is_dirty:
            self._remember(self._cell.end_edit())

    def _let_go(self) -> None:
        self._pressed = None
        self._send()

    def _end_edit(self) -> None:
        """The file counts again."""
        for timer in (self._sending, self._drafting, self._settling):
            timer.stop()
        drop_draft(self.name)
        if self._cell:
            self._cell.end_edit()

    def _keep_draft(self) -> None:
        self._drafting.stop()
        try:
            if self._open and self._open.is_dirty:
                keep_draft(self.name, self._open.history.preset)
            else:
                drop_draft(self.name)
        except UserError as error:
            self._link.said.emit(str(error))

    def _hear_the_stage(self) -> None:
        look = self._cell.look() if self._cell else None
        if look is None or look == self.look:
            return
        self.look = look
        if self._open and self._is_ours(look):
            drawn = self._sent.get(look.edit, self._open.saved)
            for place, part in parts(drawn):
                if place in look.shaders:
                    self._inputs[shader_of(part)] = inputs_of(list(look.shaders[place]))
        self.told.emit()

    def _is_ours(self, look: ShownLook) -> bool:
        return bool(self.name) and name_key(look.name) == name_key(self.name)

    def _file(self) -> Path | None:
        try:
            return preset_file(self.name) if self.name else None
        except UserError:
            return None

    def _written_ns(self) -> int:
        try:
            return self._path.stat().st_mtime_ns if self._path else 0
        except OSError:
            return 0


def _free_path(title: str) -> Path:
    """Where a preset called `title` goes: no other is called so. UserError where it is no name."""
    stem = re.sub(r"\W+", "_", title.casefold()).strip("_")[:80]
    if not stem:
        raise UserError("a preset needs a name of letters or digits")
    taken = {name_key(path.stem) for path in preset_paths()}
    stems = (stem, *(f"{stem}_{number}" for number in range(2, 10_000)))
    return user_presets_dir() / f"{next(free for free in stems if free not in taken)}.toml"
