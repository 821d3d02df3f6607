"""The preview in the panel: asks only while it is seen, and says why nothing comes."""

from __future__ import annotations

import time

import pytest
from stemlight.panel import preview_view
from stemlight.panel.preview_view import PreviewView, image_of


@pytest.fixture
def view(show, link, application):
    made = PreviewView(link, show.preview, True)
    made.show()
    yield made
    made.hide()
    made.deleteLater()


def rows(*colours: tuple[int, int, int]) -> bytes:
    """One pixel a row, the bottom one first."""
    return b"".join(bytes((*colour, 255)) for colour in colours)


def test_it_asks_only_while_it_is_seen(view, show):
    view._tick()
    assert show.preview.is_asked_for()
    show.preview.ask(-100.0)
    view.hide()
    view._asked_s = 0.0
    view._tick()
    assert not show.preview.is_asked_for()


def test_the_top_row_is_on_top(show):
    show.preview.write(rows((255, 0, 0), (0, 0, 255)), (1, 2), 1.0)
    image = image_of(show.preview.newest())
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 255)
    assert image.pixelColor(0, 1).getRgb()[:3] == (255, 0, 0)


def test_what_came_is_painted(view, show):
    show.preview.write(rows((10, 200, 30)) * (16 * 9), (16, 9), 1.0)
    view._tick()
    middle = view.grab().toImage()
    assert middle.pixelColor(middle.width() // 2, middle.height() // 2).getRgb()[:3] == (10, 200, 30)


def test_a_stage_that_died_is_said_and_forgotten_when_it_is_back(view, show, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    for _ in range(3):
        now[0] += 0.5
        show.preview.write(rows((9, 9, 9)), (1, 1), now[0])
        view._tick()
        assert view.words == ""
    for _ in range(6):
        now[0] += 0.5
        view._tick()
    assert "stopped" in view.words
    assert view.accessibleDescription() == view.words
    show.preview.write(rows((9, 9, 9)), (1, 1), now[0])
    view._tick()
    assert view.words == ""


def test_a_panel_that_was_out_of_sight_waits_before_it_complains(view, show, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    view._tick()
    now[0] += 3600.0
    view._tick()
    assert view.words == ""
    for _ in range(6):
        now[0] += preview_view.STALE_S / 5
        view._tick()
    assert view.words


def test_a_blackout_is_named(view, show, link):
    before = view.grab().toImage()
    show.controls.set("stage.blackout", True)
    view._tick()
    assert view.grab().toImage() != before


def test_a_show_without_a_picture_says_so(show, link, application):
    view = PreviewView(link, show.preview, False)
    view.show()
    view._tick()
    assert "No picture" in view.words
    assert not show.preview.is_asked_for()
    view.deleteLater()


def test_it_is_on_every_page(open_panel, show, link):
    window = open_panel()
    (view,) = window.findChildren(PreviewView)
    for name in window.pages:
        window.open_page(name)
        assert view.isVisible(), name
