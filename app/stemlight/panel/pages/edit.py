"""Edit: the preset on air, layer by layer, and what moves each of its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.frame_ring import Published
from stemlight.bus.look_cell import LookCell
from stemlight.errors import UserError
from stemlight.panel.editor.arrangement import (
    WHOLE,
    Arranged,
    added_filter,
    added_layer,
    moved,
    part_at,
    with_part,
    without,
)
from stemlight.panel.editor.inspector import Inspector
from stemlight.panel.editor.layer_tree import LayerTree
from stemlight.panel.editor.source_menu import pop_up
from stemlight.panel.editor.work import Work
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.on_air import title_of
from stemlight.panel.page import Page, quiet
from stemlight.panel.settings import PanelSettings
from stemlight.panel.strips import Line
from stemlight.panel.theme import TARGET_PX
from stemlight.preset.library import filter_paths, scene_paths
from stemlight.preset.preset import MAX_FILTERS, MAX_LAYERS
from stemlight.preset.shader_paths import SHADER_SUFFIXES, is_shader, shader_role, shaders_in

ADVICE_PX = 400  # below this the layers need the room
MOST_ERRORS = 3  # more than one shader seldom fails at once; they must not take the page
TREE_PX = (160, 320)


class EditPage(Page):
    """Left the layers, right the values of the one that is chosen, above what keeps them."""

    name = "edit"
    scrolls_itself = True

    def __init__(self, link: Link, memory: Memory, settings: PanelSettings) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Edit")
        self.setAcceptDrops(True)
        self._has_stage = settings.has_stage
        self.work = Work(link, _cell(settings.look))
        self.tree = LayerTree()
        self.inspector = Inspector(self.work)
        self._asked_place = WHOLE
        self._said: tuple[str, bool] | None = None  # in the banner, and whether it warns
        self._named = ""  # the preset whose place this is
        self._left = QWidget()
        self._left.setMinimumWidth(TREE_PX[0])
        self._left.setMaximumWidth(TREE_PX[1])
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(self.tree, 1)
        left.addLayout(self._make_layer_buttons())
        self._advice = quiet(self.tr("or drop a shader file or folder on this page"), wraps=True)
        left.addWidget(self._advice)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._left, 26)
        body.addWidget(self.inspector, 74)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(8)
        column.addLayout(self._make_top())
        column.addWidget(self._make_banner())
        column.addLayout(body, 1)
        self.tree.chosen.connect(self.choose)
        self.tree.enabled.connect(self._enable)
        self.work.changed.connect(self._show)
        self.work.told.connect(self._show)
        for keys, does in (
            ("Ctrl+Z", self.work.undo),
            ("Ctrl+Shift+Z", self.work.redo),
            ("Ctrl+Y", self.work.redo),
            ("Ctrl+S", self.save),
        ):
            QShortcut(QKeySequence(keys), self, does)
        self._show()

    # What the window tells

    def look(self) -> None:
        self.work.follow()
        self._show_banner()

    def show_frame(self, newest: Published | None) -> None:
        self.inspector.show_live(self.work.listen())

    def resizeEvent(self, event: object) -> None:
        self._advice.setVisible(self.height() >= ADVICE_PX)

    def leave(self) -> None:
        self.work.close()

    # What people do

    def choose(self, place: str) -> None:
        """Shows the values of a layer, a filter, or the whole picture."""
        self._asked_place = place
        self._show()

    def add_shader(self, path: Path) -> None:
        """A scene as a layer on top, a filter over what is chosen; what is wrong with it is said."""
        preset = self.work.preset
        if preset is None:
            return
        role = shader_role(path)  # what else is wrong with it the stage says in its place
        if role == "transition":
            self.link.said.emit(self.tr("{} is a transition: no layer").format(path.name))
        elif role == "filter":
            self._arrange(
                added_filter(preset, self._asked_place, path),
                self.tr("There is room for {} filters").format(MAX_FILTERS),
            )
        else:
            self._arrange(
                added_layer(preset, path), self.tr("There is room for {} layers").format(MAX_LAYERS)
            )

    def save(self) -> None:
        """Into its file, or a copy of the person's own."""
        was_own = self.work.is_own
        try:
            path = self.work.save()
        except UserError as error:
            self.link.said.emit(str(error))
            return
        if path:
            as_own = self.tr("Saved as your own: it takes the shipped one's place")
            self.link.said.emit(self.tr("Saved") if was_own else as_own)

    def save_as(self) -> None:
        """Asks for a name."""
        if self.work.preset:
            title, is_good = QInputDialog.getText(
                self, self.tr("Save as"), self.tr("Name of the new preset"), text=self.work.preset.name
            )
            if is_good:
                self._tried(lambda: self.work.save_as(title))

    def duplicate(self) -> None:
        """A copy beside it."""
        if self.work.preset:
            title = self.tr("{} copy").format(self.work.preset.name)
            self._tried(lambda: self.work.save_as(title))

    def delete(self) -> None:
        """Into the trash, once a person has said so twice."""
        question = self.tr("Move “{}” to the trash?").format(title_of(self.work.name))
        if self.asks(question) and not self.work.delete():
            self.link.said.emit(self.tr("It could not be moved to the trash"))

    def asks(self, question: str) -> bool:
        """Whether a person says yes."""
        answer = QMessageBox.question(self, self.tr("Stemlight"), question)
        return bool(answer == QMessageBox.StandardButton.Yes)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event else None
        if event and data and any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event else None
        if event and data:
            event.acceptProposedAction()
            for url in data.urls():
                if url.isLocalFile():
                    self.take(Path(url.toLocalFile()))

    def take(self, path: Path) -> None:
        """A file or folder that was dropped here: a shader, several of them, or a preset."""
        if path.suffix == ".toml":
            self.work.put_on_air(path)
        elif is_shader(path):
            self.add_shader(path)
        elif path.is_dir():
            found = list(shaders_in(path))
            if len(found) == 1:
                self.add_shader(found[0])
            elif found:
                pop_up(self._shader_menu(found, with_file=False), self.cursor().pos())
            else:
                self.link.said.emit(self.tr("There is no shader in {}").format(path))
        else:
            self.link.said.emit(
                self.tr("{} is no shader: {} or a folder").format(path.name, " ".join(SHADER_SUFFIXES))
            )

    # Its parts

    def _make_top(self) -> QHBoxLayout:
        self._title = Line(size_px=18, bold=True)
        self._state = Line(quiet=True, size_px=12)
        self._undo, self._redo = QPushButton("↶"), QPushButton("↷")
        for button, title, does in (
            (self._undo, self.tr("Undo  (Ctrl+Z)"), self.work.undo),
            (self._redo, self.tr("Redo  (Ctrl+Shift+Z)"), self.work.redo),
        ):
            button.setFixedWidth(TARGET_PX + 6)
            button.setStyleSheet("font-size: 20px;")
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.clicked.connect(does)
        self._save = QPushButton(self.tr("Save"))
        self._save.clicked.connect(self.save)
        more = QPushButton("⋯")
        more.setFixedWidth(TARGET_PX + 6)
        more.setAccessibleName(self.tr("More: save as, duplicate, revert, delete"))
        more.clicked.connect(lambda: pop_up(self.file_menu(), more.mapToGlobal(more.rect().bottomLeft())))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._title)
        names.addWidget(self._state)
        row = QHBoxLayout()
        row.addLayout(names, 1)
        for button in (self._undo, self._redo, self._save, more):
            row.addWidget(button)
        return row

    def file_menu(self) -> QMenu:
        """What can be done with the preset as a whole."""
        menu = QMenu(self)
        menu.addAction(self.tr("Save as…"), self.save_as)
        menu.addAction(self.tr("Duplicate"), self.duplicate)
        revert = menu.addAction(self.tr("Revert to what is saved"), self.work.revert)
        menu.addSeparator()
        delete = menu.addAction(self.tr("Move to the trash"), self.delete)
        assert revert and delete
        revert.setEnabled(self.work.is_dirty)
        delete.setEnabled(self.work.is_own)
        return menu

    def _make_layer_buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._add_layer = QPushButton(self.tr("+ Layer"))
        self._add_filter = QPushButton(self.tr("+ Filter"))
        self._up, self._down = QPushButton("▲"), QPushButton("▼")
        self._remove = QPushButton("✕")
        for button, title, does in (
            (self._add_layer, self.tr("Add a scene as a layer on top"), lambda: self._offer(scene_paths())),
            (
                self._add_filter,
                self.tr("Add a filter to this layer"),
                lambda: self._offer(filter_paths()),
            ),
            (self._up, self.tr("Up in this list"), lambda: self._step(-1)),
            (self._down, self.tr("Down in this list"), lambda: self._step(1)),
            (self._remove, self.tr("Remove what is chosen"), self._take_away),
        ):
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.setMinimumWidth(30)
            button.setStyleSheet("padding: 0 4px;")
            button.clicked.connect(does)
        grid.addWidget(self._add_layer, 0, 0, 1, 3)
        grid.addWidget(self._add_filter, 0, 3, 1, 3)
        for at, button in enumerate((self._up, self._down, self._remove)):
            grid.addWidget(button, 1, at * 2, 1, 2)
        return grid

    def _make_banner(self) -> QWidget:
        """What a person should know now, and what can be done about it."""
        self._banner = QWidget()
        row = QHBoxLayout(self._banner)
        row.setContentsMargins(0, 0, 0, 0)
        self._banner_words = QLabel()
        self._banner_words.setWordWrap(True)
        row.addWidget(self._banner_words, 1)
        self._take_back = QPushButton(self.tr("Take back"))
        self._drop = QPushButton(self.tr("Drop"))
        self._make_preset = QPushButton(self.tr("Make a preset of it"))
        self._take_back.clicked.connect(self.work.take_draft_back)
        self._drop.clicked.connect(self.work.refuse_draft)
        self._make_preset.clicked.connect(lambda: self._tried(self.work.make_preset_of_scene))
        for button in (self._take_back, self._drop, self._make_preset):
            row.addWidget(button)
        return self._banner

    # How it is shown

    def _show(self) -> None:
        work, preset = self.work, self.work.preset
        if work.name != self._named:
            self._named = work.name
            self._asked_place = f"layers[{len(preset.layers) - 1}]" if preset else WHOLE
        if preset and part_at(preset, self._asked_place) is None:
            self._asked_place = WHOLE
        self._title.say(preset.name if preset else self.tr("Nothing to edit"))
        self._state.say(self._state_words())
        self._undo.setEnabled(work.can_undo)
        self._redo.setEnabled(work.can_redo)
        self._save.setEnabled(work.is_dirty)
        for button in (self._add_layer, self._add_filter):
            button.setEnabled(preset is not None)
        place = self._asked_place
        self._up.setEnabled(bool(preset and place and moved(preset, place, self._direction(-1))))
        self._down.setEnabled(bool(preset and place and moved(preset, place, self._direction(1))))
        self._remove.setEnabled(bool(preset and without(preset, place)))
        self._left.setVisible(preset is not None)
        self.inspector.setVisible(preset is not None)
        if preset:
            self.tree.show_preset(preset, work.undrawn, place)
        self.inspector.show_place(place)
        self._show_banner()

    def _state_words(self) -> str:
        if self.work.preset is None:
            return ""
        if self.work.is_dirty:
            return self.tr("● not saved yet; kept meanwhile")
        return self.tr("your own, saved") if self.work.is_own else self.tr("shipped, as it was")

    def _show_banner(self) -> None:
        work = self.work
        beside = self.inspector.errors  # those stand where they belong
        words = "\n".join([error for error in work.errors if error not in beside][:MOST_ERRORS])
        is_warning = bool(words)
        if work.wrong:
            words, is_warning = work.wrong, True
        elif work.draft:
            when = datetime.fromtimestamp(work.draft.kept_s).strftime("%d %b, %H:%M")
            words = self.tr("There are changes of {} that were not saved.").format(when)
        elif not self._has_stage:
            words = self.tr("This show runs without a picture: nothing can be edited.")
        elif not work.name:
            scene = str(self.link.controls.get("stage.scene"))
            words = (
                self.tr("{} is on air as a scene, not as a preset.").format(title_of(scene))
                if scene
                else self.tr("Put a look on air first: it is edited here.")
            )
        elif not words and self.link.controls.get("autopilot.on"):
            words = self.tr("The autopilot goes on to other looks; what is changed here is kept.")
        if (words, is_warning) == self._said:
            return
        self._said = words, is_warning
        self._banner_words.setText(words)
        self._banner_words.setProperty("warn", is_warning)
        style = self._banner_words.style()
        if style:
            style.polish(self._banner_words)
        self._take_back.setVisible(work.draft is not None)
        self._drop.setVisible(work.draft is not None)
        self._make_preset.setVisible(not work.name and bool(self.link.controls.get("stage.scene")))
        self._banner.setVisible(bool(words))

    # How it is done

    def _arrange(self, arranged: Arranged | None, otherwise: str = "") -> None:
        if arranged:
            self._asked_place = arranged.place
            self.work.change(arranged.preset)
        elif otherwise:
            self.link.said.emit(otherwise)

    def _direction(self, step: int) -> int:
        """Layers stand upside down in the list, filters in their order."""
        return step if "filters" in self._asked_place else -step

    def _step(self, step: int) -> None:
        if self.work.preset and self._asked_place:
            self._arrange(moved(self.work.preset, self._asked_place, self._direction(step)))

    def _take_away(self) -> None:
        if self.work.preset:
            self._arrange(without(self.work.preset, self._asked_place))

    def _enable(self, place: str, is_on: bool) -> None:
        preset = self.work.preset
        part = part_at(preset, place) if preset else None
        if preset and part:
            self.work.change(with_part(preset, place, replace(part, enabled=is_on)))

    def _offer(self, paths: list[Path]) -> None:
        button = self._add_layer if paths and "scenes" in paths[0].parts else self._add_filter
        pop_up(self._shader_menu(paths), button.mapToGlobal(button.rect().topLeft()))

    def _shader_menu(self, paths: list[Path], with_file: bool = True) -> QMenu:
        menu = QMenu(self)
        if with_file:
            menu.addAction(self.tr("From a file…"), self._ask_file)
            menu.addSeparator()
        for path in paths:
            menu.addAction(title_of(path.stem), lambda path=path: self.add_shader(path))
        return menu

    def _ask_file(self) -> None:
        kinds = self.tr("Shaders ({})").format(" ".join(f"*{suffix}" for suffix in SHADER_SUFFIXES))
        file, _ = QFileDialog.getOpenFileName(self, self.tr("A shader"), "", kinds)
        if file:
            self.add_shader(Path(file))

    def _tried(self, does: Callable[[], object]) -> None:
        try:
            does()
        except UserError as error:
            self.link.said.emit(str(error))


def _cell(name: str) -> LookCell | None:
    try:
        return LookCell.attach(name) if name else None
    except UserError:
        return None  # a show without a picture
