"""Reads a shader of any format."""

from __future__ import annotations

from pathlib import Path

from stemlight.preset.shader_paths import is_synesthesia_scene
from stemlight.stage.isf import has_isf_header, read_isf
from stemlight.stage.shader_program import ShaderProgram, read_source
from stemlight.stage.shadertoy import is_shadertoy, read_shadertoy
from stemlight.stage.synesthesia import is_synesthesia, read_synesthesia


def read_shader(path: Path) -> ShaderProgram:
    """The program in the file or folder `path`; ShaderError if it is none.

    An ISF header makes it ISF, whatever else is in the file: `mainImage` in it is plain code.
    """
    if path.is_dir():
        return read_synesthesia(path) if is_synesthesia_scene(path) else read_shadertoy(path)
    text = read_source(path)
    if has_isf_header(text):
        return read_isf(path)
    if is_shadertoy(text):
        return read_shadertoy(path)
    return read_synesthesia(path) if is_synesthesia(text) else read_isf(path)
