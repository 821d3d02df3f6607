import multiprocessing
import subprocess
import sys

import numpy as np
import pytest
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.bus.frame_ring import CAPACITY, FrameRing
from stemlight.errors import UserError

SPAWN = multiprocessing.get_context("spawn")
ARRAYS = ("level", "hits", "spectrum", "stem_spectrum", "waveform", "side", "time", "count")


@pytest.fixture
def name(new_name):
    return new_name()


@pytest.fixture
def ring(name):
    ring = FrameRing.create(name)
    yield ring
    ring.close()


def publish(writer: FrameRing, first: int, count: int) -> None:
    """Frames whose every number is the frame's own: a mix of two would show."""
    record = empty_record()
    for i in range(first, first + count):
        record["frame"] = record["drop_count"] = record["late"] = i
        for field in ARRAYS:
            record[field] = i
        writer.publish(FeatureFrame(record.copy()), float(i))


def is_whole(published) -> bool:
    record = published.frame.record
    return all(
        np.all(record[field] == published.frame.frame) for field in (*ARRAYS, "late")
    ) and published.captured_host_s == float(published.frame.frame)


def test_before_the_first_frame_there_is_none(ring):
    assert ring.latest() is None
    assert ring.since(0) == []


def test_every_frame_comes_once_and_in_order(ring, name):
    writer = FrameRing.attach(name, writer=True)
    seen = []
    for burst in (1, 3, 64, 500):
        publish(writer, len(seen), burst)
        seen += [published.frame.frame for published in ring.since(len(seen))]
    assert seen == list(range(568))
    assert ring.since(len(seen)) == []
    writer.close()


def test_a_slow_reader_learns_how_many_it_missed(ring, name):
    writer = FrameRing.attach(name, writer=True)
    publish(writer, 0, CAPACITY + 300)
    frames = ring.since(100)
    assert len(frames) == CAPACITY
    assert frames[0].index - 100 == 200
    assert ring.latest().index == CAPACITY + 299
    writer.close()


def test_frames_are_copies_that_cannot_be_written(ring, name):
    writer = FrameRing.attach(name, writer=True)
    publish(writer, 0, 1)
    first = ring.latest().frame
    publish(writer, 1, CAPACITY)
    assert first.frame == 0
    with pytest.raises(ValueError, match="read-only"):
        first.level[0] = 1.0
    writer.close()


def test_only_the_writer_publishes(ring):
    with pytest.raises(RuntimeError, match="for reading"):
        ring.publish(FeatureFrame(empty_record()), 0.0)


def test_a_new_writer_goes_on_where_the_old_one_stopped(ring, name):
    first = FrameRing.attach(name, writer=True)
    publish(first, 0, 10)
    first.close()
    second = FrameRing.attach(name, writer=True)
    publish(second, 0, 5)  # a new engine counts its frames from 0
    published = ring.since(8)
    assert [p.index for p in published] == [8, 9, 10, 11, 12, 13, 14]
    assert [p.epoch for p in published] == [1, 1, 2, 2, 2, 2, 2]
    second.close()


def test_a_slot_that_its_writer_died_in_is_not_read(ring, name):
    writer = FrameRing.attach(name, writer=True)
    publish(writer, 0, 3)
    writer._sequence[1] += 1  # odd: being written
    assert [p.index for p in ring.since(0)] == [0, 2]
    writer._sequence[1] -= 1
    writer._bytes[1, 2000] ^= 255  # half of another frame, with the sequence in order
    assert [p.index for p in ring.since(0)] == [0, 2]
    writer.close()


def test_stream_time_follows_the_host_clock(ring, name):
    writer = FrameRing.attach(name, writer=True)
    record = empty_record()
    record["time_s"] = 3.0
    writer.publish(FeatureFrame(record), 1000.0)
    assert ring.latest().stream_time_at(1000.25) == pytest.approx(3.25)
    writer.close()


def test_a_ring_of_other_frames_is_one_clear_line(name, ring, monkeypatch):
    monkeypatch.setattr("stemlight.bus.frame_ring._LAYOUT", "frames of tomorrow")
    with pytest.raises(UserError, match="another version"):
        FrameRing.attach(name)


# --- two processes ----------------------------------------------------------------------------------------

N_FRAMES = 100_000


def write_all(name: str, first: int, count: int) -> None:
    writer = FrameRing.attach(name, writer=True)
    publish(writer, first, count)
    writer.close()


def read_until_killed(name: str) -> None:
    ring = FrameRing.attach(name)
    while True:
        ring.since(max(ring.published - 64, 0))


def test_no_frame_is_torn_while_another_process_writes_and_readers_die(ring, name):
    writer = SPAWN.Process(target=write_all, args=(name, 0, N_FRAMES))
    victim = SPAWN.Process(target=read_until_killed, args=(name,))
    writer.start()
    victim.start()
    asked, seen = 0, 0
    while asked < N_FRAMES:
        assert writer.is_alive() or ring.published == N_FRAMES
        frames = ring.since(asked)
        if not frames:
            continue
        assert all(map(is_whole, frames))
        indices = [p.index for p in frames]
        assert indices == sorted(set(indices))
        seen += len(frames)
        if victim.is_alive() and seen > 1000:
            victim.kill()  # in the middle of reading
        asked = frames[-1].index + 1
        for _ in range(200):  # the slot that the writer is about to take, or has just begun
            contested = ring._read(ring.published - CAPACITY) if ring.published >= CAPACITY else None
            assert contested is None or is_whole(contested)
    writer.join()
    victim.join()
    assert writer.exitcode == 0
    again = FrameRing.attach(name)  # the reader is back
    assert [p.index for p in again.since(0)] == list(range(N_FRAMES - CAPACITY, N_FRAMES))
    again.close()


def test_a_killed_writer_leaves_whole_frames_and_its_successor_goes_on(ring, name):
    last = -1
    for epoch in (1, 2, 3):
        writer = SPAWN.Process(target=write_all, args=(name, 0, 10_000_000))
        writer.start()
        before = ring.published
        while ring.published < before + 2000:
            assert writer.is_alive()
        writer.kill()
        writer.join()
        newest = ring.latest()
        assert is_whole(newest)
        assert newest.epoch == epoch
        assert newest.index > last
        last = newest.index


def test_nobody_complains_at_exit(name, ring):
    code = f"""
from stemlight.bus.frame_ring import FrameRing
from stemlight.analysis.feature_frame import FeatureFrame, empty_record
writer = FrameRing.attach({name!r}, writer=True)
writer.publish(FeatureFrame(empty_record()), 1.0)
frame = FrameRing.attach({name!r}).latest()
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert ring.latest().captured_host_s == 1.0
