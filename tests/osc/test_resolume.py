"""A Resolume that plays along: it runs at the tempo it was sent, and its one is where it was resynced."""

import math

import pytest
from stemlight.analysis.feature_frame import HOP_S
from stemlight.errors import UserError
from stemlight.osc.bundles import HOLD_HOPS, Bundles
from stemlight.osc.profiles import address_table
from stemlight.osc.resolume import LINKS, SURE_S, TOLERANCE_BEATS, ResolumeClock, resolume_table

TEMPO, RESYNC = "/composition/tempocontroller/tempo", "/composition/tempocontroller/resync"


class Rig:
    """Music that is heard, and the Resolume that is sent what was heard."""

    def __init__(self, frame, frame_after, read, resync="auto", tempo="normalised", **bundles):
        self._frame, self._frame_after, self._read = frame, frame_after, read
        self._bundles = Bundles(
            resolume_table(tempo, resync, LINKS, {}),
            ResolumeClock(resync),
            **({"only_on_change": True} | bundles),
        )
        self.hop = 0
        self.beat, self.bpm, self.confidence, self.per_bar = 100.0, 120.0, 0.9, 4
        self.tempos, self.resyncs, self.releases = [], [], []  # (hop, value); hops
        self.theirs, self.their_bpm = 1.3, 97.0  # in beats since the one

    def play(self, seconds):
        for _ in range(round(seconds / HOP_S)):
            self.hop += 1
            self.beat += self.bpm / 60.0 * HOP_S
            self.theirs += self.their_bpm / 60.0 * HOP_S
            frame = self._frame_after(
                self._frame, self.hop, beat=self.beat, beat_count=int(self.beat), tempo_bpm=self.bpm,
                bar_count=int(self.beat / self.per_bar), tempo_confidence=self.confidence,
                beats_per_bar=self.per_bar,
            )  # fmt: skip
            for address, (value,) in self._read(self._bundles.encode(frame, frame.time_s)):
                if address == TEMPO:
                    self.tempos.append((self.hop, value))
                    self.their_bpm = value * 480.0 + 20.0
                elif address == RESYNC and value == 1:
                    self.resyncs.append(self.hop)
                    self.theirs = 0.0
                elif address == RESYNC:
                    self.releases.append(self.hop)

    @property
    def apart(self):
        """How far its bar is from the music's, in beats."""
        return math.remainder(self.theirs - self.beat, self.per_bar)


@pytest.fixture
def rig(frame, frame_after, read):
    return lambda **options: Rig(frame, frame_after, read, **options)


def test_it_comes_to_play_the_same_bar_at_the_same_tempo(rig):
    rig = rig()
    rig.play(20.0)
    assert rig.their_bpm == pytest.approx(120.0, abs=0.01)
    assert abs(rig.apart) < TOLERANCE_BEATS
    assert len(rig.resyncs) == 1  # once is enough: from there on both run alike
    assert rig.releases == [rig.resyncs[0] + HOLD_HOPS]


def test_nothing_is_said_of_the_tempo_before_it_is_sure(rig):
    rig = rig()
    rig.confidence = 0.3
    rig.play(10.0)
    assert rig.tempos == [] and rig.resyncs == []
    rig.confidence = 0.9
    rig.play(SURE_S - 0.1)
    assert rig.tempos == []
    rig.play(4.0)
    assert rig.tempos and rig.resyncs


def test_a_resync_comes_on_the_bar_line(rig):
    rig = rig()
    rig.play(10.0)
    beat_then = 100.0 + rig.resyncs[0] * HOP_S * 2.0
    assert beat_then % 4.0 < 2.0 * HOP_S + 1e-9


def test_another_tempo_is_followed_and_the_bar_kept(rig):
    rig = rig()
    rig.play(20.0)
    rig.bpm = 128.0
    rig.play(20.0)
    assert rig.their_bpm == pytest.approx(128.0, abs=0.01)
    assert abs(rig.apart) < TOLERANCE_BEATS
    assert len(rig.resyncs) <= 3


def test_a_bar_line_that_was_corrected_is_told_once(rig):
    rig = rig()
    rig.play(20.0)
    rig.beat += 1.0
    rig.play(20.0)
    assert abs(rig.apart) < TOLERANCE_BEATS
    assert len(rig.resyncs) == 2


def test_a_tempo_that_wavers_does_not_resync_each_bar(rig):
    rig = rig()
    rig.play(10.0)
    for step in range(60):
        rig.bpm = 120.0 + 0.3 * math.sin(step)
        rig.play(1.0)
    assert abs(rig.apart) < 2 * TOLERANCE_BEATS
    assert len(rig.resyncs) < 10  # of 30 bars


