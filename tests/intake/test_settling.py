"""The clerk: whoever is given a place, now or later, gets a case; one person, one place; order kept whatever the batch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backoffice import sweeps
from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.fees import queries as fee_queries
from backoffice.intake import identities, queries
from backoffice.intake.clerks import Clerk
from backoffice.intake.models import Submission
from backoffice.intake.service import invitations, settling
from backoffice.intake.states import SubmissionState
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import AdmissionReason, AdmissionStatus, WindowAction
from tests.builders import Builder
from tests.conftest import NOON

LATER = NOON + timedelta(days=8)


def clerk() -> None:
    while Clerk().turn():
        pass
    db.session.expire_all()


def status(submission: Submission) -> AdmissionStatus:
    return quota_queries.admission(submission.id).status


def close(build: Builder, code: str) -> int:
    window = quota_queries.window(code)
    with transaction():
        quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=LATER)
    return window.id


def test_the_waiting_list_is_served_in_order_and_its_cases_are_opened(build: Builder):
    build.window(code="W", capacity=1, waiting_list=True)
    first, second, third = (build.submission() for _ in range(3))
    assert [status(one) for one in (first, second, third)] == ["provisional", "waitlisted", "waitlisted"]
    assert case_queries.case_of_submission(second.id) is None
    with transaction():
        quota.withdraw(first.id, by=SYSTEM, at=clock.now())
    clerk()
    assert [status(one) for one in (second, third)] == ["provisional", "waitlisted"]
    case = case_queries.case_of_submission(second.id)
    assert case.status is CaseStatus.ATTENTE_PAIEMENT
    assert fee_queries.fee_of_case(case.id).assessed_cents == 127_100
    assert db.session.get(Submission, second.id).state is SubmissionState.OPENED
    assert db.session.get(Submission, third.id).state is SubmissionState.STANDING


def test_a_draw_opens_the_cases_of_those_it_admits_and_declines_the_others(build: Builder):
    build.window(code="D", capacity=2, policy={"order": "draw"})
    entries = [build.submission() for _ in range(5)]
    assert {one.state for one in entries} == {SubmissionState.STANDING}
    window_id = close(build, "D")
    one, other = build.supervisor().actor, build.supervisor().actor
    with transaction():
        quota.commit_draw(window_id, "un tirage public fictif", by=one, at=LATER)
    with transaction():
        quota.reveal_draw(window_id, "12 24 36", by=one, witness=other, at=LATER)
    clerk()
    sweeps._decline()
    db.session.expire_all()
    assert sorted(status(e) for e in entries) == ["provisional"] * 2 + ["refused"] * 3
    for entry in entries:
        admitted = status(entry) is AdmissionStatus.PROVISIONAL
        assert (case_queries.case_of_submission(entry.id) is not None) == admitted
        assert db.session.get(Submission, entry.id).state is (SubmissionState.OPENED if admitted else SubmissionState.DECLINED)


RANKED = {
    "order": "ranked", "offers_first": False,
    "score": [{"name": "region", "path": "/destination_region", "points": {"06": 10, "03": 5}}],
}  # fmt: skip


@pytest.fixture
def in_2019(session: object) -> Iterator[None]:
    """Invitations exist since the first round, of 2019-07-04."""
    with clock.stopped_at(datetime(2019, 7, 4, 16, tzinfo=UTC)):
        yield


@pytest.mark.usefixtures("in_2019")
def test_somebody_invited_files_by_answering_and_then_pays_like_everybody(build: Builder):
    build.window(code="R", capacity=2, policy=RANKED)
    best, other = build.submission(build.content(destination_region="06")), build.submission(build.content(destination_region="03"))
    signers = build.supervisor().actor, build.supervisor().actor
    with transaction():
        quota.open_round(quota_queries.window("R").id, best=1, by=signers[0], second=signers[1], at=clock.now())
    clerk()
    assert (status(best), status(other)) == ("invited", "registered")
    case = case_queries.case_of_submission(best.id)
    assert (case.status, fee_queries.fee_of_case(case.id)) == (CaseStatus.SOUMISE, None)
    assert term_queries.term_of(invitations.owner(case)).last_day.isoformat() == "2019-09-03"
    asked = next(m for m in mail_queries.thread(case.id) if m.kind == invitations.KIND)
    with transaction():
        mail.receive_message(asked.id.__class__(int=7), case.id, "Oui", "Je confirme.", [], asked.id, "0" * 64, at=clock.now())
    build.deliver()
    clerk()
    case = case_queries.case_of_submission(best.id)
    assert (status(best), case.status) == ("provisional", CaseStatus.ATTENTE_PAIEMENT)
    build.pay(case)
    assert status(best) is AdmissionStatus.CONFIRMED


@pytest.mark.usefixtures("in_2019")
def test_an_invitation_not_answered_and_a_declaration_a_year_old_stand_no_more(build: Builder):
    build.window(code="R", capacity=2, policy=RANKED)
    invited, waiting = build.submission(build.content(destination_region="06")), build.submission()
    signers = build.supervisor().actor, build.supervisor().actor
    with transaction():
        quota.open_round(quota_queries.window("R").id, best=1, by=signers[0], second=signers[1], at=clock.now())
    clerk()
    start = clock.now()
    with clock.stopped_at(start + timedelta(days=62)):
        done = {one.kind for one in sweeps.sweep(clock.today())}
        assert "declaration_expired" in done
    assert (status(invited), status(waiting)) == ("lapsed", "registered")
    assert case_queries.case_of_submission(invited.id).status is CaseStatus.FERMEE
    with clock.stopped_at(start + timedelta(days=367)):
        sweeps.sweep(clock.today())
        sweeps._decline()
    assert status(waiting) is AdmissionStatus.LAPSED


def test_the_same_person_twice_in_one_batch_has_one_place(build: Builder):
    build.window(capacity=10)
    first = build.content()
    again = build.content(principal={k: first["principal_applicant"][k] for k in ("family_name", "passport_number", "birth_date", "sex")})
    received = [build.submission(content, settle=False) for content in (first, again, build.content())]
    assert len(identities.without_twins(received)) == 1
    clerk()
    assert [(status(one), quota_queries.admission(one.id).reason) for one in received] == [
        ("provisional", None), ("refused", AdmissionReason.DUPLICATE_PERSON), ("provisional", None),
    ]  # fmt: skip


def test_the_same_person_is_met_again_among_those_who_wait_for_a_draw(build: Builder):
    build.window(capacity=10, policy={"order": "draw"})
    first = build.content()
    again = build.content(principal={k: first["principal_applicant"][k] for k in ("family_name", "passport_number", "birth_date", "sex")})
    assert [status(build.submission(content)) for content in (first, again)] == ["registered", "refused"]


def test_where_ties_are_drawn_an_arrival_waits_for_the_end_of_its_interval(build: Builder):
    build.window(code="T", capacity=3, policy={"order": "first_come", "tie_seconds": 60})
    received = [build.submission(settle=False) for _ in range(6)]
    clerk()
    assert {db.session.get(Submission, one.id).state for one in received} == {SubmissionState.PENDING}
    with clock.stopped_at(NOON + timedelta(seconds=61)):
        clerk()
    admitted = [one for one in received if status(one) is AdmissionStatus.PROVISIONAL]
    assert len(admitted) == 3
    window = quota_queries.window("T")
    keys = {one.id: settling.quota_rules.arrival_key(window.ties, one.sequence, one.received_at, str(one.id)) for one in received}
    assert sorted(admitted, key=lambda one: keys[one.id]) == sorted(received, key=lambda one: keys[one.id])[:3]


def test_paper_keyed_later_keeps_the_number_of_its_envelope(build: Builder):
    build.window(code="P", capacity=10, paper_share=1)
    with transaction():
        stamp = queries.stamp(clock.now())
    online = build.submission()
    paper = build.submission(channel=Channel.PAPER, legal_received_on=clock.today(), paper_ground="window_accepts_paper", envelope="E-1", stamp=stamp)
    assert paper.sequence < online.sequence
    assert status(paper) is AdmissionStatus.REGISTERED
    with transaction():
        quota.declare_paper_through(quota_queries.window("P").id, clock.today(), by=SYSTEM, at=clock.now())
    clerk()
    assert status(paper) is AdmissionStatus.PROVISIONAL
    assert case_queries.case_of_submission(paper.id).channel is Channel.PAPER


def test_a_case_that_cannot_be_opened_keeps_none_of_the_others_waiting(build: Builder, monkeypatch: pytest.MonkeyPatch):
    build.window(code="W", capacity=2, waiting_list=True)
    admitted, waiting = [build.submission() for _ in range(2)], [build.submission() for _ in range(2)]
    for one in admitted:
        with transaction():
            quota.withdraw(one.id, by=SYSTEM, at=clock.now())
    real = settling.open_cases

    def broken(window: object, given: list, *, at: datetime) -> None:
        if any(one.id == waiting[0].id for one, _ in given):
            raise RuntimeError("a fault of ours")
        real(window, given, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(settling, "open_cases", broken)
        one = Clerk()
        assert (one.turn(), one.turn()) == (1, 0)
    assert [case_queries.case_of_submission(w.id) is not None for w in waiting] == [False, True]
    clerk()
    assert case_queries.case_of_submission(waiting[0].id) is not None


@pytest.mark.parametrize("many", [1, 7])
def test_a_batch_gives_what_each_alone_would_have_been_given(build: Builder, many: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "MOST", many)
    build.window(code="B", capacity=4, country_caps={"default": None, "by_country": {"VN": 1}})
    countries = ["VN", "FR", "VN", "FR", "FR", "FR", "VN"]
    received = [build.submission(build.content(principal={"citizenships": [c]}), settle=False) for c in countries]
    clerk()
    assert [(status(one).value, quota_queries.admission(one.id).rank) for one in received] == [
        ("provisional", 1), ("provisional", 2), ("refused", None), ("provisional", 3), ("provisional", 4), ("refused", None), ("refused", None),
    ]  # fmt: skip
