"""The words an applicant reads: letters on paper and messages in the secure mailbox.

A letter takes one value object and nothing else, so what was printed can be explained from what was known that day. The
French text is the one that counts (Charter of the French language, s. 22.3); a translation follows it, marked as such.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backoffice.mail import codes, envelopes, typography

Language = Literal["fr", "en"]
Day: TypeAlias = date  # letters have a field of that name

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
MONTREAL = ZoneInfo("America/Toronto")
LOCALES = {"fr": "fr_CA", "en": "en_CA"}
NBSP = "\u00a0"


FAMILY = "Famille / Family"
"""Whom a document of the whole family is asked of, as it is kept; each language reads its own half."""


@dataclass(frozen=True)
class LetterItem:
    """One document asked for: of whom, in which format, and why."""

    person: str
    label_fr: str
    label_en: str
    format_fr: str
    format_en: str
    reason_fr: str
    reason_en: str

    @property
    def person_fr(self) -> str:
        """Of whom, as French says it."""
        return "Famille" if self.person == FAMILY else self.person

    @property
    def person_en(self) -> str:
        """Of whom, as English says it."""
        return "Family" if self.person == FAMILY else self.person


@dataclass(frozen=True)
class FeeLine:
    """One line of the tariff: how many people pay how much each."""

    label_fr: str
    label_en: str
    quantity: int
    unit_cents: int

    @property
    def total_cents(self) -> int:
        """What the line adds to the amount."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True)
class RequestLetter:
    """A request of documents; `number` is the case's, `reference` the request's own where it has one."""

    number: str
    date: Day
    applicant_name: str
    address_lines: tuple[str, ...]
    subject: str
    items: tuple[LetterItem, ...]
    day_zero: Day
    days: int
    last_day: Day
    workings_fr: str
    workings_en: str
    officer: str
    language: Language
    return_code: str
    reference: str = ""


@dataclass(frozen=True)
class InvitationLetter:
    """An invitation to pay, for an applicant who cannot be reached online; `number` is the case's."""

    number: str
    date: Day
    applicant_name: str
    address_lines: tuple[str, ...]
    lines: tuple[FeeLine, ...]
    day_zero: Day
    days: int
    last_day: Day
    workings_fr: str
    workings_en: str
    officer: str
    language: Language
    return_code: str
    reference: str = ""

    @property
    def amount_cents(self) -> int:
        """The whole sum due."""
        return sum(line.total_cents for line in self.lines)


@dataclass(frozen=True)
class ReceiptLetter:
    """The receipt of a payment, for an applicant who cannot be reached online; `reference` is the receipt's number."""

    number: str
    date: Day
    applicant_name: str
    address_lines: tuple[str, ...]
    lines: tuple[FeeLine, ...]
    amount_cents: int
    received_on: Day
    instrument_fr: str
    instrument_en: str
    officer: str
    language: Language
    reference: str = ""


@dataclass(frozen=True)
class NoticeLetter:
    """A message put on paper, paragraph by paragraph; one that is to be answered has its return sheet."""

    number: str
    date: Day
    applicant_name: str
    address_lines: tuple[str, ...]
    subject_fr: str
    subject_en: str
    paragraphs_fr: tuple[str, ...]
    paragraphs_en: tuple[str, ...]
    officer: str
    language: Language
    reference: str = ""
    return_code: str = ""
    last_day: Day | None = None


Letter = RequestLetter | InvitationLetter | ReceiptLetter | NoticeLetter


@dataclass(frozen=True)
class MessageText:
    """A message ready to send, and which reviewed text it was made from."""

    subject: str
    body: str
    template: str
    version: str


