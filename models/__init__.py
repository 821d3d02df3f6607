"""The workshop: songs in, trained networks out. Needs the `train` extra; the app never imports it."""
