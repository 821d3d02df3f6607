"""The process that hears: audio to frames, to the bus and to OSC."""
