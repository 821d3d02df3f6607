"""Whatever is in a shader file, it draws or one line says what is wrong; STEMLIGHT_FUZZ=2000 tries more.

Drawing happens in a process of its own, as on stage: a shader that never ends must not end the tests.
"""

import multiprocessing
import os
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from fuzzed_shaders import fuzzed_shaders, originals
from stemlight.errors import UserError
from stemlight.resources import shaders_dir
from stemlight.stage.glsl import glsl_program
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_file import read_shader
from stemlight.stage.uniforms import MUSIC

N_READ = int(os.environ.get("STEMLIGHT_FUZZ", "300"))
N_DRAWN = int(os.environ.get("STEMLIGHT_FUZZ", "40"))
SEED = 7
PATIENCE_S = 60.0  # for one shader, before its process is ended
GOOD = Path(__file__).parent / "shaders" / "varying.fs"


def write(files: dict[str, bytes], folder: Path) -> Path:
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / next(iter(files))


@pytest.mark.timeout(1800)
def test_a_damaged_shader_is_read_or_refused_in_one_line(tmp_path, record_property):
    outcomes: Counter[str] = Counter()
    folders = (shaders_dir() / "lib",)
    for files in fuzzed_shaders(N_READ, SEED):
        path = write(files, tmp_path)
        try:
            program = read_shader(path)
            for index in range(len(program.passes)):
                for mend in (False, True):
                    glsl_program(program, MUSIC, folders, index, mend=mend)
        except UserError as error:
            assert "\n" not in str(error)
            assert str(error).startswith(str(tmp_path))
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
    record_property("outcomes", dict(outcomes))
    assert outcomes["refused"] > N_READ // 50
    assert outcomes["read"] > N_READ // 4


def draw_fuzzed(first: int, folder: str, pipe: Connection) -> None:
    """Tells what became of each shader from `first` on: "drawn", "refused", or what should not be."""
    size = 32, 18
    with OffscreenContext(size) as screen:
        renderer = Renderer(screen.context, size)
        for index, files in enumerate(fuzzed_shaders(N_DRAWN, SEED)):
            if index < first:
                continue
            renderer.load(GOOD)
            renderer.draw([], Moment.at_draw(0, 60.0), screen.framebuffer)
            good = screen.read_rgba()
            path = write(files, Path(folder))
            outcome = "drawn"
            try:
                renderer.load(path)
                for k in range(2):
                    renderer.draw(rehearsal_frames(k, k + 1), Moment.at_draw(k, 60.0), screen.framebuffer)
                screen.read_rgba()
            except UserError as error:
                outcome = "refused" if "\n" not in str(error) else f"several lines: {error}"
                renderer.draw([], Moment.at_draw(0, 60.0), screen.framebuffer)
                if not np.array_equal(screen.read_rgba(), good):
                    outcome = f"the last good picture is gone after {error}"
            except Exception as error:
                outcome = f"{type(error).__name__}: {error}"
            problem = screen.context.error
            pipe.send((index, outcome if problem == "GL_NO_ERROR" else f"{problem}, {outcome}"))
        renderer.release()


@pytest.mark.timeout(7200)
def test_a_damaged_shader_draws_or_leaves_the_last_good_picture(tmp_path, record_property):
    spawn = multiprocessing.get_context("spawn")
    outcomes: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    index = 0
    while index < N_DRAWN:
        here, there = spawn.Pipe(duplex=False)
        process = spawn.Process(target=draw_fuzzed, args=(index, str(tmp_path), there), daemon=True)
        process.start()
        there.close()
        while index < N_DRAWN:
            try:
                outcome = here.recv()[1] if here.poll(PATIENCE_S) else "never ended"
            except EOFError:
                process.join()
                outcome = f"its process ended with {process.exitcode}"
            index += 1
            outcomes[outcome if outcome in ("drawn", "refused", "never ended") else "wrong"] += 1
            if outcome not in ("drawn", "refused", "never ended"):
                wrong.append((index - 1, outcome))
            if outcome == "never ended" or "process" in outcome:
                break
        process.kill()
        process.join()
    record_property("outcomes", dict(outcomes))
    assert wrong == []
    assert outcomes["drawn"] and outcomes["refused"]


def test_the_shaders_that_are_damaged_are_whole():
    assert len(originals()) > 12
    assert all(read_shader(path).passes for path in originals())
