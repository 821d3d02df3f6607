"""Tempo from outside: Ableton Link, MIDI clock, OSC and taps become lines of beats on the host's clock."""
