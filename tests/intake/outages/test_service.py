"""Outages from the first word to the last letter: the exact list, two people, each line once."""

import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backoffice.cases.events import case_subject
from backoffice.core import clock, deliveries, events, files
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term, TermPause
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind
from backoffice.fees import jobs as fee_jobs
from backoffice.fees.events import fee_owner
from backoffice.intake.outages import queries, running, service
from backoffice.intake.outages.errors import AskedByAnother, BadPeriod, NothingToDo, UnderWay, UnknownCases
from backoffice.intake.outages.states import ListState
from backoffice.intake.outages.values import Door, LineKind, LineState, ListKind, Why
from backoffice.mail.models import PostedLetter
from backoffice.staff import service as staff
from backoffice.staff.errors import SecondPersonNeeded
from backoffice.staff.models import Approval
from tests.builders import Builder
from tests.intake.outages.acting import Find, Two, day, lines, local, new, pauses, told


def test_the_days_of_an_outage_count_for_nobody_and_each_is_told_once(build: Builder, two: Two, term: Find) -> None:
    unpaid, paid = build.case(), build.paid_case()
    assert term(unpaid).last_day == date(2016, 7, 13)
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1), 9), local(day(2), 10)))
        [line] = lines(outage, LineKind.TERM)
        assert (line.case_number, line.old_day, line.new_day, line.why) == (unpaid.number, date(2016, 7, 13), date(2016, 7, 15), Why.TOUCHED)
        assert term(unpaid).last_day == date(2016, 7, 13), "nobody is touched by a list"
        listed = two.carry_out(outage)
        assert listed.state is ListState.DONE
        assert term(unpaid).last_day == date(2016, 7, 15)
        assert pauses(term(unpaid)) == [(day(1), day(2))]
        [message] = told(unpaid)
        assert "vendredi 15\u00a0juillet\u00a02016" in message.body
        assert "mercredi 13\u00a0juillet\u00a02016" in message.body
        assert told(paid) == []
        facts = [row.kind for row in events.history(case_subject(unpaid.id))]
        assert facts.count("intake.outages.TermMoved") == 1
        for _again in range(3):
            with transaction():
                assert not running.go_on(listed.id, at=clock.now())
        assert len(told(unpaid)) == 1
        assert term(unpaid).last_day == date(2016, 7, 15)


def test_days_that_move_nothing_are_noted_and_play_their_part_later(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    last = term(case).last_day  # a Wednesday
    with clock.stopped_at(local(last + timedelta(4))):
        after = two.record(new(local(last + timedelta(1)), local(last + timedelta(2)), Door.PAYMENTS))
        [line] = lines(after, LineKind.NOTED)
        assert (line.old_day, line.new_day, line.why) == (last, last, Why.SILENT)
        assert lines(after, LineKind.TERM) == []
        two.carry_out(after)
        assert (term(case).last_day, told(case)) == (last, [])
        two.whole(new(local(last, 8), local(last, 9), Door.PAYMENTS))
        assert term(case).last_day == date(2016, 7, 18), "the 13th, then the 14th and 15th that were noted, then a weekend"


def test_two_different_people_sign(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        listed = two.ask(outage)
        with pytest.raises(SecondPersonNeeded), transaction():
            service.sign(outage.id, listed.list_sha256, approve=True, answer="", by=two.first, at=clock.now())
        with pytest.raises(AskedByAnother), transaction():  # the facts are not changed by whoever will sign
            service.correct(outage.id, new(local(day(1)), local(day(3), 8)), "Plus long", by=two.second, at=clock.now())
        assert two.sign(outage)
        done = queries.find_list(listed.id)
        assert (done.by_id, done.second_id) == (two.first.id, two.second.id)
        with pytest.raises(UnderWay), transaction():
            service.correct(outage.id, new(local(day(1)), None), "x", by=two.first, at=clock.now())
        deliveries.run_all()
        assert term(case).last_day == date(2016, 7, 15)


def test_declined_nothing_is_done_and_a_new_list_can_be_made(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(1), 15)))
        listed = two.ask(outage)
        with transaction():
            service.sign(outage.id, listed.list_sha256, approve=False, answer="Non.", by=two.second, at=clock.now())
        deliveries.run_all()
        assert queries.find_list(listed.id).state is ListState.DECLINED
        assert term(case).last_day == date(2016, 7, 13)
        with transaction():
            again = service.prepare(outage.id, by=two.first, at=clock.now())
        assert again is not None
        assert again.kind is ListKind.LENGTHEN


