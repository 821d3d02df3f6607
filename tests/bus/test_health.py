import json

import numpy as np
import pytest
from stemlight.bus.health import PARTS, Health
from stemlight.bus.histogram import HISTOGRAM_DTYPE, Histogram


@pytest.fixture
def name(new_name):
    return new_name()


@pytest.fixture
def health(name):
    health = Health.create(name)
    yield health
    health.close()


@pytest.fixture
def histogram():
    return Histogram(np.zeros(1, HISTOGRAM_DTYPE))


def test_a_successor_counts_on(health, name):
    for _ in range(2):  # the engine, and the engine that came after it
        engine = Health.attach(name)
        engine.part("engine").add("hops", 5)
        engine.part("engine").time("hop_ms", 1.0)
        engine.close()
    assert health.part("engine").get("hops") == 10
    assert health.part("engine").timing("hop_ms").summary().count == 2


def test_a_name_that_is_not_in_the_table_is_an_error(health):
    with pytest.raises(KeyError):
        health.part("engine").add("hopss")


def test_parts_do_not_share(health):
    health.part("stage").add("draws")
    health.part("stage").say("last", "drawing")
    assert health.part("engine").words("last") == ""
    assert sum(health.part("engine").get(counter) for counter in PARTS["engine"].counters) == 0


def test_everyone_learns_that_the_show_ends(health, name):
    stage = Health.attach(name)
    assert not stage.stopping
    health.stop()
    assert stage.stopping
    stage.close()


def test_a_snapshot_is_json(health):
    health.part("engine").say("input", "listening to “Scarlett”")
    snapshot = json.loads(json.dumps(health.part("engine").snapshot()))
    assert snapshot["input"] == "listening to “Scarlett”"
    assert snapshot["hop_ms"]["count"] == 0


def test_quantiles_agree_with_the_durations_themselves(histogram):
    durations = np.random.default_rng(1).lognormal(0.0, 1.0, 20_000)
    for ms in durations:
        histogram.add(float(ms))
    found = histogram.summary()
    assert found.count == durations.size
    assert found.mean == pytest.approx(durations.mean())
    assert found.max == durations.max()
    for quantile, share in ((found.p50, 0.5), (found.p99, 0.99), (found.p999, 0.999)):
        assert quantile == pytest.approx(np.quantile(durations, share), rel=0.05)


def test_durations_outside_the_bins_are_counted(histogram):
    histogram.add(0.0)
    histogram.add(1e6)
    assert histogram.summary().count == 2
    assert histogram.summary().max == 1e6


def test_an_empty_histogram_says_zero(histogram):
    assert histogram.quantile(0.99) == 0.0
