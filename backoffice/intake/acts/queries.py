"""Every SELECT on acts on many: whom a choice reaches, the list, its counts and its results."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select

from backoffice.cases.models import Case, CaseHold, Person
from backoffice.cases.values import Channel, Hold, PersonKind
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.fees.models import Allocation, Fee
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.rules import TAKES_A_PLACE, VOID
from backoffice.intake.acts.values import Choice, ItemState, Snapshot
from backoffice.intake.backlog.models import BacklogFile
from backoffice.intake.models import Submission
from backoffice.intake.states import SubmissionState
from backoffice.quota.models import Admission, Window


def act(act_id: int) -> MassAct:
    """An act."""
    found = db.session.get(MassAct, act_id)
    if found is None:
        raise NotFound
    return found


def lock_act(act_id: int) -> MassAct:
    """An act held until the end of the operation: one part of it is carried out at a time."""
    query = select(MassAct).where(MassAct.id == act_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def acts(limit: int = 100) -> list[MassAct]:
    """Acts, latest first."""
    return list(db.session.scalars(select(MassAct).order_by(MassAct.id.desc()).limit(limit)))


def undoing(act_id: int) -> list[MassAct]:
    """The acts that undo this one."""
    return list(db.session.scalars(select(MassAct).where(MassAct.undoes_id == act_id).order_by(MassAct.id)))


def by_approval(approval_id: int) -> MassAct | None:
    """The act that an approval is about, held."""
    query = select(MassAct).where(MassAct.approval_id == approval_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).first()


_paid = (
    select(func.coalesce(func.sum(Allocation.amount_cents - Allocation.refunded_cents), 0))
    .where(Allocation.fee_id == Fee.id, Allocation.reversed_at.is_(None))
    .correlate(Fee)
    .scalar_subquery()
)
_suspended = exists().where(CaseHold.case_id == Case.id, CaseHold.kind == Hold.SUSPENDED_BY_DECISION, CaseHold.lifted_at.is_(None))
_key = func.coalesce(Submission.id, Case.submission_id)
_day = func.coalesce(Case.legal_received_on, Submission.legal_received_on)
_channel = func.coalesce(cast(Case.channel, String), cast(Submission.channel, String))
_country = func.coalesce(Admission.country, Person.citizenships[0].astext)


def snapshots(choice: Choice, only: Iterable[UUID] | None = None) -> list[Snapshot]:
    """Everybody whom a choice reaches, as they stand now: applications that have a case, and those that have none."""
    query = select(
        _key, Case.id, Case.number, _channel, _country, func.coalesce(Case.language, Submission.content["language"].astext), _day, Case.status,
        Admission.status, Admission.reason, Fee.state, func.coalesce(_paid, 0), _suspended, Submission.state,
        func.coalesce(BacklogFile.fee_paid_cents, 0),
    )  # fmt: skip
    query = query.select_from(Submission).outerjoin(Case, Case.submission_id == Submission.id, full=True)
    query = query.outerjoin(Admission, Admission.submission_id == _key).outerjoin(Window, Window.id == Admission.window_id)
    query = query.outerjoin(Fee, Fee.case_id == Case.id).outerjoin(BacklogFile, BacklogFile.case_id == Case.id)
    query = query.outerjoin(Person, and_(Person.case_id == Case.id, Person.kind == PersonKind.PRINCIPAL))
    if only is not None:
        query = query.where(_key.in_(list(only)))
    return [_snapshot(row) for row in db.session.execute(query.where(*_criteria(choice)))]


def _criteria(choice: Choice) -> list[ColumnElement[bool]]:
    """The choice as conditions; what is empty narrows nothing."""
    found: list[ColumnElement[bool]] = []
    plain = {
        func.coalesce(Window.code, Submission.window_code): choice.window,
        func.coalesce(Case.programme, Submission.programme): choice.programme,
        _channel: choice.channel,
        _country: choice.country,
    }
    found += [column == value for column, value in plain.items() if value]
    if choice.received_from:
        found.append(_day >= choice.received_from)
    if choice.received_until:
        found.append(_day <= choice.received_until)
    if choice.status:
        bare = and_(Case.id.is_(None), cast(Admission.status, String) == choice.status)
        found.append(or_(cast(Case.status, String) == choice.status, bare))
    if choice.processing_class:
        found.append(Case.processing_class == choice.processing_class)
    return found


def _snapshot(row: tuple[object, ...]) -> Snapshot:
    key, case_id, number, channel, country, language, day, status, admission, reason, fee, paid, suspended, state, elsewhere = row
    text = _text
    return Snapshot(
        submission_id=key, case_id=case_id, case_number=number, channel=text(channel) or Channel.ONLINE.value, country=text(country),  # type: ignore[arg-type]
        language=text(language) or "fr", legal_received_on=day, case_status=text(status), admission_status=text(admission),  # type: ignore[arg-type]
        admission_reason=text(reason), fee_state=text(fee), paid_cents=int(str(paid)), suspended=bool(suspended),
        settled=state is not SubmissionState.PENDING, elsewhere_cents=int(str(elsewhere)),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(getattr(value, "value", value))


def items_to_undo(act_id: int) -> list[MassActItem]:
    """What an act did and nobody has undone yet."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.state == ItemState.DONE, MassActItem.undone_by_id.is_(None))
    return list(db.session.scalars(query.order_by(MassActItem.position)))


def items_by_id(ids: Iterable[int]) -> dict[int, MassActItem]:
    """Items by their keys."""
    return {one.id: one for one in db.session.scalars(select(MassActItem).where(MassActItem.id.in_(list(ids))))}


