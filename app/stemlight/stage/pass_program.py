"""One pass of a shader, compiled: its own program, so that no pass pays for the code of the others.

The number of the pass is a constant in it, and drivers drop what the pass does not do: registers on a GPU,
and with Mesa's software driver, which runs both sides of an `if`, most of the time (our scenes draw 2 to 9
times faster).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stemlight.resources import shaders_dir
from stemlight.stage.full_screen import set_uniform
from stemlight.stage.glsl import N_CORNERS, VERSIONS, GlslProgram, glsl_program
from stemlight.stage.isf import SAMPLER_TYPES, IsfProgram
from stemlight.stage.moment import Moment
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.uniforms import MUSIC, MUSIC_READERS, MUSIC_TEXTURES, Music

if TYPE_CHECKING:
    import moderngl

Textures = Callable[[str], "moderngl.Texture | moderngl.TextureCube"]


class PassProgram:
    """The program of one pass. GL thread only."""

    def __init__(self, context: moderngl.Context, program: IsfProgram, glsl: GlslProgram) -> None:
        """Compiles; ShaderError names the line in the author's file."""
        import moderngl

        self.glsl = glsl
        self.holder: object = None  # whose values its uniforms hold: scenes share programs
        self._context = context
        try:
            self._gl = context.program(vertex_shader=glsl.vertex.text, fragment_shader=glsl.fragment.text)
        except moderngl.Error as error:
            raise glsl.blame(str(error), program.path) from None
        self._corners = context.vertex_array(self._gl, [])
        # Drivers drop the uniforms that are not used.
        self._music = [
            (name, read) for name, read in MUSIC_READERS.items() if name in self._gl and glsl.gives(name)
        ]
        names = [entry.name for entry in program.inputs if entry.type in SAMPLER_TYPES]
        names += [*(entry.name for entry in program.imports), *sorted(program.buffers)]
        names += [name for name in MUSIC_TEXTURES if glsl.gives(name)]
        # Each on the texture unit of its place.
        self._samplers = [name for name in dict.fromkeys(names) if glsl.uniform_name(name) in self._gl]
        for unit, name in enumerate(self._samplers):
            self.set(name, unit)
        self.set("PASSINDEX", glsl.pass_index)  # where the file declares it itself

    def set(self, name: str, value: Any) -> None:
        """Sets the input or built-in `name`, if this pass uses it."""
        set_uniform(self._gl, self.glsl.uniform_name(name), value)

    def draw(
        self, moment: Moment, music: Music, textures: Textures, framebuffer: moderngl.Framebuffer
    ) -> None:
        """Draws over the whole of `framebuffer`; `textures` says what each sampler reads."""
        set_uniform(self._gl, "TIME", moment.time_s)
        set_uniform(self._gl, "TIMEDELTA", moment.delta_s)
        set_uniform(self._gl, "FRAMEINDEX", moment.index)
        set_uniform(self._gl, "DATE", moment.isf_date)
        set_uniform(self._gl, "RENDERSIZE", (float(framebuffer.width), float(framebuffer.height)))
        for name, read in self._music:
            set_uniform(self._gl, name, read(music))
        framebuffer.use()
        for unit, name in enumerate(self._samplers):
            textures(name).use(unit)
        self._corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)

    def release(self) -> None:
        """Gives everything back to the GPU."""
        self._corners.release()
        self._gl.release()


class Passes:
    """The programs of one shader, for as many scenes as draw with it. GL thread only.

    Whoever makes or `take`s them gives them back; the last one gives them back to the GPU.
    """

    def __init__(self, context: moderngl.Context, program: IsfProgram) -> None:
        """Compiles; ShaderError names the line in the author's file."""
        self.program = program
        self.by_index = compiled_passes(context, program)
        self._n_users = 1

    def take(self) -> Passes:
        """These, for one user more."""
        self._n_users += 1
        return self

    def give_back(self) -> None:
        """One user less."""
        self._n_users -= 1
        if not self._n_users:
            for compiled in self.by_index.values():
                compiled.release()


def compiled_passes(context: moderngl.Context, program: IsfProgram) -> dict[int, PassProgram]:
    """The programs of all passes that draw, by index.

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
        except ShaderError as error:
            failure = failure or error
            for compiled in passes.values():
                compiled.release()
        else:
            return passes
    raise failure or ShaderError(program.path, None, "this OpenGL is older than 3.3")
