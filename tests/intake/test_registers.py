"""The two registers: people prevented by a fault, and false declarations that count for five years."""

import sys
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM, Actor, ActorKind
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import FeeState
from backoffice.intake.between import importing, queries
from backoffice.intake.between.errors import AlreadyProposed, ClaimUsed, DeclarationKnown, UnknownSubmission
from backoffice.intake.between.events import claim_subject
from backoffice.intake.between.rules import Act, barred_until, earliest, fee_after_withdrawal, is_same, known, may_be_same
from backoffice.intake.between.values import ClaimState, FeeOutcome
from backoffice.intake.service import receiving, registers
from backoffice.mail import queries as mail_queries
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import AdmissionStatus, Pool, WindowAction
from backoffice.staff import service as staff
from backoffice.staff.errors import SecondPersonNeeded
from tests.builders import Builder
from tests.intake.people import claim, decide, declaration

OFFICER = Actor(ActorKind.STAFF, "1", "Agente fictive")


class TestRules:
    def test_five_years_to_the_day(self):
        assert barred_until(date(2011, 6, 13)) == date(2016, 6, 13)
        assert barred_until(date(2012, 2, 29)) == date(2017, 2, 28)

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    def test_the_bar_always_lasts_five_years(self, day: date):
        assert 1825 <= (barred_until(day) - day).days <= 1827

    def test_the_earliest_act_is_by_its_legal_day_first(self):
        now = clock.now()
        paper = Act(date(2015, 11, 4), now + timedelta(days=200), 9)
        online = Act(date(2016, 6, 13), now, 1)
        assert earliest([online, paper]) == paper
        assert earliest([Act(date(2016, 6, 13), now, 2), online]) == online

    def test_spelling_does_not_hide_a_person(self):
        one = known("Exemple-Nguyễn", "Aïcha", date(1985, 2, 28), "12 AB-34567")
        assert is_same(one, known("EXEMPLE NGUYEN", "aicha", date(1985, 2, 28), None))
        assert is_same(one, known("Autre", None, date(1985, 2, 28), "12ab34567"))
        assert not is_same(one, known("Autre", None, date(1985, 2, 27), "12ab34567"))
        assert may_be_same(one, known("Autre", None, date(1985, 2, 27), "12ab34567"))
        assert not may_be_same(one, known("Exemple-Nguyễn", "Aïcha", date(1985, 2, 27), None))

    def test_the_fee_of_a_withdrawal_follows_the_stage(self):
        assert fee_after_withdrawal(CaseStatus.EXAMEN_PRELIM, paid=True) is FeeOutcome.KEPT
        assert fee_after_withdrawal(CaseStatus.DOCS_RECUS, paid=True) is FeeOutcome.TO_DECIDE
        assert fee_after_withdrawal(None, paid=False) is FeeOutcome.NONE


