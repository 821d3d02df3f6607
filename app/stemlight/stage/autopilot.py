"""Chooses the next preset and the bar line on which it comes, while nobody does.

A preset stays for so many bars and then goes at the end of a phrase: four bars since the last change, the
last drop, or the last time the bar line was corrected. A build-up is waited for, and a drop brings the next
preset at once.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import ControlBus
from stemlight.preset.library import name_key
from stemlight.stage.lines_passed import LinesPassed
from stemlight.stage.moment import Moment
from stemlight.stage.shown_beat import ShownBeat

PHRASE_BARS = 4  # what most music for dancing is built of
BUILD_UP = 0.5  # of the frame's `build`: a change would interrupt it
# A build-up, or a bar line that is corrected again and again, is waited for so long; then any line will do.
PATIENCE_BARS = 16
# After a drop, one whose preset was not ready may still come for so long: later it would be in mid-phrase.
DROP_GRACE_BEATS = 1.0
CORRECTED_BEATS = 0.25  # by which the bar line has moved: more than following the tempo moves it
RECENT = 3  # presets that a new shuffle does not begin with


@dataclass(frozen=True, slots=True)
class AutopilotWishes:
    """What the controls say of it."""

    on: bool = False
    bars: int = 16  # that a preset stays at least, as long as nothing drops
    shuffle: bool = True  # else in the order of the list
    playlist: tuple[str, ...] = ()  # names; empty: all presets
    drops: bool = True  # a drop brings the next preset, and build-ups are waited for

    @classmethod
    def of(cls, controls: ControlBus) -> AutopilotWishes:
        """As the controls are now."""
        names = str(controls.get("autopilot.playlist")).split(",")
        return cls(
            on=bool(controls.get("autopilot.on")),
            bars=int(controls.get("autopilot.bars")),
            shuffle=controls.get("autopilot.order") == "shuffle",
            playlist=tuple(name.strip() for name in names if name.strip()),
            drops=bool(controls.get("autopilot.drops")),
        )


class Autopilot:
    """Follows the bars and says when which preset comes. One thread; the same for the same seed.

    `coming` is known as soon as there is one, so that it can be made ready long before its bar line.
    """

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._begin()

    def _begin(self) -> None:
        """As if it had never been on; only chance goes on, so that no two sets of a night are alike."""
        self.coming = ""  # the preset that will be next; empty while off, or where there is no other
        self._wishes = AutopilotWishes()
        self._names: tuple[str, ...] = ()
        self._order = _Order(self._chance)
        self._refused: set[str] = set()
        self._on_air: str | None = None
        self._line: Timeline | None = None
        self._lines = LinesPassed()
        self._bar = 0  # bar lines since it was turned on
        self._changed_bar = 0  # the one on which the preset came that is on air
        self._phrase_bar = 0  # the one on which the phrase began
        self._drop_count: int | None = None
        self._dropped_beat: float | None = None  # of a drop whose preset is not there yet

    @property
    def bars_left(self) -> int | None:
        """Until the change that is planned, if no drop comes before; None where none is planned."""
        if not self.coming:
            return None
        earliest = max(self._changed_bar + self._wishes.bars, self._bar + 1)
        phrases = math.ceil((earliest - self._phrase_bar) / self._phrase_length)
        return self._phrase_bar + max(phrases, 1) * self._phrase_length - self._bar

    def update(
        self,
        frame: FeatureFrame,
        moment: Moment,
        *,
        wishes: AutopilotWishes,
        names: Sequence[str],
        on_air: str,
        is_ready: bool,
    ) -> str | None:
        """The preset that is to come on this draw, the first of a bar or of a drop; None on all others.

        `frame`: the newest. `names`: of all presets there are. `on_air`: the preset that was asked for last,
        by anybody: a person's choice begins the count anew. `is_ready`: whether `coming` can be shown now.
        """
        if not wishes.on:
            if self._wishes.on:
                self._begin()
            return None
        shown_s = moment.on_stream_s + moment.beat_lead_s
        shown = ShownBeat.at(frame, shown_s)
        n_bars = self._lines.update(shown.bar_count)
        self._bar += n_bars
        self._follow(frame.timeline, shown_s)
        # A drop is called a little before or after its bar line, and a song begins so.
        nearest_bar = self._bar + round(shown.bar_phase)
        next_bar = self._bar + math.ceil(shown.bar_phase)
        self._obey(wishes, tuple(names), on_air, nearest_bar if self._on_air is None else next_bar)
        has_dropped = self._has_dropped(frame.drop_count, shown.beat, nearest_bar)
        if not self.coming or not is_ready or not (has_dropped or self._is_due(n_bars, frame.build)):
            return None
        chosen = self._on_air = self.coming
        self._order.play(chosen)
        self._count_from(nearest_bar if has_dropped else self._bar)
        self._choose()
        return chosen

    def refuse(self, name: str) -> None:
        """Leaves out a preset that cannot be shown, until there are other presets; another one is coming."""
        self._refused.add(name)
        if name == self.coming:
            self._choose()

    def _follow(self, line: Timeline, shown_s: float) -> None:
        """Begins a phrase where the bar line has moved."""
        if self._line is not None:
            moved = line.beat_at(shown_s) - self._line.beat_at(shown_s)
            in_bar = max(line.beats_per_bar, 1)
            off = abs(math.remainder(moved, in_bar)) if math.isfinite(moved) else 0.0
            if off > CORRECTED_BEATS or line.beats_per_bar != self._line.beats_per_bar:
                self._phrase_bar = self._bar
        self._line = line

    def _obey(self, wishes: AutopilotWishes, names: tuple[str, ...], on_air: str, first_bar: int) -> None:
        """Takes what people have changed."""
        if wishes == self._wishes and names == self._names and on_air == self._on_air:
            return
        if on_air != self._on_air:
            self._on_air = on_air
            self._order.play(on_air)
            self._count_from(first_bar)  # on which it comes, as a rule
        if names != self._names:
            self._refused.clear()
        self._wishes, self._names = wishes, names
        self._choose()

    def _count_from(self, bar: int) -> None:
        self._changed_bar = self._phrase_bar = bar
        self._dropped_beat = None

    def _choose(self) -> None:
        names = [name for name in listed(self._wishes.playlist, self._names) if name not in self._refused]
        self.coming = self._order.next(names, self._wishes.shuffle, self._on_air or "")

    def _has_dropped(self, drop_count: int, beat: float, bar: int) -> bool:
        """Whether a drop asks for the next preset. It begins a phrase, and cuts none that began just now."""
        is_drop = self._drop_count is not None and drop_count > self._drop_count
        self._drop_count = drop_count
        if not self._wishes.drops:
            return False
        if is_drop:
            self._phrase_bar = bar
            self._dropped_beat = beat if bar - self._changed_bar >= self._phrase_length else None
        if self._dropped_beat is not None and not 0.0 <= beat - self._dropped_beat <= DROP_GRACE_BEATS:
            self._dropped_beat = None
        return self._dropped_beat is not None

    def _is_due(self, n_bars: int, build: float) -> bool:
        """Whether a bar began on this draw on which the preset may go."""
        for bar in range(self._bar - n_bars + 1, self._bar + 1):
            late = bar - self._changed_bar - self._wishes.bars
            in_phrase = (bar - self._phrase_bar) % self._phrase_length
            is_building = self._wishes.drops and build >= BUILD_UP
            ends_phrase = bar > self._phrase_bar and in_phrase == 0 and not is_building
            if late >= PATIENCE_BARS or (late >= 0 and ends_phrase):
                return True
        return False

    @property
    def _phrase_length(self) -> int:
        """Bars; shorter for who wants changes more often than that."""
        return min(PHRASE_BARS, self._wishes.bars)


def listed(playlist: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names of a playlist, as they are written in `names`; all of `names` where it has none of them."""
    known = {name_key(name): name for name in names}
    found = [known[name_key(name)] for name in playlist if name_key(name) in known]
    return found or list(names)


