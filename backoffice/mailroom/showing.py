"""What the mailroom's pages show: rows, cards and sentences, ready for the templates."""

from collections.abc import Sequence
from datetime import date

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2 import TemplateNotFound
from markupsafe import Markup

from backoffice.core import events, formats
from backoffice.core.calendar import montreal_day
from backoffice.core.events import EventRow
from backoffice.documents.states import ItemState
from backoffice.fees import queries as fee_queries
from backoffice.mail import queries as mail_queries
from backoffice.mailroom import forms, queries
from backoffice.mailroom.balancing import Balance
from backoffice.mailroom.indexing import queries as indexing_queries
from backoffice.mailroom.indexing import service as indexing
from backoffice.mailroom.indexing.queries import Doubted
from backoffice.mailroom.indexing.values import Candidate
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.opening import queries as opening
from backoffice.mailroom.opening import taking
from backoffice.mailroom.pipeline import words as pipeline_words
from backoffice.mailroom.states import EnvelopeState, PageState, ScanState
from backoffice.mailroom.values import Excluded
from backoffice.staff.guard import current_actor

Shown = dict[str, object]

STATES = {
    EnvelopeState.OPEN: _l("Open"), EnvelopeState.IN_DOUBT: _l("In doubt"), EnvelopeState.CLOSED: _l("Closed"), EnvelopeState.RETURNED: _l("Sent back"),
}  # fmt: skip


def letters() -> list[Shown]:
    """Letters that wait for the post."""
    waiting = mail_queries.letters_to_post()
    numbers = queries.case_numbers({message.case_id for _letter, message in waiting})
    return [{"id": letter.id, "case": numbers[message.case_id], "subject": message.subject, "made_at": letter.made_at} for letter, message in waiting]


def rows(many: Sequence[Envelope], today: date) -> list[Shown]:
    """A list of envelopes, whose accounts are read together."""
    balances = queries.balances(many)
    return [row(one, today, balances[one.id]) for one in many]


def row(one: Envelope, today: date, balance: Balance | None = None) -> Shown:
    """An envelope in a list."""
    balance = balance or queries.balance(one)
    return {
        "number": one.number, "stamp": one.legal_received_on, "age": (today - one.legal_received_on).days, "kind": forms.KINDS[one.kind],
        "state": STATES[one.state], "state_code": one.state.value, "sender": one.sender, "balance": balance,
        "doubt": _doubt_words(one), "url": url_for("mailroom.envelope", number=one.number),
    }  # fmt: skip


def _doubt_words(one: Envelope) -> str:
    """Why an envelope waits for a person."""
    known = {doubt.value: str(words) for doubt, words in forms.DOUBTS.items()}
    return known.get(one.parked_reason or "", "")


def doubt_row(one: Doubted, today: date, last: EventRow | None = None) -> Shown:
    """An envelope of the pile in doubt: since when, until when, whose, and the last note about it."""
    envelope = one.envelope
    since = envelope.doubted_at or envelope.registered_at
    due = indexing.due_on(since)
    return row(envelope, today) | {
        "since": since, "days": (today - montreal_day(since)).days, "due": due, "late": due < today, "owner": one.owner, "owner_id": envelope.owner_id,
        "note": last.data if last else None, "note_by": last.by_label if last else "",
    }  # fmt: skip


def suggestions(found: Sequence[Candidate], chosen: str) -> list[Shown]:
    """Cases that the mail may belong to, with why and what is still asked of each; one is chosen beforehand."""
    asked, english = indexing_queries.open_requests([one.case_id for one in found]), formats.locale_code() == "en"
    people = indexing_queries.given_names(item.person_id for request in asked.values() for item in request.items if item.person_id)
    return [
        {
            "number": one.number, "name": one.name, "birth_date": one.birth_date, "score": one.score, "why": " ; ".join(one.why),
            "chosen": one.number == chosen,
            "asked": [
                {"id": item.id, "label": item.label_en if english else item.label_fr, "person": people.get(item.person_id or 0, "")}
                for item in (asked[one.case_id].items if one.case_id in asked else []) if item.state in {ItemState.ASKED, ItemState.REFUSED}
            ],
        }
        for one in found
    ]  # fmt: skip


