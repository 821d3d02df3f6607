"""Open Sound Control: frames out to other programs, controls in from them."""
