"""Batches and days on a real database: opened, filled, balanced, closed with or without a second person, signed by two."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backoffice.core import clock, events, files
from backoffice.core.db import db, transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.balancing import Off
from backoffice.mailroom.batches import printing, queries, rules, service
from backoffice.mailroom.batches.errors import (
    AlreadyAsked,
    BatchDiffers,
    BatchDone,
    BatchFull,
    DayChanged,
    DayNotSigned,
    DaySignedAlready,
    DayToCome,
    InAnotherBatch,
    NotAnEnvelope,
    NothingDiffers,
    SameSigner,
    WorkLeft,
)
from backoffice.mailroom.batches.events import batch_subject
from backoffice.mailroom.batches.values import Figures, NewBatch, SignedAs
from backoffice.mailroom.errors import NotBalanced
from backoffice.mailroom.pagework import service as pagework
from backoffice.mailroom.states import BatchState, EnvelopeState
from backoffice.mailroom.values import EnvelopeKind, Excluded
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.sheets import plain
from tests.mailroom.test_service import TODAY, add, read, register


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def opened(clerk: Account, *numbers: str, expected: Figures | None = None) -> str:
    with transaction():
        return service.open_batch(NewBatch(numbers, expected), by=clerk.actor, at=clock.now()).number


def declare(number: str, clerk: Account, **changes: int) -> None:
    with transaction():
        service.declare(number, replace(queries.expected(queries.batch(number)), **changes), by=clerk.actor, at=clock.now())


def close(number: str, clerk: Account) -> None:
    with transaction():
        service.close_batch(number, by=clerk.actor, at=clock.now())


def worked(clerk: Account, tmp_path: Path, *pages: str, declared: int | None = None) -> str:
    """An envelope whose pages are all left out with a reason."""
    number = register(clerk, declared_sheets=declared)
    envelope = read(add(number, plain(tmp_path, *pages), clerk))
    with transaction():
        envelopes.exclude_pages(number, [page.id for page in envelope.pages], Excluded.NOT_OURS, by=clerk.actor, at=clock.now())
    return number


def kinds(number: str) -> list[Off]:
    return [one.what for one in queries.balance(number).differences]


def test_a_batch_declares_what_opening_counted_and_closes_when_it_is_found(build: Builder, clerk: Account, tmp_path: Path):
    number = worked(clerk, tmp_path, "Une page", "Une autre", declared=2)
    with transaction():
        envelopes.list_instrument(number, build.cheque(127_100, number), by=clerk.actor, at=clock.now())
    batch = opened(clerk, number)
    assert batch == "L-2016-00001"
    assert queries.expected(queries.batch(batch)) == Figures(1, 2, 0, 1, 127_100)
    close(batch, clerk)
    assert queries.batch(batch).state is BatchState.CLOSED
    assert events.history(batch_subject(batch))[-1].data["differences"] == []
    assert list(queries.faults()) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"envelopes": 2}, Off.ENVELOPES), ({"sheets": 3}, Off.SHEETS), ({"separators": 1}, Off.SEPARATORS), ({"cheques": 1}, Off.CHEQUES),
        ({"cents": 5}, Off.DOLLARS),
    ],
)  # fmt: skip
def test_each_wrong_figure_keeps_the_batch_open_and_names_itself(clerk: Account, tmp_path: Path, changes: dict[str, int], what: Off):
    batch = opened(clerk, worked(clerk, tmp_path, "Une page", declared=1))
    declare(batch, clerk, **changes)
    assert kinds(batch) == [what]
    with pytest.raises(BatchDiffers), transaction():
        service.close_batch(batch, by=clerk.actor, at=clock.now())
    assert queries.batch(batch).state is BatchState.OPEN


def test_pages_still_to_file_keep_the_batch_open(clerk: Account, tmp_path: Path):
    number = register(clerk, declared_sheets=1)
    batch = opened(clerk, number)
    assert kinds(batch) == [Off.SHEETS, Off.MISSING]
    read(add(number, plain(tmp_path, "Une page"), clerk))
    assert kinds(batch) == [Off.TO_FILE]
    with pytest.raises(WorkLeft), transaction():
        service.ask_to_close(batch, "Tant pis", "/", by=clerk, at=clock.now())


def test_an_envelope_lies_in_one_batch_and_a_closed_batch_takes_none(clerk: Account):
    first, second = register(clerk), register(clerk)
    batch, other = opened(clerk, first), opened(clerk, second)
    with pytest.raises(InAnotherBatch), transaction():
        service.put_in(other, first, by=clerk.actor, at=clock.now())
    with pytest.raises(NotAnEnvelope), transaction():
        service.put_in(other, "E-2016-99999", by=clerk.actor, at=clock.now())
    with transaction():
        service.take_out(batch, first, by=clerk.actor, at=clock.now())
    declare(batch, clerk, envelopes=0)
    close(batch, clerk)
    with pytest.raises(BatchDone), transaction():
        service.put_in(batch, first, by=clerk.actor, at=clock.now())


def test_fifty_envelopes_at_most(clerk: Account):
    numbers = [register(clerk) for _ in range(51)]
    batch = opened(clerk, *numbers[:50])
    with pytest.raises(BatchFull), transaction():
        service.put_in(batch, numbers[50], by=clerk.actor, at=clock.now())
    with transaction():
        rest = service.open_from_delivery(room.envelope(numbers[0]).delivery_id, by=clerk.actor, at=clock.now()).number
    assert [one.number for one in queries.envelopes_of(queries.batch(rest).id)] == numbers[50:]


def test_a_difference_is_accepted_by_another_person_with_the_reason(build: Builder, clerk: Account, tmp_path: Path):
    batch = opened(clerk, worked(clerk, tmp_path, "Une page", declared=1))
    with pytest.raises(NothingDiffers), transaction():
        service.ask_to_close(batch, "Pour rien", "/", by=clerk, at=clock.now())
    declare(batch, clerk, separators=1)
    with transaction():
        asked = service.ask_to_close(batch, "Le séparateur est resté dans le numériseur", "/", by=clerk, at=clock.now()).id
    with pytest.raises(AlreadyAsked), transaction():
        service.ask_to_close(batch, "Encore", "/", by=clerk, at=clock.now())
    decide(asked, build)
    assert queries.batch(batch).state is BatchState.CLOSED
    fact = events.history(batch_subject(batch))[-1].data
    assert (len(fact["differences"]), fact["approval_id"]) == (1, asked)
    assert "numériseur" in fact["reason"]
    assert list(queries.faults()) == []


def decide(asked: int, build: Builder, *, approve: bool = True) -> None:
    supervisor = build.supervisor()
    with transaction():
        staff.decide_approval(asked, approve=approve, answer="Vu", by=supervisor, at=clock.now())
    build.deliver()


def test_what_was_accepted_is_that_difference_and_no_other(build: Builder, clerk: Account, tmp_path: Path):
    batch = opened(clerk, worked(clerk, tmp_path, "Une page", declared=1))
    declare(batch, clerk, separators=1)
    with transaction():
        asked = service.ask_to_close(batch, "Oublié", "/", by=clerk, at=clock.now()).id
    declare(batch, clerk, cheques=1)
    decide(asked, build)
    assert queries.batch(batch).state is BatchState.OPEN
    assert queries.approval(asked).facts["refusal"]
    declare(batch, clerk, cheques=0)
    with transaction():
        again = service.ask_to_close(batch, "Oublié", "/", by=clerk, at=clock.now()).id
    decide(again, build, approve=False)
    assert queries.batch(batch).state is BatchState.OPEN


def test_an_envelope_with_too_many_sheets_closes_only_by_a_second_person(build: Builder, clerk: Account, tmp_path: Path):
    number = worked(clerk, tmp_path, "Une page", "Une autre", declared=1)
    with pytest.raises(NotBalanced), transaction():
        envelopes.close_envelope(number, by=clerk.actor, at=clock.now())
    with transaction():
        asked = service.ask_to_close_envelope(number, "Mal compté à l’ouverture", "/", by=clerk, at=clock.now()).id
    decide(asked, build)
    assert room.envelope(number).state is EnvelopeState.CLOSED


def test_a_closed_batch_that_no_longer_balances_is_a_fault(clerk: Account, tmp_path: Path):
    number = worked(clerk, tmp_path, "Une page", declared=1)
    batch = opened(clerk, number)
    close(batch, clerk)
    db.session.execute(text("UPDATE batch SET expected_sheets = 7"))
    assert [fault.split(":")[0] for fault in queries.faults()] == [batch]
    with transaction():
        service.reopen_batch(batch, "Une feuille retrouvée", by=clerk.actor, at=clock.now())
    assert list(queries.faults()) == []


# Days


def sign(as_: SignedAs, by: Account, day: date = TODAY) -> str:
    with transaction():
        return service.sign_day(day, as_, by=by, at=clock.now()).pdf_sha256


def test_a_day_is_signed_by_two_people_and_what_changes_later_is_shown(build: Builder, clerk: Account, tmp_path: Path):
    worked(clerk, tmp_path, "Une page", declared=1)
    number, supervisor = register(clerk), build.supervisor()
    with transaction():
        envelopes.list_instrument(number, build.cheque(5_000, number), by=clerk.actor, at=clock.now())
    with pytest.raises(DayNotSigned):
        sign(SignedAs.SUPERVISOR, supervisor)
    sign(SignedAs.CLERK, clerk)
    with pytest.raises(SameSigner):
        sign(SignedAs.SUPERVISOR, clerk)
    pdf = sign(SignedAs.SUPERVISOR, supervisor)
    with pytest.raises(DaySignedAlready):
        sign(SignedAs.CLERK, build.clerk())
    with pikepdf.open(BytesIO(files.read(pdf))) as printed:
        assert printed.open_metadata()["pdfaid:part"] == "3"
    signed = queries.day_sheets(TODAY)[0]
    assert (signed.figures["envelopes"], signed.figures["cents"], signed.figures["excluded"]) == (2, 5_000, {"not_ours": 1})
    register(clerk)
    assert queries.day_sheets(TODAY)[0].figures["envelopes"] == 2
    sign(SignedAs.CLERK, clerk)
    assert [one.version for one in queries.day_sheets(TODAY)] == [2, 1]
    register(clerk)
    with pytest.raises(DayChanged):
        sign(SignedAs.SUPERVISOR, supervisor)
    with pytest.raises(DayToCome):
        sign(SignedAs.CLERK, clerk, date(2016, 6, 14))
    assert list(queries.faults()) == []


def test_a_signed_sheet_cannot_be_changed(clerk: Account):
    register(clerk)
    sign(SignedAs.CLERK, clerk)
    for statement in ("UPDATE day_sheet SET digest = 'x'", "DELETE FROM day_signature"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_the_figures_of_a_day_hold_together(build: Builder, clerk: Account, tmp_path: Path):
    number = worked(clerk, tmp_path, "Une page", declared=1)
    with transaction():
        envelopes.close_envelope(number, by=clerk.actor, at=clock.now())
    other = register(clerk, kind=EnvelopeKind.PAYMENT)
    with transaction():
        envelopes.list_instrument(other, build.cheque(5_000, other), by=clerk.actor, at=clock.now())
        envelopes.return_envelope(other, "Pas pour nous", by=clerk.actor, at=clock.now())
    found = queries.day_figures(TODAY)
    assert rules.day_balances(found)
    assert (found.closed, found.returned, found.cheques_out, found.cents_out) == (1, 1, {"returned": 1}, {"returned": 5_000})


def test_what_is_open_of_a_day_names_its_owner(clerk: Account, tmp_path: Path):
    number = register(clerk, declared_sheets=2)
    with transaction():
        room.lock_envelope(number).owner_id = clerk.id
    found = queries.day_differences(TODAY)
    assert [(one.where, one.owner) for one in found] == [(number, clerk.name)]
    assert "2" in found[0].what


def test_sheets_are_printed_one_to_a_page(clerk: Account):
    number = register(clerk)
    batch = queries.batch(opened(clerk, number))
    sheets = [
        printing.header(batch),
        printing.of_envelope(room.envelope(number)),
        printing.of_document("passport"),
        printing.of_person("spouse"),
        printing.plain(),
    ]
    with pikepdf.open(BytesIO(printing.print_sheets(sheets))) as printed:
        assert len(printed.pages) == len(sheets)


def test_pages_that_a_person_put_in_another_order_are_no_fault(clerk: Account, tmp_path: Path):
    number = worked(clerk, tmp_path, "Une page", "Une autre", declared=2)
    first, last = (page.id for page in room.envelope(number).pages)
    with transaction():
        pagework.place(number, last, 1, by=clerk.actor, at=clock.now())
    assert [page.number for page in room.envelope(number).pages] == [2, 1]
    assert room.balance(room.envelope(number)).balances
    db.session.execute(text("DELETE FROM scan_page WHERE id = :id").bindparams(id=first))
    assert {one.what for one in room.balance(room.envelope(number)).differences} == {Off.LOST, Off.MISSING}
