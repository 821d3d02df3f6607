"""A file through the same Pipeline and Renderer as the show, without a window."""
