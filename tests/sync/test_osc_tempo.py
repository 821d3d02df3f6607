import numpy as np
import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.sync.osc_tempo import ADDRESSES, LATE, SILENT_S, OscTempo

TRUTH = Timeline(126.5, 3.0, 700.0)
BAR = 4
NETWORK_S = 0.003


@pytest.fixture
def tempo():
    return OscTempo()


def rkbx(tempo, from_s, to_s, jitter, line=TRUTH):
    """What rkbx_link sends as it ships: a ramp over four beats, sixty times a second."""
    for time_s in np.arange(from_s, to_s, 1.0 / 60.0):
        late_s = jitter.uniform(0.0, NETWORK_S)
        assert tempo.take("/master/beat/subdiv/4", [line.beat_at(time_s) % 4.0 / 4.0], time_s + late_s)


def on_the_beat(tempo, first, last, say, jitter=None):
    """A message on each beat from `first` to `last`; `say` makes it of the beat's number."""
    for beat in range(first, last + 1):
        late_s = jitter.uniform(0.0, NETWORK_S) if jitter else 0.0
        for address, arguments in say(beat):
            assert tempo.take(address, arguments, TRUTH.time_at(beat) + late_s)


def bars_off(line, time_s, truth=TRUTH):
    """Beats between a line and the true one, whole bars aside."""
    return (line.beat_at(time_s) - truth.beat_at(time_s) + 2.0) % 4.0 - 2.0


def test_the_ramp_of_rkbx_link_is_a_line_with_its_bar(tempo, jitter):
    rkbx(tempo, 700.0, 703.0, jitter)
    line = tempo.line(703.0, BAR)
    assert line.tempo_bpm == pytest.approx(126.5, abs=0.15)
    assert abs(bars_off(line, 703.0)) < 0.008  # most of it the network's latency
    assert tempo.knows == "bar"
    assert tempo.words == "OSC from rkbx_link"


def test_with_the_tempo_told_it_is_one_at_once_and_exact(tempo, jitter):
    assert tempo.take("/master/bpm/current", [126.5], 699.0)
    assert tempo.line(699.5, BAR) is None
    assert tempo.words == "OSC from rkbx_link tells a tempo but no beat"
    rkbx(tempo, 700.0, 700.1, jitter)
    assert abs(bars_off(tempo.line(700.1, BAR), 700.1)) < 0.008
    rkbx(tempo, 700.1, 703.0, jitter)
    assert tempo.line(703.0, BAR).tempo_bpm == 126.5


def test_a_tempo_that_the_beats_belie_is_not_believed(tempo, jitter):
    tempo.take("/master/bpm/current", [63.25], 699.0)
    rkbx(tempo, 700.0, 704.0, jitter)
    assert tempo.line(704.0, BAR).tempo_bpm == pytest.approx(126.5, abs=0.2)


def test_a_dj_who_jumps_is_followed(tempo, jitter):
    tempo.take("/master/bpm/current", [126.5], 699.0)
    rkbx(tempo, 700.0, 702.0, jitter)
    jumped = Timeline(126.5, 41.5, 702.0)
    rkbx(tempo, 702.0, 702.3, jitter, jumped)
    assert abs(bars_off(tempo.line(702.3, BAR), 702.3, jumped)) < 0.01


def test_a_pitch_that_is_moved_is_followed(tempo, jitter):
    rkbx(tempo, 700.0, 704.0, jitter)
    faster = Timeline(131.0, TRUTH.beat_at(704.0), 704.0)
    tempo.take("/master/bpm/current", [131.0], 704.0)
    rkbx(tempo, 704.0, 704.5, jitter, faster)
    line = tempo.line(704.5, BAR)
    assert line.tempo_bpm == 131.0
    assert abs(bars_off(line, 704.5, faster)) < 0.02


