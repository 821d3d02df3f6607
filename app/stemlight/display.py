"""Whether there is a display to open a window on."""

from __future__ import annotations

import os
import sys

WINDOWLESS = ("offscreen", "minimal", "vnc")  # Qt platforms that need none


def display_is_there() -> bool:
    """As far as can be told without opening a window; always true where every session has a screen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def qt_can_show() -> bool:
    """Whether Qt has somewhere to draw."""
    return display_is_there() or os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in WINDOWLESS
