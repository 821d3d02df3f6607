"""What each profile sends, and how a destination may change it."""

import struct

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S
from stemlight.osc.bundles import EXACT, HOLD_HOPS, MARGIN_S, MAX_PACKET_BYTES, REFRESH_S, Bundles
from stemlight.osc.profiles import PROFILES, address_table
from stemlight.osc.schema import stemlight_table

TREE = """
/audio/level/{bass,mid,midhigh,high,all,raw} /audio/hits/{bass,mid,midhigh,high,all}
/audio/presence/{bass,mid,midhigh,high,all} /audio/time/{bass,mid,midhigh,high,all,curved}
/audio/beat/{onbeat,randomonbeat,beattime}
/audio/bpm/{bpm,bpmconfidence,bpmtwitcher,bpmsin,bpmsin2,bpmsin4,bpmsin8,bpmtri,bpmtri2,bpmtri4,bpmtri8}
/audio/energy/{intensity}
"""


def hops(frame, frame_after, count, **changes):
    """The frames that follow, one a hop."""
    for _ in range(count):
        frame = frame_after(frame, **changes)
        yield frame


def test_the_tree_of_synesthesia_is_whole_and_nothing_else():
    expected = {
        f"{branch}/{leaf}"
        for branch, leaves in (entry[:-1].split("/{") for entry in TREE.split())
        for leaf in leaves.split(",")
    }
    assert {row.address for row in address_table("synesthesia")} == expected


@pytest.mark.parametrize("profile", PROFILES)
def test_a_table_says_what_is_sent(profile):
    table = address_table(profile)
    assert len({row.address for row in table}) == len(table)
    for row in table:
        assert row.low < row.high and row.doc
        assert row.address.startswith("/") and " " not in row.address


def test_touchdesigner_is_sent_floats_alone_one_an_address(frame, read):
    for packet in Bundles(address_table("touchdesigner")).encode(frame, frame.time_s):
        for address, values in read([packet]):
            assert len(values) == 1 and isinstance(values[0], float), address
    assert [row.address for row in address_table("touchdesigner")] == [
        row.address for row in stemlight_table()
    ]


def test_touchdesigners_triggers_are_channels_from_the_first_bundle_and_stay_for_50_ms(
    frame, frame_after, read
):
    bundles = Bundles(address_table("touchdesigner"))
    assert dict(read(bundles.encode(frame, frame.time_s)))["/stemlight/drop/trigger"] == [0.0]
    seen = []
    for later in hops(frame, frame_after, HOLD_HOPS + 3, drop_count=frame.drop_count + 1):
        seen.append([v[0] for a, v in read(bundles.encode(later, 0.0)) if a == "/stemlight/drop/trigger"])
    assert seen[0] == [1.0, 1.0]  # at once, and with the levels
    assert seen[1:HOLD_HOPS] == [[1.0]] * (HOLD_HOPS - 1)
    assert seen[HOLD_HOPS:] == [[0.0]] * 3


def test_touchdesigners_counters_stay_exact(frame, frame_after, read):
    frame = frame_after(frame, beat_count=int(EXACT) + 7, beat=8.0)
    sent = dict(read(Bundles(address_table("touchdesigner")).encode(frame, frame.time_s)))
    assert sent["/stemlight/beat/count"] == [7.0]
    assert sent["/stemlight/beat/position"] == [8.0]


def test_a_rate_is_kept_on_average_and_events_do_not_wait(frame, frame_after, read):
    bundles = Bundles(stemlight_table(), rate_hz=30.0)
    levels, fired_at = 0, []
    bundles.encode(frame, frame.time_s)
    for number, later in enumerate(hops(frame, frame_after, 8613)):
        drops = frame.drop_count + 1 + number if number % 100 == 50 else frame.drop_count
        sent = dict(read(bundles.encode(frame_after(later, 0, drop_count=drops), 0.0)))
        levels += "/stemlight/loudness" in sent
        if sent.get("/stemlight/drop/trigger") == [1]:
            fired_at.append(number)
    assert levels == pytest.approx(30.0 * 8613 * HOP_S, abs=1)
    assert fired_at == list(range(50, 8613, 100))


def test_a_rate_beyond_the_hops_is_every_hop(frame, frame_after, read):
    bundles = Bundles(stemlight_table(), rate_hz=1000.0)
    for later in hops(frame, frame_after, 50):
        assert "/stemlight/frame" in dict(read(bundles.encode(later, later.time_s)))


def test_on_change_sends_what_changed_and_everything_once_a_second(frame, frame_after, read):
    bundles = Bundles(stemlight_table(), only_on_change=True)
    whole = len(read(bundles.encode(frame, frame.time_s)))
    sizes = []
    for number, later in enumerate(hops(frame, frame_after, 200)):
        now = frame_after(later, 0, loudness_db=-3.0) if 20 <= number < 50 else later
        sizes.append([address for address, _ in read(bundles.encode(now, now.time_s))])
    always = ["/stemlight/frame", "/stemlight/time"]
    assert sizes[0] == always
    assert sizes[20] == sizes[50] == [*always, "/stemlight/loudness"]
    assert sizes[21] == sizes[51] == always
    refreshed = [number for number, addresses in enumerate(sizes) if len(addresses) == whole]
    gaps = np.diff([-1, *refreshed]) * HOP_S
    assert len(refreshed) == 2 and all(REFRESH_S <= gap < REFRESH_S + HOP_S for gap in gaps)


