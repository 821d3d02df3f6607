"""MIDI: controllers become controls and light up, by a map for each device; our clock goes out."""
