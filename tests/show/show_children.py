"""Processes of a show that do one thing each; named in the tests as `show_children:function`."""

from __future__ import annotations

import os
import signal
import time

from stemlight.bus.health import Health
from stemlight.errors import UserError


def ends(health_name: str) -> int:
    return 0


def plays_until_asked_to_end(health_name: str) -> int:
    health = Health.attach(health_name)
    health.part("stage").set("ready", 1)
    while not health.stopping:
        time.sleep(0.01)
    return 0


def gets_to_work_slowly(health_name: str) -> int:
    time.sleep(0.7)  # as a loaded machine does
    health = Health.attach(health_name)
    health.part("engine").set("ready", 1)
    while not health.stopping:
        health.part("engine").add("hops")
        time.sleep(0.01)
    return 0


def ends_when_asked_but_does_nothing(health_name: str) -> int:
    health = Health.attach(health_name)
    while not health.stopping:
        time.sleep(0.01)
    return 0


def never_ends(health_name: str) -> int:
    Health.attach(health_name).part("stage").set("ready", 1)
    while True:
        time.sleep(0.01)


def lives_before(health_name: str) -> int:
    return Health.attach(health_name).part("show").get("engine_restarts")


def dies_twice_then_ends(health_name: str) -> int:
    if lives_before(health_name) < 2:
        raise RuntimeError("out of luck")
    return 0


def is_killed_once_then_ends(health_name: str) -> int:
    if lives_before(health_name) < 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


def cannot_begin(health_name: str) -> int:
    raise UserError("no device named 'Scarlet'; near: 'Scarlett'")


def loses_its_device_once_then_ends(health_name: str) -> int:
    health = Health.attach(health_name)
    if lives_before(health_name) == 0:
        health.part("engine").set("ready", 1)
        raise UserError("the device is gone")
    return 0


def cannot_begin_again_then_ends(health_name: str) -> int:
    lives = lives_before(health_name)
    if lives == 0:
        raise RuntimeError("unplugged")
    if lives == 1:
        raise UserError("the device is gone")
    return 0
