"""Pictures that go out by NDI and come back, where only loopback is; and what is said without a camera."""

from pathlib import Path

import numpy as np
import pytest
from own_network import in_own_network
from stemlight.errors import UserError
from stemlight.stage.outputs import camera
from stemlight.stage.outputs.picture_pipe import Picture

pytestmark = pytest.mark.real


def test_the_picture_comes_by_ndi_the_right_way_up():
    pytest.importorskip("cyndilib", reason="needs the extra `ndi`")
    came = in_own_network("ndi_loop.py")
    assert came["said"] == "NDI: Stemlight, 160x90"
    assert came["size"] == [160, 90]
    assert came["above"] == pytest.approx([0, 0, 255], abs=25)  # NDI's own coding loses a little
    assert came["below"] == pytest.approx([255, 0, 0], abs=25)


def test_without_a_drivers_camera_it_is_said_what_makes_one():
    pytest.importorskip("pyvirtualcam", reason="needs the extra `camera`")
    if list(Path("/dev").glob("video*")):
        pytest.skip("there is a camera")

    class Pictures:
        def come(self, patience_s: float):
            yield None
            yield Picture(np.zeros((91, 161, 4), np.uint8), 0.0)

    with pytest.raises(UserError, match="modprobe v4l2loopback"):
        camera.feed(Pictures(), None)
