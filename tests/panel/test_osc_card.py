"""OSC destinations are edited in place: the file follows, what is wrong is refused, nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from stemlight.osc.outputs import load_outputs
from stemlight.panel.osc_card import OscCard
from stemlight.panel.osc_tables import read_rows
from stemlight.settings import settings_path

FILE = """# mine
[panel]
page = "beat"

[[osc]]  # the desk
to = "127.0.0.1:9000"
rate_hz = 30.0  # is enough

[[osc]]
to = "10.0.0.2:7000"
profile = "resolume"
offset_ms = -40
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "osc.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def open_card(link, settings, application):
    opened = []

    def make(*files, given=None):
        card = OscCard(link, replace(settings, osc_files=files, osc_given=given))
        card.resize(1100, 600)
        card.show()
        card.activateWindow()
        assert QTest.qWaitForWindowActive(card, 5000)
        card.look()
        application.processEvents()  # a row is seen from the next turn of the loop on
        opened.append(card)
        return card

    yield make
    for card in opened:
        card.hide()
        card.deleteLater()


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_each_row_shows_its_table(open_card, file):
    desk, wall = open_card(file).rows[file]
    assert (desk.to.text(), desk.profile.currentText(), desk.rate.text()) == (
        "127.0.0.1:9000",
        "stemlight",
        "30 Hz",
    )
    assert wall.profile.currentText() == "resolume"
    assert (wall.rate.text(), wall.offset.text()) == ("usual", "-40 ms")
    assert (wall.on.isChecked(), wall.on.text()) == (True, "on")


def test_everything_of_a_destination_is_edited_in_place(open_card, file):
    card = open_card(file)
    desk, _ = card.rows[file]
    type_into(desk.to, "studio.local:9100")
    type_into(desk.prefix, "/left")
    type_into(desk.rate, "12.5")
    type_into(desk.offset, "-35")
    desk.profile.setCurrentIndex(desk.profile.findData("touchdesigner"))
    desk.profile.activated.emit(desk.profile.currentIndex())
    found = load_outputs(file)[0]
    assert (str(found), found.profile, found.prefix, found.rate_hz, found.offset_ms) == (
        "studio.local:9100",
        "touchdesigner",
        "/left",
        12.5,
        -35.0,
    )
    QTest.mouseClick(desk.on, Qt.MouseButton.LeftButton)
    assert len(load_outputs(file)) == 1
    text = file.read_text()
    assert all(words in text for words in ("# mine", "# the desk", "# is enough", 'page = "beat"'))
    for field in (desk.rate, desk.offset):
        field.setValue(0.0)
    type_into(desk.prefix, " ")
    assert not {"rate_hz", "offset_ms", "prefix"} & set(read_rows(file)[0].table)  # as usual is left out


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("to", "nonsense", "no OSC destination"),
        ("to", "127.0.0.1:99999", "no OSC destination"),
        ("prefix", "left", "the beginning of an address"),
    ],
)
def test_what_is_wrong_is_refused_in_place_and_nothing_is_lost(open_card, file, field, typed, reason):
    card = open_card(file)
    desk, wall = card.rows[file]
    box = getattr(desk, field)
    held = box.text()
    type_into(box, typed)
    assert file.read_text() == FILE
    assert (box.text(), box.property("wrong")) == (typed, True)
    assert reason in desk.wrong.text() and desk.wrong.isVisible()
    assert not wall.wrong.isVisible()
    type_into(wall.prefix, "/wall")  # the file is written: what stands refused beside it stays
    card.look()
    assert (box.text(), reason in desk.wrong.text()) == (typed, True)
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), box.property("wrong"), desk.wrong.isVisible()) == (held, False, False)


def test_a_profile_that_does_not_fit_goes_back(open_card, file):
    file.write_text(FILE + 'tempo = "raw"\n')
    card = open_card(file)
    wall = card.rows[file][1]
    wall.profile.setCurrentIndex(wall.profile.findData("stemlight"))
    wall.profile.activated.emit(wall.profile.currentIndex())
    assert "belongs to the profile resolume" in wall.wrong.text()
    assert wall.profile.currentText() == "resolume"


def test_one_is_removed_by_a_click_and_put_back_by_another(open_card, file):
    card = open_card(file)
    QTest.mouseClick(card.rows[file][0].gone, Qt.MouseButton.LeftButton)
    assert [row.to.text() for row in card.rows[file]] == ["10.0.0.2:7000"]
    assert len(load_outputs(file)) == 1
    QTest.mouseClick(card.back, Qt.MouseButton.LeftButton)
    assert file.read_text() == FILE
    assert [row.to.text() for row in card.rows[file]] == ["127.0.0.1:9000", "10.0.0.2:7000"]
    assert not card.back.isVisible()


