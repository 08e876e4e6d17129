"""Every SELECT of keying: what waits and in whose hands, the pairs, the rates, the pages of a form and what was read on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select

from backoffice.core.db import db
from backoffice.core.events import EventRow
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.mailroom.keying.models import KeyingPair, KeyingRate, KeyingSettlement, SecondKeying
from backoffice.mailroom.keying.values import Critical, Resolved
from backoffice.mailroom.models import Envelope, Keying, Scan, ScanPage
from backoffice.mailroom.states import EnvelopeState, KeyingState
from backoffice.mailroom.values import EnvelopeKind
from backoffice.staff.models import Account

LIVE = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
HELD = timedelta(minutes=30)
"""An application stays in somebody's hands for half an hour after their last save."""
ASIDE = timedelta(hours=4)
"""What was put aside comes last for so long."""


def second(envelope_id: int) -> SecondKeying | None:
    """The second pass under way, held with its envelope."""
    return db.session.get(SecondKeying, envelope_id, populate_existing=True)


def name_of(account_id: int | None) -> str:
    """Who somebody is."""
    found = db.session.get(Account, account_id) if account_id else None
    return found.name if found else ""


def account(account_id: int) -> Account:
    """An account that keyed."""
    found = db.session.get(Account, account_id)
    assert found is not None  # a foreign key says so
    return found


@dataclass(frozen=True)
class Waiting:
    """An application that waits for somebody."""

    envelope: Envelope
    keying: Keying | None
    pages: int
    holder: str | None


def waiting(state: KeyingState, *, limit: int = 200) -> list[Waiting]:
    """Applications that wait in a state (a draft, or nothing typed yet), the oldest stamp first."""
    pages = select(func.count()).where(ScanPage.envelope_id == Envelope.id).scalar_subquery()
    query = select(Envelope, Keying, pages, Account.name).outerjoin(Keying, Keying.envelope_id == Envelope.id)
    query = query.outerjoin(Account, Account.id == Keying.hand_id).where(_waits(state)).order_by(Envelope.legal_received_on, Envelope.number)
    return [Waiting(row[0], row[1], row[2], row[3]) for row in db.session.execute(query.limit(limit))]


def count(state: KeyingState) -> int:
    """How many wait."""
    query = select(func.count()).select_from(Envelope).outerjoin(Keying, Keying.envelope_id == Envelope.id).where(_waits(state))
    return db.session.scalar(query) or 0


def _waits(state: KeyingState) -> ColumnElement[bool]:
    begun = Keying.state == state
    what = or_(Keying.envelope_id.is_(None), begun) if state is KeyingState.DRAFT else begun
    return and_(Envelope.state.in_(LIVE), Envelope.kind == EnvelopeKind.APPLICATION, what)


def lock_next(me: int, at: datetime, *, keys: bool) -> tuple[Envelope, KeyingState] | None:
    """The oldest application that this account may take now, held; those that another takes at this very moment are passed over.

    Nobody reads second what they keyed first, nor third what they keyed second; whoever does not key only settles.
    """
    query = select(Envelope, Keying.state).outerjoin(Keying, Keying.envelope_id == Envelope.id)
    query = query.outerjoin(SecondKeying, SecondKeying.envelope_id == Envelope.id)
    free = or_(Keying.hand_id.is_(None), Keying.hand_id == me, Keying.hand_at < at - HELD)
    mine = Keying.hands.contains([me])
    unread = Keying.state == KeyingState.DIFFERS
    third = and_(unread, ~mine, or_(SecondKeying.account_id.is_(None), SecondKeying.account_id != me))
    passes = or_(Keying.envelope_id.is_(None), Keying.state == KeyingState.DRAFT, and_(Keying.state == KeyingState.SECOND, ~mine))
    query = query.where(
        Envelope.state.in_(LIVE), Envelope.kind == EnvelopeKind.APPLICATION, or_(Keying.envelope_id.is_(None), free),
        or_(third, passes if keys else false()), exists().where(ScanPage.envelope_id == Envelope.id),
    )  # fmt: skip
    aside = case((and_(Keying.hand_id.is_(None), Keying.hand_at > at - ASIDE), 1), else_=0)
    row = db.session.execute(
        query.order_by(aside, Envelope.legal_received_on, Envelope.number).limit(1).with_for_update(of=Envelope, skip_locked=True)
    ).first()
    return (row[0], row[1] or KeyingState.DRAFT) if row else None


