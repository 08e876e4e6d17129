"""Keying an application from its image: the same case as its online twin, by the same hallway."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.values import Channel
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.documents import queries as document_queries
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.states import FeeState
from backoffice.intake.models import Submission
from backoffice.mailroom import declaring, jobs, queries, service
from backoffice.mailroom.errors import StillToKey
from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.errors import GroundNeeded, KeyingFaults, KeyingSent, NoPaperWindow, StampedTooLate
from backoffice.mailroom.opening import service as opening
from backoffice.mailroom.opening.service import Seen
from backoffice.mailroom.states import EnvelopeState, KeyingState
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from backoffice.staff.permissions import Role
from tests.builders import PASSWORD, Builder
from tests.mailroom.sheets import plain

OLD = date(2015, 12, 30)


def fields(content: dict[str, Any], **changes: str) -> dict[str, str]:
    """What a clerk types from a form that says what the portal's content says."""
    typed = {
        "programme": content["programme"],
        "language": content["language"],
        "signed_name": content["declarations"]["signed_name"],
        "truthful": "y",
    }
    people = [("principal", content["principal_applicant"]), ("spouse", content["spouse"])]
    people += [(f"child{n}", child) for n, child in enumerate(content["children"], 1)]
    for who, person in people:
        for name in rules.PERSON:
            value = person.get(name)
            typed[f"{who}-{name}"] = ", ".join(value) if isinstance(value, list) else value or ""
    contact = content["principal_applicant"]["contact"]
    typed |= {"spouse": "y", "children": str(len(content["children"])), "principal-civil_status": "married", "principal-phone": contact["phone"]}
    typed |= {
        "principal-address_lines": "\n".join(contact["address"]["lines"]), "principal-locality": "Lyon", "principal-postal_code": "69001",
        "principal-address_country": "France", "ground": "received_before_2016",
    }  # fmt: skip
    return typed | changes


def envelope(clerk: Account, stamp: date = OLD, folder: Path | None = None) -> str:
    with transaction():
        number = service.register_envelope(NewEnvelope(stamp, EnvelopeKind.APPLICATION), by=clerk.actor, at=clock.now()).number
    if folder:
        path = plain(folder, "Formulaire", "Suite")
        with transaction():
            scan = service.receive_scan(number, path.read_bytes(), path.name, Door.UPLOAD, by=clerk.actor, at=clock.now()).id
        jobs.read_now(scan)
    return number


def save(number: str, values: dict[str, str], clerk: Account, **marks: str) -> None:
    with transaction():
        keying.save(number, keying.Typed(values, marks, "principal-sex"), by=clerk.actor, at=clock.now())


def finish(number: str, clerk: Account) -> KeyingState:
    """The first pass ends; somebody else keys the same from the image, as everything is keyed twice until errors are measured."""
    with transaction():
        state = keying.finish(number, by=clerk, at=clock.now()).state
    return second(number, another()) if state is KeyingState.SECOND else state


def another() -> Account:
    with transaction():
        return staff.create_account(f"{uuid4()}@exemple.test", "Autre préposée", Role.MAILROOM, PASSWORD, by=SYSTEM, at=clock.now())


def second(number: str, by: Account, **changes: str) -> KeyingState:
    """What the second clerk keys: what the first did, but for the changes."""
    with transaction():
        kept, _under_way = keying.begin_second(number, by=by, at=clock.now())
        same = {name: kept.fields.get(name, "") for name in kept.twice} | changes
    blank = {name: "blank" for name, value in same.items() if not value}
    with transaction():
        keying.save_second(number, keying.Typed(same, blank), by=by, at=clock.now())
    with transaction():
        return keying.finish_second(number, {}, by=by, at=clock.now()).state


