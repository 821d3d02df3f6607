"""Turns the GLSL of an ISF file into GLSL 3.30 core that a driver compiles, and its errors back.

Line for line: `#line` keeps the author's numbers. Every name that a host provides (ISF's functions, GLSL
1.20's names, the music) is one `Definition`; only those which the file uses and does not declare itself are
put before it, so a name of ours never takes one of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from stemlight.stage.glsl_mends import mended
from stemlight.stage.glsl_names import Names, scan
from stemlight.stage.isf import IsfProgram, read_source
from stemlight.stage.shader_error import ShaderError


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that shaders may use: the GLSL that makes it, and the names that GLSL needs in turn."""

    glsl: str
    needs: tuple[str, ...] = ()


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
_EXTENSION = re.compile(r"^[ \t]*#[ \t]*extension[ \t]+(\w+)[^\n]*$", re.MULTILINE)


# What ISF gives every shader.

_ALWAYS = """\
const int PASSINDEX = {pass_index};
uniform vec2 RENDERSIZE;
uniform float TIME;
uniform float TIMEDELTA;
uniform vec4 DATE;
uniform int FRAMEINDEX;
"""

_ISF = {
    "IMG_NORM_PIXEL": Definition("#define IMG_NORM_PIXEL texture"),
    "IMG_PIXEL": Definition(
        "vec4 isf_pixel(sampler2D s, vec2 p) { return texture(s, p / vec2(textureSize(s, 0))); }\n"
        "#define IMG_PIXEL isf_pixel"
    ),
    "IMG_THIS_PIXEL": Definition("#define IMG_THIS_PIXEL(s) texture(s, isf_FragNormCoord)"),
    "IMG_THIS_NORM_PIXEL": Definition("#define IMG_THIS_NORM_PIXEL(s) texture(s, isf_FragNormCoord)"),
    "IMG_NORM_THIS_PIXEL": Definition("#define IMG_NORM_THIS_PIXEL(s) texture(s, isf_FragNormCoord)"),
    "IMG_SIZE": Definition("#define IMG_SIZE(s) vec2(textureSize(s, 0))"),
    "vv_FragNormCoord": Definition("#define vv_FragNormCoord isf_FragNormCoord"),
    "vv_vertShaderInit": Definition("#define vv_vertShaderInit isf_vertShaderInit"),
    # GLSL 1.20 and ES 1.00
    "texture1D": Definition("#define texture1D texture"),
    "texture2D": Definition("#define texture2D texture"),
    "texture3D": Definition("#define texture3D texture"),
    "textureCube": Definition("#define textureCube texture"),
    "texture2DLod": Definition("#define texture2DLod textureLod"),
    "texture2DLodEXT": Definition("#define texture2DLodEXT textureLod"),
    "texture2DProj": Definition("#define texture2DProj textureProj"),
    "texture2DProjLod": Definition("#define texture2DProjLod textureProjLod"),
    "texture2DGradEXT": Definition("#define texture2DGradEXT textureGrad"),
    "texture2DGradARB": Definition("#define texture2DGradARB textureGrad"),
    "textureCubeLod": Definition("#define textureCubeLod textureLod"),
    "textureCubeLodEXT": Definition("#define textureCubeLodEXT textureLod"),
}  # fmt: skip

# `texture` with a bias exists only where there are derivatives.
_FRAGMENT = {
    "IMG_PIXEL": Definition(
        _ISF["IMG_PIXEL"].glsl.replace(
            "\n#define",
            "\nvec4 isf_pixel(sampler2D s, vec2 p, float bias)"
            " { return texture(s, p / vec2(textureSize(s, 0)), bias); }\n#define",
        )
    ),
    "varying": Definition("#define varying in"),
    "isf_FragColor": Definition("out vec4 isf_FragColor;"),
    "gl_FragColor": Definition("#define gl_FragColor isf_FragColor", needs=("isf_FragColor",)),
    "fragColor": Definition("#define fragColor isf_FragColor", needs=("isf_FragColor",)),  # of some hosts
    "gl_FragData": Definition("out vec4 isf_FragData[1];\n#define gl_FragData isf_FragData"),
}

_VERTEX = {
    "varying": Definition("#define varying out"),
    "attribute": Definition("#define attribute in"),
    "gl_Vertex": Definition("#define gl_Vertex isf_corner()", needs=()),
    "position": Definition("#define position isf_corner()"),
    "gl_ModelViewProjectionMatrix": Definition("const mat4 gl_ModelViewProjectionMatrix = mat4(1.0);"),
}

_VERTEX_INIT = """\
out vec2 isf_FragNormCoord;
vec4 isf_corner() { return vec4(2.0 * vec2(gl_VertexID & 1, gl_VertexID >> 1) - 1.0, 0.0, 1.0); }
void isf_vertShaderInit() { gl_Position = isf_corner(); isf_FragNormCoord = 0.5 + 0.5 * gl_Position.xy; }
"""
DEFAULT_VERTEX = "void main() { isf_vertShaderInit(); }\n"
N_CORNERS = 4  # drawn as a triangle strip: corner k is (k & 1, k >> 1)

