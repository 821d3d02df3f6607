"""Several destinations at once, changed while frames go out."""

import os
import socket

import pytest
from stemlight.errors import UserError
from stemlight.osc.outputs import OscDestination
from stemlight.osc.sender import OscSender


class Listener:
    """A UDP port of this machine and what came there."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]

    def packets(self):
        """What has come since the last look: on loopback all that was sent."""
        found = []
        while True:
            try:
                found.append(self._socket.recv(65536))
            except BlockingIOError:
                return found

    def close(self):
        self._socket.close()


@pytest.fixture
def listener():
    made = []

    def make():
        made.append(Listener())
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def sender():
    made = []

    def make(*arguments, **options):
        made.append(OscSender(*arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def to(listener, *settings, **more):
    return OscDestination("127.0.0.1", listener.port, *settings, **more)


def test_everyone_gets_what_they_asked_for(listener, sender, frame, read):
    full, again, left = listener(), listener(), listener()
    out = sender([to(full), to(again), to(left, "touchdesigner", prefix="/left")])
    out.send(frame, frame.time_s)
    packets = full.packets()
    assert packets == again.packets()
    assert dict(read(packets))["/stemlight/frame"] == [100]
    assert dict(read(left.packets()))["/left/stemlight/frame"] == [100.0]


def test_destinations_change_while_frames_go_out(listener, sender, frame, frame_after, read):
    stays, goes, comes = listener(), listener(), listener()
    out = sender([to(stays), to(goes, "touchdesigner", rate_hz=1000)])
    out.send(frame, frame.time_s)
    frame = frame_after(frame, drop_count=frame.drop_count + 1)
    out.send(frame, frame.time_s)
    kept = out.destinations[0]
    [each.packets() for each in (stays, goes)]
    out.replace([to(comes, "touchdesigner", rate_hz=1000), to(stays)])
    frame = frame_after(frame)
    out.send(frame, frame.time_s)
    assert out.destinations[1] is kept  # its counts go on
    assert dict(read(stays.packets()))["/stemlight/frame"] == [frame.frame]
    assert dict(read(comes.packets()))["/stemlight/frame"] == [frame.frame]
    assert read(goes.packets()) == [("/stemlight/drop/trigger", [0.0])]  # its feed goes on elsewhere


def test_who_is_left_gets_its_triggers_back(listener, sender, frame, frame_after, read):
    goes = listener()
    out = sender([to(goes)])
    out.send(frame, frame.time_s)
    out.send(frame_after(frame, drop_count=frame.drop_count + 1), frame.time_s)
    goes.packets()
    out.replace([])
    out.send(frame_after(frame), frame.time_s)
    assert read(goes.packets()) == [("/stemlight/drop/trigger", [0])]


def test_the_end_lets_go_of_what_is_held(listener, sender, frame, frame_after, read):
    there = listener()
    out = OscSender([to(there)])
    out.send(frame, frame.time_s)
    out.send(frame_after(frame, drop_count=frame.drop_count + 1), frame.time_s)
    there.packets()
    out.close()
    assert read(there.packets()) == [("/stemlight/drop/trigger", [0])]


def test_a_beat_between_frames_goes_to_all_who_are_told_of_beats(listener, sender, frame, frame_after, read):
    early, plain, none = listener(), listener(), listener()
    out = sender([to(early, offset_ms=10.0), to(plain), to(none, "synesthesia")])
    frame = frame_after(frame, beat=7.95, beat_count=70)  # 25 ms before the line, at 120 bpm
    out.send(frame, frame.time_s)
    [each.packets() for each in (early, plain, none)]
    assert out.due_s == pytest.approx(frame.time_s + 0.015, abs=1e-3)
    out.send_beats(out.due_s)
    assert dict(read(early.packets()))["/stemlight/beat/trigger"] == [1]
    assert plain.packets() == []
    assert out.due_s == pytest.approx(frame.time_s + 0.025, abs=1e-3)
    out.send_beats(out.due_s)
    assert dict(read(plain.packets()))["/stemlight/beat/trigger"] == [1]
    assert none.packets() == []


def test_a_file_of_outputs_is_read_again_when_it_is_written(listener, sender, frame, read, tmp_path):
    fixed, first, second = listener(), listener(), listener()
    file, said = tmp_path / "outputs.toml", []
    file.write_text(f'[[osc]]\nto = "127.0.0.1:{first.port}"\n')
    out = sender([to(fixed)], lambda number, words: said.append((number, words)), files=[file])
    out.send(frame, frame.time_s)
    assert first.packets() and fixed.packets()

    def write(text, stamp_s):
        new = tmp_path / "new.toml"
        new.write_text(text)
        os.utime(new, (stamp_s, stamp_s))
        new.rename(file)  # whole or not at all: the sender's own thread looks too
        out.look()
        out.send(frame, frame.time_s)

    write("[[osc]]\nport = 1", 1e9)
    assert first.packets() and fixed.packets()  # as before
    write(f'[[osc]]\nto = "127.0.0.1:{second.port}"\n', 1.1e9)
    assert second.packets() and fixed.packets() and not first.packets()
    write(
        f'[panel]\npage = "looks"\n[[osc]]\nto = "127.0.0.1:{second.port}"\n', 1.2e9
    )  # not ours to speak of
    assert second.packets()
    assert [number for number, _ in said] == [-1, -1]
    assert "`to` says where" in said[0][1] and "sending as before" in said[0][1]
    file.unlink()
    out.look()
    out.send(frame, frame.time_s)
    assert second.packets()


def test_that_a_file_is_right_again_is_said_though_nothing_has_changed(listener, sender, tmp_path):
    file, said = tmp_path / "outputs.toml", []
    right = f'[[osc]]\nto = "127.0.0.1:{listener().port}"\n'
    file.write_text(right)
    out = sender([], lambda number, words: said.append(words), files=[file])
    for text in ("[[osc]", right):
        file.write_text(text)
        out.look()
    assert said[-1] == "outputs.toml read again"


def test_several_files_are_followed_and_one_that_is_gone_is_no_word_of_the_other(
    listener, sender, frame, tmp_path
):
    there, later = listener(), listener()
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(f'[[osc]]\nto = "127.0.0.1:{there.port}"\n')
    out = sender([], files=[first, second])
    second.write_text(f'[[osc]]\nto = "127.0.0.1:{later.port}"\noffset_ms = 20\n')
    out.look()
    out.send(frame, frame.time_s)
    assert there.packets() and later.packets()
    assert [destination.line for destination in out.destinations] == [
        f"127.0.0.1:{there.port}:stemlight",
        f"127.0.0.1:{later.port}:stemlight?offset_ms=20.0",
    ]
    second.write_text("")
    out.look()
    out.send(frame, frame.time_s)
    assert there.packets() and not later.packets()


def test_a_file_that_is_wrong_at_the_start_is_an_error(tmp_path):
    file = tmp_path / "outputs.toml"
    file.write_text("[[osc]]\n")
    with pytest.raises(UserError, match="osc 1: `to` says where"):
        OscSender([], files=[file])


def test_a_file_may_come_later(listener, sender, frame, tmp_path):
    there, file = listener(), tmp_path / "outputs.toml"
    out = sender([], files=[file])
    out.send(frame, frame.time_s)
    file.write_text(f'[[osc]]\nto = "127.0.0.1:{there.port}"\n')
    out.look()
    out.send(frame, frame.time_s)
    assert there.packets()