def test_a_paper_application_becomes_the_same_case_as_its_online_twin(build: Builder, clerk: Account, tmp_path: Path):
    online = build.case()
    number = envelope(clerk, folder=tmp_path)
    twin = build.content()
    save(number, fields(twin), clerk)
    assert finish(number, clerk) is KeyingState.FILED
    case_number = keying.settle_now(number, by=clerk.actor)
    assert case_number
    case = case_queries.case(case_number)
    fee, other = fee_queries.fee_of_case(case.id), fee_queries.fee_of_case(online.id)
    assert (case.channel, case.legal_received_on) == (Channel.PAPER, OLD)
    assert [(p.kind, p.sex, p.birth_date, p.citizenships) for p in case.people] == [
        (p.kind, p.sex, p.birth_date, p.citizenships) for p in case_queries.case_by_id(online.id).people
    ]
    assert (fee.tariff, fee.assessed_cents, other.tariff) == ("2015", 76_500 + 3 * 16_400, "2016")
    assert case.status is online.status
    done = queries.envelope(number)
    assert done.case_id == case.id
    assert {page.state.value for page in done.pages} == {"filed"}
    assert [(d.title, len(d.pages), d.received_on) for d in document_queries.documents_of(case.id)] == [("Demande papier", 2, OLD)]
    assert case.contact == {"phone": "+33 1 99 00 00 00", "address": twin["principal_applicant"]["contact"]["address"]}
    assert build.deliver() >= 0
    assert len(document_queries.documents_of(case.id)) == 1
    with pytest.raises(KeyingSent):
        finish(number, clerk)


def test_the_whole_sum_in_the_envelope_is_proposed_to_finance_who_settles_the_fee(build: Builder, clerk: Account):
    build.window()
    number = envelope(clerk)
    with transaction():
        cheque = service.list_instrument(number, build.cheque(76_500 + 3 * 16_400, number), by=clerk.actor, at=clock.now())
    save(number, fields(build.content()), clerk)
    finish(number, clerk)
    case = case_queries.case(keying.settle_now(number, by=clerk.actor) or "")
    assert fee_queries.fee_of_case(case.id).state is FeeState.DUE
    assert cheque.claimed_submission_id == case.submission_id
    finance, other = build.finance().actor, build.clerk().actor
    with transaction():
        opening.confirm(cheque.id, Seen(76_500 + 3 * 16_400), by=other, at=clock.now())
    with transaction():
        fees.allocate_envelope(cheque.id, case.id, by=finance, at=clock.now())
    assert fee_queries.fee_of_case(case.id).state is FeeState.PAID


def test_a_worker_finishes_what_a_crash_left_between_receiving_and_indexing(build: Builder, clerk: Account, tmp_path: Path):
    build.window()
    number = envelope(clerk, folder=tmp_path)
    save(number, fields(build.content()), clerk)
    finish(number, clerk)
    assert queries.envelope(number).case_id is None
    build.deliver()
    assert queries.envelope(number).case_id is not None


def test_before_2016_needs_a_stamp_of_before_2016(build: Builder, clerk: Account):
    build.window()
    number = envelope(clerk, date(2016, 1, 4))
    save(number, fields(build.content()), clerk)
    with pytest.raises(StampedTooLate, match="2016-01-04"):
        finish(number, clerk)
    save(number, {"ground": ""}, clerk)
    with pytest.raises(GroundNeeded):
        finish(number, clerk)


def test_every_fault_is_on_its_field(build: Builder, clerk: Account):
    build.window()
    number = envelope(clerk)
    save(
        number,
        fields(build.content(), **{"principal-birth_date": "1984-02-30", "child2-citizenships": "Atlantide", "truthful": "", "spouse-sex": ""}),
        clerk,
    )
    with pytest.raises(KeyingFaults) as refused:
        finish(number, clerk)
    assert set(refused.value.faults) == {"principal-birth_date", "child2-citizenships", "truthful", "spouse-sex"}


