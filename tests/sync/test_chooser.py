from dataclasses import dataclass
from dataclasses import replace as changed

import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import SYNC_SOURCES
from stemlight.sync.chooser import HOLD_S, TempoChooser

STEP_S = 0.05
HEARD = Timeline(128.0, 17.25, 100.0)
MIDI = Timeline(128.0, 4.0, 100.0)


@dataclass
class FakeSource:
    now: Timeline | None = None
    knows: str = "bar"
    words: str = "how it fares"

    def line(self, now_s, beats_per_bar):
        return self.now and changed(self.now, beats_per_bar=beats_per_bar)


class FakeLink(FakeSource):
    peers = 0
    joined = False
    led: Timeline | None = None

    def take_part(self, wanted):
        self.joined = wanted

    def lead(self, line, now_s):
        self.led = line


@pytest.fixture
def midi():
    return FakeSource()


@pytest.fixture
def link():
    return FakeLink()


@pytest.fixture
def show(memory, midi, link):
    return Show(
        memory,
        TempoChooser({"midi": midi, "osc": FakeSource()}, link, memory.controls, memory.lines, memory.part),
    )


class Show:
    """The chooser, and a clock for it; what is heard goes on."""

    def __init__(self, memory, chooser):
        self.memory, self.chooser, self.now_s = memory, chooser, 100.0

    def run(self, seconds=STEP_S, heard=HEARD, confidence=0.9):
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            if heard:
                self.memory.hear(heard, self.now_s, confidence)
            self.chooser.step(self.now_s)
        return self.memory.lines.read("followed")

    def choose(self, source):
        self.memory.hand.set("sync.source", source)
        return self.run()

    def press(self, name):
        self.memory.hand.fire(name)
        return self.run()


def test_the_sound_is_followed_until_somebody_chooses(show, midi, memory):
    midi.now = MIDI
    assert show.run(1.0) is None
    assert memory.part.words("sync") == "following the sound"
    assert memory.part.words("sync_news") == ""


def test_a_source_that_is_chosen_is_followed_and_it_is_said(show, midi, memory):
    midi.now = MIDI
    followed = show.choose("midi")
    assert followed.line == MIDI
    assert followed.said_s == show.now_s
    assert memory.part.words("sync_news") == "sync: following MIDI clock"
    assert memory.part.words("sync") == "following MIDI clock at 128.0 bpm: how it fares"
    assert show.choose("sound") is None
    assert memory.part.words("sync_news") == "sync: following the sound"


def test_a_source_that_is_away_leaves_it_to_the_sound(show, memory):
    assert show.choose("midi") is None
    assert memory.part.words("sync_news") == "sync: MIDI clock is away, following the sound"
    assert memory.part.words("sync") == "following the sound: how it fares"


def test_a_source_that_goes_is_believed_for_a_while_and_is_taken_back(show, midi, memory):
    midi.now = MIDI
    show.choose("midi")
    midi.now = None
    assert show.run(HOLD_S - 2 * STEP_S).line == MIDI
    assert show.run(4 * STEP_S) is None
    assert memory.part.get("source_lost") == 1
    assert memory.part.words("sync_news") == "sync: MIDI clock is away, following the sound"
    midi.now = MIDI
    assert show.run().line == MIDI
    assert memory.part.words("sync_news") == "sync: following MIDI clock"


def test_the_next_source_goes_round(show, memory):
    seen = []
    for _ in SYNC_SOURCES:
        show.press("sync.next_source")
        seen.append(memory.hand.get("sync.source"))
    assert tuple(seen) == (*SYNC_SOURCES[1:], SYNC_SOURCES[0])


def test_what_people_say_of_the_beat_is_about_the_one_that_is_followed(show, midi):
    midi.now = MIDI
    show.choose("midi")
    assert show.press("beat.double").line.tempo_bpm == 256.0
    assert show.press("beat.halve").line == MIDI
    assert show.press("beat.half_shift").line.beat_at(100.0) == pytest.approx(4.5)
    show.choose("sound")
    assert show.choose("midi").line == MIDI  # said of the beat that was


