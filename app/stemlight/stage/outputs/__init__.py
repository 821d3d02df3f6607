"""Where the picture goes besides the window."""
