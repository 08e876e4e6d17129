"""The second pass and the third look: who may, what is kept, what waits."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.intake.models import Submission
from backoffice.mailroom import queries, service
from backoffice.mailroom.errors import EnvelopeDone
from backoffice.mailroom.keying import queries as keying_queries
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.errors import (
    InOtherHands,
    KeyingFaults,
    KeyingSent,
    NothingToKey,
    NotWaiting,
    SameHands,
    WhyNeeded,
)
from backoffice.mailroom.keying.values import ILLEGIBLE
from backoffice.mailroom.states import KeyingState
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.keying.passing import cheque, facts, first, settle, state
from tests.mailroom.keying.test_service import another, envelope, fields, save, second


def test_until_the_second_pass_nothing_is_received_but_the_stamp_stands(build: Builder, clerk: Account):
    number = first(build, clerk)
    assert state(number) is KeyingState.SECOND
    assert db.session.scalars(select(Submission)).all() == []
    assert second(number, another()) is KeyingState.FILED
    [submission] = db.session.scalars(select(Submission))
    assert submission.legal_received_on == queries.envelope(number).legal_received_on


def test_nobody_reads_second_what_they_keyed_nor_third_what_they_read(build: Builder, clerk: Account):
    number = first(build, clerk)
    with pytest.raises(SameHands), transaction():
        keying.begin_second(number, by=clerk, at=clock.now())
    reader = another()
    assert second(number, reader, **{"principal-family_name": "Autrement"}) is KeyingState.DIFFERS
    for hand in (clerk, reader):
        with pytest.raises(SameHands), transaction():
            keying.begin_third(number, by=hand, at=clock.now())
    assert settle(number, build.supervisor(), "Autrement") is KeyingState.FILED


def test_who_helped_with_the_first_pass_is_no_second_reader(build: Builder, clerk: Account):
    helper = another()
    number = envelope(clerk)
    save(number, {"principal-phone": "1"}, helper)
    with transaction():
        keying.put_aside(number, by=helper.actor, at=clock.now())
    first(build, clerk, number)
    with pytest.raises(SameHands), transaction():
        keying.begin_second(number, by=helper, at=clock.now())


def test_the_first_pass_is_closed_once_it_is_done(build: Builder, clerk: Account):
    number = first(build, clerk)
    with pytest.raises(KeyingSent):
        save(number, {"principal-family_name": "Changé après coup"}, clerk)


def test_case_spaces_and_hyphens_agree_and_the_first_spelling_is_filed(build: Builder, clerk: Account):
    number = first(build, clerk, **{"principal-given_names": "Jean-Pierre Côme", "principal-passport_number": "AB 123-45"})
    assert second(number, another(), **{"principal-given_names": "JEAN PIERRE CÔME", "principal-passport_number": "ab12345"}) is KeyingState.FILED
    [submission] = db.session.scalars(select(Submission))
    assert submission.content["principal_applicant"]["given_names"] == "Jean-Pierre Côme"


def test_an_accent_is_a_difference_and_the_third_look_keeps_all_three(build: Builder, clerk: Account):
    number = first(build, clerk, **{"principal-family_name": "Cote"})
    reader, third = another(), another()
    assert second(number, reader, **{"principal-family_name": "Côte"}) is KeyingState.DIFFERS
    assert settle(number, third, "Côté") is KeyingState.FILED
    [(pair, settled)] = [row for row in keying_queries.pairs_of(queries.envelope(number).id) if not row[0].agreed]
    assert (pair.first_value, pair.second_value, settled.value) == ("Cote", "Côte", "Côté")
    assert (pair.first_by_id, pair.second_by_id, settled.settled_by_id) == (clerk.id, reader.id, third.id)
    [submission] = db.session.scalars(select(Submission))
    assert submission.content["principal_applicant"]["family_name"] == "Côté"
    assert [kind for kind in facts(number) if kind in {"FirstPassDone", "PassesCompared", "DifferenceSettled", "ApplicationKeyed"}] == [
        "FirstPassDone",
        "PassesCompared",
        "DifferenceSettled",
        "ApplicationKeyed",
    ]
    told = str([row.data for row in queries.timeline(number)])
    assert not any(value in told for value in ("Cote", "Côte", "Côté"))  # facts carry numbers, never what people are called


def test_a_settled_value_that_cannot_be_is_refused_and_nothing_is_settled(build: Builder, clerk: Account):
    number = first(build, clerk)
    second(number, another(), **{"principal-birth_date": "1984-02-28"})
    with pytest.raises(KeyingFaults) as refused:
        settle(number, build.supervisor(), "1984-02-31")
    assert set(refused.value.faults) == {"principal-birth_date"}
    db.session.rollback()
    assert state(number) is KeyingState.DIFFERS


def test_illegible_to_one_is_a_difference_and_illegible_to_all_is_told(build: Builder, clerk: Account):
    number = first(build, clerk, **{"spouse-passport_number": ""})
    reader = another()
    with transaction():
        keying.send_back(number, "Une marque manque (essai).", by=reader, at=clock.now())
    save(number, {}, clerk, **{"spouse-passport_number": "illegible"})
    with transaction():
        keying.finish(number, by=clerk, at=clock.now())
    assert second(number, another(), **{"spouse-passport_number": "AB12"}) is KeyingState.DIFFERS
    assert settle(number, build.supervisor(), ILLEGIBLE) is KeyingState.FILED
    kept = queries.keying(queries.envelope(number).id)
    assert kept.fields["spouse-passport_number"] == ""
    assert keying.illegible_fields(kept.marks) == ["spouse-passport_number"]


def test_the_second_clerk_says_something_of_every_field(build: Builder, clerk: Account):
    number = first(build, clerk)
    reader = another()
    with transaction():
        names = keying.begin_second(number, by=reader, at=clock.now())[0].twice
    with pytest.raises(KeyingFaults) as refused, transaction():
        keying.finish_second(number, dict.fromkeys(names, "dites-le"), by=reader, at=clock.now())
    assert set(refused.value.faults) == set(names)


def test_another_reader_begins_from_nothing(build: Builder, clerk: Account):
    number = first(build, clerk)
    gone, reader = another(), another()
    with transaction():
        keying.save_second(number, keying.Typed({"principal-family_name": "À moitié"}, {}), by=gone, at=clock.now())
    with pytest.raises(InOtherHands, match="Autre préposée"), transaction():
        keying.begin_second(number, by=reader, at=clock.now())
    with transaction():
        _kept, under_way = keying.begin_second(number, by=reader, at=clock.now() + timedelta(minutes=31))
        assert under_way.fields == {}


def test_sent_back_it_is_keyed_again_and_read_again(build: Builder, clerk: Account):
    number = first(build, clerk)
    reader = another()
    with pytest.raises(WhyNeeded), transaction():
        keying.send_back(number, " ", by=reader, at=clock.now())
    with transaction():
        keying.send_back(number, "Un troisième enfant est au verso.", by=reader, at=clock.now())
    assert state(number) is KeyingState.DRAFT
    assert keying_queries.sent_back(number) == "Un troisième enfant est au verso."
    first(build, clerk, number)
    assert second(number, reader) is KeyingState.FILED


def test_after_a_declined_exception_only_what_changed_is_read_again(build: Builder, clerk: Account):
    number = first(build, clerk, ground="portal_fault", ground_reason="Le portail a refusé trois fois.")
    assert second(number, another()) is KeyingState.WAITING_APPROVAL
    approval = queries.keying(queries.envelope(number).id).approval_id
    supervisor = build.supervisor()
    with transaction():
        staff.decide_approval(approval, approve=False, answer="Joindre la preuve.", by=supervisor, at=clock.now())
    build.deliver()
    save(number, {"principal-passport_number": "XY98765"}, clerk)
    with transaction():
        kept = keying.finish(number, by=clerk, at=clock.now())
        assert (kept.state, kept.twice) == (KeyingState.SECOND, ["principal-passport_number"])
    assert second(number, another()) is KeyingState.WAITING_APPROVAL


def test_the_amount_on_the_form_is_compared_with_the_money_listed(build: Builder, clerk: Account):
    number = envelope(clerk)
    cheque(build, number, clerk, 109_900)
    first(build, clerk, number, payment_amount="1 099,00")
    assert second(number, another(), payment_amount="1099") is KeyingState.FILED


def test_an_amount_that_is_not_the_one_listed_is_looked_at_by_a_third(build: Builder, clerk: Account):
    number = envelope(clerk)
    cheque(build, number, clerk, 109_000)
    first(build, clerk, number, payment_amount="1 099,00")
    assert second(number, another(), payment_amount="1 099,00 $") is KeyingState.DIFFERS
    [pair] = keying_queries.open_pairs(queries.keying(queries.envelope(number).id))
    assert (pair.second_by_id, pair.second_value.replace("\u00a0", " ")) == (None, "1 090,00 $")
    assert settle(number, build.supervisor(), "1 099,00") is KeyingState.FILED
    assert "AmountDiffers" in facts(number)


def test_two_readings_of_the_amount_and_the_list_are_settled_one_after_the_other(build: Builder, clerk: Account):
    number = envelope(clerk)
    cheque(build, number, clerk, 109_000)
    first(build, clerk, number, payment_amount="1 099,00")
    assert second(number, another(), payment_amount="1 009,00") is KeyingState.DIFFERS
    supervisor = build.supervisor()
    assert settle(number, supervisor, "1 099,00") is KeyingState.DIFFERS
    assert settle(number, supervisor, "1 099,00") is KeyingState.FILED


def next_for(by: Account) -> tuple[str, KeyingState]:
    with transaction():
        return keying.take_next(by=by, at=clock.now())


def test_the_next_one_is_the_oldest_stamp_that_this_person_may_key(build: Builder, clerk: Account, tmp_path: Path):
    build.window()
    other, supervisor = another(), build.supervisor()
    newer = envelope(clerk, date(2015, 12, 30), tmp_path)
    older = envelope(clerk, date(2015, 12, 29), tmp_path)
    envelope(clerk, date(2015, 12, 1))  # not scanned yet: nothing to key from
    assert next_for(clerk) == (older, KeyingState.DRAFT)
    assert next_for(other) == (newer, KeyingState.DRAFT)  # never the same one
    with pytest.raises(NothingToKey):
        next_for(supervisor)
    db.session.rollback()
    save(older, fields(build.content()), clerk)
    with transaction():
        keying.finish(older, by=clerk, at=clock.now())
    with transaction():
        keying.put_aside(newer, by=other.actor, at=clock.now())
    assert next_for(clerk) == (newer, KeyingState.DRAFT)  # their own is not theirs to read again
    assert next_for(other) == (older, KeyingState.SECOND)
    assert second(older, other, **{"principal-family_name": "Autrement"}) is KeyingState.DIFFERS
    assert next_for(supervisor) == (older, KeyingState.DIFFERS)
    with pytest.raises(NothingToKey):
        next_for(other)
    db.session.rollback()


def test_nothing_more_is_keyed_of_an_envelope_that_is_done(build: Builder, clerk: Account):
    number = first(build, clerk)
    with transaction():
        service.return_envelope(number, "Demande retournée (essai)", by=clerk.actor, at=clock.now())
    reader = another()
    with pytest.raises(EnvelopeDone), transaction():
        keying.begin_second(number, by=reader, at=clock.now())


def test_differences_that_are_no_more_are_not_settled(build: Builder, clerk: Account):
    number = first(build, clerk)
    reader = another()
    with pytest.raises(NotWaiting), transaction():
        keying.begin_third(number, by=reader, at=clock.now())