def test_a_list_that_moved_is_not_signed_and_who_moved_is_named(build: Builder, two: Two, term: Find) -> None:
    stays, pays, begins = build.case(), build.case(), None
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(3), 11)))
        listed = two.ask(outage)
        seen = listed.list_sha256
        build.pay(pays)
        begins = build.request(build.paid_case())  # day zero is the last day of the outage: it loses nothing
        with transaction():
            deadlines.extend_term(fee_owner(build.fee(stays).id), 5, "Hospitalisation", by=two.first.actor, at=clock.now())
        assert not two.sign(outage, seen)
        listed = queries.find_list(listed.id)
        assert listed.state is ListState.ASKED
        assert listed.list_sha256 != seen
        assert listed.moved is not None
        assert listed.moved["gone"] == {"many": 1, "names": [pays.number]}
        assert listed.moved["changed"] == {"many": 1, "names": [stays.number]}
        assert listed.moved["added"] == {"many": 0, "names": []}
        assert db.session.get_one(Approval, listed.approval_id).facts["list_sha256"] == listed.list_sha256
        assert begins is not None
        assert not two.sign(outage, seen), "the old list is not signed either"
        assert two.sign(outage)
        deliveries.run_all()
        assert pauses(term(stays)) == [(day(1), day(3))]
        assert pauses(term(pays)) == []


def test_signed_among_the_approvals_a_list_that_moved_goes_back(build: Builder, two: Two, term: Find) -> None:
    stays, longer = build.case(), build.case()
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        approval = two.ask(outage).approval_id
        assert approval is not None
        with transaction():
            deadlines.extend_term(fee_owner(build.fee(longer).id), 5, "Hospitalisation", by=two.first.actor, at=clock.now())
            staff.decide_approval(approval, approve=True, answer="Vu.", by=two.second, at=clock.now())
        deliveries.run_all()
        listed = queries.live_list(outage.id)
        assert listed is not None
        assert (listed.state, listed.approval_id) == (ListState.PREPARED, None)
        assert "nouvelle liste" in db.session.get_one(Approval, approval).facts["refusal"]
        assert term(stays).last_day == date(2016, 7, 13)
        two.carry_out(outage)
        assert term(stays).last_day == date(2016, 7, 15)


def test_a_term_that_merely_ended_since_voids_no_signature_and_is_skipped_by_name(build: Builder, two: Two, term: Find) -> None:
    stays, pays = build.case(), build.case()
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        seen = two.ask(outage).list_sha256
        build.pay(pays)
        assert two.sign(outage, seen)
        deliveries.run_all()
        results = {line.case_number: (line.state, line.why) for line in lines(outage)}
        assert results[pays.number] == (LineState.SKIPPED, Why.ENDED)
        assert results[stays.number] == (LineState.DONE, Why.TOUCHED)
        assert pauses(term(pays)) == []


