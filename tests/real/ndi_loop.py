"""Shows pictures through `Outputs` with NDI on, receives them by NDI, and prints what came as JSON.

NDI finds its sources by a system service that is not there in a bare network; so it is told where to look.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
from contextlib import closing
from pathlib import Path

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.outputs.outputs import Outputs

SIZE_PX = (160, 90)
PATIENCE_S = 40.0


def main() -> None:
    config = Path(tempfile.mkdtemp())
    (config / "ndi-config.v1.json").write_text(json.dumps({"ndi": {"networks": {"ips": "127.0.0.1,"}}}))
    os.environ["NDI_CONFIG_DIR"] = str(config)
    from cyndilib.finder import Finder
    from cyndilib.receiver import Receiver
    from cyndilib.video_frame import VideoFrameSync
    from cyndilib.wrapper.ndi_recv import RecvBandwidth, RecvColorFormat

    name = f"stemlight-test-{secrets.token_hex(3)}"
    with (
        closing(ControlBus.create(f"{name}-c")) as controls,
        closing(Health.create(f"{name}-h")) as health,
        OffscreenContext(SIZE_PX) as screen,
        closing(Outputs(screen.context, None, controls, health.part("stage"), "none")) as outputs,
    ):
        controls.set("output.ndi", True)
        finder = Finder()
        finder.open()
        receiver = Receiver(color_format=RecvColorFormat.RGBX_RGBA, bandwidth=RecvBandwidth.highest)
        video = VideoFrameSync()
        receiver.frame_sync.set_video_frame(video)
        source, came = None, None
        ends_s = time.monotonic() + PATIENCE_S
        while came is None and time.monotonic() < ends_s:
            screen.framebuffer.clear(0.0, 0.0, 1.0, 1.0)  # blue above ...
            screen.framebuffer.clear(1.0, 0.0, 0.0, 1.0, viewport=(0, 0, SIZE_PX[0], SIZE_PX[1] // 2))
            outputs.send(screen.framebuffer, SIZE_PX, time.perf_counter())
            time.sleep(1 / 60)
            if source is None:
                names = [each for each in finder.get_source_names() if "Stemlight" in each]
                if names:
                    source = finder.get_source(names[0])
                    receiver.set_source(source)
            elif receiver.is_connected():
                receiver.frame_sync.capture_video()
                if min(video.xres, video.yres) > 0:
                    came = video.get_array().reshape(video.yres, -1, 4)
        print(
            json.dumps(
                {
                    "said": health.part("stage").words("ndi"),
                    "size": None if came is None else [video.xres, video.yres],
                    "above": None if came is None else came[10, 80, :3].tolist(),
                    "below": None if came is None else came[-10, 80, :3].tolist(),
                }
            )
        )


if __name__ == "__main__":
    main()
