"""Envelopes, scans and their routing, on a real database and really printed sheets."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import zxingcpp

from backoffice import sweeps
from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.core import clock, files
from backoffice.core.db import db, transaction
from backoffice.core.events import Subject
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.decisions import reading
from backoffice.decisions.events import intention_owner
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ItemState
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import jobs, queries, service
from backoffice.mailroom.balancing import Off
from backoffice.mailroom.doors import dropping
from backoffice.mailroom.errors import EnvelopeDone, MoneyWaits, NotBalanced, StampInFuture
from backoffice.mailroom.models import Envelope, Scan
from backoffice.mailroom.opening import service as opening
from backoffice.mailroom.opening.service import Seen
from backoffice.mailroom.states import EnvelopeState, PageState, ScanState
from backoffice.mailroom.values import Door, EnvelopeKind, Excluded, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.core.scans.making import coded, paper, scan_pdf
from tests.decisions.world import LAST, World, on
from tests.mailroom.sheets import behind_sheet, plain

TODAY = date(2016, 6, 13)
AFTER = LAST + timedelta(days=1)


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def register(clerk: Account, **changes: object) -> str:
    with transaction():
        new = NewEnvelope(**{"delivered_on": TODAY, "kind": EnvelopeKind.DOCUMENTS} | changes)
        return service.register_envelope(new, by=clerk.actor, at=clock.now()).number


def add(number: str, path: Path, clerk: Account) -> int:
    with transaction():
        return service.receive_scan(number, path.read_bytes(), path.name, Door.UPLOAD, by=clerk.actor, at=clock.now()).id


def read(scan_id: int) -> Envelope:
    jobs.read_now(scan_id)
    return queries.envelope(queries.envelope_of_scan(scan_id))


def states(envelope: Envelope) -> list[str]:
    return [page.excluded_reason or page.state.value for page in envelope.pages]


def mail_waits(number: str) -> bool:
    return any(one.ref == number for one in term_queries.unsettled_between(TODAY, TODAY))


def test_envelopes_are_numbered_by_the_year_of_their_stamp(clerk: Account):
    assert [register(clerk), register(clerk), register(clerk, delivered_on=date(2015, 12, 30))] == ["E-2016-00001", "E-2016-00002", "E-2015-00001"]


def test_a_stamp_is_not_of_tomorrow(clerk: Account):
    with pytest.raises(StampInFuture):
        register(clerk, delivered_on=date(2016, 6, 14))


def test_a_printed_return_sheet_routes_its_pages_and_the_items_are_received(build: Builder, clerk: Account, tmp_path: Path):
    request = build.request()
    number = register(clerk)
    assert mail_waits(number)
    envelope = read(add(number, behind_sheet(tmp_path, request.letter_sha256, "Acte de naissance", "Passeport"), clerk))
    case = case_queries.case_by_id(request.case_id)
    assert states(envelope) == ["return_sheet", "filed", "filed"]
    assert {item.state for item in document_queries.request(request.id).items} == {ItemState.RECEIVED}
    assert {item.received_on for item in document_queries.request(request.id).items} == {TODAY}
    assert case.status is CaseStatus.DOCS_RECUS
    assert envelope.case_id == case.id
    document = document_queries.documents_of(case.id)[0]
    assert (document.source, document.source_ref, document.received_on, len(document.pages)) == ("envelope", number, TODAY, 2)
    assert not mail_waits(number)
    with transaction():
        assert service.close_envelope(number, by=clerk.actor, at=clock.now()).state is EnvelopeState.CLOSED


def test_an_answer_behind_the_sheet_of_an_intention_shows_on_its_case_and_holds_its_end_until_indexed(build: Builder, clerk: Account, tmp_path: Path):
    world = World(build)
    case, request = world.asked(1)
    with on(AFTER):
        sweeps.sweep(AFTER)
        intention = world.intend(case)
    with on(AFTER + timedelta(days=1)):
        number = register(clerk, delivered_on=AFTER)
        term = term_queries.term_of(intention_owner(intention.id))
        assert [number in line for line in deadlines.what_holds_back(term)] == [True]
        envelope = read(add(number, behind_sheet(tmp_path, intention.letter_sha256, "Voici mes observations"), clerk))
        assert (states(envelope), envelope.case_id) == (["return_sheet", "filed"], case.id)
        assert deadlines.what_holds_back(term) == []
        came = reading.known(case, term).others
    assert [(one.title, one.source_ref, one.received_on) for one in came] == [("Réponse à une lettre d’intention", number, AFTER)]
    assert {item.state for item in document_queries.request(request.id).items} == {ItemState.ASKED}, "a person says what an answer answers"


def test_a_forged_code_routes_nothing(build: Builder, clerk: Account, tmp_path: Path):
    request = build.request()
    forged = request.return_code[:-1] + ("A" if request.return_code[-1] != "A" else "B")
    sheet = coded(forged, zxingcpp.BarcodeFormat.DataMatrix)
    envelope = read(add(register(clerk), scan_pdf(tmp_path / "forged.pdf", [sheet, paper("Une page")]), clerk))
    assert states(envelope) == ["to_file", "to_file"]
    assert envelope.case_id is None
    assert (envelope.state, envelope.parked_reason) == (EnvelopeState.IN_DOUBT, "no_code")
    assert {item.state for item in document_queries.request(request.id).items} == {ItemState.ASKED}


def test_what_follows_a_separator_is_not_put_to_the_case_before_it(build: Builder, clerk: Account, tmp_path: Path):
    request = build.request()
    code = coded(request.return_code, zxingcpp.BarcodeFormat.DataMatrix)
    separator = coded("PATCHT", zxingcpp.BarcodeFormat.Code128)
    stack = scan_pdf(tmp_path / "two.pdf", [code, paper("Une page"), separator, paper("Une autre personne"), paper()])
    envelope = read(add(register(clerk), stack, clerk))
    assert states(envelope) == ["return_sheet", "filed", "separator", "to_file", "blank"]
    assert envelope.state is EnvelopeState.IN_DOUBT


def test_pages_in_doubt_are_put_to_a_case_by_its_number(build: Builder, clerk: Account, tmp_path: Path):
    request = build.request()
    case = case_queries.case_by_id(request.case_id)
    envelope = read(add(register(clerk), plain(tmp_path, "Une page", "Une autre"), clerk))
    item = document_queries.request(request.id).items[0].id
    with transaction():
        service.file_pages(envelope.number, [envelope.pages[0].id], case.number, "Acte", [item], by=clerk.actor, at=clock.now())
    envelope = queries.envelope(envelope.number)
    assert states(envelope) == ["filed", "to_file"]
    assert document_queries.item(item).state is ItemState.RECEIVED
    with transaction():
        service.exclude_pages(envelope.number, [envelope.pages[1].id], Excluded.NOT_OURS, by=clerk.actor, at=clock.now())
    assert queries.envelope(envelope.number).state is EnvelopeState.OPEN
    with transaction():
        service.restore_pages(envelope.number, [envelope.pages[1].id], by=clerk.actor, at=clock.now())
    assert queries.envelope(envelope.number).state is EnvelopeState.IN_DOUBT


def test_the_same_bytes_are_one_file_in_an_envelope_and_noticed_in_another(clerk: Account, tmp_path: Path):
    path, number = plain(tmp_path, "Une page"), register(clerk)
    assert add(number, path, clerk) == add(number, path, clerk)
    other = add(register(clerk), path, clerk)
    assert db.session.get_one(Scan, other).warnings == [f"same_as:{number}"]


@pytest.mark.parametrize(
    ("name", "refusal"), [("encrypted.pdf", "encrypted"), ("html-disguised.pdf", "wrong_type"), ("zero-bytes.pdf", "empty"), ("invalid.pdf", None)]
)
def test_a_file_that_cannot_be_read_is_parked_and_the_others_are_not_hurt(
    clerk: Account, samples: Path, tmp_path: Path, name: str, refusal: str | None
):
    number = register(clerk)
    bad, good = add(number, samples / "2-hostile" / name, clerk), add(number, plain(tmp_path, "Une page"), clerk)
    read(bad)
    envelope = read(good)
    parked = next(scan for scan in envelope.scans if scan.id == bad)
    if refusal:
        assert (parked.state, parked.refusal) == (ScanState.PARKED, refusal)
        assert (envelope.state, envelope.parked_reason) == (EnvelopeState.IN_DOUBT, "parked")
    assert files.read(parked.sha256) == (samples / "2-hostile" / name).read_bytes()
    assert next(scan for scan in envelope.scans if scan.id == good).state is ScanState.READ


def test_a_truncated_file_is_parked(clerk: Account, tmp_path: Path):
    whole = plain(tmp_path, "Une page", "Une autre").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[:400])
    envelope = read(add(register(clerk), tmp_path / "cut.pdf", clerk))
    assert envelope.scans[0].state is ScanState.PARKED
    with transaction():
        service.set_scan_aside(envelope.number, envelope.scans[0].id, "Numérisé de nouveau", by=clerk.actor, at=clock.now())
    assert queries.envelope(envelope.number).state is EnvelopeState.OPEN


@pytest.mark.parametrize("name", ["ok__1111002.pdf", "all_items__1111002.pdf", "missing_document__1111001.pdf"])
def test_envelopes_of_another_service_are_read_and_wait_for_a_person(clerk: Account, samples: Path, name: str):
    envelope = read(add(register(clerk, kind=EnvelopeKind.UNKNOWN), samples / "1-scans" / "envelopes" / name, clerk))
    assert envelope.scans[0].state is ScanState.READ
    assert all(page.state in {PageState.TO_FILE, PageState.EXCLUDED} for page in envelope.pages)


def test_an_envelope_closes_only_when_its_sheets_are_accounted_for(clerk: Account, tmp_path: Path):
    number = register(clerk, declared_sheets=3)
    scan = add(number, plain(tmp_path, "Une page", "Une autre"), clerk)
    with pytest.raises(NotBalanced) as refused, transaction():
        service.close_envelope(number, by=clerk.actor, at=clock.now())
    assert [one.what for one in refused.value.balance.differences] == [Off.NOT_READ, Off.MISSING]
    envelope = read(scan)
    with pytest.raises(NotBalanced) as refused, transaction():
        service.close_envelope(number, by=clerk.actor, at=clock.now())
    assert [one.what for one in refused.value.balance.differences] == [Off.TO_FILE, Off.MISSING]
    assert "2" in refused.value.message
    with transaction():
        service.return_envelope(envelope.number, "Pièces d’une autre administration", by=clerk.actor, at=clock.now())
    assert set(states(queries.envelope(number))) == {"returned"}
    assert not mail_waits(number)
    with pytest.raises(EnvelopeDone), transaction():
        service.receive_scan(number, b"x", "x.pdf", Door.UPLOAD, by=clerk.actor, at=clock.now())


def test_money_of_an_envelope_is_dated_by_its_stamp_and_needs_a_reason_to_stay_behind(build: Builder, clerk: Account):
    number = register(clerk, kind=EnvelopeKind.PAYMENT, delivered_on=date(2016, 6, 10))
    with transaction():
        kept = service.list_instrument(number, build.cheque(127_100, number), by=clerk.actor, at=clock.now())
        cash = service.list_instrument(number, build.cheque(5_000, number), by=clerk.actor, at=clock.now())
    assert (kept.paid_on, kept.envelope, kept.why_unmatched) == (date(2016, 6, 10), number, "to_allocate")
    other = build.clerk().actor
    with transaction():
        opening.confirm(kept.id, Seen(127_100), by=other, at=clock.now())
        opening.confirm(cash.id, Seen(5_000), by=other, at=clock.now())
    with pytest.raises(MoneyWaits), transaction():
        service.close_envelope(number, by=clerk.actor, at=clock.now())
    with transaction():
        service.return_instrument(number, cash.id, "De trop", by=clerk.actor, at=clock.now())
        service.close_envelope(number, "Remis aux finances", by=clerk.actor, at=clock.now())
    assert [r.state for r in fee_queries.receipts_of_envelope(number)] == [ReceiptState.RECEIVED, ReceiptState.RETURNED]


def test_cash_is_listed_to_be_returned(build: Builder, clerk: Account):
    number = register(clerk, kind=EnvelopeKind.PAYMENT)
    with transaction():
        money = build.money(None, 5_000, source="envelope", method=PaymentMethod.CASH, external_id=None, paid_at=None)
        listed = service.list_instrument(number, money, by=clerk.actor, at=clock.now())
    assert listed.why_unmatched == "not_accepted"


def test_the_drop_folder_takes_whole_files_once(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drop = tmp_path / "drop"
    drop.mkdir()
    number = register(clerk)
    plain(drop, "Une page", name="2016-06-10_lot.pdf")
    plain(drop, "Une autre", name=f"{number}.pdf")
    (drop / "en-cours.pdf.part").write_bytes(b"%PDF-")
    assert dropping.collect_dropped(drop) == 0
    monkeypatch.setattr(dropping, "STILL_SECONDS", 0.0)
    assert dropping.collect_dropped(drop) == 2
    assert dropping.collect_dropped(drop) == 0
    assert sorted(path.name for path in drop.iterdir()) == ["en-cours.pdf.part", "taken"]
    assert len(queries.envelope(number).scans) == 1
    dated = queries.envelopes(queries.view("open", TODAY))[0]
    assert (dated.legal_received_on, dated.kind) == (date(2016, 6, 10), EnvelopeKind.UNKNOWN)
    told = [fact.kind for fact in queries.timeline(number) if fact.kind.startswith("mailroom.") and fact.kind.count(".") == 1]
    assert sorted(told) == ["mailroom.EnvelopeRegistered", "mailroom.ScanReceived"]
    assert Subject("envelope", number) == queries.timeline(number)[0].subject
