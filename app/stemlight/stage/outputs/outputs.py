"""All ways out of the stage besides its window, as the controls want them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.recordings import recording_path
from stemlight.stage.outputs import camera, ndi, recording
from stemlight.stage.outputs.output import Output, Shown
from stemlight.stage.outputs.pixel_reader import PixelReader
from stemlight.stage.outputs.process_output import ProcessOutput

if TYPE_CHECKING:
    import moderngl

    from stemlight.stage.window import Window

NO_MIRROR = -1


class Outputs:
    """Opens, feeds and closes every `Output`. GL thread only; `close` when done.

    What cannot be opened or breaks is said, its control goes off, and the show goes on.
    """

    def __init__(
        self,
        context: moderngl.Context,
        window: Window | None,
        controls: ControlBus,
        health: PartHealth,
        ring: str,
    ) -> None:
        """`ring`: the frame ring's name, where recordings have their sound from."""
        self._context = context
        self._window = window
        self._controls = controls
        self._health = health
        self._ring = ring
        self._reader = PixelReader(context)
        self._open: dict[str, Output] = {}  # by control
        self._wanted: dict[str, bool | int] = {}
        self._kinds: dict[str, Callable[[], Output]] = {
            "record.on": self._recording,
            "output.ndi": self._ndi,
            "output.camera": self._camera,
            "output.spout": self._spout,
            "output.syphon": self._syphon,
            "stage.mirror": self._mirror,
        }

    def send(self, framebuffer: moderngl.Framebuffer, size_px: tuple[int, int], seen_s: float) -> None:
        """Passes on what the window is about to show. Once a draw."""
        self._obey()
        if not self._open:
            return
        shown = Shown(framebuffer, size_px, seen_s)
        reads = any(output.needs_pixels for output in self._open.values())
        pixels = self._reader.turn(shown) if reads else None
        for control, output in list(self._open.items()):
            output.send(shown, pixels)
            self._tell(control, output)
            if output.is_over:
                self._end(control)
        if reads and not any(output.needs_pixels for output in self._open.values()):
            self._reader.release()

    def close(self) -> None:
        """Ends them all; a recording becomes a whole file."""
        for control in list(self._open):
            self._close(control)
        self._reader.release()

    def _obey(self) -> None:
        for control, kind in self._kinds.items():
            wanted = self._controls.get(control)
            if wanted == self._wanted.get(control, NO_MIRROR if control == "stage.mirror" else False):
                continue
            assert not isinstance(wanted, float | str)
            self._wanted[control] = wanted
            self._close(control)
            if wanted is not False and wanted != NO_MIRROR:
                try:
                    self._open[control] = kind()
                except UserError as error:
                    self._health.say(_topic(control), str(error))
                    self._end(control)

    def _tell(self, control: str, output: Output) -> None:
        if output.words:
            self._health.say(_topic(control), output.words)
        if control == "record.on" and isinstance(output, ProcessOutput):
            counts = output.counts
            self._health.set("recorded", counts.pictures)
            self._health.set("record_repeated", counts.repeated)
            self._health.set("record_skipped", counts.skipped)
            self._health.set("record_dropped", output.dropped)

    def _end(self, control: str) -> None:
        """Turns the control off of what has ended by itself."""
        off = NO_MIRROR if control == "stage.mirror" else False
        self._controls.set(control, off)
        self._wanted[control] = off
        self._close(control)

    def _close(self, control: str) -> None:
        output = self._open.pop(control, None)
        if output is not None:
            output.close()
            self._tell(control, output)

    # What each control opens

    def _recording(self) -> Output:
        path = recording_path(str(self._controls.get("record.file")), datetime.now())
        settings = recording.RecordSettings(path, self._ring)
        return ProcessOutput(recording.ENTRY, settings, recording.FPS)

    def _ndi(self) -> Output:
        ndi.check()
        return ProcessOutput(ndi.ENTRY, None, ndi.FPS)

    def _camera(self) -> Output:
        camera.check()
        return ProcessOutput(camera.ENTRY, None, camera.FPS)

    def _spout(self) -> Output:
        from stemlight.stage.outputs.spout import SpoutOutput

        return SpoutOutput()

    def _syphon(self) -> Output:
        from stemlight.stage.outputs.syphon import SyphonOutput

        return SyphonOutput(self._context)

    def _mirror(self) -> Output:
        from stemlight.stage.outputs.mirror import MirrorOutput

        if self._window is None:
            raise UserError("there is no window to mirror")
        return MirrorOutput(self._window, int(self._controls.get("stage.mirror")))


def _topic(control: str) -> str:
    """What `health` calls it: `record`, `ndi`, `camera`, `spout`, `syphon`, `mirror`."""
    return "record" if control == "record.on" else control.partition(".")[2]
