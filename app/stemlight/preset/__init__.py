"""Presets: which scene, with which values."""
