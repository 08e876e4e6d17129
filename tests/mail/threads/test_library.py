"""The library of paragraphs and the macros: every file compiles, both languages say the same of a case, and versions are kept."""

import re
from datetime import date
from typing import get_args

import pytest
from jinja2 import StrictUndefined, meta

from backoffice.mail.texts import TEMPLATES, Language, MessageValue, letters_environment
from backoffice.mail.threads import library
from backoffice.mail.threads.library import PARAGRAPHS
from backoffice.mail.threads.macros import MACROS, WORDS, MacroAct

LANGUAGES: tuple[Language, ...] = get_args(Language)
VALUES: dict[str, MessageValue] = {
    "case_number": "26000412-7",
    "officer": "Agente Témoin",
    "received_on": date(2016, 6, 13),
    "last_day": date(2016, 7, 13),
    "items_waiting": ("Acte de naissance (Zoé D’Amours)", "Diplôme"),
}


def source(name: str, language: str) -> str:
    return (TEMPLATES / f"{library.FOLDER}/{name}.{language}.txt").read_text("utf-8")


def test_each_paragraph_has_its_two_files_and_each_file_is_declared() -> None:
    files = {file.name for file in (TEMPLATES / library.FOLDER).iterdir()}
    assert files == {f"{name}.{language}.txt" for name in PARAGRAPHS for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PARAGRAPHS)
def test_a_paragraph_says_exactly_what_it_declares_and_renders_whole(name: str, language: Language) -> None:
    environment = letters_environment()
    assert environment.undefined is StrictUndefined
    assert meta.find_undeclared_variables(environment.parse(source(name, language))) == PARAGRAPHS[name]
    found = library.paragraph(name, language, VALUES)
    assert found is not None
    assert found.title
    assert found.text
    assert not re.search(r"{{|{%|\n\n\n", found.title + found.text)
    assert re.fullmatch(r"[0-9a-f]{12}", found.version)


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_french_is_written_as_french(name: str) -> None:
    words = re.sub(r"{[{%#].*?[}%#]}", "x", source(name, "fr"), flags=re.DOTALL)
    assert "'" not in words
    assert not re.search(r" [:;?!»]|« ", words)


def test_a_paragraph_that_the_case_cannot_fill_is_not_offered() -> None:
    known = {key: value for key, value in VALUES.items() if key != "last_day"}
    assert library.paragraph("last-day", "fr", known) is None
    assert "last-day" not in {one.name for one in library.available("fr", known)}
    assert library.paragraph("unheard-of", "fr", VALUES) is None


def test_names_after_two_colons_become_paragraphs_and_other_colons_stay() -> None:
    said = library.available("fr", VALUES)
    text, used = library.expand("Bonjour.\n::sorry\nVoir std::sort et 10::30, ::unheard-of", said)
    assert [one.name for one in used] == ["sorry"]
    assert "Nous regrettons" in text
    assert "std::sort et 10::30, ::unheard-of" in text
    assert library.unfinished(text) == ["::unheard-of"]
    assert library.unfinished("Répondez : [votre question].") == ["[votre question]"]


def test_the_documents_awaited_are_listed_one_a_line() -> None:
    found = library.paragraph("items-waiting", "fr", VALUES)
    assert found is not None
    assert "- Acte de naissance (Zoé D’Amours)\n- Diplôme\n" in found.text


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_names_known_paragraphs_and_one_or_two_acts(name: str) -> None:
    macro = MACROS[name]
    assert set(macro.paragraphs) <= set(PARAGRAPHS)
    assert 1 <= len(macro.acts) <= 2
    assert macro.subject("fr") != macro.subject("en")
    assert set(WORDS) == set(MacroAct)
