"""What a term leaves behind: the record of a case tells its whole count, and the doctor counts every term again."""

from datetime import date

from sqlalchemy import text

from backoffice.cases.events import case_subject
from backoffice.cli import doctor
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermState
from backoffice.desk import record
from backoffice.fees.events import fee_owner
from backoffice.intake import acknowledgments
from tests.conftest import NOON


def moved(build):
    """A case whose term was paused, extended and corrected."""
    case = build.case()
    owner = fee_owner(build.fee(case).id)
    term = term_queries.lock_term(owner)
    with transaction():
        deadlines.add_pause(term.id, date(2016, 6, 20), date(2016, 6, 21), "outage", "P-1", by=SYSTEM, at=NOON)
        deadlines.extend_term(owner, 5, "maladie", by=SYSTEM, at=NOON)
        deadlines.correct_start(term.id, date(2016, 6, 10), "Jour inscrit par erreur", by=SYSTEM, at=NOON)
        deadlines.bar_ends(case_subject(case.id), "unreachable", "m-1", by=SYSTEM, at=NOON)
    return case, owner


def test_the_record_of_a_case_tells_the_whole_count(build):
    case, _owner = moved(build)
    [told] = record.record(case)["deadlines"]
    assert (told["start"], told["last_day"], told["ends_at"]) == ("2016-06-10", "2016-07-18", "2016-07-19T04:00:00+00:00")
    worked = told["workings"]
    assert worked["pauses"] == [{"first": "2016-06-20", "last": "2016-06-21", "ground": "outage"}]
    assert worked["extensions"] == [{"days": 5, "granted_on": "2016-06-13", "reason": "maladie"}]
    assert [one["day"] for one in worked["skipped"]] == ["2016-07-17"]
    assert worked["rule"]["citation"]
    assert told["sentence"].startswith("Sans les 2 jours de suspension, le 35ᵉ jour est le dimanche 17 juillet 2016.")
    [past] = told["past_starts"]
    assert (past["start"], past["reason"], past["workings"]["extended_by"]) == ("2016-06-13", "Jour inscrit par erreur", 5)
    assert len(told["held_back_by"]) == 1


def test_the_doctor_finds_nothing_after_all_that_moved_a_term(build):
    moved(build)
    assert list(doctor._clocks()) == []


def test_the_doctor_names_a_last_day_that_the_facts_do_not_give(build):
    _case, owner = moved(build)
    term = term_queries.lock_term(owner)
    db.session.execute(text("UPDATE term SET last_day = last_day + 1 WHERE id = :id"), {"id": term.id})
    db.session.expire_all()
    assert list(doctor._clocks()) == [f"term {term.id}"]


def test_the_doctor_names_a_term_that_lapsed_though_its_end_was_barred(build):
    _case, owner = moved(build)
    term = term_queries.lock_term(owner)
    later = "2016-07-19 04:30+00"
    db.session.execute(text("UPDATE term SET state = 'lapsed', ended_at = :at WHERE id = :id"), {"id": term.id, "at": later})
    db.session.expire_all()
    assert list(doctor._clocks()) == [f"term {term.id} lapsed while its end was barred"]


def test_an_unpaid_fee_does_not_lapse_while_nobody_could_be_reached(build):
    from backoffice.fees import service as fees

    case, owner = moved(build)
    fee = build.fee(case)
    with transaction():
        assert fees.lapse_unpaid(fee.id, date(2016, 7, 20), at=NOON) is None
    assert "jointe" in fees.what_holds_back(fee)[0]
    with transaction():
        deadlines.lift_bar(case_subject(case.id), "unreachable", "m-1", "signed", by=SYSTEM, at=NOON)
        assert fees.lapse_unpaid(fee.id, date(2016, 7, 20), at=NOON) is not None
    assert term_queries.lock_term(owner).state is TermState.LAPSED


def test_a_stopped_clock_tells_the_portal_no_day(build):
    case = build.case()
    fee = build.fee(case)
    assert acknowledgments.payment(fee)["due_on"] == "2016-07-13"
    with transaction():
        deadlines.add_pause(term_queries.lock_term(fee_owner(fee.id)).id, date(2016, 6, 20), None, "outage", "P-1", by=SYSTEM, at=NOON)
    assert acknowledgments.payment(fee)["due_on"] is None
