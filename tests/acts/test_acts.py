"""Acts on many: the annulment of a window and the end by law, each step of them once, and who is left out."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.fees import queries as fee_queries
from backoffice.fees.models import Fee
from backoffice.fees.states import FeeState, RefundState
from backoffice.intake.acts import queries, running, service
from backoffice.intake.acts.errors import EmptyList, NothingChosen
from backoffice.intake.acts.events import act_subject
from backoffice.intake.acts.service import NewAct
from backoffice.intake.acts.states import ActState
from backoffice.intake.acts.values import ActKind, Choice, ItemState, Why
from backoffice.intake.backlog.models import BacklogFile, BacklogImport
from backoffice.intake.between import queries as between_queries
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.quota import queries as quota_queries
from backoffice.quota.values import AdmissionStatus
from backoffice.staff import service as staff
from backoffice.staff.errors import SecondPersonNeeded
from tests.acts.acting import admission, carried_out, case_now, faults, items, prepared, result, signed, signed_and_run
from tests.builders import Builder


@pytest.fixture
def full_window(build: Builder) -> dict[str, Any]:
    """A window of three places: paid, unpaid, exempt and paid, one that lapsed, one refused."""
    window = build.window(capacity=3)
    exempt = build.content(quota_exemption={"ground": "validated_job_offer", "reference": "OEV-1"})
    paid, unpaid, third = build.paid_case(), build.case(), build.case()
    free, refused = build.paid_case(exempt), build.submission()
    assert admission(refused.id) is AdmissionStatus.REFUSED
    return {"window": window, "paid": paid, "unpaid": unpaid, "third": third, "exempt": free, "refused": refused}


def test_the_annulment_of_a_window_voids_each_admission_and_pays_back_to_the_cent(build: Builder, two: Any, full_window: Any) -> None:
    code = full_window["window"].code
    owed = sum(sum(a.amount_cents for a in build.fee(full_window[name]).allocations) for name in ("paid", "exempt"))
    act = carried_out(build, *two, ActKind.ANNUL, window=code)
    assert (act.listed, act.left_out, act.refund_cents, act.places) == (5, 0, owed, 3)
    assert {item.state for item in items(act)} == {ItemState.DONE}
    for name in ("paid", "unpaid", "third", "exempt"):
        case = case_now(full_window[name])
        assert case.status is CaseStatus.RETOURNEE
        assert admission(case.submission_id) is AdmissionStatus.ANNULLED
        assert build.fee(case).state is FeeState.CANCELLED
    assert admission(full_window["refused"].id) is AdmissionStatus.ANNULLED
    assert quota_queries.window(code).state.value == "annulled"
    asked = fee_queries.refunds(RefundState.ASKED)
    assert (len(asked), sum(one.amount_cents for one in asked)) == (2, owed)
    assert {one.origin for one in asked} == {act.origin}
    assert faults() == []


def test_each_person_reads_one_message_and_only_those_of_the_list(build: Builder, two: Any, full_window: Any) -> None:
    before = db.session.scalar(select(func.count()).select_from(Message).where(Message.kind == "admission_annulled"))
    act = carried_out(build, *two, ActKind.ANNUL, window=full_window["window"].code)
    for _again in range(3):
        with transaction():
            service.go_on(act.id, at=clock.now())
    sent = list(db.session.scalars(select(Message).where(Message.kind == "admission_annulled")))
    assert before == 0
    assert sorted(m.case_id for m in sent) == sorted(full_window[n].id for n in ("paid", "unpaid", "third", "exempt"))
    money = next(m for m in sent if m.case_id == full_window["paid"].id)
    none = next(m for m in sent if m.case_id == full_window["unpaid"].id)
    assert "remboursée en entier" in money.body
    assert "remboursée" not in none.body
    assert "Ne payez pas" in none.body
    bare = between_queries.messages_of(full_window["refused"].id)
    assert [(m.kind, m.readable_at is not None) for m in bare] == [("admission_annulled", True)]


def test_the_message_of_an_act_answers_nobodys_question(build: Builder, two: Any) -> None:
    case = build.paid_case()
    with transaction():
        mail.receive_message(uuid4(), case.id, "Question", "Quand ?", [], None, "0" * 64, at=clock.now())
    carried_out(build, *two, ActKind.SUSPEND_PROCESSING, programme="PRTQ")
    assert mail_queries.unanswered([case.id]) == {case.id: 1}


def test_whoever_cannot_be_reached_online_gets_a_letter(build: Builder, two: Any) -> None:
    content = build.content()
    content["principal_applicant"]["contact"].pop("email", None)
    case = build.case(content)
    carried_out(build, *two, ActKind.ANNUL, window=quota_queries.windows()[0].code)
    message = db.session.scalars(
        select(Message).where(Message.case_id == case.id, Message.kind == "admission_annulled").options(selectinload(Message.attachments))
    ).one()
    assert message.readable_at is None
    assert [a.media_type for a in message.attachments] == ["application/pdf"]


def test_the_same_person_cannot_sign_twice(build: Builder, two: Any, full_window: Any) -> None:
    act = prepared(two[0], ActKind.ANNUL, window=full_window["window"].code)
    with pytest.raises(SecondPersonNeeded):
        signed(act, two[0])
    deliveries.run_all()
    assert queries.act(act.id).state is ActState.ASKED
    assert case_now(full_window["paid"]).status is CaseStatus.PAYEE_EN_FILE


def test_declined_nothing_is_done(build: Builder, two: Any, full_window: Any) -> None:
    act = prepared(two[0], ActKind.ANNUL, window=full_window["window"].code)
    with transaction():
        staff.decide_approval(act.approval_id, approve=False, answer="Non.", by=two[1], at=clock.now())
    deliveries.run_all()
    assert queries.act(act.id).state is ActState.DECLINED
    assert {item.state for item in items(act)} == {ItemState.WAITING}
    with transaction():
        assert service.go_on(act.id, at=clock.now()) is False


def killed_inside_a_part(act_id: int) -> None:
    """The process dies before the part is committed: nothing of it stays."""
    with transaction():
        service.go_on(act_id, at=clock.now(), size=3)
        raise RuntimeError


def test_killed_in_the_middle_it_goes_on_where_it_stood_and_does_each_once(build: Builder, two: Any) -> None:
    found = [build.paid_case() for _ in range(7)]
    act = prepared(two[0], ActKind.ANNUL, window=quota_queries.windows()[0].code)
    with transaction():
        staff.decide_approval(act.approval_id, approve=True, answer="Vu.", by=two[1], at=clock.now())
        service.answer(act.approval_id, approved=True, by=two[1].actor, at=clock.now())
    with transaction():
        service.go_on(act.id, at=clock.now(), size=3)
    with pytest.raises(RuntimeError):
        killed_inside_a_part(act.id)
    assert queries.progress(act.id).by_state == {ItemState.DONE: 3, ItemState.WAITING: 4}
    deliveries.run_all()
    assert queries.act(act.id).state is ActState.DONE
    for case in found:
        facts = [row.kind for row in events.history(case_subject(case.id))]
        assert facts.count("intake.ActedUpon") == 1
        assert facts.count("fees.FeeCancelled") == 1
    assert len(fee_queries.refunds(RefundState.ASKED)) == 7
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.kind == "admission_annulled")) == 7
    assert faults() == []


def test_whoever_changed_since_the_list_was_frozen_is_skipped_and_named(build: Builder, two: Any, full_window: Any) -> None:
    act = prepared(two[0], ActKind.ANNUL, window=full_window["window"].code)
    build.pay(full_window["unpaid"])
    signed(act, two[1])
    deliveries.run_all()
    assert result(act, full_window["unpaid"].submission_id) == ("skipped", Why.CHANGED)
    assert case_now(full_window["unpaid"]).status is CaseStatus.PAYEE_EN_FILE
    assert result(act, full_window["paid"].submission_id) == ("done", None)
    told = db.session.scalars(select(Message.case_id).where(Message.kind == "admission_annulled")).all()
    assert full_window["unpaid"].id not in told


def test_whoever_came_after_the_list_was_frozen_is_not_touched_and_is_counted(build: Builder, two: Any) -> None:
    window = build.window()
    listed = build.paid_case()
    act = prepared(two[0], ActKind.ANNUL, window=window.code)
    late = build.paid_case()
    assert queries.arrived_since(queries.act(act.id)) == 1
    signed_and_run(act, two[1])
    assert (case_now(listed).status, case_now(late).status) == (CaseStatus.RETOURNEE, CaseStatus.PAYEE_EN_FILE)
    assert quota_queries.window(window.code).state.value == "annulled"
    rest = carried_out(build, *two, ActKind.ANNUL, window=window.code)
    assert (rest.listed, case_now(late).status, queries.arrived_since(queries.act(act.id))) == (1, CaseStatus.RETOURNEE, 0)
    assert faults() == []


def test_a_fault_in_one_stops_none_of_the_others(build: Builder, two: Any, full_window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, real = full_window["paid"].id, running.cases.advance

    def advance(case: Case, action: CaseAction, **known: Any) -> None:
        if case.id == bad:
            raise ZeroDivisionError
        real(case, action, **known)

    monkeypatch.setattr(running.cases, "advance", advance)
    act = carried_out(build, *two, ActKind.ANNUL, window=full_window["window"].code)
    assert result(act, full_window["paid"].submission_id) == ("refused", Why.FAULT)
    assert case_now(full_window["paid"]).status is CaseStatus.PAYEE_EN_FILE
    assert admission(full_window["paid"].submission_id) is AdmissionStatus.CONFIRMED
    assert [item.state for item in items(act)].count(ItemState.DONE) == 4
    assert faults() == []


def test_those_left_out_are_named_with_their_reason(build: Builder, two: Any) -> None:
    examined, waiting = build.paid_case(), build.case()
    with transaction():
        cases.advance(examined.id, CaseAction.EXAMINE, by=SYSTEM, at=clock.now())
    act = prepared(two[0], ActKind.ANNUL, window=quota_queries.windows()[0].code)
    assert result(act, examined.submission_id) == ("left_out", Why.IN_EXAMINATION)
    assert (act.listed, act.left_out, act.covers_window) == (1, 1, False)
    assert result(act, waiting.submission_id)[0] == "waiting"


def test_an_act_never_reaches_everybody_by_omission(build: Builder, two: Any) -> None:
    build.case()
    for choice in (Choice(), Choice(channel="online"), Choice(status="PAYEE_EN_FILE")):
        with pytest.raises(NothingChosen), transaction():
            service.prepare(NewAct(ActKind.END_BY_LAW, choice, "m", "b"), by=two[0], at=clock.now())
    with pytest.raises(EmptyList), transaction():
        service.prepare(NewAct(ActKind.END_BY_LAW, Choice(programme="RIEN"), "m", "b"), by=two[0], at=clock.now())


def test_the_list_cannot_be_touched_nor_an_act_erased(build: Builder, two: Any, full_window: Any) -> None:
    act = prepared(two[0], ActKind.ANNUL, window=full_window["window"].code)
    for statement in (
        "DELETE FROM mass_act_item",
        "DELETE FROM mass_act",
        "DELETE FROM refund",
        "UPDATE mass_act_item SET submission_id = gen_random_uuid()",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|is frozen"), db.session.begin_nested():
            db.session.execute(text(statement))
    assert service.check_list(queries.act(act.id)) is None


def test_the_end_by_law_reaches_those_without_a_decision_received_before_a_day(build: Builder, two: Any) -> None:
    old, examined, decided = build.paid_case(), build.paid_case(), build.paid_case()
    with transaction():
        for case in (examined, decided):
            cases.advance(case.id, CaseAction.EXAMINE, by=SYSTEM, at=clock.now())
        cases.advance(decided.id, CaseAction.DECIDE, by=SYSTEM, at=clock.now())
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        young = build.paid_case()
        act = carried_out(build, *two, ActKind.END_BY_LAW, programme="PRTQ", received_until=old.legal_received_on)
    assert case_now(old).status is CaseStatus.FIN_LOI
    assert case_now(examined).status is CaseStatus.FIN_LOI
    assert result(act, decided.submission_id) == ("left_out", Why.DECIDED)
    assert case_now(young).status is CaseStatus.PAYEE_EN_FILE
    assert len(items(act)) == 3
    assert sum(one.amount_cents for one in fee_queries.refunds(RefundState.ASKED)) == act.refund_cents
    assert faults() == []


def test_money_that_another_system_cashed_is_said_and_promised_but_not_ours_to_send(build: Builder, two: Any) -> None:
    case = build.case()
    with transaction():
        run = BacklogImport(
            source="GICA", file_name="f.csv", file_sha256="0" * 64, started_at=clock.now(), ended_at=None, account_id=None, by_label="Essai", parts=1,
            opened=1, suspected=0, known=0, differing=0, refused=0,
        )  # fmt: skip
        db.session.add(run)
        db.session.flush()
        db.session.add(
            BacklogFile(
                external_number="A-1",
                source="GICA",
                case_id=case.id,
                import_id=run.id,
                part=1,
                line=1,
                content_sha256="0" * 64,
                status=CaseStatus.ATTENTE_PAIEMENT,
                fee_paid_cents=75_000,
                fee_paid_on=clock.today(),
            )
        )
    act = carried_out(build, *two, ActKind.END_BY_LAW, programme="PRTQ")
    assert (act.refund_cents, queries.totals(act.id).elsewhere) == (0, (1, 75_000))
    assert fee_queries.refunds() == []
    message = db.session.scalars(select(Message).where(Message.kind == "ended_by_law")).one()
    assert "750,00" in message.body


def test_each_step_leaves_one_fact_on_the_act_and_one_on_each_case(build: Builder, two: Any, full_window: Any) -> None:
    act = carried_out(build, *two, ActKind.ANNUL, window=full_window["window"].code)
    kinds = [row.kind for row in events.history(act_subject(act.id))]
    assert kinds == [
        "intake.ActPrepared", "staff.ApprovalAsked", "staff.ApprovalDecided", "intake.ActApproved", "intake.ActAdvanced", "intake.ActTold",
        "intake.ActFinished",
    ]  # fmt: skip
    for name in ("paid", "unpaid"):
        assert [row.kind for row in events.history(case_subject(full_window[name].id))].count("intake.ActedUpon") == 1


def test_an_act_given_up_cannot_be_asked_for(build: Builder, two: Any) -> None:
    build.case()
    with transaction():
        act = service.prepare(NewAct(ActKind.ANNUL, Choice(programme="PRTQ"), "m", "b"), by=two[0], at=clock.now())
        service.abandon(act.id, by=two[0].actor, at=clock.now())
    with pytest.raises(IllegalMove), transaction():
        service.ask(act.id, by=two[0], at=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Fee).where(Fee.state == FeeState.CANCELLED)) == 0
