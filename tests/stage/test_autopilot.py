"""The autopilot over imagined nights, bar by bar."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.stage.autopilot import Autopilot, AutopilotWishes
from stemlight.stage.moment import Moment

NAMES = tuple("abcdefgh")
BAR_S = 2.0  # four beats at 120
DRAWS = 16  # a bar


class Night:
    """A DJ who plays at 120 bpm for ever; bars are counted from 0."""

    def __init__(self, autopilot=None, names=NAMES, on_air="a", **wishes):
        self.autopilot = autopilot or Autopilot(seed=1)
        self.names, self.on_air, self.ready = names, on_air, True
        self.wishes = AutopilotWishes(**{"on": True, "bars": 8, **wishes})
        self.draw = 0
        self.moved_beats = 0.0  # by which the bar line was corrected
        self.drop_count, self.build = 3, 0.0
        self.first_bar = 100  # the night began long ago
        self.changes = []  # (bar, preset)

    @property
    def bar(self):
        return self.draw / DRAWS

    def play(self, bars):
        """Draws so many bars; what the autopilot chose is in `changes`."""
        for _ in range(round(bars * DRAWS)):
            self.step()
        return self.changes

    def step(self):
        time_s = self.draw * BAR_S / DRAWS
        record = empty_record()
        record["time_s"] = time_s - 0.03  # frames are a little older than what is shown
        record["beat"] = (time_s - 0.03) * 2.0 + self.moved_beats + 4 * self.first_bar
        record["bar_count"] = math.floor(record["beat"] / 4.0)
        record["drop_count"], record["build"] = self.drop_count, self.build
        chosen = self.autopilot.update(
            FeatureFrame(record), Moment.at_draw(self.draw, DRAWS / BAR_S),
            wishes=self.wishes, names=self.names, on_air=self.on_air, is_ready=self.ready,
        )  # fmt: skip
        if chosen:
            self.changes.append((self.bar, chosen))
            self.on_air = chosen
        self.draw += 1

    def bars_of_changes(self):
        return [bar for bar, _ in self.changes]


def test_a_preset_goes_on_the_bar_line_after_its_bars():
    night = Night(bars=8)
    night.play(40)
    assert night.bars_of_changes() == [8, 16, 24, 32]


@pytest.mark.parametrize(
    ("bars", "stays"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 8), (8, 8), (9, 12), (128, 128)]
)
def test_it_goes_at_the_end_of_a_phrase_but_sooner_where_a_person_wants_it_sooner(bars, stays):
    night = Night(bars=bars)
    night.play(2 * stays + 1)
    assert night.bars_of_changes() == [stays, 2 * stays]


def test_what_comes_is_known_from_the_last_change_on():
    night = Night(bars=8)
    night.step()
    planned = []
    while night.bar < 40:
        coming = night.autopilot.coming
        assert coming in NAMES and coming != night.on_air
        assert night.autopilot.bars_left == 8 - math.floor(night.bar - 1.0 / DRAWS) % 8
        planned.append(coming)
        night.step()
    assert [name for _, name in night.changes] == list(dict.fromkeys(planned))[: len(night.changes)]


def test_one_that_is_not_ready_is_waited_for_to_the_end_of_the_next_phrase():
    night = Night(bars=8)
    night.ready = False
    night.play(9)
    night.ready = True
    night.play(11)
    assert night.bars_of_changes() == [12]


def test_a_drop_brings_the_next_preset_at_once_and_begins_a_phrase():
    night = Night(bars=8)
    night.play(6)
    night.drop_count += 1
    night.play(14)
    assert night.bars_of_changes() == [6, 14]


def test_a_drop_that_is_called_a_little_before_its_bar_line_begins_the_bar():
    night = Night(bars=8)
    night.play(5 + 15 / 16)
    night.drop_count += 1
    night.play(15)
    assert night.bars_of_changes() == [5 + 15 / 16, 14]


def test_a_drop_soon_after_a_change_changes_nothing_but_the_phrase():
    night = Night(bars=8)
    night.play(8 + 2)
    night.drop_count += 1
    night.play(20)
    assert night.bars_of_changes() == [8, 18, 26]


def test_a_drop_whose_preset_is_not_ready_gets_it_within_a_beat_or_at_the_end_of_the_phrase():
    night = Night(bars=8)
    night.play(6)
    night.drop_count += 1
    night.ready = False
    night.play(3 / 16)
    night.ready = True
    night.play(1)
    assert night.bars_of_changes() == [6 + 3 / 16]

    night = Night(bars=8)
    night.play(6)
    night.drop_count += 1
    night.ready = False
    night.play(1)
    night.ready = True
    night.play(9)
    assert night.bars_of_changes() == [10]  # a phrase after the drop


def test_the_drops_of_a_night_that_went_before_are_none():
    night = Night(bars=8)
    night.play(4)
    night.drop_count = 0  # the engine began again
    night.play(2)
    assert night.changes == []


def test_drops_can_be_left_alone():
    night = Night(bars=8, drops=False)
    night.build = 1.0
    night.play(6)
    night.drop_count += 1
    night.play(11)
    assert night.bars_of_changes() == [8, 16]


def test_a_build_up_is_not_interrupted_and_its_drop_brings_the_next():
    night = Night(bars=8)
    night.play(7)
    night.build = 0.8
    night.play(6)
    night.drop_count += 1
    night.build = 0.0
    night.play(9)
    assert night.bars_of_changes() == [13, 21]


def test_a_build_up_that_leads_nowhere_is_waited_for_until_its_phrase_ends_and_not_for_ever():
    night = Night(bars=8)
    night.play(7)
    night.build = 0.8
    night.play(6)
    night.build = 0.2
    night.play(5)
    assert night.bars_of_changes() == [16]
    night = Night(bars=8)
    night.build = 1.0
    night.play(26)
    assert night.bars_of_changes() == [24]


def test_a_phrase_begins_again_where_the_bar_line_is_corrected():
    night = Night(bars=8)
    night.play(6.5)
    night.moved_beats += 1.0
    night.play(14)
    # Bar lines are a beat earlier now, and the corrected bar is the first of a phrase.
    assert night.bars_of_changes() == [9.75, 17.75]


def test_bars_that_move_as_whole_bars_are_no_correction():
    night = Night(bars=8)
    night.play(6.5)
    night.moved_beats += 4.0
    night.play(2.5)
    assert night.bars_of_changes() == [7]


def test_a_bar_line_that_is_corrected_all_the_time_holds_nothing_up_for_ever():
    night = Night(bars=8)
    for _ in range(30):
        night.play(1)
        night.moved_beats += 1.0
    assert len(night.changes) == 1
    assert 8 < night.changes[0][0] <= 24


def test_what_a_person_chooses_resets_the_count_and_stays_its_bars():
    night = Night(bars=8)
    night.play(5.5)
    night.on_air = night.autopilot.coming
    night.play(0.25)
    assert night.autopilot.coming != night.on_air
    night.play(9)
    assert night.bars_of_changes() == [14]  # it came on bar 6
    night.play(2)
    night.on_air = ""  # a scene by hand
    night.play(20)
    assert night.bars_of_changes() == [14, 25, 33]


def test_off_leaves_no_trace():
    night = Night(bars=8)
    night.play(7.9)
    assert night.autopilot.coming
    night.wishes = AutopilotWishes(on=False, bars=8)
    night.play(8)
    assert night.changes == [] and night.autopilot.coming == "" and night.autopilot.bars_left is None
    night.drop_count += 1
    night.wishes = AutopilotWishes(on=True, bars=8)
    night.play(10)
    assert night.bars_of_changes() == [24]  # counted from when it was turned on, in bar 15.9


def test_it_does_nothing_where_there_is_nothing_to_choose_from():
    for names in ((), ("a",)):
        night = Night(names=names, bars=1)
        night.play(4)
        assert night.changes == [] and night.autopilot.coming == ""
    night = Night(names=("a",), on_air="b", bars=1)
    assert night.play(4) == [(1, "a")]


def test_a_preset_that_cannot_be_shown_is_left_out_until_there_are_others():
    night = Night(bars=4)
    night.step()
    bad = night.autopilot.coming
    night.autopilot.refuse(bad)
    assert night.autopilot.coming not in ("", bad)
    night.play(4 * 20)
    played = {name for _, name in night.changes}
    assert played == set(NAMES) - {bad}
    night.names = (*NAMES, "new")
    night.play(4 * 20)
    assert {bad, "new"} <= {name for _, name in night.changes}
    for name in night.names:
        night.autopilot.refuse(name)
    assert night.autopilot.coming == ""


# --- the order ----------------------------------------------------------------------------------------------


def order(n, **night):
    night = Night(bars=1, **night)
    night.play(n + 1)
    return [name for _, name in night.changes][:n]


@pytest.mark.parametrize("n_names", range(2, 9))
def test_a_shuffle_plays_all_before_any_again_and_nothing_too_soon(n_names):
    names = NAMES[:n_names]
    played = ["a", *order(12 * n_names, names=names)]
    for first in range(0, len(played) - n_names, n_names):
        assert set(played[first : first + n_names]) == set(names)
    apart = min(3, (n_names - 1) // 2)
    for i in range(len(played)):
        assert played[i] not in played[max(i - max(apart, 1), 0) : i]
    assert max(Counter(pairwise(played)).values()) < 12 or n_names == 2  # no rut


def test_a_shuffle_is_the_same_for_the_same_seed_and_not_for_another():
    assert order(40) == order(40)
    assert order(40) != order(40, autopilot=Autopilot(seed=2))


def test_what_a_person_plays_has_had_its_turn():
    night = Night(bars=1)
    night.step()
    chosen = next(name for name in NAMES if name not in ("a", night.autopilot.coming))
    night.on_air = chosen
    night.play(7.5)
    assert sorted(["a", chosen, *(name for _, name in night.changes)]) == sorted(NAMES)


def test_a_playlist_is_played_in_its_order_round_and_round():
    night = {"shuffle": False, "playlist": ("C", "b", "no such", "c", "d")}
    assert order(6, **night) == list("cbcdcb")
    assert order(4, **night, on_air="b") == list("cdcb")
    assert order(4, **night, on_air="d") == list("cbcd")


def test_without_a_playlist_all_are_played_by_name_and_a_shuffle_keeps_to_its_playlist():
    assert order(9, shuffle=False, on_air="c") == list("defghabcd")
    assert order(3, playlist=("nobody knows this",), shuffle=False) == list("bcd")
    assert set(order(20, playlist=("b", "c", "d"))) == {"b", "c", "d"}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["drop", "build", "calm", "slow", "ready", "person", "off", "on", "correct"]),
        max_size=30,
    ),
    st.integers(1, 12),
)
def test_it_never_changes_in_mid_bar_but_on_a_drop(happenings, bars):
    night = Night(bars=bars)
    for what in happenings:
        is_drop = what == "drop"
        night.drop_count += is_drop
        night.build = {"build": 1.0, "calm": 0.0}.get(what, night.build)
        night.ready = {"slow": False, "ready": True}.get(what, night.ready)
        if what == "person":
            night.on_air = "b"
        if what in ("on", "off"):
            night.wishes = AutopilotWishes(on=what == "on", bars=bars)
        night.moved_beats += what == "correct"
        before = len(night.changes)
        night.play(1.25)
        for bar, name in night.changes[before:]:
            assert is_drop or (bar + night.moved_beats / 4.0) % 1.0 == 0.0
            assert name in NAMES
    assert all(b[0] - a[0] > 0.5 for a, b in pairwise(night.changes))
