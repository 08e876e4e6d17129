"""The court stays an end and processing resumes: everything stands as it stood, but for the days given back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.errors import NothingToTake
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.cases.values import Channel, Hold
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines.models import Term
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.fees import queries as fee_queries
from backoffice.fees import refunds
from backoffice.fees.models import Refund
from backoffice.fees.states import RefundState
from backoffice.intake.acts import service
from backoffice.intake.acts.errors import EmptyList, NotUndoable
from backoffice.intake.acts.service import NewAct
from backoffice.intake.acts.values import ActKind, Choice, ItemState, Why
from backoffice.mail.models import Message
from backoffice.quota import queries as quota_queries
from tests.acts.acting import carried_out, case_now, faults, items, prepared, result, signed_and_run
from tests.builders import Builder


def state_of(case: Case) -> dict[str, Any]:
    """Everything about a case but its trail, its messages and its row's version."""
    db.session.expire_all()
    one = case_queries.case_by_id(case.id)
    found = fee_queries.fee_of_case(case.id)
    assert found is not None
    fee = fee_queries.fee(found.id)
    place = quota_queries.admission(case.submission_id)
    terms = db.session.scalars(select(Term).where(Term.subject_kind == "case", Term.subject_id == str(case.id)).order_by(Term.id))
    columns = [c.key for c in Case.__table__.columns if c.key != "version"]
    return {
        "case": {name: getattr(one, name) for name in columns},
        "holds": sorted((h.kind.value, h.placed_at, h.lifted_at) for h in one.holds),
        "fee": (fee.state, fee.assessed_cents, fee.settled_at, [(a.amount_cents, a.refunded_cents, a.reversed_at) for a in fee.allocations]),
        "receipts": [(a.receipt.state, a.receipt.why_unmatched) for a in fee.allocations],
        "terms": [(t.kind, t.state, t.start, t.last_day, t.ended_at, t.workings) for t in terms],
        "admission": (place.status, place.reason, place.rank, place.sequence) if place else None,
        "key": case_queries.key_of(one),
    }


def counted_to(term: tuple[Any, ...]) -> date:
    """Where the count of a term ends, before closed days are stepped over."""
    return date.fromisoformat(term[5]["counted_to"])


STAGES: dict[str, Callable[[Builder], Case]] = {
    "unpaid": lambda build: build.case(),
    "paid": lambda build: build.paid_case(),
    "asked": lambda build: case_queries.case_by_id(build.request().case_id),
    "examined": lambda build: _moved(build.paid_case(), CaseAction.EXAMINE),
    "suspended": lambda build: _moved(_moved(build.paid_case(), CaseAction.EXAMINE), CaseAction.SUSPEND),
    "intended": lambda build: _moved(_moved(build.paid_case(), CaseAction.EXAMINE), CaseAction.INTEND_TO_REJECT),
    "overpaid": lambda build: _overpaid(build),  # noqa: PLW0108 - written below
    "held": lambda build: _held(build.paid_case()),
}


def _moved(case: Case, action: CaseAction) -> Case:
    with transaction():
        cases.advance(case.id, action, by=SYSTEM, at=clock.now())
    return case


def _held(case: Case) -> Case:
    with transaction():
        cases.place_hold(case.id, Hold.OTHER, by=SYSTEM, at=clock.now())
    return case


def _overpaid(build: Builder) -> Case:
    case = build.case()
    build.pay(case, cents=build.fee(case).assessed_cents + 12_345)
    return case


@pytest.mark.parametrize("kind", [ActKind.ANNUL, ActKind.END_BY_LAW])
def test_a_stay_on_the_same_day_gives_back_the_exact_state(build: Builder, two: Any, kind: ActKind) -> None:
    """State before = state after, but for the trail: whatever the stage, for both kinds of end."""
    made = [stage(build) for stage in STAGES.values()]
    before = [state_of(case) for case in made]
    act = carried_out(build, *two, kind, programme="PRTQ")
    done = {item.case_id for item in items(act) if item.state is ItemState.DONE}
    changed = [case for case, state in zip(made, before, strict=True) if state_of(case) != state]
    assert {case.id for case in changed} == done
    stay = carried_out(build, *two, ActKind.STAY, act.id)
    assert stay.listed == len(done)
    assert [state_of(case) for case in made] == before
    assert {one.state for one in db.session.scalars(select(Refund))} <= {RefundState.WITHDRAWN}
    assert faults() == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stages=st.lists(st.sampled_from(sorted(STAGES)), min_size=1, max_size=4), days=st.integers(0, 20))
def test_whatever_the_stages_and_days_a_stay_changes_nothing_but_gives_days_back(build: Builder, two: Any, stages: list[str], days: int) -> None:
    made = [STAGES[name](build) for name in stages]
    before = [state_of(case) for case in made]
    tomorrow = clock.now() + timedelta(days=1)  # day zero itself is not counted: there is nothing of it to give back
    with clock.stopped_at(tomorrow):
        act = carried_out(build, *two, ActKind.END_BY_LAW, programme="PRTQ")
    with clock.stopped_at(tomorrow + timedelta(days=days)):
        carried_out(build, *two, ActKind.STAY, act.id)
    for case, old in zip(made, before, strict=True):
        new = state_of(case)
        terms = zip(new.pop("terms"), old.pop("terms"), strict=True)
        given_back = [counted_to(term) - counted_to(was) for term, was in terms if was[1] == "running"]
        assert new == old
        assert set(given_back) <= {timedelta(days=days)}
    assert faults() == []
    with transaction():  # the next example starts with nobody
        for case in made:
            cases.advance(case.id, CaseAction.CLOSE, by=SYSTEM, at=clock.now())


