"""Ableton Link as the library speaks it, over a loopback of its own."""

import importlib.util
import json

import pytest
from own_network import in_own_network

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not importlib.util.find_spec("link"), reason="needs the extra `link`"),
]


@pytest.fixture(scope="module")
def measured():
    found = in_own_network("link_measurements.py")
    print(json.dumps(found, indent=2))
    return found


def test_two_peers_are_within_a_hundredth_of_a_beat(measured):
    assert measured["n"] > 50
    assert measured["max_beats"] < 0.01
    assert measured["turned_bpm"] == pytest.approx(96.0, abs=0.01)
    assert measured["turned_max_beats"] < 0.01


def test_who_comes_finds_the_tempo_and_the_beat_that_are_heard(measured):
    assert measured["came_bpm"] == pytest.approx(127.0, abs=0.1)
    assert abs(measured["came_off_beats"]) < measured["led_within_beats"] + 0.01


def test_who_leads_is_followed(measured):
    assert measured["led_bpm"] == pytest.approx(140.0, abs=0.1)
    assert abs(measured["led_off_beats"]) < measured["led_within_beats"] + 0.01


def test_a_band_that_falls_silent_is_gone(measured):
    assert measured["alone"]
    assert measured["lost_s"] < 15.0
