"""What is on air and what is coming, as the stage and the controls say it."""

from __future__ import annotations

from pathlib import Path

from stemlight.bus.controls import CONTROLS
from stemlight.bus.health import PARTS
from stemlight.panel.link import Link
from stemlight.panel.translation import tr

NAMES = {row.name for row in CONTROLS}


def title_of(name: str) -> str:
    """A preset's or scene's name or file, as people read it."""
    return Path(name).stem.replace("_", " ").title() if name else ""


def on_air(link: Link) -> str:
    """The preset (or scene) on air, as the control or the stage says it; empty where there is none."""
    said = stage_words(link, "on_air")
    if said:
        return said
    return str(link.controls.get("stage.preset")) or str(link.controls.get("stage.scene"))


def coming(link: Link) -> str:
    """What will be on air next, as far as the stage has said."""
    return stage_words(link, "coming")


def on_air_title(link: Link) -> str:
    """On air, in a word or two."""
    return title_of(on_air(link)) or tr("Nothing on air")


def coming_title(link: Link) -> str:
    """What is coming, or how the next look will come, in a few words."""
    name = coming(link)
    if name:
        return tr("coming: {}").format(title_of(name))
    if "stage.transition" not in NAMES:
        return tr("on air")
    beats = float(link.controls.get("stage.transition_beats"))
    if not beats:
        return tr("on air · the next comes by a cut")
    by = str(link.controls.get("stage.transition"))
    return tr("on air · the next comes by {} in {:g} beats").format(title_of(by).lower(), beats)


def stage_words(link: Link, topic: str) -> str:
    """What the stage says on a topic; empty where this version's stage says nothing of it."""
    table = PARTS["stage"]
    return link.part("stage").words(topic) if topic in table.words + table.news else ""
