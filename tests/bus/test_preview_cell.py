"""A small picture crosses whole or not at all, only for who asks, and nobody waits for anybody."""

import os

import pytest
from stemlight.bus.preview_cell import _FIRST, _HEAD, _SLOT_BYTES, ASKED_S, MAX_SIZE_PX, PreviewCell
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError

SIZE_PX = (3, 2)


@pytest.fixture
def name():
    return segment_name("preview")


@pytest.fixture
def panel(name):
    cell = PreviewCell.create(name)
    yield cell
    cell.close()


@pytest.fixture
def stage(panel, name):
    cell = PreviewCell.attach(name)
    yield cell
    cell.close()


def pixels(value: int, size_px=SIZE_PX) -> bytes:
    return bytes([value]) * (4 * size_px[0] * size_px[1])


def test_a_picture_is_news_once_and_the_newest_counts(panel, stage):
    assert panel.newest() is None
    stage.write(pixels(1), SIZE_PX, 10.0)
    stage.write(pixels(2), SIZE_PX, 10.5)
    newest = panel.newest()
    assert (newest.serial, newest.size_px, newest.seen_s, newest.rgba) == (2, SIZE_PX, 10.5, pixels(2))
    assert panel.newest(after=newest.serial) is None
    stage.write(pixels(3), SIZE_PX, 11.0)
    assert panel.newest(after=newest.serial).rgba == pixels(3)


def test_sizes_may_change_up_to_the_largest(panel, stage):
    for size_px in (SIZE_PX, MAX_SIZE_PX, (7, 135)):
        noise = os.urandom(4 * size_px[0] * size_px[1])
        stage.write(noise, size_px, 1.0)
        assert (panel.newest().size_px, panel.newest().rgba) == (size_px, noise)


@pytest.mark.parametrize("size_px", [(241, 1), (1, 136), (4, 2)])
def test_a_picture_that_does_not_fit_is_refused(stage, size_px):
    with pytest.raises(ValueError, match="no picture"):
        stage.write(bytes(24) if size_px == (4, 2) else bytes(4 * size_px[0] * size_px[1]), size_px, 1.0)


def test_asking_holds_for_a_while(panel, stage):
    assert not stage.is_asked_for(0.1)
    panel.ask(100.0)
    assert stage.is_asked_for(100.0)
    assert stage.is_asked_for(100.0 + 0.9 * ASKED_S)
    assert not stage.is_asked_for(100.0 + 1.1 * ASKED_S)


def test_a_stage_that_died_while_writing_is_passed_over_and_its_heir_goes_on(panel, stage, name):
    stage.write(pixels(1), SIZE_PX, 1.0)
    stage.write(pixels(2), SIZE_PX, 2.0)
    at = _FIRST + 2 % 2 * _SLOT_BYTES
    sequence, *rest = _HEAD.unpack_from(stage._memory, at)
    _HEAD.pack_into(stage._memory, at, sequence + 1, *rest)
    assert panel.newest() is None
    heir = PreviewCell.attach(name)
    for value in (3, 4):
        heir.write(pixels(value), SIZE_PX, 3.0)
        assert panel.newest().rgba == pixels(value)
    heir.close()


def test_half_a_picture_is_none(panel, stage):
    stage.write(pixels(1), SIZE_PX, 1.0)
    stage._memory[_FIRST + _SLOT_BYTES + _HEAD.size] = 99  # as if stores had been seen out of order
    assert panel.newest() is None


def test_without_a_show_there_is_none():
    with pytest.raises(UserError, match="stemlight run"):
        PreviewCell.attach("stemlight-0-preview")
