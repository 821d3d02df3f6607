"""Reads a shader of any format."""

from __future__ import annotations

from pathlib import Path

from stemlight.stage.isf import has_isf_header, read_isf
from stemlight.stage.shader_program import ShaderProgram, read_source
from stemlight.stage.shadertoy import is_shadertoy, read_shadertoy


def read_shader(path: Path) -> ShaderProgram:
    """The program in the file or folder `path`; ShaderError if it is none.

    An ISF header makes it ISF, whatever else is in the file: `mainImage` in it is plain code.
    """
    if path.is_dir():
        return read_shadertoy(path)
    text = read_source(path)
    if not has_isf_header(text) and is_shadertoy(text):
        return read_shadertoy(path)
    return read_isf(path)
