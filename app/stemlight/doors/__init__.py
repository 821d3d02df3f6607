"""The process that talks to the outside: controls and tempo in, by OSC, MIDI, Ableton Link and a page."""