# What each message says that depends on the case. A value that is missing, or that the text does not know, is refused.
MESSAGES: dict[str, frozenset[str]] = {
    "officer_message": frozenset({"applicant_name", "case_number", "subject", "body", "officer"}),
    "bulk_message": frozenset({"applicant_name", "case_number", "subject", "body"}),
    "message_withdrawn": frozenset({"applicant_name", "case_number", "sent_on", "withdrawn_on"}),
    "payment_invitation": frozenset(
        {"applicant_name", "case_number", "lines", "amount_cents", "days", "readable_on", "from_submission", "last_day", "workings"}
    ),
    "invitation_to_file": frozenset({"applicant_name", "case_number", "days", "last_day", "workings"}),
    "payment_received": frozenset({"applicant_name", "case_number", "amount_cents", "received_on", "receipt_number"}),
    "payment_lapsed": frozenset({"applicant_name", "case_number", "amount_cents", "readable_on", "days", "last_day", "lapsed_on"}),
    "reminder_payment": frozenset({"applicant_name", "case_number", "amount_cents", "days", "readable_on", "last_day", "workings"}),
    "reminder_documents": frozenset({"applicant_name", "case_number", "items", "days", "readable_on", "last_day", "workings"}),
    "reminder_intention": frozenset({"applicant_name", "case_number", "days", "readable_on", "last_day", "workings"}),
    "term_moved": frozenset({"applicant_name", "case_number", "term", "days", "last_day", "workings"}),
    "intention_to_reject": frozenset({"applicant_name", "case_number", "replaces", "items", "reason", "days", "readable_on", "last_day", "workings"}),
    "intention_withdrawn": frozenset({"applicant_name", "case_number", "reason"}),
    "application_rejected": frozenset({"applicant_name", "case_number", "items", "reason", "decided_on", "readable_on", "days", "last_day"}),
    "error_corrected": frozenset({"applicant_name", "case_number", "decided_on"}),
    "document_request": frozenset({"applicant_name", "case_number", "items", "days", "readable_on", "last_day", "workings"}),
    "item_refused": frozenset({"applicant_name", "case_number", "person", "item", "reason", "last_day", "late"}),
    "items_received": frozenset({"applicant_name", "case_number", "received_on", "came", "missing", "last_day"}),
    "request_cancelled": frozenset({"applicant_name", "case_number", "sent_on", "reason"}),
    "change_recorded": frozenset({"applicant_name", "case_number", "received_on", "changes"}),
    "documents_complete": frozenset({"applicant_name", "case_number", "received_on"}),
    "contents_received": frozenset({"applicant_name", "case_number", "received_on", "contents", "missing", "last_day"}),
    "acknowledgment": frozenset({"applicant_name", "reference", "received_at"}),
    "wrong_programme": frozenset({"applicant_name", "reference", "received_on", "programme", "where"}),
    "arrival_refused": frozenset({"applicant_name", "reference", "received_at", "reason"}),
    "admission_annulled": frozenset({"applicant_name", "reference", "decided_on", "basis", "amount_cents"}),
    "ended_by_law": frozenset({"applicant_name", "reference", "decided_on", "basis", "amount_cents"}),
    "act_stayed": frozenset({"applicant_name", "reference", "decided_on", "basis", "amount_cents"}),
    "processing_suspended": frozenset({"applicant_name", "reference", "decided_on", "basis", "stops_clocks"}),
    "exemption_verified": frozenset({"applicant_name", "reference"}),
    "exemption_denied": frozenset({"applicant_name", "reference", "reason", "outcome"}),
    "duplicate_refused": frozenset({"applicant_name", "reference", "received_on", "reason"}),
    "withdrawal_confirmed": frozenset({"applicant_name", "reference", "received_on", "fee_outcome"}),
    "refund_answered": frozenset({"applicant_name", "reference", "reason", "fee_outcome"}),
    "review_reinstated": frozenset({"applicant_name", "reference", "reason"}),
    "review_maintained": frozenset({"applicant_name", "reference", "reason"}),
    "claim_granted": frozenset({"applicant_name", "reference", "reason"}),
    "claim_declined": frozenset({"applicant_name", "reference", "reason"}),
    "examination_declined": frozenset({"applicant_name", "reference", "reason", "received_on", "last_day"}),
    "processing_resumed": frozenset({"applicant_name", "reference", "decided_on", "basis"}),
    "outage_extended": frozenset({"applicant_name", "reference", "term", "doors", "first", "last", "old_day", "last_day"}),
    "outage_corrected": frozenset({"applicant_name", "reference", "term", "old_day", "last_day"}),
}

MessageValue = str | int | date | datetime | Sequence[LetterItem] | Sequence[FeeLine] | tuple[str, ...]


def request_letter_html(letter: RequestLetter, *, environment: Environment | None = None) -> str:
    """Write the letter that asks for documents, with its return sheet."""
    return _letter("documents/letters/request.fr.html", letter, environment)


def invitation_letter_html(letter: InvitationLetter, *, environment: Environment | None = None) -> str:
    """Write the letter that asks for the fees, with its return sheet."""
    return _letter("fees/letters/invitation.fr.html", letter, environment)


