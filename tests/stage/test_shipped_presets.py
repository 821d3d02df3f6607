"""What the shipped presets set and move is there, and in range."""

import pytest
from stemlight.preset.library import load_preset, preset_paths
from stemlight.stage.live_look import shaders_of
from stemlight.stage.mapped_inputs import OPACITY, MappedInputs, out_of_range
from stemlight.stage.shader_file import read_shader


@pytest.mark.parametrize("path", preset_paths(), ids=lambda path: path.stem)
def test_every_input_of_a_shipped_preset_is_its_shaders_and_in_range(path):
    for place, shader, part in shaders_of(load_preset(path.stem)):
        inputs = {OPACITY.name: OPACITY} | {entry.name: entry for entry in read_shader(shader).inputs}
        mapped = MappedInputs(list(inputs.values()), part.inputs, part.mappings)
        assert not mapped.warnings, place
        for name, value in part.inputs.items():
            assert out_of_range(inputs[name], value) is None, place
