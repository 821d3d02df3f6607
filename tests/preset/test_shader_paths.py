"""What a shader is for is read off its words, before anything is compiled."""

import pytest
from stemlight.preset.library import filter_paths, scene_paths, transition_paths
from stemlight.preset.shader_paths import shader_role
from stemlight.stage.shader_file import read_shader


def test_all_that_ships_has_the_role_that_reading_it_whole_finds():
    for path in (*scene_paths(), *filter_paths(), *transition_paths()):
        assert shader_role(path) == read_shader(path).role


@pytest.mark.parametrize(
    ("sidecar", "role"),
    [
        ('{"image": {"iChannel0": "inputImage"}}', "filter"),
        ('{"image": {"iChannel0": "audio"}}', "generator"),
    ],
)
def test_a_shadertoy_files_sidecar_says_whether_it_is_a_filter(tmp_path, sidecar, role):
    shader = tmp_path / "ripple.glsl"
    shader.write_text("void mainImage(out vec4 c, in vec2 p) { c = texture(iChannel0, p / iResolution.xy); }")
    shader.with_suffix(".json").write_text(sidecar)
    assert shader_role(shader) == role


def test_what_cannot_be_read_is_left_to_the_stage(tmp_path):
    assert shader_role(tmp_path / "gone.fs") == "generator"
