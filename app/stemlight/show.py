"""Runs the show: starts engine, stage, doors and panel, brings back what dies, ends all of them together.

Each is a process of its own, so that none can stop another; what they share belongs to the show and
outlives them. The show itself does nothing else: it loads no sound, no picture and no model.
"""

from __future__ import annotations

import importlib
import json
import math
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

from stemlight import __version__
from stemlight.bus.controls import SYNC_SOURCES, ControlBus, Value
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import MAX_DESTINATIONS, Health
from stemlight.bus.look_cell import LookCell
from stemlight.bus.preview_cell import PreviewCell
from stemlight.bus.segment import remove_stale_segments, segment_name
from stemlight.bus.tempo_lines import TempoLines
from stemlight.display import qt_can_show
from stemlight.doors.settings import DoorsSettings
from stemlight.engine.process import EngineSettings
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders
from stemlight.osc.oscquery_access import RemoteAddress, new_token
from stemlight.osc.outputs import OscDestination, checked_number, load_outputs
from stemlight.panel.settings import AGAIN, CLOSED, PanelSettings
from stemlight.preset.library import load_preset
from stemlight.preset.shader_paths import is_shader
from stemlight.whole_file import whole_file

DONE, FAILED, USER_ERROR = 0, 1, 2  # exit codes, the show's and its processes'

LOOK_S = 0.25  # between looks at the clock and at what the processes say; a death is seen at once
HEALTHY_S = 10.0  # who lived this long before it died is started again at once
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0  # for who keeps dying
BEGIN_S = 20.0  # for every child to get to work, before `seconds` are counted all the same
PATIENCE_S = 3.0  # with a process that was asked to end; then it is killed
GRACE_S = 1.0  # more than that, for children whose show has died

# A core a process: BLAS threads cost more than they bring here and wait for one another (PLATFORM.md, 4).
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_SPAWN = multiprocessing.get_context("spawn")  # the same on every system, and safe with threads


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """What `stemlight run` was asked for."""

    source: str = "default"  # a device, a file or `test`
    preset: str | None = None
    models: ModelFolders | None = None  # None: those that ship
    osc: tuple[str, ...] = ()  # HOST:PORT[:PROFILE][?KEY=VALUE&...] each
    osc_config: Path | None = None  # [[osc]] tables besides; need not be there, read when it is written
    osc_in_port: int | None = None
    osc_in_host: str = "127.0.0.1"
    osc_allow: tuple[str, ...] = ()  # who besides this machine may send; empty: whoever can
    remote: str | None = None  # [HOST:]PORT of the page and of OSCQuery
    sync: str = SYNC_SOURCES[0]  # whose beat is followed
    link: bool = False  # takes part in the Ableton Link session
    midi: tuple[str, ...] = ()  # parts of the names of devices, or `all`
    midi_clock_out: tuple[str, ...] = ()  # likewise, of those that get our clock
    stage: bool = True
    panel: bool = True
    recalled: Mapping[str, Value] = field(default_factory=dict)  # controls as they last were
    keeps: bool = True  # the panel keeps how they are now
    fullscreen: int | None = None  # monitor; -1: the one that is chosen, or that the window is on
    size_px: tuple[int, int] = (1280, 720)
    record: Path | None = None  # .mp4
    mirror: int | None = None  # monitor; one that is not there: a window
    seconds: float | None = None
    stats: Path | None = None
    mute: bool = False
    loop: bool = False
    real_time: bool = True
    debug: bool = False  # says where in the code a process died