def test_a_waltz_is_not_resynced_each_bar(rig):
    rig = rig()
    rig.per_bar = 3
    rig.beat = 99.0
    rig.play(30.0)
    assert len(rig.resyncs) == 1


def test_each_bar_if_asked_and_never_if_not(rig):
    each = rig(resync="bar")
    each.play(22.1)
    assert len(each.resyncs) == 10  # 2 s a bar, from the third second on
    never = rig(resync="off")
    never.play(10.0)
    assert never.resyncs == [] and never.tempos


def test_the_tempo_is_normalised_or_raw():
    def encoded(tempo):
        (row,) = [row for row in resolume_table(tempo, "off", {}, {}) if row.address == TEMPO]
        return 120.0 * row.scale + row.bias, row.low, row.high

    assert encoded("normalised") == (pytest.approx((120 - 20) / 480), 0.0, 1.0)
    assert encoded("raw") == (120.0, 20.0, 500.0)
    assert resolume_table("off", "off", {}, {}) == ()


def test_a_band_of_a_spectrum_may_move_a_knob(frame, read):
    table = resolume_table("off", "off", {"spectrum.12": "link 1", "stem_spectrum.bass.3": "link 2"}, {})
    sent = dict(read(Bundles(table).encode(frame, frame.time_s)))
    assert sent["/composition/dashboard/link1"] == [frame.spectrum[12]]
    assert sent["/composition/dashboard/link2"] == [frame.stem_spectrum[1, 3]]


def test_stems_move_the_dashboard_as_they_are(frame, frame_after, read):
    frame = frame_after(frame, tempo_confidence=0.0)
    sent = dict(read(Bundles(address_table("resolume"), ResolumeClock("auto")).encode(frame, frame.time_s)))
    assert TEMPO not in sent
    for link, name in enumerate(LINKS, 1):
        assert sent[f"/composition/dashboard/link{link}"] == [pytest.approx(frame.value(name))]


def test_what_has_another_range_is_brought_to_resolumes(frame, frame_after, read):
    table = resolume_table("off", "off", {"loudness_db": "layer 2 opacity"}, {})
    for loudness, expected in ((-120.0, 0.0), (-57.0, 0.5), (6.0, 1.0), (20.0, 1.0)):
        frame = frame_after(frame, loudness_db=loudness)
        (message,) = read(Bundles(table).encode(frame, frame.time_s))
        assert message == ("/composition/layers/2/video/opacity", [pytest.approx(expected)])


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("link 3", "/composition/dashboard/link3"),
        ("layer 2 link 8", "/composition/layers/2/dashboard/link8"),
        ("layer 1 opacity", "/composition/layers/1/video/opacity"),
        ("layer 1 clip 12", "/composition/layers/1/clips/12/connect"),
        ("layer 1 next", "/composition/layers/1/connectnextclip"),
        ("column 2", "/composition/columns/2/connect"),
        ("column next", "/composition/connectnextcolumn"),
        ("/composition/master", "/composition/master"),
    ],
)
def test_places_are_named_shortly_or_in_full(place, address):
    (row,) = resolume_table("off", "off", {"drums.level": place}, {})
    assert row.address == address


@pytest.mark.parametrize("place", ["", "link 9", "layer x clip 1", "composition/master", "/a b", "/a*", "/ä"])
def test_what_is_no_place_is_one_clear_line(place):
    with pytest.raises(UserError, match="`column 2`"):
        resolume_table("off", "off", {}, {"kick": place})


@pytest.mark.parametrize(
    ("values", "triggers", "said"),
    [
        ({"drum.level": "link 1"}, {}, "did you mean 'drums.level'"),
        ({"drums.time": "link 1"}, {}, "no range"),
        ({"waveform.3": "link 1"}, {}, "no range"),
        ({"side.3": "link 1"}, {}, "no range"),
        ({"x": "link 1"}, {}, "`stemlight osc` lists them"),
        ({"beat_count": "link 1"}, {}, "no range"),
        ({}, {"kik": "column 1"}, "did you mean 'kick'"),
        ({}, {"x": "column 1"}, "there are: all, low"),
    ],
)
def test_what_is_no_value_or_event_is_one_clear_line(values, triggers, said):
    with pytest.raises(UserError, match=said):
        resolume_table("off", "off", values, triggers)


def test_an_event_fires_a_clip_and_lets_it_go(frame, frame_after, read):
    bundles = Bundles(resolume_table("off", "off", {}, {"drop": "column 2"}))
    bundles.encode(frame, frame.time_s)
    sent = []
    for hop in range(20):
        frame = frame_after(frame, drop_count=frame.drop_count + (hop == 3))
        sent += [(hop, *message) for message in read(bundles.encode(frame, frame.time_s))]
    column = "/composition/columns/2/connect"
    assert sent == [(3, column, [1]), (3 + HOLD_HOPS, column, [0])]
