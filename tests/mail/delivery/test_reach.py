"""Whether somebody can be reached: derived from facts in any order; what did not arrive keeps terms from ending; a person decides."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backoffice.cases.events import case_subject
from backoffice.core import clock, files
from backoffice.core.actors import APPLICANT, SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.deadlines import queries as term_queries
from backoffice.documents.models import DocumentRequest
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import jobs, queries, reach, rules, service
from backoffice.mail.delivery.errors import ReasonMissing
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.states import Matched, ReturnedBecause
from backoffice.mail.delivery.values import Known, Reach, Report, Severity, Sign
from backoffice.mail.values import NewFile
from tests.builders import Builder
from tests.conftest import NOON

DAY = timedelta(days=1)
MESSAGE = uuid4()
moments = st.integers(0, 60).map(lambda hours: NOON + timedelta(hours=hours))
signs = st.lists(st.builds(Sign, moments, st.just("bounce"), st.just(MESSAGE), st.sampled_from(list(Severity))), max_size=5)
known = st.lists(st.builds(Known, st.just(MESSAGE), moments, st.booleans(), st.booleans()), max_size=3)


@given(signs, st.lists(moments, max_size=3), known, st.randoms(use_true_random=False))
def test_any_order_of_the_same_facts_gives_the_same_standing(bad: list[Sign], good: list[datetime], messages: list[Known], draw: random.Random):
    now = NOON + 30 * DAY
    shuffled = [draw.sample(list(one), len(one)) for one in (bad, good, messages)]
    assert rules.standing(bad, good, messages, now, 15) == rules.standing(*shuffled, now, 15)


@given(signs, st.lists(moments, max_size=3), known)
def test_a_sign_of_life_after_everything_ends_all_doubt(bad: list[Sign], good: list[datetime], messages: list[Known]):
    now = NOON + 30 * DAY
    assert rules.standing(bad, [*good, now], messages, now, 15).reach is Reach.REACHABLE


@given(signs, st.lists(moments, max_size=3), known, moments)
def test_one_more_final_bounce_never_helps(bad: list[Sign], good: list[datetime], messages: list[Known], at: datetime):
    now, order = NOON + 30 * DAY, [Reach.REACHABLE, Reach.IN_DOUBT, Reach.UNREACHABLE]
    before, after = (rules.standing(b, good, messages, now, 15).reach for b in (bad, [*bad, Sign(at, "bounce", MESSAGE, Severity.HARD)]))
    assert order.index(after) >= order.index(before)


def one_of(case_id: int) -> Notification:
    return db.session.scalars(select(Notification).where(Notification.case_id == case_id).order_by(Notification.id.desc()).limit(1)).one()


def bounce(one: Notification, severity: Severity = Severity.HARD, at: datetime = NOON) -> None:
    status = {"hard": "5.1.1", "soft": "4.2.0", "notice": "2.0.0"}[severity.value]
    report = Report(severity, status, "failed", "said so", one.address, (), ())
    with transaction():
        service.keep_report(report, None, one, Matched.TOKEN, f"test:{uuid4()}", by=SYSTEM, at=at)


def standing_bars(case_id: int) -> list[str]:
    return [bar.ref for bar in term_queries.standing_bars(case_subject(case_id)) if bar.ground == queries.GROUND]


@pytest.fixture
def request_(build: Builder) -> DocumentRequest:
    """A request of documents that was announced."""
    made = build.request()
    build.deliver()
    return made


def request_notification(made: DocumentRequest) -> Notification:
    return db.session.scalars(select(Notification).where(Notification.message_id == made.message_id)).one()


def test_a_message_that_did_not_arrive_bars_the_end_of_its_term_until_it_is_opened(request_: DocumentRequest, build: Builder):
    bounce(request_notification(request_))
    assert standing_bars(request_.case_id) == [str(request_.message_id)]
    with transaction():
        mail.open_message(request_.message_id, by=APPLICANT, at=NOON + DAY)
    with clock.stopped_at(NOON + DAY):
        build.deliver()
    assert standing_bars(request_.case_id) == []
    assert queries.reachability(request_.case_id) is Reach.REACHABLE


def test_the_legal_instant_and_the_term_stay_where_they_are(request_: DocumentRequest):
    message = mail_queries.message(request_.message_id)
    [term] = [t for t in term_queries.terms_of(case_subject(request_.case_id)) if t.owner_kind == "request"]
    before = (message.readable_at, term.start, term.last_day)
    bounce(request_notification(request_))
    assert (message.readable_at, term.start, term.last_day) == before


def test_one_temporary_failure_is_a_doubt_and_two_are_none_any_more(request_: DocumentRequest, build: Builder):
    bounce(request_notification(request_), Severity.SOFT)
    bounce(request_notification(request_), Severity.SOFT, NOON + timedelta(hours=1))
    assert queries.reachability(request_.case_id) is Reach.IN_DOUBT, "two reports of one mail are one failure"
    other = next(m for m in mail_queries.thread(request_.case_id) if m.id != request_.message_id)
    bounce(db.session.scalars(select(Notification).where(Notification.message_id == other.id)).first(), Severity.SOFT, NOON + DAY)
    assert queries.reachability(request_.case_id) is Reach.UNREACHABLE


def test_a_message_with_a_term_not_opened_for_fifteen_days_is_looked_at_once(request_: DocumentRequest):
    with clock.stopped_at(NOON + 14 * DAY):
        assert jobs.silent(clock.now()) == 0
    with clock.stopped_at(NOON + 15 * DAY):
        assert (jobs.silent(clock.now()), jobs.silent(clock.now())) == (1, 0)
        assert queries.reach_row(request_.case_id).why == ["not_opened"]
    assert standing_bars(request_.case_id) == [], "not opened is not undelivered: the term may end"


def test_a_message_sent_to_a_dead_address_is_barred_before_its_own_bounce(build: Builder):
    case = build.paid_case()
    build.deliver()
    bounce(one_of(case.id))
    made = build.request(case)
    build.deliver()
    assert standing_bars(case.id) == [str(made.message_id)]


def test_any_order_of_bounce_opening_and_return_ends_in_the_same_state(build: Builder):
    results = []
    for order in (("bounce", "opened", "return"), ("return", "bounce", "opened"), ("opened", "return", "bounce"), ("bounce", "return", "opened")):
        case = build.paid_case()
        build.deliver()
        made = build.request(case)
        build.deliver()
        letter = put_in_the_post(made.message_id, NOON + timedelta(hours=1))
        notification = request_notification(made)
        acts: dict[str, Callable[[], object]] = {
            "bounce": lambda n=notification: bounce(n, Severity.SOFT, NOON + timedelta(hours=2)),
            "opened": lambda m=made.message_id: opened(m, NOON + timedelta(hours=3)),
            "return": lambda n=letter: returned(n, NOON + timedelta(hours=4)),
        }
        with clock.stopped_at(NOON + DAY):
            for name in order:
                acts[name]()
            build.deliver()
            with transaction():
                reach.review(case.id, at=clock.now())
        row = queries.reach_row(case.id)
        results.append((row.reach, row.since, row.why, bool(standing_bars(case.id))))
    assert len(set(map(str, results))) == 1, results
    assert results[0][0] is Reach.UNREACHABLE


def opened(message_id: UUID, at: datetime) -> None:
    with transaction():
        mail.open_message(message_id, by=APPLICANT, at=at)


def put_in_the_post(message_id: UUID, at: datetime) -> int:
    with transaction():
        letter = service.choose_post(
            message_id, NewFile("letter", "lettre.pdf", "application/pdf", 4, files.keep(b"%PDF")), "essai", by=SYSTEM, at=at
        )
        mail.post_letter(letter.id, by=SYSTEM, at=at)
        return letter.id


def returned(letter_id: int, at: datetime, on: date = date(2016, 6, 13)) -> None:
    with transaction():
        service.mark_returned(letter_id, ReturnedBecause.MOVED, on, by=SYSTEM, at=at)


def test_posting_a_second_channel_never_moves_the_legal_instant(request_: DocumentRequest):
    before = mail_queries.message(request_.message_id).readable_at
    put_in_the_post(request_.message_id, NOON + DAY)
    assert mail_queries.message(request_.message_id).readable_at == before


def test_a_letter_comes_back_once_after_it_left_and_not_tomorrow(request_: DocumentRequest):
    letter = put_in_the_post(request_.message_id, NOON)
    for day in (date(2016, 6, 12), date(2016, 6, 14)):
        with pytest.raises(DomainError):
            returned(letter, NOON, day)
    returned(letter, NOON + timedelta(hours=1))
    assert queries.reachability(request_.case_id) is Reach.UNREACHABLE
    assert standing_bars(request_.case_id) != []
    with pytest.raises(DomainError):
        returned(letter, NOON + timedelta(hours=2))


def test_a_confirmed_address_lifts_and_a_new_failure_bars_again(request_: DocumentRequest):
    bounce(request_notification(request_))
    with transaction():
        service.confirm_address(request_.case_id, "Jointe par téléphone.", by=SYSTEM, at=NOON + DAY)
    assert (standing_bars(request_.case_id), queries.reachability(request_.case_id)) == ([], Reach.REACHABLE)
    bounce(request_notification(request_), at=NOON + 2 * DAY)
    assert standing_bars(request_.case_id) == []  # the same mail's first failure counts, and it was answered
    letter = put_in_the_post(request_.message_id, NOON + 2 * DAY)
    with clock.stopped_at(NOON + 9 * DAY):
        returned(letter, NOON + 9 * DAY, date(2016, 6, 22))


def test_two_different_people_let_a_term_end(request_: DocumentRequest, build: Builder):
    first, second = build.caseworker().actor, build.supervisor().actor
    bounce(request_notification(request_))
    with pytest.raises(DomainError), transaction():
        service.let_end(request_.message_id, 1, "Vaine recherche.", first=first, second=first, at=NOON)
    with transaction():
        service.let_end(request_.message_id, 1, "Vaine recherche.", first=first, second=second, at=NOON)
    [bar] = [b for b in term_queries.bars_of(case_subject(request_.case_id)) if b.ground == queries.GROUND]
    assert (bar.how, queries.reachability(request_.case_id)) == ("signed", Reach.UNREACHABLE)


def test_announced_again_goes_to_the_address_of_now_under_a_number_of_its_own(request_: DocumentRequest, build: Builder):
    first = request_notification(request_)
    bounce(first)
    by = build.caseworker().actor
    with transaction():
        again = service.announce_again(request_.message_id, "Adresse corrigée.", by=by, at=NOON + DAY)
    assert again.internet_id != first.internet_id
    assert queries.reachability(request_.case_id) is Reach.REACHABLE


@pytest.mark.parametrize("act", ["confirm", "again", "post"])
def test_a_decision_has_a_reason(request_: DocumentRequest, act: str):
    acts: dict[str, Callable[[], object]] = {
        "confirm": lambda: service.confirm_address(request_.case_id, " ", by=SYSTEM, at=NOON),
        "again": lambda: service.announce_again(request_.message_id, "", by=SYSTEM, at=NOON),
        "post": lambda: service.choose_post(request_.message_id, NewFile("letter", "x", "application/pdf", 1, "x"), "", by=SYSTEM, at=NOON),
    }
    with pytest.raises(ReasonMissing), transaction():
        acts[act]()


def test_what_is_kept_is_what_the_facts_give(request_: DocumentRequest):
    bounce(request_notification(request_))
    row, found = queries.reach_row(request_.case_id), reach.derived(request_.case_id, at=NOON)
    assert (row.reach, row.since, tuple(row.why)) == (found.reach, found.since, found.why)
    assert found.since == NOON.astimezone(UTC)
