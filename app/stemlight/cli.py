"""The command line: one function a command. The commands are a contract; others script against them."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from stemlight import __version__
from stemlight.errors import UserError

if TYPE_CHECKING:
    from stemlight.bus.controls import Value
    from stemlight.model_folders import ModelFolders
    from stemlight.preset.preset import Effect
    from stemlight.show import ShowSettings

DONE, FAILED, BAD_INPUT = 0, 1, 2
WINDOW_PX = (1280, 720)
MIRROR_WINDOW = 15  # a monitor that is not there: the mirror is a window
DEMO_BARS = 8  # a preset: the built-in song is 75 s long
DEMO_LOOKS = ("nave", "reef", "prism", "contour", "lattice", "swarm", "mandala", "offing", "tunnel", "galaxy")
DEMO_VIDEO_PX, DEMO_VIDEO_FPS = (640, 360), 25  # what two cores without a graphics card draw in minutes ...
DEMO_VIDEO_BARS, DEMO_VIDEO_S = 4, 40.0  # ... if it is not the whole song
DEMO_VIDEO_LOOKS = ("nave", "contour", "prism", "offing", "tunnel", "swarm")  # ... nor of the heaviest looks

Options = argparse.Namespace
Progress = Callable[[float, float], None]  # seconds done, seconds in all


# --- the show -------------------------------------------------------------------------------------------


def run(options: Options) -> int:
    """Hear the input, draw the picture and send OSC, until the window closes or Ctrl-C."""
    from stemlight.show import run_show

    return run_show(_show_settings(options, options.input or "default"))


def demo(options: Options) -> int:
    """The show on the built-in song; without a display a video of it."""
    from stemlight.display import display_is_there
    from stemlight.resources import demo_song

    if display_is_there():
        from stemlight.show import run_show

        return run_show(_show_settings(options, str(demo_song()), is_demo=True))
    options.song, options.output, options.shader, options.frames = demo_song(), Path("demo.mp4"), None, None
    options.size, options.fps, options.start = options.size or DEMO_VIDEO_PX, DEMO_VIDEO_FPS, 0.0
    options.seconds = options.seconds or DEMO_VIDEO_S
    options.autopilot, options.limit_flashes = None if options.preset else DEMO_VIDEO_BARS, True
    options.playlist = DEMO_VIDEO_LOOKS
    _say(
        f"no display here, so rendering {options.seconds:.0f} s into {options.output}: "
        "minutes without a graphics card"
    )
    return render(options)


def _show_settings(options: Options, source: str, is_demo: bool = False) -> ShowSettings:
    from stemlight.panel.memory import recalled_controls
    from stemlight.show import ShowSettings

    source_told = getattr(options, "input", None)
    told = {"input.device": source_told, "input.channels": source_told}
    told |= {"stage.preset": options.preset, "midi.": options.midi, "stage.size": options.size}
    told |= {"stage.monitor": options.fullscreen not in (None, -1)}
    told |= {"stage.mirror": options.mirror is not None}
    return ShowSettings(
        source=source,
        preset=options.preset,
        models=_models(options),
        osc=tuple(options.osc),
        osc_config=_osc_config(options),
        osc_in_port=options.osc_in[1] if options.osc_in else None,
        osc_in_host=options.osc_in[0] if options.osc_in else "127.0.0.1",
        osc_allow=tuple(options.osc_allow),
        remote=options.remote,
        sync=options.sync,
        link=options.link,
        midi=tuple(options.midi),
        midi_clock_out=tuple(options.midi_clock_out),
        stage=not options.no_stage,
        panel=not options.no_panel,
        fullscreen=options.fullscreen,
        size_px=options.size or WINDOW_PX,
        record=options.record,
        mirror=options.mirror,
        seconds=options.seconds,
        stats=options.stats,
        mute=options.mute,
        loop=is_demo,
        recalled=_demo_controls(options)
        if is_demo
        else recalled_controls([name for name, value in told.items() if value]),
        keeps=not is_demo,
        debug=options.debug,
    )


def _demo_controls(options: Options) -> dict[str, Value]:
    """The demo shows what there is, unless one preset was asked for, and is safe to look at."""
    return {
        "autopilot.on": options.preset is None,
        "autopilot.bars": DEMO_BARS,
        "autopilot.order": "playlist",
        "autopilot.playlist": ",".join(DEMO_LOOKS),
        "stage.flash_limit": True,
    }


def _models(options: Options) -> ModelFolders:
    from stemlight.model_folders import ModelFolders, chosen_models

    folders = chosen_models(options.models)
    if folders != ModelFolders.shipped():
        _say(f"models: {folders}")
    return folders


def _osc_config(options: Options) -> Path | None:
    """The file of OSC outputs: the one named, or the settings where nothing is said of OSC."""
    if options.osc_config:
        from stemlight.osc.outputs import load_outputs

        load_outputs(options.osc_config)  # the settings need not be there, but what is named must
    if options.osc or options.osc_config:
        named: Path | None = options.osc_config
        return named
    from stemlight.settings import read_settings, settings_path

    read_settings()  # sets aside what is no TOML
    return settings_path()


# --- a file through the same line ------------------------------------------------------------------------


def render(options: Options) -> int:
    """Offline video of a song, with its sound."""
    from stemlight.offline.render import RenderSettings, render_song
    from stemlight.stage.autopilot import AutopilotWishes

    settings = RenderSettings(
        song=options.song,
        out=options.output,
        preset=options.preset,
        shader=options.shader,
        autopilot=AutopilotWishes(
            on=True, bars=options.autopilot, shuffle=not options.playlist, playlist=options.playlist
        )
        if options.autopilot
        else None,
        limit_flashes=options.limit_flashes,
        models=_models(options),
        size_px=options.size,
        fps=options.fps,
        start_s=options.start,
        seconds=options.seconds,
        frames_dir=options.frames,
    )
    with _progress_bar(f"rendering {options.output}") as progress:
        rendered = render_song(settings, progress)
    _print(options, rendered.as_json(), str(rendered))
    return DONE


def analyze(options: Options) -> int:
    """Every frame of one or several songs as a table."""
    from stemlight.offline.analyze import analyze as analyze_songs

    models = _models(options)
    with _progress_bar(f"analyzing {len(options.songs)} song(s)") as progress:
        summaries = analyze_songs(
            options.songs, options.output, options.beats, options.plot, progress, models=models
        )
    rows = [summary.as_json() for summary in summaries]
    lines = (
        f"{row['song']}: {row['seconds']:.1f} s, {row['frames']} frames, {row['tempo_bpm']:.1f} bpm, "
        f"{row['beats']} beats, {row['downbeats']} downbeats"
        for row in rows
    )
    _print(options, rows, "\n".join(lines))
    return DONE


def split(options: Options) -> int:
    """The four stems of a song as WAV files that sum to it."""
    from stemlight.offline.split import split as split_song

    models = _models(options)
    with _progress_bar(f"splitting {options.song.name}") as progress:
        paths = split_song(options.song, options.output, progress, models)
    _print(options, [str(path) for path in paths], "\n".join(map(str, paths)))
    return DONE


def feed(options: Options) -> int:
    """Send a song's frames by OSC at its own pace, without sound card or window."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a hop is too small for more; read by numpy
    from stemlight.offline.feed import FeedSettings
    from stemlight.offline.feed import feed as feed_song
    from stemlight.priority import raise_priority

    settings = FeedSettings(
        song=options.song,
        osc=tuple(options.osc),
        osc_config=options.osc_config,
        loop=options.loop,
        start_s=options.start,
        seconds=options.seconds,
        aloud=options.aloud,
    )
    raise_priority()
    fed = feed_song(settings, _say)
    _print(options, fed.as_json(), str(fed))
    return DONE