_UNIFORM_TYPES = {
    "event": "bool", "bool": "bool", "long": "int", "float": "float", "point2D": "vec2", "color": "vec4",
    "image": "sampler2D", "audio": "sampler2D", "audioFFT": "sampler2D", "cube": "samplerCube",
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
                    number = int(match[1])
                    if number > PREAMBLE_LINE:
                        return ShaderError(
                            stage.files[0], None, f"clashes with a name of the host: {match[2]}"
                        )
                    index, line_number = divmod(number, LINE_STRIDE)
                    return ShaderError(stage.files[min(index, len(stage.files) - 1)], line_number, match[2])
        plain = [line for line in driver_text.splitlines() if line.startswith("error")]
        message = plain[0].removeprefix("error:") if plain else driver_text
        return ShaderError(path, None, message.strip())


_ERROR_PATTERNS = (
    re.compile(r"\d+:(\d+)\(\d+\): (?:preprocessor )?error: (.*)"),  # Mesa
    re.compile(r"\d+\((\d+)\) : (?:fatal )?error \w+: (.*)"),  # NVIDIA
    re.compile(r"ERROR: \d+:(\d+): (.*)"),  # Apple, AMD, Intel, ANGLE
)


def glsl_program(
    program: IsfProgram,
    music: Mapping[str, Definition],
    include_folders: Sequence[Path],
    pass_index: int,
    *,
    version: int = VERSIONS[0],
    mend: bool = False,
) -> GlslProgram:
    """GLSL for one pass, with the `music` it asks for. ShaderError: an `#include` that is not found."""
    inputs = {entry.name: _UNIFORM_TYPES[entry.type] for entry in program.inputs}
    for entry in program.imports:
        inputs.setdefault(entry.name, "samplerCube" if entry.is_cube else "sampler2D")
    for name in sorted(program.buffers):
        inputs.setdefault(name, "sampler2D")
    renamed = {name: f"isf_input_{name}" for name in inputs if name in _RESERVED | _BUILT_IN_FUNCTIONS}
    build = _Builder(inputs, renamed, music, include_folders, pass_index, version=version, mend=mend)
    vertex_path = program.vertex_path or program.path
    return GlslProgram(
        vertex=build.stage(program.vertex or DEFAULT_VERTEX, vertex_path, is_fragment=False),
        fragment=build.stage(program.fragment, program.path, is_fragment=True),
        pass_index=pass_index,
        uniform_names=renamed,
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Puts stages together: `#version`, extensions, what the host provides, the author's lines."""

    inputs: Mapping[str, str]  # name -> GLSL type
    renamed: Mapping[str, str]
    music: Mapping[str, Definition]
    include_folders: Sequence[Path]
    pass_index: int
    _: KW_ONLY
    version: int
    mend: bool

    def stage(self, text: str, path: Path, *, is_fragment: bool) -> StageSource:
        files = [path]
        text = self._included(text, path, files)
        text = _VERSION.sub("", text)
        extensions = [
            name for name in _EXTENSION.findall(text) if not name.startswith(("GL_OES_", "GL_EXT_"))
        ]
        text = _EXTENSION.sub("", text)
        names = scan(text)
        text = self._renamed(text, names)
        if self.mend:
            text = mended(text)

        provided = dict(_ISF) | (_FRAGMENT if is_fragment else _VERTEX)
        if is_fragment and names.has_output:
            del provided["gl_FragColor"], provided["fragColor"]
        for name, kind in self.inputs.items():
            if kind == "sampler2D":
                provided[f"_{name}_imgRect"] = Definition(f"#define _{name}_imgRect vec4(0.0, 0.0, 1.0, 1.0)")
                size = f"vec2(textureSize({self.renamed.get(name, name)}, 0))"
                provided[f"_{name}_imgSize"] = Definition(f"#define _{name}_imgSize {size}")
                provided[f"_{name}_flip"] = Definition(f"#define _{name}_flip false")
        provided |= {name: entry for name, entry in self.music.items() if name not in self.inputs}

        lines = [f"#version {self.version} core"]
        lines += [f"#extension {name} : warn" for name in dict.fromkeys(extensions)]
        lines += [f"#line {PREAMBLE_LINE + 1}"]
        always = _ALWAYS.format(pass_index=self.pass_index).splitlines()
        lines += [line for line in always if line.split()[2].rstrip(";") not in names.uniforms]
        for name, kind in self.inputs.items():
            if name not in names.uniforms:
                lines.append(f"uniform {kind} {self.renamed.get(name, name)};")
        lines.append("in vec2 isf_FragNormCoord;" if is_fragment else _VERTEX_INIT)
        given = definitions(names, provided)
        lines += given.values()
        return StageSource("\n".join([*lines, "#line 1", text, ""]), tuple(files), frozenset(given))

    def _included(self, text: str, path: Path, files: list[Path], index: int = 0) -> str:
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
            inner = self._included(read_source(found), found, files, number)
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
            give(need)
        given.setdefault(name, provided[name].glsl)

    for name in provided:
        if name in names.used and name not in names.declared:
            give(name)
    return given
