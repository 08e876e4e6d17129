"""The life of a window on a real database: notices, openings, versions, suspensions, and who signs."""

from datetime import timedelta
from uuid import UUID

import pytest

from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove
from backoffice.quota import errors, queries, service
from backoffice.quota.events import window_subject
from backoffice.quota.models import Window
from backoffice.quota.service import Arrival, NewNotice
from backoffice.quota.values import AdmissionStatus, ArrivalsRule, WindowAction, WindowState
from tests.builders import Builder
from tests.conftest import NOON
from tests.quota.checks import replays, verified

DAY = timedelta(days=1)
NOTICE = NewNotice("Avis", "Notice", NOON - 2 * DAY, "Gazette officielle")


def draft(build: Builder, **changes: object) -> Window:
    values = {"code": "W", "announced_at": None, "opens_at": NOON + 3 * DAY, "closes_at": NOON + 9 * DAY} | changes
    return build.window(**values)


def arrive(window: Window, *numbers: int, country: str = "FR") -> None:
    arrivals = [Arrival(UUID(int=n), n, NOON, "online", country, None) for n in numbers]
    with transaction():
        service.admit(queries.lock_window(window.id), arrivals, at=NOON)


def last_fact(code: str) -> events.EventRow:
    return events.history(window_subject(code))[-1]


def test_a_window_is_loaded_once_and_alone(build: Builder):
    build.window(code="A")
    with pytest.raises(errors.WindowExists):
        build.window(code="A", programme="OTHER")
    with pytest.raises(errors.AnotherWindowOpen):
        build.window(code="B")
    later = build.window(code="C", opens_at=NOON + timedelta(days=8), closes_at=NOON + timedelta(days=9))
    with pytest.raises(errors.AnotherWindowOpen), transaction():
        service.move_window(later.id, WindowAction.OPEN, by=SYSTEM, at=NOON)


def test_a_window_opens_a_day_after_its_notice_or_with_two_signatures(build: Builder):
    with pytest.raises(errors.NoticeTooShort):
        build.window(announced_at=NOON - timedelta(hours=26, minutes=59), opens_at=NOON - timedelta(hours=3))
    build.window(announced_at=NOON - timedelta(hours=27), opens_at=NOON - timedelta(hours=3))


def test_a_draft_is_announced_and_opens_by_itself_at_its_instant(build: Builder):
    window = draft(build)
    assert (window.state, window.announced_at) == (WindowState.DRAFTED, None)
    with transaction():
        service.announce_window(window.id, NOTICE, by=SYSTEM, at=NOON)
    assert queries.due_to_move(NOON + 3 * DAY - timedelta(microseconds=1)) == []
    assert [w.code for w in queries.due_to_move(NOON + 3 * DAY)] == ["W"]
    assert queries.receiving("PRTQ", NOON + 3 * DAY).code == "W"
    late = NOON + 3 * DAY + timedelta(seconds=20)
    with transaction():
        service.move_window(window.id, WindowAction.OPEN, by=SYSTEM, at=late)
    assert (window.opens_at, window.opened_at) == (NOON + 3 * DAY, late)
    verified("W")


def test_without_a_notice_of_a_day_it_stays_shut_until_two_people_sign(build: Builder):
    window = draft(build)
    short = NewNotice("Avis", "Notice", NOON + 2 * DAY + timedelta(hours=1), "site")
    with transaction():
        service.announce_window(window.id, short, by=SYSTEM, at=NOON + 2 * DAY + timedelta(hours=1))
    at = NOON + 3 * DAY
    assert (queries.due_to_move(at), queries.receiving("PRTQ", at), queries.may_open(window.id)) == ([], None, False)
    one, two = build.supervisor().actor, build.supervisor().actor
    for by, second, reason, refusal in (
        (SYSTEM, None, None, errors.NoticeTooShort), (one, None, "urgence", errors.NoticeTooShort), (one, two, None, errors.ReasonMissing),
        (one, one, "urgence", errors.SecondPersonMissing), (SYSTEM, two, "urgence", errors.SecondPersonMissing),
    ):  # fmt: skip
        with pytest.raises(refusal), transaction():
            service.move_window(window.id, WindowAction.OPEN, reason, by=by, second=second, at=at)
    with transaction():
        service.move_window(window.id, WindowAction.OPEN, "urgence", by=one, second=two, at=at)
    assert window.state is WindowState.OPEN
    assert last_fact("W").data["second"] == two.label


