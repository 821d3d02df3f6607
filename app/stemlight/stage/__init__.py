"""The process that draws: shaders, windows, video files."""
