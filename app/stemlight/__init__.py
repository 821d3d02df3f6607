"""Stemlight: hears a concert the way a person does and drives the picture with it."""

__version__ = "0.1.0"
