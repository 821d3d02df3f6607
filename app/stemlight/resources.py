"""Finds what ships beside the code: in a wheel inside the package, in a checkout at the top level."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shaders_dir() -> Path:
    """Holds scenes/, filters/, transitions/ and lib/."""
    return _either("shaders", "shaders")


def presets_dir() -> Path:
    """Holds one TOML a preset."""
    return _either("presets", "presets")


def models_dir() -> Path:
    """Holds one folder a shipped model, each with its manifest."""
    return _either("models", "models/shipped")


def demo_song() -> Path:
    """The built-in song."""
    return _PACKAGE / "assets" / "demo.opus"


def _either(in_wheel: str, in_checkout: str) -> Path:
    inside = _PACKAGE / in_wheel
    return inside if inside.is_dir() else _CHECKOUT / in_checkout
