import struct

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S
from stemlight.osc.bundles import HOLD_HOPS, MAX_PACKET_BYTES, Bundles
from stemlight.osc.profiles import address_table

MOVED = {"beat", "beat_phase", "bar_phase", "beat_in_bar", "beat_count", "bar_count"}


@pytest.fixture(params=("stemlight", "spectra"))
def table(request):
    return address_table(request.param)


@pytest.fixture
def bundles():
    return Bundles(address_table("stemlight"))


def triggers(messages):
    return [(address, values[0]) for address, values in messages if address.endswith("/trigger")]


def test_every_number_arrives_as_it_is_in_the_frame(table, frame, read):
    sent = dict(read(Bundles(table).encode(frame, frame.time_s)))
    for row in table:
        if row.sent != "hop" or row.field in MOVED:
            continue
        expected = np.float32(frame.record[row.field][row.index]).reshape(-1)
        assert np.array_equal(np.float32(sent[row.address]), expected), row.address


def test_packets_are_poked_anew_for_each_frame(bundles, frame, frame_after, read):
    first = read(bundles.encode(frame, frame.time_s))
    second = read(bundles.encode(frame_after(frame, level=0.25), frame.time_s))
    assert dict(first)["/stemlight/bass/level"] != [0.25]
    assert dict(second)["/stemlight/bass/level"] == [0.25]


def test_packets_fit_ethernet_and_say_immediately(table, frame):
    for packet in Bundles(table).encode(frame, frame.time_s):
        assert len(packet) <= MAX_PACKET_BYTES
        assert bytes(packet[:16]) == b"#bundle\0" + struct.pack(">Q", 1)


def test_addresses_come_in_the_order_of_the_table(table, frame, read):
    addresses = [address for address, _ in read(Bundles(table).encode(frame, frame.time_s))]
    assert addresses == [row.address for row in table if row.sent == "hop"]


def test_beats_are_sent_as_they_are_at_the_moment_of_sending(bundles, frame, frame_after, read):
    frame = frame_after(frame, beat=7.75, beat_count=70, bar_count=10)  # 120 bpm: half a beat in 0.25 s
    at_frame = dict(read(bundles.encode(frame, frame.time_s)))
    later = dict(read(bundles.encode(frame, frame.time_s + 0.25)))
    earlier = dict(read(bundles.encode(frame, frame.time_s - 0.5)))
    names = ("position", "phase", "in_bar", "count", "bar_phase")
    assert [at_frame[f"/stemlight/beat/{n}"][0] for n in names] == [7.75, 0.75, 4, 70, 3.75 / 4]
    assert [later[f"/stemlight/beat/{n}"][0] for n in names] == [8.25, 0.25, 1, 71, 0.25 / 4]
    assert [earlier[f"/stemlight/beat/{n}"][0] for n in names] == [6.75, 0.75, 3, 69, 2.75 / 4]
    assert [sent["/stemlight/bar/count"][0] for sent in (at_frame, later, earlier)] == [10, 11, 10]


def test_a_phase_never_rounds_up_to_one(bundles, frame, frame_after, read):
    frame = frame_after(frame, beat=8.0 - 1e-12)
    sent = dict(read(bundles.encode(frame, frame.time_s)))
    assert sent["/stemlight/beat/phase"][0] < 1.0
    assert sent["/stemlight/beat/bar_phase"][0] < 1.0


def test_a_trigger_is_one_once_and_zero_after_50_ms(bundles, frame, frame_after, read):
    bundles.encode(frame, frame.time_s)
    count = frame.count.copy()
    count[-3] += 1  # kick
    sent = []
    for _ in range(20):
        frame = frame_after(frame, count=count)
        sent.append(triggers(read(bundles.encode(frame, 0.0))))
    assert sent[0] == [("/stemlight/kick/trigger", 1)]
    assert sent[HOLD_HOPS] == [("/stemlight/kick/trigger", 0)]
    assert sum(map(len, sent)) == 2
    assert HOLD_HOPS * HOP_S >= 0.050 > (HOLD_HOPS - 1) * HOP_S


def test_a_hit_while_held_is_one_again_and_holds_on(bundles, frame, frame_after, read):
    bundles.encode(frame, frame.time_s)
    sent = []
    for hop in range(HOLD_HOPS + 4):
        frame = frame_after(frame, drop_count=frame.drop_count + (hop in (0, 3)))
        sent += [(hop, value) for _, value in triggers(read(bundles.encode(frame, 0.0)))]
    assert sent == [(0, 1), (3, 1), (3 + HOLD_HOPS, 0)]


def test_an_event_in_a_frame_that_was_not_sent_comes_with_the_next(bundles, frame, frame_after, read):
    bundles.encode(frame, frame.time_s)
    frame = frame_after(frame, hops=30, drop_count=frame.drop_count + 2)
    assert triggers(read(bundles.encode(frame, 0.0))) == [("/stemlight/drop/trigger", 1)]
    frame = frame_after(frame, hops=30)
    assert triggers(read(bundles.encode(frame, 0.0))) == [("/stemlight/drop/trigger", 0)]


def test_what_was_counted_before_the_stream_is_no_event(bundles, frame, frame_after, read):
    assert triggers(read(bundles.encode(frame, frame.time_s))) == []
    anew = frame_after(frame, hops=-50, count=frame.count + 5)  # the stream began again
    assert triggers(read(bundles.encode(anew, anew.time_s))) == []


def test_a_beat_that_jitters_over_its_line_fires_once(bundles, frame, frame_after, read):
    fired = []
    frame = frame_after(frame, beat=7.9, beat_count=70, bar_count=10)
    for beat in (7.98, 7.99, 8.01, 7.995, 8.005, 8.02):
        frame = frame_after(frame, beat=beat, beat_count=70 + int(beat >= 8), bar_count=10 + int(beat >= 8))
        fired += triggers(read(bundles.encode(frame, frame.time_s)))
    assert fired == [("/stemlight/beat/trigger", 1), ("/stemlight/bar/trigger", 1)]


def test_counts_beyond_31_bits_wrap(bundles, frame, frame_after, read):
    frame = frame_after(frame, beat_count=2**31 + 5)
    sent = dict(read(bundles.encode(frame, frame.time_s)))
    assert sent["/stemlight/beat/count"] == [5 - 2**31]
