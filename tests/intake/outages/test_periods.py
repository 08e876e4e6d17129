"""Intake periods in an outage: open longer by what was lost, closed as decided once it is taken back."""

from datetime import timedelta

import pytest

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.intake.outages.values import Door, LineKind, LineState, Why
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.errors import SecondPersonMissing
from backoffice.quota.values import WindowAction
from tests.builders import Builder
from tests.intake.outages.acting import Two, day, lines, local, new


def test_a_period_stays_open_by_what_was_lost_and_closes_as_decided_once_taken_back(build: Builder, two: Two) -> None:
    window = build.window()
    decided = window.closes_at
    with clock.stopped_at(local(day(1), 20)):
        first = two.whole(new(local(day(1), 9), local(day(1), 12)))
        assert quota_queries.window(window.code).closes_at == decided + timedelta(hours=3)
        two.whole(new(local(day(1), 11), local(day(1), 13), Door.MINISTRY))
        assert quota_queries.window(window.code).closes_at == decided + timedelta(hours=4), "the hour that both touched counts once"
        assert quota_queries.window(window.code).version == 3
        again = two.record(new(local(day(1), 9), local(day(1), 12), Door.POST))
        assert lines(again, LineKind.WINDOW) == [], "those hours were given back already"
        [line] = lines(two.record(new(local(day(1), 14), local(day(1), 15), Door.POST, Door.PAYMENTS)), LineKind.WINDOW)
        assert (line.window_code, line.new_closing) == (window.code, decided + timedelta(hours=5)), "paper comes in by post"
        two.reverse(first)
        assert quota_queries.window(window.code).closes_at == decided + timedelta(hours=2)


def test_a_period_that_has_closed_is_not_opened_again_by_a_rule(build: Builder, two: Two) -> None:
    window = build.window(closes_at=local(day(2), 12))
    with clock.stopped_at(local(day(2), 13)):
        with transaction():
            quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
        outage = two.record(new(local(day(2), 9), local(day(2), 11)))
        assert lines(outage, LineKind.WINDOW) == []
        [apart] = lines(outage, LineKind.CLOSED)
        assert (apart.window_code, apart.why, apart.state) == (window.code, Why.CLOSED_BEFORE, LineState.APART)
        assert apart.new_closing == local(day(2), 14)


def test_a_closing_taken_back_leaves_a_day_of_notice(build: Builder, two: Two) -> None:
    window = build.window(closes_at=local(day(2), 12))
    with clock.stopped_at(local(day(2), 11)):
        outage = two.whole(new(local(day(1), 6), local(day(2), 11)))
        assert quota_queries.window(window.code).closes_at == local(day(3), 17)
        two.reverse(outage)
        assert quota_queries.window(window.code).closes_at == local(day(3), 17), "whoever counted on it has until the end of the next day"


def test_the_two_who_signed_sign_the_new_version_of_the_decision(build: Builder, two: Two) -> None:
    window = build.window()
    with pytest.raises(SecondPersonMissing), transaction():
        quota.amend_window(window.id, {"closes_at": window.closes_at + timedelta(1)}, "x", by=two.first.actor, at=clock.now())
    with clock.stopped_at(local(day(1), 20)):
        two.whole(new(local(day(1), 9), local(day(1), 12)))
    version = quota_queries.versions(window.id)[0]
    assert (version.by, version.second) == (two.first.name, two.second.name)
