"""Sends the picture by NDI, with `cyndilib`: the process that does."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stemlight.errors import UserError
from stemlight.stage.outputs.picture_pipe import Counts, Pictures

NAME = "Stemlight"
FPS = 60
LOOK_S = 0.5
ENTRY = f"{__name__}:send"


def check() -> None:
    """UserError where this machine cannot."""
    try:
        import cyndilib  # noqa: F401
    except ImportError as error:
        raise UserError(f"NDI needs the package cyndilib: pip install 'stemlight[ndi]' ({error})") from None


def send(pictures: Pictures, settings: None) -> str:
    """Sends until the stage ends. The process's entry."""
    from cyndilib.sender import Sender
    from cyndilib.video_frame import VideoSendFrame
    from cyndilib.wrapper.ndi_structs import FourCC

    size_px, sender, sent = (0, 0), None, 0
    for picture in pictures.come(LOOK_S):
        if picture is None:
            continue
        height, width = picture.rgba.shape[:2]
        if (width, height) != size_px:
            if sender is not None:
                sender.close()
            size_px = (width, height)
            frame = VideoSendFrame()
            frame.set_resolution(width, height)
            frame.set_frame_rate(Fraction(FPS))
            frame.set_fourcc(FourCC.RGBX)
            sender = Sender(NAME, clock_video=False)  # we have a clock
            sender.set_video_frame(frame)
            sender.open()
            pictures.say(f"NDI: {NAME}, {width}x{height}")
        assert sender is not None
        sender.write_video_async(np.ascontiguousarray(picture.rgba).reshape(-1))
        sent += 1
        if sent % FPS == 0:
            pictures.count(Counts(sent))
    if sender is not None:
        sender.close()
    return "NDI has ended"