def check(options: Options) -> int:
    """Load, compile and draw shaders and presets; exit 1 if any is not ok."""
    from stemlight.stage.check import check_files

    results = []
    for result in check_files(
        options.files, n_frames=options.frames, size_px=options.size, sheet=options.sheet
    ):
        results.append(result)
        if not options.json:
            where = f":{result['line']}" if result["line"] else ""
            print(
                f"ok    {result['file']}"
                if result["ok"]
                else f"WRONG {result['file']}{where}: {result['error']}"
            )
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        n_wrong = sum(not result["ok"] for result in results)
        print(f"{len(results)} checked, {n_wrong} wrong")
    return DONE if all(result["ok"] for result in results) else FAILED


def still(options: Options) -> int:
    """One picture of a shader under given conditions, or a batch of them."""
    from stemlight.stage.still import still_batch, still_from_options

    if options.batch:
        ok = True
        for result in still_batch(options.batch):
            print(json.dumps(result), flush=True)
            ok = ok and bool(result["ok"])
        return DONE if ok else FAILED
    result = still_from_options(options)
    _print(options, result, str(result["out"]))
    return DONE


# --- lists -----------------------------------------------------------------------------------------------


def devices(options: Options) -> int:
    """The sound inputs of this machine."""
    from stemlight.audio.devices import list_devices

    found = list_devices()
    rows = [
        {
            "index": device.index,
            "name": device.name,
            "host_api": device.host_api,
            "inputs": device.n_inputs,
            "rate_hz": device.default_rate_hz,
            "default": device.is_default,
        }
        for device in found
    ]
    nothing = "no sound input found; plug one in, or use --input FILE or --input test"
    _print(options, rows, _table(rows) or nothing)
    return DONE


