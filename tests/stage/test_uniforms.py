"""What shaders hear. Each test reads the numbers back from a float buffer, as the shader got them."""

import numpy as np
import pytest
from stemlight.analysis.feature_frame import FAMILIES, FIELDS, HOP_S, QUANTITIES, FeatureFrame, empty_record
from stemlight.stage.glsl import definitions
from stemlight.stage.glsl_names import scan
from stemlight.stage.moment import Moment
from stemlight.stage.uniforms import BEAT_WRAP, HISTORY_LENGTH, MUSIC

TARGET = [{"TARGET": "said", "FLOAT": True, "WIDTH": "1", "HEIGHT": "1"}]


@pytest.fixture
def said(renderer, screen, write_isf):
    """What four GLSL expressions are at a moment, after some frames."""

    def say(expressions, frames, stream_s, lead_s=0.0):
        renderer.load(write_isf(f"void main() {{ gl_FragColor = vec4({expressions}); }}", PASSES=TARGET))
        moment = Moment(0.0, 0.0, 0, stream_s=stream_s, beat_lead_s=lead_s)
        renderer.draw(frames, moment, screen.framebuffer)
        return renderer.scene.read_target("said")[0, 0].tolist()

    return say


def frame(index=0, **values):
    record = empty_record()
    record["frame"], record["time_s"] = index, index * HOP_S
    for name, value in values.items():
        record[name] = value
    return FeatureFrame(record)


def numbered(start=0.0):
    """One number a family."""
    return start + np.arange(len(FAMILIES)) / 100.0


def test_families_arrays_and_scalars(said):
    frames = [
        frame(level=numbered(), hits=numbered(0.5), presence=numbered(0.25), intensity=0.75, centroid=0.5)
    ]
    assert said("all_level, drums_hits, kick_presence, hat_level", frames, 0.0) == pytest.approx(
        [0.0, 0.55, 0.34, 0.11]
    )
    assert said("stem_level[0], stem_hits[3], band_level[3], drum_presence[2]", [], 0.0) == pytest.approx(
        [0.05, 0.58, 0.04, 0.36]
    )
    assert said("intensity, spectral_centroid, loudness_db, beats_per_bar", [], 0.0) == [
        0.75,
        0.5,
        -120.0,
        4.0,
    ]


def test_an_array_that_is_used_in_part_or_by_variable(said):
    frames = [frame(level=numbered(), chroma=np.arange(12) / 12.0)]
    got = said("stem_level[0], stem_level[int(intensity) + 3], chroma[2], chroma[11]", frames, 0.0)
    assert got == pytest.approx([0.05, 0.08, 2 / 12, 11 / 12])


def test_counts_are_whole_and_start_over(said):
    frames = [frame(count=np.arange(12) + 65_536 * 3, drop_count=5)]
    assert said("low_count, drum_count[2], stem_count[0], drop_count", frames, 0.0) == [1.0, 11.0, 5.0, 5.0]


def test_beats_are_those_of_the_moment_not_of_the_frame(said):
    frames = [frame(100, tempo_bpm=120.0, beat=6.5, beat_count=6, bar_count=1)]
    moment_s = 100 * HOP_S + 1.0  # two beats later
    assert said("beat, beat_phase, bar_phase, beat_in_bar", frames, moment_s) == pytest.approx(
        [8.5, 0.5, 0.125, 1.0], abs=1e-4
    )
    assert said("beat_count, bar_count, tempo_bpm, 0.0", [], moment_s) == [8.0, 2.0, 120.0, 0.0]
    assert said("beat, beat_count, beat_phase, 0.0", [], moment_s, lead_s=0.25) == pytest.approx(
        [9.0, 9.0, 0.0, 0.0], abs=1e-4
    )


def test_beats_keep_their_fraction_for_hours(said):
    frames = [frame(beat=BEAT_WRAP * 9 + 7.28125)]
    beat, bar_phase, *_ = said("beat, bar_phase, 0.0, 0.0", frames, 0.0)
    assert beat == pytest.approx(7.28125, abs=1e-3)
    assert bar_phase == pytest.approx((BEAT_WRAP * 9 + 7.28125) / 4 % 1, abs=1e-3)


