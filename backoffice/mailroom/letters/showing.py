"""What the letters' pages show, ready for the templates."""

import unicodedata

from flask import url_for

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, formats
from backoffice.core.calendar import montreal_day
from backoffice.core.errors import NotFound
from backoffice.core.events import Subject
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries as delivery
from backoffice.mail.models import PostedLetter
from backoffice.mailroom.letters import queries, words
from backoffice.mailroom.letters.models import PrintRun
from backoffice.mailroom.letters.queries import Waiting
from backoffice.mailroom.letters.states import InRun, RunState
from backoffice.mailroom.letters.values import Way

Shown = dict[str, object]


def subject_of(letter: PostedLetter) -> Subject:
    """The case that a letter is about."""
    return case_subject(mail_queries.message(letter.message_id).case_id)


def waiting() -> list[Shown]:
    """Letters for the next run."""
    return [_letter(one) for one in queries.waiting()]


def held() -> list[Shown]:
    """Letters with characters that no font has, each character named."""
    return [_letter(one) | {"characters": [_named(character) for character in one.letter.missing]} for one in queries.held()]


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _letter(one: Waiting) -> Shown:
    address = one.case.contact.get("address") or {}
    return {
        "id": one.letter.id, "case": one.case.number, "subject": one.message.subject, "made_at": one.letter.made_at,
        "country": formats.country(address.get("country")), "age": (clock.today() - montreal_day(one.letter.made_at)).days,
    }  # fmt: skip


def runs() -> Shown:
    """The runs, the latest first, and whether one is being made."""
    many = queries.runs()
    counts = queries.counts([one.id for one in many])
    return {"rows": [run(one, counts.get(one.id, 0)) for one in many], "making": any(one.state is RunState.MAKING for one in many)}


def run(one: PrintRun, letters: int | None = None) -> Shown:
    """A run."""
    count = queries.counts([one.id]).get(one.id, 0) if letters is None else letters
    return {
        "number": one.number, "state": one.state.value, "words": str(words.STATES[one.state]), "tone": words.TONES[one.state], "letters": count,
        "pages": one.pages, "asked_at": one.asked_at, "asked_by": one.asked_by_label, "made_at": one.made_at, "sha256": one.sha256 or "",
        "handed_on": one.handed_on, "handed_by": one.handed_by_label or "", "way": str(words.WAYS[Way(one.way)]) if one.way else "",
        "tracking": one.tracking or "", "weight": one.weight_grams, "making": one.state is RunState.MAKING,
        "printed": queries.printed(one.id) if one.state is RunState.MAKING else count, "url": url_for("letters.show", number=one.number),
    }  # fmt: skip


def rows(one: PrintRun) -> list[Shown]:
    """The letters of a run, in the order of the pile."""
    return [
        {
            "id": placed.letter.id, "position": placed.place.position, "case": placed.case.number, "subject": placed.message.subject,
            "name": addresses.name(case_queries.principal(placed.case)), "country": formats.country(placed.place.country), "pages": placed.place.pages,
            "envelope": str(words.ENVELOPES[placed.place.envelope]), "out": placed.place.state is InRun.OUT,
        }
        for placed in queries.letters(one.id)
    ]  # fmt: skip


def case_named(typed: str) -> str:
    """The case that a code of a return sheet names, or the number itself when it is one of ours."""
    code = addresses.read_return_code(typed)
    number = code.case_number if code else typed
    try:
        return case_queries.case(number).number if number else ""
    except NotFound:
        return ""


def subject_of_case(number: str) -> Subject:
    """The case by its number."""
    return case_subject(case_queries.case(number).id)


def posted(number: str) -> list[Shown]:
    """The letters of a case that left, and whether they came back."""
    return [
        {
            "id": one.letter.id, "subject": one.message.subject, "posted_at": one.letter.posted_at, "back": delivery.return_of(one.letter.id) is not None,
        }
        for one in (queries.posted_of_case(number) if number else [])
    ]  # fmt: skip
