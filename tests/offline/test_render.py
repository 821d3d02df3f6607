import av
import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.offline.render import RenderSettings, render_song


def quiet(done_s: float, total_s: float) -> None:
    """No progress wanted."""


def settings(song, out, **more) -> RenderSettings:
    return RenderSettings(song=song, out=out, size_px=(96, 64), fps=20, seconds=1.5, **more)


def pictures(folder):
    return [path.read_bytes() for path in sorted(folder.glob("*.png"))]


def test_same_song_same_pictures_to_the_bit(song, tmp_path):
    for name in ("a", "b"):
        render_song(settings(song, tmp_path / f"{name}.mp4", frames_dir=tmp_path / name), quiet)
    first, second = pictures(tmp_path / "a"), pictures(tmp_path / "b")
    assert len(first) == 30 and first == second
    assert len(set(first)) > 25  # the picture moves


def test_picture_and_sound_start_together_and_last_as_long(song, tmp_path):
    render_song(settings(song, tmp_path / "a.mp4"), quiet)
    with av.open(str(tmp_path / "a.mp4")) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.width, video.height) == (96, 64)
        assert float(video.duration * video.time_base) == pytest.approx(1.5, abs=0.05)
        assert float(audio.duration * audio.time_base) == pytest.approx(1.5, abs=0.05)
        assert (video.start_time or 0) == 0 and abs(audio.start_time or 0) <= 1024
        sound = np.concatenate([frame.to_ndarray() for frame in file.decode(audio)], axis=1)
        assert np.abs(sound).max() > 0.1


def test_starting_later_is_the_same_song_from_there(song, tmp_path):
    rendered = render_song(settings(song, tmp_path / "a.mp4", start_s=3.0), quiet)
    assert rendered.seconds == pytest.approx(1.0, abs=0.06)  # the song ends


@pytest.mark.parametrize(
    ("out", "more", "said"),
    [
        ("a.avi", {}, ".mp4"),
        ("no/such/folder/a.mp4", {}, "folder"),
        ("a.mp4", {"start_s": 60.0}, "60"),
        ("a.mp4", {"shader": "no.fs"}, "no.fs"),
        ("a.mp4", {"preset": "zzz"}, "zzz"),
    ],
)
def test_what_cannot_be_rendered_is_said_and_nothing_written(song, tmp_path, out, more, said):
    with pytest.raises(UserError, match=said):
        render_song(settings(song, tmp_path / out, **more), quiet)
    assert list(tmp_path.iterdir()) == []
