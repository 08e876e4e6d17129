"""What applicants read: every placeholder filled, both languages alike, names to the letter, French in its signs."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from jinja2 import Environment, meta
from jinja2.exceptions import UndefinedError

from backoffice.mail import texts
from backoffice.mail.texts import MESSAGES, TEMPLATES, Language, MessageValue
from tests.mail.letter_samples import ITEMS, LINES, invitation, receipt, request_letter

LANGUAGES: tuple[Language, ...] = get_args(Language)
VALUES: dict[str, MessageValue] = {
    "applicant_name": "Zoé D’Amours <zoe>",
    "case_number": "26000412-7",
    "reference": "S-2026-77",
    "amount_cents": 127_100,
    "receipt_number": "R-2026-000871",
    "days": 30,
    "lines": LINES,
    "items": ITEMS,
    "person": "Lina Haddad",
    "item": "Acte de naissance",
    "reason": "La copie n’est pas certifiée.",
    "workings": "Le premier jour ne compte pas.",
    "readable_on": date(2016, 6, 13),
    "from_submission": False,
    "last_day": date(2016, 7, 13),
    "lapsed_on": date(2016, 7, 14),
    "replaces": date(2016, 5, 2),
    "received_on": date(2016, 7, 1),
    "received_at": datetime(2016, 6, 14, 3, 5, tzinfo=UTC),
    "decided_on": date(2018, 4, 3),
    "basis": "Décision ministérielle fictive 2018-07.",
    "stops_clocks": True,
    "subject": "Votre question du 9 juin",
    "body": "Voici la réponse.\n\nElle tient en deux paragraphes.",
    "officer": "Agente Témoin",
    "sent_on": date(2016, 6, 13),
    "withdrawn_on": date(2016, 6, 14),
    "outcome": "refused",
    "programme": "Programme de l’expérience québécoise",
    "where": "La demande se présente en tout temps avec le formulaire de ce programme.",
    "fee_outcome": "to_decide",
    "term": "payment",
    "doors": ("portal", "payments"),
    "first": date(2016, 6, 13),
    "last": date(2016, 6, 14),
    "old_day": date(2016, 7, 13),
    "contents": ("Passeport – Lina Haddad", "soit 2 pages en tout"),
    "came": ("Passeport – Lina Haddad",),
    "missing": ("Diplômes – Lina Haddad",),
    "changes": ("Adresse : 5, rue Modèle, Lyon",),
    "late": 0,
}


def message(name: str, language: Language = "fr", **changed: MessageValue) -> texts.MessageText:
    return texts.render_message(name, language, **{key: VALUES[key] for key in MESSAGES[name]} | changed)


def source(template: str) -> str:
    return (TEMPLATES / template).read_text("utf-8")


def test_each_message_has_its_two_files_and_each_file_is_declared() -> None:
    files = {file.name for file in (TEMPLATES / "mail/messages").iterdir()}
    assert files == {f"{name}.{language}.txt" for name in MESSAGES for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_uses_exactly_what_it_declares(name: str, language: Language) -> None:
    tree = texts.letters_environment().parse(source(f"mail/messages/{name}.{language}.txt"))
    assert meta.find_undeclared_variables(tree) == MESSAGES[name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_renders_whole(name: str, language: Language) -> None:
    text = message(name, language)
    assert text.subject
    assert len(text.subject) <= 90
    assert "{" not in text.subject + text.body
    assert "\n\n\n" not in text.body
    assert "Zoé D’Amours <zoe>" in text.body
    assert re.fullmatch(r"[0-9a-f]{12}", text.version)
    assert text.template == f"mail/messages/{name}.{language}.txt"


@pytest.mark.parametrize("name", MESSAGES)
def test_a_value_missing_or_unknown_is_refused(name: str) -> None:
    values = {key: VALUES[key] for key in MESSAGES[name]}
    with pytest.raises(ValueError, match="takes exactly"):
        texts.render_message(name, "fr", **values, unknown="x")
    values.pop("applicant_name")
    with pytest.raises(ValueError, match="takes exactly"):
        texts.render_message(name, "fr", **values)


def test_a_translation_follows_the_french_and_says_that_it_is_one() -> None:
    both = texts.translated_message("documents_complete", **{key: VALUES[key] for key in MESSAGES["documents_complete"]})
    assert both.subject == "Vos documents sont complets"
    body = both.body
    assert body.index("Bonjour") < body.index("Traduction / Translation") < body.index("Your documents are complete")
    assert both.version == "+".join(message("documents_complete", language).version for language in LANGUAGES)


def test_the_invitation_says_the_sum_the_term_and_what_a_place_is_not() -> None:
    french, english = message("payment_invitation").body, message("payment_invitation", "en").body
    for said in (
        "1\u00a0271,00\u00a0$",
        "30\u00a0jours",
        "13\u00a0juin\u00a02016",
        "mercredi 13\u00a0juillet\u00a02016",
        "accessible",
        "ne la fait pas traiter plus tôt ni obtenir un certificat plus tôt",
    ):
        assert said in french
    for said in (
        "$1,271.00",
        "30 days",
        "Wednesday, July\u00a013, 2016",
        "processed sooner, nor a certificate issued sooner",
    ):
        assert said in english


def test_the_lapse_says_a_machine_did_it_and_a_person_can_review_it() -> None:
    french, english = message("payment_lapsed").body, message("payment_lapsed", "en").body
    for said in (
        "par une machine",
        "a été libérée",
        "faire revoir par une personne",
        "observations",
        "rectifier",
        "article\u00a065.2",
    ):
        assert said in french
    for said in ("by a machine", "released", "have a person review it", "observations", "corrected", "section 65.2"):
        assert said in english


@pytest.mark.parametrize("name", ["payment_lapsed", "arrival_refused", "review_maintained"])
def test_what_a_machine_decided_always_offers_a_person(name: str) -> None:
    assert "65.2" in message(name).body


def test_hours_are_those_of_montreal() -> None:
    assert "13\u00a0juin\u00a02016 à 23\u00a0h\u00a005" in message("acknowledgment").body
    assert "June\u00a013, 2016 at 11:05\u00a0p.m." in message("acknowledgment", "en").body


@pytest.mark.parametrize(
    "path",
    sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.glob("*/messages/*.fr.txt"))
    + sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.glob("*/letters/*.fr.html")),
)
def test_french_is_written_as_french(path: str) -> None:
    words = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", "x", source(path), flags=re.DOTALL)
    assert "'" not in words
    assert not re.search(r" [:;?!»]|« ", words)


def test_names_and_reasons_are_escaped_in_a_letter() -> None:
    item = replace(ITEMS[0], reason_fr="<script>1</script>")
    html = texts.request_letter_html(request_letter(applicant_name="D’Amours <b>& fils", items=(item,)))
    assert "D’Amours &lt;b&gt;&amp; fils" in html
    assert "<script>" not in html


def test_only_an_english_speaking_applicant_gets_the_translation() -> None:
    assert "Translation" not in texts.request_letter_html(request_letter())
    translated = texts.request_letter_html(request_letter(language="en"))
    assert translated.index("Madame, Monsieur") < translated.index("Translation") < translated.index("Feuille de retour")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_three_letters_are_whole(language: Language) -> None:
    for html in (
        texts.request_letter_html(request_letter(language=language)),
        texts.invitation_letter_html(invitation(language)),
        texts.receipt_letter_html(receipt(language)),
    ):
        assert html.count("26000412-7") >= 3
        assert "{{" not in html


def test_one_document_is_asked_for_in_the_singular() -> None:
    html = texts.request_letter_html(request_letter(items=ITEMS[:1]))
    assert "il nous faut le document que voici" in html


def test_the_invitation_letter_refuses_what_the_cashier_refuses() -> None:
    html = texts.invitation_letter_html(invitation())
    for said in (
        "toute la somme dans un seul envoi",
        "chèque visé (certifié)",
        "mandat-poste",
        "argent comptant",
        "chèque personnel",
        "1\u00a0271,00\u00a0$",
    ):
        assert said in html


def test_a_value_a_template_does_not_know_is_a_fault() -> None:
    environment: Environment = texts.letters_environment()
    with pytest.raises(UndefinedError):
        environment.get_template("documents/letters/request.fr.html").render()


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2027, 1, 25), "lundi 25 janvier 2027", "Monday, January 25, 2027"),
        (date(2027, 1, 1), "vendredi 1er janvier 2027", "Friday, January 1, 2027"),
        (date(2026, 8, 11), "mardi 11 août 2026", "Tuesday, August 11, 2026"),
    ],
)
def test_days_are_named(day: date, french: str, english: str) -> None:
    assert texts.week_day(day, "fr").replace("\u00a0", " ") == french
    assert texts.week_day(day, "en").replace("\u00a0", " ") == english


def test_amounts_are_written_as_each_language_does() -> None:
    assert texts.money(127_100, "fr") == "1\u00a0271,00\u00a0$"
    assert texts.money(127_100, "en") == "$1,271.00"


def test_who_came_to_the_wrong_door_is_told_the_right_one_and_that_nothing_was_kept_of_the_money() -> None:
    french, english = message("wrong_programme").body, message("wrong_programme", "en").body
    for said in (
        "Programme de l’expérience québécoise",
        "en tout temps",
        "rien n’a été encaissé",
        "1er juillet 2016".replace(" ", "\u00a0"),
        "n’a pas été examinée",
        "renvoyé",
    ):
        assert said in french
    for said in ("Québec experience programme", "sent back", "nothing was cashed", "was not examined"):
        assert said in message("wrong_programme", "en", programme="Québec experience programme").body
    assert "S-2026-77" in english
