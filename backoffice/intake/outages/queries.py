"""Every SELECT on outages: their lists and lines, and the terms and periods that one reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.deadlines.models import Term, TermPause
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind
from backoffice.intake.outages.models import Outage, OutageEvidence, OutageLine, OutageList
from backoffice.intake.outages.states import LIVE, ListState
from backoffice.intake.outages.values import Extent, LineKind, LineState
from backoffice.quota.models import Admission, Window
from backoffice.quota.values import WindowState


def outage(outage_id: int) -> Outage:
    """An outage."""
    found = db.session.get(Outage, outage_id)
    if found is None:
        raise NotFound
    return found


def lock_outage(outage_id: int) -> Outage:
    """An outage held until the end of the operation: its facts and its lists have one writer at a time."""
    query = select(Outage).where(Outage.id == outage_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def outages(limit: int = 200) -> list[Outage]:
    """Outages, the latest first."""
    return list(db.session.scalars(select(Outage).order_by(Outage.starts_at.desc(), Outage.id.desc()).limit(limit)))


def evidence(outage_id: int) -> list[OutageEvidence]:
    """The files that show an outage."""
    return list(db.session.scalars(select(OutageEvidence).where(OutageEvidence.outage_id == outage_id).order_by(OutageEvidence.id)))


def one_evidence(outage_id: int, evidence_id: int) -> OutageEvidence:
    """One file of an outage."""
    found = db.session.get(OutageEvidence, evidence_id)
    if found is None or found.outage_id != outage_id:
        raise NotFound
    return found


def lists(outage_id: int) -> list[OutageList]:
    """The lists of an outage, the latest first."""
    return list(db.session.scalars(select(OutageList).where(OutageList.outage_id == outage_id).order_by(OutageList.id.desc())))


def latest_lists(outage_ids: Iterable[int]) -> dict[int, OutageList]:
    """The latest list of each outage."""
    query = select(OutageList).where(OutageList.outage_id.in_(list(outage_ids))).order_by(OutageList.id)
    return {one.outage_id: one for one in db.session.scalars(query)}


def one_list(outage_id: int, list_id: int) -> OutageList:
    """One list of an outage."""
    found = db.session.get(OutageList, list_id)
    if found is None or found.outage_id != outage_id:
        raise NotFound
    return found


def live_list(outage_id: int) -> OutageList | None:
    """The list that is prepared, asked for or under way, if there is one."""
    query = select(OutageList).where(OutageList.outage_id == outage_id, OutageList.state.in_(LIVE))
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def list_of_approval(approval_id: int) -> OutageList | None:
    """The list that an approval is about."""
    return db.session.scalars(select(OutageList).where(OutageList.approval_id == approval_id)).first()


def find_list(list_id: int) -> OutageList:
    """A list by its key."""
    found = db.session.get(OutageList, list_id)
    if found is None:
        raise NotFound
    return found


def was_carried_out(outage_id: int) -> bool:
    """Whether a line of this outage was ever carried out."""
    query = select(exists().where(OutageLine.list_id == OutageList.id, OutageList.outage_id == outage_id, OutageLine.state == LineState.DONE))
    return bool(db.session.scalar(query))


def was_signed(outage_id: int) -> bool:
    """Whether a list of this outage was ever signed."""
    return bool(db.session.scalar(select(exists().where(OutageList.outage_id == outage_id, OutageList.second_id.is_not(None)))))


@dataclass(frozen=True, slots=True)
class Reached:
    """A term that an outage may touch, with the case it belongs to."""

    term: Term
    case: Case


def reached(extent: Extent, kinds: Iterable[TermKind], state: TermState, ref: str) -> list[Reached]:
    """The terms in one state of people whom an outage reaches, and those that still carry its days; in the order of the list."""
    query = select(Term, Case).join(Case, and_(Term.subject_kind == "case", Term.subject_id == cast(Case.id, String)))
    query = query.where(Term.state == state, or_(and_(Term.kind.in_(list(kinds)), *_whom(extent)), _carries(ref)))
    query = query.options(selectinload(Term.extensions), selectinload(Term.pauses)).order_by(Term.kind, Term.last_day, Case.number, Term.id)
    return [Reached(term, case) for term, case in db.session.execute(query.execution_options(populate_existing=True))]


def _carries(ref: str) -> ColumnElement[bool]:
    return exists().where(TermPause.term_id == Term.id, TermPause.ref == ref, TermPause.removed_at.is_(None))


def _whom(extent: Extent) -> list[ColumnElement[bool]]:
    """The extent as conditions; what is empty narrows nothing."""
    found: list[ColumnElement[bool]] = []
    if extent.window:
        admitted = exists().where(Admission.submission_id == Case.submission_id, Admission.window_id == Window.id, Window.code == extent.window)
        found.append(admitted)
    if extent.countries:
        found.append(Case.contact["address"]["country"].astext.in_(extent.countries))
    if extent.cases:
        found.append(Case.number.in_(extent.cases))
    return found


def lock_terms(term_ids: Iterable[int]) -> dict[int, tuple[TermState, date]]:
    """Terms held until the end of the operation, in the order of their keys: how each stands, and its last day."""
    query = select(Term.id, Term.state, Term.last_day).where(Term.id.in_(list(term_ids))).order_by(Term.id).with_for_update()
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def ended_terms(term_ids: Iterable[int]) -> set[int]:
    """Those of these terms that no longer run."""
    return set(db.session.scalars(select(Term.id).where(Term.id.in_(list(term_ids)), Term.state != TermState.RUNNING)))


def unknown_cases(numbers: Iterable[str]) -> list[str]:
    """Those of these numbers that no case has."""
    wanted = list(numbers)
    known = set(db.session.scalars(select(Case.number).where(Case.number.in_(wanted))))
    return [number for number in wanted if number not in known]


def periods() -> list[Window]:
    """The periods that can be touched: open or suspended, or closed and not yet settled."""
    query = select(Window).where(Window.state.in_((WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED)))
    return list(db.session.scalars(query.order_by(Window.id)))


@dataclass(frozen=True, slots=True)
class Postponement:
    """What one outage did to the closing of a period, all its lines that were carried out together."""

    outage: Outage
    seconds: float


def postponements(window_id: int) -> list[Postponement]:
    """What each outage did to the closing of a period."""
    query = select(OutageLine, Outage).join(OutageList, OutageList.id == OutageLine.list_id).join(Outage, Outage.id == OutageList.outage_id)
    query = query.where(OutageLine.window_id == window_id, OutageLine.kind == LineKind.WINDOW, OutageLine.state == LineState.DONE).order_by(
        OutageLine.id
    )
    found: dict[int, Postponement] = {}
    for line, one in db.session.execute(query):
        assert line.old_closing is not None
        assert line.new_closing is not None
        before = found[one.id].seconds if one.id in found else 0.0
        seconds = before + (line.new_closing - line.old_closing).total_seconds()
        found[one.id] = Postponement(one, seconds)
    return list(found.values())


def forget_lines(list_id: int) -> None:
    """Take away the lines of a list that nobody signed, to freeze it anew."""
    db.session.execute(delete(OutageLine).where(OutageLine.list_id == list_id))


def lines(list_id: int, kinds: Iterable[LineKind]) -> list[OutageLine]:
    """All lines of these kinds, in order."""
    query = select(OutageLine).where(OutageLine.list_id == list_id, OutageLine.kind.in_(list(kinds)))
    return list(db.session.scalars(query.order_by(OutageLine.position)))


def waiting(list_id: int, limit: int) -> list[OutageLine]:
    """The next lines that have no result yet."""
    query = select(OutageLine).where(OutageLine.list_id == list_id, OutageLine.state == LineState.WAITING)
    return list(db.session.scalars(query.order_by(OutageLine.position).limit(limit)))


def to_tell(list_id: int, limit: int) -> list[OutageLine]:
    """The next lines carried out whose people were not written to yet."""
    query = select(OutageLine).where(OutageLine.list_id == list_id, _to_tell()).order_by(OutageLine.position)
    return list(db.session.scalars(query.limit(limit)))


def _to_tell() -> ColumnElement[bool]:
    """A term carried out whose last day moved, nobody told yet."""
    return and_(
        OutageLine.state == LineState.DONE,
        OutageLine.kind == LineKind.TERM,
        OutageLine.told_at.is_(None),
        OutageLine.found_day != OutageLine.given_day,
    )


@dataclass(frozen=True)
class Progress:
    """How far a list is."""

    by_state: dict[LineState, int]
    told: int
    to_tell: int

    @property
    def listed(self) -> int:
        """The lines that are carried out."""
        return sum(many for state, many in self.by_state.items() if state is not LineState.APART)

    @property
    def with_result(self) -> int:
        """Those that have theirs."""
        return self.listed - self.by_state.get(LineState.WAITING, 0)

    @property
    def percent(self) -> int:
        """The whole of it: results, then messages."""
        waits = self.by_state.get(LineState.WAITING, 0)
        steps = self.listed + waits + self.told + self.to_tell
        return 100 * (self.with_result + self.told) // steps if steps else 100


def progress(list_id: int) -> Progress:
    """Counts of a list by result."""
    query = select(OutageLine.state, func.count(), func.count(OutageLine.told_at)).where(OutageLine.list_id == list_id)
    rows = db.session.execute(query.group_by(OutageLine.state)).all()
    left = db.session.scalar(select(func.count()).select_from(OutageLine).where(OutageLine.list_id == list_id, _to_tell()))
    return Progress({row[0]: row[1] for row in rows}, sum(row[2] for row in rows), left or 0)


@dataclass(frozen=True)
class Counts:
    """What a list is made of."""

    by_kind: dict[LineKind, int]
    by_term: dict[str, int]
    by_why: dict[str, int]


def counts(list_id: int) -> Counts:
    """Lines by kind, the terms that move by what they are for, and reasons."""
    here = OutageLine.list_id == list_id
    by_kind = db.session.execute(select(OutageLine.kind, func.count()).where(here).group_by(OutageLine.kind)).all()
    terms = and_(here, OutageLine.kind == LineKind.TERM)
    by_term = (
        select(OutageLine.term_kind, func.count()).where(terms).group_by(OutageLine.term_kind).order_by(func.count().desc(), OutageLine.term_kind)
    )
    by_why = select(OutageLine.why, func.count()).where(here).group_by(OutageLine.why).order_by(func.count().desc(), OutageLine.why)
    return Counts(
        {row[0]: row[1] for row in by_kind}, {str(row[0]): row[1] for row in db.session.execute(by_term)},
        {row[0].value: row[1] for row in db.session.execute(by_why)},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page of a list shows; what is empty narrows nothing."""

    kind: LineKind | None = None
    term: str = ""
    state: LineState | None = None
    case: str = ""
    day: date | None = None