class TestClaims:
    def test_two_people_grant_and_an_application_refused_gets_a_place_of_the_reserve(self, build: Builder):
        window = build.window(capacity=2, reserve=1)
        build.case()
        refused = build.submission()
        assert queries.side(refused.id).admission.status is AdmissionStatus.REFUSED
        one = claim(build, refused.content, str(refused.receipt_id), window.code)
        assert one.submission_id == refused.id
        decide(build, one, grant=True)
        admission = queries.side(refused.id).admission
        assert (admission.status, admission.pool) == (AdmissionStatus.PROVISIONAL, Pool.RESERVE)
        found = queries.claim(one.id)
        assert (found.state, found.reserve_given_at is not None, found.first_id != found.second_id) == (ClaimState.GRANTED, True, True)
        assert refused.id in {owed.submission_id for owed in quota_queries.places_given()}
        assert [message.kind for message in queries.messages_of(refused.id)] == ["claim_granted"]
        assert next(row.kind for row in events.history(claim_subject(one.id))) == "intake.FaultClaimed"

    def test_whoever_proposes_does_not_sign(self, build: Builder):
        one, person = claim(build, build.content()), build.supervisor()
        with transaction():
            asked = registers.propose_decision(one.id, grant=True, reason="Incident confirmé.", by=person, at=clock.now())
        with transaction(), pytest.raises(SecondPersonNeeded):
            staff.decide_approval(asked.id, approve=True, answer="Moi aussi.", by=person, at=clock.now())
        with transaction(), pytest.raises(AlreadyProposed):
            registers.propose_decision(one.id, grant=False, reason="Autre avis.", by=person, at=clock.now())
        assert queries.claim(one.id).state is ClaimState.ASKED

    def test_a_proposal_declined_leaves_the_claim_to_be_judged_again(self, build: Builder):
        one, first, second = claim(build, build.content()), build.caseworker(), build.supervisor()
        with transaction():
            asked = registers.propose_decision(one.id, grant=True, reason="Incident confirmé.", by=first, at=clock.now())
        with transaction():
            staff.decide_approval(asked.id, approve=False, answer="Preuve à compléter.", by=second, at=clock.now())
        build.deliver()
        assert queries.claim(one.id).state is ClaimState.ASKED
        decide(build, one, grant=False)
        assert queries.claim(one.id).state is ClaimState.DECLINED

    def test_a_grant_lets_one_application_of_the_same_person_come_late(self, build: Builder):
        build.window()
        content = build.content()
        one = claim(build, content)
        assert registers.granted_claim_for(content) is None
        decide(build, one, grant=True)
        other_spelling = build.content(
            principal=content["principal_applicant"] | {"family_name": content["principal_applicant"]["family_name"].upper()}
        )
        assert registers.granted_claim_for(other_spelling).id == one.id
        assert registers.granted_claim_for(build.content()) is None
        assert registers.granted_claim_for(content | {"programme": "PEQ"}) is None
        late = build.submission(content)
        with transaction():
            registers.use_claim(one.id, late.id, by=SYSTEM, at=clock.now())
        assert registers.granted_claim_for(content) is None
        with transaction(), pytest.raises(ClaimUsed):
            registers.use_claim(one.id, uuid4(), by=SYSTEM, at=clock.now())

    def test_who_comes_late_to_a_full_period_gets_the_reserve_once_settled(self, build: Builder):
        build.window(capacity=2, reserve=1)
        build.case()
        content = build.content()
        one = claim(build, content)
        decide(build, one, grant=True)
        late = build.submission(content)
        with transaction():
            registers.use_claim(one.id, late.id, by=SYSTEM, at=clock.now())
        build.deliver()
        assert queries.side(late.id).admission.pool is Pool.RESERVE

    @pytest.mark.parametrize("settled", [False, True])
    def test_who_comes_late_to_a_period_that_is_over_is_placed_in_it(self, build: Builder, monkeypatch: pytest.MonkeyPatch, settled: bool):
        window = build.window(capacity=2, reserve=1)
        build.case()
        content = build.content()
        one = claim(build, content, window=window.code)
        with transaction():
            quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
        if settled:
            with transaction():
                quota.settle_window(window.id, by=SYSTEM, at=clock.now())
        decide(build, one, grant=True)
        monkeypatch.setattr(receiving, "_window_for", lambda *_args: registers.window_of(queries.claim(one.id)))
        monkeypatch.setattr(build, "window", lambda: window)
        late = build.submission(content)
        with transaction():
            registers.use_claim(one.id, late.id, by=SYSTEM, at=clock.now())
        build.deliver()
        assert (late.window_code, queries.side(late.id).admission.pool) == (window.code, Pool.RESERVE)

    def test_a_reserve_used_up_leaves_the_claim_granted_and_says_so(self, build: Builder):
        window = build.window(capacity=1, reserve=0)
        build.case()
        refused = build.submission()
        one = claim(build, refused.content, str(refused.id), window.code)
        decide(build, one, grant=True)
        assert queries.claim(one.id).state is ClaimState.GRANTED
        assert registers.needs_reserve(queries.claim(one.id))

    def test_a_case_that_had_lapsed_stands_again_with_its_fee_due(self, build: Builder):
        from backoffice.fees import service as fees

        window = build.window(reserve=1)
        case = build.case()
        content = {"principal_applicant": {"family_name": "Exemple", "given_names": "A", "birth_date": "1985-02-28", "passport_number": None}}
        fee = build.fee(case).id
        with clock.stopped_at(clock.now() + timedelta(days=40)):
            with transaction():
                fees.lapse_unpaid(fee, clock.today(), at=clock.now())
            one = claim(build, content, case.number, window.code)
            decide(build, one, grant=True)
        assert case_queries.case_by_id(case.id).status is CaseStatus.ATTENTE_PAIEMENT
        assert build.fee(case).state is FeeState.DUE

    def test_a_claim_names_an_application_that_exists(self, build: Builder):
        with pytest.raises(UnknownSubmission):
            claim(build, build.content(), "99999999-9")
        with pytest.raises(UnknownSubmission):
            claim(build, build.content(), str(uuid4()))