def test_clocks_run_on_to_the_moment_and_stop_without_an_engine(said):
    frames = [frame(k, time=np.full(12, 2.0 * k * HOP_S)) for k in (9, 10)]
    clock, now_s, both = 20 * HOP_S, 10 * HOP_S, "bass_time, stem_time[1], 0.0, 0.0"
    assert said(both, frames, now_s)[0] == pytest.approx(clock, abs=1e-5)
    assert said(both, [], now_s + 0.02)[1] == pytest.approx(clock + 0.04, abs=1e-5)
    late = [said(both, [], now_s + wait_s)[0] for wait_s in (5.0, 50.0)]
    assert late[0] == late[1] < clock + 0.5


def test_clocks_do_not_jump_when_the_engine_begins_anew(said):
    said("bass_time, 0.0, 0.0, 0.0", [frame(900, time=np.full(12, 500.0))], 900 * HOP_S)
    assert said("bass_time, 0.0, 0.0, 0.0", [frame(0)], 0.005)[0] == 0.0


def test_textures(said):
    stems = np.repeat(np.array([[0.1], [0.2], [0.3], [0.4]]), 64, axis=1)
    frames = [frame(spectrum=np.linspace(0, 1, 64), stem_spectrum=stems, waveform=np.linspace(-1, 1, 512))]
    got = said("spectrum_at(1.0), stem_spectrum_at(2, 0.5), wave_at(0.0), wave_at(1.0)", frames, 0.0)
    assert got == pytest.approx([1.0, 0.3, -1.0, 1.0])
    got = said("texture(spectrum_tex, vec2(0.5)).r, textureSize(stem_spectrum_tex, 0), wave_at(0.5)", [], 0.0)
    assert got == pytest.approx([0.5, 64, 4, 0.0], abs=1e-3)
    assert said("textureSize(waveform_tex, 0), textureSize(spectrum_tex, 0)", [], 0.0) == [512, 1, 64, 1]
    sides = [frame(1, side=np.linspace(0.5, -0.5, 512))]
    got = said("side_at(0.0), side_at(1.0), textureSize(side_tex, 0)", sides, 0.0)
    assert got == pytest.approx([0.5, -0.5, 512, 1])


def test_every_sample_between_two_draws_is_there(said):
    ramp = np.arange(3 * 512) / 4096.0
    frames = [frame(k, waveform=ramp[512 * k :][:512], side=-ramp[512 * k :][:512]) for k in range(3)]
    ago_s = 700 / 44_100
    got = said(f"sound_at(0.0), sound_at({ago_s})", frames, 0.0)
    assert got == pytest.approx([ramp[-1], -ramp[-1], ramp[-701], -ramp[-701]], abs=1e-5)
    got = said(f"sound_at(0.0), sound_at({ago_s})", [frame(3, waveform=np.full(512, 0.5))], 0.0)
    assert got == pytest.approx([0.5, 0.0, ramp[-1 - 188], -ramp[-1 - 188]], abs=1e-5)


def history(n, first=0):
    """`n` frames whose kick hits say which frame they are."""
    frames = []
    for index in range(first, first + n):
        hits = np.zeros(12)
        hits[FAMILIES.index("kick")] = index
        frames.append(frame(index, hits=hits, level=numbered(), presence=np.full(12, 0.5)))
    return frames


def past(seconds_ago):
    return f"past(FAMILY_KICK, QUANTITY_HITS, {float(seconds_ago)!r})"


