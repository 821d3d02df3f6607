"""Our part in a session, with a peer that keeps the session in memory; the network is for tests/real."""

import time

import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.sync.link_session import LEAD_BEATS, MISSING, LinkSession

CLOCK_AHEAD_S = 1234.5  # of the host's


class FakeSession:
    def __init__(self, peer):
        self.peer, self.line = peer, peer.line

    def tempo(self):
        return self.line.tempo_bpm

    def setTempo(self, tempo_bpm, micros):  # noqa: N802 - the library's names
        at_s = micros * 1e-6
        self.line = Timeline(tempo_bpm, self.line.beat_at(at_s), at_s)

    def beatAtTime(self, micros, quantum):  # noqa: N802
        return self.line.beat_at(micros * 1e-6)

    def phaseAtTime(self, micros, quantum):  # noqa: N802
        return self.line.phase_at(micros * 1e-6, quantum)

    def forceBeatAtTime(self, beat, micros, quantum):  # noqa: N802
        self.line = Timeline(self.line.tempo_bpm, beat, micros * 1e-6)


class FakePeer:
    def __init__(self, tempo_bpm):
        self.line = Timeline(tempo_bpm, 0.0, 0.0)
        self.others = 0
        self.commits = 0
        self.enabled = False

    def clock(self):
        return self

    def micros(self):
        return round((time.perf_counter() + CLOCK_AHEAD_S) * 1e6)

    def numPeers(self):  # noqa: N802
        return self.others

    def captureAppSessionState(self):  # noqa: N802
        return FakeSession(self)

    def commitAppSessionState(self, session):  # noqa: N802
        self.line = session.line
        self.commits += 1


@pytest.fixture
def peer():
    return FakePeer(120.0)


@pytest.fixture
def session(peer):
    session = LinkSession(lambda tempo_bpm: peer)
    session.take_part(True)
    return session


def test_alone_there_is_nobody_to_follow(session, peer):
    assert session.joined
    assert session.line(10.0, 4) is None
    peer.others = 2
    assert session.words == "Ableton Link with 2 others"
    assert session.line(10.0, 4) is not None


def test_the_sessions_beat_is_brought_to_the_hosts_clock(session, peer):
    peer.others = 1
    peer.line = Timeline(97.0, 5.5, 60.0 + CLOCK_AHEAD_S)
    line = session.line(62.0, 3)
    assert (line.tempo_bpm, line.beats_per_bar) == (97.0, 3)
    assert line.beat_at(60.0) == pytest.approx(5.5, abs=1e-3)


def test_a_follower_sets_nothing(session, peer):
    peer.others = 1
    for step in range(100):
        session.line(step, 4)
    assert peer.commits == 0


def test_who_leads_gives_tempo_beat_and_bar_and_then_holds_still(session, peer):
    peer.others = 1
    ours = Timeline(131.0, 7.25, 100.0)
    for step in range(400):
        session.lead(ours, 100.0 + 0.05 * step)
    assert peer.line.tempo_bpm == pytest.approx(131.0, abs=0.06)
    now_s = 120.0
    off = peer.line.beat_at(now_s + CLOCK_AHEAD_S) - ours.beat_at(now_s)
    assert abs((off + 2.0) % 4.0 - 2.0) <= LEAD_BEATS
    quiet = peer.commits
    session.lead(ours, 120.0)
    session.lead(ours, 120.05)
    assert peer.commits - quiet <= 1


def test_a_tempo_that_trembles_as_the_ear_hears_it_leaves_the_session_alone(session, peer):
    peer.others = 1
    for step in range(400):
        session.lead(Timeline(128.0, 2.0 * 128 / 120 * 0.05 * step, 0.05 * step), 0.05 * step)
    before = peer.commits
    for step in range(400, 1400):
        tempo_bpm = 128.0 + (0.2 if step % 2 else -0.2)
        session.lead(Timeline(tempo_bpm, 2.0 * 128 / 120 * 0.05 * step, 0.05 * step), 0.05 * step)
    assert peer.commits - before <= 5  # 50 s


def test_who_leaves_is_out(session, peer):
    peer.others = 1
    session.take_part(False)
    assert not session.joined
    assert session.line(1.0, 4) is None
    session.lead(Timeline(99.0, 0.0, 0.0), 1.0)
    assert peer.commits == 0


def test_a_library_that_is_missing_is_said_and_asked_for_once(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "link", None)
    session = LinkSession()
    session.take_part(True)
    assert session.words == MISSING
    assert not session.joined
    assert session.line(0.0, 4) is None
