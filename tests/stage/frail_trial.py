"""A trial's process that dies of one shader and hangs on another; it loads nothing."""

import os


def frail_life(pipe):
    while True:
        path = pipe.recv()
        if path.name == "deadly.fs":
            os._exit(3)
        if path.name != "endless.fs":
            pipe.send(path)
