"""A request before it is sent: what is proposed from the application, and exactly what the applicant will read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, Person
from backoffice.cases.values import CivilStatus, PersonKind
from backoffice.core.calendar import montreal_day
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.documents.catalogue import CATALOGUE, suggested
from backoffice.documents.values import DocumentFormat, FamilyFacts, NewItem, PersonFacts
from backoffice.mail import addresses, texts
from backoffice.mail.texts import Language, LetterItem, MessageText, RequestLetter

FORMATS = {
    DocumentFormat.ORIGINAL: ("Original", "Original"),
    DocumentFormat.CERTIFIED_COPY: ("Copie certifiée conforme", "Certified true copy"),
    DocumentFormat.PHOTOCOPY: ("Photocopie lisible", "Legible photocopy"),
}

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
    people = [_facts(person) for person in case.people]
    return [NewItem(s.code, None if s.person_index is None else case.people[s.person_index].id) for s in suggested(people, facts)]


def _facts(person: Person) -> PersonFacts:
    return PersonFacts(
        kind=person.kind,
        birth_date=person.birth_date,
        education=bool(person.details.get("education")),
        experience=bool(person.details.get("experience")),
        language_tests=bool(person.details.get("language_tests")),
    )


def lines(case: Case, items: Sequence[NewItem]) -> tuple[LetterItem, ...]:
    """The items as both languages word them."""
    people = {person.id: person for person in case.people}
    return tuple(_line(people.get(item.person_id) if item.person_id else None, item) for item in items)


def _line(person: Person | None, item: NewItem) -> LetterItem:
    known = CATALOGUE[item.code]
    format_fr, format_en = FORMATS[known.format]
    return LetterItem(
        person=addresses.name(person) if person else "Famille / Family",
        label_fr=known.label_fr,
        label_en=known.label_en,
        format_fr=format_fr,
        format_en=format_en,
        reason_fr=item.reason or _reason(known.substitutes, "Aussi accepté : "),
        reason_en=item.reason or _reason(known.substitutes, "Also accepted (in French): "),
    )


def _reason(substitutes: Sequence[str], lead: str) -> str:
    return lead + " ; ".join(substitutes) if substitutes else "—"


def preview(case: Case, items: Sequence[NewItem], *, at: datetime) -> Preview:
    """Exactly what the applicant will read, were it sent now."""
    worked = deadlines.planned(TermKind.DOCUMENTS, montreal_day(at))
    language = cast("Language", case.language)
    values: dict[str, Any] = {
        "applicant_name": addresses.name(case_queries.principal(case)),
        "case_number": case.number,
        "items": lines(case, items),
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
    return Preview(text, values["items"], worked.last_day.isoformat(), sentence(worked, language))


def letter(case: Case, items: Sequence[NewItem], code: str, officer: str, reference: str, *, at: datetime) -> RequestLetter:
    """The letter with its return sheet."""
    worked = deadlines.planned(TermKind.DOCUMENTS, montreal_day(at))
    return RequestLetter(
        number=case.number, date=worked.start, applicant_name=addresses.name(case_queries.principal(case)),
        address_lines=addresses.lines(case), subject="Demande de documents", items=lines(case, items), day_zero=worked.start,
        days=worked.days, last_day=worked.last_day, workings_fr=sentence(worked, "fr"), workings_en=sentence(worked, "en"),
        officer=officer, language=cast("Language", case.language), return_code=code, reference=reference,
    )  # fmt: skip
