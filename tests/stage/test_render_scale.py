from collections.abc import Callable
from itertools import pairwise

import pytest
from stemlight.stage.render_scale import PATIENCE_S, STEPS, RenderScale, scaled

PERIOD_S = 1 / 60


class Machine:
    """A screen at 60 Hz and a graphics card that takes as long as it must draw pixels."""

    def __init__(self, full_s: float) -> None:
        self.full_s = full_s  # for a draw of the whole window
        self.scale, self.now_s, self.history = RenderScale(), 0.0, []

    def run(
        self, seconds: float, ceiling: float = 1.0, disturb: Callable[[float], float] = lambda s: 0.0
    ) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            share = self.scale.scale(ceiling)
            took_s = self.full_s * share**2 + disturb(self.now_s)
            refreshes = int(took_s / PERIOD_S) + 1
            self.now_s += refreshes * PERIOD_S
            self.scale.drawn(refreshes * PERIOD_S, refreshes > 1)
            self.history.append((self.now_s, share))

    def changes(self, since_s: float = 0.0) -> int:
        shares = [share for now_s, share in self.history if now_s >= since_s]
        return sum(a != b for a, b in pairwise(shares))


def test_a_machine_that_keeps_up_draws_all():
    machine = Machine(0.9 * PERIOD_S)
    machine.run(600.0)
    assert machine.changes() == 0
    assert machine.scale.scale() == 1.0


@pytest.mark.parametrize(("full", "share"), [(1.2, 0.85), (1.9, 0.7), (2.5, 0.6), (3.5, 0.5)])
def test_it_goes_down_to_what_the_machine_can_within_seconds(full, share):
    machine = Machine(full * PERIOD_S)
    machine.run(6.0)
    assert machine.scale.scale() == share


def test_a_machine_that_can_do_nothing_right_stays_at_the_smallest():
    machine = Machine(100.0 * PERIOD_S)
    machine.run(300.0)
    assert machine.scale.scale() == STEPS[-1]
    assert machine.changes() == len(STEPS) - 1


def test_it_comes_back_when_there_is_time_again():
    machine = Machine(2.5 * PERIOD_S)
    machine.run(10.0)
    machine.full_s = 0.5 * PERIOD_S
    machine.run(4 * PATIENCE_S)
    assert machine.scale.scale() == 1.0


def test_it_does_not_swing_where_the_next_size_is_too_large():
    machine = Machine(1.2 * PERIOD_S)
    machine.run(3600.0)
    assert machine.changes(since_s=0.0) < 40
    assert machine.changes(since_s=1800.0) <= 16  # ever more seldom: five minutes between tries at last
    smaller = sum(share < 1.0 for _, share in machine.history) / len(machine.history)
    assert smaller > 0.98


def test_patience_begins_anew_once_a_size_has_proven_itself():
    machine = Machine(1.2 * PERIOD_S)
    machine.run(600.0)  # it has learnt to wait
    machine.full_s = 0.5 * PERIOD_S
    machine.run(500.0)
    assert machine.scale.scale() == 1.0
    machine.full_s = 1.2 * PERIOD_S
    machine.run(5.0)
    machine.full_s = 0.5 * PERIOD_S
    machine.run(2 * PATIENCE_S)
    assert machine.scale.scale() == 1.0


def test_a_scene_that_loads_is_no_reason():
    machine = Machine(0.5 * PERIOD_S)
    machine.run(100.0, disturb=lambda now_s: 0.3 if now_s % 10.0 < PERIOD_S else 0.0)
    assert machine.changes() == 0


def test_the_person_says_how_much_at_most():
    machine = Machine(1.9 * PERIOD_S)
    machine.run(10.0, ceiling=0.6)
    assert machine.scale.scale(ceiling=0.6) == 0.6
    assert machine.changes() == 0
    machine.run(10.0, ceiling=0.9)
    assert machine.scale.scale(ceiling=0.9) == 0.7
    assert machine.scale.scale(ceiling=0.4) == 0.4
    assert machine.scale.scale(ceiling=0.9, automatic=False) == 0.9


def test_sizes():
    assert scaled((1920, 1080), 0.85) == (1632, 918)
    assert scaled((20, 17), 0.5) == (16, 16)
