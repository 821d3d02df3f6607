"""Whatever is in a preset's file, it loads or one line says what is wrong; STEMLIGHT_FUZZ=2000 tries more."""

import math
import os
import re
from collections import Counter

import pytest
from fuzzed_presets import WHOLE, fuzzed_presets
from stemlight.errors import UserError
from stemlight.preset.library import load_preset
from stemlight.preset.preset import Preset
from stemlight.preset.saving import save_preset
from stemlight.stage.mapped_inputs import MappedInputs
from stemlight.stage.moment import Moment
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.shader_program import Input

COUNT = int(os.environ.get("STEMLIGHT_FUZZ", "150"))
# `layers[0].mappings[1].amount is 3; ...`, `tags: unknown key ...`, `layers is missing; ...`
KEY = r"""[\w-]+(\[\d\d?\])?(\.([\w-]+|'.*'|".*")(\[\d\d?\])?)*|'.*'|".*\""""
NAMES_KEY = re.compile(
    rf"(({KEY}) (is|has) |({KEY}): (unknown key|no \w+ or file) |not TOML: |cannot be read: )", re.S
)
INPUTS = [
    Input("spin", "float", "", 1.0, (0.0,), (4.0,)),
    Input("light", "bool", "", False, None, None),
    Input("lights", "color", "", (1.0, 1.0, 1.0, 1.0), None, None),
    Input("opacity", "float", "", 1.0, (0.0,), (1.0,)),
    Input("facets", "event", "", False, None, None),
]


def test_the_preset_that_is_damaged_is_whole():
    assert len(load_preset(str(WHOLE)).layers) == 2


@pytest.mark.timeout(1800)
def test_a_damaged_preset_loads_or_is_refused_in_one_line_that_names_file_and_key(tmp_path, record_property):
    path, copy = tmp_path / "damaged.toml", tmp_path / "copy.toml"
    frames, moment = rehearsal_frames(40, 42), Moment.at_draw(30, 60.0)
    outcomes = Counter()
    for data in fuzzed_presets(COUNT, seed=4):
        path.write_bytes(data)
        try:
            preset = load_preset(str(path))
        except UserError as error:
            said = str(error)
            assert "\n" not in said and len(said) < 600, (data, said)
            start, rest = said[: len(f"{path}: ")], said[len(f"{path}: ") :]
            assert start == f"{path}: " and NAMES_KEY.match(rest), (data, said)
            outcomes["not TOML" if rest.startswith(("not TOML", "cannot be read")) else "refused"] += 1
            continue
        assert isinstance(preset, Preset)
        outcomes["loaded"] += 1
        save_preset(preset, copy)
        assert load_preset(str(copy)) == preset, data
        for part in (*preset.layers, *preset.filters):
            inputs = MappedInputs(INPUTS, part.inputs, part.mappings)
            for live in (*inputs.update(frames, moment).values(), *inputs.base.values()):
                assert all(map(math.isfinite, live if isinstance(live, tuple) else (live,))), data
    record_property("outcomes", dict(outcomes))
    print(f"{COUNT} damaged presets: {dict(outcomes)}")
    assert all(outcomes[kind] >= COUNT / 20 for kind in ("loaded", "refused", "not TOML"))
