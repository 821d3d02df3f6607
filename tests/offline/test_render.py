import av
import numpy as np
import pytest
from stemlight.errors import UserError
from stemlight.offline.render import RenderSettings, chosen_preset, render_song


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


LAYERED = """version = 2
[[layers]]
scene = "stripes.fs"
[[layers]]
scene = "glow.fs"
blend = "screen"
opacity = 0.2
[[layers.mappings]]
input = "opacity"
source = "kick.hits"
[[layers.mappings]]
input = "hue"
source = "lfo.random"
[[layers.filters]]
filter = "trail.fs"
"""


STRIPES = """/*{"ISFVSN": "2"}*/
void main() { gl_FragColor = vec4(fract(isf_FragNormCoord.x * 4.0 + TIME)); }
"""
GLOW = """/*{"INPUTS": [{"NAME": "hue", "TYPE": "float"}]}*/
void main() { gl_FragColor = vec4(hue, bass_level, 1.0, 0.0); }
"""
TRAIL = """/*{
    "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}], "PASSES": [{"TARGET": "m", "PERSISTENT": true}]
}*/
void main() { gl_FragColor = mix(IMG_THIS_PIXEL(m), IMG_THIS_PIXEL(inputImage), 0.3); }
"""


def layered(folder, preset=LAYERED):
    """A preset of two layers, mappings and a filter with a memory, in files of its own."""
    files = {"look.toml": preset, "stripes.fs": STRIPES, "glow.fs": GLOW, "trail.fs": TRAIL}
    for name, text in files.items():
        (folder / name).write_text(text)
    return str(folder / "look.toml")


def test_a_preset_of_layers_gives_the_same_bits_too(song, tmp_path):
    look = layered(tmp_path)
    for name in ("a", "b"):
        render_song(settings(song, tmp_path / f"{name}.mp4", frames_dir=tmp_path / name, preset=look), quiet)
    first, second = pictures(tmp_path / "a"), pictures(tmp_path / "b")
    assert first == second
    assert len(set(first)) > 25


def test_what_a_preset_wants_and_its_shaders_have_not_is_said(song, tmp_path):
    look = layered(tmp_path, LAYERED.replace('"hue"', '"hew"'))
    rendered = render_song(settings(song, tmp_path / "a.mp4", preset=look), quiet)
    assert "layers[1].mappings[1].input is 'hew'" in "".join(rendered.warnings)
    assert rendered.warnings[0] in str(rendered)


def test_a_preset_with_a_broken_shader_is_not_rendered_without_it(song, tmp_path):
    look = layered(tmp_path)
    (tmp_path / "trail.fs").write_text("/*{}*/\nvoid main() { oops; }")
    with pytest.raises(UserError, match=r"trail\.fs:2"):
        render_song(settings(song, tmp_path / "a.mp4", preset=look), quiet)
    assert not (tmp_path / "a.mp4").exists()


def test_a_file_of_ones_own_is_taken_for_a_preset(tmp_path):
    toy = tmp_path / "toy.glsl"
    toy.write_text("void mainImage(out vec4 o, vec2 p) { o = vec4(1.0); }")
    assert chosen_preset(str(toy), None) == chosen_preset(None, str(toy))
    with pytest.raises(UserError, match="no preset"):
        chosen_preset(str(tmp_path / "gone.glsl"), None)
