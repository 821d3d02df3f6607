"""Turns the GLSL of a shader file into GLSL 3.30 core that a driver compiles, and its errors back.

Line for line: `#line` keeps the author's numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlight.stage.glsl_dialects import DEFAULT_VERTEX, DIALECTS, VERTEX_INIT, given_names
from stemlight.stage.glsl_mends import mended
from stemlight.stage.glsl_names import Names, scan, without_comments
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import Definition, Pass, ShaderProgram, Source, read_source
from stemlight.stage.shadertoy_directives import read_directives
from stemlight.stage.synesthesia_functions import SYNESTHESIA_FUNCTIONS
from stemlight.stage.synesthesia_names import ROW_READERS


@dataclass(frozen=True, slots=True)
class StageSource:
    """GLSL for one stage of the pipeline, ready for the driver."""

    text: str
    # The file itself, then what it includes: file i has the lines i * LINE_STRIDE + 1 ...
    files: tuple[Path, ...]
    given: frozenset[str]  # names of the host that were put before it


# Mesa forgets the source-string number of `#line` in type errors, so the file is told by the line number.
LINE_STRIDE = 10_000
MAX_INCLUDES = 5  # lines stay under 65,536: drivers have kept them in 16 bits
PREAMBLE_LINE = (MAX_INCLUDES + 1) * LINE_STRIDE

VERSIONS = (330, 420, 450)  # tried in turn: later ones allow `= { ... }` lists and looser constants


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that GLSL 1.20 lets a file use as names and 3.30 or later does not.
_RESERVED = _words(
    """
    active asm buffer cast centroid class coherent common enum external filter fixed flat goto half
    inline input interface invariant long namespace output partition patch precision readonly resource
    restrict sample shared short sizeof smooth subroutine superp template this typedef union unsigned
    using writeonly
    """
)
_BUILT_IN_FUNCTIONS = _words(
    """
    abs acos acosh all any asin asinh atan atanh ceil clamp cos cosh cross dFdx dFdy degrees determinant
    distance dot equal exp exp2 faceforward floor fract fwidth greaterThan inverse inversesqrt isinf
    isnan length lessThan log log2 matrixCompMult max min mix mod modf normalize not notEqual
    outerProduct pow radians reflect refract round roundEven sign sin sinh smoothstep sqrt step tan tanh
    texelFetch texture textureGrad textureLod textureProj textureSize transpose trunc
    """
)

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+["<]([^">\n]+)[">][^\n]*$', re.MULTILINE)
_VERSION = re.compile(r"^[ \t]*#[ \t]*version\b[^\n]*$", re.MULTILINE)
# Of Synesthesia's textures of one dimension.
_ROW_READ = re.compile(
    r"\b(texture|texelFetch|textureSize)(?:1D|Lod)?\s*\(\s*(syn_Spectrum|syn_LevelTrail)\b"
)
_IMAGE_SIZE = re.compile(r"_(\w+)_(?:imgRect|imgSize|flip)\Z")
# The host's own line, which some files write themselves.
_NORM_COORD = re.compile(r"^[ \t]*(?:in|out|varying)[ \t]+vec2[ \t]+isf_FragNormCoord[ \t]*;", re.MULTILINE)
_MAIN = re.compile(r"\bvoid\s+main\s*\(")
_EXTENSION = re.compile(r"^[ \t]*#[ \t]*extension[ \t]+(\w+)[^\n]*$", re.MULTILINE)


_UNIFORM_TYPES = {
    "event": "bool", "bool": "bool", "long": "int", "float": "float", "point2D": "vec2", "color": "vec4",
    "image": "sampler2D", "audio": "sampler2D", "audioFFT": "sampler2D", "cube": "samplerCube",
}  # fmt: skip

_SYNESTHESIA_TYPES = {
    **_UNIFORM_TYPES, "event": "float", "bool": "float", "long": "float", "color": "vec3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GlslProgram:
    """Both stages of one pass for one `#version`, and what its uniforms are called in it."""

    vertex: StageSource
    fragment: StageSource
    pass_index: int
    uniform_names: Mapping[str, str]  # name in the file's header -> name in the GLSL, where they differ

    def gives(self, name: str) -> bool:
        """Whether `name` in the GLSL is the host's, not the file's own."""
        return name in self.vertex.given or name in self.fragment.given

    def uniform_name(self, name: str) -> str:
        """What `name` of the header is called in the GLSL."""
        return self.uniform_names.get(name, name)

    def blame(self, driver_text: str, path: Path) -> ShaderError:
        """The driver's first error, at the line of the author's file."""
        _, _, vertex_part = driver_text.partition("vertex_shader")
        stage = self.vertex if vertex_part else self.fragment
        for line in driver_text.splitlines():
            for pattern in _ERROR_PATTERNS:
                if match := pattern.match(line.strip()):
                    number, said = int(match[1]), match[2].removesuffix("; candidates are:")
                    if number > PREAMBLE_LINE:
                        return ShaderError(stage.files[0], None, f"clashes with a name of the host: {said}")
                    index, line_number = divmod(number, LINE_STRIDE)
                    return ShaderError(stage.files[min(index, len(stage.files) - 1)], line_number, said)
        plain = [line for line in driver_text.splitlines() if line.startswith("error")]
        message = plain[0].removeprefix("error:") if plain else driver_text
        return ShaderError(path, None, message.strip())


_ERROR_PATTERNS = (
    re.compile(r"\d+:(\d+)\(\d+\): (?:preprocessor )?error: (.*)"),  # Mesa
    re.compile(r"\d+\((\d+)\) : (?:fatal )?error \w+: (.*)"),  # NVIDIA
    re.compile(r"ERROR: \d+:(\d+): (.*)"),  # Apple, AMD, Intel, ANGLE
)


def glsl_program(
    program: ShaderProgram,
    music: Mapping[str, Definition],
    include_folders: Sequence[Path],
    pass_index: int,
    *,
    version: int = VERSIONS[0],
    mend: bool = False,
) -> GlslProgram:
    """GLSL for one pass, with the `music` it asks for. ShaderError: an `#include` that is not found."""
    step = program.passes[pass_index]
    uniforms = _header_uniforms(program, step)
    renamed = {name: f"isf_input_{name}" for name in uniforms if name in _RESERVED | _BUILT_IN_FUNCTIONS}
    build = _Builder(program, uniforms, renamed, music, include_folders, pass_index, version, mend)
    vertex = program.vertex or Source(program.path, DEFAULT_VERTEX)
    return GlslProgram(
        vertex=build.stage((vertex,), is_fragment=False),
        fragment=build.stage(step.code, is_fragment=True),
        pass_index=pass_index,
        uniform_names=renamed,
    )


def _header_uniforms(program: ShaderProgram, step: Pass) -> dict[str, str]:
    """Name -> GLSL type of what the header declares and the GLSL does not."""
    if program.format == "shadertoy":
        return {f"iChannel{k}": f"sampler{channel.kind}" for k, channel in enumerate(step.channels)}
    types = _UNIFORM_TYPES if program.format == "isf" else _SYNESTHESIA_TYPES
    uniforms = {entry.name: types[entry.type] for entry in program.inputs}
    for entry in program.imports:
        uniforms.setdefault(entry.name, "samplerCube" if entry.is_cube else "sampler2D")
    for name in sorted(program.buffers):
        uniforms.setdefault(name, "sampler2D")
    return uniforms


@dataclass(frozen=True, slots=True)
class _Builder:
    """Puts stages together: `#version`, extensions, what the host provides, the author's lines."""

    program: ShaderProgram
    uniforms: Mapping[str, str]  # of the header: name -> GLSL type
    renamed: Mapping[str, str]
    music: Mapping[str, Definition]
    include_folders: Sequence[Path]
    pass_index: int
    version: int
    mend: bool

    def stage(self, code: Sequence[Source], *, is_fragment: bool) -> StageSource:
        """`code`: the stage's own file last."""
        files = [source.path for source in reversed(code)]
        text = ""
        for index, source in reversed(list(enumerate(reversed(code)))):
            start = f"#line {index * LINE_STRIDE + 1}\n" if len(code) > 1 else ""
            text += f"{start}{self._included(source.text, source.path, files, index)}\n"
        text = _VERSION.sub("", text) if "version" in text else text
        extensions = [
            name for name in _EXTENSION.findall(text) if not name.startswith(("GL_OES_", "GL_EXT_"))
        ]
        text = _EXTENSION.sub("", text) if "extension" in text else text
        if "isf_FragNormCoord" in text:
            text = _NORM_COORD.sub("", text)
        if "syn_" in text:
            text = _ROW_READ.sub(r"isf_row_\1(\2", text)
        dialect = DIALECTS[self.program.format]
        ending = ""
        if is_fragment and not _MAIN.search(without_comments(text)):
            is_buffer = self.program.passes[self.pass_index].target is not None
            ending = dialect.buffer_ending if is_buffer else dialect.ending
        host_names = frozenset((*given_names((), is_fragment=is_fragment), *self.music, "HW_PERFORMANCE"))
        names = scan(text + ending, host_names)
        text = self._renamed(text, names)
        if self.mend:
            text = mended(text)

        lines = [f"#version {self.version} core"]
        lines += [f"#extension {name} : warn" for name in dict.fromkeys(extensions)]
        lines += [f"#line {PREAMBLE_LINE + 1}"]
        if "PASSINDEX" not in names.uniforms:
            lines.append(f"const int PASSINDEX = {self.pass_index};")
        uniforms = {**dialect.uniforms, **self.uniforms}
        # A vertex shader that uses none must not say of what type they are: the fragment shader may differ.
        used = names.used | {match[1] for name in names.used if (match := _IMAGE_SIZE.match(name))}
        for name, kind in uniforms.items():
            plain = name.partition("[")[0]
            if plain not in names.uniforms and (is_fragment or plain in used):
                lines.append(f"uniform {kind} {self.renamed.get(name, name)};")
        lines.append("in vec2 isf_FragNormCoord;" if is_fragment else VERTEX_INIT)
        lines.append(dialect.constants)
        given = definitions(names, self._provided(names, uniforms, is_fragment))
        lines += given.values()
        ending = f"#line {PREAMBLE_LINE + 1}\n{ending}" if ending else ""
        return StageSource("\n".join([*lines, "#line 1", text, ending]), tuple(files), frozenset(given))

    def _provided(
        self, names: Names, uniforms: Mapping[str, str], is_fragment: bool
    ) -> dict[str, Definition]:
        provided = given_names(uniforms, is_fragment=is_fragment)
        if is_fragment and names.has_output:
            del provided["gl_FragColor"], provided["fragColor"]
        for name, kind in self.uniforms.items():
            if kind == "sampler2D":
                provided[f"_{name}_imgRect"] = Definition(f"#define _{name}_imgRect vec4(0.0, 0.0, 1.0, 1.0)")
                size = f"vec2(textureSize({self.renamed.get(name, name)}, 0))"
                provided[f"_{name}_imgSize"] = Definition(f"#define _{name}_imgSize {size}")
                provided[f"_{name}_flip"] = Definition(f"#define _{name}_flip false")
        names_of_ours = {**SYNESTHESIA_FUNCTIONS, **ROW_READERS, **self.music, **self.program.stand_ins}
        return provided | {name: entry for name, entry in names_of_ours.items() if name not in uniforms}

    def _included(self, text: str, path: Path, files: list[Path], index: int) -> str:
        """`text` with every `#include` in its place, each file once."""

        def included(match: re.Match[str]) -> str:
            line = text.count("\n", 0, match.start()) + 1
            found = next(
                (f / match[1] for f in (path.parent, *self.include_folders) if (f / match[1]).is_file()), None
            )
            if found is None:
                raise ShaderError(path, line, f"no file {match[1]!r} to include beside it or in shaders/lib")
            resume = f"#line {index * LINE_STRIDE + line + 1}\n"
            if found in files:
                return ""
            if len(files) > MAX_INCLUDES:
                raise ShaderError(path, line, f"more than {MAX_INCLUDES} files included")
            files.append(found)
            number = len(files) - 1
            inner = self._included(read_directives(read_source(found)).text, found, files, number)
            return f"\n#line {number * LINE_STRIDE + 1}\n{inner}\n{resume.rstrip()}"

        return _INCLUDE.sub(included, text)

    def _renamed(self, text: str, names: Names) -> str:
        """Names that GLSL 3.30 reserves give way; a function that an input is named for stays."""
        for name in names.declared & _RESERVED:
            text = re.sub(rf"\b{name}\b", f"isf_name_{name}", text)
        for name, uniform_name in self.renamed.items():
            text = re.sub(rf"(?<![\w.]){name}\b(?!\s*\()", uniform_name, text)
        return text


def definitions(names: Names, provided: Mapping[str, Definition]) -> dict[str, str]:
    """GLSL for every name of `provided` that is used and not declared, what it needs before it."""
    given: dict[str, str] = {}

    def give(name: str) -> None:
        for need in provided[name].needs:
            if need in provided:
                give(need)
        given.setdefault(name, provided[name].glsl)

    for name in provided:
        if name in names.used and name not in names.declared:
            give(name)
    return given
