"""One pass of a shader, compiled: its own program, so that no pass pays for the code of the others.

The number of the pass is a constant in it, and drivers drop what the pass does not do: registers on a GPU,
and with Mesa's software driver, which runs both sides of an `if`, most of the time (our scenes draw 2 to 9
times faster).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stemlight.resources import shaders_dir
from stemlight.stage.built_ins import BUILT_INS, Value
from stemlight.stage.full_screen import set_uniform
from stemlight.stage.glsl import VERSIONS, GlslProgram, glsl_program
from stemlight.stage.glsl_dialects import N_CORNERS
from stemlight.stage.moment import Moment
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import SAMPLER_TYPES, SOUND, Channel, Pass, ShaderProgram
from stemlight.stage.uniforms import MUSIC, MUSIC_READERS, MUSIC_TEXTURES, Music

if TYPE_CHECKING:
    import moderngl

Texture = Any  # moderngl.Texture, TextureCube or Texture3D
Textures = Callable[[str], Texture]


@dataclass(frozen=True, slots=True)
class _Sampler:
    """A sampler that the driver kept. Its texture unit is its place."""

    uniform: str
    reads: str  # by which name its texture is asked for
    channel: int | None = None  # of Shadertoy's
    gl: moderngl.Sampler | None = None  # how it reads; None: as the texture says


class PassProgram:
    """The program of one pass. GL thread only."""

    def __init__(self, context: moderngl.Context, program: ShaderProgram, glsl: GlslProgram) -> None:
        """Compiles; ShaderError names the line in the author's file."""
        import moderngl

        self.glsl = glsl
        self.holder: object = None  # whose values its uniforms hold: scenes share programs
        self._context = context
        try:
            self._gl = context.program(vertex_shader=glsl.vertex.text, fragment_shader=glsl.fragment.text)
        except moderngl.Error as error:
            raise glsl.blame(str(error), program.path) from None
        self._uniform_type = moderngl.Uniform
        self._likes: dict[str, Any] = {}  # what the uniforms of inputs held first: their types
        self._corners = context.vertex_array(self._gl, [])
        # Drivers drop the uniforms that are not used.
        self._music = [
            (name, read) for name, read in MUSIC_READERS.items() if name in self._gl and glsl.gives(name)
        ]
        # A file may declare a built-in as something else: then it gets what fits in.
        found = {name: self._gl[name] for name in BUILT_INS if name in self._gl}
        self._built_ins = [
            (uniform, BUILT_INS[name], uniform.value)
            for name, uniform in found.items()
            if isinstance(uniform, moderngl.Uniform)
        ]
        self._samplers = list(self._samplers_of(program, program.passes[glsl.pass_index]))
        for unit, sampler in enumerate(self._samplers):
            set_uniform(self._gl, sampler.uniform, unit)
        self._channels = program.passes[glsl.pass_index].channels
        self._asks_for_sizes = any(f"iCh{k}.size" in self._gl for k in range(4)) or (
            "iChannelResolution" in self._gl
        )
        self._mouse: tuple[float, ...] = (0.0, 0.0)
        self.set("PASSINDEX", glsl.pass_index)  # where the file declares it itself

    def _samplers_of(self, program: ShaderProgram, step: Pass) -> Iterator[_Sampler]:
        """Those that the driver kept, each to be on the texture unit of its place."""
        for k, channel in enumerate(step.channels):
            for name in (f"iChannel{k}", f"iCh{k}.sampler"):
                if name in self._gl:
                    yield _Sampler(name, f"iChannel{k}", k, _gl_sampler(self._context, channel))
        names = [entry.name for entry in program.inputs if entry.type in SAMPLER_TYPES]
        names += [*(entry.name for entry in program.imports), *sorted(program.buffers)]
        names += [name for name in MUSIC_TEXTURES if self.glsl.gives(name)]
        for name in dict.fromkeys(names if not step.channels else MUSIC_TEXTURES):
            uniform = self.glsl.uniform_name(name)
            if uniform in self._gl:
                how = program.sampling.get(name)
                yield _Sampler(uniform, name, gl=_gl_sampler(self._context, how) if how else None)

    def set(self, name: str, value: Any) -> None:
        """Sets the input or built-in `name`, if this pass uses it."""
        if name == "iMouse" and self._channels:
            self._mouse = value
            return
        uniform = self._gl.get(self.glsl.uniform_name(name), None)
        if not isinstance(uniform, self._uniform_type):
            return
        # A file may declare its input itself, as something else than its header says.
        like = self._likes.setdefault(name, uniform.value)
        if not isinstance(like, list):
            uniform.value = _fitted(value, like)

    def draw(
        self, moment: Moment, music: Music, textures: Textures, framebuffer: moderngl.Framebuffer
    ) -> None:
        """Draws over the whole of `framebuffer`; `textures` says what each sampler reads."""
        for uniform, read_built_in, like in self._built_ins:
            uniform.value = _fitted(read_built_in(moment, framebuffer.size), like)
        for name, read in self._music:
            set_uniform(self._gl, name, read(music))
        framebuffer.use()
        for unit, sampler in enumerate(self._samplers):
            texture = textures(sampler.reads)
            texture.use(unit)
            if sampler.gl is not None:
                sampler.gl.use(unit)
        if self._channels:
            self._tell_of_channels(moment, textures, framebuffer.size)
        self._corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)
        for unit, sampler in enumerate(self._samplers):
            if sampler.gl is not None:
                sampler.gl.clear(unit)

    def _tell_of_channels(self, moment: Moment, textures: Textures, size_px: tuple[int, int]) -> None:
        """Shadertoy's mouse, and the sizes and times of its channels. A sound is as old as the scene."""
        sizes = [(0.0, 0.0, 0.0)] * len(self._channels)
        times = [0.0] * len(self._channels)
        for k, channel in enumerate(self._channels):
            if self._asks_for_sizes and channel.source is not None:
                width, height, *depth = textures(f"iChannel{k}").size
                sizes[k] = (float(width), float(height), float(depth[0] if depth else 1))
            if channel.source == SOUND:
                times[k] = moment.time_s
            set_uniform(self._gl, f"iCh{k}.size", sizes[k])
            set_uniform(self._gl, f"iCh{k}.time", times[k])
            set_uniform(self._gl, f"iCh{k}.loaded", int(channel.source is not None))
        set_uniform(self._gl, "iChannelResolution", sizes)
        set_uniform(self._gl, "iChannelTime", times)
        if any(self._mouse):  # held down, but not on this very draw
            x, y = (part * side for part, side in zip(self._mouse, size_px, strict=True))
            set_uniform(self._gl, "iMouse", (x, y, x, -y))
        else:
            set_uniform(self._gl, "iMouse", (0.0, 0.0, 0.0, 0.0))

    def release(self) -> None:
        """Gives everything back to the GPU."""
        for sampler in self._samplers:
            if sampler.gl is not None:
                sampler.gl.release()
        self._corners.release()
        self._gl.release()