def scenes(options: Options) -> int:
    """The scenes there are: what ships with Stemlight and your own."""
    from stemlight.preset.library import scene_paths

    return _list_shaders(options, scene_paths())


def filters(options: Options) -> int:
    """The filters there are, likewise."""
    from stemlight.preset.library import filter_paths

    return _list_shaders(options, filter_paths())


def transitions(options: Options) -> int:
    """The transitions there are, likewise."""
    from stemlight.preset.library import transition_paths

    return _list_shaders(options, transition_paths())


def _list_shaders(options: Options, paths: Sequence[Path]) -> int:
    from stemlight.stage.shader_file import read_shader

    rows = []
    for path in paths:
        try:
            description = read_shader(path).description
        except UserError as error:  # one that is broken hides no other
            _say(str(error))
            continue
        rows.append({"name": path.stem, "description": description, "file": str(path)})
    _print(options, rows, "\n".join(f"{row['name']:<16} {row['description']}" for row in rows))
    return DONE


def presets(options: Options) -> int:
    """The presets there are: what ships with Stemlight and your own."""
    from stemlight.preset.library import load_preset, preset_paths

    rows: list[dict[str, Any]] = []
    for path in preset_paths():
        try:
            preset = load_preset(str(path))
        except UserError as error:  # one that is broken hides no other
            _say(str(error))
            continue
        rows.append(
            {
                "name": path.stem,
                "title": preset.name,
                "description": preset.description,
                "tags": list(preset.tags),
                "scene": Path(preset.layers[0].scene).stem,
                "layers": [
                    {"scene": Path(layer.scene).stem, "filters": _stems(layer.filters)}
                    for layer in preset.layers
                ],
                "filters": _stems(preset.filters),
                "file": str(path),
            }
        )
    lines = [
        {
            "name": row["name"],
            "tags": ", ".join(row["tags"]),
            "layers": " + ".join(" > ".join((part["scene"], *part["filters"])) for part in row["layers"])
            + "".join(f" > {name}" for name in row["filters"]),
            "description": row["description"],
        }
        for row in rows
    ]
    _print(options, rows, _table(lines))
    return DONE


def _stems(effects: Sequence[Effect]) -> list[str]:
    return [Path(effect.filter).stem for effect in effects]