def test_one_is_added_or_refused(open_card, file):
    card = open_card(file)
    type_into(card.to, "127.0.0.1:9200")
    assert [row.to.text() for row in card.rows[file]][-1] == "127.0.0.1:9200"
    assert card.to.text() == ""
    type_into(card.to, "nonsense")
    assert "no OSC destination" in card.wrong.text() and card.to.text() == "nonsense"
    assert len(read_rows(file)) == 3


def test_what_another_hand_writes_is_shown_and_what_is_being_typed_stays(open_card, file):
    card = open_card(file)
    desk, wall = card.rows[file]
    desk.to.setFocus()
    desk.to.selectAll()
    QTest.keyClicks(desk.to, "10.0.0.")
    file.write_text(FILE.replace("-40", "25").replace("30.0", "20.0"))
    card.look()
    assert (desk.to.text(), desk.rate.text(), wall.offset.text()) == ("10.0.0.", "20 Hz", "+25 ms")
    assert card.rows[file] == [desk, wall]


def test_a_file_that_is_no_toml_is_said_and_what_it_said_stays(open_card, file):
    card = open_card(file)
    file.write_text("[[osc]")
    card.look()
    assert "sending as before" in card._engine_says.text()
    assert len(card.rows[file]) == 2
    QTest.mouseClick(card.rows[file][0].on, Qt.MouseButton.LeftButton)
    assert "cannot read" in card.rows[file][0].wrong.text()
    assert file.read_text() == "[[osc]"
    file.write_text(FILE)
    card.look()
    assert not card._engine_says.isVisible()


def test_a_table_that_is_wrong_in_the_file_says_so_in_its_row(open_card, file):
    file.write_text(FILE + '\n[[osc]]\nto = "x"\n')
    row = open_card(file).rows[file][2]
    assert "no OSC destination" in row.wrong.text() and row.wrong.isVisible()
    type_into(row.to, "127.0.0.1:9300")
    assert not row.wrong.isVisible()
    assert len(load_outputs(file)) == 3


def test_packets_and_the_last_error_stand_at_the_one_they_are_of(open_card, file, show, monkeypatch):
    """Also while the engine's list is another one than the file's: it needs a second."""
    now_s = 100.0
    monkeypatch.setattr("stemlight.panel.osc_card.time.monotonic", lambda: now_s)
    card, engine = open_card(file), show.health.part("engine")
    desk, wall = card.rows[file]
    assert (desk.says.text(), wall.says.text()) == ("not sent yet", "not sent yet")
    engine.say("osc.0.to", "10.0.0.2:7000:resolume?offset_ms=-40.0")
    engine.say("osc.1.to", "127.0.0.1:9000:stemlight?rate_hz=30.0")
    for seconds in range(3):
        engine.set("osc.0.packets", 86 * seconds)
        engine.set("osc.1.packets", 30 * seconds)
        now_s = 100.0 + seconds
        card.look()
    assert (desk.says.text(), wall.says.text()) == ("30 packets/s", "86 packets/s")
    engine.say("osc.1.trouble", "nobody listens at 127.0.0.1:9000")
    engine.set("osc.1.troubled", 1)
    card.look()
    assert (desk.says.text(), desk.says.warns) == ("30 packets/s · nobody listens at 127.0.0.1:9000", True)
    assert not wall.says.warns
    engine.set("osc.1.troubled", 0)
    card.look()
    assert desk.says.text() == "30 packets/s · before: nobody listens at 127.0.0.1:9000"
    QTest.mouseClick(wall.on, Qt.MouseButton.LeftButton)
    engine.say("osc.0.to", "127.0.0.1:9000:stemlight?rate_hz=30.0")  # the engine's list has moved up
    engine.say("osc.1.to", "")
    engine.set("osc.0.packets", 5)
    engine.say("osc.0.trouble", "")
    card.look()
    assert (desk.says.text(), wall.says.text()) == ("…", "")


def test_those_of_the_command_line_are_edited_for_this_show_and_can_be_kept(open_card, file):
    given = file
    card = open_card(given, given=given)
    desk, _ = card.rows[given]
    type_into(desk.offset, "15")
    assert load_outputs(given)[0].offset_ms == 15.0
    assert not settings_path().exists()
    QTest.mouseClick(desk.keep, Qt.MouseButton.LeftButton)
    assert load_outputs(settings_path()) == load_outputs(given)[:1]
    assert (desk.keep.isEnabled(), desk.keep.text()) == (False, "Kept")
    type_into(card.to, "127.0.0.1:9400")  # sent to now, and no word to other shows
    assert (len(load_outputs(given)), len(load_outputs(settings_path()))) == (3, 1)


def test_what_is_new_goes_into_the_file_that_lasts(open_card, file, tmp_path):
    given = tmp_path / "given.toml"
    given.write_text('[[osc]]\nto = "127.0.0.1:1"\n')
    card = open_card(given, file, given=given)
    type_into(card.to, "127.0.0.1:9400")
    assert (len(card.rows[given]), len(card.rows[file])) == (1, 3)
    assert len(load_outputs(file)) == 3
