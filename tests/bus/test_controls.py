import multiprocessing
import threading

import pytest
from stemlight.bus.controls import _TEXTS, CONTROLS, SYNC_SOURCES, ControlBus
from stemlight.bus.text_cell import MAX_BYTES
from stemlight.errors import UserError

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def name(new_name):
    return new_name()


@pytest.fixture
def bus(name):
    bus = ControlBus.create(name)
    yield bus
    bus.close()


@pytest.fixture
def door(bus, name):
    """Opens further doors to the same values."""
    opened = []

    def open_door(which):
        opened.append(ControlBus.attach(name, which))
        return opened[-1]

    yield open_door
    for handle in opened:
        handle.close()


def test_the_table_is_sound():
    assert len({control.name for control in CONTROLS}) == len(CONTROLS)
    for control in CONTROLS:
        assert control.doc
        if control.kind in ("float", "int"):
            assert control.low <= control.default <= control.high


def test_everything_starts_at_its_default(bus):
    for control in CONTROLS:
        assert bus.get(control.name) == control.default
        assert type(bus.get(control.name)) is type(control.default)


def test_the_last_writer_wins(bus, door):
    door("osc").set("stage.brightness", 0.25)
    door("panel").set("stage.brightness", 0.5)
    assert bus.get("stage.brightness") == 0.5


def test_values_stay_in_range(bus):
    bus.set("beat.offset_ms", 9000.0)
    assert bus.get("beat.offset_ms") == 500.0
    bus.set("beat.offset_ms", float("-inf"))
    assert bus.get("beat.offset_ms") == -500.0


@pytest.mark.parametrize(
    ("control", "value"),
    [("stage.brightness", float("nan")), ("stage.brightness", "bright"), ("stage.scene", 1), ("beat.tap", 1)],
)
def test_a_value_of_another_kind_is_refused_and_changes_nothing(bus, control, value):
    before = bus.get(control)
    with pytest.raises(ValueError, match=control):
        bus.set(control, value)
    assert bus.get(control) == before


def test_an_unknown_name_says_what_is_near(bus):
    with pytest.raises(KeyError, match=r"beat\.double"):
        bus.fire("beat.duble")
    with pytest.raises(ValueError, match="not a trigger"):
        bus.fire("stage.blackout")


def test_the_newest_text_of_any_door_counts(bus, door):
    keyboard, osc = door("keyboard"), door("osc")
    keyboard.set("stage.scene", "tunnel")
    assert osc.get("stage.scene") == "tunnel"
    osc.set("stage.scene", "größer als der Mond")
    assert keyboard.get("stage.scene") == "größer als der Mond"
    keyboard.set("stage.scene", "")
    assert bus.get("stage.scene") == ""


def test_a_text_that_its_writer_died_in_is_passed_over(bus, door):
    bus.set("stage.scene", "tunnel")
    osc = door("osc")
    osc.set("stage.scene", "half a name")
    osc._texts["text"][_TEXTS.index("stage.scene"), osc._door, 3] ^= 255
    assert bus.get("stage.scene") == "tunnel"


def test_a_text_that_is_too_long_ends_in_an_ellipsis(bus):
    bus.set("stage.scene", "ü" * MAX_BYTES)
    text = bus.get("stage.scene")
    assert text.startswith("ü" * 100)
    assert text.endswith("…")


def test_a_trigger_is_news_once_to_each_reader(bus, door):
    first = door("panel")
    first.fire("beat.tap")
    late = door("keyboard")  # came after it
    first.fire("beat.tap")
    assert (bus.fires("beat.tap"), bus.fires("beat.tap")) == (2, 0)
    assert late.fires("beat.tap") == 1
    assert bus.fires("beat.double") == 0


def test_a_tap_keeps_its_moment(bus, door):
    assert bus.fired_at("beat.tap") == 0.0
    door("osc").fire("beat.tap")
    first = bus.fired_at("beat.tap")
    door("keyboard").fire("beat.tap")
    assert bus.fired_at("beat.tap") > first > 0.0


def fire_often(name: str, door: str, count: int) -> None:
    bus = ControlBus.attach(name, door)
    threads = [
        threading.Thread(target=lambda: [bus.fire("beat.tap") for _ in range(count // 2)]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_doors_in_different_processes_lose_no_trigger(bus, name):
    presses = [SPAWN.Process(target=fire_often, args=(name, door, 20_000)) for door in ("osc", "keyboard")]
    for process in presses:
        process.start()
    for process in presses:
        process.join()
    assert bus.fires("beat.tap") == 40_000


def test_another_table_is_one_clear_line(bus, name, monkeypatch):
    monkeypatch.setattr("stemlight.bus.controls._LAYOUT", "controls of tomorrow")
    with pytest.raises(UserError, match="another version"):
        ControlBus.attach(name, "panel")


@pytest.mark.parametrize(
    ("said", "means"), [("link", "link"), ("MIDI", "midi"), (0, "sound"), (3.0, "osc"), (2.4, "midi")]
)
def test_a_choice_is_named_by_its_word_or_by_its_place(bus, said, means):
    bus.set("sync.source", said)
    assert bus.get("sync.source") == means


@pytest.mark.parametrize("said", ["", "lnik", -1, len(SYNC_SOURCES), float("nan"), float("inf"), True])
def test_what_is_no_choice_changes_nothing(bus, said):
    with pytest.raises(ValueError, match=r"sync\.source is one of sound, link"):
        bus.set("sync.source", said)
    assert bus.get("sync.source") == "sound"


@pytest.mark.parametrize("name", [c.name for c in CONTROLS if c.choices])
def test_the_default_of_a_choice_is_one(name):
    control = next(c for c in CONTROLS if c.name == name)
    assert control.default in control.choices
    assert control.kind == "text"


def test_controls_without_a_door_are_read_and_heard_but_not_written(bus, door):
    engine = door(None)
    bus.set("stage.brightness", 0.5)
    bus.fire("beat.tap")
    assert engine.get("stage.brightness") == 0.5
    assert engine.fires("beat.tap") == 1
    for write in (lambda: engine.set("stage.scene", "ink"), lambda: engine.fire("beat.tap")):
        with pytest.raises(RuntimeError, match="for reading"):
            write()