def controls(options: Options) -> int:
    """The one table of controls, behind every door: keyboard, OSC, panel."""
    from stemlight.bus.controls import CONTROLS

    rows = [
        {
            "name": control.name,
            "kind": control.kind,
            "low": control.low,
            "high": control.high,
            "default": control.default,
            "doc": control.doc,
        }
        for control in CONTROLS
    ]
    if options.markdown:
        from stemlight.osc.markdown import controls_as_markdown

        print(controls_as_markdown())
        return DONE
    _print(options, rows, _table(rows))
    return DONE


def midi(options: Options) -> int:
    """The MIDI devices; or their maps, or binds what is moved next to a control, or frees one."""
    from stemlight.midi.command import forget_everywhere, learn, list_bindings, list_devices
    from stemlight.midi.device_map import maps_dir

    if (options.action in ("learn", "forget")) != (options.control is not None):
        raise UserError("write `stemlight midi learn CONTROL` or `stemlight midi forget CONTROL`")
    if options.action == "list":
        rows = list_devices(maps_dir())
        _print(options, rows, _table(rows) or "no MIDI device found")
    elif options.action == "map":
        found = list_bindings(maps_dir())
        rows = [{"device": device, "binding": str(binding)} for device, binding in found]
        _print(options, rows, _table(rows) or f"nothing is bound; maps are in {maps_dir()}")
    elif options.action == "learn":
        learnt = learn(options.control, options.value, options.device, options.seconds, maps_dir(), say=_say)
        _print(
            options,
            {"device": learnt.device, "binding": str(learnt.binding)},
            f"{learnt.device}: {learnt.binding}",
        )
    else:
        n = forget_everywhere(options.control, maps_dir())
        _print(
            options, {"forgotten": n}, f"{options.control} was freed of {n} binding{'s' if n != 1 else ''}"
        )
    return DONE


def osc(options: Options) -> int:
    """The OSC address table, or with --listen what arrives."""
    if options.listen is not None:
        from stemlight.osc.listen import listen

        host, port = options.listen
        return listen(port, options.seconds, as_json=options.json, host=host)
    from stemlight.osc.profiles import PROFILES, address_table, profile_named

    profile = profile_named(options.profile or "spectra")
    if options.markdown:
        from stemlight.osc.markdown import addresses_as_markdown

        print(addresses_as_markdown(profile.name))
        return DONE
    rows = [
        {
            "address": row.address,
            "type": row.type_tag,
            "low": _finite(row.low),
            "high": _finite(row.high),
            "sent": profile.when(row),
            "doc": row.doc,
        }
        for row in address_table(profile.name)
    ]
    text = _table(rows)
    if not options.profile:
        which = "\n".join(f"  {other.name:<14} {other.doc}" for other in PROFILES.values())
        text += f"\n\nprofiles, for --osc HOST:PORT:PROFILE and --profile:\n{which}"
    _print(options, rows, text)
    return DONE


# --- the machine -----------------------------------------------------------------------------------------


def bench(options: Options) -> int:
    """Per-hop times by stage, draw times and the parts of the latency, at the pace of the show."""
    from stemlight.offline.bench import bench as measure

    models = _models(options)
    with _progress_bar("measuring") as progress:
        report = measure(options.seconds, progress, models)
    print(json.dumps(report, indent=2))
    return DONE


def doctor(options: Options) -> int:
    """What this machine has, and what to do about each lack; exit 1 if something needed is missing."""
    from stemlight.offline.doctor import examine

    findings = examine()
    mark = {"ok": "ok   ", "warning": "note ", "missing": "LACKS"}
    lines = []
    for finding in findings:
        lines.append(f"{mark[finding.state]} {finding.name:<20} {finding.found}")
        if finding.advice:
            lines.append(f"      {'':<20} {finding.advice}")
    _print(options, [finding.as_json() for finding in findings], "\n".join(lines))
    return FAILED if any(finding.state == "missing" for finding in findings) else DONE


# --- what the commands share -----------------------------------------------------------------------------


def _say(line: str) -> None:
    print(f"stemlight: {line}", file=sys.stderr, flush=True)


def _print(options: Options, as_json: Any, text: str) -> None:
    print(json.dumps(as_json, indent=2) if options.json else text)


