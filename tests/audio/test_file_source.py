"""Files: every kind, rate and width becomes the same hops; what is broken is one clear line."""

from __future__ import annotations

import tracemalloc
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.file_source import FileSource
from stemlight.errors import UserError


def song(rate_hz: int = SAMPLE_RATE, seconds: float = 2.0, n_channels: int = 2) -> np.ndarray:
    """Tones, another in each channel, that every codec keeps."""
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    pitches_hz = 220.0 * (1.0 + np.arange(n_channels) / 4.0)
    return (0.4 * np.sin(2 * np.pi * time_s[:, None] * pitches_hz)).astype(np.float32)


def encode(path: Path, codec: str, sound: np.ndarray, rate_hz: int, layout: str = "stereo") -> None:
    """Write `sound` with FFmpeg."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate_hz, 0
        fitting = av.AudioResampler(
            stream.codec_context.format, layout, rate_hz, frame_size=stream.codec_context.frame_size or None
        )
        for piece in fitting.resample(frame) + fitting.resample(None):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def heard(path: Path, **settings) -> np.ndarray:
    hops = list(FileSource(path, **settings).hops())
    assert all(hop.shape == (HOP_LENGTH, 2) and hop.dtype == np.float32 for hop in hops)
    return np.concatenate(hops)


@pytest.mark.parametrize("kind", ["wav", "flac", "aiff"])
def test_what_is_stored_is_heard_to_the_sample(tmp_path, kind):
    path = tmp_path / f"song.{kind}"
    soundfile.write(path, song(), SAMPLE_RATE, subtype="PCM_16")
    stored, _ = soundfile.read(path, dtype="float32")
    sound = heard(path)
    assert len(sound) == -(-len(stored) // HOP_LENGTH) * HOP_LENGTH
    np.testing.assert_array_equal(sound[: len(stored)], stored)
    assert not sound[len(stored) :].any()  # the last hop is padded


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("song.mp3", "libmp3lame", 44_100),
        ("song.m4a", "aac", 44_100),
        ("song.m4a", "aac", 48_000),
        ("song.opus", "libopus", 48_000),
        ("song.mp4", "aac", 44_100),
        ("song.aac", "aac", 44_100),  # bare packets: no header says how long
        ("song.mkv", "flac", 44_100),
    ],
)
def test_every_kind_of_file_is_heard_in_time(tmp_path, name, codec, rate_hz):
    path = tmp_path / name
    encode(path, codec, song(rate_hz), rate_hz)
    source = FileSource(path)
    sound = np.concatenate(list(source.hops()))
    assert source.format.sample_rate_hz == rate_hz
    assert source.duration_s == pytest.approx(2.0, abs=0.08)
    assert len(sound) == pytest.approx(source.duration_s * SAMPLE_RATE, abs=0.04 * SAMPLE_RATE)
    middle = slice(30_000, 60_000)
    assert np.std(sound[middle]) == pytest.approx(np.std(song()[middle]), rel=0.06)
    if name != "song.aac":  # bare packets say nothing of the coder's delay either
        np.testing.assert_allclose(sound[middle], song()[middle], atol=0.03)


def test_ogg_vorbis(tmp_path):
    path = tmp_path / "song.ogg"
    soundfile.write(path, song(), SAMPLE_RATE)
    np.testing.assert_allclose(heard(path)[: 2 * SAMPLE_RATE][5_000:-5_000], song()[5_000:-5_000], atol=0.02)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 32_000, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("n_channels", [1, 2, 8])
def test_any_rate_and_width(tmp_path, rate_hz, n_channels):
    path = tmp_path / "song.wav"
    sound = song(rate_hz, 1.0, n_channels)
    sound[:, 2:] = 0.0  # the front pair alone sounds
    soundfile.write(path, sound, rate_hz, subtype="FLOAT")
    source = FileSource(path)
    assert (source.format.sample_rate_hz, source.format.n_channels) == (rate_hz, n_channels)
    assert source.duration_s == 1.0
    out = np.concatenate(list(source.hops()))
    assert len(out) == -(-SAMPLE_RATE // HOP_LENGTH) * HOP_LENGTH
    expected = song(SAMPLE_RATE, 1.0, 2) if n_channels > 1 else song(SAMPLE_RATE, 1.0, 1)[:, [0, 0]]
    middle = slice(4_000, -4_000)
    np.testing.assert_allclose(out[: len(expected)][middle], expected[middle], atol=1e-3)


@pytest.mark.parametrize("kind", ["wav", "m4a"])
def test_surround_is_mixed_down_the_same_whoever_decodes(tmp_path, kind):
    path = tmp_path / f"song.{kind}"
    sound = song(n_channels=6)
    if kind == "wav":
        soundfile.write(path, sound, SAMPLE_RATE)
    else:
        encode(path, "aac", sound, SAMPLE_RATE, "5.1")
    half = np.sqrt(0.5)
    left = sound[:, 0] + half * sound[:, 2] + half * sound[:, 4]
    right = sound[:, 1] + half * sound[:, 2] + half * sound[:, 5]
    out = heard(path)
    assert np.std(out[30_000:60_000], axis=0) == pytest.approx(
        [np.std(left[30_000:60_000]), np.std(right[30_000:60_000])], rel=0.05
    )


@pytest.mark.parametrize("kind", ["wav", "mp3", "opus", "m4a"])
def test_a_part_is_the_whole_from_there_on(tmp_path, kind):
    path = tmp_path / f"song.{kind}"
    codec, rate_hz = {
        "wav": ("pcm_s16le", 44_100),
        "mp3": ("libmp3lame", 44_100),
        "opus": ("libopus", 48_000),
        "m4a": ("aac", 44_100),
    }[kind]
    encode(path, codec, song(rate_hz, 5.0), rate_hz)
    whole, part = heard(path), heard(path, start_s=2.0, seconds=1.5)
    assert FileSource(path, start_s=2.0, seconds=1.5).duration_s == 1.5
    assert len(part) == -(-66_150 // HOP_LENGTH) * HOP_LENGTH
    np.testing.assert_allclose(part[1_000:66_000], whole[2 * SAMPLE_RATE :][1_000:66_000], atol=0.02)
    assert not part[66_150:].any()


def test_hops_can_be_asked_for_again_and_are_the_same(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, song(48_000), 48_000)
    source = FileSource(path)
    first, second = list(source.hops()), list(source.hops())
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(second))
    assert first[0].base is not first[1].base or first[0].base is None  # each its own


def test_what_is_no_number_becomes_silence_and_is_counted(tmp_path):
    path = tmp_path / "song.wav"
    sound = song()
    sound[100, 0], sound[1_000, 1], sound[50_000] = np.nan, np.inf, -np.inf
    soundfile.write(path, sound, SAMPLE_RATE, subtype="FLOAT")
    source = FileSource(path)
    out = np.concatenate(list(source.hops()))
    assert source.nonfinite == 4
    sound[~np.isfinite(sound)] = 0.0
    np.testing.assert_array_equal(out[: len(sound)], sound)


@pytest.mark.parametrize("gain", [0.0, 100.0])
def test_silence_and_clipped_noise_pass(tmp_path, gain):
    path = tmp_path / "song.wav"
    noise = np.random.default_rng(2).uniform(-gain, gain, (SAMPLE_RATE, 2))
    soundfile.write(path, noise, SAMPLE_RATE, subtype="PCM_16")
    out = heard(path)[:SAMPLE_RATE]
    np.testing.assert_allclose(out, np.clip(noise, -1.0, 1.0), atol=1e-4)


def sparse_song(path: Path, seconds: int, ends: np.ndarray) -> None:
    """A wav file of `seconds` of silence between `ends`, which takes no room on disk."""
    n_bytes = seconds * SAMPLE_RATE * 4
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, SAMPLE_RATE, seconds * SAMPLE_RATE, "NONE", ""))
        file.writeframesraw(ends.tobytes())
        file._file.seek(44 + n_bytes - ends.nbytes)
        file._file.write(ends.tobytes())
        file._datawritten = n_bytes


@pytest.mark.parametrize("start_s", [0.0, 3 * 3_600 - 61.0])
def test_memory_stays_flat_on_three_hours(tmp_path, start_s):
    path = tmp_path / "concert.wav"
    sparse_song(path, 3 * 3_600, (song() * 32_000).astype(np.int16))
    list(FileSource(path, seconds=0.1).hops())  # what is imported late is here now
    tracemalloc.start()
    source = FileSource(path, start_s)
    assert source.duration_s == 3 * 3_600 - start_s
    energy = 0.0
    for hop, _ in zip(source.hops(), range(5_168), strict=False):  # a minute
        energy += float(np.square(hop).sum())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert energy > 1_000.0  # two seconds of song at the start, one of the last minute's
    assert peak_bytes < 1_000_000  # three hours are 3.8 GB


def test_memory_stays_flat_through_ffmpeg_too(tmp_path):
    path = tmp_path / "concert.m4a"
    encode(path, "aac", song(seconds=20.0), SAMPLE_RATE)
    list(FileSource(path, seconds=0.1).hops())
    tracemalloc.start()
    n_hops = sum(1 for _ in FileSource(path).hops())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_hops > 1_700
    assert peak_bytes < 1_000_000


def test_a_file_that_breaks_off_is_heard_up_to_there(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, song(), SAMPLE_RATE, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: SAMPLE_RATE * 4])  # about half
    out = heard(path)
    assert len(out) == pytest.approx(SAMPLE_RATE, abs=HOP_LENGTH)
    np.testing.assert_allclose(out[:40_000], song()[:40_000], atol=1e-4)


def test_damage_in_the_middle_is_passed_over(tmp_path):
    path = tmp_path / "song.m4a"
    encode(path, "aac", song(seconds=5.0), SAMPLE_RATE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 300] = bytes(300)
    path.write_bytes(content)
    out = heard(path)
    assert np.isfinite(out).all()
    assert np.std(out[-50_000:-10_000]) == pytest.approx(np.std(song()), rel=0.1)


def broken(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.wav"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("this is no song\n" * 100)
    elif kind == "header":
        soundfile.write(path, song(), SAMPLE_RATE)
        path.write_bytes(path.read_bytes()[:20])
    elif kind == "nothing":
        soundfile.write(path, np.zeros((0, 2)), SAMPLE_RATE)
    elif kind == "folder":
        path.mkdir()
    elif kind == "picture":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    elif kind == "rate":
        soundfile.write(path, song(), SAMPLE_RATE)
        content = bytearray(path.read_bytes())
        content[24:28] = (1).to_bytes(4, "little")
        path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("kind", "match"),
    [
        ("empty", "is empty"),
        ("text", "is no sound file"),
        ("header", "is no sound file"),
        ("nothing", "holds no sound"),
        ("folder", "is a folder"),
        ("picture", "is no sound file"),
        ("missing", "no such file"),
        ("rate", "1 samples a second; its header is broken"),
    ],
)
def test_what_cannot_be_heard_is_said_in_one_line(tmp_path, kind, match):
    with pytest.raises(UserError, match=match) as caught:
        FileSource(broken(kind, tmp_path))
    assert "\n" not in str(caught.value)
    assert kind in str(caught.value)  # names the file


def test_a_film_without_sound_is_no_sound_file(tmp_path):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(UserError, match="is no sound file"):
        FileSource(path)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"start_s": 2.0}, r"is 2.00 s long: there is nothing from 2 s on"),
        ({"start_s": 99.0}, r"nothing from 99 s on"),
        ({"start_s": -1.0}, "at 0 s or later"),
        ({"start_s": float("nan")}, "at 0 s or later"),
        ({"seconds": 0.0}, "more than 0 s"),
    ],
)
def test_a_part_that_is_not_there_is_said_in_one_line(tmp_path, settings, match):
    path = tmp_path / "song.wav"
    soundfile.write(path, song(), SAMPLE_RATE)
    with pytest.raises(UserError, match=match):
        FileSource(path, **settings)


def test_a_name_like_a_protocol_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    encode(tmp_path / "song.m4a", "aac", song(), SAMPLE_RATE)
    (tmp_path / "song.m4a").rename(tmp_path / "http:song.m4a")
    assert FileSource("http:song.m4a").duration_s > 1.0
