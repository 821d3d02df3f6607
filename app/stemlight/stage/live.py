"""The stage's loop: frames and controls in, a picture on the screen, as often as the screen is drawn."""

from __future__ import annotations

import time
from datetime import datetime

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing, Published
from stemlight.bus.health import Health
from stemlight.stage.help_overlay import HelpOverlay
from stemlight.stage.keyboard import HELP
from stemlight.stage.moment import Moment
from stemlight.stage.on_air import OnAir
from stemlight.stage.pacer import Pacer
from stemlight.stage.renderer import Renderer
from stemlight.stage.uniforms import HISTORY_LENGTH
from stemlight.stage.window import Window

MINIMISED_S = 0.05  # between looks at a window that has no size


class LiveStage:
    """Draws until the window is closed or the show ends. Main thread of the stage process.

    Never waits for the GPU (`finish`, reading back): the swap does. An engine that is away is no reason to
    stop: the last frame stands, and its timeline carries the beat on.
    """

    def __init__(
        self,
        window: Window,
        *,
        renderer: Renderer,
        on_air: OnAir,
        ring: FrameRing,
        controls: ControlBus,
        health: Health,
    ) -> None:
        self._window = window
        self._renderer = renderer
        self._on_air = on_air
        self._ring = ring
        self._controls = controls
        self._health = health
        self._part = health.part("stage")
        self._overlay = HelpOverlay(window.context)
        self._pacer = Pacer(window.refresh_hz)
        self._newest: Published | None = None
        self._next_index = max(0, ring.published - HISTORY_LENGTH)  # what came before us fills the history
        self._scene_began_s = 0.0  # host clock
        self._scene_seen_s: float | None = None  # of its last draw
        self._scene_draws = 0

    def run(self, seconds: float | None = None) -> None:
        """Until the end, or for `seconds`."""
        began_s = time.perf_counter()
        while not (self._window.closing or self._health.stopping):
            now_s = time.perf_counter()
            if seconds is not None and now_s - began_s >= seconds:
                return
            self._window.poll(now_s)
            if 0 in self._window.size_px:
                time.sleep(MINIMISED_S)
                continue
            time.sleep(self._pacer.delay_s(now_s))
            self._obey()
            self._draw(time.perf_counter())

    def _obey(self) -> None:
        """Brings window and scene to what the controls say."""
        wanted = bool(self._controls.get("stage.fullscreen"))
        if wanted != self._window.is_fullscreen:
            problem = None
            if wanted:
                problem = self._window.fill_monitor()
                self._controls.set("stage.fullscreen", self._window.is_fullscreen)
            else:
                self._window.leave_monitor()
            self._pacer = Pacer(self._window.refresh_hz)
            self._part.say("window", problem or self._window.words)
        on_air = self._on_air.path
        if self._on_air.update(time.perf_counter()):
            self._scene_draws = 0  # its buffers are empty
            if self._on_air.path != on_air:
                self._scene_seen_s = None  # an edit goes on where the scene was
        self._window.set_title(f"Stemlight - {self._on_air.name}")

    def _draw(self, now_s: float) -> None:
        frames = self._new_frames()
        moment = self._moment(self._pacer.seen_s(now_s))
        framebuffer = self._window.framebuffer()
        brightness = (
            0.0 if self._controls.get("stage.blackout") else float(self._controls.get("stage.brightness"))
        )
        cpu_s = time.thread_time()
        self._renderer.resize(self._window.size_px)
        if self._controls.get("stage.freeze"):
            self._renderer.hear(frames, moment)
            self._renderer.show(framebuffer, brightness)
        else:
            self._renderer.draw(frames, moment, framebuffer, brightness)
        if self._controls.get("stage.help"):
            self._overlay.draw(self._help(), framebuffer)
        self._part.time("host_ms", 1e3 * (time.thread_time() - cpu_s))
        drawn_s = time.perf_counter()
        self._part.time("draw_ms", 1e3 * (drawn_s - now_s))
        self._window.swap()
        self._count(drawn_s, time.perf_counter())

    def _count(self, drawn_s: float, swapped_s: float) -> None:
        part = self._part
        part.time("swap_ms", 1e3 * (swapped_s - drawn_s))
        part.add("draws")
        part.set("ready", 1)
        interval_s = self._pacer.swapped(swapped_s)
        if interval_s is not None:
            part.time("interval_ms", 1e3 * interval_s)
            part.add("late_draws", self._pacer.is_late(interval_s))
        if self._newest is not None:
            part.time("sound_to_picture_ms", 1e3 * (swapped_s - self._newest.captured_host_s))

    def _new_frames(self) -> list[FeatureFrame]:
        published = self._ring.since(self._next_index)
        if published:
            self._part.add("frames_missed", published[0].index - self._next_index)
            self._newest = published[-1]
            self._next_index = self._newest.index + 1
        return [entry.frame for entry in published]

    def _moment(self, seen_s: float) -> Moment:
        """The moment at which the next draw is seen, on every clock that shaders know."""
        if self._scene_seen_s is None:
            self._scene_began_s = self._scene_seen_s = seen_s
        delta_s = max(seen_s - self._scene_seen_s, 0.0)
        self._scene_seen_s = seen_s
        today = datetime.now()
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = Moment(
            time_s=seen_s - self._scene_began_s,
            delta_s=delta_s,
            index=self._scene_draws,
            stream_s=self._newest.stream_time_at(seen_s) if self._newest else seen_s - self._scene_began_s,
            beat_lead_s=float(self._controls.get("beat.offset_ms")) / 1e3,
            date=(
                float(today.year),
                float(today.month),
                float(today.day),
                (today - midnight).total_seconds(),
            ),
        )
        self._scene_draws += 1
        return moment

    def _help(self) -> list[str]:
        tempo = f"{self._newest.frame.tempo_bpm:.1f} bpm" if self._newest else "no sound yet"
        error = self._part.words("error")
        return [
            f"{self._on_air.name}   {tempo}   {self._window.words}",
            self._health.part("doors").words("sync"),
            "",
            *HELP,
            *([error] if error else []),
        ]
