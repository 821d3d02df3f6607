"""The pages of the panel, in the order of the rail."""

from __future__ import annotations

from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.page import Page
from stemlight.panel.settings import PanelSettings


def all_pages(link: Link, memory: Memory, settings: PanelSettings) -> list[Page]:
    """One of each."""
    from stemlight.panel.pages.beat import BeatPage
    from stemlight.panel.pages.controllers import ControllersPage
    from stemlight.panel.pages.edit import EditPage
    from stemlight.panel.pages.health import HealthPage
    from stemlight.panel.pages.looks import LooksPage
    from stemlight.panel.pages.outputs import OutputsPage
    from stemlight.panel.pages.settings import SettingsPage
    from stemlight.panel.pages.sound import SoundPage

    return [
        LooksPage(link, memory),
        EditPage(link, memory, settings),
        SoundPage(link, memory, settings),
        BeatPage(link, memory),
        OutputsPage(link, memory, settings),
        ControllersPage(link, memory),
        HealthPage(link, memory),
        SettingsPage(link, memory),
    ]
