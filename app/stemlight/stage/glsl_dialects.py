"""What each shader format expects of its host: the names it declares, and how its entry point is called.

A name of a `Dialect` is declared before every file of that format, unless the file declares it. A name of
`GIVEN` is put before a file only if it uses the name and does not declare it, so that a name of ours never
takes one of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from stemlight.stage.shader_program import Definition, Format


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is put around the code of one format."""

    uniforms: Mapping[str, str]  # name -> GLSL type
    constants: str = ""
    ending: str = ""  # GLSL after a fragment shader that has no `main` of its own
    buffer_ending: str = ""  # the same where the pass draws into a buffer


_SHADERTOY_MAIN = """\
void main() {{
    vec4 isf_color = vec4(0.0, 0.0, 0.0, 1.0);
    mainImage(isf_color, gl_FragCoord.xy);
    isf_FragColor = {result};
}}
"""
_SYNESTHESIA_MAIN = "void main() { isf_FragColor = renderMain(); }\n"

_ISF_UNIFORMS = {
    "RENDERSIZE": "vec2",
    "TIME": "float",
    "TIMEDELTA": "float",
    "DATE": "vec4",
    "FRAMEINDEX": "int",
}
_SHADERTOY_UNIFORMS = {
    "iResolution": "vec3",
    "iTime": "float",
    "iTimeDelta": "float",
    "iFrameRate": "float",
    "iSampleRate": "float",
    "iFrame": "int",
    "iMouse": "vec4",
    "iDate": "vec4",
}
_SYNESTHESIA_UNIFORMS = {"RENDERSIZE": "vec2", "TIME": "float", "FRAMECOUNT": "float"}

DIALECTS: Mapping[Format, Dialect] = MappingProxyType(
    {
        "isf": Dialect(_ISF_UNIFORMS),
        "shadertoy": Dialect(
            {**_SHADERTOY_UNIFORMS, "iChannelTime[4]": "float", "iChannelResolution[4]": "vec3"},
            constants="#define HW_PERFORMANCE 1",
            ending=_SHADERTOY_MAIN.format(result="vec4(isf_color.rgb, 1.0)"),
            buffer_ending=_SHADERTOY_MAIN.format(result="isf_color"),
        ),
        "synesthesia": Dialect(
            _SYNESTHESIA_UNIFORMS, ending=_SYNESTHESIA_MAIN, buffer_ending=_SYNESTHESIA_MAIN
        ),
    }
)

_ISF_AND_OLD_GLSL = {
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
        _ISF_AND_OLD_GLSL["IMG_PIXEL"].glsl.replace(
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


_SHADERTOY = {
    "iGlobalTime": Definition("#define iGlobalTime iTime", needs=("iTime",)),
    **{
        f"iCh{k}": Definition(
            f"uniform struct {{ sampler2D sampler; vec3 size; float time; int loaded; }} iCh{k};"
        )
        for k in range(4)
    },
}

_SYNESTHESIA = {
    "_xy": Definition("#define _xy gl_FragCoord.xy"),
    "_uv": Definition("#define _uv (gl_FragCoord.xy / RENDERSIZE)", needs=("RENDERSIZE",)),
    "syn_MediaType": Definition(  # none of our pictures is a single pixel but that which stands for none
        "#define syn_MediaType (textureSize(syn_Media, 0).x > 1 ? 1.0 : 0.0)", needs=("syn_Media",)
    ),
    "PI": Definition("const float PI = 3.14159265358979;"),
    "_mouse": Definition("const vec4 _mouse = vec4(0.0);"),
    "_click": Definition("const vec3 _click = vec3(0.0);"),
    "_muv": Definition("const vec2 _muv = vec2(0.0);"),
    "_muvc": Definition("const vec2 _muvc = vec2(0.0);"),
    "_uvc": Definition(
        "#define _uvc ((gl_FragCoord.xy - 0.5 * RENDERSIZE) / RENDERSIZE.y)", needs=("RENDERSIZE",)
    ),
}


def given_names(elsewhere: Collection[str], *, is_fragment: bool) -> dict[str, Definition]:
    """What either stage may use of any format; `elsewhere`: uniforms that are declared in any case."""
    uniforms = {**_ISF_UNIFORMS, **_SHADERTOY_UNIFORMS, **_SYNESTHESIA_UNIFORMS}
    given = {
        name: Definition(f"uniform {kind} {name};")
        for name, kind in uniforms.items()
        if name not in elsewhere
    }
    given |= _ISF_AND_OLD_GLSL | _SHADERTOY | _SYNESTHESIA
    return given | (_FRAGMENT if is_fragment else _VERTEX)


VERTEX_INIT = """\
out vec2 isf_FragNormCoord;
vec4 isf_corner() { return vec4(2.0 * vec2(gl_VertexID & 1, gl_VertexID >> 1) - 1.0, 0.0, 1.0); }
void isf_vertShaderInit() { gl_Position = isf_corner(); isf_FragNormCoord = 0.5 + 0.5 * gl_Position.xy; }
"""
DEFAULT_VERTEX = "void main() { isf_vertShaderInit(); }\n"
N_CORNERS = 4  # drawn as a triangle strip: corner k is (k & 1, k >> 1)
