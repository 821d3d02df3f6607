"""The panel's small copy: what the window shows, all of it, draws later, and only while it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.bus.preview_cell import MAX_SIZE_PX, PreviewCell
from stemlight.bus.segment import segment_name
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.preview import ARRIVES_AFTER, PERIOD_S, Preview, fitted

FPS = 60.0
SIZE_PX = (640, 360)


@pytest.fixture
def cell():
    cell = PreviewCell.create(segment_name("preview"))
    yield cell
    cell.close()


@pytest.fixture
def large():
    with OffscreenContext(SIZE_PX) as screen:
        yield screen
        assert screen.context.error == "GL_NO_ERROR"


@pytest.fixture
def preview(large, cell):
    preview = Preview(large.context, cell)
    yield preview
    large.framebuffer.use()
    preview.release()


def draws(preview, screen, n, *, first=0, ask=None, colour=(1.0, 0.5, 0.0)):
    for index in range(first, first + n):
        if ask is not None:
            ask.ask()
        screen.framebuffer.clear(*colour, 1.0)
        preview.send(screen.framebuffer, screen.size_px, 1.0 + index / FPS)


def shown(cell) -> np.ndarray:
    picture = cell.newest()
    width, height = picture.size_px
    return np.frombuffer(picture.rgba, np.uint8).reshape(height, width, 4)


@pytest.mark.parametrize(
    ("size_px", "small_px"),
    [
        ((1920, 1080), (240, 135)),
        ((1024, 768), (180, 135)),
        ((3840, 720), (240, 45)),
        ((160, 90), (160, 90)),
        ((1, 5000), (1, 135)),
    ],
)
def test_the_shape_is_kept(size_px, small_px):
    assert fitted(size_px) == small_px


def test_nobody_asks_nothing_is_made(preview, large, cell):
    draws(preview, large, 20)
    assert cell.newest() is None
    assert preview._whole.texture.size == (1, 1)


def test_a_picture_comes_draws_later(preview, large, cell):
    draws(preview, large, ARRIVES_AFTER, ask=cell)
    assert cell.newest() is None
    draws(preview, large, 1, first=ARRIVES_AFTER, ask=cell, colour=(0.0, 0.0, 1.0))
    assert cell.newest().seen_s == 1.0
    assert np.abs(shown(cell).astype(int) - (255, 128, 0, 255)).max() <= 1  # not the newer, blue one


def test_pictures_come_at_their_pace_and_end_with_the_asking(preview, large, cell):
    draws(preview, large, 61, ask=cell)
    serial = cell.newest().serial
    assert serial == pytest.approx(1.0 / PERIOD_S, abs=1)
    cell.ask(-100.0)
    draws(preview, large, 60, first=61)
    assert cell.newest().serial <= serial + 1  # what was on its way


def test_all_of_a_picture_is_seen(preview, large, cell):
    """A line one pixel wide does not fall between the taps, wherever it is."""
    for column in range(100, 108):
        large.framebuffer.clear()
        large.framebuffer.clear(1.0, 1.0, 1.0, 1.0, viewport=(column, 0, 1, SIZE_PX[1]))
        for index in range(ARRIVES_AFTER + 1):
            cell.ask()
            preview.send(large.framebuffer, SIZE_PX, 1.0 + column + index / FPS)
        light = shown(cell)[MAX_SIZE_PX[1] // 2, :, 0].astype(float).sum() / 255.0
        assert light == pytest.approx(MAX_SIZE_PX[0] / SIZE_PX[0], rel=0.4)


def test_the_picture_stands_as_the_window_has_it(preview, large, cell):
    large.framebuffer.clear()
    width, height = SIZE_PX
    large.framebuffer.clear(1.0, 0.0, 0.0, 1.0, viewport=(0, 0, width // 2, height // 2))  # lower left
    for index in range(ARRIVES_AFTER + 1):
        cell.ask()
        preview.send(large.framebuffer, SIZE_PX, 1.0 + index / FPS)
    red = shown(cell)[..., 0] > 128
    assert red[:60, :110].all()
    assert red.mean() == pytest.approx(0.25, abs=0.01)
    assert large.read_rgba()[-1, 0, 0] == 255  # and the window's own is as it was
    assert large.framebuffer.viewport == (0, 0, *SIZE_PX)


def test_a_window_of_another_size_is_followed(preview, large, cell):
    draws(preview, large, 5, ask=cell)
    smaller = (320, 90)
    for index in range(30, 31 + ARRIVES_AFTER):
        cell.ask()
        large.framebuffer.viewport = (0, 0, *smaller)
        preview.send(large.framebuffer, smaller, 1.0 + index / FPS)
    assert cell.newest().size_px == fitted(smaller) == (240, 67)


def test_no_call_waits_for_the_gpu(preview, large, cell, monkeypatch):
    """The small picture is read into a buffer a draw after it was drawn, and the buffer draws after that."""
    calls = []
    monkeypatch.setattr(preview, "_shrink", lambda frame: calls.append("shrink"))
    monkeypatch.setattr(preview, "_read", lambda: calls.append("read"))
    monkeypatch.setattr(preview, "_hand_on", lambda: calls.append("hand on"))
    for index in range(1 + ARRIVES_AFTER):
        cell.ask()
        preview.send(large.framebuffer, SIZE_PX, 1.0 + index / FPS)
        calls.append("draw")
    assert calls == ["shrink", "draw", "read", "draw", "draw", "hand on", "draw"]
