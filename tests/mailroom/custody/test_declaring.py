"""The declaration of substitution scanning, and what may be destroyed after it."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backoffice.core import clock, files
from backoffice.core.canonical import digest
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.custody import queries, service
from backoffice.mailroom.custody.errors import (
    AnotherController,
    AnotherPerson,
    HeldAlready,
    MayNotDestroy,
    NotAllDeclarable,
    NotHeld,
    NothingToDeclare,
    PagesToLook,
    PagesUnsound,
)
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import DESTROYED, SENT_BACK, Drawn, Item, Look, PaperKind
from backoffice.mailroom.values import Excluded
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.conftest import NOON
from tests.mailroom.sheets import plain
from tests.mailroom.test_service import add, read, register

LATER = NOON + timedelta(days=60)


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


@pytest.fixture
def other(build: Builder) -> Account:
    return build.clerk()


def closed(clerk: Account, tmp_path: Path, pages: int = 3) -> str:
    number = register(clerk, declared_sheets=pages)
    envelope = read(add(number, plain(tmp_path, *[f"Page {n}" for n in range(pages)], name=f"{number}.pdf"), clerk))
    with transaction():
        envelopes.exclude_pages(number, [page.id for page in envelope.pages], Excluded.NOT_OURS, by=clerk.actor, at=clock.now())
        envelopes.close_envelope(number, by=clerk.actor, at=clock.now())
    return number


def signed(clerk: Account, *numbers: str) -> str:
    with transaction():
        number = service.begin(envelopes=numbers, by=clerk.actor, at=clock.now()).number
    with transaction():
        service.sign(number, by=clerk, at=clock.now())
    return number


def look(number: str, by: Account, what: Look = Look.GOOD) -> None:
    pages = [check.page_id for check, _page, _envelope in queries.checks(queries.declaration(number).id)]
    with transaction():
        service.look(number, dict.fromkeys(pages, what), by=by, at=clock.now())


def sealed(clerk: Account, other: Account, *numbers: str) -> str:
    number = signed(clerk, *numbers)
    look(number, other)
    with transaction():
        service.seal(number, by=other, at=clock.now())
    return number


def where(number: str, kind: PaperKind = PaperKind.ENVELOPE) -> str:
    paper = queries.find(Item(kind, number))
    assert paper is not None
    return queries.place_by_id(paper.place_id).code


def test_the_declaration_says_what_was_scanned_and_carries_its_list(clerk: Account, other: Account, tmp_path: Path):
    first, second = closed(clerk, tmp_path), closed(clerk, tmp_path, 12)
    number = sealed(clerk, other, first, second)
    one = queries.declaration(number)
    assert one.content["totals"] == {"envelopes": 2, "sheets": 15, "pages": 15, "files": 2}
    scans = [scan for name in (first, second) for scan in room.envelope(name).scans]
    assert {file["sha256"] for file in one.content["files"]} == {scan.sha256 for scan in scans}
    assert one.digest == digest(one.content)
    with pikepdf.open(BytesIO(files.read(one.pdf_sha256 or ""))) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        inside = [json.loads(spec.get_file().read_bytes()) for spec in pdf.attachments.values()]
    assert [inside[0][name] for name in ("files", "digest", "controller")] == [one.content["files"], one.digest, other.name]
    assert len(inside[0]["quality"]) == 4
    assert list(queries.faults()) == []


def test_first_pages_and_a_tenth_of_the_others_are_drawn(clerk: Account, tmp_path: Path):
    number = signed(clerk, closed(clerk, tmp_path, 12), closed(clerk, tmp_path, 1))
    drawn = [check.drawn for check, _page, _envelope in queries.checks(queries.declaration(number).id)]
    assert sorted(drawn) == [Drawn.FIRST, Drawn.FIRST, Drawn.SAMPLE, Drawn.SAMPLE]


def test_the_operator_does_not_control_and_every_page_drawn_must_be_good(clerk: Account, other: Account, tmp_path: Path):
    number = signed(clerk, closed(clerk, tmp_path))
    with pytest.raises(AnotherController):
        look(number, clerk)
    with pytest.raises(PagesToLook), transaction():
        service.seal(number, by=other, at=clock.now())
    look(number, other, Look.ILLEGIBLE)
    with pytest.raises(PagesUnsound), transaction():
        service.seal(number, by=other, at=clock.now())
    look(number, other)
    with pytest.raises(AnotherController), transaction():
        service.seal(number, by=clerk, at=clock.now())
    with transaction():
        assert service.seal(number, by=other, at=clock.now()).state is DeclarationState.SEALED


def test_a_sealed_declaration_cannot_be_changed_by_anybody(clerk: Account, other: Account, tmp_path: Path):
    number = sealed(clerk, other, closed(clerk, tmp_path))
    with pytest.raises(IllegalMove), transaction():
        service.give_up(number, "Trop tard", by=clerk.actor, at=clock.now())
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("UPDATE scan_declaration SET content = '{}'"))


def test_only_closed_envelopes_are_declared_and_once(clerk: Account, tmp_path: Path):
    number, still_open = closed(clerk, tmp_path), register(clerk)
    with pytest.raises(NotAllDeclarable), transaction():
        service.begin(envelopes=[number, still_open], by=clerk.actor, at=clock.now())
    declared = signed(clerk, number)
    with pytest.raises(NothingToDeclare), transaction():
        service.begin(envelopes=[number], by=clerk.actor, at=clock.now())
    with transaction():
        service.give_up(declared, "À numériser de nouveau", by=clerk.actor, at=clock.now())
    assert signed(clerk, number) != declared


def refused(number: str, by: Account) -> list[object]:
    with pytest.raises(MayNotDestroy) as caught, transaction():
        service.ask_destruction(number, "Délai écoulé", by=by, at=clock.now())
    return list(caught.value.reasons)


def test_paper_goes_after_the_delay_by_two_people_with_a_certificate(clerk: Account, other: Account, tmp_path: Path):
    envelope = closed(clerk, tmp_path)
    number = sealed(clerk, other, envelope)
    assert "2016-08-12" in str(refused(number, clerk)[0])
    with clock.stopped_at(LATER):
        with transaction():
            service.ask_destruction(number, "Délai écoulé", by=clerk, at=clock.now())
        with pytest.raises(AnotherPerson), transaction():
            service.destroy(number, by=clerk, at=clock.now())
        with transaction():
            done = service.destroy(number, by=other, at=clock.now())
        assert where(envelope) == DESTROYED
        with pikepdf.open(BytesIO(files.read(done.certificate_sha256 or ""))) as pdf:
            assert pdf.open_metadata()["pdfaid:part"] == "3"
        with pytest.raises((IllegalMove, MayNotDestroy)), transaction():
            service.destroy(number, by=other, at=clock.now())
    assert list(queries.faults()) == []


def test_a_legal_hold_and_an_original_in_the_house_block(build: Builder, clerk: Account, other: Account, tmp_path: Path):
    envelope = closed(clerk, tmp_path)
    with transaction():
        service.follow(Item(PaperKind.PIECE, "P-2016-00001"), envelope, must_return=True, by=clerk.actor, at=clock.now())
    supervisor = build.supervisor()
    with transaction():
        service.hold(envelope, "Recours devant le tribunal", by=supervisor.actor, at=clock.now())
    with pytest.raises(HeldAlready), transaction():
        service.hold(envelope, "Encore", by=supervisor.actor, at=clock.now())
    number = sealed(clerk, other, envelope)
    with clock.stopped_at(LATER):
        assert len(refused(number, clerk)) == 2
        with transaction():
            service.lift_hold(envelope, "Jugement rendu", by=supervisor.actor, at=clock.now())
        with pytest.raises(NotHeld), transaction():
            service.lift_hold(envelope, "Encore", by=supervisor.actor, at=clock.now())
        assert len(refused(number, clerk)) == 1
        with transaction():
            service.send_out(Item(PaperKind.PIECE, "P-2016-00001"), SENT_BACK, "Recommandé", by=clerk.actor, at=clock.now())
            service.ask_destruction(number, "Délai écoulé", by=clerk, at=clock.now())
        with transaction():
            service.destroy(number, by=other, at=clock.now())
    assert (where(envelope), where("P-2016-00001", PaperKind.PIECE)) == (DESTROYED, SENT_BACK)


def test_a_hold_placed_after_the_first_signature_still_stops_the_second(build: Builder, clerk: Account, other: Account, tmp_path: Path):
    envelope, supervisor = closed(clerk, tmp_path), build.supervisor()
    number = sealed(clerk, other, envelope)
    with clock.stopped_at(LATER):
        with transaction():
            service.ask_destruction(number, "Délai écoulé", by=clerk, at=clock.now())
        with transaction():
            service.hold(envelope, "Demande d’accès", by=supervisor.actor, at=clock.now())
        with pytest.raises(MayNotDestroy), transaction():
            service.destroy(number, by=other, at=clock.now())
    assert where(envelope) != DESTROYED