def test_signed_among_the_approvals_an_unmoved_list_is_carried_out(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        approval = two.ask(outage).approval_id
        assert approval is not None
        with transaction():
            staff.decide_approval(approval, approve=True, answer="Vu.", by=two.second, at=clock.now())
        deliveries.run_all()
        assert term(case).last_day == date(2016, 7, 15)


def test_killed_in_the_middle_it_goes_on_and_ends_the_same(build: Builder, two: Two, term: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [build.case() for _ in range(5)]
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        listed = two.ask(outage)
        assert two.sign(outage)
        with transaction():
            running.go_on(listed.id, at=clock.now(), size=2)
        enter, calls = deadlines.add_pause, itertools.count(1)

        def killed(*args: object, **options: object) -> Term:
            if next(calls) == 2:
                raise KeyboardInterrupt
            return enter(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(deadlines, "add_pause", killed)
        with pytest.raises(KeyboardInterrupt), transaction():
            running.go_on(listed.id, at=clock.now(), size=2)
        monkeypatch.setattr(deadlines, "add_pause", enter)
        assert queries.progress(listed.id).by_state == {LineState.DONE: 2, LineState.WAITING: 4}, "a part is done whole or not at all"
        go = True
        while go:
            with transaction():
                go = running.go_on(listed.id, at=clock.now(), size=2)
        deliveries.run_all()
        assert {term(case).last_day for case in cases} == {date(2016, 7, 15)}
        assert [len(pauses(term(case))) for case in cases] == [1] * 5
        assert [len(told(case)) for case in cases] == [1] * 5
        assert queries.find_list(listed.id).state is ListState.DONE


def test_a_term_that_ended_after_the_signature_is_skipped_and_a_fault_stops_nobody_else(
    build: Builder, two: Two, term: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    pays, breaks, stays = build.case(), build.case(), build.case()
    broken = term(breaks).id
    with clock.stopped_at(local(day(3))):
        outage = two.record(new(local(day(1)), local(day(2))))
        two.ask(outage)
        assert two.sign(outage)
        build.pay(pays)
        enter = deadlines.add_pause

        def faulty(term_id: int, *args: object, **options: object) -> Term:
            if term_id == broken:
                raise RuntimeError("a disk that fails")
            return enter(term_id, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(deadlines, "add_pause", faulty)
        deliveries.run_all()
        results = {line.case_number: (line.state, line.why) for line in lines(outage)}
        assert results[pays.number] == (LineState.SKIPPED, Why.ENDED)
        assert results[breaks.number] == (LineState.REFUSED, Why.FAULT)
        assert results[stays.number] == (LineState.DONE, Why.TOUCHED)
        assert told(breaks) == []
        kinds = [row.kind for row in events.history(case_subject(breaks.id))]
        assert "intake.outages.TermMoved" not in kinds
        monkeypatch.setattr(deadlines, "add_pause", enter)
        with transaction():
            left = service.prepare(outage.id, by=two.first, at=clock.now())
        assert left is not None
        assert [line.case_number for line in lines(outage, LineKind.TERM)] == [breaks.number], "the next list is what is left"


def test_what_lapsed_in_the_outage_stands_apart_and_is_not_revived(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    last = term(case).last_day
    night = last + timedelta(1)
    with clock.stopped_at(local(night, 1)):
        assert fee_jobs.due_to_lapse(night) == [build.fee(case).id]
        with transaction():
            fee_jobs.lapse(build.fee(case).id, night, clock.now())
    with clock.stopped_at(local(night, 12)):
        outage = two.record(new(local(last, 8), local(last, 23), Door.PAYMENTS))
        assert lines(outage, LineKind.TERM) == []
        [apart] = lines(outage, LineKind.LAPSED)
        assert (apart.case_number, apart.state, apart.why) == (case.number, LineState.APART, Why.LAPSED_DURING)
        assert (apart.old_day, apart.new_day) == (last, date(2016, 7, 14))
        with pytest.raises(NothingToDo):
            two.ask(outage)
        assert term(case).state is TermState.LAPSED


def test_an_outage_of_some_reaches_those_only(build: Builder, two: Two) -> None:
    here = build.case()
    contact = {
        "email": "x@example.org",
        "phone": None,
        "address": {"lines": ["1, rue Fictive"], "locality": "Rabat", "postal_code": "10000", "country": "MA"},
    }
    there = build.case(build.content(principal={"contact": contact}))
    with clock.stopped_at(local(day(3))):
        period = local(day(1)), local(day(2))
        moroccan = two.record(new(*period, countries=("MA",)))
        assert [line.case_number for line in lines(moroccan, LineKind.TERM)] == [there.number]
        assert lines(moroccan, LineKind.WINDOW) == [], "a period closes for all or for nobody"
        named = two.record(new(*period, cases=(here.number,)))
        assert [line.case_number for line in lines(named, LineKind.TERM)] == [here.number]
        elsewhere = build.window(programme="PEQ", code="AILLEURS")
        window = two.record(new(*period, window=elsewhere.code))
        assert lines(window, LineKind.TERM) == []
        assert lines(two.record(new(*period, Door.TELEPHONE))) == []
        with pytest.raises(UnknownCases), transaction():
            service.record(new(*period, cases=("00000000-0",)), (), by=two.first, at=clock.now())
        with pytest.raises(BadPeriod), transaction():
            service.record(new(local(day(2)), local(day(1))), (), by=two.first, at=clock.now())
        with pytest.raises(BadPeriod), transaction():
            service.record(new(local(day(2)), local(day(9))), (), by=two.first, at=clock.now())


def test_whoever_cannot_be_reached_online_gets_the_letter(build: Builder, two: Two) -> None:
    case = build.case()
    case.contact = {**case.contact, "email": None}
    db.session.commit()
    with clock.stopped_at(local(day(3))):
        two.whole(new(local(day(1)), local(day(2))))
        [message] = told(case)
        assert message.readable_at is None, "readable from the day it is posted"
        letter = db.session.scalars(select(PostedLetter).where(PostedLetter.message_id == message.id)).one()
        assert files.read(letter.sha256).startswith(b"%PDF")


def test_a_term_revived_or_found_later_is_on_the_next_list(build: Builder, two: Two, term: Find) -> None:
    case = build.case()
    receipt = build.pay(case)
    with clock.stopped_at(local(day(5))):
        outage = two.whole(new(local(day(1)), local(day(2)), Door.PORTAL))
        assert db.session.scalar(select(func.count()).select_from(TermPause)) == 0
        with transaction():
            deadlines.revive_term(fee_owner(build.fee(case).id), by=SYSTEM, at=clock.now())
        assert receipt is not None
        with transaction():
            listed = service.prepare(outage.id, by=two.first, at=clock.now())
        assert listed is not None
        assert listed.kind is ListKind.DIFFERENCE
        two.carry_out(outage)
        assert term(case).last_day == date(2016, 7, 15)


def test_documents_and_payment_are_each_touched_by_their_doors(build: Builder, two: Two) -> None:
    unpaid, asked = build.case(), build.request()
    with clock.stopped_at(local(day(3))):
        kinds = {}
        for door in Door:
            outage = two.record(new(local(day(1)), local(day(2)), door))
            kinds[door] = sorted(str(line.term_kind) for line in lines(outage, LineKind.TERM))
    assert asked is not None
    assert unpaid is not None
    both = [TermKind.DOCUMENTS.value, TermKind.PAYMENT.value]
    assert kinds == {Door.PORTAL: both, Door.PAYMENTS: both[1:], Door.POST: both[:1], Door.TELEPHONE: [], Door.MINISTRY: both}