class TestDeclarations:
    def barred_case(self, build, **changes):
        content = build.content(**changes)
        declaration(content)
        return build.case(content)

    def test_an_arrival_that_meets_the_register_is_not_asked_to_pay(self, build: Builder):
        case = self.barred_case(build)
        assert Hold.FALSE_DECLARATION_REVIEW in case_queries.standing_holds(case.id)
        assert fee_queries.fee_of_case(case.id) is None
        assert mail_queries.thread(case.id) == []
        [check] = queries.checks()
        assert (check.submission_id, check.case_id) == (case.submission_id, case.id)
        assert queries.count_waiting() == 1

    def test_money_that_comes_meanwhile_waits_with_its_reason_and_answers_the_fee_later(self, build: Builder):
        case = self.barred_case(build)
        from backoffice.fees import service as fees

        with transaction():
            receipt = fees.record_money(build.money(None, 500_000, submission_id=case.submission_id), by=SYSTEM, at=clock.now())
        assert receipt.why_unmatched == "under_review"
        with transaction():
            registers.judge_declaration(queries.checks()[0].id, same=False, reason="Une homonyme.", by=OFFICER, at=clock.now())
        assert build.fee(case).state is FeeState.PAID
        assert case_queries.case_by_id(case.id).status is CaseStatus.PAYEE_EN_FILE
        assert Hold.FALSE_DECLARATION_REVIEW not in case_queries.standing_holds(case.id)

    def test_somebody_else_is_asked_to_pay_now(self, build: Builder):
        case = self.barred_case(build)
        with transaction():
            registers.judge_declaration(queries.checks()[0].id, same=False, reason="Une homonyme.", by=OFFICER, at=clock.now())
        assert build.fee(case).state is FeeState.DUE
        assert [message.kind for message in mail_queries.thread(case.id)] == ["payment_invitation"]
        assert queries.checks() == []
        with transaction(), pytest.raises(IllegalMove):
            registers.judge_declaration(queries.checks(None)[0].id, same=True, reason="Après coup.", by=OFFICER, at=clock.now())

    def test_the_same_person_is_not_examined_and_the_place_is_free(self, build: Builder):
        build.window(capacity=1)
        case = self.barred_case(build)
        with transaction():
            registers.judge_declaration(queries.checks()[0].id, same=True, reason="Même passeport.", by=OFFICER, at=clock.now())
        assert quota_queries.admission(case.submission_id).status is AdmissionStatus.ANNULLED
        assert case_queries.case_by_id(case.id).status is CaseStatus.RETOURNEE
        assert fee_queries.fee_of_case(case.id) is None
        [message] = mail_queries.thread(case.id)
        assert message.kind == "examination_declined"
        assert "1\u00a0mars\u00a02019".replace("1\u00a0", "1er\u00a0") in message.body
        assert build.case().status is CaseStatus.ATTENTE_PAIEMENT

    def test_after_five_years_nothing_is_held(self, build: Builder):
        content = build.content()
        declaration(content, date(2011, 6, 12))
        assert registers.barred(content, date(2016, 6, 13)) is None
        assert registers.barred(content, date(2016, 6, 12)) is not None
        assert build.fee(build.case(content)).state is FeeState.DUE

    def test_a_second_entry_is_judged_after_the_first(self, build: Builder):
        content = build.content()
        declaration(content)
        declaration(content, date(2015, 1, 1))
        case = build.case(content)
        with transaction():
            registers.judge_declaration(queries.checks()[0].id, same=False, reason="Une homonyme.", by=OFFICER, at=clock.now())
        assert Hold.FALSE_DECLARATION_REVIEW in case_queries.standing_holds(case.id)
        assert fee_queries.fee_of_case(case.id) is None
        with transaction():
            registers.judge_declaration(queries.checks()[0].id, same=False, reason="Une homonyme aussi.", by=OFFICER, at=clock.now())
        assert build.fee(case).state is FeeState.DUE

    def test_a_spouse_counts_too(self, build: Builder):
        content = build.content()
        spouse = content["spouse"]
        declaration(
            content, family_name=spouse["family_name"], given_names=spouse["given_names"], birth_date=spouse["birth_date"], passport_number=None
        )
        assert registers.barred(content) is not None
        assert registers.barred_among({uuid4(): build.content()}, {}) == {}

    def test_the_same_entry_twice_is_refused(self, build: Builder):
        content = build.content()
        entry = declaration(content)
        from backoffice.intake.between.values import NewDeclaration

        again = NewDeclaration(entry.family_name.upper(), entry.given_names, entry.birth_date, None, entry.decided_on, entry.reference)
        with transaction(), pytest.raises(DeclarationKnown):
            registers.enter_declaration(again, by=SYSTEM, at=clock.now())


