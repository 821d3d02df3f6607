"""The ways out besides the window: even steps, sound without gaps, files that are kept, honest lines."""

import platform
import secrets
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE, FeatureFrame, empty_record
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import Published
from stemlight.bus.health import Health
from stemlight.errors import UserError
from stemlight.recordings import part_of, recording_path
from stemlight.stage.outputs import camera, ndi
from stemlight.stage.outputs.frame_grid import FrameGrid
from stemlight.stage.outputs.output import Shown
from stemlight.stage.outputs.outputs import Outputs
from stemlight.stage.outputs.picture_pipe import Picture
from stemlight.stage.outputs.pixel_reader import RING, PixelReader
from stemlight.stage.outputs.recording import Film, fitted
from stemlight.stage.outputs.sound_track import SILENT_S, SoundTrack
from stemlight.stage.video_writer import VideoWriter

NOW = datetime(2026, 11, 20, 21, 5, 12)


# --- even steps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75])
def test_pictures_at_the_films_pace_take_one_place_each_however_shaken(phase):
    rng = np.random.default_rng(3)
    grid = FrameGrid(60.0)
    places = [grid.place((n + phase + rng.uniform(-0.3, 0.3)) / 60.0) for n in range(1000)]
    assert None not in places
    assert np.all(np.diff(places) == 1)


@pytest.mark.parametrize("draws_hz", [24.0, 50.0, 59.94, 75.0, 144.0])
def test_other_paces_keep_their_time(draws_hz):
    grid = FrameGrid(60.0)
    times = np.arange(round(20 * draws_hz)) / draws_hz
    taken = [(grid.place(time_s), time_s) for time_s in times]
    places = [(place, time_s) for place, time_s in taken if place is not None]
    assert all(abs(place / 60.0 - time_s) < 1.0 / 60.0 for place, time_s in places)
    assert np.all(np.diff([place for place, _ in places]) >= 1)
    assert len(places) == pytest.approx(20 * min(draws_hz, 60.0), rel=0.02)


# --- sound -----------------------------------------------------------------------------------------------


class Ring:
    """Hops of a rising ramp: every sample says which it is."""

    def __init__(self) -> None:
        self.hops: list[Published] = []

    @property
    def published(self) -> int:
        return len(self.hops)

    def since(self, index: int) -> list[Published]:
        return self.hops[index:]

    def hop(self, captured_host_s: float, n: int = 1) -> None:
        for i in range(n):
            record = empty_record()
            start = 512 * len(self.hops)
            record["waveform"] = np.arange(start, start + 512) * 1e-6
            record["side"] = 1e-3
            self.hops.append(
                Published(FeatureFrame(record), captured_host_s + i * HOP_S, len(self.hops), epoch=1)
            )


def test_sound_is_whole_in_stereo_and_begins_with_the_first_picture():
    ring = Ring()
    ring.hop(10.0, 20)  # hop n ends at 10 + n hops
    sound = SoundTrack(ring, began_s=10.0 + 3.5 * HOP_S)
    first = sound.up_to(10.1)
    ring.hop(10.0 + 20 * HOP_S, 30)
    both = np.concatenate([first, sound.up_to(10.5), sound.up_to(10.6)])
    mono = both.mean(axis=1) * 1e6
    assert mono[0] == pytest.approx(4.5 * 512, abs=1)
    assert np.diff(mono) == pytest.approx(1.0, abs=0.05)
    assert both[:, 0] - both[:, 1] == pytest.approx(2e-3, abs=1e-6)


def test_an_encoder_that_starts_late_has_the_sound_from_the_beginning():
    ring = Ring()
    ring.hop(10.0, 1000)
    sound = SoundTrack(ring, began_s=10.0 + 100.5 * HOP_S)
    mono = sound.up_to(10.0 + 1000 * HOP_S).mean(axis=1) * 1e6
    assert mono[0] == pytest.approx(101.5 * 512, abs=1)
    assert np.diff(mono) == pytest.approx(1.0, abs=0.1)