def _finite(bound: float) -> float | None:
    """JSON has no infinity: a bound that is none is null, and blank in a table."""
    return bound if abs(bound) != float("inf") else None


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Columns as wide as what stands in them, the last one as it is."""
    if not rows:
        return ""
    cells = [list(rows[0])] + [["" if v is None else str(v) for v in row.values()] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in cells
    )


@contextmanager
def _progress_bar(title: str) -> Iterator[Progress]:
    """A bar on stderr where that is a terminal, else nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    parts = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*parts, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done_s, total_s: bar.update(task, completed=done_s, total=max(total_s, 1e-9))


# --- options ---------------------------------------------------------------------------------------------


class OneLineParser(argparse.ArgumentParser):
    """Says what was wrong in one line, where the usage would fill the screen."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def size_px(text: str) -> tuple[int, int]:
    """`1280x720` to (1280, 720)."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it as 1280x720")
    size = (int(width), int(height))
    if not all(16 <= side <= 16_384 for side in size):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; each side is 16 to 16384 pixels")
    return size


def seconds(text: str) -> float:
    """A time span in seconds, above zero."""
    return _number(text, low=0.0, above=True)


def start_seconds(text: str) -> float:
    """A point in time in seconds, zero or later."""
    return _number(text, low=0.0, above=False)


def _number(text: str, low: float, above: bool) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not (value > low if above else value >= low) or value == float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of seconds {'above' if above else 'from'} 0"
        )
    return value


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is out of range; {low} to {high}")
        return value

    return parse


PORT = whole_number(1, 65_535)


def listening_place(text: str) -> tuple[str, int]:
    """`7000` or `0.0.0.0:7000` to host and port; this machine alone unless a host is named."""
    host, colon, port = text.rpartition(":")
    if colon and not host:
        raise argparse.ArgumentTypeError(f"{text!r} is no place to listen; write PORT or HOST:PORT")
    return host.strip("[]") or "127.0.0.1", PORT(port)


