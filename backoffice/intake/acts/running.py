"""Carrying out: what each kind of act does to a part of its list, locked together, in bulk where the statements allow it.

Cases are locked first, in the order of their keys, then their fees and terms, then the window: the order of every other
operation. An application that changed since the list was frozen is skipped and named; one that cannot be done is refused with its
reason, and the others go on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from backoffice.cases import many as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import NOTED, db
from backoffice.core.errors import DomainError
from backoffice.core.states import allows
from backoffice.deadlines import many as terms
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.fees import queries as fee_queries
from backoffice.fees import refunds
from backoffice.fees.models import Fee
from backoffice.fees.states import FeeState
from backoffice.intake.acts import queries, rules
from backoffice.intake.acts.events import ActedUpon
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.values import ActKind, Choice, ItemState, Snapshot, Why
from backoffice.intake.events import submission_subject
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Admission
from backoffice.quota.states import WINDOW_TRANSITIONS
from backoffice.quota.values import WindowAction
from backoffice.staff.models import Account

log = structlog.get_logger()


@dataclass
class Part:
    """A part of a list with everything that an act may touch, locked."""

    act: MassAct
    items: Sequence[MassActItem]
    cases: dict[int, Case]
    fees: dict[int, Fee]
    terms: dict[int, list[Term]]
    admissions: dict[UUID, Admission]
    by: Actor
    at: datetime

    def now(self, item: MassActItem) -> Snapshot:
        """An application of the list as it stands."""
        case, admission = self.cases.get(item.case_id or 0), self.admissions.get(item.submission_id)
        fee = self.fees.get(item.case_id or 0)
        return Snapshot(
            submission_id=item.submission_id, case_id=item.case_id, case_number=item.case_number, channel=item.channel, country=item.country,
            language=item.language, legal_received_on=item.legal_received_on, case_status=case.status.value if case else None,
            admission_status=admission.status.value if admission else None,
            admission_reason=admission.reason.value if admission and admission.reason else None, fee_state=fee.state.value if fee else None,
            paid_cents=sum(a.standing_cents for a in fee.allocations) if fee else 0, suspended=bool(case and _is_suspended(case)),
        )  # fmt: skip

    def unchanged(self) -> list[MassActItem]:
        """Those that stand as they did when the list was frozen; the others are skipped, and named."""
        same = []
        for item in self.items:
            if rules.fingerprint(self.now(item)) == item.fingerprint:
                same.append(item)
            else:
                self.result(item, ItemState.SKIPPED, Why.CHANGED)
        return same

    def done(self, item: MassActItem, before: dict[str, object]) -> None:
        """Note what was found and that it is done, on the list and on the trail of the case."""
        item.before = before
        self.result(item, ItemState.DONE, None)
        subject = case_subject(item.case_id) if item.case_id else submission_subject(item.submission_id)
        events.record(subject, ActedUpon(self.act.id, self.act.kind.value, item.position), by=self.by, at=self.at)

    def result(self, item: MassActItem, state: ItemState, why: Why | None) -> None:
        """Note what became of one."""
        item.state, item.why, item.done_at = state, why.value if why else None, self.at


def _is_suspended(case: Case) -> bool:
    return any(hold.kind is Hold.SUSPENDED_BY_DECISION and hold.lifted_at is None for hold in case.holds)


def _load(act: MassAct, items: Sequence[MassActItem], *, by: Actor, at: datetime) -> Part:
    ids = sorted(item.case_id for item in items if item.case_id)
    locked = cases.lock_cases(ids)
    if db.session.info.get("in_operation"):
        db.session.info.setdefault("locked_cases", {}).update(locked)
    fees = fee_queries.fees_of(ids)
    running = terms.lock_terms("case", ids, TermState.RUNNING, TermState.CANCELLED)
    admissions = quota_queries.admissions([item.submission_id for item in items])
    return Part(act, items, locked, fees, running, admissions, by, at)


def carry_out(act: MassAct, items: Sequence[MassActItem], *, by: Actor, at: datetime) -> None:
    """Give each of these its result; when one of them cannot be done together with the others, each is done alone."""
    events.write_noted()
    try:
        with db.session.begin_nested():
            _KINDS[act.kind](_load(act, items, by=by, at=at))
            events.write_noted()
    except OperationalError:
        raise
    except Exception:  # one of them is at fault, whatever it is: each is done alone
        log.exception("part of an act done one by one", act=act.id)
        for item in items:
            _alone(act, item, by=by, at=at)


def _alone(act: MassAct, item: MassActItem, *, by: Actor, at: datetime) -> None:
    _forget_the_failed_attempt()
    try:
        with db.session.begin_nested():
            _KINDS[act.kind](_load(act, [item], by=by, at=at))
            events.write_noted()
    except OperationalError:
        raise
    except Exception as fault:  # it stands in the act's result as refused, and the others go on
        log.exception("an item of an act failed", act=act.id, position=item.position)
        _forget_the_failed_attempt()
        db.session.refresh(item)
        item.state, item.done_at = ItemState.REFUSED, at
        item.why = Why.NO_PLACE.value if isinstance(fault, DomainError) and fault.code == "no-place-left" else Why.FAULT.value


def _forget_the_failed_attempt() -> None:
    """What was noted and locked inside a savepoint that is gone."""
    db.session.info.pop(NOTED, None)
    db.session.info.pop("locked_cases", None)


def move_window(act: MassAct, *, by: Actor, at: datetime) -> None:
    """An annulment that covers a whole window annuls the window too: nothing more is received in it."""
    if not (act.covers_window and act.window_code):
        return
    window = quota_queries.window(act.window_code)
    if allows(WINDOW_TRANSITIONS, window.state, WindowAction.ANNUL):
        second = db.session.get_one(Account, act.second_id).actor if act.second_id else None
        quota.move_window(window.id, WindowAction.ANNUL, act.reason, by=by, at=at, second=second)


def _end(part: Part) -> None:
    """Annulled, or ended by law: the case ends, its terms with it, its fee is cancelled, its money goes back, its admission is void."""
    touched, kind = part.unchanged(), part.act.kind
    fees = [part.fees[item.case_id] for item in touched if item.case_id in part.fees]
    for item in touched:
        part.done(item, _found(part, item))
        case = part.cases.get(item.case_id or 0)
        if case is not None:
            for term in _running(part, case.id):
                terms.cancel(term, by=part.by, at=part.at)
            if rules.moves_case(kind, case.status.value):
                cases.advance(case, rules.ACTION[kind], by=part.by, at=part.at)
    refunds.cancel_fees(fees, kind.value, part.act.reason, origin=part.act.origin, by=part.by, at=part.at)
    void = [item.submission_id for item in touched if rules.annuls(kind, item.admission_status)]
    for submission_ids in _by_window(part, void):
        quota.annul_many(submission_ids, by=part.by, at=part.at)


def _found(part: Part, item: MassActItem) -> dict[str, object]:
    """What stands before the act, to be given back exactly if it is undone."""
    case, fee = part.cases.get(item.case_id or 0), part.fees.get(item.case_id or 0)
    return {
        "case_status": case.status.value if case else None,
        "case_since": case.status_changed_at.isoformat() if case else None,
        "moved": bool(case and rules.moves_case(part.act.kind, case.status.value)),
        "fee_state": fee.state.value if fee else None,
        "annulled": rules.annuls(part.act.kind, item.admission_status),
        "terms": [term.id for term in _running(part, case.id)] if case else [],
    }


def _running(part: Part, case_id: int) -> list[Term]:
    return [term for term in part.terms.get(case_id, ()) if term.state is TermState.RUNNING]


def _by_window(part: Part, submission_ids: Iterable[UUID]) -> list[list[UUID]]:
    """Grouped by window, in one order: the window's row is locked last."""
    groups: dict[int, list[UUID]] = {}
    for key in submission_ids:
        groups.setdefault(part.admissions[key].window_id, []).append(key)
    return [groups[window_id] for window_id in sorted(groups)]


