"""Verdicts of a person: the ground of an exemption, two applications of one person, withdrawal, review of a machine's decision."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM, Actor, ActorKind
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.events import fee_owner
from backoffice.fees.states import FeeState
from backoffice.intake.between import effects, queries
from backoffice.intake.between.errors import HasEnded, NothingToJudge
from backoffice.intake.between.values import FeeOutcome
from backoffice.intake.events import submission_subject
from backoffice.intake.service import reviews, verdicts, withdrawals
from backoffice.intake.service.withdrawals import Request
from backoffice.mail import queries as mail_queries
from backoffice.quota import service as quota
from backoffice.quota.errors import NoPlaceLeft
from backoffice.quota.values import AdmissionReason, AdmissionStatus, WindowAction
from tests.builders import Builder
from tests.intake.people import admission, doubted_pair, exempt_case, resembling

WHY = "La preuve a été lue."
OFFICER = Actor(ActorKind.STAFF, "1", "Agente fictive")


def kinds(case_id: int) -> list[str]:
    return [message.kind for message in mail_queries.thread(case_id)]


def judge(case, *, verified, build, at=None):
    with transaction():
        return verdicts.judge_exemption(case.submission_id, verified=verified, reason=WHY, proof="Validation MIDI", by=OFFICER, at=at or clock.now())


def request(**changes):
    return Request(**({"withdrawal_id": uuid4(), "source": "written", "received_on": clock.today(), "reference": "E-2016-000001"} | changes))


def refunds(case_id):
    fee = fee_queries.fee_of_case(case_id)
    return [refund for allocation in fee.allocations for refund in fee_queries.refunds_of_receipt(allocation.receipt_id)]


def fresh(case):
    return case_queries.case_by_id(case.id)


def last_fact(case, kind):
    return next(row.data for row in events.history(submission_subject(case.submission_id))[::-1] if row.kind == f"intake.{kind}")


class TestExemption:
    def test_a_ground_recognized_stays_outside_the_quota(self, build: Builder):
        case = exempt_case(build)
        found = judge(case, verified=True, build=build)
        assert (found.status, found.reason) == (AdmissionStatus.EXEMPT, AdmissionReason.EXEMPTION_VERIFIED)
        assert fresh(case).validated_offer
        assert kinds(case.id)[-1] == "exemption_verified"
        assert last_fact(case, "ExemptionJudged")["proof"] == "Validation MIDI"

    def test_a_ground_denied_with_a_free_place_gives_it_and_changes_the_class(self, build: Builder):
        case = exempt_case(build)
        before = case.processing_class
        found = judge(case, verified=False, build=build)
        case = fresh(case)
        assert (found.status, found.reason) == (AdmissionStatus.PROVISIONAL, AdmissionReason.EXEMPTION_DENIED)
        assert case.status is CaseStatus.ATTENTE_PAIEMENT
        assert (case.validated_offer, case.processing_class > before) == (False, True)
        assert build.fee(case).state is FeeState.DUE

    def test_whoever_had_paid_has_the_place_confirmed_at_once(self, build: Builder):
        case = exempt_case(build)
        build.pay(case)
        assert judge(case, verified=False, build=build).status is AdmissionStatus.CONFIRMED or admission(case).status is AdmissionStatus.CONFIRMED
        assert fresh(case).status is CaseStatus.PAYEE_EN_FILE

    def test_denied_without_a_place_ends_the_case_and_refunds_what_was_paid(self, build: Builder):
        build.window(capacity=1)
        build.case()
        case = exempt_case(build)
        build.pay(case)
        assert judge(case, verified=False, build=build).status is AdmissionStatus.REFUSED
        case = fresh(case)
        assert case.status is CaseStatus.RETOURNEE
        assert build.fee(case).state is FeeState.CANCELLED
        assert [refund.cause for refund in refunds(case.id)] == ["exemption_denied"]
        assert kinds(case.id)[-1] == "exemption_denied"
        assert "remboursé" in mail_queries.thread(case.id)[-1].body

    def test_what_denial_would_do_is_told_before_and_changes_nothing(self, build: Builder):
        build.window(capacity=1)
        build.case()
        case = exempt_case(build)
        told = effects.of_denial(queries.side(case.submission_id), by=SYSTEM, at=clock.now())
        assert told is not None
        assert (told.status, told.case_after, told.fee, told.class_before) == ("refused", "RETOURNEE", FeeOutcome.NONE, 2)
        assert admission(case).status is AdmissionStatus.EXEMPT
        assert [row.kind for row in events.history(submission_subject(case.submission_id))].count("quota.AdmissionDecided") == 1
        assert judge(case, verified=False, build=build).status.value == told.status

    def test_lost_later_is_the_same_act_and_a_mistake_can_be_put_right(self, build: Builder):
        case = exempt_case(build)
        judge(case, verified=True, build=build)
        with clock.stopped_at(clock.now() + timedelta(days=2)):
            assert judge(case, verified=False, build=build).status is AdmissionStatus.PROVISIONAL
        with clock.stopped_at(clock.now() + timedelta(days=3)):
            assert judge(case, verified=True, build=build).status is AdmissionStatus.EXEMPT
        assert fresh(case).validated_offer

    def test_nothing_is_judged_where_nothing_was_claimed(self, build: Builder):
        case = build.case()
        with pytest.raises(NothingToJudge):
            judge(case, verified=True, build=build)
        exempt = exempt_case(build)
        judge(exempt, verified=False, build=build)
        with pytest.raises(NothingToJudge):
            judge(exempt, verified=False, build=build)


class TestDuplicates:
    def verdict(self, build, one, other, *, same):
        with transaction():
            return verdicts.judge_duplicate(
                one.submission_id, other.submission_id if other else None, same=same, reason=WHY, by=OFFICER, at=clock.now()
            )

    def test_a_doubt_is_listed_with_whom_it_resembles(self, build: Builder):
        first, later = doubted_pair(build)
        assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(later.id)
        assert queries.doubted() == [later.submission_id]
        [twin] = queries.twins(queries.side(later.submission_id))
        assert twin.side.submission_id == first.submission_id
        assert queries.count_doubted() == queries.count_waiting() == 1

    def test_the_same_person_keeps_the_earliest_and_ends_the_later(self, build: Builder):
        first, later = doubted_pair(build)
        build.pay(later)
        kept = self.verdict(build, later, first, same=True)
        assert kept is not None
        assert kept.kept == first.submission_id
        assert (admission(later).status, admission(later).reason) == (AdmissionStatus.REFUSED, AdmissionReason.DUPLICATE_PERSON)
        assert admission(first).status is AdmissionStatus.PROVISIONAL
        assert fresh(later).status is CaseStatus.RETOURNEE
        assert build.fee(fresh(later)).state is FeeState.CANCELLED
        assert len(refunds(later.id)) == 1
        assert kinds(later.id)[-1] == "duplicate_refused"
        assert queries.count_doubted() == 0
        assert not case_queries.standing_holds(later.id)

    def test_an_earlier_legal_day_on_paper_is_never_lost(self, build: Builder):
        from backoffice.cases.values import Channel

        content = build.content()
        online = build.case(content)
        with clock.stopped_at(clock.now() + timedelta(hours=1)):
            paper = build.case(
                resembling(content),
                channel=Channel.PAPER,
                legal_received_on=clock.today() - timedelta(days=300),
                paper_ground="received_before_2016",
                envelope="E-2016-000009",
            )
        self.verdict(build, paper, online, same=True)
        assert admission(online).status is AdmissionStatus.REFUSED
        assert fresh(online).status is CaseStatus.RETOURNEE
        assert admission(paper).reason is not AdmissionReason.DUPLICATE_REVIEW
        assert Hold.DUPLICATE_REVIEW not in case_queries.standing_holds(paper.id)

    def test_two_people_go_on_and_the_verdict_is_remembered(self, build: Builder):
        first, later = doubted_pair(build)
        self.verdict(build, later, first, same=False)
        assert (admission(later).status, admission(later).reason) == (AdmissionStatus.PROVISIONAL, None)
        assert Hold.DUPLICATE_REVIEW not in case_queries.standing_holds(later.id)
        assert queries.twins(queries.side(later.submission_id)) == []
        assert queries.doubted() == []
        with pytest.raises(NothingToJudge):
            self.verdict(build, later, first, same=True)

    def test_the_hold_stands_until_every_resemblance_is_answered(self, build: Builder):
        content = build.content()
        first = build.case(content)
        second = build.case(resembling(content, passport_number="SECOND0001"))
        third = build.case(resembling(content, passport_number="THIRD00001"))
        self.verdict(build, third, first, same=False)
        assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(third.id)
        self.verdict(build, third, second, same=False)
        assert Hold.DUPLICATE_REVIEW not in case_queries.standing_holds(third.id)

    def test_once_the_other_has_ended_the_doubt_can_only_be_lifted(self, build: Builder):
        first, later = doubted_pair(build)
        with pytest.raises(NothingToJudge):
            self.verdict(build, later, None, same=False)
        with transaction():
            withdrawals.withdraw(first.submission_id, request(), by=SYSTEM, at=clock.now())
        with pytest.raises(NothingToJudge):
            self.verdict(build, later, None, same=True)
        self.verdict(build, later, None, same=False)
        assert admission(later).reason is None

    def test_applications_without_a_case_are_compared_too(self, build: Builder):
        build.window(policy={"order": "draw"})
        content = build.content()
        first = build.submission(content)
        later = build.submission(resembling(content))
        assert queries.doubted() == [later.id]
        with transaction():
            verdicts.judge_duplicate(later.id, first.id, same=True, reason=WHY, by=OFFICER, at=clock.now())
        assert queries.side(later.id).admission.status is AdmissionStatus.REFUSED
        assert [one.kind for one in queries.messages_of(later.id)] == ["duplicate_refused"]
        assert queries.side(first.id).admission.status is AdmissionStatus.REGISTERED


class TestWithdrawal:
    def end(self, case, **changes):
        with transaction():
            return withdrawals.withdraw(case.submission_id, request(**changes), by=SYSTEM, at=clock.now())

    def test_unpaid_nothing_is_owed_any_more_and_the_place_is_free(self, build: Builder):
        build.window(capacity=1)
        case = build.case()
        told = effects.of_withdrawal(queries.side(case.submission_id))
        assert told is not None
        assert (told.place, told.fee, told.window_open, told.case_after) == ("released", FeeOutcome.NONE, True, "DESISTEE")
        assert self.end(case).fee is FeeOutcome.NONE
        case = fresh(case)
        assert (case.status, admission(case).status) == (CaseStatus.DESISTEE, AdmissionStatus.WITHDRAWN)
        assert build.fee(case).state is FeeState.CANCELLED
        assert term_queries.term_of(fee_owner(build.fee(case).id)).state.value == "cancelled"
        assert kinds(case.id)[-1] == "withdrawal_confirmed"
        assert build.case().status is CaseStatus.ATTENTE_PAIEMENT  # the place was free again

    def test_paid_and_not_examined_a_person_decides_on_the_fee(self, build: Builder):
        case = build.paid_case()
        one = self.end(case)
        assert one.fee is FeeOutcome.TO_DECIDE
        assert build.fee(fresh(case)).state is FeeState.PAID
        assert queries.refunds_to_decide() == [one]
        with transaction():
            withdrawals.answer_refund(one.id, refund=True, reason=WHY, by=OFFICER, at=clock.now())
        assert build.fee(fresh(case)).state is FeeState.CANCELLED
        assert len(refunds(case.id)) == 1
        assert kinds(case.id)[-1] == "refund_answered"
        with transaction(), pytest.raises(NothingToJudge):
            withdrawals.answer_refund(one.id, refund=False, reason=WHY, by=OFFICER, at=clock.now())

    def test_the_fee_can_be_kept_with_a_reason(self, build: Builder):
        one = self.end(build.paid_case())
        with transaction():
            withdrawals.answer_refund(one.id, refund=False, reason=WHY, by=OFFICER, at=clock.now())
        assert queries.refunds_to_decide() == []
        assert queries.withdrawal(one.id).fee is FeeOutcome.KEPT

    def test_the_waiting_list_is_served(self, build: Builder):
        build.window(capacity=1, waiting_list=True)
        case, waiting = build.case(), build.submission()
        told = effects.of_withdrawal(queries.side(case.submission_id))
        assert told is not None
        assert told.waiting_list_served
        self.end(case)
        assert queries.side(waiting.id).admission.status is AdmissionStatus.PROVISIONAL

    def test_the_same_request_twice_is_one_and_another_on_what_ended_is_refused(self, build: Builder):
        case, number = build.case(), uuid4()
        first = self.end(case, withdrawal_id=number)
        assert self.end(case, withdrawal_id=number) is first
        with pytest.raises(HasEnded):
            self.end(case)

    def test_somebody_on_a_waiting_list_withdraws_without_a_case_and_is_told(self, build: Builder):
        build.window(capacity=1, waiting_list=True)
        build.case()
        waiting = build.submission()
        with transaction():
            withdrawals.withdraw(waiting.id, request(), by=SYSTEM, at=clock.now())
        found = queries.side(waiting.id)
        assert (found.case, found.admission.status) == (None, AdmissionStatus.WITHDRAWN)
        [told] = queries.messages_of(waiting.id)
        assert (told.kind, told.readable_at is not None) == ("withdrawal_confirmed", True)
        assert "Vous ne devez rien" in told.body


class TestReview:
    def lapsed(self, build):
        case = build.case()
        with clock.stopped_at(clock.now() + timedelta(days=40)), transaction():
            assert fees.lapse_unpaid(build.fee(case).id, clock.today(), at=clock.now())
        return case

    def look(self, build, case, *, reinstate, later=timedelta(days=41)):
        with clock.stopped_at(clock.now() + later), transaction():
            return reviews.review(case.submission_id, reinstate=reinstate, reason=WHY, by=OFFICER, at=clock.now())

    def test_a_lapse_reviewed_gives_the_place_back_with_a_whole_new_term(self, build: Builder):
        case = self.lapsed(build)
        first_day = term_queries.term_of(fee_owner(build.fee(case).id)).last_day
        assert self.look(build, case, reinstate=True).status is AdmissionStatus.PROVISIONAL
        assert fresh(case).status is CaseStatus.ATTENTE_PAIEMENT
        assert build.fee(case).state is FeeState.DUE
        term = term_queries.term_of(fee_owner(build.fee(case).id))
        assert (term.state.value, term.last_day > first_day) == ("running", True)
        assert kinds(case.id)[-2:] == ["review_reinstated", "payment_invitation"]
        with clock.stopped_at(clock.now() + timedelta(days=50)):
            build.pay(case)
        assert admission(case).status is AdmissionStatus.CONFIRMED

    def test_money_that_came_after_the_lapse_answers_the_fee_due_again(self, build: Builder):
        case = self.lapsed(build)
        with clock.stopped_at(clock.now() + timedelta(days=40)):
            receipt = build.pay(case)
        assert receipt.why_unmatched == "lapsed"
        self.look(build, case, reinstate=True)
        assert build.fee(case).state is FeeState.PAID
        assert fresh(case).status is CaseStatus.PAYEE_EN_FILE
        assert admission(case).status is AdmissionStatus.CONFIRMED

    def test_maintained_changes_nothing_but_says_why(self, build: Builder):
        case = self.lapsed(build)
        assert self.look(build, case, reinstate=False).status is AdmissionStatus.LAPSED
        assert fresh(case).status is CaseStatus.SUPPRIMEE_NON_PAYEE
        message = mail_queries.thread(case.id)[-1]
        assert (message.kind, message.automatic) == ("review_maintained", False)
        assert WHY in message.body

    def test_no_place_is_said_in_words_and_nothing_is_kept(self, build: Builder):
        build.window(capacity=1)
        case = self.lapsed(build)
        with clock.stopped_at(clock.now() + timedelta(minutes=1)):
            build.case()
        told = effects.of_reinstatement(queries.side(case.submission_id), by=SYSTEM, at=clock.now())
        assert isinstance(told, NoPlaceLeft)
        with pytest.raises(NoPlaceLeft, match="place"):
            self.look(build, case, reinstate=True)
        assert fresh(case).status is CaseStatus.SUPPRIMEE_NON_PAYEE

    def test_only_what_lapsed_or_was_refused_is_reviewed(self, build: Builder):
        with pytest.raises(NothingToJudge):
            self.look(build, build.case(), reinstate=True)

    def test_a_refusal_at_the_door_reinstated_is_owed_a_case(self, build: Builder):
        from backoffice.quota import queries as quota_queries

        window = build.window(capacity=1)
        first, refused = build.case(), build.submission()
        with transaction():
            withdrawals.withdraw(first.submission_id, request(), by=SYSTEM, at=clock.now())
        with transaction():
            reviews.review(refused.id, reinstate=True, reason=WHY, by=OFFICER, at=clock.now())
        assert refused.id in {owed.submission_id for owed in quota_queries.places_given()}
        assert window.code
        assert [one.kind for one in queries.messages_of(refused.id)] == ["review_reinstated"]

    def test_a_verdict_that_was_wrong_is_undone_with_its_money(self, build: Builder):
        first, later = doubted_pair(build)
        build.pay(later)
        with transaction():
            verdicts.judge_duplicate(later.submission_id, first.submission_id, same=True, reason=WHY, by=OFFICER, at=clock.now())
        self.look(build, later, reinstate=True, later=timedelta(days=1))
        assert fresh(later).status is CaseStatus.PAYEE_EN_FILE
        assert build.fee(later).state is FeeState.PAID
        assert admission(later).status is AdmissionStatus.CONFIRMED
        assert not [one for one in refunds(later.id) if one.state.value in {"asked", "approved"}]

    def test_an_exempt_denied_in_a_draw_waits_without_owing_and_owes_again_when_drawn(self, build: Builder):
        build.window(policy={"order": "draw"})
        case = exempt_case(build)
        judge(case, verified=False, build=build)
        assert (admission(case).status, build.fee(case).state) == (AdmissionStatus.REGISTERED, FeeState.CANCELLED)
        assert Hold.OTHER in case_queries.standing_holds(case.id)
        with transaction():
            reviews.resume(case.submission_id, by=SYSTEM, at=clock.now())
        assert build.fee(case).state is FeeState.DUE
        assert Hold.OTHER not in case_queries.standing_holds(case.id)
        db.session.expire_all()


def test_a_denial_by_mistake_in_a_draw_is_put_right_with_its_money(build: Builder):
    build.window(policy={"order": "draw"})
    case = exempt_case(build)
    build.pay(case)
    judge(case, verified=False, build=build)
    assert (build.fee(case).state, len(refunds(case.id))) == (FeeState.CANCELLED, 1)
    assert judge(case, verified=True, build=build, at=clock.now() + timedelta(hours=1)).status is AdmissionStatus.EXEMPT
    assert build.fee(case).state is FeeState.PAID
    assert [refund.state.value for refund in refunds(case.id)] == ["withdrawn"]


def test_the_window_may_be_over(build: Builder):
    window = build.window(capacity=5)
    case = exempt_case(build)
    with transaction():
        quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
    assert judge(case, verified=False, build=build).status is AdmissionStatus.REFUSED
