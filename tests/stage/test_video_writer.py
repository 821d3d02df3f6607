import hashlib

import av
import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.stage.video_writer import VideoWriter

RATE, FPS, SECONDS = 44_100, 30, 2
SIZE = (128, 72)


def write_clicks(path, fps=FPS):
    """Half a second of white and sound every second, together."""
    time_s = np.arange(RATE * SECONDS) / RATE
    sound = (0.5 * np.sin(2 * np.pi * 441.0 * time_s) * (time_s % 1.0 < 0.5)).astype(np.float32)
    per_picture = len(sound) // (fps * SECONDS)
    with VideoWriter(path, SIZE, fps, RATE) as video:
        for k in range(fps * SECONDS):
            video.write_frame(np.full((SIZE[1], SIZE[0], 4), 255 if k % fps < fps / 2 else 0, np.uint8))
            chunk = sound[k * per_picture : (k + 1) * per_picture]
            video.write_audio(np.stack([chunk, -chunk], axis=1))
        assert (video.n_frames, video.n_samples) == (fps * SECONDS, len(sound))


def decoded(path):
    with av.open(str(path)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    return pictures, sound


def test_pictures_and_sound_lie_together(tmp_path):
    path = tmp_path / "clicks.mp4"
    write_clicks(path)
    with av.open(str(path)) as container:
        for stream in container.streams:
            assert stream.start_time == 0
            assert float(stream.duration * stream.time_base) == pytest.approx(SECONDS, abs=0.03)
        assert container.streams.video[0].average_rate == FPS
    pictures, sound = decoded(path)
    assert len(pictures) == FPS * SECONDS
    assert [picture.mean() > 128 for picture in pictures] == [k % FPS < FPS / 2 for k in range(FPS * SECONDS)]
    loud = np.convolve(np.abs(sound[0]), np.ones(128) / 128, "same") > 0.1
    silences = [loud[int((k + 0.55) * RATE) : int((k + 0.95) * RATE)].mean() for k in range(SECONDS)]
    sounds = [loud[int((k + 0.01) * RATE) : int((k + 0.49) * RATE)].mean() for k in range(SECONDS)]
    assert silences == [0.0] * SECONDS
    assert sounds == [1.0] * SECONDS
    assert np.corrcoef(sound[0, :RATE], sound[1, :RATE])[0, 1] < -0.99


def test_the_same_twice_is_the_same_file(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        write_clicks(tmp_path / name)
    a, b = (hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.mp4", "b.mp4"))
    assert a == b


def test_colors_come_back(tmp_path):
    colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (20, 90, 160)]
    with VideoWriter(tmp_path / "colors.mp4", SIZE, FPS, RATE) as video:
        for color in colors:
            video.write_frame(np.full((SIZE[1], SIZE[0], 4), (*color, 255), np.uint8))
    with av.open(str(tmp_path / "colors.mp4")) as container:
        assert container.streams.video[0].codec_context.colorspace == 1  # BT.709, as it says and is
        for frame, color in zip(container.decode(video=0), colors, strict=True):
            back = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()
            assert back[36, 64] == pytest.approx(np.array(color), abs=4)


def test_a_failure_leaves_no_file(tmp_path):
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        VideoWriter(tmp_path / "a.mp4", SIZE, FPS, RATE) as video,
    ):
        video.write_frame(np.zeros((SIZE[1], SIZE[0], 4), np.uint8))
        raise RuntimeError("in the middle")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UserError, match="both sides must be even"):
        VideoWriter(tmp_path / "a.mp4", (127, 72), FPS, RATE)
    with (
        pytest.raises(UserError, match="cannot write"),
        VideoWriter(tmp_path / "no" / "a.mp4", SIZE, FPS, RATE),
    ):
        pass
    with pytest.raises(ValueError, match="shape"), VideoWriter(tmp_path / "a.mp4", SIZE, FPS, RATE) as video:
        video.write_frame(np.zeros((10, 10, 4), np.uint8))
