"""One shader on the GPU: its program, its inputs and what its passes remember."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stemlight.errors import UserError
from stemlight.stage.audio_rows import audio_rows, narrowed
from stemlight.stage.full_screen import FullScreen
from stemlight.stage.moment import Moment
from stemlight.stage.noise_textures import noise_picture, noise_volume
from stemlight.stage.pass_buffers import Kind, PassBuffers
from stemlight.stage.pass_program import Passes, Texture
from stemlight.stage.picture_files import load_picture
from stemlight.stage.shader_program import SOUND, VALUE_TYPES, Channel, Input, InputValue, Pass
from stemlight.stage.shadertoy import KEYBOARD, NOISE, NOISE_3D
from stemlight.stage.uniforms import Music

if TYPE_CHECKING:
    import moderngl

MAX_AREA_PX = 8192 * 4096  # of a pass: above 8K; one of 16384 x 16384 floats would be 4 GB
KEYBOARD_SIZE_PX = (256, 3)  # of Shadertoy's: a column a key; is down, went down, toggled


class Scene:
    """One use of a compiled shader. GL thread only; `release` when done."""

    def __init__(self, context: moderngl.Context, full_screen: FullScreen, passes: Passes) -> None:
        """`passes` are given back by `release`."""
        program = passes.program
        self.program = program
        self.warnings: list[str] = list(program.warnings)
        self._context = context
        self._full_screen = full_screen
        self.passes = passes
        self._passes = passes.by_index
        self._buffers = PassBuffers(context, full_screen)
        self._kinds: dict[str, Kind] = {}  # of each target, at the current size
        # Whether every pass sets every pixel: then clearing first would be bandwidth for nothing.
        self._covers = program.vertex is None and not any(
            "discard" in source.text for step in program.passes for source in step.code
        )
        self._values: dict[str, InputValue] = {}
        self._clocks: dict[str, float] = {}  # how far those inputs have run that are speeds
        self._events: set[str] = set()  # true for the next draw
        self._pictures: dict[str, Texture] = {}
        self._mipmapped: set[int] = set()  # of those, which have smaller copies of themselves
        self._lent: dict[str, moderngl.Texture] = {}  # textures that others own, by input
        self._given_audio: set[str] = set()  # inputs whose rows were set from outside
        self._rows: dict[str, moderngl.Texture] = {}  # of audio inputs
        self._cubes = {entry.name for entry in program.inputs if entry.type == "cube"}
        self._cubes |= {entry.name for entry in program.imports if entry.is_cube}
        self._nothing = context.texture((1, 1), 4, bytes(4)), context.texture_cube((1, 1), 4, bytes(24))
        self._import_pictures()
        self._make_channels()
        for entry in program.inputs:
            if entry.default is not None:
                self._set_value(entry, entry.default)

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything it was made from, and the `.vs` that may yet come."""
        pictures = [path for entry in self.program.imports for path in entry.paths]
        stages = [stage for p in self._passes.values() for stage in (p.glsl.fragment, p.glsl.vertex)]
        made_from = (*(file for stage in stages for file in stage.files), *pictures, *self.program.files)
        may_come = () if self.program.path.is_dir() else (self.program.path.with_suffix(".vs"),)
        return tuple(dict.fromkeys((*made_from, *may_come)))

    @property
    def values(self) -> Mapping[str, InputValue]:
        """What each value input is set to."""
        return self._values

    def set_input(self, name: str, value: object) -> None:
        """Sets the input `name`; UserError if there is none or `value` does not fit.

        An event is true for the next draw. A picture is uint8 (h, w, 4 or 3), top row first. Audio is float
        rows in [0, 1], (n,) or (n_channels, n), for Shadertoy (2, 512), and stays until set again; without it
        the music is heard.
        """
        entry = self.program.input(name)
        if entry.type in VALUE_TYPES:
            self._set_value(entry, entry.coerced(value))
        elif entry.type == "image":
            self._set_picture(entry, value)
        elif entry.type in ("audio", "audioFFT"):
            rows = np.atleast_2d(np.asarray(value, np.float32))
            self._given_audio.add(name)
            self._write_rows(name, narrowed(rows, entry.columns))
        elif entry.type == SOUND:
            rows = np.atleast_2d(np.asarray(value, np.float32))
            self._given_audio.add(name)
            self._write_rows(name, np.round(np.clip(rows, 0.0, 1.0) * 255.0).astype(np.uint8))
        else:
            raise UserError(f"input {name} is a {entry.type}; it cannot be set")

    def set_texture(self, name: str, texture: moderngl.Texture | None) -> None:
        """The image input `name` reads `texture` from now on; None gives back the picture it had.

        No copy: `texture` stays its owner's, who keeps it alive and clamped until it is taken away. UserError
        if there is no such image input.
        """
        entry = self.program.input(name)
        if entry.type != "image":
            raise UserError(f"input {name} is a {entry.type}, not an image")
        if texture is None:
            self._lent.pop(name, None)
        else:
            self._lent[name] = texture

    def set_noise(self, picture: np.ndarray) -> None:
        """Shadertoy's noise channels read `picture`, uint8 (h, w, 4), instead of a noise of our own."""
        if NOISE in self._pictures:
            self._replace(NOISE, _picture_texture(self._context, picture))

    def draw(self, moment: Moment, music: Music, framebuffer: moderngl.Framebuffer) -> None:
        """Draws every pass; the last also over the whole of `framebuffer`, whose size is the output's."""
        for _ in self._drawing(moment, music, framebuffer):
            pass

    def _drawing(self, moment: Moment, music: Music, framebuffer: moderngl.Framebuffer) -> Iterator[None]:
        """As `draw`, a pass a step."""
        self._hear(music)
        self._hold_passes()
        self._run_clocks(moment.delta_s)
        passes = self.program.passes
        kinds = [self._kind(step, framebuffer.size) for step in passes]
        self._kinds = {step.target: kind for step, kind in zip(passes, kinds, strict=True) if step.target}
        for step, kind in zip(passes, kinds, strict=True):
            if step.target and step.persistent:
                self._buffers.resize(step.target, *kind, stretched=not step.channels)
            elif step.target:
                self._buffers.forget(step.target)

        for index, compiled in self._passes.items():
            step = passes[index]
            target = step.target

            def textures(name: str, step: Pass = step) -> Texture:
                return self._sampled(step, name, music)

            if target:
                buffer = self._buffers.fresh(*kinds[index], cleared=not self._covers)
                compiled.draw(moment, music, textures, buffer.framebuffer)
                self._buffers.hold(target, buffer)
            else:
                if not self._covers:
                    framebuffer.clear()
                compiled.draw(moment, music, textures, framebuffer)
            yield
        last = self._buffers.texture(passes[-1].target) if passes[-1].target else None
        if last is not None:
            self._full_screen.copy(last, framebuffer)
        for name in self._events:
            self._values[name] = False
            self._set_uniform(name, False)
        self._events.clear()

    def warming(self, music: Music, framebuffer: moderngl.Framebuffer) -> Iterator[None]:
        """Draws, which is when drivers compile, a pass a step; leaves no trace but in `framebuffer`."""
        for index in range(2):  # the second reads what the first left
            yield from self._drawing(Moment.at_draw(index, 60.0), music, framebuffer)
        self.reset()

    def reset(self) -> None:
        """Forgets what the passes remember, as if nothing had been drawn."""
        self._buffers.release()
        self._clocks.clear()

    def read_target(self, target: str) -> np.ndarray:
        """What a buffer holds, float32 (h, w, 4), bottom row first. Waits for the GPU: never live."""
        texture = self._buffers.texture(target)
        if texture is None:
            raise UserError(f"{self.program.path.name} has drawn nothing into {target!r}")
        width, height = texture.size
        kind = {"f1": np.uint8, "f2": np.float16, "f4": np.float32}[texture.dtype]
        pixels = np.frombuffer(texture.read(), kind).reshape(height, width, 4)
        return pixels.astype(np.float32) / (255.0 if kind is np.uint8 else 1.0)

    def release(self) -> None:
        """Gives everything back to the GPU."""
        self._buffers.release()
        for texture in (*self._pictures.values(), *self._rows.values(), *self._nothing):
            texture.release()
        self.passes.give_back()

    # Passes

    def _kind(self, step: Pass, size_px: tuple[int, int]) -> Kind:
        """What a pass draws into, for an output of `size_px`."""
        values: dict[str, float] = {"WIDTH": float(size_px[0]), "HEIGHT": float(size_px[1])}
        for name in step.width.names | step.height.names:
            value = self._values.get(name)
            if value is not None and not isinstance(value, tuple):
                values[name] = float(value)
        width, height = step.width.pixels(values), step.height.pixels(values)
        return (width, min(height, max(MAX_AREA_PX // width, 1))), "f4" if step.is_float else "f1"

    # Inputs

    def _run_clocks(self, delta_s: float) -> None:
        for name in self.program.clocks:
            speed = self._values.get(name)
            if isinstance(speed, int | float):
                self._clocks[name] = self._clocks.get(name, 0.0) + speed * delta_s
                self._set_uniform(name, self._clocks[name])

    def _set_value(self, entry: Input, value: InputValue) -> None:
        self._values[entry.name] = value
        if entry.type == "event" and value:
            self._events.add(entry.name)
        self._set_uniform(entry.name, value)

    def _set_uniform(self, name: str, value: InputValue) -> None:
        for compiled in self._passes.values():
            if compiled.holder is self:
                compiled.set(name, value)

    def _hold_passes(self) -> None:
        """Gives the programs our values, if another scene has drawn with them since."""
        for compiled in self._passes.values():
            if compiled.holder is not self:
                compiled.holder = self
                for name, value in self._values.items():
                    compiled.set(name, value)

    def _set_picture(self, entry: Input, value: object) -> None:
        if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.ndim != 3:
            raise UserError(
                f"input {entry.name} takes a picture, uint8 (height, width, 4), not {value!r:.60}"
            )
        self._replace(entry.name, _picture_texture(self._context, value))

    def _replace(self, name: str, texture: Texture) -> None:
        old = self._pictures.pop(name, None)
        if old is not None:
            self._mipmapped.discard(old.glo)
            old.release()
        self._pictures[name] = texture

    def _import_pictures(self) -> None:
        for entry in self.program.imports:
            try:
                pictures = [load_picture(path) for path in entry.paths]
                if entry.upside_down:
                    pictures = [picture[::-1] for picture in pictures]
                self._replace(entry.name, _picture_texture(self._context, *pictures))
            except UserError as error:
                self.warnings.append(f"{entry.name} stays black: {error}")

    def _make_channels(self) -> None:
        """The textures of the host that Shadertoy's channels read."""
        sources = {channel.source for step in self.program.passes for channel in step.channels}
        if NOISE in sources:
            self._replace(NOISE, _picture_texture(self._context, noise_picture()))
        if NOISE_3D in sources:
            volume = noise_volume()
            size = volume.shape[2], volume.shape[1], volume.shape[0]
            self._replace(NOISE_3D, self._context.texture3d(size, 4, volume.tobytes()))
        if KEYBOARD in sources:  # no key is ever down
            self._replace(KEYBOARD, self._context.texture(KEYBOARD_SIZE_PX, 1, bytes(256 * 3)))

    def _hear(self, music: Music) -> None:
        for entry in self.program.inputs:
            if entry.name in self._given_audio:
                continue
            if entry.type in ("audio", "audioFFT"):
                self._write_rows(entry.name, audio_rows(entry.type, music.frame, entry.columns))
            elif entry.type == SOUND:
                self._write_rows(entry.name, music.sound())

    def _write_rows(self, name: str, rows: np.ndarray) -> None:
        """Floats are ISF's, the same in all colours; bytes are Shadertoy's, in red alone."""
        height, width = rows.shape
        texture = self._rows.get(name)
        if texture is None or texture.size != (width, height):
            if texture is not None:
                texture.release()
            is_bytes = rows.dtype == np.uint8
            texture = self._context.texture((width, height), 1, dtype="f1" if is_bytes else "f4", alignment=1)
            texture.repeat_x = texture.repeat_y = False
            texture.swizzle = "R001" if is_bytes else "RRR1"
            self._rows[name] = texture
        texture.write(np.ascontiguousarray(rows).tobytes(), alignment=1)

    def _sampled(self, step: Pass, name: str, music: Music) -> Texture:
        """What the sampler `name` of `step` reads now."""
        if step.channels and name.startswith("iChannel"):
            return self._channel(name, step.channels[int(name.removeprefix("iChannel"))], music)
        texture = self._texture(name, music) or self._nothing[name in self._cubes]
        how = self.program.sampling.get(name)
        return self._with_mipmaps(texture) if how and how.filter == "mipmap" else texture

    def _texture(self, name: str, music: Music) -> Texture | None:
        for textures in (self._lent, self._pictures, self._rows):
            if name in textures:
                return textures[name]
        if name in self._kinds:
            return self._buffers.texture(name) or self._buffers.empty(*self._kinds[name])
        return music.texture(name)

    def _channel(self, name: str, channel: Channel, music: Music) -> Texture:
        """A picture given to a channel takes the place of whatever is no buffer."""
        is_buffer = channel.source in self._kinds
        texture = None
        if not is_buffer and channel.kind == "2D":
            texture = self._lent.get(name) or self._pictures.get(name)
        if texture is None and channel.source is not None:
            texture = self._texture(channel.source, music)
        if texture is None:
            return self._nothing[channel.kind == "Cube"]
        return self._with_mipmaps(texture) if channel.filter == "mipmap" else texture

    def _with_mipmaps(self, texture: Texture) -> Texture:
        if texture.glo not in self._mipmapped:
            _build_mipmaps(texture)
            if texture in self._pictures.values():  # which nobody draws into
                self._mipmapped.add(texture.glo)
        return texture


def _build_mipmaps(texture: Texture) -> None:
    """Leaves it as it is for those who read it without."""
    how = texture.filter
    texture.build_mipmaps()
    texture.filter = how


def _picture_texture(context: moderngl.Context, *pictures: np.ndarray) -> Texture:
    """One picture, or six for a cube. Upright: the first row of a texture is the bottom one."""
    height, width, n_channels = pictures[0].shape
    data = b"".join(np.ascontiguousarray(picture[::-1]).tobytes() for picture in pictures)
    if len(pictures) == 6:
        if any(picture.shape != pictures[0].shape for picture in pictures):
            raise UserError("the six pictures of a cube differ in size")
        return context.texture_cube((width, height), n_channels, data)
    texture = context.texture((width, height), n_channels, data, alignment=1)
    texture.repeat_x = texture.repeat_y = False
    return texture