def _stay(part: Part) -> None:
    """A court stays the act: each stands exactly as it stood, its money off the refund list unless it has left."""
    touched = part.unchanged()
    origins = queries.items_by_id(item.origin_id for item in touched if item.origin_id)
    restored = [item.submission_id for item in touched if _before(origins, item).get("annulled")]
    for submission_ids in _by_window(part, restored):
        quota.restore_many(submission_ids, by=part.by, at=part.at)
    for item in touched:
        before, origin = _before(origins, item), origins[item.origin_id or 0]
        _give_back(part, item, before, origin)
        origin.undone_by_id = part.act.id
        part.done(item, {"case_status": item.case_status})


def _give_back(part: Part, item: MassActItem, before: dict[str, object], origin: MassActItem) -> None:
    case, fee = part.cases.get(item.case_id or 0), part.fees.get(item.case_id or 0)
    undone = queries.act(origin.act_id)
    if fee is not None and before["fee_state"] not in {FeeState.CANCELLED.value, FeeState.WAIVED.value, None}:
        state = FeeState(str(before["fee_state"]))
        left = refunds.restore_fee(fee, state, part.act.reason, origin=undone.origin, by=part.by, at=part.at)
        item.refund_sent = bool(left)
    if case is None:
        return
    if before["moved"]:
        since = datetime.fromisoformat(str(before["case_since"]))
        cases.undo_advance(case, rules.ACTION[undone.kind], CaseStatus(str(before["case_status"])), since, by=part.by, at=part.at)
    ended_on = montreal_day(origin.done_at) if origin.done_at else montreal_day(part.at)
    for term in part.terms.get(case.id, ()):
        if term.id in (before["terms"] or ()) and term.state is TermState.CANCELLED:  # type: ignore[operator]
            terms.revive(term, ended_on, part.act.origin, by=part.by, at=part.at)


