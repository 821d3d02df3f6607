"""The panel speaks other languages: a translation file is shown, and the template has every text."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QAbstractButton, QLabel
from stemlight.bus.controls import CONTROLS
from stemlight.errors import UserError
from stemlight.panel import translation
from stemlight.panel.keys import KEYS
from stemlight.panel.translation import (
    SHIPPED,
    TEMPLATE,
    Translation,
    find_translation,
    placeholders,
    speak,
    tr,
    wanted_languages,
)

SCRIPT = Path(__file__).parents[2] / "packaging" / "translations.py"


@pytest.fixture(scope="module")
def renewing():
    spec = importlib.util.spec_from_file_location("translations", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def backwards(tmp_path, application):
    """A language in which every word is said backwards, for as long as the test lasts."""
    tree = ElementTree.parse(SHIPPED / TEMPLATE)
    for message in tree.iter("message"):
        source = message.findtext("source")
        said = message.find("translation")
        said.attrib.pop("type", None)
        said.text = backwards_of(source)
    path = tmp_path / "stemlight_yy.ts"
    tree.write(path, encoding="utf-8")
    made = Translation(path)
    application.installTranslator(made)
    yield made
    application.removeTranslator(made)


def backwards_of(source: str) -> str:
    return source if "{" in source else source[::-1]


def write(path: Path, *messages: tuple[str, str, str]) -> Path:
    """Context, source and the whole translation element of each."""
    contexts = "".join(
        f"<context><name>{context}</name><message><source>{source}</source>{said}</message></context>"
        for context, source, said in messages
    )
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE TS><TS version="2.1">{contexts}</TS>', encoding="utf-8")
    return path


def said(text: str, kind: str = "") -> str:
    return f"<translation{f' type={kind!r}' if kind else ''}>{text}</translation>"


def test_the_template_has_every_text_of_today(renewing, tmp_path):
    fresh = tmp_path / TEMPLATE
    renewing.renew(fresh)
    assert fresh.read_text() == (SHIPPED / TEMPLATE).read_text(), (
        "`python packaging/translations.py` renews it"
    )


def test_what_is_data_is_in_the_template_too():
    sources = {
        message.findtext("source") for message in ElementTree.parse(SHIPPED / TEMPLATE).iter("message")
    }
    assert {control.doc for control in CONTROLS} <= sources
    assert {key.title for key in KEYS} <= sources
    assert {"Drums", "Each beat", "Blackout", "sound card and driver"} <= sources


def test_a_language_keeps_what_was_translated(renewing, tmp_path):
    path = write(
        tmp_path / "stemlight_de.ts", ("LooksPage", "Search", said("Suche")), ("X", "Gone", said("Weg"))
    )
    renewing.renew(path)
    german = Translation(path)
    assert german.translate("LooksPage", "Search") == "Suche"
    text = path.read_text()
    assert "Gone" not in text
    assert text.count("<source>") == (SHIPPED / TEMPLATE).read_text().count("<source>")


def test_all_of_the_panel_is_said_in_the_persons_language(backwards, open_panel):
    window = open_panel()
    window.open_page("looks")
    assert window.pages["looks"].title == "skooL"
    english = {
        message.findtext("source") for message in ElementTree.parse(SHIPPED / TEMPLATE).iter("message")
    }
    plain = {text for text in english if "{" not in text and text != text[::-1]}
    shown = set()
    for widget in (*window.findChildren(QAbstractButton), *window.findChildren(QLabel)):
        shown |= {widget.text(), widget.accessibleName(), widget.toolTip()}
    assert {"tuokcalB", "eno ehT"} <= shown
    assert not shown & plain


def test_a_subclass_says_what_its_base_says(tmp_path, application):
    path = write(
        tmp_path / "stemlight_de.ts", ("Base", "Open", said("Auf")), ("Other", "Open", said("Offen"))
    )
    german = Translation(path)
    assert german.translate("Base", "Open") == "Auf"
    assert german.translate("Other", "Open") == "Offen"
    assert german.translate("Derived", "Open") == "Auf"
    assert german.translate("Base", "Close") is None


def test_what_is_not_translated_stays_english(tmp_path, application):
    path = write(
        tmp_path / "stemlight_de.ts",
        ("panel", "Sine", said("")),
        ("panel", "Ramp", said("Rampe", "unfinished")),
        ("panel", "Square", said("Rechteck", "obsolete")),
    )
    german = Translation(path)
    application.installTranslator(german)
    try:
        assert (tr("Sine"), tr("Ramp"), tr("Square")) == ("Sine", "Rampe", "Square")
    finally:
        application.removeTranslator(german)


@pytest.mark.parametrize(
    ("source", "text"), [("{} of {}", "{}"), ("{} of {}", "{} von {} {}"), ("Hold", "{"), ("{}", "{name}")]
)
def test_a_translation_that_would_break_the_panel_is_left_out(tmp_path, application, source, text):
    german = Translation(write(tmp_path / "stemlight_de.ts", ("panel", source, said(text))))
    assert german.translate("panel", source) is None


def test_placeholders_are_counted():
    assert [placeholders(text) for text in ("", "{} of {:g}", "{{}}", "{", "{name}")] == [0, 2, 0, -1, -1]


@pytest.mark.parametrize("text", ["", "no XML", "<html></html>", '<?xml version="1.0"?><TS>'])
def test_a_file_that_is_no_translation_says_so(tmp_path, application, text):
    path = tmp_path / "stemlight_de.ts"
    path.write_text(text)
    with pytest.raises(UserError, match=r"stemlight_de\.ts"):
        Translation(path)


def test_the_nearest_language_counts_and_ones_own_file_first(tmp_path, monkeypatch):
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, name in ((own, "pt"), (shipped, "pt"), (shipped, "pt_BR"), (shipped, "de")):
        folder.mkdir(exist_ok=True)
        (folder / f"stemlight_{name}.ts").write_text("")
    monkeypatch.setenv("STEMLIGHT_LANGUAGE", "pt-BR")
    assert wanted_languages() == ["pt_BR", "pt"]
    assert find_translation(["pt_BR", "pt"], [own, shipped]) == shipped / "stemlight_pt_BR.ts"
    assert find_translation(["pt_PT", "pt"], [own, shipped]) == own / "stemlight_pt.ts"
    assert find_translation(["fr_FR", "fr"], [own, shipped]) is None
    assert find_translation(["en_GB", "en", "de"], [own, shipped]) is None  # they read English before German


def test_the_panel_starts_in_the_language_that_is_asked_for(tmp_path, monkeypatch, application):
    monkeypatch.setattr(translation, "own_translations", lambda: tmp_path)
    monkeypatch.setenv("STEMLIGHT_LANGUAGE", "de_AT")
    path = write(tmp_path / "stemlight_de.ts", ("panel", "Sine", said("Sinus")))
    assert speak(application) == ""
    assert tr("Sine") == "Sinus"
    (installed,) = application.findChildren(Translation)
    QCoreApplication.removeTranslator(installed)
    installed.setParent(None)
    path.write_text("torn")
    assert "stemlight_de.ts" in speak(application)
    assert tr("Sine") == "Sine"
