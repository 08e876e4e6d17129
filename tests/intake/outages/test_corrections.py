"""An outage corrected or taken back: a list of the difference, and nobody made late by it."""

from datetime import date, timedelta

import pytest

from backoffice.core import clock, deliveries
from backoffice.core.db import transaction
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.fees import jobs as fee_jobs
from backoffice.intake.outages import queries, rules, service
from backoffice.intake.outages.errors import AlreadyReversed, NothingToTakeBack
from backoffice.intake.outages.states import ListState
from backoffice.intake.outages.values import Door, LineKind, ListKind, Span, Why
from tests.builders import Builder
from tests.intake.outages.acting import Find, Two, day, lines, local, new, pauses, told


def test_a_correction_before_the_signature_makes_the_list_again(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(5))):
        outage = two.record(new(local(day(1)), local(day(2))))
        first = two.ask(outage)
        seen = first.list_sha256
        with transaction():
            service.correct(outage.id, new(local(day(1)), local(day(3), 9)), "Le journal du portail", by=two.first, at=clock.now())
        listed = queries.live_list(outage.id)
        assert listed is not None
        assert (listed.id, listed.state) == (first.id, ListState.ASKED)
        assert not two.sign(outage, seen)
        assert two.sign(outage)
        deliveries.run_all()
        assert term(case).last_day == date(2016, 7, 18), "three days, and the 16th is a Saturday"


def test_a_correction_afterwards_makes_a_list_of_the_difference(build: Builder, two: Two, term: Find) -> None:
    case, late = build.case(), None
    with clock.stopped_at(local(day(5))):
        outage = two.whole(new(local(day(1)), local(day(2))))
        assert term(case).last_day == date(2016, 7, 15)
        with transaction():
            assert service.prepare(outage.id, by=two.first, at=clock.now()) is None, "nobody is left out"
        with transaction():
            service.correct(outage.id, new(local(day(1)), local(day(1), 23)), "Une journée de moins", by=two.first, at=clock.now())
        [line] = lines(outage, LineKind.TERM)
        assert (line.before, line.after) == (Span(day(1), day(2)), Span(day(1), day(1)))
        assert (line.old_day, line.new_day, line.why) == (date(2016, 7, 15), date(2016, 7, 14), Why.CORRECTED)
        assert two.carry_out(outage).kind is ListKind.DIFFERENCE
        assert term(case).last_day == date(2016, 7, 14)
        assert pauses(term(case)) == [(day(1), day(1))]
        assert len(told(case)) == len(told(case, "outage_corrected")) == 1
        late = build.case(at=clock.now())
        assert late is not None
        with transaction():
            assert service.prepare(outage.id, by=two.first, at=clock.now()) is None, "a term that began after it loses nothing"


def test_an_outage_that_lasts_stops_the_clock_until_its_end_is_known(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(5))):
        outage = two.whole(new(local(day(1)), None, Door.MINISTRY))
        assert term(case).last_day == OPEN_ENDED
        [message] = told(case)
        assert "votre délai est arrêté" in message.body
    with clock.stopped_at(local(day(40))):
        assert fee_jobs.due_to_lapse(day(40)) == [], "nobody is late while it lasts"
        with transaction():
            service.correct(outage.id, new(local(day(1)), local(day(3), 12), Door.MINISTRY), "Fin connue", by=two.first, at=clock.now())
        [line] = lines(outage, LineKind.TERM)
        assert (line.why, line.new_day) == (Why.NOTICE, day(50)), "the date that comes of it is past: notice is kept"
        two.carry_out(outage)
        assert term(case).last_day == day(50)
        assert "court de nouveau" in told(case)[-1].body


def test_taken_back_everything_is_as_before_and_each_is_told(build: Builder, two: Two, term: Find) -> None:
    case, paid = build.case(), build.case()
    with clock.stopped_at(local(day(5))):
        outage = two.record(new(local(day(1)), local(day(2))))
        with pytest.raises(NothingToTakeBack), transaction():
            service.reverse(outage.id, "x", by=two.first, at=clock.now())
        two.carry_out(outage)
        build.pay(paid)
        listed = two.reverse(outage)
        assert (listed.kind, listed.state) == (ListKind.REVERSE, ListState.DONE)
        assert [line.case_number for line in lines(outage, LineKind.TERM)] == [case.number], "a term that ended keeps its history"
        assert term(case).last_day == date(2016, 7, 13)
        assert pauses(term(case)) == []
        assert len(told(case, "outage_corrected")) == 1
        assert queries.outage(outage.id).reversed_at is not None
        with pytest.raises(AlreadyReversed), transaction():
            service.prepare(outage.id, by=two.first, at=clock.now())
        with pytest.raises(AlreadyReversed):
            two.reverse(outage)


def test_a_reversal_makes_nobody_late(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(20))):
        outage = two.whole(new(local(day(1)), local(day(14))))  # fourteen days: the 27th of July
        assert term(case).last_day == date(2016, 7, 27)
    with clock.stopped_at(local(day(32))):  # the 15th: the first last day is past
        two.reverse(outage)
        assert term(case).last_day == day(32) + timedelta(rules.NOTICE_DAYS)
        assert term(case).last_day == date(2016, 7, 25)
        [message] = told(case, "outage_corrected")
        assert "lundi 25\u00a0juillet\u00a02016" in message.body
