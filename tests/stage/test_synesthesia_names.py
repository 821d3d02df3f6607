"""Synesthesia's names mean what its documentation says, in every format."""

import re

import numpy as np
import pytest
from stemlight.analysis.feature_frame import BANDS, FAMILIES, HOP_S, FeatureFrame, empty_record
from stemlight.stage.moment import Moment
from stemlight.stage.synesthesia_names import SYNESTHESIA_MUSIC, spectrum_columns, trail_columns

ALMOST = 1.1 / 255.0
BANDS_OF = {"": "all", "Bass": "low", "Mid": "mid", "MidHigh": "midhigh", "High": "high"}


def frame(index=0, **values):
    record = empty_record()
    record["time_s"] = (index + 1) * HOP_S
    for name, value in values.items():
        record[name] = value
    return FeatureFrame(record)


@pytest.fixture
def shown(renderer, screen, write_isf):
    """What `vec3(expressions)` is while `frames` are heard, at the time of the last."""

    def shown(expressions, frames, ahead_s=0.0):
        renderer.load(write_isf(f"void main() {{ gl_FragColor = vec4({expressions}, 1.0); }}"))
        moment = Moment(0.0, 0.0, 0, frames[-1].time_s + ahead_s)
        renderer.draw(frames, moment, screen.framebuffer)
        return screen.read_rgba()[18, 32, :3] / 255.0

    return shown


@pytest.mark.parametrize(("theirs", "ours"), BANDS_OF.items())
def test_bands(shown, theirs, ours):
    place = FAMILIES.index(ours)
    heard = frame()
    record = heard.record.copy()
    for quantity, value in (("level", 0.25), ("hits", 0.5), ("presence", 0.75), ("time", 3.5)):
        record[quantity][place] = value
    names = [f"syn_{theirs}{quantity}" for quantity in ("Level", "Hits", "Presence")]
    assert shown(", ".join(names), [FeatureFrame(record)]) == pytest.approx([0.25, 0.5, 0.75], abs=ALMOST)
    clock = f"syn_{theirs}Time / 10.0, 0.0, 0.0"
    assert shown(clock, [FeatureFrame(record)])[0] == pytest.approx(0.35, abs=ALMOST)
    assert set(BANDS_OF.values()) == {"all", *BANDS}


@pytest.mark.parametrize(
    ("beat", "expressions", "expected"),
    [
        (8.0, "syn_OnBeat, syn_BPM / 240.0, syn_BPMConfidence", (1.0, 0.5, 0.75)),
        (8.48, "syn_OnBeat, syn_BeatTime / 16.0, syn_BPMTwitcher / 16.0", (np.exp(-2.0), 0.5, 8.979 / 16)),
        (8.5, "syn_ToggleOnBeat, syn_FadeInOut, syn_Intensity", (0.0, 1.0, 0.25)),
        (9.5, "syn_ToggleOnBeat, syn_BPMSin2, syn_BPMTri2", (1.0, 0.0, 0.0)),
        (9.0, "syn_BPMSin, syn_BPMTri, syn_BPMSin4", (0.5, 0.5, 1.0)),
        (9.0, "syn_BPMSin2, syn_BPMTri4, syn_BPMSin8", (0.5, 1.0, 0.8536)),
        (9.0, "syn_RawLevel, syn_CurvedTime / 10.0, syn_BPMTri8", (0.5012, 0.2, 0.75)),
    ],
)
def test_beats(shown, beat, expressions, expected):
    heard = frame(beat=beat, beat_count=int(beat), tempo_bpm=120.0, tempo_confidence=0.75, intensity=0.25)
    record = heard.record.copy()
    record["presence"][0], record["time"][0], record["loudness_db"] = 1.0, 2.0, -6.0
    assert shown(expressions, [FeatureFrame(record)]) == pytest.approx(expected, abs=2 * ALMOST)


def test_random_on_beat_is_new_at_every_beat_and_only_then(shown):
    def at(beat):
        heard = frame(beat=beat, beat_count=int(beat), tempo_bpm=120.0)
        return shown("vec3(syn_RandomOnBeat)", [heard])[0]

    assert at(4.1) == at(4.9)
    assert len({at(beat) for beat in (4.0, 5.0, 6.0, 7.0)}) == 4


def test_textures_are_read_with_one_coordinate(shown):
    spectrum = np.linspace(0.0, 1.0, 64)
    frames = [frame(k, spectrum=spectrum, waveform=np.full(512, 0.5)) for k in range(3)]
    read = "texture(syn_Spectrum, 0.5).g, texture ( syn_Spectrum, 0.25).b, texelFetch(syn_Spectrum, 7, 0).a"
    assert shown(read, frames) == pytest.approx([0.5, 0.25, 192 / 255], abs=0.05)
    size = "float(textureSize(syn_Spectrum, 0)) / 1024.0, textureLod(syn_Spectrum, 1.0, 0.0).g, 0.0"
    assert shown(size, frames) == pytest.approx([0.5, 1.0, 0.0], abs=ALMOST)


def test_the_trail_begins_with_the_newest(shown):
    frames = []
    for k in range(8):
        record = frame(k).record.copy()
        record["level"][FAMILIES.index("low")] = k / 8.0
        frames.append(FeatureFrame(record))
    at = "texelFetch(syn_LevelTrail, {}, 0).g"
    read = f"{at.format(0)}, {at.format(3)}, texture(syn_LevelTrail, 0.0).r"
    assert shown(read, frames) == pytest.approx([7 / 8, 4 / 8, 0.0], abs=ALMOST)


def test_columns_hold_what_they_are_named_for():
    sound = np.stack([np.arange(512) // 4, np.full(512, 64)]).astype(np.uint8)
    columns = spectrum_columns(sound, np.repeat([0.0, 1.0], 32))
    assert columns[100, 0] == pytest.approx(25 / 255)
    assert columns[:, 3] == pytest.approx(64 / 255)
    assert np.abs(np.diff(columns[:, 2])).max() < np.abs(np.diff(columns[:, 1])).max()  # smoother
    assert trail_columns(np.tile(np.arange(600.0), (4, 1)))[0].tolist() == [599.0] * 4


def test_every_name_works_alone_in_shadertoy(renderer, drawn, tmp_path):
    for name, definition in SYNESTHESIA_MUSIC.items():
        if definition.glsl.startswith("#define"):
            path = tmp_path / "one.glsl"
            path.write_text(f"void mainImage(out vec4 o, vec2 p) {{ o = vec4({name}); }}")
            renderer.load(path)
            drawn(1)


def test_all_of_the_documented_names_are_there():
    bands = ("", "Bass", "Mid", "MidHigh", "High")
    documented = {f"syn_{band}{what}" for band in bands for what in ("Level", "Hits", "Presence", "Time")}
    documented |= set(
        re.findall(
            r"syn_\w+",
            """syn_Spectrum syn_LevelTrail syn_RawLevel syn_CurvedTime syn_OnBeat syn_ToggleOnBeat
            syn_RandomOnBeat syn_BeatTime syn_BPM syn_BPMConfidence syn_BPMTwitcher syn_BPMSin syn_BPMSin2
            syn_BPMSin4 syn_BPMTri syn_BPMTri2 syn_BPMTri4 syn_FadeInOut syn_Intensity""",
        )
    )
    assert documented <= set(SYNESTHESIA_MUSIC)
