import multiprocessing.connection
import os
import signal

import pytest
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.show import HEALTHY_S, LONGEST_PAUSE_S, Backoff, Child, ShowSettings, Supervisor, run_show


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("stemlight.show.FIRST_PAUSE_S", 0.01)


@pytest.fixture
def health():
    health = Health.create(segment_name("health"))
    yield health
    health.close()


@pytest.fixture
def signals():
    return []


@pytest.fixture
def show(health, signals):
    """A show of an engine and perhaps a stage that do as their names say."""

    def make(engine, stage=None):
        children = [Child("engine", f"show_children:{engine}", segment_name("health"))]
        if stage:
            children.append(Child("stage", f"show_children:{stage}", segment_name("health")))
        return Supervisor(children, health, signals)

    return make


def test_who_dies_is_left_in_peace_ever_longer(monkeypatch):
    monkeypatch.undo()
    backoff = Backoff()
    pauses = [backoff.after(lived_s=0.5) for _ in range(8)]
    assert pauses == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    assert backoff.after(lived_s=HEALTHY_S) == 0.0  # it had recovered
    assert backoff.after(lived_s=0.5) == 1.0


def test_a_child_that_is_done_ends_the_show_and_the_others(show, health):
    show("ends", "plays_until_asked_to_end").run()
    assert health.stopping
    assert health.part("show").get("engine_restarts") == 0


def test_what_dies_comes_back_and_it_is_said_in_words(show, health, capsys):
    show("dies_twice_then_ends", "plays_until_asked_to_end").run()
    assert health.part("show").get("engine_restarts") == 2
    assert health.part("show").get("stage_restarts") == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "stemlight: engine died (RuntimeError: out of luck); starting it again"
    assert len(said) == 2


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_who_was_killed_comes_back(show, health, capsys):
    show("is_killed_once_then_ends").run()
    assert health.part("show").get("engine_restarts") == 1
    assert "killed by SIGKILL" in capsys.readouterr().err


def test_what_cannot_begin_ends_the_show_with_its_reason(show, health):
    with pytest.raises(UserError, match="no device named 'Scarlet'"):
        show("cannot_begin", "plays_until_asked_to_end").run()
    assert health.stopping


@pytest.mark.parametrize(
    ("engine", "restarts"), [("cannot_begin_again_then_ends", 2), ("loses_its_device_once_then_ends", 1)]
)
def test_what_could_begin_once_is_tried_again(show, health, engine, restarts):
    show(engine).run()
    assert health.part("show").get("engine_restarts") == restarts


def test_the_clock_ends_the_show_and_starts_when_the_show_does(show, health):
    assert show("gets_to_work_slowly").run(seconds=0.5) >= 1.2
    assert health.part("engine").get("hops") > 10


def test_who_never_gets_to_work_does_not_stop_the_clock(show, monkeypatch):
    monkeypatch.setattr("stemlight.show.BEGIN_S", 0.5)
    assert show("ends_when_asked_but_does_nothing").run(seconds=0.5) >= 1.0


def test_who_does_not_end_when_asked_is_killed(show, monkeypatch):
    monkeypatch.setattr("stemlight.show.PATIENCE_S", 0.1)
    show("ends", "never_ends").run()


def test_a_second_ctrl_c_is_not_patient(show, health, signals, monkeypatch):
    monkeypatch.setattr("stemlight.show.PATIENCE_S", 1000.0)
    wait = multiprocessing.connection.wait

    def wait_and_press(sentinels, timeout):
        if health.part("stage").get("ready"):
            signals.append(signal.SIGINT)
        return wait(sentinels, timeout)

    monkeypatch.setattr("stemlight.show.wait", wait_and_press)
    show("never_ends").run()
    assert len(signals) >= 2


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (ShowSettings(osc=("localhost",)), "HOST:PORT"),
        (ShowSettings(sync="osc"), "--osc-in PORT"),
        (ShowSettings(osc=tuple(f"127.0.0.1:{port}" for port in range(9000, 9040))), "at most 32"),
    ],
)
def test_bad_settings_are_one_clear_line_before_anything_starts(settings, says):
    with pytest.raises(UserError, match=says):
        run_show(settings)


def test_stats_without_a_folder_are_refused_before_the_show_not_after_it(tmp_path):
    with pytest.raises(UserError, match="no folder"):
        run_show(ShowSettings(stats=tmp_path / "nowhere" / "stats.json"))