def test_pictures_go_by_the_sounds_clock():
    ring = Ring()
    sound = SoundTrack(ring, began_s=0.0)
    for second in range(60):  # a sound card that is 200 ppm slow
        ring.hop(second * 87 * HOP_S * 1.0002, 87)
        sound.up_to(second * 87 * HOP_S)
    ends_s = ring.hops[-1].captured_host_s
    assert sound.time_s(ends_s) == pytest.approx(60 * 87 * HOP_S - HOP_S, abs=0.02)


def test_gaps_become_silence_of_their_length():
    ring = Ring()
    ring.hop(HOP_S, 86)
    sound = SoundTrack(ring, began_s=0.0)
    sound.up_to(1.0)
    ring.hop(1.5, 86)
    samples = sound.up_to(2.0)
    silent = np.flatnonzero(np.abs(samples).max(axis=1) > 0)[0] / SAMPLE_RATE
    assert silent == pytest.approx(1.5 - HOP_S - 86 * HOP_S, abs=0.001)


def test_without_an_engine_there_is_silence_and_time_goes_on():
    sound = SoundTrack(Ring(), began_s=5.0)
    n = sum(len(sound.up_to(5.0 + second)) for second in range(10))
    assert n == pytest.approx((9.0 - SILENT_S) * SAMPLE_RATE, abs=2)
    assert sound.time_s(14.0) == 9.0


# --- the film --------------------------------------------------------------------------------------------


class Video:
    """What a film would write."""

    def __init__(self) -> None:
        self.size_px, self.frames, self.samples = (4, 2), [], 0

    @property
    def n_frames(self) -> int:
        return len(self.frames)

    def write_frame(self, rgba: np.ndarray) -> None:
        self.frames.append(int(rgba.max()))

    def repeat_frame(self, n: int) -> None:
        self.frames += self.frames[-1:] * n

    def write_audio(self, samples: np.ndarray) -> None:
        self.samples += len(samples)


def test_a_film_repeats_what_came_late_and_skips_what_is_too_much():
    video, counted = Video(), []
    began_s = time.perf_counter()  # silence is written from then until now
    film = Film(video, SoundTrack(Ring(), began_s), counted.append)
    for n, seen_s in enumerate([0.0, 1 / 60, 5 / 60, 5.1 / 60, 6 / 60]):
        film.add(Picture(np.full((2, 4, 4), n, np.uint8), began_s + seen_s))
    film.end()
    assert video.frames == [0, 1, 1, 1, 1, 2, 4]
    assert (counted[-1].pictures, counted[-1].repeated, counted[-1].skipped) == (4, 3, 1)


def test_a_picture_of_another_shape_is_fitted_between_bars():
    rgba = np.full((90, 90, 4), 200, np.uint8)
    picture = fitted(rgba, (160, 90))
    assert picture.shape == (90, 160, 4)
    assert picture[:, 40:120].min() > 195
    assert picture[:, :34, :3].max() == 0
    assert fitted(picture, (160, 90)) is picture


# --- files -----------------------------------------------------------------------------------------------


def test_a_recording_writes_over_nothing(tmp_path):
    wanted = tmp_path / "show.mp4"
    assert recording_path(str(wanted), NOW) == wanted
    wanted.touch()
    part_of(tmp_path / "show-2.mp4").touch()  # of a show that was killed
    assert recording_path(str(wanted), NOW) == tmp_path / "show-3.mp4"
    with pytest.raises(UserError, match=r"show.mov: a recording is an .mp4"):
        recording_path(str(tmp_path / "show.mov"), NOW)
    with pytest.raises(UserError, match="there is no folder"):
        recording_path(str(tmp_path / "no" / "show.mp4"), NOW)


def test_unnamed_recordings_are_among_the_videos(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path / "Videos")
    assert recording_path("", NOW) == tmp_path / "Videos" / "Stemlight 2026-11-20 21.05.12.mp4"