def _before(origins: dict[int, MassActItem], item: MassActItem) -> dict[str, object]:
    return origins[item.origin_id or 0].before or {}


def _suspend(part: Part) -> None:
    """By decision nobody is given these cases; their clocks stop too where the decision says so."""
    for item in part.unchanged():
        case = part.cases[item.case_id or 0]
        stopped = _running(part, case.id) if part.act.stops_clocks else []
        part.done(item, {"terms": [term.id for term in stopped]})
        cases.place_hold(case, Hold.SUSPENDED_BY_DECISION, by=part.by, at=part.at)
        for term in stopped:
            terms.pause(term, part.act.origin, by=part.by, at=part.at)


def _resume(part: Part) -> None:
    """The suspension ends: each at its exact place in the order, its clocks running again."""
    origins = queries.items_by_id(item.origin_id for item in part.items if item.origin_id)
    for item in part.unchanged():
        case, origin = part.cases[item.case_id or 0], origins[item.origin_id or 0]
        cases.lift_hold(case, Hold.SUSPENDED_BY_DECISION, by=part.by, at=part.at)
        ground = queries.act(origin.act_id).origin
        for term in part.terms.get(case.id, ()):
            if any(pause.ground == ground and pause.last is None for pause in term.pauses):
                terms.resume(term, ground, by=part.by, at=part.at)
        origin.undone_by_id = part.act.id
        part.done(item, {})


_KINDS: Final[dict[ActKind, Callable[[Part], None]]] = {
    ActKind.ANNUL: _end,
    ActKind.END_BY_LAW: _end,
    ActKind.STAY: _stay,
    ActKind.SUSPEND_PROCESSING: _suspend,
    ActKind.RESUME_PROCESSING: _resume,
}


def undoable(undone: MassAct, choice: Choice) -> list[Snapshot]:
    """What an act did, or the part of it that is chosen, as each stands now; what has changed since is not there any more."""
    done = {item.submission_id: item for item in queries.items_to_undo(undone.id)}
    found = [one for one in queries.snapshots(choice, only=done) if one.submission_id in done]
    return [_with_origin(one, done[one.submission_id]) for one in sorted(found, key=rules.sort_key)]


def _with_origin(one: Snapshot, origin: MassActItem) -> Snapshot:
    values = {name: getattr(one, name) for name in one.__slots__} | {"origin_id": origin.id}
    return Snapshot(**values)
