"""What is painted follows the show: meters, beat, health. And colours that everybody tells apart."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage
from stemlight.bus.frame_ring import Published
from stemlight.panel.beat_views import BarLamps, PhaseWheel
from stemlight.panel.meters import SpectrumView, StemMeters, WaveView
from stemlight.panel.report import report, sound_to_picture
from stemlight.panel.theme import GROUND, INK, QUIET, STEM_COLOURS

# How the three cones see it when one is missing (Viénot, Brettel, Mollon 1999), linear sRGB.
DICHROMATS = {
    "protan": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deutan": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
}


def linear(code):
    rgb = np.array([QColor(code).redF(), QColor(code).greenF(), QColor(code).blueF()])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", [None, *DICHROMATS])
def test_stems_are_told_apart_by_every_eye(eye):
    seen = {name: linear(code) for name, code in STEM_COLOURS.items()}
    if eye:
        seen = {name: np.array(DICHROMATS[eye]) @ rgb for name, rgb in seen.items()}
    colours = [lab(rgb) for rgb in seen.values()]
    for i, one in enumerate(colours):
        for other in colours[i + 1 :]:
            assert np.linalg.norm(one - other) > 20.0


@pytest.mark.parametrize(("code", "ratio"), [(INK, 12.0), (QUIET, 7.0)])
def test_text_is_read_in_the_dark(code, ratio):
    light = np.array([0.2126, 0.7152, 0.0722])
    assert (light @ linear(code) + 0.05) / (light @ linear(GROUND) + 0.05) > ratio


def painted(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    buffer = image.constBits().asstring(image.sizeInBytes())
    return np.frombuffer(buffer, np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[..., :3]


@pytest.fixture
def frame(show):
    def make(**values):
        show.hear(time.perf_counter(), **values)
        return show.ring.latest()

    return make


def test_a_meter_is_as_long_as_the_level(application, frame):
    meters = StemMeters()
    meters.resize(500, meters.sizeHint().height())
    lit = {}
    for level in (0.0, 0.5, 1.0):
        meters.show_frame(frame(drums_level=level).frame)
        drums = np.array(QColor(STEM_COLOURS["drums"]).getRgb()[2::-1])
        lit[level] = int((np.abs(painted(meters).astype(int) - drums).max(axis=2) < 3).sum(axis=1).max())
    assert lit[0.0] == 0
    assert lit[0.5] == pytest.approx(lit[1.0] / 2, abs=3)


def test_silence_paints_nothing_new(application, frame):
    for view in (StemMeters(), SpectrumView(), WaveView()):
        view.resize(400, 170)
        view.show_frame(frame(drums_level=0.7, spectrum=0.5, waveform=np.sin(np.arange(512) / 9)).frame)
        loud = painted(view)
        view.show_frame(None)
        assert (painted(view) != loud).any()


def test_the_lamp_of_the_beat_is_lit_and_foreseen(application, frame):
    lamps = BarLamps()
    now_s = time.perf_counter()
    newest = frame(beat=5.5, beat_count=3, tempo_bpm=60.0, beats_per_bar=4)
    lamps.show_beat(Published(newest.frame, now_s, 0, 1))
    assert lamps._now == 2
    lamps.show_beat(Published(newest.frame, now_s - 2.0, 0, 1))  # two seconds, two beats later
    assert lamps._now == 4
    lamps.show_beat(
        Published(frame(beat=5.5, beat_count=3, tempo_bpm=60.0, beats_per_bar=3).frame, now_s, 0, 1)
    )
    assert (lamps._per_bar, lamps._now) == (3, 3)
    lamps.show_beat(None)
    assert lamps._now == 0


def test_the_wheel_says_the_tempo_and_nothing_before_the_first_beat(application, frame):
    wheel = PhaseWheel()
    wheel.show_beat(frame(tempo_bpm=128.04, beat_count=0))
    assert wheel._shown[3] == "–"
    wheel.show_beat(frame(tempo_bpm=128.04, beat_count=9, tempo_confidence=0.5))
    assert wheel._shown[2:] == (10, "128.0")


@pytest.mark.parametrize(("place", "later"), [(0, 3), (60, 66), (100, 121), (10, 200), (0, 255)])
@pytest.mark.parametrize("size", [(180, 180), (500, 440), (301, 260)])
def test_the_wheel_paints_anew_all_that_has_moved(application, place, later, size):
    pictures = []
    for at in (place, later):
        wheel = PhaseWheel()
        wheel.resize(*size)
        wheel._shown = (at, 4, 12, "128.0")
        pictures.append(gray_of(wheel.grab().toImage()))
    # A longer arc has other knots: along its rim pixels change by a part of a pixel.
    moved_y, moved_x = np.nonzero(np.abs(np.subtract(*pictures, dtype=int)) > 90)
    asked = wheel._between(place, later)
    assert moved_x.size
    assert asked.left() <= moved_x.min() and moved_x.max() <= asked.right()
    assert asked.top() <= moved_y.min() and moved_y.max() <= asked.bottom()


@pytest.mark.parametrize("seed", range(6))
def test_meters_paint_anew_all_that_has_moved(application, monkeypatch, seed):
    rng = np.random.default_rng(seed)
    meters = StemMeters()
    meters.resize(430, 170)
    asked = np.zeros((170, 430), bool)

    def update(x: int, y: int, width: int, height: int) -> None:
        asked[max(y, 0) : y + height, max(x, 0) : x + width] = True

    before = [tuple(rng.integers(0, 257, 3).tolist()) for _ in range(5)]
    now = [tuple(value if rng.random() < 0.5 else int(rng.integers(257)) for value in row) for row in before]
    pictures = []
    for shown in (before, now):
        meters._shown = shown
        pictures.append(gray_of(meters.grab().toImage()))
    monkeypatch.setattr(meters, "update", update)
    for row in range(5):
        meters._update_row(row, before[row], now[row])
    moved = pictures[0] != pictures[1]
    assert moved.any()
    assert not (moved & ~asked).any()
    assert asked.mean() < 0.8


def gray_of(image: QImage) -> np.ndarray:
    """uint8 (height, width)"""
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint8)
    return rows.reshape(image.height(), image.bytesPerLine())[:, : image.width()]


def test_the_parts_of_the_way_add_up_to_the_whole(show):
    engine, stage = show.health.part("engine"), show.health.part("stage")
    engine.set("input_latency_us", 8000)
    for name, ms in (("block_ms", 9.0), ("queue_ms", 0.2), ("compute_ms", 1.5), ("publish_ms", 0.1)):
        engine.time(name, ms)
    stage.time("sound_to_picture_ms", 40.0)
    legs = sound_to_picture(show.health)
    assert sum(leg.ms for leg in legs) == pytest.approx(40.0, rel=0.03)
    assert legs[0].ms == 8.0
    assert all(leg.ms >= 0 for leg in legs)
    assert '"sound_to_picture_ms"' in report(show.health)


def test_restarts_and_news_are_logged_once(open_panel, show):
    page = open_panel().pages["health"]
    show.health.part("show").add("engine_restarts")
    show.health.part("stage").say("error", "ember.fs:3: no such input")
    page._listen()
    page._listen()
    said = page._text.toPlainText()
    assert said.count("engine: was brought back") == 1
    assert said.count("ember.fs:3") == 1