def test_bundles_of_what_changed_fit_ethernet(frame, frame_after):
    bundles = Bundles(address_table("spectra"), only_on_change=True)
    bundles.encode(frame, 0.0)
    later = frame_after(frame, level=0.1, hits=0.2, presence=0.3, spectrum=0.4, stem_spectrum=0.5, chroma=0.6)
    packets = bundles.encode(later, 0.0)
    assert len(packets) > 1 and all(len(packet) <= MAX_PACKET_BYTES for packet in packets)


def test_a_prefix_stands_before_every_address(frame, frame_after, read):
    bundles = Bundles(stemlight_table(), prefix="/left")
    bundles.encode(frame, frame.time_s)
    later = frame_after(frame, drop_count=frame.drop_count + 1)
    sent = [address for address, _ in read(bundles.encode(later, later.time_s))]
    assert all(address.startswith("/left/stemlight/") for address in sent)
    assert "/left/stemlight/drop/trigger" in sent


def test_an_offset_sends_the_beat_early(frame, frame_after, read):
    frame = frame_after(frame, beat=7.75, beat_count=70, bar_count=10)  # 120 bpm: a quarter beat is 125 ms
    early = Bundles(stemlight_table(), offset_s=0.125)
    early.encode(frame, frame.time_s - 0.01)
    assert dict(read(early.encode(frame, frame.time_s)))["/stemlight/beat/trigger"] == [1]
    late = Bundles(stemlight_table(), offset_s=-0.125)
    assert dict(read(late.encode(frame, frame.time_s)))["/stemlight/beat/phase"] == [0.5]


@pytest.mark.parametrize("only_on_change", [False, True])
def test_time_tags_say_when_what_is_sent_holds(frame, frame_after, only_on_change):
    bundles = Bundles(stemlight_table(), time_tags=True, offset_s=0.25, only_on_change=only_on_change)
    bundles.encode(frame, 0.0, 1.7e9)
    later = frame_after(frame, drop_count=frame.drop_count + 1)
    packets = bundles.encode(later, 0.0, 1.7e9 + 0.5)
    assert len(packets) > 1
    for packet in packets:
        seconds, fraction = struct.unpack(">II", bytes(packet[8:16]))
        assert seconds - 2_208_988_800 + fraction / 2**32 == pytest.approx(1.7e9 + 0.75, abs=1e-6)


def test_between_two_frames_a_beat_is_sent_when_it_is_due(frame, frame_after, read):
    frame = frame_after(frame, beat=7.99, beat_count=70, bar_count=10)  # 5 ms before the line
    bundles = Bundles(stemlight_table())
    bundles.encode(frame, frame.time_s)
    assert bundles.due_s == pytest.approx(frame.time_s + 0.005 + MARGIN_S)
    assert bundles.encode_events(bundles.due_s - 2 * MARGIN_S) == []
    fired = read(bundles.encode_events(bundles.due_s))
    assert fired == [("/stemlight/beat/trigger", [1]), ("/stemlight/bar/trigger", [1])]
    assert bundles.due_s > frame.time_s + 0.5
    # The frame after says the same beat: it is not sent again, and is let go of after 50 ms.
    later = [dict(read(bundles.encode(f, f.time_s))) for f in hops(frame, frame_after, 10)]
    beats = [sent["/stemlight/beat/trigger"] for sent in later if "/stemlight/beat/trigger" in sent]
    assert beats == [[0]]


def test_before_the_first_beat_was_heard_none_is_sent(frame, frame_after, read):
    frame = frame_after(frame, beat=7.99, beat_count=0, bar_count=0)
    bundles = Bundles(stemlight_table())
    bundles.encode(frame, frame.time_s)
    assert bundles.due_s == float("inf")
    late = dict(read(bundles.encode(frame, frame.time_s + 0.3)))
    assert late["/stemlight/beat/count"] == late["/stemlight/bar/count"] == [0]
    assert "/stemlight/beat/trigger" not in late
    first = dict(read(bundles.encode(frame_after(frame, beat=9.0, beat_count=1), frame.time_s + HOP_S)))
    assert first["/stemlight/beat/trigger"] == [1]


def test_whoever_waits_until_a_beat_is_due_gets_it(frame, frame_after, read):
    """Rounding must never leave a beat that is due and not there: the engine would wait for it for ever."""
    random = np.random.default_rng(3)
    for _ in range(2000):
        tempo, beat, time_s = random.uniform(55, 215), random.uniform(0, 50_000), random.uniform(0, 30_000)
        frame = frame_after(frame, tempo_bpm=tempo, beat=beat, time_s=time_s, beat_count=1 + int(beat))
        bundles = Bundles(stemlight_table())
        bundles.encode(frame, time_s)
        due_s = bundles.due_s
        assert time_s < due_s <= time_s + 60.0 / tempo + 2 * MARGIN_S
        assert ("/stemlight/beat/trigger", [1]) in read(bundles.encode_events(due_s))
        assert bundles.due_s > due_s


def test_what_is_held_is_let_go_of_at_the_end(frame, frame_after, read):
    for profile in ("stemlight", "touchdesigner"):
        bundles = Bundles(address_table(profile))
        bundles.encode(frame, 0.0)
        bundles.encode(frame_after(frame, drop_count=frame.drop_count + 1), 0.0)
        assert read(bundles.last()) == [("/stemlight/drop/trigger", [0])]
        for later in hops(frame, frame_after, HOLD_HOPS + 2):
            bundles.encode(later, 0.0)
        assert bundles.last() == []


def test_a_table_of_nothing_sends_nothing(frame):
    assert Bundles(()).encode(frame, 0.0) == []
    assert Bundles((), only_on_change=True).encode(frame, 0.0) == []