def receipt_letter_html(letter: ReceiptLetter, *, environment: Environment | None = None) -> str:
    """Write the receipt of a payment."""
    return _letter("fees/letters/receipt.fr.html", letter, environment)


def notice_letter_html(letter: NoticeLetter, *, environment: Environment | None = None) -> str:
    """Write a message as a letter."""
    return _letter("mail/letters/notice.fr.html", letter, environment)


def paragraphs(text: MessageText) -> tuple[str, ...]:
    """The paragraphs of a message without its greeting and its signature, which a letter has of its own."""
    return tuple(" ".join(one.split()) for one in text.body.strip().split("\n\n")[1:-1] if one.strip())


def _letter(template: str, letter: Letter, environment: Environment | None) -> str:
    return typography.set_french((environment or letters_environment()).get_template(template).render(letter=letter))


def render_message(name: str, language: Language, **values: MessageValue) -> MessageText:
    """Write a message of the secure mailbox; its first line is its subject."""
    if set(values) != MESSAGES[name]:
        message = f"{name} takes exactly {sorted(MESSAGES[name])}, not {sorted(values)}"
        raise ValueError(message)
    template = f"mail/messages/{name}.{language}.txt"
    subject, _, body = letters_environment().get_template(template).render(values).partition("\n")
    return MessageText(subject.strip(), body.strip() + "\n", template, _version(template))


def translated_message(name: str, *, in_english: Mapping[str, MessageValue] | None = None, **values: MessageValue) -> MessageText:
    """Write a message in French, then its translation, marked as one: what an English-speaking applicant is sent."""
    french, english = render_message(name, "fr", **values), render_message(name, "en", **(values | dict(in_english or {})))
    mark = "Traduction / Translation\nThe French text above is the official one."
    body = f"{french.body}\n{mark}\n\n{english.subject}\n\n{english.body}"
    return MessageText(french.subject, body, french.template, f"{french.version}+{english.version}")


@cache
def _version(template: str) -> str:
    """Name the exact words of a text, so that the message kept with a case can be traced to what was reviewed."""
    return hashlib.sha256((TEMPLATES / template).read_bytes()).hexdigest()[:12]


@cache
def letters_environment() -> Environment:
    """Make the templates of letters and messages ready, apart from any web page; a missing value is a fault."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "longday": long_day, "weekday": week_day}
    environment.filters |= {"montreal_day": montreal_day, "hour": hour}
    environment.globals |= {"data_matrix": data_matrix, "code128": code128, "window": envelopes.window}
    return environment


def data_matrix(text: str) -> str:
    """Give the address of a DataMatrix drawn in the page."""
    return codes.data_uri(codes.data_matrix_svg(text))


def code128(text: str) -> str:
    """Give the address of a Code 128 drawn in the page."""
    return codes.data_uri(codes.code128_svg(text))


def money(cents: int, language: Language) -> str:
    """Write an amount: « 1 271,00 $ », $1,271.00."""
    written = format_currency(cents / 100, "CAD", locale=LOCALES[language])
    return written.replace("\u202f", NBSP)


def long_day(day: date, language: Language) -> str:
    """Write a date: « 1er janvier 2027 », January 1, 2027."""
    if language == "en":
        return format_date(day, "MMMM d, y", locale="en_CA").replace(f" {day.day},", f"{NBSP}{day.day},")
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{format_date(day, 'MMMM', locale='fr_CA')}{NBSP}{day.year}"


def week_day(day: date, language: Language) -> str:
    """Write a date with the day of the week, so that a last day cannot be misread: « lundi 25 janvier 2027 »."""
    name = format_date(day, "EEEE", locale=LOCALES[language])
    return f"{name}, {long_day(day, language)}" if language == "en" else f"{name} {long_day(day, language)}"


def montreal_day(at: datetime, language: Language) -> str:
    """Write the day it was in Montréal at that instant."""
    return long_day(at.astimezone(MONTREAL).date(), language)


def hour(at: datetime, language: Language) -> str:
    """Write the hour in Montréal, which is the one that counts: « 8 h 44 », 8:44 a.m."""
    local = at.astimezone(MONTREAL)
    if language == "fr":
        return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{local.hour % 12 or 12}:{local.minute:02}{NBSP}{half}"
