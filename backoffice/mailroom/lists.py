"""The lists that the numbers of the first page open: a number and its list are the same question, so they add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_

from backoffice.core.clock import MONTREAL
from backoffice.core.db import db
from backoffice.fees import rules as fee_rules
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import queries
from backoffice.mailroom.models import Envelope, Keying, Scan, ScanPage
from backoffice.mailroom.queries import View
from backoffice.mailroom.returns.models import PaperReturn
from backoffice.mailroom.returns.states import ReturnState
from backoffice.mailroom.states import EnvelopeState, KeyingState, PageState, ScanState
from backoffice.mailroom.values import EnvelopeKind, Excluded
from backoffice.staff.models import ReadLog

LIVE = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
UNREAD = (ScanState.WAITING, ScanState.READING)
LOOKED_AT = timedelta(minutes=3)
"""An envelope that a colleague opened so lately is theirs: the next one goes to the next person."""


def view(name: str, today: date) -> View:
    """A named list of envelopes."""
    wheres: dict[str, tuple[ColumnElement[bool], ...]] = {
        "to_balance": (Envelope.state == EnvelopeState.OPEN, _has_pages(), ~_has_pages(PageState.TO_FILE), ~_has_scans(*UNREAD, ScanState.PARKED)),
        "to_return": (or_(_refused_money(), _prepared_return()),),
        "to_rescan": (Envelope.state.in_(LIVE), or_(_has_scans(ScanState.PARKED), _illegible())),
    }
    return View(name, wheres[name]) if name in wheres else queries.view(name, today)


def _has_pages(*states: PageState) -> ColumnElement[bool]:
    query = select(ScanPage.id).where(ScanPage.envelope_id == Envelope.id)
    return exists(query.where(ScanPage.state.in_(states)) if states else query)


def _has_scans(*states: ScanState) -> ColumnElement[bool]:
    return exists(select(Scan.id).where(Scan.envelope_id == Envelope.id, Scan.state.in_(states)))


def _refused_money() -> ColumnElement[bool]:
    """Money that is not accepted by post and has not gone back yet."""
    accepted = [method for method in PaymentMethod if fee_rules.accepted_by_post(method)]
    waits = select(Receipt.id).where(Receipt.envelope == Envelope.number, Receipt.state == ReceiptState.RECEIVED)
    return exists(waits.where(or_(Receipt.method.not_in(accepted), Receipt.currency != "CAD")))


def _prepared_return() -> ColumnElement[bool]:
    """A return whose letter is made and that has not left."""
    return exists(select(PaperReturn.id).where(PaperReturn.envelope_id == Envelope.id, PaperReturn.state == ReturnState.PREPARED))


def _illegible() -> ColumnElement[bool]:
    """A page left out because it is scanned again, of which no new scan came."""
    page, again = ScanPage.__table__.alias("page"), ScanPage.__table__.alias("again")
    came = exists(select(again.c.id).where(again.c.rescan_of_id == page.c.id))
    wanted = select(page.c.id).where(page.c.envelope_id == Envelope.id, page.c.excluded_reason == Excluded.ILLEGIBLE_RESCANNED.value)
    return exists(wanted.where(~came))


def next_to_work(after: Envelope | None, account_id: int, at: datetime) -> Envelope | None:
    """The next envelope on which this person has something to do: the oldest stamp after the one at hand, then from the start."""
    query = select(Envelope).where(*_to_work(account_id, at)).order_by(Envelope.legal_received_on, Envelope.id).limit(1)
    if after is None:
        return db.session.scalars(query).first()
    later = tuple_(Envelope.legal_received_on, Envelope.id) > tuple_(after.legal_received_on, after.id)
    return db.session.scalars(query.where(later)).first() or db.session.scalars(query.where(Envelope.id != after.id)).first()


def _to_work(account_id: int, at: datetime) -> Sequence[ColumnElement[bool]]:
    """Pages to file, a file to settle, or nothing left but to close; nobody else's, nor before another's eyes just now."""
    sent_on = exists(select(Keying.envelope_id).where(Keying.envelope_id == Envelope.id, Keying.state != KeyingState.DRAFT))
    closable = _has_pages() & ~_has_pages(PageState.TO_FILE)
    to_file = _has_pages(PageState.TO_FILE) & ~((Envelope.kind == EnvelopeKind.APPLICATION) & sent_on)
    seen = select(ReadLog.id).where(
        ReadLog.subject_kind == "envelope", ReadLog.subject_id == Envelope.number, ReadLog.at > at - LOOKED_AT, ReadLog.account_id != account_id
    )
    return (
        Envelope.state.in_(LIVE), or_(Envelope.owner_id.is_(None), Envelope.owner_id == account_id), ~exists(seen), ~_has_scans(*UNREAD),
        or_(to_file, closable, _has_scans(ScanState.PARKED)),
    )  # fmt: skip


@dataclass(frozen=True)
class Today:
    """The pages scanned today in one envelope: filed, left out, and those still to file are all of them."""

    number: str
    scanned: int
    filed: int
    excluded: int
    to_file: int


def scanned_today(today: date) -> list[Today]:
    """What the scanners brought today, envelope by envelope."""
    filed, excluded, to_file = (func.count().filter(ScanPage.state == state) for state in (PageState.FILED, PageState.EXCLUDED, PageState.TO_FILE))
    pages = select(Envelope.number, func.count(), filed, excluded, to_file).join(ScanPage, ScanPage.envelope_id == Envelope.id)
    arrived = pages.join(Scan, Scan.id == ScanPage.scan_id).where(Scan.arrived_at >= datetime.combine(today, time(), tzinfo=MONTREAL))
    rows = db.session.execute(arrived.group_by(Envelope.number).order_by(Envelope.number))
    return [Today(row[0], row[1], row[2], row[3], row[4]) for row in rows]
