"""Is a camera for other programs, with `pyvirtualcam`: the process that feeds it."""

from __future__ import annotations

import sys

import numpy as np

from stemlight.errors import UserError
from stemlight.stage.outputs.picture_pipe import Counts, Pictures

FPS = 30  # what video calls take
LOOK_S = 0.5
ENTRY = f"{__name__}:feed"
DRIVER = {  # what makes the camera, by system
    "linux": "load v4l2loopback: sudo modprobe v4l2loopback exclusive_caps=1 card_label=Stemlight",
    "darwin": "install OBS 30 or newer and start its virtual camera once",
    "win32": "install OBS, which brings the camera, or Unity Capture",
}


def check() -> None:
    """UserError where this machine cannot."""
    try:
        import pyvirtualcam  # noqa: F401
    except ImportError:
        raise UserError(
            "the camera needs the package pyvirtualcam: pip install 'stemlight[camera]'"
        ) from None


def feed(pictures: Pictures, settings: None) -> str:
    """Feeds the camera until the stage ends. UserError where there is no driver. The process's entry."""
    import pyvirtualcam

    camera, sent = None, 0
    for picture in pictures.come(LOOK_S):
        if picture is None:
            continue
        height, width = (side - side % 2 for side in picture.rgba.shape[:2])
        if camera is None or (camera.width, camera.height) != (width, height):
            if camera is not None:
                camera.close()
            try:
                camera = pyvirtualcam.Camera(width, height, FPS)
            except RuntimeError:  # its words are about this library's own backends
                raise UserError(f"there is no camera to feed; {DRIVER.get(sys.platform, '')}") from None
            pictures.say(f"camera: {camera.device}, {width}x{height}")
        camera.send(np.ascontiguousarray(picture.rgba[:height, :width, :3]))
        sent += 1
        if sent % FPS == 0:
            pictures.count(Counts(sent))
    if camera is not None:
        camera.close()
    return "the camera has ended"