def test_nobody_opens_before_the_instant_by_mistake(build: Builder):
    """2018-04-01: a window opened by mistake, 6,531 files saved, all voided."""
    window = draft(build)
    with transaction():
        service.announce_window(window.id, NOTICE, by=SYSTEM, at=NOON)
    one = build.supervisor().actor
    with pytest.raises(errors.NoticeTooShort), transaction():
        service.move_window(window.id, WindowAction.OPEN, "essai", by=one, at=NOON + 3 * DAY - timedelta(seconds=1))


def test_notices_are_kept_with_what_was_said_when_and_where(build: Builder):
    window = build.window(code="W")
    with transaction():
        service.record_notice(window.id, NewNotice("Reporté", "Postponed", NOON, "site du Ministère"), by=SYSTEM, at=NOON)
    latest = queries.notices(window.id)[0]
    assert (latest.text_fr, latest.where_published, latest.published_at, latest.recorded_at) == ("Reporté", "site du Ministère", NOON, NOON)
    assert last_fact("W").kind == "quota.NoticeRecorded"


def test_every_act_on_a_window_is_a_fact_with_its_counts(build: Builder):
    window = build.window(code="A")
    build.case()
    with transaction():
        service.move_window(window.id, WindowAction.SUSPEND, "panne", by=SYSTEM, at=NOON)
    last = last_fact("A")
    assert (last.kind, last.data["state"], last.data["held"], last.data["reason"]) == ("quota.WindowMoved", "suspended", 1, "panne")
    with pytest.raises(IllegalMove), transaction():
        service.move_window(window.id, WindowAction.OPEN, by=SYSTEM, at=NOON)
    assert queries.window("A").state is WindowState.SUSPENDED


def test_calling_off_keeps_the_arrivals_and_says_what_becomes_of_them(build: Builder):
    window = build.window(code="W")
    arrive(window, 1, 2)
    with pytest.raises(errors.ReasonMissing), transaction():
        service.move_window(window.id, WindowAction.ABORT, by=SYSTEM, at=NOON)
    with pytest.raises(errors.ArrivalsRuleMissing), transaction():
        service.move_window(window.id, WindowAction.ABORT, "portail éteint", by=SYSTEM, at=NOON)
    with transaction():
        service.move_window(window.id, WindowAction.ABORT, "portail éteint", arrivals=ArrivalsRule.KEEP, by=SYSTEM, at=NOON)
    assert (window.state, window.arrivals_rule) == (WindowState.ABORTED, ArrivalsRule.KEEP)
    assert last_fact("W").data["arrivals"] == "keep"
    assert set(replays("W").values()) == {AdmissionStatus.PROVISIONAL}
    assert [a.arrived_at for a in queries.admissions([UUID(int=1), UUID(int=2)]).values()] == [NOON, NOON]


# --- Versions ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_amended_by_one_person_and_an_announced_window_by_two_with_a_reason(build: Builder):
    window = draft(build)
    one, two = build.supervisor().actor, build.supervisor().actor
    with transaction():
        service.amend_window(window.id, {"capacity": 250}, "", by=one, at=NOON)
        service.announce_window(window.id, NOTICE, by=one, at=NOON)
    for second, reason, refusal in (
        (two, "", errors.ReasonMissing),
        (None, "décret", errors.SecondPersonMissing),
        (one, "décret", errors.SecondPersonMissing),
    ):
        with pytest.raises(refusal), transaction():
            service.amend_window(window.id, {"capacity": 300}, reason, by=one, second=second, at=NOON)
    with transaction():
        service.amend_window(window.id, {"capacity": 300, "opens_at": NOON + 4 * DAY}, "décret", by=one, second=two, at=NOON)
    versions = queries.versions(window.id)
    assert [(v.version, v.values["capacity"], v.reason, v.by, v.second) for v in versions] == [
        (3, 300, "décret", one.label, two.label), (2, 250, None, one.label, None), (1, 200, None, "Système", None),
    ]  # fmt: skip
    assert (window.opens_at, window.first_opens_at) == (NOON + 4 * DAY, NOON + 3 * DAY)
    assert last_fact("W").kind == "quota.WindowAmended"
    verified("W")