class _Order:
    """Which preset follows which. A shuffle is a bag: all come out of it before any goes in again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._bag: list[str] = []  # those whose turn is still to come, the next one first
        self._known: tuple[str, ...] = ()  # of which the bag was made
        self._recent: list[str] = []  # the newest last
        self._list: tuple[str, ...] = ()
        self._place = -1  # in the list, of what was played last

    def play(self, name: str) -> None:
        """`name` has its turn."""
        if name in self._bag:
            self._bag.remove(name)
        self._recent = [*(other for other in self._recent if other != name), name][-RECENT:]
        ahead = [(self._place + 1 + k) % len(self._list) for k in range(len(self._list))]
        self._place = next((place for place in ahead if self._list[place] == name), self._place)

    def next(self, names: Sequence[str], shuffle: bool, on_air: str) -> str:
        """Whose turn is next; empty where there is none but what is on air. Asks without giving it."""
        if tuple(names) != self._list:
            self._list = tuple(names)
            self._place = self._list.index(on_air) if on_air in self._list else -1
        if shuffle:
            return self._next_of_bag(tuple(dict.fromkeys(names)), on_air)
        ahead = [self._list[(self._place + 1 + k) % len(self._list)] for k in range(len(self._list))]
        return next((name for name in ahead if name != on_air), "")

    def _next_of_bag(self, names: tuple[str, ...], on_air: str) -> str:
        self._bag = [name for name in self._bag if name in names]
        for name in names:
            if self._known and name not in self._known:
                self._bag.insert(self._chance.randint(0, len(self._bag)), name)
        if not any(name != on_air for name in self._bag):
            # The first bag is the rest of one that what is on air came out of.
            self._fill(names if self._known else [name for name in names if name != on_air])
        self._known = names
        return next((name for name in self._bag if name != on_air), "")

    def _fill(self, names: Sequence[str]) -> None:
        """All in, and none of the last few first."""
        n_first = min(RECENT, (len(names) - 1) // 2)
        late = [name for name in self._recent[len(self._recent) - n_first :] if name in names]
        early = [name for name in names if name not in late]
        self._chance.shuffle(early)
        rest = early[n_first:] + late
        self._chance.shuffle(rest)
        self._bag = early[:n_first] + rest