def test_while_the_sound_is_followed_nothing_is_kept_for_later(show, midi):
    show.press("beat.double")
    midi.now = MIDI
    assert show.choose("midi").line == MIDI


@pytest.mark.parametrize(("knows", "beat"), [("tempo", 17.25), ("beat", 17.0), ("bar", 4.0)])
def test_what_the_source_does_not_know_is_taken_from_the_ear(show, midi, knows, beat):
    midi.now, midi.knows = MIDI, knows
    followed = show.choose("midi").line
    assert followed.tempo_bpm == 128.0
    assert followed.beat_at(100.0) == pytest.approx(beat)


def test_a_start_that_comes_later_ends_the_guess(show, midi):
    midi.now, midi.knows = MIDI, "tempo"
    show.choose("midi")
    midi.knows = "bar"
    assert show.run().line == MIDI


def test_an_ear_that_is_not_sure_has_no_say(show, midi):
    midi.now, midi.knows = MIDI, "tempo"
    show.memory.hand.set("sync.source", "midi")
    assert show.run(confidence=0.2).line == MIDI


def test_bars_are_as_long_as_the_control_says(show, midi, memory):
    midi.now = MIDI
    memory.hand.set("sync.beats_per_bar", 3)
    assert show.choose("midi").line.beats_per_bar == 3


def test_how_late_each_source_is_against_the_sound_is_measured(show, midi, memory):
    midi.now = changed(HEARD, time_origin_s=HEARD.time_origin_s + 0.012, beat_origin=HEARD.beat_origin - 8)
    show.run(1.0)
    assert memory.part.get("midi_error_us") == pytest.approx(12_000, abs=2)
    assert memory.part.timing("midi_error_ms").summary().count == 10
    show.run(1.0, confidence=0.1)
    assert memory.part.timing("midi_error_ms").summary().count == 10
    assert memory.part.timing("osc_error_ms").summary().count == 0


def test_taps_are_a_source(show, memory, monkeypatch):
    monkeypatch.setattr("stemlight.bus.controls.time.perf_counter", lambda: show.now_s)
    assert show.choose("tap") is None
    for _ in range(4):
        followed = show.press("beat.tap")
        show.run(0.45)
    assert followed.line.tempo_bpm == pytest.approx(120.0)
    assert memory.part.words("sync_news") == "sync: following taps"


@pytest.mark.parametrize(
    ("settings", "joined"),
    [({}, False), ({"sync.link": True}, True), ({"sync.source": "link"}, True), ({"sync.lead": True}, True)],
)
def test_link_is_joined_when_somebody_wants_it(show, link, memory, settings, joined):
    for name, value in settings.items():
        memory.hand.set(name, value)
    show.run()
    assert link.joined == joined


def test_nobody_leads_unasked(show, link, memory):
    memory.hand.set("sync.source", "link")
    link.now, link.peers = MIDI, 1
    show.run(5.0)
    assert link.led is None


def test_a_session_that_nobody_else_is_in_is_kept_at_what_is_heard_for_who_comes(show, link, memory):
    memory.hand.set("sync.source", "link")
    show.run(1.0, confidence=0.2)
    assert link.led is None
    show.run(1.0)
    assert link.led == HEARD


def test_who_leads_gives_what_is_followed_or_heard_and_follows_nobody_in_the_session(
    show, link, midi, memory
):
    link.now = changed(MIDI, tempo_bpm=90.0)
    memory.hand.set("sync.lead", True)
    assert show.choose("link") is None
    assert link.led == HEARD
    midi.now = MIDI
    show.choose("midi")
    assert link.led == MIDI


def test_an_engine_that_died_is_not_led_by(show, link, memory):
    memory.hand.set("sync.lead", True)
    show.run(2.0)
    link.led = None
    show.run(2.0, heard=None)
    assert link.led == HEARD  # for a second
    link.led = None
    show.run(2.0, heard=None)
    assert link.led is None