HEAD = "family_name,given_names,birth_date,passport_number,decided_on,reference\n"


class TestImport:
    def test_each_line_is_checked_and_the_good_ones_are_entered_once(self, build: Builder):
        data = (
            HEAD
            + "Fictif,Anne,1980-01-02,P 1,2014-02-03,FD-1\n,Sans nom,1980-01-02,,2014-02-03,FD-2\nFictif,B,1980-13-02,,2014-02-03,FD-3\nFictif,C,1980-01-02,,2099-01-01,FD-4\n"
        ).encode()
        lines = list(importing.read(data, clock.today()))
        assert [(line.number, line.fault is None) for line in lines] == [(2, True), (3, False), (4, False), (5, False)]
        with transaction():
            counts = importing.enter(lines, by=SYSTEM, at=clock.now())
        assert (counts.entered, counts.known, counts.wrong) == (1, 0, 3)
        with transaction():
            again = importing.enter(lines, by=SYSTEM, at=clock.now())
        assert (again.entered, again.known) == (0, 1)
        assert queries.declarations("fictif")[0].passport_number == "P1"

    @pytest.mark.parametrize("data", [b"", b"name,birth\n", b"\xff\xfe\x00", "é".encode("latin-1")])
    def test_a_file_that_is_not_the_register_is_refused_whole(self, data: bytes):
        with pytest.raises(importing.NotTheRegister):
            list(importing.read(data, date(2016, 6, 13)))

    def test_the_console_says_each_fault_and_a_rehearsal_keeps_nothing(self, build: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        from click.testing import CliRunner
        from flask import current_app

        from backoffice.cli import registers as console

        app = current_app._get_current_object()
        monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
        file = tmp_path / "register.csv"
        file.write_text(HEAD + "Fictif,Anne,1980-01-02,P1,2014-02-03,FD-1\nFictif,B,jamais,,2014-02-03,FD-3\n")
        dry = CliRunner().invoke(console.register_group, ["false-declarations", str(file), "--dry-run"])
        assert (dry.exit_code, "would enter: 1; known already: 0; wrong: 1" in dry.output) == (1, True), dry.output
        assert queries.declarations() == []
        real = CliRunner().invoke(console.register_group, ["false-declarations", str(file)])
        assert "entered: 1" in real.output
        assert len(queries.declarations()) == 1


def test_a_claim_closed_period_is_not_needed(build: Builder):
    window = build.window(capacity=3, reserve=2)
    refused = None
    build.case()
    refused = build.submission()
    with transaction():
        quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
    one = claim(build, refused.content, str(refused.id), window.code)
    decide(build, one, grant=True)
    assert queries.side(refused.id).admission.pool is Pool.RESERVE