def waiting(act_id: int, limit: int) -> list[MassActItem]:
    """The next of the list that have no result yet."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.state == ItemState.WAITING)
    return list(db.session.scalars(query.order_by(MassActItem.position).limit(limit)))


def to_tell(act_id: int, limit: int) -> list[MassActItem]:
    """The next who were touched and not yet written to."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.state == ItemState.DONE, MassActItem.told_at.is_(None))
    return list(db.session.scalars(query.order_by(MassActItem.position).limit(limit)))


def frozen(act_id: int) -> list[tuple[int, str, str]]:
    """The list as its digest covers it."""
    query = select(MassActItem.position, MassActItem.submission_id, MassActItem.fingerprint)
    query = query.where(MassActItem.act_id == act_id, MassActItem.state != ItemState.LEFT_OUT).order_by(MassActItem.position)
    return [(row[0], str(row[1]), row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Progress:
    """How far an act is."""

    by_state: dict[ItemState, int]
    told: int

    @property
    def listed(self) -> int:
        return sum(many for state, many in self.by_state.items() if state is not ItemState.LEFT_OUT)

    @property
    def with_result(self) -> int:
        return self.listed - self.by_state.get(ItemState.WAITING, 0)

    @property
    def percent(self) -> int:
        """The whole of it: results, then messages."""
        steps = self.listed + self.by_state.get(ItemState.DONE, 0) + self.by_state.get(ItemState.WAITING, 0)
        return 100 * (self.with_result + self.told) // steps if steps else 100


def progress(act_id: int) -> Progress:
    """Counts of the list by result."""
    query = select(MassActItem.state, func.count(), func.count(MassActItem.told_at)).where(MassActItem.act_id == act_id)
    rows = db.session.execute(query.group_by(MassActItem.state)).all()
    return Progress({row[0]: row[1] for row in rows}, sum(row[2] for row in rows))


@dataclass(frozen=True)
class Totals:
    """What a list is made of; each count adds up to the list."""

    by_channel: dict[str, int] = field(default_factory=dict)
    by_country: dict[str, int] = field(default_factory=dict)
    by_status: dict[str, int] = field(default_factory=dict)
    by_why: dict[str, int] = field(default_factory=dict)
    refunds: int = 0
    without_case: int = 0
    elsewhere: tuple[int, int] = (0, 0)
    """How many paid another system before their file was taken over, and how much in all."""


def totals(act_id: int) -> Totals:
    """The list by channel, country and status, and those left out by reason."""
    listed = (MassActItem.act_id == act_id) & (MassActItem.state != ItemState.LEFT_OUT)
    status = func.coalesce(MassActItem.case_status, MassActItem.admission_status)
    paid = select(func.count()).select_from(MassActItem).where(listed, MassActItem.refund_cents > 0)
    bare = select(func.count()).select_from(MassActItem).where(listed, MassActItem.case_id.is_(None))
    return Totals(
        _counts(MassActItem.channel, listed), _counts(MassActItem.country, listed), _counts(status, listed),
        _counts(MassActItem.why, MassActItem.act_id == act_id), db.session.scalar(paid) or 0, db.session.scalar(bare) or 0,
        _elsewhere(listed),
    )  # fmt: skip


def _elsewhere(listed: ColumnElement[bool]) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.sum(MassActItem.elsewhere_cents), 0)).where(listed, MassActItem.elsewhere_cents > 0)
    row = db.session.execute(query).one()
    return row[0], int(row[1])


def _counts(column: object, where: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).where(where).group_by(column).order_by(func.count().desc(), column))  # type: ignore[call-overload]
    return {str(value): many for value, many in rows if value is not None}


def page(act_id: int, state: ItemState | None = None, after: int = 0, limit: int = 50) -> list[MassActItem]:
    """A page of the list, from just after a place; those left out only when asked for."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.position > after)
    query = query.where(MassActItem.state == state if state else MassActItem.state != ItemState.LEFT_OUT)
    return list(db.session.scalars(query.order_by(MassActItem.position).limit(limit)))


def first_with(act_id: int, *, refund: bool) -> MassActItem | None:
    """The first of the list who is, or is not, to be refunded: what such a person will read is shown."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.state != ItemState.LEFT_OUT, MassActItem.case_id.is_not(None))
    query = query.where((MassActItem.refund_cents + MassActItem.elsewhere_cents > 0) == refund)
    return db.session.scalars(query.order_by(MassActItem.position).limit(1)).first()


def arrived_since(one: MassAct) -> int:
    """How many of a window that an act covers came after its list was frozen, and still stand."""
    if not (one.covers_window and one.window_code):
        return 0
    listed = select(MassActItem.submission_id).where(MassActItem.act_id == one.id)
    query = select(func.count()).select_from(Admission).join(Window, Window.id == Admission.window_id).where(Window.code == one.window_code)
    return db.session.scalar(query.where(cast(Admission.status, String).not_in(VOID), Admission.submission_id.not_in(listed))) or 0


def places(rows: Iterable[Snapshot]) -> int:
    """How many of these take a place."""
    return sum(one.admission_status in TAKES_A_PLACE for one in rows)


def sent_before_stay(act_id: int) -> list[MassActItem]:
    """Whose money had left before the act behind it was undone: finance asks for it anew."""
    query = select(MassActItem).where(MassActItem.act_id == act_id, MassActItem.refund_sent)
    return list(db.session.scalars(query.order_by(MassActItem.position)))
