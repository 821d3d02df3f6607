"""What a right click on any control offers: learn a knob or pad, forget it, reset, copy its OSC address."""

from __future__ import annotations

from PyQt6.QtWidgets import QApplication, QMenu, QWidget

from stemlight.bus.controls import control
from stemlight.panel.link import Link
from stemlight.panel.translation import tr

OSC_ROOT = "/stemlight/ctl/"  # as osc/receiver.py has it


def osc_address(name: str) -> str:
    """Where OSC reaches a control."""
    return OSC_ROOT + name.replace(".", "/")


def control_menu(link: Link, name: str, parent: QWidget) -> QMenu:
    """The menu of a control; nothing in it happens before it is chosen."""
    menu = QMenu(parent)
    row = control(name)
    title = menu.addAction(name)
    assert title
    title.setEnabled(False)
    menu.addSeparator()
    if link.controls.get("midi.learn") == name:
        menu.addAction(tr("Stop learning"), lambda: stop_learning(link))
    else:
        menu.addAction(tr("Learn MIDI: then move a knob or press a pad"), lambda: learn(link, name))
    menu.addAction(tr("Forget MIDI"), lambda: forget(link, name))
    if row.kind != "trigger":
        menu.addSeparator()
        shown = row.default if row.default != "" else tr("empty")
        menu.addAction(tr("Reset to {}").format(shown), lambda: link.set(name, row.default))
    menu.addSeparator()
    menu.addAction(tr("Copy OSC address  {}").format(osc_address(name)), lambda: copy(link, name))
    return menu


def learn(link: Link, name: str) -> None:
    """The next thing moved on a controller is bound to `name`; opens all controllers if none is in use."""
    if not link.controls.get("midi.ports"):
        link.set("midi.ports", "all")
    link.set("midi.learn", name)
    link.said.emit(tr("Move a knob or press a pad for {}").format(name))


def stop_learning(link: Link) -> None:
    """Nothing is learnt any more."""
    link.set("midi.learn", "")


def forget(link: Link, name: str) -> None:
    """Frees `name` of all that is bound to it on the controllers that are there."""
    link.set("midi.forget", name)


def copy(link: Link, name: str) -> None:
    """Puts the OSC address where it can be pasted."""
    board = QApplication.clipboard()
    if board:
        board.setText(osc_address(name))
        link.said.emit(tr("Copied {}").format(osc_address(name)))
