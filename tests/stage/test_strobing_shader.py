"""A shader that strobes, through the renderer as the stage and `render` use it."""

import pytest
from flash_judge import flashes_a_second
from stemlight.stage.moment import Moment

FPS = 60.0


@pytest.mark.parametrize("limits", [False, True])
@pytest.mark.parametrize("hz", [5.0, 10.0, 15.0])
def test_a_strobing_shader_is_held_where_that_is_asked_for(renderer, screen, write_isf, hz, limits):
    renderer.load(write_isf(f"void main() {{ gl_FragColor = vec4(step(0.5, fract({hz} * TIME + 0.01))); }}"))
    renderer.limits_flashes = limits
    shown = []
    for index in range(90):
        renderer.draw([], Moment.at_draw(index, FPS), screen.framebuffer)
        shown.append(screen.read_rgba())
    if limits:
        assert flashes_a_second(shown, FPS) <= 3.0
    else:
        assert flashes_a_second(shown, FPS) == pytest.approx(hz, abs=0.5)