def frames_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def boxes(path: Path) -> list[str]:
    """What an .mp4 is made of."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4], "big")
    return found


def test_a_recording_can_be_played_while_it_is_made_and_is_kept_if_it_fails(tmp_path):
    path, part = tmp_path / "a.mp4", tmp_path / "a.part.mp4"
    picture = np.zeros((36, 64, 4), np.uint8)
    with (
        pytest.raises(RuntimeError),
        VideoWriter(path, (64, 36), 30, SAMPLE_RATE, part=part) as video,
    ):
        for n in range(150):
            video.write_frame(picture + np.uint8(n))
            video.write_audio(np.zeros((SAMPLE_RATE // 30, 2), np.float32))
        copied = tmp_path / "copy.mp4"
        copied.write_bytes(part.read_bytes())
        assert frames_in(copied) >= 60  # of 150, less what the encoder looks ahead and a second
        raise RuntimeError
    assert part.exists() and not path.exists()


def test_a_recording_that_ends_well_is_an_ordinary_file(tmp_path):
    path, part = tmp_path / "a.mp4", tmp_path / "a.part.mp4"
    with VideoWriter(path, (64, 36), 30, SAMPLE_RATE, part=part) as video:
        video.write_frame(np.zeros((36, 64, 4), np.uint8))
        video.repeat_frame(59)
        video.write_audio(np.zeros((0, 2), np.float32))
        video.write_audio(np.zeros((2 * SAMPLE_RATE, 2), np.float32))
    assert not part.exists()
    assert frames_in(path) == 60
    assert boxes(path) == ["ftyp", "free", "mdat", "moov"]


# --- from the GPU ----------------------------------------------------------------------------------------


def test_pixels_come_as_they_were_two_draws_ago(screen):
    reader = PixelReader(screen.context)
    came = []
    for n in range(6):
        screen.framebuffer.clear(n / 255.0, 0.0, 0.0, 1.0)
        pixels = reader.turn(Shown(screen.framebuffer, screen.size_px, float(n)))
        if pixels:
            memory = bytearray(pixels.n_bytes)
            pixels.copy_into(memoryview(memory))
            came.append((pixels.seen_s, memory[0], memory[-4]))
    assert came == [(float(n), n, n) for n in range(6 - RING + 1)]
    screen.resize((80, 45))
    assert reader.turn(Shown(screen.framebuffer, screen.size_px, 9.0)) is None  # begins anew
    reader.release()


@pytest.fixture
def show():
    name = f"stemlight-test-{secrets.token_hex(3)}"
    with closing(ControlBus.create(f"{name}-c")) as controls, closing(Health.create(f"{name}-h")) as health:
        yield controls, health.part("stage")


@pytest.mark.skipif(platform.system() != "Linux", reason="they are at home there")
@pytest.mark.parametrize(("control", "words"), [("output.spout", "Windows"), ("output.syphon", "macOS")])
def test_what_this_system_lacks_is_said_in_one_line(screen, show, control, words):
    controls, part = show
    with closing(Outputs(screen.context, None, controls, part, "no ring")) as outputs:
        controls.set(control, True)
        outputs.send(screen.framebuffer, screen.size_px, 0.0)
        assert words in part.words(control.removeprefix("output."))
        assert "\n" not in part.words(control.removeprefix("output."))
        assert controls.get(control) is False  # and can be tried again
        controls.set("stage.mirror", 1)
        outputs.send(screen.framebuffer, screen.size_px, 0.0)
        assert part.words("mirror") == "there is no window to mirror"
        assert controls.get("stage.mirror") == -1


@pytest.mark.parametrize(("module", "package"), [(ndi, "cyndilib"), (camera, "pyvirtualcam")])
def test_a_missing_package_is_named(module, package, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(UserError, match=f"needs the package {package}: pip install"):
        module.check()


def test_a_recording_that_cannot_be_made_is_said(screen, show, tmp_path):
    controls, part = show
    with closing(Outputs(screen.context, None, controls, part, "no ring")) as outputs:
        controls.set("record.file", str(tmp_path / "film.avi"))
        controls.set("record.on", True)
        outputs.send(screen.framebuffer, screen.size_px, 0.0)
        assert "name it so" in part.words("record")
        assert controls.get("record.on") is False