def open_pairs(keying: Keying) -> list[KeyingPair]:
    """The differences of an application's last comparison that nobody settled yet."""
    settled = select(KeyingSettlement.pair_id)
    query = select(KeyingPair).where(KeyingPair.envelope_id == keying.envelope_id, KeyingPair.agreed.is_(False), KeyingPair.id.not_in(settled))
    if keying.finished_at is not None:
        query = query.where(KeyingPair.compared_at >= keying.finished_at)
    return list(db.session.scalars(query.order_by(KeyingPair.id)))


def pairs_of(envelope_id: int) -> list[tuple[KeyingPair, KeyingSettlement | None]]:
    """Everything that was keyed twice in an envelope, with what was settled."""
    query = select(KeyingPair, KeyingSettlement).outerjoin(KeyingSettlement, KeyingSettlement.pair_id == KeyingPair.id)
    return [(row[0], row[1]) for row in db.session.execute(query.where(KeyingPair.envelope_id == envelope_id).order_by(KeyingPair.id))]


def resolved(critical: Critical, since: datetime) -> list[Resolved]:
    """Pairs of two clerks of which the truth is known."""
    query = select(KeyingPair, KeyingSettlement.value).outerjoin(KeyingSettlement, KeyingSettlement.pair_id == KeyingPair.id)
    query = query.where(KeyingPair.critical == critical, KeyingPair.compared_at >= since, KeyingPair.second_by_id.is_not(None))
    query = query.where(or_(KeyingPair.agreed, KeyingSettlement.id.is_not(None)))
    return [
        Resolved(critical, pair.first_value, pair.second_value, pair.first_value if pair.agreed else truth, pair.first_by_id, pair.second_by_id or 0)
        for pair, truth in db.session.execute(query)
    ]


def rates_on(day: date) -> dict[Critical, KeyingRate]:
    """The rate of each group in force on a day, where one was ever set."""
    query = select(KeyingRate).where(KeyingRate.from_on <= day).order_by(KeyingRate.from_on, KeyingRate.id)
    return {rate.critical: rate for rate in db.session.scalars(query)}


def rates_set(limit: int = 50) -> Sequence[tuple[KeyingRate, str]]:
    """Every rate that was ever set, latest first, with who set it."""
    query = select(KeyingRate, Account.name).join(Account, Account.id == KeyingRate.set_by_id).order_by(KeyingRate.id.desc()).limit(limit)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def account_names(ids: Iterable[int]) -> dict[int, str]:
    """Who some accounts are."""
    wanted = list(ids)
    return {row[0]: row[1] for row in db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))} if wanted else {}


def texts(pages: Sequence[ScanPage]) -> dict[int, PageText]:
    """What was recognised on pages, by the page's key."""
    found = select(ScanPage.id, PageText).join(Scan, Scan.id == ScanPage.scan_id)
    found = found.join(PageText, and_(PageText.original_sha256 == Scan.sha256, PageText.number == ScanPage.number))
    query = found.where(ScanPage.id.in_([page.id for page in pages]), PageText.state == TextState.DONE)
    return {row[0]: row[1] for row in db.session.execute(query)} if pages else {}


def fields_to_key_twice(envelope_id: int) -> list[str]:
    """Which fields the second clerk keys; of the first pass, nothing else."""
    return list(db.session.scalar(select(Keying.twice).where(Keying.envelope_id == envelope_id)) or [])


def sent_back(number: str) -> str | None:
    """Why a second reader sent the keying back, when that is the last thing that was said of it."""
    kinds = ("mailroom.keying.SentBack", "mailroom.keying.FirstPassDone")
    query = select(EventRow).where(EventRow.subject_kind == "envelope", EventRow.subject_id == number, EventRow.kind.in_(kinds))
    last = db.session.scalars(query.order_by(EventRow.position.desc()).limit(1)).first()
    return str(last.data["reason"]) if last is not None and last.kind == kinds[0] else None
