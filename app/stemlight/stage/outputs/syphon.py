"""Shares the picture with others on macOS by Syphon, with `syphon-python`; it never leaves the GPU."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

from stemlight.errors import UserError
from stemlight.stage.outputs.output import Shown
from stemlight.stage.pass_buffers import Buffer, new_buffer

if TYPE_CHECKING:
    import moderngl

    from stemlight.stage.outputs.pixel_reader import Pixels

NAME = "Stemlight"


class SyphonOutput:
    """A Syphon server. GL thread only."""

    needs_pixels = False

    def __init__(self, context: moderngl.Context) -> None:
        """UserError on other systems, or without the package."""
        if platform.system() != "Darwin":
            raise UserError("Syphon is for macOS; here NDI or the camera does the same (output.ndi)")
        try:
            import syphon
        except ImportError:
            raise UserError(
                "Syphon needs the package syphon-python: pip install 'stemlight[syphon]'"
            ) from None
        self._context = context
        self._server: Any = syphon.SyphonOpenGLServer(NAME)
        self._copy: Buffer | None = None  # Syphon takes textures, and the window has none
        self.words = f"Syphon: {NAME}"
        self.is_over = False

    def send(self, shown: Shown, pixels: Pixels | None) -> None:
        """Shares the window's picture."""
        if self._copy is None or self._copy.texture.size != shown.size_px:
            if self._copy is not None:
                self._copy.release()
            self._copy = new_buffer(self._context, shown.size_px, "f1")
        self._context.copy_framebuffer(self._copy.framebuffer, shown.framebuffer)
        self._server.publish_frame_texture(self._copy.texture.glo, size=shown.size_px)
        shown.framebuffer.use()

    def close(self) -> None:
        self._server.stop()
        if self._copy is not None:
            self._copy.release()