def test_a_stay_of_a_part_leaves_the_rest_ended(build: Builder, two: Any) -> None:
    window = build.window()
    online = build.paid_case()
    paper = build.paid_case(channel=Channel.PAPER, legal_received_on=clock.today())
    act = carried_out(build, *two, ActKind.END_BY_LAW, programme="PRTQ")
    stay = carried_out(build, *two, ActKind.STAY, act.id, channel="online")
    assert (stay.listed, case_now(online).status, case_now(paper).status) == (1, CaseStatus.PAYEE_EN_FILE, CaseStatus.FIN_LOI)
    rest = carried_out(build, *two, ActKind.STAY, act.id)
    assert (rest.listed, case_now(paper).status) == (1, CaseStatus.PAYEE_EN_FILE)
    with pytest.raises(EmptyList), transaction():
        service.prepare(NewAct(ActKind.STAY, Choice(), "m", "b", undoes_id=act.id), by=two[0], at=clock.now())
    assert window.code


def test_money_that_left_before_the_stay_becomes_a_task(build: Builder, two: Any) -> None:
    case = build.paid_case()
    finance = build.finance()
    act = carried_out(build, *two, ActKind.END_BY_LAW, programme="PRTQ")
    refund = fee_queries.refunds(RefundState.ASKED)[0]
    with transaction():
        refunds.approve_many([refund.id], by=finance.actor, at=clock.now())
        refunds.mark_sent(refund.id, "VIR-1", by=finance.actor, at=clock.now())
    assert faults() == []
    stay = carried_out(build, *two, ActKind.STAY, act.id)
    assert [item.refund_sent for item in items(stay)] == [True]
    assert [one.id for one in fee_queries.sent_then_stayed()] == [refund.id]
    assert case_now(case).status is CaseStatus.PAYEE_EN_FILE
    message = db.session.scalars(select(Message).where(Message.kind == "act_stayed")).one()
    assert "déjà remboursé" in message.body
    assert faults() == []


def test_a_stay_refuses_whoever_finds_no_place_and_gives_back_the_others(build: Builder, two: Any) -> None:
    window = build.window(capacity=2)
    first, second = build.paid_case(), build.paid_case()
    act = carried_out(build, *two, ActKind.ANNUL, programme="PRTQ", window=window.code, received_until=clock.today())
    assert quota_queries.window(window.code).state.value == "open"
    newcomer = build.paid_case()
    stay = carried_out(build, *two, ActKind.STAY, act.id)
    results = sorted(result(stay, case.submission_id) for case in (first, second))
    assert results == [("done", None), ("refused", Why.NO_PLACE)]
    assert sorted(case_now(case).status.value for case in (first, second)) == ["PAYEE_EN_FILE", "RETOURNEE"]
    assert case_now(newcomer).status is CaseStatus.PAYEE_EN_FILE
    assert faults() == []


def test_only_what_was_carried_out_can_be_undone_and_by_its_own_kind(build: Builder, two: Any) -> None:
    build.paid_case()
    act = prepared(two[0], ActKind.SUSPEND_PROCESSING, programme="PRTQ")
    for kind in (ActKind.STAY, ActKind.RESUME_PROCESSING):
        with pytest.raises(NotUndoable), transaction():
            service.prepare(NewAct(kind, Choice(), "m", "b", undoes_id=act.id), by=two[0], at=clock.now())


def test_a_suspension_hides_cases_from_the_next_case_and_gives_them_back_at_their_exact_place(build: Builder, two: Any) -> None:
    made = [build.paid_case() for _ in range(4)]
    order = [case.number for case in case_queries.page(case_queries.Filter())]
    keys = {case.number: case_queries.key_of(case) for case in case_queries.page(case_queries.Filter())}
    act = carried_out(build, *two, ActKind.SUSPEND_PROCESSING, programme="PRTQ")
    assert act.listed == 4
    with pytest.raises(NothingToTake), transaction():
        cases.take_next(two[0].id, by=SYSTEM, at=clock.now())
    with pytest.raises(EmptyList):  # suspended already: each would be left out
        prepared(two[0], ActKind.SUSPEND_PROCESSING, programme="PRTQ")
    carried_out(build, *two, ActKind.RESUME_PROCESSING, act.id)
    db.session.expire_all()
    assert [case.number for case in case_queries.page(case_queries.Filter())] == order
    assert {case.number: case_queries.key_of(case) for case in case_queries.page(case_queries.Filter())} == keys
    officer = build.caseworker()
    with transaction():
        taken = cases.take_next(officer.id, by=officer.actor, at=clock.now())
    assert taken.number == order[0]
    assert len(made) == 4
    assert faults() == []


def test_a_suspension_stops_the_clocks_only_where_the_decision_says_so(build: Builder, two: Any) -> None:
    case = build.case()
    term = db.session.scalars(select(Term).where(Term.subject_id == str(case.id))).one()
    last = term.last_day
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        act = signed_and_run(prepared(two[0], ActKind.SUSPEND_PROCESSING, programme="PRTQ", stops_clocks=True), two[1])
    db.session.expire_all()
    assert db.session.get_one(Term, term.id).last_day == OPEN_ENDED
    with clock.stopped_at(clock.now() + timedelta(days=15)):
        carried_out(build, *two, ActKind.RESUME_PROCESSING, act.id)
        db.session.expire_all()
        assert db.session.get_one(Term, term.id).last_day == last + timedelta(days=14)
        plain = carried_out(build, *two, ActKind.SUSPEND_PROCESSING, programme="PRTQ")
        db.session.expire_all()
        assert db.session.get_one(Term, term.id).last_day < OPEN_ENDED
        assert plain.listed == 1
    assert faults() == []