def page_row(one: ScanPage, cases: dict[int, str]) -> Shown:
    """A page under its picture."""
    state = one.state
    reason = one.excluded_reason
    words = {PageState.TO_FILE: _("To file"), PageState.FILED: _("Filed"), PageState.EXCLUDED: _("Left out")}
    return {
        "id": one.id, "position": one.position, "state": state.value, "words": words[state],
        "reason": str(forms.EXCLUSIONS[Excluded(reason)]) if reason else "", "case": cases.get(one.document_id or 0),
    }  # fmt: skip


def scan_row(one: Scan) -> Shown:
    """A scanned file."""
    state = one.state
    words = {
        ScanState.WAITING: _("Being read"), ScanState.READING: _("Being read"), ScanState.READ: _("Read"), ScanState.PARKED: _("Parked"), ScanState.SET_ASIDE: _("Set aside"),
    }  # fmt: skip
    refusal = one.refusal or ""
    return {
        "id": one.id, "filename": one.filename, "size": one.size, "state": state.value, "words": words[state],
        "refusal": str(forms.REFUSALS.get(refusal, refusal)), "warnings": [_warning(w) for w in one.warnings],
    }  # fmt: skip


def _warning(key: str) -> str:
    """What reading a file noticed."""
    name, _colon, rest = key.partition(":")
    words = {
        "same_as": _("The very same file came in envelope %(number)s.", number=rest),
        "name_differs": _("The content is another kind than the name says."),
        "active_content": _("The file holds scripts or actions; they were not run."),
        "attachments": _("The file holds attachments that are not shown."),
        "page_unreadable": _("Page %(number)s could not be read: an empty frame keeps its place.", number=rest),
        "image_shows_nothing": _("Page %(number)s holds an image that shows nothing.", number=rest),
        "repaired": _("The file was damaged and could be repaired."),
        "form": _("The file holds fields filled in on a computer: compare the picture with what was typed."),
        "xfa": _("The file is a form that some readers cannot show: look at each page."),
        "signed": _("The file carries an electronic signature."),
    }
    return str(words.get(name) or pipeline_words.warning(key) or _("To look at: %(key)s", key=key))


def money(one: Envelope) -> list[Shown]:
    """The money of an envelope; whoever is to count an instrument does not see what the first person wrote."""
    listed = {found.receipt.id: found.instrument.first_id for found in opening.found_in(one.id)}
    mine = current_actor().id
    words = {"received": _("Waits"), "allocated": _("Allocated"), "returned": _("Returned"), "refunded": _("Refunded"), "reversed": _("Reversed")}
    return [
        {
            "id": r.id, "method": str(forms.METHODS.get(r.method, r.method.value)), "currency": r.currency,
            "cents": None if r.waits_for_count and listed.get(r.id) != mine else r.amount_cents, "number": r.instrument_number or "", "payer": r.payer or "", "state": r.state.value, "words": words[r.state.value],
            "to_return": r.state.value == "received" and r.why_unmatched in taking.NOT_ACCEPTED,
        }
        for r in fee_queries.receipts_of_envelope(one.number)
    ]  # fmt: skip


def history(number: str) -> list[Shown]:
    """What happened to an envelope."""
    return [{"text": _sentence(row), "by": row.by_label, "at": row.at, "outside": False} for row in queries.timeline(number)]


def _sentence(row: EventRow) -> Markup:
    """A fact in words."""
    try:
        return Markup(render_template(events.sentence_of(row.kind), event=row.data, row=row))  # noqa: S704 - our own escaped template
    except TemplateNotFound:
        return Markup.escape(row.kind)
