from itertools import pairwise

import pytest
from stemlight.stage.pacer import UNPACED_DRAWS, Pacer


def test_where_the_swap_waits_nothing_is_delayed():
    pacer = Pacer(60.0)
    for draw in range(100):
        assert pacer.delay_s(draw / 60.0 + 0.001) == 0.0
        pacer.swapped((draw + 1) / 60.0)
    assert not pacer.limits


def test_where_it_does_not_the_pace_is_kept_here():
    pacer = Pacer(60.0)
    now_s, swaps = 0.0, []
    for _ in range(700):
        now_s += pacer.delay_s(now_s) + 0.001  # drawing takes a millisecond
        pacer.swapped(now_s)
        swaps.append(now_s)
    assert pacer.limits
    assert (swaps[-1] - swaps[100]) / 599 == pytest.approx(1 / 60, rel=0.01)


def test_one_early_draw_is_no_lack_of_vsync():
    pacer = Pacer(60.0)
    now_s = 0.0
    for draw in range(10 * UNPACED_DRAWS):
        now_s += 0.002 if draw % UNPACED_DRAWS == 0 else 1 / 60
        pacer.swapped(now_s)
    assert not pacer.limits


def test_after_a_stall_it_does_not_race():
    pacer = Pacer(60.0)
    now_s = 0.0
    for _ in range(50):
        now_s += pacer.delay_s(now_s) + 0.001
        pacer.swapped(now_s)
    now_s += 3.0
    pacer.swapped(now_s)
    assert pacer.delay_s(now_s) == pytest.approx(1 / 60, abs=1e-3)


def test_moments_are_even_though_wake_ups_are_not():
    pacer = Pacer(60.0)
    seen = [pacer.seen_s(draw / 60.0 + (0.004 if draw % 3 else 0.0)) for draw in range(300)]
    steps = [b - a for a, b in pairwise(seen[50:])]
    assert max(steps) - min(steps) < 0.001
    assert seen[-1] == pytest.approx(300 / 60.0, abs=0.01)


def test_moments_follow_a_screen_that_is_a_little_off():
    pacer = Pacer(60.0)
    for draw in range(20_000):
        seen_s = pacer.seen_s(draw / 59.94)
    assert seen_s == pytest.approx(19_999 / 59.94 + 1 / 60, abs=0.01)


def test_a_missed_refresh_is_late():
    pacer = Pacer(60.0)
    assert pacer.swapped(0.0) is None
    assert not pacer.is_late(pacer.swapped(1 / 60))
    assert pacer.is_late(pacer.swapped(3 / 60))