def run_show(settings: ShowSettings) -> int:
    """Runs until the window is closed, the input ends, Ctrl-C, or for `seconds`; returns an exit code.

    Main thread. UserError if what was asked for cannot be had. Nothing is left running or in memory.
    """
    given = tuple(map(OscDestination.parse, settings.osc))
    checked_number(given + _destinations([settings.osc_config] if settings.osc_config else []))
    if settings.stats and not settings.stats.parent.is_dir():
        raise UserError(f"cannot write {settings.stats}: there is no folder {settings.stats.parent}")
    if settings.record:
        from stemlight.recordings import recording_path

        recording_path(str(settings.record), datetime.now())  # what is wrong with it is said now
    if settings.sync == "osc" and settings.osc_in_port is None:
        raise UserError("tempo by OSC comes in at a port: add --osc-in PORT")
    if settings.preset and not is_shader(Path(settings.preset)):
        load_preset(settings.preset)  # what is wrong with it is said before anything starts
    os.environ.update(ENVIRONMENT)  # the children read it when they load numpy
    with ExitStack() as stack:
        signals = stack.enter_context(_heard_signals())
        given_file = stack.enter_context(_file_of(given)) if given else None
        osc_files = tuple(file for file in (given_file, settings.osc_config) if file)
        remove_stale_segments()
        stack.enter_context(closing(FrameRing.create(segment_name("frames"))))
        controls = stack.enter_context(closing(ControlBus.create(segment_name("controls"))))
        for name, value in settings.recalled.items():
            controls.set(name, value)
        controls.set("sync.source", settings.sync)
        controls.set("sync.link", settings.link)
        if settings.midi or settings.sync == "midi":
            controls.set("midi.ports", ", ".join(settings.midi) or "all")
        controls.set("midi.clock_out", ", ".join(settings.midi_clock_out))
        _set_outputs(settings, controls)
        stack.enter_context(closing(TempoLines.create(segment_name("lines"))))
        stack.enter_context(closing(LookCell.create(segment_name("look"))))
        stack.enter_context(closing(PreviewCell.create(segment_name("preview"))))
        health = stack.enter_context(closing(Health.create(segment_name("health"))))
        children = [_engine(settings, osc_files)]
        if settings.stage:
            children.append(_stage(settings))
        children.append(_doors(settings))  # last: sound and picture are waited for
        if settings.panel and qt_can_show():
            children.append(_panel(settings, osc_files, given_file))
        supervisor = Supervisor(children, health, signals, controls, debug=settings.debug)
        if settings.panel and not qt_can_show():
            supervisor.say_when_begun("no display here: running without the control panel")
        seconds = supervisor.run(settings.seconds)
        if settings.stats:
            stats = _stats(health, children, seconds)
            with whole_file(settings.stats) as path:
                path.write_text(json.dumps(stats, indent=2, ensure_ascii=False) + "\n")
    return DONE


