"""Shares the picture with other programs on Windows by Spout, with `SpoutGL`; it never leaves the GPU."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

from stemlight.errors import UserError
from stemlight.stage.outputs.output import Shown

if TYPE_CHECKING:
    from stemlight.stage.outputs.pixel_reader import Pixels

NAME = "Stemlight"


class SpoutOutput:
    """A Spout sender. GL thread only."""

    needs_pixels = False

    def __init__(self) -> None:
        """UserError on other systems, or without the package."""
        if platform.system() != "Windows":
            raise UserError("Spout is for Windows; here NDI or the camera does the same (output.ndi)")
        try:
            import SpoutGL
        except ImportError:
            raise UserError("Spout needs the package SpoutGL: pip install 'stemlight[spout]'") from None
        self._sender: Any = SpoutGL.SpoutSender()
        self._sender.setSenderName(NAME)
        self.words = f"Spout: {NAME}"
        self.is_over = False

    def send(self, shown: Shown, pixels: Pixels | None) -> None:
        """Shares the window's picture; Spout wants the top row first."""
        if not self._sender.sendFbo(shown.framebuffer.glo, *shown.size_px, True):
            self.words, self.is_over = "Spout does not take our pictures on this graphics card", True

    def close(self) -> None:
        self._sender.releaseSender()
