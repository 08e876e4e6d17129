"""What documents tell the applicant: what came and what is missing, an item refused and why, everything received, a list called back.

Who cannot be reached online gets the same words as a letter.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.deadlines import queries as term_queries
from backoffice.documents.catalogue import REFUSAL_REASONS
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest, RequestItem
from backoffice.documents.states import ItemState
from backoffice.mail import addresses, printing, service, texts
from backoffice.mail.texts import Language, MessageText, MessageValue
from backoffice.mail.values import NewFile

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")
MISSING: Final = frozenset({ItemState.ASKED, ItemState.REFUSED})


def send_item_refused(case: Case, request: DocumentRequest, item: RequestItem, *, by: Actor, at: datetime) -> None:
    """Say which document cannot be accepted, why, and until when it can be sent again."""
    person = next((p for p in case.people if p.id == item.person_id), None)
    term, today = term_queries.term_of(request_owner(request.id)), montreal_day(at)
    last_day = term.last_day if term else today
    values: dict[Language, dict[str, MessageValue]] = {
        language: {
            "item": item.label_en if language == "en" else item.label_fr,
            "person": addresses.name(person) if person else "Family" if language == "en" else "Famille",
            "reason": _reason(item, language),
        }
        for language in LANGUAGES
    }
    _send(
        case, "item_refused", f"refused:{item.id}:{at.isoformat()}", values, by=by, at=at, automatic=False,
        last_day=last_day, late=last_day < today,
    )  # fmt: skip


def _reason(item: RequestItem, language: str) -> str:
    if item.state is ItemState.ASKED:
        again = "We still need this document" if language == "en" else "Ce document reste nécessaire"
        return f"{again}. {item.review_note}" if item.review_note else again
    reason = REFUSAL_REASONS[item.refusal_code or "other"].label(language)
    return f"{reason}. {item.review_note}" if item.review_note else reason


def send_documents_complete(case: Case, request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    """Say that everything asked for is in."""
    received = max((item.received_on for item in request.items if item.received_on), default=montreal_day(at))
    _send(case, "documents_complete", f"complete:{request.id}", {}, by=by, at=at, automatic=True, received_on=received)


def send_items_received(
    case: Case,
    request: DocumentRequest,
    items: Sequence[RequestItem],
    others: Sequence[str],
    received_on: date,
    once: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Say what came and what is still missing: the term runs on for the rest."""
    term = term_queries.term_of(request_owner(request.id))
    missing = [item for item in request.items if item.state in MISSING]
    values: dict[Language, dict[str, MessageValue]] = {
        language: {
            "came": (*(_named(case, item, language) for item in items), *others),
            "missing": tuple(_named(case, item, language) for item in missing),
        }
        for language in LANGUAGES
    }
    last_day = term.last_day if term and missing else received_on
    _send(case, "items_received", once, values, by=by, at=at, automatic=True, received_on=received_on, last_day=last_day)


def send_request_cancelled(case: Case, request: DocumentRequest, reason: str, *, by: Actor, at: datetime) -> None:
    """Say that the list is called back, and why."""
    _send(
        case, "request_cancelled", f"cancelled:{request.id}", {}, by=by, at=at, automatic=False, sent_on=montreal_day(request.sent_at), reason=reason
    )


def _named(case: Case, item: RequestItem, language: str) -> str:
    person = next((p for p in case.people if p.id == item.person_id), None)
    label = item.label_en if language == "en" else item.label_fr
    return f"{label} – {addresses.name(person)}" if person else label


def _send(
    case: Case, name: str, once: str, worded: dict[Language, dict[str, MessageValue]], *, by: Actor, at: datetime, automatic: bool,
    **values: MessageValue,
) -> None:  # fmt: skip
    said = {"applicant_name": addresses.name(case_queries.principal(case)), "case_number": case.number, **values}
    words = {language: texts.render_message(name, language, **said, **worded.get(language, {})) for language in LANGUAGES}
    letter = [] if service.reachable_online(case) else [_letter(case, words, by=by, at=at)]
    service.send_message(
        case.id, name, words[cast("Language", case.language)], files=letter, letter_sha256=letter[0].sha256 if letter else None, once=once,
        automatic=automatic, by=by, at=at,
    )  # fmt: skip


def _letter(case: Case, words: dict[Language, MessageText], *, by: Actor, at: datetime) -> NewFile:
    notice = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=words["fr"].subject, subject_en=words["en"].subject, paragraphs_fr=texts.paragraphs(words["fr"]),
        paragraphs_en=texts.paragraphs(words["en"]), officer=by.label if by.is_person else "", language=cast("Language", case.language),
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(notice), f"avis-{case.number}.pdf")
