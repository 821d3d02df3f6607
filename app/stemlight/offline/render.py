"""A song becomes a video: its frames through the show's renderer, picture by picture, with its sound."""

from __future__ import annotations

import math
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import SAMPLE_RATE, FeatureFrame
from stemlight.audio.file_source import FileSource
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders
from stemlight.offline.director import Director
from stemlight.offline.frames import Progress, heard_hops
from stemlight.preset.library import DEFAULT_PRESET, find_scene, load_preset
from stemlight.preset.preset import Preset
from stemlight.preset.shader_paths import is_shader
from stemlight.stage.autopilot import AutopilotWishes
from stemlight.stage.live_look import preset_of_shader
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.png import save_png
from stemlight.stage.renderer import Renderer
from stemlight.stage.video_writer import VideoWriter


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What to render, and how."""

    song: Path
    out: Path  # .mp4
    preset: str | None = None  # a name or file; the default one if neither this nor `shader` is given
    shader: str | None = None  # a scene's name or a shader file
    autopilot: AutopilotWishes | None = None  # goes on from there to other presets
    limit_flashes: bool = False
    models: ModelFolders | None = None  # None: those that ship
    size_px: tuple[int, int] = (1280, 720)
    fps: int = 30
    start_s: float = 0.0
    seconds: float | None = None  # None: to the song's end
    frames_dir: Path | None = None  # every picture as PNG too


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of it."""

    out: Path
    pictures: int
    seconds: float
    took_s: float
    warnings: tuple[str, ...] = ()  # what the preset wants and its shaders have not

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "file": str(self.out),
            "pictures": self.pictures,
            "seconds": round(self.seconds, 3),
            "took_s": round(self.took_s, 2),
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        rate = self.pictures / max(self.took_s, 1e-9)
        done = f"{self.out}: {self.seconds:.1f} s, {self.pictures} pictures, {rate:.1f} a second"
        return "\n".join((*self.warnings, done))


def chosen_preset(preset: str | None, shader: str | None) -> Preset:
    """What `--preset` or `--shader` means; UserError if it means nothing. A preset may be a shader's file."""
    if preset and is_shader(Path(preset)):
        shader = preset
    return preset_of_shader(find_scene(shader)) if shader else load_preset(preset or DEFAULT_PRESET)


def render_song(settings: RenderSettings, progress: Progress) -> Rendered:
    """Write the video, whole or not at all. The same song and settings give the same pictures, to the bit.

    The picture at t is drawn from what was heard up to t, as in the show; UserError says what cannot be done.
    """
    began_s = time.perf_counter()
    if settings.out.suffix.lower() != ".mp4":
        raise UserError(f"{settings.out}: the video is an .mp4; name it so")
    preset = chosen_preset(settings.preset, settings.shader)
    source = FileSource(settings.song, settings.start_s, settings.seconds)
    n_pictures = max(1, math.floor(source.duration_s * settings.fps + 0.5))
    with ExitStack() as stack:
        screen = stack.enter_context(OffscreenContext(settings.size_px))
        renderer = Renderer(screen.context, settings.size_px, tone_map=True)
        stack.callback(renderer.release)
        look = renderer.load_preset(preset)
        if look.errors:
            raise look.errors[0]
        look_warnings = list(look.warnings)
        renderer.limits_flashes = settings.limit_flashes
        director = None
        if settings.autopilot:
            on_air = "" if settings.shader else Path(settings.preset or DEFAULT_PRESET).stem
            director = Director(renderer, settings.autopilot, on_air)
            stack.callback(director.close)
        if settings.frames_dir:
            _make_folder(settings.frames_dir)
        video = stack.enter_context(VideoWriter(settings.out, settings.size_px, settings.fps, SAMPLE_RATE))
        heard = HeardSong(source, video, settings.models)
        newest: FeatureFrame | None = None
        for index in range(n_pictures):
            moment = Moment.at_draw(index, settings.fps)
            frames = heard.up_to(moment.on_stream_s)
            newest = frames[-1] if frames else newest
            if director and newest:
                director.update(newest, moment)
            renderer.draw(frames, moment, screen.framebuffer)
            picture = screen.read_rgba()
            video.write_frame(picture)
            if settings.frames_dir:
                save_png(settings.frames_dir / f"{index:06d}.png", picture)
            progress(moment.time_s, source.duration_s)
        heard.up_to(math.inf)
        warnings = tuple((*look_warnings, *(director.warnings if director else ())))
    took_s = time.perf_counter() - began_s
    return Rendered(settings.out, n_pictures, n_pictures / settings.fps, took_s, warnings)


class HeardSong:
    """Hears a song as far as it is asked to, and hands the sound on to the video."""

    def __init__(self, source: FileSource, video: VideoWriter, models: ModelFolders | None = None) -> None:
        self._source = source
        self._hops = heard_hops(source, models)
        self._video = video
        self._n_written = 0
        self._ahead: deque[FeatureFrame] = deque()  # heard, not yet due: at most one

    def up_to(self, time_s: float) -> list[FeatureFrame]:
        """The frames that are new at `time_s`, oldest first."""
        due: list[FeatureFrame] = []
        while True:
            if not self._ahead:
                heard = next(self._hops, None)
                if heard is None:
                    return due
                self._ahead.append(heard.frame)
                self._write_sound(heard.samples)
            if self._ahead[0].time_s > time_s:
                return due
            due.append(self._ahead.popleft())

    def _write_sound(self, samples: np.ndarray) -> None:
        samples = samples[: self._source.n_samples - self._n_written]  # the last hop is filled up with zeros
        self._n_written += len(samples)
        self._video.write_audio(samples)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {folder}: {error.strerror or error}") from None
