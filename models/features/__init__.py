"""Songs become batches: a cache of sound on disk, remixed as it is read."""
