"""Gives back a priority that was only inherited."""

from __future__ import annotations

import os


def leave_real_time() -> None:
    """Make the calling thread, or process, an ordinary one: what a real-time thread starts is born real-time.

    For work that can wait for the music. Where the system does not hand priorities down this does nothing.
    """
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
