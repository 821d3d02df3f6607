"""The stage's loop: frames and controls in, a picture on the screen, as often as the screen is drawn."""

from __future__ import annotations

import time
from datetime import datetime

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing, Published
from stemlight.bus.health import Health
from stemlight.stage.editing import Editing
from stemlight.stage.help_overlay import HelpOverlay
from stemlight.stage.keyboard import HELP
from stemlight.stage.moment import Moment
from stemlight.stage.on_air import OnAir
from stemlight.stage.outputs.outputs import Outputs
from stemlight.stage.pacer import Pacer
from stemlight.stage.preview import Preview
from stemlight.stage.render_scale import RenderScale, scaled
from stemlight.stage.renderer import Renderer
from stemlight.stage.screen_place import ScreenPlace
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
        place: ScreenPlace,
        *,
        renderer: Renderer,
        on_air: OnAir,
        editing: Editing,
        outputs: Outputs,
        preview: Preview,
        ring: FrameRing,
        controls: ControlBus,
        health: Health,
    ) -> None:
        self._window = window
        self._place = place
        self._renderer = renderer
        self._on_air = on_air
        self._editing = editing
        self._outputs = outputs
        self._preview = preview
        self._ring = ring
        self._controls = controls
        self._health = health
        self._part = health.part("stage")
        self._overlay = HelpOverlay(window.context)
        self._pacer = Pacer(window.refresh_hz)
        self._newest: Published | None = None
        self._next_index = max(0, ring.published - HISTORY_LENGTH)  # what came before us fills the history
        self._scale = RenderScale()
        self._began_s: float | None = None  # host clock: when the first draw was seen ...
        self._seen_s = 0.0  # ... and the last
        self._draws = 0

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
            if self._place.update(now_s):
                self._pacer = Pacer(self._window.refresh_hz)
            self._window.set_title(f"Stemlight - {self._on_air.name}")
            self._draw(time.perf_counter())

    def _draw(self, now_s: float) -> None:
        frames = self._new_frames()
        moment = self._moment(self._pacer.seen_s(now_s))
        framebuffer = self._window.framebuffer()
        cpu_s = time.thread_time()
        self._editing.take()
        self._on_air.update(now_s, self._newest.frame if self._newest else None, moment)
        self._renderer.resize(self._picture_size_px())
        self._renderer.limits_flashes = bool(self._controls.get("stage.flash_limit"))
        is_black = self._controls.get("stage.blackout")
        brightness = 0.0 if is_black else float(self._controls.get("stage.brightness"))
        if self._controls.get("stage.freeze"):
            self._renderer.hear(frames, moment)
            self._renderer.show(framebuffer, brightness, moment.delta_s)
        else:
            self._renderer.draw(frames, moment, framebuffer, brightness)
        self._editing.tell(now_s)
        before_s = time.perf_counter()
        self._outputs.send(framebuffer, self._window.size_px, self._seen_s)
        self._part.time("outputs_ms", 1e3 * (time.perf_counter() - before_s))
        if self._controls.get("stage.help"):
            self._overlay.draw(self._help(), framebuffer)
        self._preview.send(framebuffer, self._window.size_px, self._seen_s)
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
            is_late = self._pacer.is_late(interval_s)
            part.time("interval_ms", 1e3 * interval_s)
            part.add("late_draws", is_late)
            self._scale.drawn(interval_s, is_late)
        if self._newest is not None:
            part.time("sound_to_picture_ms", 1e3 * (swapped_s - self._newest.captured_host_s))

    def _picture_size_px(self) -> tuple[int, int]:
        """What the window's size and the render scale make of it."""
        ceiling = float(self._controls.get("stage.render_scale"))
        automatic = bool(self._controls.get("stage.auto_scale"))
        return scaled(self._window.size_px, self._scale.scale(ceiling, automatic))

    def _new_frames(self) -> list[FeatureFrame]:
        published = self._ring.since(self._next_index)
        if published:
            self._part.add("frames_missed", published[0].index - self._next_index)
            self._newest = published[-1]
            self._next_index = self._newest.index + 1
        return [entry.frame for entry in published]

    def _moment(self, seen_s: float) -> Moment:
        """The moment at which the next draw is seen, on every clock that shaders know."""
        if self._began_s is None:
            self._began_s = self._seen_s = seen_s
        delta_s = max(seen_s - self._seen_s, 0.0)
        self._seen_s = seen_s
        today = datetime.now()
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = Moment(
            time_s=seen_s - self._began_s,
            delta_s=delta_s,
            index=self._draws,
            stream_s=self._newest.stream_time_at(seen_s) if self._newest else seen_s - self._began_s,
            beat_lead_s=beat_lead_s(self._controls),
            date=(
                float(today.year),
                float(today.month),
                float(today.day),
                (today - midnight).total_seconds(),
            ),
        )
        self._draws += 1
        return moment

    def _help(self) -> list[str]:
        tempo = f"{self._newest.frame.tempo_bpm:.1f} bpm" if self._newest else "no sound yet"
        tempo += ", locked" if self._controls.get("beat.lock") else ""
        width, height = self._renderer.size_px
        transition = self._controls.get("stage.transition")
        beats = float(self._controls.get("stage.transition_beats"))
        how = f"{transition}, {beats:g} beats" if beats else "a cut"
        error = self._part.words("error")
        return [
            f"{self._on_air.name}   {tempo}   {self._window.words}   drawn {width}x{height}",
            f"the next look by {how}, on: {self._controls.get('stage.transition_at')}",
            self._health.part("doors").words("sync"),
            "",
            *HELP,
            *([error] if error else []),
        ]


def beat_lead_s(controls: ControlBus) -> float:
    """How early the picture shows beats: as every output does, and as its own screen needs."""
    return (float(controls.get("beat.offset_ms")) + float(controls.get("stage.offset_ms"))) / 1e3