@pytest.mark.parametrize(
    ("say", "knows"),
    [
        (lambda beat: [("/beat", [])], "beat"),
        (lambda beat: [("/beat", [beat % 4 + 1])], "bar"),
        (lambda beat: [("/beat", [float(beat % 4 + 1)])], "bar"),
        (lambda beat: [("/beat", []), *([("/downbeat", [])] if beat % 4 == 0 else [])], "bar"),
        (lambda beat: [*([("/downbeat", [1])] if beat % 4 == 0 else []), ("/beat", [1])], "bar"),
        (lambda beat: [("/beat", [1])], "beat"),
        (lambda beat: [("/master/beat/trigger/1", [1.0])], "beat"),
    ],
)
def test_messages_on_the_beat_are_a_line(tempo, jitter, say, knows):
    on_the_beat(tempo, 8, 32, say, jitter)
    now_s = TRUTH.time_at(32.3)
    line = tempo.line(now_s, BAR)
    assert line.tempo_bpm == pytest.approx(126.5, abs=0.3)
    off = bars_off(line, now_s)
    assert abs(off if knows == "bar" else (off + 0.5) % 1.0 - 0.5) < 0.01
    assert tempo.knows == knows


def test_a_beat_that_got_lost_is_counted(tempo):
    on_the_beat(tempo, 8, 20, lambda beat: [("/beat", [])] if beat != 16 else [])
    line = tempo.line(TRUTH.time_at(20.1), BAR)
    assert line.tempo_bpm == pytest.approx(126.5)


def test_a_beat_that_is_no_whole_number_is_a_position(tempo):
    for time_s in np.arange(700.0, 701.0, 1 / 60):
        tempo.take("/beat", [TRUTH.beat_at(time_s)], time_s)
    line = tempo.line(701.0, BAR)
    assert line.beat_at(701.0) == pytest.approx(TRUTH.beat_at(701.0), abs=1e-6)
    assert tempo.knows == "bar"


def test_another_stemlight_can_be_followed(tempo):
    tempo.take("/stemlight/beat/tempo", [126.5], 700.0)
    for time_s in np.arange(700.0, 700.2, 1 / 86):
        assert tempo.take("/stemlight/beat/position", [TRUTH.beat_at(time_s)], time_s)
    line = tempo.line(700.2, BAR)
    assert (line.tempo_bpm, line.beat_at(700.2)) == (126.5, pytest.approx(TRUTH.beat_at(700.2)))


def test_who_falls_silent_is_gone(tempo, jitter):
    rkbx(tempo, 700.0, 702.0, jitter)
    assert tempo.line(702.0 + 0.8 * SILENT_S, BAR) is not None
    assert tempo.line(702.0 + 1.2 * SILENT_S, BAR) is None
    on_the_beat(tempo, 100, 110, lambda beat: [("/beat", [])])
    beat_s = 60.0 / 126.5
    assert tempo.line(TRUTH.time_at(110) + 0.9 * LATE * beat_s, BAR) is not None
    assert tempo.line(TRUTH.time_at(110) + 1.1 * LATE * beat_s, BAR) is None


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("/master/bpm/current", [0.0]),
        ("/master/bpm/current", ["fast"]),
        ("/master/bpm/current", []),
        ("/tempo", [float("nan")]),
        ("/tempo", [1e30]),
        ("/master/beat/subdiv/4", [1.5]),
        ("/master/beat/subdiv/0", [0.5]),
        ("/master/beat/subdiv/1.2.3", [0.5]),
        ("/beat", [0]),
        ("/beat/master", []),
        ("/1/beat/subdiv/4", [0.5]),
        ("/stemlight/kick/level", [0.5]),
    ],
)
def test_what_makes_no_sense_is_not_taken(tempo, address, arguments):
    assert not tempo.take(address, arguments, 1.0)
    assert tempo.line(1.0, BAR) is None


def test_addresses_without_end_do_not_fill_the_memory(tempo):
    for i in range(5000):
        tempo.take(f"/stray/{i}", [1.0], float(i))
    assert len(tempo._rows) <= 256


def test_every_row_of_the_table_can_be_reached(tempo):
    for row in ADDRESSES:
        example = row.pattern.replace("([0-9.]+)", "4").replace("([124])", "4")
        assert tempo.take(example, [{"tempo": 120.0, "ramp": 0.5, "position": 3.5, "beat": 1}[row.kind]], 1.0)
        assert tempo.words.removeprefix("OSC from ").startswith(row.sender)
