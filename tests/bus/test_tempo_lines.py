import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.bus.segment import segment_name
from stemlight.bus.tempo_lines import SaidLine, TempoLines

SAID = SaidLine(Timeline(127.97, -3.25, 5012.75, 3), said_s=5013.0, confidence=0.5)


@pytest.fixture
def lines():
    lines = TempoLines.create(segment_name("bl"))
    yield lines
    lines.close()


@pytest.fixture
def other(lines):
    other = TempoLines.attach(segment_name("bl"))
    yield other
    other.close()


def test_a_line_arrives_as_it_was_said_and_each_in_its_cell(lines, other):
    assert other.read("heard") is None
    lines.write("heard", SAID)
    assert other.read("heard") == SAID
    assert other.read("followed") is None


def test_a_line_can_be_taken_back(lines, other):
    lines.write("followed", SAID)
    lines.write("followed", None)
    assert other.read("followed") is None


def test_half_a_word_is_no_word(lines, other):
    lines.write("heard", SAID)
    lines._memory[3] ^= 0xFF
    assert other.read("heard") is None
