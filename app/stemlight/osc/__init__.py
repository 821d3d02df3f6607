"""Frames as OSC messages, and messages as controls."""