def test_the_dry_run_says_who_would_move_by_door_and_country_and_the_act_does_just_that(build: Builder):
    window = build.window(code="W", capacity=1, waiting_list=True, country_caps={"default": 2, "by_country": {}})
    arrive(window, 1, 2, 3)
    arrive(window, 4, 5, country="DZ")
    one, two = build.supervisor().actor, build.supervisor().actor
    forecast = service.foresee(window.id, {"capacity": 3})
    assert [(r.channel, r.country, r.before, r.after, r.count) for r in forecast.rows] == [
        ("online", "DZ", "waitlisted", "provisional", 1), ("online", "FR", "waitlisted", "provisional", 1),
    ]  # fmt: skip
    assert (forecast.moved, forecast.totals, forecast.free_before, forecast.free_after) == (2, {"provisional": 2, "waitlisted": -2}, 0, 0)
    assert queries.by_status(window.id) == forecast.before, "nothing was written"
    with transaction():
        service.amend_window(window.id, {"capacity": 3}, "décret", by=one, second=two, at=NOON)
    assert queries.by_status(window.id) == forecast.after
    assert {p.submission_id.int for p in queries.places_given()} == {2, 4}, "their cases are owed"
    verified("W")


def test_a_lower_maximum_takes_nothing_back(build: Builder):
    window = build.window(code="W", capacity=3)
    arrive(window, 1, 2, 3)
    forecast = service.foresee(window.id, {"capacity": 1})
    assert (forecast.rows, forecast.free_after) == ([], -2)
    one, two = build.supervisor().actor, build.supervisor().actor
    with transaction():
        service.amend_window(window.id, {"capacity": 1}, "décret", by=one, second=two, at=NOON)
    assert queries.standing(window.id).held == 3
    arrive(window, 4)
    assert replays("W")[str(UUID(int=4))] is AdmissionStatus.REFUSED
    assert queries.highest_terms(window.id).total == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "X"}, {"capacity": 200}, {"opens_at": NOON + DAY}, {"policy": {"order": "draw"}}, {"policy": {"order": "first_come", "tie_seconds": 9}},
    ],
)  # fmt: skip
def test_some_things_cannot_change_once_a_window_is_open(build: Builder, changes: dict[str, object]):
    window = build.window(code="W")
    with pytest.raises(errors.AmendmentRefused):
        service.foresee(window.id, changes)
    one, two = build.supervisor().actor, build.supervisor().actor
    with pytest.raises(errors.AmendmentRefused), transaction():
        service.amend_window(window.id, changes, "décret", by=one, second=two, at=NOON)


@pytest.mark.parametrize(
    "terms",
    [
        {"capacity": -1}, {"capacity": 1.5}, {"paper_share": 201}, {"policy": {"order": "auction"}}, {"policy": {"order": "first_come", "tie_seconds": -1}},
        {"policy": {"order": "first_come", "tie_seconds": 0.5}}, {"policy": {"order": "draw", "paper_day": "coin"}},
        {"policy": {"order": "ranked", "score": [{"name": "age"}]}}, {"policy": {"order": "ranked", "weight": 0.5}}, {"policy": {"clé": 1}},
        {"country_caps": {"default": "all"}}, {"country_caps": {"by_country": {"FR": -2}}}, {"closes_at": NOON - DAY},
    ],
)  # fmt: skip
def test_a_decision_that_no_reader_could_apply_is_refused(build: Builder, terms: dict[str, object]):
    with pytest.raises(errors.BadDecision):
        build.window(**terms)
