import pytest
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.bus.tempo_lines import TempoLines
from stemlight.doors.process import AWAY_S, run_doors, shown_line
from stemlight.doors.settings import DoorsSettings
from stemlight.errors import UserError


@pytest.fixture
def ring():
    ring = FrameRing.create(segment_name("xf"))
    yield ring
    ring.close()


@pytest.fixture
def controls():
    controls = ControlBus.create(segment_name("xc"))
    yield controls
    controls.close()


@pytest.fixture
def health():
    health = Health.create(segment_name("xh"))
    yield health
    health.close()


@pytest.fixture
def settings(ring, controls, health, tmp_path, monkeypatch):
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings.toml"))
    lines = TempoLines.create(segment_name("xl"))
    yield DoorsSettings(*(segment_name(name) for name in ("xf", "xc", "xh", "xl")))
    lines.close()


def publish(ring, captured_host_s, **fields):
    writer = FrameRing.attach(segment_name("xf"), writer=True)
    record = empty_record()
    for name, value in fields.items():
        record[name] = value
    writer.publish(FeatureFrame(record), captured_host_s)
    writer.close()


def test_our_clock_is_the_beat_that_is_shown_early_by_the_offset(ring, controls):
    publish(ring, 500.0, beat=17.5, tempo_bpm=125.0, beat_count=9, time_s=3.0)
    assert shown_line(ring, controls, 500.1).beat_at(500.0) == pytest.approx(17.5)
    controls.set("beat.offset_ms", 100.0)
    assert shown_line(ring, controls, 500.1).beat_at(499.9) == pytest.approx(17.5)


def test_there_is_no_clock_before_the_first_beat_nor_without_an_engine(ring, controls):
    assert shown_line(ring, controls, 500.0) is None
    publish(ring, 500.0, beat=17.5, beat_count=0)
    assert shown_line(ring, controls, 500.0) is None
    publish(ring, 500.0, beat=17.5, beat_count=1)
    assert shown_line(ring, controls, 500.0 + 0.9 * AWAY_S) is not None
    assert shown_line(ring, controls, 500.0 + 1.1 * AWAY_S) is None


def test_the_doors_end_with_the_show_and_leave_nothing_open(settings, health):
    health.stop()
    assert run_doors(settings) == 0
    assert health.part("doors").get("ready") == 1


def test_a_port_that_cannot_be_had_is_one_clear_line(settings):
    with pytest.raises(UserError, match="cannot listen"):
        run_doors(
            DoorsSettings(
                settings.frames, settings.controls, settings.health, settings.lines, 9, "203.0.113.1"
            )
        )
