"""What an envelope held and when it was received, told to the applicant when it is done: by message, or by letter.

The list says what arrived, not what is accepted, and what of an open request is still missing, until when. The day is the
stamp, whenever the envelope was opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, Person
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import plain_digest
from backoffice.core.db import db
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.documents import queries as document_queries
from backoffice.documents.events import request_owner
from backoffice.documents.models import Document, ItemAnswer, RequestItem
from backoffice.documents.notices import MISSING
from backoffice.fees import queries as fee_queries
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mail import addresses, printing, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.texts import Language
from backoffice.mail.values import NewFile
from backoffice.mailroom import queries
from backoffice.mailroom.events import ContentsAcknowledged, envelope_subject
from backoffice.mailroom.models import Envelope

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")
KIND: Final = "contents_received"
METHODS: Final = {
    PaymentMethod.CERTIFIED_CHEQUE: ("Chèque visé", "Certified cheque"),
    PaymentMethod.BANK_DRAFT: ("Traite bancaire", "Bank draft"),
    PaymentMethod.MONEY_ORDER: ("Mandat-poste", "Money order"),
    PaymentMethod.COMPANY_CHEQUE: ("Chèque d’entreprise", "Company cheque"),
    PaymentMethod.CARD: ("Formulaire de paiement par carte", "Card payment form"),
}
TITLES: Final = {"Documents demandés": "Documents requested", "Courrier reçu": "Mail received", "Demande papier": "Application on paper"}


@dataclass(frozen=True)
class Line:
    """One thing received, as the applicant reads it."""

    fr: str
    en: str


def acknowledge(number: str, *, by: Actor, at: datetime) -> int:
    """Tell each case that the envelope speaks of what was received of it; the same list is told once. How many were told."""
    envelope = queries.envelope(number)
    documents = _documents(envelope)
    told = 0
    for case_id in sorted({one.case_id for one in documents} | ({envelope.case_id} if envelope.case_id else set())):
        case = case_queries.case_by_id(case_id)
        lines = list(_contents(case, [one for one in documents if one.case_id == case_id], envelope))
        told += bool(lines) and _tell(envelope, case, lines, by=by, at=at)
    return told


def _documents(envelope: Envelope) -> list[Document]:
    filed = {page.document_id for page in envelope.pages if page.document_id}
    return list(db.session.scalars(select(Document).where(Document.id.in_(filed)).order_by(Document.id)))


def _contents(case: Case, documents: Iterable[Document], envelope: Envelope) -> Iterable[Line]:
    people = {person.id: person for person in case.people}
    for document in documents:
        pages = sum(page.document_id == document.id for page in envelope.pages)
        items = list(
            db.session.scalars(select(RequestItem).join(ItemAnswer).where(ItemAnswer.document_id == document.id).order_by(RequestItem.position))
        )
        yield from [_item(item, people) for item in items] or [Line(document.title, TITLES.get(document.title, document.title))]
        yield Line(f"soit {pages} page{'s' if pages > 1 else ''} en tout", f"{pages} page{'s' if pages > 1 else ''} in all")
    if envelope.case_id == case.id:
        yield from (_money(one) for one in fee_queries.receipts_of_envelope(envelope.number))


def _item(item: RequestItem, people: dict[int, Person]) -> Line:
    person = people.get(item.person_id or 0)
    whose = f" – {addresses.name(person)}" if person else ""
    return Line(f"{item.label_fr}{whose}", f"{item.label_en}{whose}")


def _money(one: Receipt) -> Line:
    fr, en = METHODS.get(one.method, ("Paiement", "Payment"))
    number = (f" nº\u00a0{one.instrument_number}", f" no. {one.instrument_number}") if one.instrument_number else ("", "")
    amount = (texts.money(one.amount_cents, "fr"), texts.money(one.amount_cents, "en")) if one.currency == "CAD" else (
        f"{one.amount_cents / 100:.2f} {one.currency}", f"{one.currency} {one.amount_cents / 100:.2f}")  # fmt: skip
    back = (", renvoyé sans être encaissé", ", sent back uncashed") if one.state is ReceiptState.RETURNED else ("", "")
    return Line(f"{fr}{number[0]}, {amount[0]}{back[0]}", f"{en}{number[1]}, {amount[1]}{back[1]}")


def _tell(envelope: Envelope, case: Case, lines: list[Line], *, by: Actor, at: datetime) -> bool:
    once = f"contents:{envelope.number}:{case.id}:{plain_digest([line.fr for line in lines])[:16]}"
    if mail_queries.already_sent(once):
        return False
    words = {language: _words(language, case, envelope, lines) for language in LANGUAGES}
    text = words[cast("Language", case.language)]
    online = mail.reachable_online(case)
    letter = [] if online else [_letter(case, envelope, words, by=by, at=at)]
    sent = mail.send_message(
        case.id, KIND, text, files=letter, letter_sha256=letter[0].sha256 if letter else None, once=once, automatic=True, by=by, at=at
    )
    fact = ContentsAcknowledged(case.number, str(sent.id), len(lines), online)
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)
    return True


def _words(language: Language, case: Case, envelope: Envelope, lines: list[Line]) -> texts.MessageText:
    contents = tuple(line.fr if language == "fr" else line.en for line in lines)
    missing, last_day = _missing(case, envelope.legal_received_on)
    return texts.render_message(
        KIND, language, applicant_name=addresses.name(case_queries.principal(case)), case_number=case.number,
        received_on=envelope.legal_received_on, contents=contents,
        missing=tuple(line.fr if language == "fr" else line.en for line in missing), last_day=last_day,
    )  # fmt: skip


def _missing(case: Case, received_on: date) -> tuple[list[Line], date]:
    """What the open request still waits for, and until when; a term that has not begun or is stopped names no day, and nothing is said."""
    request = document_queries.open_request(case.id)
    term = term_queries.term_of(request_owner(request.id)) if request else None
    if request is None or term is None or term.last_day == OPEN_ENDED:
        return [], received_on
    people = {person.id: person for person in case.people}
    return [_item(item, people) for item in request.items if item.state in MISSING], term.last_day


def _letter(case: Case, envelope: Envelope, words: dict[Language, texts.MessageText], *, by: Actor, at: datetime) -> NewFile:
    notice = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=words["fr"].subject, subject_en=words["en"].subject, paragraphs_fr=texts.paragraphs(words["fr"]),
        paragraphs_en=texts.paragraphs(words["en"]), officer=by.label if by.is_person else "", language=cast("Language", case.language),
        reference=envelope.number,
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(notice), f"{envelope.number}-{case.number}.pdf")