def _gl_sampler(context: moderngl.Context, channel: Channel) -> moderngl.Sampler:
    near, far = {
        "nearest": (context.NEAREST, context.NEAREST),
        "linear": (context.LINEAR, context.LINEAR),
        "mipmap": (context.LINEAR, context.LINEAR_MIPMAP_LINEAR),
    }[channel.filter]
    repeat = channel.wrap == "repeat"
    sampler = context.sampler(repeat_x=repeat, repeat_y=repeat, repeat_z=repeat)
    sampler.filter = (far, near)
    return sampler


def _fitted(value: Value, like: Any) -> Any:
    """`value` cut, filled with zeros or rounded to what a uniform that held `like` takes."""
    numbers = value if isinstance(value, tuple) else (value,)
    if isinstance(like, tuple):
        return (*numbers, *(0.0,) * len(like))[: len(like)]
    return int(numbers[0]) if isinstance(like, int) else float(numbers[0])


class Passes:
    """The programs of one shader, for as many scenes as draw with it. GL thread only.

    Whoever makes or `take`s them gives them back; the last one gives them back to the GPU.
    """

    def __init__(self, program: ShaderProgram, by_index: Mapping[int, PassProgram]) -> None:
        self.program = program
        self.by_index = by_index
        self.n_users = 1

    def take(self) -> Passes:
        """These, for one user more."""
        self.n_users += 1
        return self

    def give_back(self) -> None:
        """One user less."""
        self.n_users -= 1
        if not self.n_users:
            for compiled in self.by_index.values():
                compiled.release()


def compiling(context: moderngl.Context, program: ShaderProgram) -> Generator[None, None, Passes]:
    """Returns the programs of all passes that draw, compiled one a step; ShaderError names the line.

    As the file is if the driver takes it, else mended, else as later GLSL; the error is the first one's.
    """
    last = len(program.passes) - 1
    drawing = [index for index, step in enumerate(program.passes) if step.target or index == last]
    failure: ShaderError | None = None
    for version, mend in ((VERSIONS[0], False), *((version, True) for version in VERSIONS)):
        if version > context.version_code:
            break
        passes: dict[int, PassProgram] = {}
        try:
            for index in drawing:
                glsl = glsl_program(
                    program, MUSIC, (shaders_dir() / "lib",), index, version=version, mend=mend
                )
                passes[index] = PassProgram(context, program, glsl)
                yield
            return Passes(program, passes)
        except BaseException as error:  # of the shader, or nobody asks for the next step
            for compiled in passes.values():
                compiled.release()
            if not isinstance(error, ShaderError):
                raise
            failure = failure or error
    raise failure or ShaderError(program.path, None, "this OpenGL is older than 3.3")