def parser() -> OneLineParser:
    """Every command and option."""
    top = OneLineParser(
        prog="stemlight",
        description="Live visuals that hear the voice, the drums, the bass and the bar. "
        "Without a command it runs the show.",
    )
    top.add_argument("--version", action="version", version=f"stemlight {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(function: Callable[[Options], int], results: bool = True) -> OneLineParser:
        doc = (function.__doc__ or "").strip().splitlines()[0]
        added: OneLineParser = commands.add_parser(function.__name__, help=doc, description=doc)
        added.set_defaults(function=function, json=False)
        added.add_argument("--debug", action="store_true", help="show where an error came from")
        if results:
            added.add_argument("--json", action="store_true", help="print results as JSON")
        return added

    def models_option(added: OneLineParser) -> None:
        added.add_argument(
            "--models",
            metavar="DIR",
            action="append",
            default=[],
            help="hear through these networks: a folder with stems/, beats/ and bars/, or a manifest.json",
        )

    def osc_out_options(added: OneLineParser) -> None:
        added.add_argument(
            "--osc",
            metavar="HOST:PORT[:PROFILE][?KEY=VALUE&...]",
            action="append",
            default=[],
            help="send OSC there; may be repeated",
        )
        added.add_argument(
            "--osc-config", metavar="F.toml", type=Path, help="send OSC as its [[osc]] tables say"
        )

    def show_options(added: OneLineParser) -> None:
        added.add_argument(
            "--preset", metavar="P", help="a preset's name or file, or a shader's file or folder"
        )
        models_option(added)
        osc_out_options(added)
        added.add_argument(
            "--osc-in", metavar="[HOST:]PORT", type=listening_place, help="take controls by OSC on this port"
        )
        added.add_argument(
            "--osc-allow",
            metavar="IP[/NET]",
            action="append",
            default=[],
            help="besides this machine only these may send controls, and --remote asks them for no token; "
            "may be repeated",
        )
        added.add_argument(
            "--remote",
            metavar="[HOST:]PORT",
            help="a page for a phone and OSCQuery there; HOST 0.0.0.0 for the whole network",
        )
        added.add_argument(
            "--sync",
            metavar="SOURCE",
            choices=("sound", "link", "midi", "osc", "tap"),
            default="sound",
            help="whose beat to follow: sound (what is heard), link, midi, osc or tap",
        )
        added.add_argument("--link", action="store_true", help="take part in the Ableton Link session")
        added.add_argument(
            "--midi",
            metavar="NAME",
            nargs="?",
            const="all",
            action="append",
            default=[],
            help="use MIDI controllers: part of a name, all without one; may be repeated",
        )
        added.add_argument(
            "--midi-clock-out",
            metavar="NAME",
            action="append",
            default=[],
            help="send our beat as MIDI clock there: part of a name, or `all`; may be repeated",
        )
        added.add_argument("--no-stage", action="store_true", help="no window: the feed alone")
        added.add_argument("--no-panel", action="store_true", help="no control panel")
        added.add_argument(
            "--fullscreen",
            metavar="N",
            nargs="?",
            const=-1,
            type=whole_number(0, 15),
            help="fill monitor N, from 0; without N the one that was chosen last, or that the window is on",
        )
        added.add_argument(
            "--mirror",
            metavar="N",
            nargs="?",
            const=MIRROR_WINDOW,
            type=whole_number(0, MIRROR_WINDOW),
            help="show the picture on monitor N too; without N in a second window",
        )
        added.add_argument(
            "--record", metavar="F.mp4", type=Path, help="record picture and sound; never overwrites"
        )
        added.add_argument("--size", metavar="WxH", type=size_px, help="the window's size")
        added.add_argument("--seconds", metavar="S", type=seconds, help="end after this long")
        added.add_argument(
            "--stats", metavar="F.json", type=Path, help="write what was counted when the show ends"
        )
        added.add_argument("--mute", action="store_true", help="a file is heard by Stemlight, not played out")

    added = command(run, results=False)
    added.add_argument(
        "--input",
        metavar="NAME|FILE|test",
        help="a device's name or number (NAME@3-4 for two channels of many), a sound file, or `test`",
    )
    show_options(added)

    show_options(command(demo))

    added = command(render)
    added.add_argument("song", metavar="SONG", type=Path)
    added.add_argument("-o", "--output", metavar="OUT.mp4", type=Path, required=True)
    look = added.add_mutually_exclusive_group()
    look.add_argument("--preset", metavar="P", help="a preset's name or file")
    look.add_argument("--shader", metavar="F.fs", help="a scene's name or a shader file")
    added.add_argument("--size", metavar="WxH", type=size_px, default=WINDOW_PX)
    added.add_argument("--fps", metavar="N", type=whole_number(1, 240), default=30)
    added.add_argument("--start", metavar="S", type=start_seconds, default=0.0, help="begin here")
    added.add_argument("--seconds", metavar="S", type=seconds, help="end after this long")
    added.add_argument("--frames", metavar="DIR", type=Path, help="every picture as a PNG too")
    added.set_defaults(playlist=())
    added.add_argument(
        "--autopilot",
        metavar="BARS",
        type=whole_number(1, 128),
        nargs="?",
        const=16,
        help="go on to other presets after so many bars (16), and on drops",
    )
    added.add_argument("--limit-flashes", action="store_true", help="at most three flashes a second")
    models_option(added)

    added = command(analyze)
    added.add_argument("songs", metavar="SONG", type=Path, nargs="+")
    added.add_argument("-o", "--output", metavar="OUT.(csv|jsonl|npz|parquet)", type=Path, required=True)
    added.add_argument(
        "--beats", metavar="F.beats", type=Path, help="time and beat in bar; a folder for several songs"
    )
    added.add_argument(
        "--plot", metavar="F.png", type=Path, help="a picture of stems, drums, tempo and beats"
    )
    models_option(added)

    added = command(split)
    added.add_argument("song", metavar="SONG", type=Path)
    added.add_argument("-o", "--output", metavar="DIR", type=Path, required=True)
    models_option(added)

    added = command(feed)
    added.add_argument("song", metavar="SONG", type=Path)
    osc_out_options(added)
    added.add_argument("--loop", action="store_true", help="begin again at the end, until Ctrl-C")
    added.add_argument("--start", metavar="S", type=start_seconds, default=0.0, help="begin here")
    added.add_argument("--seconds", metavar="S", type=seconds, help="end after this long")
    sound = added.add_mutually_exclusive_group()
    sound.add_argument("--aloud", action="store_true", help="play the song too")
    sound.add_argument("--mute", dest="aloud", action="store_false", help="do not (the default)")

    added = command(check)
    added.add_argument("files", metavar="FILE|DIR", type=Path, nargs="+")
    added.add_argument(
        "--frames", metavar="N", type=whole_number(2, 1000), default=8, help="how many to draw"
    )
    added.add_argument("--size", metavar="WxH", type=size_px, default=(320, 180))
    added.add_argument(
        "--sheet", metavar="F.png", type=Path, help="write a contact sheet of the last pictures"
    )

    added = command(still)
    what = added.add_mutually_exclusive_group(required=True)
    what.add_argument("shader", metavar="SHADER", type=Path, nargs="?")
    what.add_argument("--batch", metavar="JOBS.jsonl", type=Path, help="one job a line, one result line each")
    added.add_argument("-o", "--output", metavar="OUT.png", type=Path)
    added.add_argument("--size", metavar="WxH", type=size_px, default=(640, 360))
    added.add_argument("--draws", metavar="N", type=whole_number(1, 100_000), default=1)
    added.add_argument("--fps", metavar="F", type=seconds, default=60.0)
    added.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="an input's value")
    added.add_argument(
        "--image", metavar="NAME=FILE", action="append", default=[], help="an image input's picture"
    )
    added.add_argument(
        "--event", metavar="NAME@K", action="append", default=[], help="an event, true on draw K"
    )
    added.add_argument("--audio", metavar="ROWS.npz", type=Path, help="rows for the audio inputs")
    added.add_argument("--noise", metavar="F.png", type=Path, help="the picture that noise channels show")

    for listing in (devices, scenes, filters, transitions, presets):
        command(listing)
    command(controls).add_argument("--markdown", action="store_true", help="print the table as Markdown")
    added = command(midi)
    added.add_argument("action", choices=("list", "map", "learn", "forget"), nargs="?", default="list")
    added.add_argument("control", metavar="CONTROL", nargs="?", help="what `stemlight controls` lists")
    added.add_argument("--value", metavar="V", help="what a pad sets the control to")
    added.add_argument("--device", metavar="NAME", default="all", help="part of the device's name")
    added.add_argument("--seconds", metavar="S", type=seconds, default=30.0, help="wait this long")
    added = command(osc)
    added.add_argument("--profile", metavar="P", help="the table of this profile")
    added.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    added.add_argument(
        "--listen", metavar="[HOST:]PORT", type=listening_place, help="print what arrives on this port"
    )
    added.add_argument("--seconds", metavar="S", type=seconds, help="listen this long")

    added = command(bench)
    added.add_argument("--seconds", metavar="S", type=seconds, default=20.0)
    models_option(added)
    command(doctor)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit status."""
    multiprocessing.freeze_support()  # a frozen program starts its children through here
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "run")
    options, unknown = (reader := parser()).parse_known_args(given)
    if unknown:
        reader.prog += f" {given[0]}"  # whose --help says what there is
        reader.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int = options.function(options)
        sys.stdout.flush()
        return status
    except UserError as error:
        return _failed(options, str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return _failed(options, "interrupted", FAILED)
    except BrokenPipeError:  # `stemlight osc | head`: the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # the last door: a line for people, the rest behind --debug
        return _failed(options, f"{type(error).__name__}: {error} (--debug shows where)", FAILED)


def _failed(options: Options, message: str, status: int) -> int:
    if options.debug:
        traceback.print_exc()
    _say(" ".join(message.split()))
    return status


if __name__ == "__main__":
    sys.exit(main())
