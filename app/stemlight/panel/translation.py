"""The panel in the person's language: reads translations, `.ts`, as Qt Linguist and `pylupdate6` have them.

No compiler is needed: a file that is put into the folder of translations counts from the next start.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from PyQt6.QtCore import QCoreApplication, QLocale, QTranslator

from stemlight.errors import UserError

SHIPPED = Path(__file__).parent / "translations"
LANGUAGE_VARIABLE = "STEMLIGHT_LANGUAGE"  # instead of the system's: de, pt_BR ...
TEMPLATE = "stemlight_xx.ts"

CONTEXT = "panel"  # of what no widget says


def tr(text: str) -> str:
    """`text` in the person's language: for all but widgets, which have a `tr` of their own."""
    return QCoreApplication.translate(CONTEXT, text)


def marked(text: str) -> str:
    """`text` as it stands, to be given to `tr` when it is shown."""
    return text


class Translation(QTranslator):
    """What a `.ts` says. A text that is not translated, or not finished and empty, stays English."""

    def __init__(self, path: Path) -> None:
        """UserError where the file cannot be read or is no translation."""
        super().__init__()
        self.path = path
        self._texts: dict[tuple[str, str, str], str] = {}
        self._anywhere: dict[str, str] = {}
        try:
            root = ElementTree.parse(path).getroot()
        except (OSError, ElementTree.ParseError) as error:
            raise UserError(f"{path}: cannot be read as a translation: {error}") from None
        if root.tag != "TS":
            raise UserError(f"{path}: expected a Qt translation (<TS>), not <{root.tag}>")
        for context in root.iter("context"):
            name = context.findtext("name", "")
            for message in context.iter("message"):
                self._take(name, message)

    def _take(self, context: str, message: ElementTree.Element) -> None:
        source, said = message.findtext("source", ""), message.find("translation")
        if said is None or said.get("type") in ("vanished", "obsolete") or not said.text:
            return
        if placeholders(source) != placeholders(said.text):
            return  # the panel fills them in: one too many would end in an error, not in a text
        self._texts[context, source, message.findtext("comment", "")] = said.text
        self._anywhere.setdefault(source, said.text)

    def isEmpty(self) -> bool:
        return not self._texts

    def translate(  # type: ignore[override]
        self, context: str | None, sourceText: str | None, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """The text, of its context if that has one: a widget's own `tr` asks in the name of its subclass."""
        source = sourceText or ""
        found = self._texts.get((context or "", source, disambiguation or ""))
        return found if found is not None else self._anywhere.get(source)


def placeholders(text: str) -> int:
    """How many `{}` a text has, or -1 where its braces are no such."""
    try:
        text.format(*range(10))
    except (ValueError, KeyError, IndexError, AttributeError):
        return -1
    return text.replace("{{", "").count("{")


def own_translations() -> Path:
    """Where translations of the user's own are; there may be no such folder."""
    import platformdirs

    return platformdirs.user_data_path("stemlight", appauthor=False, roaming=True) / "translations"


def wanted_languages() -> list[str]:
    """The person's, the dearest first: `de_AT`, `de`."""
    asked = os.environ.get(LANGUAGE_VARIABLE)
    names = [asked] if asked else QLocale.system().uiLanguages()
    found: list[str] = []
    for name in names:
        parts = name.replace("-", "_").split("_")
        found += ["_".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return list(dict.fromkeys(found))


def find_translation(languages: Iterable[str], folders: Iterable[Path]) -> Path | None:
    """The file for the first of `languages` that has one; none is needed for English."""
    places = list(folders)
    for language in languages:
        for folder in places:
            path = folder / f"stemlight_{language}.ts"
            if path.is_file():
                return path
        if language == "en":
            return None
    return None


def speak(application: QCoreApplication) -> str:
    """The person's language, where there is a translation for it; returns what is wrong with that."""
    path = find_translation(wanted_languages(), (own_translations(), SHIPPED))
    if path is None:
        return ""
    try:
        translation = Translation(path)
    except UserError as error:
        return str(error)
    translation.setParent(application)  # lives as long
    application.installTranslator(translation)
    return ""