def page(list_id: int, chosen: Filter, after: int = 0, limit: int = 50) -> list[OutageLine]:
    """A page of a list, from just after a place."""
    query = select(OutageLine).where(OutageLine.list_id == list_id, OutageLine.position > after)
    if chosen.kind:
        query = query.where(OutageLine.kind == chosen.kind)
    if chosen.term:
        query = query.where(OutageLine.term_kind == chosen.term)
    if chosen.state:
        query = query.where(OutageLine.state == chosen.state)
    if chosen.case:
        query = query.where(OutageLine.case_number.ilike(f"%{chosen.case.replace('%', '')}%"))
    if chosen.day:
        query = query.where(or_(OutageLine.old_day == chosen.day, OutageLine.new_day == chosen.day))
    return list(db.session.scalars(query.order_by(OutageLine.position).limit(limit)))


def count_asked() -> int:
    """How many lists wait for a signature."""
    return db.session.scalar(select(func.count()).select_from(OutageList).where(OutageList.state == ListState.ASKED)) or 0


def first_told(list_id: int) -> OutageLine | None:
    """The first of a list who will be told, as an example of what each reads."""
    query = select(OutageLine).where(OutageLine.list_id == list_id, OutageLine.kind == LineKind.TERM)
    return db.session.scalars(query.order_by(OutageLine.position).limit(1)).first()
