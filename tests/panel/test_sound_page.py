"""Sound: what can be chosen, what is chosen, and the reason for silence."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtCore import Qt
from stemlight.audio.devices import Device
from stemlight.panel.why_silent import judged, sound_state

SCARLETT = Device(3, "Scarlett 8i6", "ALSA", 8, 48_000, False)
BUILT_IN = Device(0, "Built-in Audio", "ALSA", 2, 44_100, True)


@pytest.fixture
def page(open_panel):
    window = open_panel()
    window.open_page("sound")
    return window.pages["sound"]


def listed(page):
    return [page._list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(page._list.count())]


def plug(page, *devices):
    page._devices.devices = list(devices)
    page._devices.came.emit(list(devices))


def press(page, name):
    page._list.itemClicked.emit(page._list.item(listed(page).index(name)))


def test_what_is_plugged_in_appears_and_what_is_pulled_out_goes(page):
    plug(page, BUILT_IN, SCARLETT)
    assert listed(page) == ["Built-in Audio", "Scarlett 8i6", "test"]
    plug(page, BUILT_IN)
    assert listed(page) == ["Built-in Audio", "test"]


def test_a_press_chooses_and_the_channels_are_those_of_the_device(page, show):
    show.controls.set("input.channels", "2")
    plug(page, BUILT_IN, SCARLETT)
    press(page, "Scarlett 8i6")
    assert show.controls.get("input.device") == "Scarlett 8i6"
    assert show.controls.get("input.channels") == ""
    values = [page._channels.itemData(i) for i in range(page._channels.count())]
    assert values == ["", "1-2", "3-4", "5-6", "7-8", *map(str, range(1, 9))]
    page._channels.activated.emit(values.index("3-4"))
    assert show.controls.get("input.channels") == "3-4"


def test_the_chosen_one_stays_listed_while_it_is_away(page, show):
    plug(page, BUILT_IN, SCARLETT)
    press(page, "Scarlett 8i6")
    plug(page, BUILT_IN)
    assert listed(page)[0] == "Scarlett 8i6"
    assert "waited for" in page._list.item(0).text()
    assert page._list.currentRow() == 0


def test_another_door_chooses_too(page, show, link):
    plug(page, BUILT_IN, SCARLETT)
    show.controls.set("input.device", "Scarlett 8i6")
    link.refresh()
    assert page._list.currentItem().data(Qt.ItemDataRole.UserRole) == "Scarlett 8i6"


@pytest.mark.parametrize(
    ("words", "loudness", "arrives", "says"),
    [
        ("'Scarlett', 48000 Hz, channels 1-2", -18.0, True, "Scarlett"),
        ("'Scarlett', 48000 Hz, channels 1-2", -90.0, False, "turn up"),
        ("", -90.0, False, "turn up"),  # the input has not said its name yet
        ("silence for 7 s from 'Scarlett'", -120.0, False, "muted"),
        ("waiting for 'Scarlett' (it is gone)", -120.0, False, "plugged in again"),
        ("waiting for 'X' (cannot open 'X': Device unavailable)", -120.0, False, "Another program"),
        ("waiting for 'X' (Permission denied)", -120.0, False, "privacy settings"),
    ],
)
def test_silence_has_a_reason_and_a_way_out(application, words, loudness, arrives, says):
    state = judged(words, loudness)
    assert state.arrives == arrives
    assert says in state.line
    assert not state.line.startswith(":")


def test_no_engine_is_said(link, show):
    assert not sound_state(link).arrives
    show.hear(time.perf_counter() - 10.0, loudness_db=-20.0)
    link.tick()
    assert not sound_state(link).arrives
    show.hear(time.perf_counter(), loudness_db=-20.0)
    link.tick()
    assert sound_state(link).arrives