def test_a_country_may_be_written_as_on_the_form():
    assert [rules.country_code(text) for text in ("Algérie", "ALGERIE", "dz", "Viet Nam ", "Vietnam", "Atlantide")] == [
        "DZ",
        "DZ",
        "DZ",
        "VN",
        "VN",
        "Atlantide",
    ]


def test_an_exception_is_answered_by_a_second_person(build: Builder, clerk: Account, tmp_path: Path):
    build.window()
    supervisor = build.supervisor()
    number = envelope(clerk, date(2016, 6, 13), tmp_path)
    save(number, fields(build.content(), ground="portal_fault", ground_reason="Le portail a refusé trois fois."), clerk)
    assert finish(number, clerk) is KeyingState.WAITING_APPROVAL
    assert queries.envelope(number).case_id is None
    first = queries.keying(queries.envelope(number).id).approval_id
    with transaction():
        staff.decide_approval(first, approve=False, answer="Joindre la preuve.", by=supervisor, at=clock.now())
    build.deliver()
    assert queries.keying(queries.envelope(number).id).state is KeyingState.DRAFT
    assert finish(number, clerk) is KeyingState.WAITING_APPROVAL
    second = queries.keying(queries.envelope(number).id).approval_id
    with transaction():
        staff.decide_approval(second, approve=True, answer="D’accord.", by=supervisor, at=clock.now())
    build.deliver()
    done = queries.envelope(number)
    assert queries.keying(done.id).state is KeyingState.FILED
    case = case_queries.case_by_id(done.case_id)
    assert (case.channel, case.legal_received_on) == (Channel.PAPER, date(2016, 6, 13))
    assert fee_queries.fee_of_case(case.id).assessed_cents == 127_100


def test_an_application_that_opens_no_case_goes_to_the_pile_in_doubt(build: Builder, clerk: Account, tmp_path: Path):
    content = build.content()
    build.case(content)
    number = envelope(clerk, folder=tmp_path)
    save(number, fields(content), clerk)
    finish(number, clerk)
    assert keying.settle_now(number, by=clerk.actor) is None
    assert (queries.envelope(number).state, queries.envelope(number).parked_reason) == (EnvelopeState.IN_DOUBT, "declined")


def test_what_could_not_be_read_is_told_to_the_caseworker(build: Builder, clerk: Account):
    build.window()
    number = envelope(clerk)
    save(number, fields(build.content(), **{"principal-phone": ""}), clerk, **{"principal-phone": "illegible"})
    finish(number, clerk)
    case = case_queries.case(keying.settle_now(number, by=clerk.actor) or "")
    assert "principal, Téléphone" in case_queries.notes(case.id)[0].body


def test_the_paper_of_a_window_needs_no_exception_and_is_ranked_once_all_of_its_days_is_keyed(build: Builder, clerk: Account):
    window = build.window(code="P", paper_share=1)
    today = clock.today()
    first, second = envelope(clerk, today), envelope(clerk, today)
    save(first, fields(build.content(), programme="PEQ", ground="window_takes_paper"), clerk)
    with pytest.raises(NoPaperWindow):
        finish(first, clerk)
    save(second, fields(build.content(), ground="window_takes_paper"), clerk)
    assert finish(second, clerk) is KeyingState.FILED
    keying.settle_now(second, by=clerk.actor)
    with pytest.raises(StillToKey), transaction():
        declaring.declare_paper_through(window.id, today, by=clerk.actor, at=clock.now())
    save(first, fields(build.content(), ground="window_takes_paper"), clerk)
    assert finish(first, clerk) is KeyingState.FILED
    keying.settle_now(first, by=clerk.actor)
    with transaction():
        given = declaring.declare_paper_through(window.id, today, by=clerk.actor, at=clock.now())
    assert [str(one.status) for one in given] == ["provisional"]
    by_envelope = {one.envelope: one.id for one in db.session.scalars(select(Submission))}
    assert given[0].submission_id == by_envelope[first]  # registered first, keyed last
