import csv
import json

import numpy as np
import pyarrow.parquet
import pytest
from stemlight.analysis.feature_frame import FIELDS, HOP_LENGTH
from stemlight.errors import UserError
from stemlight.offline.analyze import analyze, weighted_median
from stemlight.offline.fired_beats import BeatListener
from stemlight.offline.frame_table import heard_columns

N_FRAMES = -(-(4 * 44_100 - 100) // HOP_LENGTH)


def quiet(done_s: float, total_s: float) -> None:
    """No progress wanted."""


def test_every_format_holds_every_frame_and_the_same_numbers(song, tmp_path):
    summaries = {
        suffix: analyze([song], tmp_path / f"t.{suffix}", None, None, quiet)[0]
        for suffix in ("csv", "jsonl", "npz", "parquet")
    }
    assert len({summary.frames for summary in summaries.values()} | {N_FRAMES}) == 1
    with (tmp_path / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(line) for line in (tmp_path / "t.jsonl").open()]
    arrays = np.load(tmp_path / "t.npz")
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert len(rows) == len(objects) == len(arrays["time_s"]) == table.num_rows == N_FRAMES
    assert list(rows[0]) == table.column_names == [column.name for column in heard_columns()]
    drums = list(arrays["level_axis0"]).index("drums")
    for frame in (0, 100, N_FRAMES - 1):
        expected = arrays["level"][frame, drums]
        assert float(rows[frame]["drums.level"]) == pytest.approx(expected, rel=1e-6)
        assert objects[frame]["level"]["drums"] == pytest.approx(expected, rel=1e-6)
        assert table["drums.level"][frame].as_py() == expected
    assert float(rows[0]["time_s"]) == pytest.approx(HOP_LENGTH / 44_100)
    assert {f.name for f in FIELDS if f.health}.isdisjoint(objects[0])


def test_several_songs_share_a_table_and_each_gets_its_beats(song, tmp_path):
    copy = tmp_path / "copy.wav"
    copy.write_bytes(song.read_bytes())
    first, second = analyze([song, copy], tmp_path / "t.csv", tmp_path / "beats", None, quiet)
    assert first.beats == second.beats  # each song starts afresh
    with (tmp_path / "t.csv").open() as file:
        names = [row["song"] for row in csv.DictReader(file)]
    assert names == [song.name] * N_FRAMES + [copy.name] * N_FRAMES
    written = (tmp_path / "beats" / "copy.beats").read_text().splitlines()
    assert len(written) == len(second.beats) > 0
    time_s, beat_in_bar = written[-1].split("\t")
    assert float(time_s) == pytest.approx(second.beats[-1].time_s, abs=1e-4) and int(beat_in_bar) in (
        1,
        2,
        3,
        4,
    )


def test_the_plot_is_a_picture(song, tmp_path):
    analyze([song], tmp_path / "t.npz", None, tmp_path / "p.png", quiet)
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG") and (
        tmp_path / "p.png"
    ).stat().st_size > 20_000


def test_a_song_that_cannot_be_read_leaves_nothing_behind(song, tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"RIFF nonsense")
    with pytest.raises(UserError, match=r"bad\.wav"):
        analyze([song, tmp_path / "bad.wav"], tmp_path / "t.csv", None, None, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.wav"]


def test_beats_are_taken_from_the_counter():
    class Frame:
        def __init__(self, time_s: float, count: int) -> None:
            self.time_s, self.beat_count, self.beat_in_bar = time_s, count, 1 + (count - 1) % 4

    listener = BeatListener()
    for time_s, count in [(0.0, 0), (0.5, 1), (0.51, 1), (1.0, 2), (1.01, 2)]:
        listener.hear(Frame(time_s, count))  # type: ignore[arg-type]
    assert [(beat.time_s, beat.beat_in_bar) for beat in listener.beats] == [(0.5, 1), (1.0, 2)]


def test_the_median_follows_the_weight():
    assert weighted_median(np.array([[100.0, 0.1], [120.0, 5.0], [200.0, 0.1]])) == 120.0
    assert weighted_median(np.array([[100.0, 0.0], [120.0, 0.0], [200.0, 0.0]])) == 120.0
    assert weighted_median(np.zeros((0, 2))) == 0.0