class Backoff:
    """How long to leave what has died in peace: not at all the first time, ever longer if it goes on."""

    def __init__(self) -> None:
        self._pause_s = 0.0

    def after(self, lived_s: float) -> float:
        """The pause in seconds before the next start of what lived for `lived_s`."""
        pause_s = 0.0 if lived_s >= HEALTHY_S else self._pause_s
        self._pause_s = min(max(2.0 * pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        return pause_s


class Child:
    """A process of the show, in as many lives as it takes."""

    def __init__(self, name: str, entry: str, settings: Any, *, may_be_missed: bool = False) -> None:
        """`entry`: `module:function`, loaded in the process alone; takes `settings`, returns an exit code.

        `may_be_missed`: the show goes on where it cannot begin, or when a person closes it.
        """
        self.name = name
        self.may_be_missed = may_be_missed
        self.lives = 0
        self.process: BaseProcess | None = None
        self.start_at_s = 0.0  # monotonic
        self._entry = entry
        self._settings = settings
        self._started_s = 0.0
        self._backoff = Backoff()

    def start(self, debug: bool) -> None:
        """Starts a life. Ctrl-C goes to the whole terminal, but only the show answers it."""
        arguments = (self.name, self._entry, self._settings, segment_name("health"), debug)
        process = _SPAWN.Process(target=_run_child, args=arguments, name=f"stemlight {self.name}")
        with _without_interrupts():
            process.start()
        self.process = process
        self.lives += 1
        self._started_s = time.monotonic()

    def bury(self) -> float:
        """Clears away a process that has ended; returns how long to wait before the next life."""
        assert self.process is not None
        self.process.join()
        self.process.close()
        self.process = None
        pause_s = self._backoff.after(time.monotonic() - self._started_s)
        self.start_at_s = time.monotonic() + pause_s
        return pause_s

    def start_soon(self) -> None:
        """Starts it at the next look, if it is not alive."""
        self.start_at_s = 0.0

    def stay_away(self) -> None:
        """Starts it no more, until `start_soon`."""
        self.start_at_s = math.inf


class Supervisor:
    """Keeps the children alive until one of them, a signal or the clock ends the show. Main thread."""

    def __init__(
        self,
        children: list[Child],
        health: Health,
        signals: list[int],
        controls: ControlBus | None = None,
        *,
        debug: bool = False,
    ) -> None:
        """`signals`: grows with each that comes; the first ends the show, a second one without patience.

        `controls`: where a closed panel is asked back.
        """
        self._children = children
        self._controls = controls
        self._health = health
        self._signals = signals
        self._debug = debug
        self._spoken: dict[tuple[str, str], str] = {}
        self._unsaid: list[str] = []

    def say_when_begun(self, line: str) -> None:
        """Prints a line once every child works: where one cannot, only its reason is to be read."""
        self._unsaid.append(line)

    def run(self, seconds: float | None = None) -> float:
        """Runs the show to its end; returns how long it lasted. UserError where a child cannot begin.

        `seconds` are counted from the moment when every child has done its first work.
        """
        began_s = time.monotonic()
        ends_s = float("inf")
        going_on = True
        try:
            while going_on and not self._signals and time.monotonic() < ends_s:
                self._start_who_is_due()
                alive = [child.process.sentinel for child in self._children if child.process]
                wait(alive, timeout=max(0.0, min(LOOK_S, ends_s - time.monotonic())))
                self._speak()
                going_on = all([self._look_after(child) for child in self._children])
                if (seconds is not None and ends_s == float("inf")) or self._unsaid:
                    begun = self._has_begun(began_s)
                    while begun and self._unsaid:
                        _say(self._unsaid.pop(0))
                    if begun and seconds is not None:
                        ends_s = time.monotonic() + seconds
        finally:
            begun = self._has_begun(began_s)
            self._end()
            if begun:  # what became of a recording; of a show that never began there is nothing to tell
                self._speak()
        return time.monotonic() - began_s

    def _has_begun(self, asked_s: float) -> bool:
        """Whether every child has got to work, or has had time enough for it."""
        needed = [child.name for child in self._children if not child.may_be_missed]
        ready = all(self._health.part(name).get("ready") for name in needed)
        return ready or time.monotonic() - asked_s > BEGIN_S

    def _start_who_is_due(self) -> None:
        if self._controls and self._controls.fires("panel.open"):
            for child in self._children:
                if child.may_be_missed:
                    child.start_soon()
        for child in self._children:
            if child.process is None and time.monotonic() >= child.start_at_s:
                child.start(self._debug)

    def _look_after(self, child: Child) -> bool:
        """Whether the show goes on, as far as this child is concerned."""
        if child.process is None or child.process.exitcode is None:
            return True
        code = child.process.exitcode
        if code == DONE or self._signals:
            return False
        part = self._health.part(child.name)
        last_words = part.words("last")
        began = child.lives > 1 or bool(part.get("ready"))
        if code == USER_ERROR and not began and not child.may_be_missed:
            raise UserError(last_words)
        pause_s = child.bury()
        reason = _signal_name(-code) if code < 0 else last_words or f"exit code {code}"
        if child.may_be_missed and code in (CLOSED, AGAIN):
            child.stay_away() if code == CLOSED else child.start_soon()
            return True
        if child.may_be_missed and not began:
            child.stay_away()
            _say(f"no {child.name} ({reason}): going on without it")
            return True
        self._health.part("show").add(f"{child.name}_restarts")
        _say(f"{child.name} died ({reason}); starting it again" + (f" in {pause_s:.0f} s" if pause_s else ""))
        return True

    def _speak(self) -> None:
        """Prints what the processes have newly to say."""
        for child in self._children:
            part = self._health.part(child.name)
            for topic in part.table.news:
                words = part.words(topic)
                if words and self._spoken.get((child.name, topic)) != words:
                    self._spoken[child.name, topic] = words
                    _say(words)

    def _end(self) -> None:
        """Asks all to end, and kills who does not."""
        self._health.stop()
        asked_s, n_signals = time.monotonic(), len(self._signals)
        for child in self._children:
            while child.process and child.process.exitcode is None:
                wait([child.process.sentinel], timeout=0.05)
                if time.monotonic() - asked_s > PATIENCE_S or len(self._signals) > n_signals:
                    child.process.kill()
            if child.process:
                child.bury()


def _set_outputs(settings: ShowSettings, controls: ControlBus) -> None:
    if settings.record:
        controls.set("record.file", str(settings.record.absolute()))
        controls.set("record.on", True)
    if settings.fullscreen is not None:
        controls.set("stage.fullscreen", True)
        if settings.fullscreen >= 0:
            controls.set("stage.monitor", settings.fullscreen)
    if settings.mirror is not None:
        controls.set("stage.mirror", settings.mirror)


@contextmanager
def _file_of(given: Sequence[OscDestination]) -> Iterator[Path]:
    """A file of the destinations of the command line, where the panel changes them; it ends with the show."""
    import tomlkit

    tables = tomlkit.aot()
    for destination in given:
        tables.append(tomlkit.item(destination.as_table()))
    path = Path(tempfile.gettempdir()) / f"{segment_name('osc')}.toml"
    with whole_file(path) as temporary:
        temporary.write_text(tomlkit.dumps({"osc": tables}), encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _destinations(files: Sequence[Path]) -> tuple[OscDestination, ...]:
    """What the files say, of those that are there. UserError where one is wrong."""
    return tuple(each for file in files if file.exists() for each in load_outputs(file))


def _engine(settings: ShowSettings, osc_files: tuple[Path, ...]) -> Child:
    engine = EngineSettings(
        frames=segment_name("frames"),
        controls=segment_name("controls"),
        health=segment_name("health"),
        lines=segment_name("lines"),
        source=settings.source,
        mute=settings.mute,
        loop=settings.loop,
        models=settings.models,
        osc_files=osc_files,
        real_time=settings.real_time,
    )
    return Child("engine", "stemlight.engine.process:run_engine", engine)


def _stage(settings: ShowSettings) -> Child:
    from stemlight.stage.process import StageSettings

    stage = StageSettings(
        ring=segment_name("frames"),
        controls=segment_name("controls"),
        health=segment_name("health"),
        look=segment_name("look"),
        preview=segment_name("preview"),
        size_px=settings.size_px,
        preset=settings.preset,
    )
    return Child("stage", "stemlight.stage.process:run_stage", stage)


def _doors(settings: ShowSettings) -> Child:
    remote = RemoteAddress.parse(settings.remote) if settings.remote else None
    doors = DoorsSettings(
        frames=segment_name("frames"),
        controls=segment_name("controls"),
        health=segment_name("health"),
        lines=segment_name("lines"),
        osc_in_port=settings.osc_in_port,
        osc_in_host=settings.osc_in_host,
        osc_allow=settings.osc_allow,
        remote=remote,
        token=new_token() if remote and not remote.is_loopback else None,
    )
    return Child("doors", "stemlight.doors.process:run_doors", doors)


def _panel(settings: ShowSettings, osc_files: tuple[Path, ...], osc_given: Path | None) -> Child:
    panel = PanelSettings(
        frames=segment_name("frames"),
        controls=segment_name("controls"),
        health=segment_name("health"),
        source=settings.source,
        osc_files=osc_files,
        osc_given=osc_given,
        look=segment_name("look"),
        preview=segment_name("preview"),
        has_stage=settings.stage,
        keeps=settings.keeps,
    )
    return Child("panel", "stemlight.panel.process:run_panel", panel, may_be_missed=True)


def _run_child(name: str, entry: str, settings: Any, health_name: str, debug: bool) -> None:
    """What a process of the show does first and last. Its exit code tells the supervisor how it ended."""
    for told_to_all in ("SIGINT", "SIGHUP"):  # by a terminal; the show tells us what it means
        if hasattr(signal, told_to_all):
            signal.signal(getattr(signal, told_to_all), signal.SIG_IGN)
    health = Health.attach(health_name)
    words = health.part(name)
    words.set("pid", os.getpid())
    words.set("ready", 0)
    words.say("last", "")
    threading.Thread(target=_end_with_the_show, args=(health,), name="end with the show", daemon=True).start()
    module, _, function = entry.partition(":")
    try:
        code = getattr(importlib.import_module(module), function)(settings)
    except UserError as error:
        words.say("last", str(error))
        code = USER_ERROR
    except Exception as error:
        words.say("last", f"{type(error).__name__}: {error}")
        if debug:
            traceback.print_exc()
        code = FAILED
    sys.exit(code)


def _end_with_the_show(health: Health) -> None:
    """Ends this process if the show is killed: no window without a show stays on the projector."""
    show = multiprocessing.parent_process()
    assert show is not None
    show.join()
    health.stop()
    time.sleep(PATIENCE_S + GRACE_S)
    os._exit(FAILED)


@contextmanager
def _heard_signals() -> Iterator[list[int]]:
    """Ctrl-C, a polite kill and a closed terminal, as they come."""
    heard: list[int] = []

    def on_signal(number: int, stack: FrameType | None) -> None:
        heard.append(number)

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Holds Ctrl-C back, here and in what is started, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stats(health: Health, shown: list[Child], seconds: float) -> dict[str, Any]:
    """What was counted, as `--stats` writes it; times in ms."""
    show, engine = health.part("show"), health.part("engine")
    children = [child.name for child in shown]
    return {
        "version": __version__,
        "seconds": round(seconds, 3),
        "restarts": {name: show.get(f"{name}_restarts") for name in children},
        "osc": [
            {
                "destination": line.partition("?")[0].rpartition(":")[0],
                "profile": line.partition("?")[0].rpartition(":")[2],
                "packets": engine.get(f"osc.{i}.packets"),
                "errors": engine.get(f"osc.{i}.errors"),
                "says": engine.words(f"osc.{i}"),
            }
            for i in range(MAX_DESTINATIONS)
            if (line := engine.words(f"osc.{i}.to"))
        ],
    } | {name: health.part(name).snapshot() for name in children}


def _signal_name(number: int) -> str:
    try:
        return f"killed by {signal.Signals(number).name}"
    except ValueError:
        return f"killed by signal {number}"


def _say(line: str) -> None:
    print(f"stemlight: {line}", file=sys.stderr, flush=True)
