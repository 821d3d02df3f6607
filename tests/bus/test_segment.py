import subprocess
import sys
from pathlib import Path

import pytest
from stemlight.bus.segment import Segment, remove_stale_segments
from stemlight.errors import UserError

READER = """
import sys
from stemlight.bus.segment import Segment
segment = Segment.attach(sys.argv[1], "layout")
view = segment.body[:8]  # still held at exit
segment.body[0] += 1
"""


def test_a_reader_that_exits_leaves_the_segment_to_the_others(new_name):
    name = new_name()
    segment = Segment.create(name, 64, "layout")
    try:
        for reader in (1, 2):
            run = subprocess.run(
                [sys.executable, "-c", READER, name], capture_output=True, text=True, check=True
            )
            assert run.stderr == ""
            assert segment.body[0] == reader
    finally:
        segment.close()


def test_what_a_crashed_show_left_is_replaced(new_name):
    name = new_name()
    left = Segment.create(name, 64, "layout")
    left.body[0] = 7
    new = Segment.create(name, 64, "layout")
    assert new.body[0] == 0
    assert left.body[0] == 7  # who still has the old one keeps it
    new.close()
    left.close()


def test_views_still_held_are_no_error_on_close(new_name):
    segment = Segment.create(new_name(), 64, "layout")
    view = segment.body[:8]
    segment.close()
    assert view[0] == 0


def test_another_layout_is_one_clear_line(new_name):
    name = new_name()
    segment = Segment.create(name, 64, "layout")
    with pytest.raises(UserError, match="another version"):
        Segment.attach(name, "layout of tomorrow")
    segment.close()


def test_no_show_is_one_clear_line(new_name):
    with pytest.raises(UserError, match="no running show"):
        Segment.attach(new_name(), "layout")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux lists segments")
def test_only_dead_shows_are_swept_away(tmp_path):
    dead = tmp_path / "stemlight-99999999-frames"
    alive = tmp_path / "stemlight-1-frames"
    foreign = tmp_path / "other-99999999-frames"
    for file in (dead, alive, foreign):
        file.touch()
    assert remove_stale_segments(tmp_path) == [dead.name]
    assert alive.exists()
    assert foreign.exists()
