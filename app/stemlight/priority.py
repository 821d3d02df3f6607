"""Asks the system to run a thread before everything else: what must be in time, and is short."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from dataclasses import dataclass

FIFO_PRIORITY = 20  # above every ordinary thread; below the kernel's and below the sound server's
NICE = -10
MACOS_USER_INTERACTIVE = 0x21  # QOS_CLASS_USER_INTERACTIVE, <sys/qos.h>
WINDOWS_HIGH_PRIORITY_CLASS = 0x80  # <winbase.h>


@dataclass(frozen=True, slots=True)
class Granted:
    """What the system gave."""

    real_time: bool
    words: str


def raise_priority() -> Granted:
    """Raises the calling thread's priority as far as the system allows, and says how far. Never raises.

    On Linux threads and processes that this thread starts afterwards inherit it, so start the sound after.
    rtkit is not asked: it has no Python library that we would want to depend on.
    """
    if sys.platform == "darwin":
        return _on_macos()
    if sys.platform == "win32":
        return _on_windows()
    return _on_linux()


def _on_linux() -> Granted:
    import resource

    # The limit binds all but root, who may ask for more than it.
    limit, _ = resource.getrlimit(resource.RLIMIT_RTPRIO)
    for priority in dict.fromkeys((FIFO_PRIORITY, min(limit, FIFO_PRIORITY))):
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        except (OSError, ValueError):
            continue
        return Granted(True, f"real-time priority (SCHED_FIFO {priority})")
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    except OSError:
        return Granted(False, "ordinary priority: the system grants this user no real-time priority")
    return Granted(False, f"raised priority (nice {NICE}): the system grants this user no real-time priority")


def _on_macos() -> Granted:
    try:
        system = ctypes.CDLL(ctypes.util.find_library("System"))
        failed = system.pthread_set_qos_class_self_np(MACOS_USER_INTERACTIVE, 0)
    except (OSError, AttributeError):
        failed = True
    if failed:
        return Granted(False, "ordinary priority: the system refused the user-interactive class")
    return Granted(True, "user-interactive priority (QoS)")


def _on_windows() -> Granted:
    try:
        windll = ctypes.windll  # type: ignore[attr-defined]
        task = ctypes.c_ulong(0)
        if windll.avrt.AvSetMmThreadCharacteristicsW("Pro Audio", ctypes.byref(task)):
            return Granted(True, "real-time priority (MMCSS Pro Audio)")
        kernel = windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        if kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), WINDOWS_HIGH_PRIORITY_CLASS):
            return Granted(False, "high priority class: MMCSS is not available")
    except (OSError, AttributeError):
        pass
    return Granted(False, "ordinary priority: the system refused MMCSS and the high priority class")
