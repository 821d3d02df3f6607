"""The engine process: sound in, analysis, frames to the ring and to OSC."""
