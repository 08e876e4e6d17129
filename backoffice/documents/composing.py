"""A request before it is sent: what is proposed from the application, and exactly what the applicant will read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from backoffice.cases import changing
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, Person
from backoffice.cases.values import CivilStatus, PersonKind
from backoffice.core.calendar import montreal_day
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.documents.catalogue import CATALOGUE, DEFAULT_BASIS, suggested
from backoffice.documents.models import RequestItem
from backoffice.documents.values import DocumentFormat, FamilyFacts, NewItem, PersonFacts
from backoffice.mail import addresses, texts
from backoffice.mail.texts import Language, LetterItem, MessageText, RequestLetter

FORMATS = {
    DocumentFormat.ORIGINAL: ("Original", "Original"),
    DocumentFormat.CERTIFIED_COPY: ("Copie certifiée conforme", "Certified true copy"),
    DocumentFormat.PHOTOCOPY: ("Photocopie lisible", "Legible photocopy"),
}

TRANSLATED = (
    "avec l’original de sa traduction complète en français par une traductrice ou un traducteur reconnu",
    "with the original of its full translation into French by a recognized translator",
)
"""Asked with a document in another language than French or English (ministry's page on document requirements)."""

INTERNAL = frozenset({DEFAULT_BASIS, CATALOGUE["other"].basis})
"""Bases that say something to caseworkers alone."""

WHO = {
    PersonKind.PRINCIPAL: ("Requérante ou requérant principal", "Principal applicant"),
    PersonKind.SPOUSE: ("Conjointe ou conjoint", "Spouse"),
    PersonKind.CHILD: ("Enfant", "Child"),
}


@dataclass(frozen=True)
class Preview:
    """What will be sent: the message, the letter, and the workings of its term."""

    text: MessageText
    items: tuple[LetterItem, ...]
    last_day: str
    workings: str


def proposal(case: Case) -> list[NewItem]:
    """The personalised list that the application's own facts suggest; the caseworker edits it."""
    principal = case_queries.principal(case)
    status = principal.details.get("civil_status")
    facts = FamilyFacts(
        received_on=case.legal_received_on,
        civil_status=CivilStatus(status) if status else None,
        validated_offer=case.validated_offer,
        temporary_resident=case.temporary_resident,
        representative=case.representative is not None,
    )
    members = [person for person in case.people if not changing.has_left(person)]
    people = [_facts(person) for person in members]
    return [
        NewItem(s.code, None if s.person_index is None else members[s.person_index].id, translation=s.translation) for s in suggested(people, facts)
    ]


def _facts(person: Person) -> PersonFacts:
    return PersonFacts(
        kind=person.kind,
        birth_date=person.birth_date,
        education=bool(person.details.get("education")),
        experience=bool(person.details.get("experience")),
        language_tests=bool(person.details.get("language_tests")),
        birth_country=person.birth_country,
        study_countries=_countries(person.details.get("education")),
        work_countries=_countries(person.details.get("experience")),
    )


def _countries(lines: object) -> tuple[str, ...]:
    return tuple(str(one["country"]) for one in lines if isinstance(one, dict) and one.get("country")) if isinstance(lines, list) else ()


def lines(case: Case, items: Sequence[NewItem]) -> tuple[LetterItem, ...]:
    """The items as both languages word them."""
    people = {person.id: person for person in case.people}
    return tuple(_line(people.get(item.person_id) if item.person_id else None, item) for item in items)


def _line(person: Person | None, item: NewItem) -> LetterItem:
    known = CATALOGUE[item.code]
    format_fr, format_en = formats(item.format or known.format, translation=item.translation)
    also_fr = "; ".join(known.substitutes).replace("; ", " ; ") if item.substitutes_fr is None else item.substitutes_fr
    also_en = "; ".join(known.substitutes_en) if item.substitutes_en is None else item.substitutes_en
    basis = _shown(known.basis if item.basis is None else item.basis)
    return LetterItem(
        person=addresses.name(person) if person else texts.FAMILY,
        label_fr=item.label_fr or known.label_fr,
        label_en=item.label_en or known.label_en,
        format_fr=format_fr,
        format_en=format_en,
        reason_fr=_reason(item.reason, also_fr, "Aussi accepté\u00a0: ", basis, "Référence\u00a0: "),
        reason_en=_reason(item.reason_en or item.reason, also_en, "Also accepted: ", basis, "Reference: "),
    )


def formats(form: DocumentFormat, *, translation: bool) -> tuple[str, str]:
    """The form required, in both languages; with the translation, where the document is in another language."""
    french, english = FORMATS[form]
    return (f"{french}, {TRANSLATED[0]}", f"{english}, {TRANSLATED[1]}") if translation else (french, english)


def _shown(basis: str) -> str:
    """A basis is printed when it is a text that the applicant can look up."""
    return "" if basis in INTERNAL else basis


def _reason(reason: str, also: str, also_lead: str, basis: str, basis_lead: str) -> str:
    parts = [reason, also_lead + also if also else "", basis_lead + basis if basis else ""]
    return ". ".join(part.rstrip(".") for part in parts if part) or "—"


def stored_line(item: RequestItem, person: Person | None) -> LetterItem:
    """A line that was sent already, in the words it was sent in."""
    format_fr, format_en = formats(DocumentFormat(item.format), translation=item.translation)
    return LetterItem(
        person=addresses.name(person) if person else texts.FAMILY, label_fr=item.label_fr, label_en=item.label_en,
        format_fr=format_fr, format_en=format_en, reason_fr=item.reason_fr, reason_en=item.reason_en,
    )  # fmt: skip


def preview(case: Case, items: Sequence[NewItem], *, days: int | None = None, at: datetime) -> Preview:
    """Exactly what the applicant will read, were it sent now."""
    return written(case, lines(case, items), days=days, at=at)


def written(case: Case, asked: tuple[LetterItem, ...], *, days: int | None = None, at: datetime) -> Preview:
    """The message that asks for these lines; for who reads English, the French text first, then its translation."""
    worked = deadlines.planned(TermKind.DOCUMENTS, montreal_day(at), days)
    language = cast("Language", case.language)
    values: dict[str, Any] = {
        "applicant_name": addresses.name(case_queries.principal(case)),
        "case_number": case.number,
        "items": asked,
        "days": worked.days,
        "readable_on": worked.start,
        "last_day": worked.last_day,
    }
    if language == "en":
        text = texts.translated_message(
            "document_request", in_english={"workings": sentence(worked, "en")}, **values, workings=sentence(worked, "fr")
        )
    else:
        text = texts.render_message("document_request", "fr", **values, workings=sentence(worked, "fr"))
    return Preview(text, asked, worked.last_day.isoformat(), sentence(worked, language))


def letter(
    case: Case, asked: tuple[LetterItem, ...], code: str, officer: str, reference: str, *, days: int | None = None, at: datetime
) -> RequestLetter:
    """The letter with its return sheet."""
    worked = deadlines.planned(TermKind.DOCUMENTS, montreal_day(at), days)
    return RequestLetter(
        number=case.number, date=worked.start, applicant_name=addresses.name(case_queries.principal(case)),
        address_lines=addresses.lines(case), subject="Demande de documents", items=asked, day_zero=worked.start,
        days=worked.days, last_day=worked.last_day, workings_fr=sentence(worked, "fr"), workings_en=sentence(worked, "en"),
        officer=officer, language=cast("Language", case.language), return_code=code, reference=reference,
    )  # fmt: skip
