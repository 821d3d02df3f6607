"""The picture's beats are early by the offset of all outputs and by its own."""

from __future__ import annotations

import pytest
from stemlight.bus.controls import ControlBus
from stemlight.bus.segment import segment_name
from stemlight.stage.live import beat_lead_s


def test_the_offsets_add_up_and_osc_knows_nothing_of_the_screens():
    controls = ControlBus.create(segment_name("offsets"))
    controls.set("beat.offset_ms", 40.0)
    assert beat_lead_s(controls) == pytest.approx(0.040)
    controls.set("stage.offset_ms", -65.0)
    assert beat_lead_s(controls) == pytest.approx(-0.025)
    assert controls.get("beat.offset_ms") == 40.0
    controls.close()
