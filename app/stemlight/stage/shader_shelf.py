"""Shaders that are compiled and ready to be drawn, by file: a look takes scenes from here.

Drivers compile at the first draw: what is put on the shelf has been drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stemlight.errors import UserError
from stemlight.stage.file_signature import Signature, signature
from stemlight.stage.full_screen import FullScreen
from stemlight.stage.pass_program import Passes, compiling
from stemlight.stage.picture_pool import new_picture
from stemlight.stage.scene import Scene
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_file import read_shader
from stemlight.stage.uniforms import Music

if TYPE_CHECKING:
    import moderngl

# Drivers compile at the first draw, whatever its size; but Mesa's software driver compiles anew for textures
# whose sides are powers of two, which those of screens and their halves are not.
WARM_SIZE_PX = (80, 45)
MAX_IDLE = 24  # shaders that nobody draws with: a few presets' worth, to go back to


@dataclass(slots=True)
class _Entry:
    """What came of one file."""

    passes: Passes | None
    error: UserError | None
    files: tuple[Path, ...]
    signature: Signature
    spare: list[Scene] = field(default_factory=list)  # the one that was drawn to warm it, until it is taken

    @property
    def is_idle(self) -> bool:
        """Whether nobody draws with it."""
        return self.passes is None or self.passes.n_users == 1 + len(self.spare)


class ShaderShelf:
    """Compiles each shader once, for as many layers as draw with it. GL thread only."""

    def __init__(self, context: moderngl.Context, full_screen: FullScreen, music: Music) -> None:
        self._context = context
        self._full_screen = full_screen
        self._music = music
        self._unseen = new_picture(context, WARM_SIZE_PX, opaque=False)
        self._shown = new_picture(context, WARM_SIZE_PX, opaque=True)  # to filters, while they are warmed
        self._entries: dict[Path, _Entry] = {}  # that was asked for last is last

    def is_ready(self, path: Path) -> bool:
        """Whether `path`, as its files are now, was loaded, well or not: `scene` need not compile."""
        entry = self._entries.get(path)
        return entry is not None and signature(entry.files) == entry.signature

    def has(self, path: Path) -> bool:
        """Whether `path` was loaded, well or not, whatever has become of its files. Cheap."""
        return path in self._entries

    def load(self, path: Path) -> None:
        """Compiles what the files say now. An error is kept, for whoever asks for a scene."""
        for _ in self.loading(path):
            pass

    def loading(self, path: Path) -> Generator[None]:
        """As `load`, a program a step: what was there before stays until the last."""
        began = signature(_files_of(path))
        try:
            scene = yield from self._warming(path)
        except UserError as error:
            self.refuse(path, error)
            return
        self._drop(path)
        files = tuple(dict.fromkeys((*_files_of(path), *scene.files)))
        is_current = signature(_files_of(path)) == began  # else it was saved again meanwhile
        seen = signature(files) if is_current else ()
        self._entries[path] = _Entry(scene.passes.take(), None, files, seen, [scene])

    def refuse(self, path: Path, error: UserError) -> None:
        """Whoever asks for a scene of `path` gets `error`, until its files change."""
        self._drop(path)
        blamed = (error.file,) if isinstance(error, ShaderError) else ()
        files = tuple(dict.fromkeys((*_files_of(path), *blamed)))
        self._entries[path] = _Entry(None, error, files, signature(files))

    def scene(self, path: Path) -> Scene:
        """A scene of its own, inputs at their defaults, buffers empty. Compiles if it was not loaded.

        ShaderError if it does not compile.
        """
        if path not in self._entries:
            self.load(path)
        entry = self._entries[path] = self._entries.pop(path)
        if entry.error is not None:
            raise entry.error
        if entry.spare:
            return entry.spare.pop()
        assert entry.passes is not None
        return Scene(self._context, self._full_screen, entry.passes.take())

    def serves(self, scene: Scene) -> bool:
        """Whether `scene` draws with what was last loaded from its file."""
        entry = self._entries.get(scene.program.path)
        return entry is not None and entry.passes is scene.passes

    def prune(self, keep: Collection[Path] = ()) -> None:
        """Gives back what nobody draws with, but for the last few and what is in `keep`."""
        idle = [path for path, entry in self._entries.items() if entry.is_idle and path not in keep]
        for path in idle[: max(0, len(idle) - MAX_IDLE)]:
            self._drop(path)

    def release(self) -> None:
        """Gives everything back to the GPU, once no scene is drawn any more."""
        for path in tuple(self._entries):
            self._drop(path)
        self._unseen.release()
        self._shown.release()

    def _warming(self, path: Path) -> Generator[None, None, Scene]:
        passes = yield from compiling(self._context, read_shader(path))
        scene = Scene(self._context, self._full_screen, passes)
        pictures = [entry.name for entry in scene.program.inputs if entry.type == "image"]
        try:
            for name in pictures:
                scene.set_texture(name, self._shown.texture)
            yield from scene.warming(self._music, self._unseen.framebuffer)
            for name in pictures:
                scene.set_texture(name, None)
        except BaseException:  # also if nobody asks for the next step
            self._unseen.framebuffer.use()  # a framebuffer that is bound must not be released
            scene.release()
            raise
        return scene

    def _drop(self, path: Path) -> None:
        entry = self._entries.pop(path, None)
        if entry is None:
            return
        for scene in entry.spare:
            scene.release()
        if entry.passes is not None:
            entry.passes.give_back()


def _files_of(path: Path) -> tuple[Path, ...]:
    return path, path.with_suffix(".vs")