def test_the_past_is_what_the_frames_were(said):
    n = 700
    newest_s = (n - 1) * HOP_S
    ages = (0.0, 1.0, 100.0, HISTORY_LENGTH - 1.0)
    got = said(", ".join(past(age * HOP_S) for age in ages), history(n), newest_s)
    assert got == pytest.approx([n - 1 - age for age in ages], abs=0.02)
    assert said(f"{past(1.5 * HOP_S)}, {past(-1.0)}, {past(99.0)}, 0.0", [], newest_s) == pytest.approx(
        [n - 2.5, n - 1, n - HISTORY_LENGTH, 0.0], abs=0.02
    )
    families = "past(FAMILY_ALL, QUANTITY_LEVEL, 0.1), past(FAMILY_HAT, 0, 0.1)"
    got = said(f"{families}, past(3, QUANTITY_PRESENCE, 0.1), 0.0", [], 0.0)
    assert got == pytest.approx([0.0, 0.11, 0.5, 0.0])


def test_the_past_is_counted_from_the_moment_of_display(said):
    n = 200
    moment_s = (n - 1) * HOP_S + 0.4 * HOP_S
    got = said(f"{past(0.0)}, {past(HOP_S)}, {past(10.4 * HOP_S)}, 0.0", history(n), moment_s)
    assert got == pytest.approx([n - 1, n - 1 - 0.6, n - 11, 0.0], abs=0.02)


def test_the_past_is_the_same_however_frames_come(renderer, screen, write_isf):
    frames = history(600)
    body = f"void main() {{ gl_FragColor = vec4({past(0.0)}, {past(0.1)}, {past(1.234)}, {past(5.9)}); }}"
    path = write_isf(body, PASSES=TARGET)
    got = []
    for step in (1, 7, 600):
        renderer.load(path)
        for start in range(0, 600, step):
            renderer.draw(frames[start : start + step], Moment(0.0, 0.0, 0, 599 * HOP_S), screen.framebuffer)
        got.append(renderer.scene.read_target("said")[0, 0].tolist())
    assert got[0] == got[1] == got[2]


def test_frames_that_were_lost_leave_no_hole_in_time(said):
    frames = [entry for entry in history(100) if not 40 <= entry.frame < 60]
    got = said(f"{past(30 * HOP_S)}, {past(65 * HOP_S)}, {past(45 * HOP_S)}, 0.0", frames, 99 * HOP_S)
    assert got == pytest.approx([69, 34, 60, 0.0], abs=0.02)


FUNCTIONS = {
    "past": "past(0, 0, 0.1)",
    "spectrum_at": "spectrum_at(0.1)",
    "stem_spectrum_at": "stem_spectrum_at(0, 0.1)",
    "wave_at": "wave_at(0.1)",
    "side_at": "side_at(0.1)",
    "sound_at": "sound_at(0.1).y",
}


def test_every_name_of_the_table_compiles(renderer, drawn, write_isf):
    def use(name):
        glsl = MUSIC[name].glsl
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if name.endswith("_tex") or "sampler2D" in glsl:
            return f"texture({name}, vec2(0.5)).r"
        return f"{name}[1]" if "[" in glsl else f"{name}.x" if "vec2" in glsl else f"float({name})"

    sums = "\n".join(f"    sum += {use(name)};" for name in MUSIC)
    renderer.load(
        write_isf(f"void main() {{\n    float sum = 0.0;\n{sums}\n    gl_FragColor = vec4(sum);\n}}")
    )
    drawn(2, playing=("bass",))


def test_the_table_holds_every_number_of_a_frame():
    for field in FIELDS:
        if not field.shape and not field.health and field.name not in ("frame", "time_s"):
            assert {"centroid": "spectral_centroid"}.get(field.name, field.name) in MUSIC
    assert {f"{family}_{quantity}" for family in FAMILIES for quantity in QUANTITIES} <= set(MUSIC)


@pytest.mark.parametrize("name", sorted(MUSIC))
def test_a_name_is_given_only_where_it_is_used_and_not_declared(name):
    use = f"void main() {{ x = {name}; }}"
    assert name in definitions(scan(use), MUSIC)
    assert not definitions(scan("void main() {}"), MUSIC)
    for own in (
        f"float {name};",
        f"#define {name} 1.0",
        f"float {name}() {{}}",
        f"void f(float {name}) {{}}",
    ):
        assert not definitions(scan(f"{own}\n{use}"), MUSIC)
