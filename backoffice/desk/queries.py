"""What the pages read across features, always in batches: a page of the queue costs the same whatever it shows."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, exists, func, or_, select

from backoffice.cases.models import Case, CaseHold
from backoffice.cases.queries import Filter
from backoffice.cases.states import FINAL, CaseStatus, WaitingOn, waiting_on
from backoffice.core.db import db
from backoffice.core.events import EventRow
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.documents.models import DocumentRequest, RequestItem
from backoffice.documents.states import ItemState, RequestState
from backoffice.mail.models import Message
from backoffice.mail.values import Direction
from backoffice.staff.models import Account

SOON = timedelta(days=7)

VIEWS = ("all", "mine", "unassigned", "due", "answered", "held", "closed")
"""The saved views of the queue, in the order of their tabs."""


def view_filter(view: str, account_id: int, today: date) -> Filter:  # noqa: PLR0911 - one answer for each view
    """What a saved view shows; every one of them in the lawful order."""
    match view:
        case "mine":
            return Filter(officer_id=account_id)
        case "unassigned":
            return Filter(unassigned=True)
        case "due":
            return Filter(extra=(_ends_by(today + SOON),))
        case "answered":
            return Filter(extra=(_answered(),))
        case "held":
            return Filter(extra=(or_(_held(), Case.status == CaseStatus.SUSPENS),))
        case "closed":
            return Filter(closed=True, extra=(Case.status.in_(FINAL),))
        case _:
            return Filter()


def ending_between(first: date, last: date) -> Filter:
    """Cases whose running term ends within these days."""
    return Filter(extra=(_ends_by(last, first),))


def _held() -> ColumnElement[bool]:
    return exists().where(CaseHold.case_id == Case.id, CaseHold.lifted_at.is_(None))


def _ends_by(last: date, first: date | None = None) -> ColumnElement[bool]:
    running = select(cast(Term.subject_id, BigInteger)).where(Term.subject_kind == "case", Term.state == TermState.RUNNING, Term.last_day <= last)
    if first:
        running = running.where(Term.last_day >= first)
    return Case.id.in_(running)


def _answered() -> ColumnElement[bool]:
    wrote = select(Message.case_id).where(Message.direction == Direction.IN, Message.answered_at.is_(None))
    sent = select(DocumentRequest.case_id).join(RequestItem, RequestItem.request_id == DocumentRequest.id)
    sent = sent.where(RequestItem.state == ItemState.RECEIVED, DocumentRequest.state == RequestState.OPEN)
    return or_(Case.id.in_(wrote), Case.id.in_(sent))


def items_to_review(case_ids: Iterable[int]) -> dict[int, int]:
    """How many received items wait to be looked at, by case."""
    query = select(DocumentRequest.case_id, func.count()).join(RequestItem, RequestItem.request_id == DocumentRequest.id)
    query = query.where(DocumentRequest.case_id.in_(list(case_ids)), RequestItem.state == ItemState.RECEIVED)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(DocumentRequest.case_id))}


def days_with_us(cases: Iterable[Case], now: datetime) -> dict[int, int]:
    """For each case, the days during which the next move was ours, from the stages it went through."""
    found = {str(case.id): case for case in cases}
    moves: dict[str, list[tuple[datetime, str]]] = {key: [] for key in found}
    query = select(EventRow.subject_id, EventRow.at, EventRow.kind, EventRow.data).where(
        EventRow.subject_kind == "case", EventRow.subject_id.in_(found), EventRow.kind.in_(("cases.CaseOpened", "cases.StatusChanged"))
    )
    for subject_id, at, kind, data in db.session.execute(query.order_by(EventRow.subject_id, EventRow.position)):
        moves[subject_id].append((at, data["status"] if kind == "cases.CaseOpened" else data["after"]))
    return {found[key].id: _ours(stages, now) for key, stages in moves.items()}


def _ours(stages: list[tuple[datetime, str]], now: datetime) -> int:
    ends = [at for at, _ in stages[1:]] + [now][: len(stages)]
    ours = [until - since for (since, status), until in zip(stages, ends, strict=True) if waiting_on(CaseStatus(status)) is WaitingOn.US]
    return sum(ours, timedelta()).days


def names(account_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Names of accounts, whether still active or not."""
    wanted = {i for i in account_ids if i is not None}
    query = select(Account.id, Account.name).where(Account.id.in_(wanted))
    return {row[0]: row[1] for row in db.session.execute(query)} if wanted else {}


def count_unanswered() -> int:
    """How many cases wait for an answer."""
    query = select(func.count(func.distinct(Message.case_id))).where(Message.direction == Direction.IN, Message.answered_at.is_(None))
    return db.session.scalar(query) or 0


def every_name() -> Mapping[int, str]:
    """Names of all accounts: a few dozen."""
    return {row[0]: row[1] for row in db.session.execute(select(Account.id, Account.name))}


def facts_of(subjects: Iterable[tuple[str, str]]) -> list[EventRow]:
    """Everything recorded on several subjects, oldest first."""
    rows: list[EventRow] = []
    by_kind: dict[str, list[str]] = {}
    for kind, subject_id in subjects:
        by_kind.setdefault(kind, []).append(subject_id)
    for kind, ids in by_kind.items():
        rows += db.session.scalars(select(EventRow).where(EventRow.subject_kind == kind, EventRow.subject_id.in_(ids)))
    return rows


def admission_facts(submission_id: str, instants: Iterable[datetime]) -> list[EventRow]:
    """The facts of the window's chain about one submission, found by the instants of its ledger lines; they stood there until format 2."""
    query = select(EventRow).where(EventRow.subject_kind == "window", EventRow.kind == "quota.AdmissionDecided", EventRow.at.in_(list(instants)))
    return list(db.session.scalars(query.where(EventRow.data["submission_id"].astext == submission_id).order_by(EventRow.id)))


def cases_by_ids(ids: Iterable[int]) -> dict[int, Case]:
    """Cases by their keys, without their people."""
    return {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(list(ids))))}
