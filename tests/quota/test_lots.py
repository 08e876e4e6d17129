"""What is decided for many at once, on a real database: ties, days of paper, draws, rounds, settlements; and cases owed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.quota import errors, queries, rules, service
from backoffice.quota.models import Window
from backoffice.quota.rules.draws import draw_key, tie_key
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, AdmissionStatus, Pool, Score, WindowAction
from tests.builders import Builder
from tests.conftest import NOON
from tests.quota.checks import replays, verified

MONDAY, TUESDAY, LAST = date(2016, 6, 13), date(2016, 6, 14), date(2016, 6, 20)
P, R, REGISTERED = AdmissionStatus.PROVISIONAL, AdmissionStatus.REFUSED, AdmissionStatus.REGISTERED


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=n) for n in numbers]


def arrival(number: int, *, at: datetime = NOON, paper: date | None = None, **more: object) -> Arrival:
    values = {"country": "FR", "exempt_ground": None} | more
    return Arrival(UUID(int=number), number, at, "paper" if paper else "online", day=paper, **values)


def admit(window: Window, *arrivals: Arrival) -> list[AdmissionStatus]:
    with transaction():
        return [one.status for one in service.admit(queries.lock_window(window.id), arrivals, at=NOON)]


def move(window: Window, action: WindowAction, at: datetime = NOON) -> None:
    with transaction():
        service.move_window(window.id, action, by=SYSTEM, at=at)


# --- Order of arrivals -------------------------------------------------------------------------------------------------


def test_arrivals_are_answered_in_the_order_of_their_numbers_however_they_are_handed_in(build: Builder):
    window = build.window(code="W", capacity=2)
    admit(window, arrival(3), arrival(1), arrival(2))
    assert [queries.admission(UUID(int=n)).rank for n in (1, 2, 3)] == [1, 2, None]
    admit(window, arrival(5), arrival(4))
    assert not any(queries.admission(UUID(int=n)).late for n in (4, 5))
    verified("W")


def test_who_comes_out_of_the_running_order_is_said_to_be_late(build: Builder):
    window = build.window(code="W", capacity=9)
    admit(window, arrival(5))
    admit(window, arrival(2), arrival(6, late=True), arrival(7, paper=MONDAY), arrival(8))
    assert {n: queries.admission(UUID(int=n)).late for n in (2, 5, 6, 7, 8)} == {2: True, 5: False, 6: True, 7: True, 8: False}
    verified("W")


def test_inside_a_tie_interval_the_order_is_drawn_and_anybody_can_check_it_afterwards(build: Builder):
    window = build.window(code="W", capacity=3, policy={"order": "first_come", "tie_seconds": 10})
    start = window.first_opens_at
    batch = [arrival(n, at=start + timedelta(seconds=30 + n)) for n in range(1, 6)]
    assert queries.bucket_end(window, batch[0].received_at) == start + timedelta(seconds=40)
    assert rules.order_of_arrivals(window, batch) == sorted(batch, key=lambda one: tie_key(window.tie_secret, 3, str(one.submission_id)))
    admit(window, *batch)
    admit(window, arrival(6, at=start + timedelta(seconds=41)))
    assert window.tie_revealed_at is None
    assert window.tie_secret not in "".join(queries.export(window)), "it stays secret while anybody can still come"
    verified("W")
    move(window, WindowAction.CLOSE)
    assert rules.sha256(window.tie_secret) == window.tie_commitment
    assert window.tie_secret in "".join(queries.export(window))
    verified("W")
    ranked = sorted(batch, key=lambda one: tie_key(window.tie_secret, 3, str(one.submission_id)))
    assert [queries.admission(one.submission_id).rank for one in ranked] == [1, 2, 3, None, None]


def test_an_arrival_of_an_interval_that_was_answered_already_is_late(build: Builder):
    window = build.window(code="W", capacity=9, policy={"order": "first_come", "tie_seconds": 10})
    start = window.first_opens_at
    admit(window, arrival(1, at=start + timedelta(seconds=31)), arrival(2, at=start + timedelta(seconds=32)))
    admit(window, arrival(3, at=start + timedelta(seconds=22)))
    assert queries.admission(UUID(int=3)).late
    move(window, WindowAction.CLOSE)
    verified("W")


# --- Paper ---------------------------------------------------------------------------------------------------------------


def test_paper_fills_its_share_by_legal_day_and_the_settlement_gives_the_rest_to_the_others(build: Builder):
    window = build.window(code="W", capacity=6, paper_share=3, policy={"order": "first_come", "paper_day": "sequence"})
    assert admit(window, *(arrival(n) for n in range(1, 6))) == [P, P, P, R, R]
    assert admit(window, arrival(11, paper=TUESDAY), arrival(12, paper=MONDAY)) == [REGISTERED, REGISTERED]
    with transaction():
        given = service.declare_paper_through(window.id, MONDAY, by=SYSTEM, at=NOON)
    assert [(one.submission_id, one.pool, one.rank) for one in given] == [(UUID(int=12), Pool.PAPER, 4)]
    with pytest.raises(errors.NoPaperShare), transaction():
        service.declare_paper_through(window.id, MONDAY - timedelta(days=1), by=SYSTEM, at=NOON)
    move(window, WindowAction.CLOSE, NOON + timedelta(days=2))
    with pytest.raises(errors.PaperNotIn), transaction():
        service.settle_window(window.id, by=SYSTEM, at=NOON)
    with transaction():
        service.declare_paper_through(window.id, LAST, by=SYSTEM, at=NOON)
        settled = service.settle_window(window.id, by=SYSTEM, at=NOON)
    assert [(one.submission_id.int, one.status, one.reason) for one in settled] == [(4, P, None)]
    assert {p.submission_id.int for p in queries.places_given()} == {11, 12, 4}
    verified("W")
    assert replays("W")[str(UUID(int=5))] is R


def test_days_of_paper_that_are_drawn_wait_for_the_secret(build: Builder):
    window = build.window(code="W", capacity=2, paper_share=1, policy={"order": "first_come", "paper_day": "draw"})
    assert window.tie_commitment
    admit(window, arrival(1, paper=MONDAY), arrival(2, paper=MONDAY), arrival(3, paper=MONDAY))
    with pytest.raises(errors.SecretKept), transaction():
        service.declare_paper_through(window.id, MONDAY, by=SYSTEM, at=NOON)
    move(window, WindowAction.CLOSE)
    with transaction():
        given = service.declare_paper_through(window.id, LAST, by=SYSTEM, at=NOON)
    first = min(ids(1, 2, 3), key=lambda one: rules.sha256(f"{window.tie_secret}|{MONDAY.isoformat()}|{one}"))
    assert [one.submission_id for one in given] == [first]
    with transaction():
        assert {one.status for one in service.settle_window(window.id, by=SYSTEM, at=NOON)} == {P, R}, "what those online left unused"
    verified("W")


# --- Draws ---------------------------------------------------------------------------------------------------------------


def test_a_draw_is_committed_to_then_revealed_before_a_witness(build: Builder):
    window = build.window(code="W", capacity=2, policy={"order": "draw"}, country_caps={"default": 1, "by_country": {}})
    assert admit(window, *(arrival(n, country="FR" if n % 2 else "DZ", paper=MONDAY if n == 3 else None) for n in range(1, 7))) == [REGISTERED] * 6
    one, two = build.supervisor().actor, build.supervisor().actor
    with pytest.raises(errors.NoDraw), transaction():
        service.commit_draw(window.id, "Loto du 2016-06-25", by=one, at=NOON)
    move(window, WindowAction.CLOSE)
    with pytest.raises(errors.NoDraw), transaction():
        service.settle_window(window.id, by=one, at=NOON)
    with transaction():
        draw = service.commit_draw(window.id, "Loto du 2016-06-25", by=one, at=NOON)
    assert (draw.list_sha256, draw.count) == (rules.list_sha256(str(i) for i in ids(1, 2, 3, 4, 5, 6)), 6)
    assert draw.secret not in "".join(queries.export(window))
    verified("W")
    with transaction():
        service.withdraw(UUID(int=1), by=one, at=NOON)
    with pytest.raises(errors.NoDraw), transaction():
        service.commit_draw(window.id, "Loto", by=one, at=NOON)
    for by, witness in ((one, one), (SYSTEM, one), (one, SYSTEM)):
        with pytest.raises(errors.SecondPersonMissing), transaction():
            service.reveal_draw(window.id, "4 8 15 16 23 42", by=by, witness=witness, at=NOON)
    with transaction():
        decided = service.reveal_draw(window.id, "4 8 15 16 23 42", by=one, witness=two, at=NOON)
    order = sorted(ids(2, 3, 4, 5, 6), key=lambda i: draw_key(draw.secret, "4 8 15 16 23 42", str(i)))
    assert [(a.submission_id, a.rank) for a in decided] == [(i, n) for n, i in enumerate(order, 1)]
    assert {a.country for a in decided if a.status is P} == {"FR", "DZ"}
    assert {a.reason for a in decided if a.status is R} <= {AdmissionReason.CAP_REACHED, AdmissionReason.COUNTRY_CAP}
    assert {p.submission_id for p in queries.places_given()} == {a.submission_id for a in decided if a.status is P}
    with pytest.raises(errors.NoDraw), transaction():
        service.reveal_draw(window.id, "once more", by=one, witness=two, at=NOON)
    with transaction():
        service.settle_window(window.id, by=one, at=NOON)
    verified("W")


# --- Rounds --------------------------------------------------------------------------------------------------------------


def test_rounds_invite_the_best_and_the_invited_file_in_their_time(build: Builder):
    criteria = [{"name": "langue", "path": "/principal_applicant/language_at_home", "points": {"fra": 16}}]
    window = build.window(code="W", capacity=3, policy={"order": "ranked", "score": criteria})
    one, two = build.supervisor().actor, build.supervisor().actor
    scored = [arrival(n, score=Score(n * 10, inputs={"langue": {"value": "fra", "points": n * 10}})) for n in range(1, 5)]
    assert admit(window, *scored, arrival(9)) == [REGISTERED] * 5
    assert queries.score(UUID(int=3)).inputs == {"langue": {"value": "fra", "points": 30}}
    with pytest.raises(errors.SecondPersonMissing), transaction():
        service.open_round(window.id, best=2, by=one, second=one, at=NOON)
    for numbers in ({}, {"best": 1, "cut_off": 2}):
        with pytest.raises(errors.NoRound), transaction():
            service.open_round(window.id, **numbers, by=one, second=two, at=NOON)
    with transaction():
        service.score_declaration(UUID(int=1), Score(99), by=one, at=NOON)
        invited = service.open_round(window.id, best=2, by=one, second=two, at=NOON)
    assert [a.submission_id.int for a in invited] == [1, 4]
    assert queries.standing(window.id).promised == 2
    with transaction():
        service.open_round(window.id, cut_off=10, by=one, second=two, at=NOON)
        filed = service.file_invited(UUID(int=4), by=SYSTEM, at=NOON)
    assert (filed.status, filed.rank) == (P, 1)
    assert [(r.number, r.best, r.cut_off, r.invited) for r in queries.rounds(window.id)] == [(2, None, 10, 1), (1, 2, None, 2)]
    assert {(p.submission_id.int, p.status.value) for p in queries.places_given()} == {(1, "invited"), (3, "invited"), (4, "provisional")}
    verified("W")


def test_an_invitation_ends_after_60_days_and_a_declaration_after_12_months(build: Builder):
    july = datetime(2019, 7, 4, 14, tzinfo=UTC)
    assert queries.invitation_ends(july) == date(2019, 9, 3), "worked example 20 d: day 60 is Labour Day"
    window = build.window(code="W", capacity=3, policy={"order": "ranked"})
    one, two = build.supervisor().actor, build.supervisor().actor
    admit(window, arrival(1, score=Score(5)), arrival(2))
    with transaction():
        service.open_round(window.id, best=1, by=one, second=two, at=NOON)
    expired = lambda days: [a.submission_id.int for a in queries.declarations_to_expire(NOON + timedelta(days=days))]  # noqa: E731 - said once
    assert (expired(60), expired(63), expired(365), expired(366)) == ([], [1], [1], [2, 1])
    with transaction():
        assert service.expire(UUID(int=1), by=SYSTEM, at=NOON).status is AdmissionStatus.LAPSED
    verified("W")


# --- Cases owed, facts, bulk -----------------------------------------------------------------------------------------------


def test_a_case_is_owed_to_whoever_is_given_a_place_after_the_first_answer(build: Builder):
    window = build.window(code="W", capacity=2, reserve=1, waiting_list=True)
    admit(window, arrival(1), arrival(2), arrival(3), arrival(4, exempt_ground="validated_job_offer"))
    assert queries.places_given() == []
    one, two = build.supervisor().actor, build.supervisor().actor
    with transaction():
        service.amend_window(window.id, {"capacity": 3}, "décret", by=one, second=two, at=NOON)
        service.confirm_place(UUID(int=1), by=SYSTEM, at=NOON)
        service.admit_from_reserve(UUID(int=3), by=one, second=two, at=NOON)
        service.judge_exemption(UUID(int=4), verified=False, by=one, at=NOON)
    assert {(p.submission_id.int, p.status.value) for p in queries.places_given()} == {(2, "provisional"), (3, "provisional")}
    with transaction():
        service.withdraw(UUID(int=1), by=SYSTEM, at=NOON)
        service.judge_exemption(UUID(int=4), verified=True, by=one, at=NOON)
    assert {p.submission_id.int for p in queries.places_given()} == {2, 3, 4}
    verified("W")


def test_many_are_annulled_and_restored_at_once(build: Builder):
    window = build.window(code="W", capacity=5)
    admit(window, *(arrival(n) for n in range(1, 6)))
    with transaction():
        service.confirm_place(UUID(int=2), by=SYSTEM, at=NOON)
    before = replays("W")
    with transaction():
        annulled = service.annul_many(ids(1, 2, 3), by=SYSTEM, at=NOON)
    assert [(a.status, a.status_before) for a in annulled] == [(AdmissionStatus.ANNULLED, s) for s in (P, AdmissionStatus.CONFIRMED, P)]
    assert queries.standing(window.id).taken == 2
    with transaction():
        service.restore_many(ids(3, 2, 1), by=SYSTEM, at=NOON)
    assert replays("W") == before
    verified("W")


def test_an_act_that_the_rules_refuse_writes_nothing(build: Builder):
    window = build.window(code="W", capacity=1)
    admit(window, arrival(1), arrival(2))
    lines = queries.last_line(window.id).position
    with pytest.raises(errors.NoPlaceLeft), transaction():
        service.reinstate_place(UUID(int=2), by=SYSTEM, at=NOON)
    db.session.expire_all()
    assert queries.last_line(window.id).position == lines
    verified("W")
