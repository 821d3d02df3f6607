"""Says how every process of a show fares: counters, durations and last words in shared memory.

Each process writes its own part and counts on where its predecessor died; any process reads them all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stemlight.bus.controls import SYNC_SOURCES
from stemlight.bus.histogram import HISTOGRAM_DTYPE, Histogram
from stemlight.bus.segment import Segment
from stemlight.bus.text_cell import TEXT_DTYPE, read_text, write_text

MAX_DESTINATIONS = 32  # OSC; more would not fit into a hop's budget


@dataclass(frozen=True, slots=True)
class PartTable:
    """What one process counts, times (ms) and says."""

    counters: tuple[str, ...] = ()
    timings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # for the panel
    news: tuple[str, ...] = ()  # words that the show prints when they change


PARTS: dict[str, PartTable] = {
    "show": PartTable(
        counters=("stopping", "engine_restarts", "stage_restarts", "panel_restarts", "doors_restarts"),
        words=("last",),
    ),
    "engine": PartTable(
        counters=(
            "pid",
            "ready",  # the process has done its first hop
            "hops",
            "lost_hops",  # never analysed: samples lost, and hops that fell due while no engine ran
            "late",  # hops finished more than a hop after their last sample had come
            "skipped",  # analysed and published, but too old to be sent by OSC
            "queue_hops",  # waiting at the last hop
            "queue_hops_max",
            "overflows",  # samples
            "blocks",
            "drops",
            "xruns",
            "input_restarts",
            "input_latency_us",  # between the microphone and a block's arrival, as the driver reports it
            "nonfinite",  # samples that were no numbers
            "following",  # 1 while the beat goes by a line from outside
            # `troubled`: 1 while a destination cannot be sent to.
            *(
                f"osc.{i}.{what}"
                for i in range(MAX_DESTINATIONS)
                for what in ("packets", "errors", "troubled")
            ),
        ),
        timings=(
            "hop_ms",  # everything the engine did for one hop
            "block_ms",  # last sample captured -> its block has come
            "queue_ms",  # its block has come -> the inference thread took the hop
            "compute_ms",  # samples -> frame
            "publish_ms",  # frame -> frame ring
            "send_ms",  # frame -> OSC
            "to_osc_ms",  # its block has come -> the last OSC packet has gone
            "sound_to_osc_ms",  # last sample captured -> the last OSC packet has gone
        ),
        words=(
            "last",
            "input",
            # Which destination has the place, as a line, and what last went wrong with it.
            *(f"osc.{i}.{what}" for i in range(MAX_DESTINATIONS) for what in ("to", "trouble")),
        ),
        # What the input said when it last began, went or came back; and the rest.
        news=("input_news", "priority", "osc", *(f"osc.{i}" for i in range(MAX_DESTINATIONS))),
    ),
    "stage": PartTable(
        counters=(
            "pid",
            "ready",
            "draws",
            "late_draws",
            "frames_missed",
            "shader_errors",
            "recorded",  # pictures of the recording: new ones ...
            "record_repeated",  # ... shown again where none came in time ...
            "record_skipped",  # ... left out where too many came ...
            "record_dropped",  # ... and lost, because the encoder was too slow
        ),
        timings=(
            "draw_ms",  # host time of a draw, the driver's included
            "host_ms",  # of it, processor time of the thread: ours and what the driver does in it
            "outputs_ms",  # of draw_ms: reading back, handing on, the mirror
            "swap_ms",
            "interval_ms",  # between pictures
            "sound_to_picture_ms",  # newest frame's last sample captured -> picture swapped
        ),
        words=(
            "last",
            "scene",
            "on_air",
            "coming",
            "window",
            "monitors",  # a line each
            "loading",
        ),  # loading: what may bring it down now
        news=("error", "record", "ndi", "camera", "spout", "syphon", "mirror"),
    ),
    "doors": PartTable(
        counters=(
            "pid",
            "ready",
            "osc_in",
            "osc_in_superseded",  # values that a newer one overtook before they were looked at
            "osc_in_ignored",
            "osc_in_dropped",  # packets that came faster than they could be taken
            "osc_in_refused",  # packets of senders that are not allowed
            "remote_clients",  # WebSockets that are open
            "remote_in",  # messages of theirs that did something
            "remote_in_ignored",
            "midi_in",  # messages that did something
            "midi_in_ignored",
            "midi_clock_ticks",
            "midi_clock_out_ticks",
            "link_peers",
            "source_lost",  # times that a source in use went away
            # How far each source's beat is from the one that is heard, now: positive is late.
            *(f"{source}_error_us" for source in SYNC_SOURCES[1:]),
        ),
        timings=(
            *(f"{source}_error_ms" for source in SYNC_SOURCES[1:]),  # of it, the size, ten times a second
            "clock_out_late_ms",  # tick due -> tick handed to the system
        ),
        words=("last", "sync", "link", "midi", "midi_learn"),
        news=("sync_news", "midi_news", "remote", "remote_news"),
    ),
    "panel": PartTable(counters=("pid", "ready", "ticks"), words=("last",), news=("error",)),
}


def _part_dtype(table: PartTable) -> np.dtype:
    return np.dtype(
        [
            ("counters", "i8", (len(table.counters),)),
            ("timings", HISTOGRAM_DTYPE, (len(table.timings),)),
            ("words", TEXT_DTYPE, (len(table.words) + len(table.news),)),
        ]
    )


_MEMORY = np.dtype([(name, _part_dtype(table)) for name, table in PARTS.items()])
_LAYOUT = f"health 1, {PARTS} {_MEMORY.descr}"


class PartHealth:
    """One process's part. It alone writes, from one thread; any process reads."""

    def __init__(self, table: PartTable, memory: np.ndarray) -> None:
        self.table = table
        self._counters = memory["counters"][0]
        self._words = memory["words"][0]
        self._counter_at = {name: i for i, name in enumerate(table.counters)}
        self._word_at = {name: i for i, name in enumerate(table.words + table.news)}
        self._timings = {
            name: Histogram(memory["timings"][0, i : i + 1]) for i, name in enumerate(table.timings)
        }

    def add(self, counter: str, n: int = 1) -> None:
        """Adds to a counter. KeyError for a name that is not in the table, as in all that follows."""
        self._counters[self._counter_at[counter]] += n

    def set(self, counter: str, value: int) -> None:
        """Sets a counter or gauge."""
        self._counters[self._counter_at[counter]] = value

    def get(self, counter: str) -> int:
        """A counter now."""
        return int(self._counters[self._counter_at[counter]])

    def time(self, timing: str, ms: float) -> None:
        """Counts one duration."""
        self._timings[timing].add(ms)

    def timing(self, timing: str) -> Histogram:
        """The durations so far."""
        return self._timings[timing]

    def say(self, topic: str, words: str) -> None:
        """Replaces what was last said on a topic; costs nothing where it is the same."""
        if words != self.words(topic):
            write_text(self._words[self._word_at[topic], ...], words)

    def words(self, topic: str) -> str:
        """What was last said on a topic, in words for people."""
        said = read_text(self._words[self._word_at[topic], ...])
        return said.text if said else ""

    def snapshot(self) -> dict[str, Any]:
        """Everything but what is numbered, for people and JSON; durations in ms to a microsecond."""
        counters = {name: self.get(name) for name in self.table.counters if "." not in name}
        timings = {
            name: {key: round(value, 3) for key, value in asdict(histogram.summary()).items()}
            for name, histogram in self._timings.items()
        }
        words = {name: self.words(name) for name in self._word_at if "." not in name}
        return counters | timings | {name: text for name, text in words.items() if text}


class Health:
    """The health of a whole show."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        memory = np.frombuffer(segment.body, _MEMORY, count=1)
        self._parts = {name: PartHealth(table, memory[name]) for name, table in PARTS.items()}

    @classmethod
    def create(cls, name: str) -> Health:
        """All at zero; lives until this object is closed."""
        return cls(Segment.create(name, _MEMORY.itemsize, _LAYOUT))

    @classmethod
    def attach(cls, name: str) -> Health:
        """The health of a running show. UserError where there is none or it is another version's."""
        return cls(Segment.attach(name, _LAYOUT))

    def part(self, name: str) -> PartHealth:
        """The part of `show`, `engine`, `stage`, `doors` or `panel`."""
        return self._parts[name]

    @property
    def stopping(self) -> bool:
        """The show is ending: whoever reads this ends now, with exit code 0."""
        return bool(self._parts["show"].get("stopping"))

    def stop(self) -> None:
        """Asks every process to end. The supervisor's."""
        self._parts["show"].set("stopping", 1)

    def close(self) -> None:
        """Lets go of the memory; it ends with its creator."""
        self._parts.clear()
        self._segment.close()
