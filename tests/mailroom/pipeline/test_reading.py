"""Scanned files page by page: bound to their envelope, routed when whole, parked, never doubled."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.core import antivirus, clock, files, scans
from backoffice.core.db import db, transaction
from backoffice.documents import queries as document_queries
from backoffice.documents.catalogue import CATALOGUE
from backoffice.documents.models import PageText
from backoffice.documents.states import ItemState, TextState
from backoffice.mailroom import codes, queries, service
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.models import Batch, Envelope, Scan, ScanPage
from backoffice.mailroom.pipeline import jobs, reader, work
from backoffice.mailroom.pipeline import queries as pipeline_queries
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.pipeline.errors import BatchDone, NoHome
from backoffice.mailroom.pipeline.models import PageWork
from backoffice.mailroom.pipeline.values import GIVEN_UP, MOST_ATTEMPTS, UNREACHABLE, WorkKind
from backoffice.mailroom.states import BatchState, EnvelopeState, PageState, ScanState
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.core.scans.making import coded, paper, scan_pdf

TODAY = date(2016, 6, 13)
MATRIX, LINEAR = zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def register(clerk: Account, **changes: object) -> str:
    with transaction():
        new = NewEnvelope(**{"delivered_on": TODAY, "kind": EnvelopeKind.DOCUMENTS} | changes)
        return service.register_envelope(new, by=clerk.actor, at=clock.now()).number


def open_batch(clerk: Account, number: str = "L-2016-00001", state: BatchState = BatchState.OPEN) -> str:
    with transaction():
        zero = dict.fromkeys(("expected_envelopes", "expected_sheets", "expected_separators", "expected_cheques", "expected_cents"), 0)
        db.session.add(Batch(number=number, state=state, made_at=clock.now(), made_by_id=clerk.actor.id, **zero))
    return number


def sheet(kind: SheetKind, value: str) -> Image.Image:
    return coded(codes.encode(SheetCode(kind, value)), MATRIX)


def stack(folder: Path, pages: Sequence[Image.Image], name: str = "lot.pdf") -> Path:
    return scan_pdf(folder / name, pages)


def take(clerk: Account, path: Path, **home: object) -> int:
    with transaction():
        return pipeline.receive(path, path.name, Door.SCANNER, by=clerk.actor, at=clock.now(), **home).id  # type: ignore[arg-type]


def read(clerk: Account, path: Path, **home: object) -> Scan:
    scan_id = take(clerk, path, **home)
    jobs.read_now(scan_id)
    return pipeline_queries.scan(scan_id)


def pages_of(number: str) -> list[str]:
    return [page.excluded_reason or page.state.value for page in queries.envelope(number).pages]


def test_a_file_needs_a_home_and_a_closed_batch_takes_none(clerk: Account, tmp_path: Path):
    path = stack(tmp_path, [paper("Une page")])
    with pytest.raises(NoHome):
        take(clerk, path)
    with pytest.raises(BatchDone):
        take(clerk, path, batch=open_batch(clerk, state=BatchState.CLOSED))


def test_the_same_bytes_in_the_same_home_are_one_file(clerk: Account, tmp_path: Path):
    path, number, batch = stack(tmp_path, [paper("Une page")]), register(clerk), open_batch(clerk)
    assert take(clerk, path, envelope=number) == take(clerk, path, envelope=number)
    assert take(clerk, path, batch=batch) == take(clerk, path, batch=batch)
    assert len(db.session.scalars(select(Scan)).all()) == 2
    assert len(db.session.scalars(select(PageWork)).all()) == 2


def test_the_bytes_are_kept_before_anything_is_read(clerk: Account, tmp_path: Path):
    path, number = stack(tmp_path, [paper("Une page")]), register(clerk)
    scan = pipeline_queries.scan(take(clerk, path, envelope=number, sides=2, made_with={"scanner": "essai"}))
    assert files.read(scan.sha256) == path.read_bytes()
    assert (scan.state, scan.sides, scan.made_with, scan.size) == (ScanState.WAITING, 2, {"scanner": "essai"}, path.stat().st_size)


def test_envelope_sheets_say_where_the_pages_of_a_batch_belong(clerk: Account, tmp_path: Path):
    batch, first, second = open_batch(clerk), register(clerk), register(clerk)
    pages = [
        sheet(SheetKind.BATCH, batch), sheet(SheetKind.ENVELOPE, first), paper("Une page"), paper("Sa suite"),
        sheet(SheetKind.ENVELOPE, second), paper("Une autre"), paper(),
    ]  # fmt: skip
    scan = read(clerk, stack(tmp_path, pages), batch=batch)
    assert (scan.state, scan.pages_expected, scan.warnings) == (ScanState.READ, 7, [])
    assert pages_of(first) == ["our_sheet", "our_sheet", "to_file", "to_file"]
    assert pages_of(second) == ["our_sheet", "to_file", "blank"]
    assert [page.position for page in queries.envelope(second).pages] == [1, 2, 3]
    assert len(db.session.scalars(select(Envelope)).all()) == 2


def test_pages_before_the_first_envelope_sheet_and_behind_an_unknown_or_closed_one_get_an_envelope_in_doubt(clerk: Account, tmp_path: Path):
    batch, known, closed = open_batch(clerk), register(clerk), register(clerk)
    with transaction():
        service.close_envelope(closed, by=clerk.actor, at=clock.now())
        queries.envelope(known).batch_id = db.session.scalars(select(Batch.id)).one()
    unknown = "E-2016-09999"
    pages = [
        paper("Avant toute enveloppe"), sheet(SheetKind.ENVELOPE, known), paper("Une page"), sheet(SheetKind.ENVELOPE, unknown), paper("Perdue"),
        sheet(SheetKind.ENVELOPE, closed), paper("Trop tard"),
    ]  # fmt: skip
    read(clerk, stack(tmp_path, pages), batch=batch)
    made = db.session.scalars(select(Envelope).where(Envelope.number.not_in([known, closed])).order_by(Envelope.id)).all()
    assert [(one.kind, one.state, one.legal_received_on) for one in made] == [(EnvelopeKind.UNKNOWN, EnvelopeState.IN_DOUBT, TODAY)] * 3
    assert len({one.delivery_id for one in made}) == 1
    assert [pages_of(one.number) for one in made] == [["to_file"], ["our_sheet", "to_file"], ["our_sheet", "to_file"]]
    assert [one.contents for one in made][1:] == [unknown, closed]
    assert pages_of(closed) == []


def test_sheets_alone_are_kept_too(clerk: Account, tmp_path: Path):
    batch = open_batch(clerk)
    scan = read(clerk, stack(tmp_path, [sheet(SheetKind.BATCH, batch)]), batch=batch)
    assert [page.excluded_reason for page in pipeline_queries.pages_of(scan.id)] == ["our_sheet"]


def test_a_wrong_or_unknown_batch_sheet_is_said(clerk: Account, tmp_path: Path):
    mine, other = open_batch(clerk), open_batch(clerk, "L-2016-00002")
    pages = [sheet(SheetKind.BATCH, other), sheet(SheetKind.BATCH, "L-2016-00077"), paper("Une page")]
    scan = read(clerk, stack(tmp_path, pages), batch=mine)
    assert scan.warnings == [f"wrong_batch:{other}", "unknown_batch:L-2016-00077"]


def test_the_batch_of_a_file_is_the_one_its_sheet_names(clerk: Account, tmp_path: Path):
    batch, number = open_batch(clerk), register(clerk)
    scan = read(clerk, stack(tmp_path, [sheet(SheetKind.BATCH, batch), paper("Une page")]), envelope=number)
    assert scan.batch_id == db.session.scalars(select(Batch.id)).one()


def test_a_return_sheet_of_another_case_in_the_middle_takes_only_what_follows_it(build: Builder, clerk: Account, tmp_path: Path):
    one, other = build.request(), build.request()
    number = register(clerk)
    pages = [coded(one.return_code, MATRIX), paper("À la première"), coded(other.return_code, MATRIX), paper("À l’autre"), paper("À l’autre aussi")]
    read(clerk, stack(tmp_path, pages), envelope=number)
    assert pages_of(number) == ["return_sheet", "filed", "return_sheet", "filed", "filed"]
    assert [len(document.pages) for document in document_queries.documents_of(one.case_id)] == [1]
    assert [len(document.pages) for document in document_queries.documents_of(other.case_id)] == [2]
    assert queries.envelope(number).case_id == one.case_id


def test_our_sheets_for_documents_and_persons_split_and_give_titles_without_leaving_the_case(build: Builder, clerk: Account, tmp_path: Path):
    request, number = build.request(), register(clerk)
    item = document_queries.request(request.id).items[0]
    wanted = item.code
    pages = [
        coded(request.return_code, MATRIX), sheet(SheetKind.DOCUMENT, wanted), paper("Un"), sheet(SheetKind.PERSON, "spouse"), paper("Deux"),
        sheet(SheetKind.DOCUMENT, "passport"), paper("Trois"), sheet(SheetKind.SEPARATOR, "1"), sheet(SheetKind.SEPARATOR, "1"), paper("Quatre"),
    ]  # fmt: skip
    read(clerk, stack(tmp_path, pages), envelope=number)
    found = sorted(document_queries.documents_of(request.case_id), key=lambda one: one.id)
    assert [len(one.pages) for one in found] == [1, 1, 1, 1]
    assert found[0].title == CATALOGUE[wanted].label_fr
    assert [one.title for one in found[1:]] == ["Document — conjoint", "Passeport, pages d’identité — conjoint", "Document — conjoint"]
    assert document_queries.item(item.id).state is ItemState.RECEIVED


def test_a_page_that_says_two_things_at_once_is_no_sheet(build: Builder, clerk: Account, tmp_path: Path):
    one, other, number = build.request(), build.request(), register(clerk)
    both = coded(one.return_code, MATRIX)
    both.paste(coded(other.return_code, MATRIX).crop((300, 900, 800, 1400)), (300, 1500))
    scan = read(clerk, stack(tmp_path, [both, paper("Une page")]), envelope=number)
    assert len(queries.envelope(number).pages[0].codes) == 2
    assert pages_of(number) == ["to_file", "to_file"]
    assert scan.warnings == ["two_codes:1"]
    assert queries.envelope(number).state is EnvelopeState.IN_DOUBT


def test_a_label_on_a_paper_that_is_followed_does_not_make_it_a_sheet(clerk: Account, tmp_path: Path):
    number = register(clerk)
    read(clerk, stack(tmp_path, [sheet(SheetKind.PAPER, "O-2016-00001"), sheet(SheetKind.SLIP, "K-123")]), envelope=number)
    assert pages_of(number) == ["to_file", "to_file"]


def test_pages_show_while_the_file_is_still_being_read(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "TOGETHER", 1)
    number, seen = register(clerk), []
    advance = work.advance

    def note(work_id: int, *, at: object) -> None:
        seen.append(db.session.scalar(select(ScanPage.envelope_id).order_by(ScanPage.id.desc()).limit(1)))
        advance(work_id, at=at)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "advance", note)
    read(clerk, stack(tmp_path, [paper("Une"), paper("Deux"), paper("Trois")]), envelope=number)
    assert seen == [queries.envelope(number).id] * 3


def test_a_reader_that_stops_goes_on_at_the_next_page_and_doubles_none(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    number, scan_id = register(clerk), 0
    path = stack(tmp_path, [paper(f"Page {place}") for place in range(1, 6)])
    scan_id = take(clerk, path, envelope=number)
    starts = []
    whole = scans.open_file

    def cut(*given: object, start: int, page: object, **more: object) -> object:
        starts.append(start)

        def stop(image: scans.PageImage) -> None:
            if image.number == 3 and len(starts) == 1:
                raise KeyboardInterrupt
            page(image)  # type: ignore[operator]

        return whole(*given, start=start, page=stop, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(scans, "open_file", cut)
    monkeypatch.setattr(reader, "TOGETHER", 1)
    with pytest.raises(KeyboardInterrupt):
        jobs.read_now(scan_id)
    assert [page.number for page in pipeline_queries.pages_of(scan_id)] == [1, 2]
    assert pipeline_queries.scan(scan_id).state is ScanState.READING
    jobs.read_now(scan_id)
    assert starts == [1, 3]
    assert [page.number for page in pipeline_queries.pages_of(scan_id)] == [1, 2, 3, 4, 5]
    assert [page.position for page in queries.envelope(number).pages] == [1, 2, 3, 4, 5]
    assert pipeline_queries.scan(scan_id).state is ScanState.READ


def test_a_file_at_which_readers_fail_too_often_belongs_to_a_person(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    number = register(clerk)
    scan_id = take(clerk, stack(tmp_path, [paper("Une page")]), envelope=number)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(scans, "open_file", fail)
    for _ in range(MOST_ATTEMPTS):
        jobs.read_now(scan_id)
    scan = pipeline_queries.scan(scan_id)
    assert (scan.state, scan.refusal) == (ScanState.PARKED, GIVEN_UP)
    assert pipeline_queries.owed(scan_id) == []
    monkeypatch.undo()
    with transaction():
        service.retry_scan(number, scan_id, by=clerk.actor, at=clock.now())
    jobs.read_now(scan_id)
    assert pipeline_queries.scan(scan_id).state is ScanState.READ


def test_a_file_that_is_refused_half_way_leaves_no_half_among_the_pages(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    number = register(clerk)
    whole = scans.open_file

    def cut(*given: object, **more: object) -> scans.Refused:
        whole(*given, **more)  # type: ignore[arg-type]
        return scans.Refused(scans.Refusal.TOO_COSTLY, "wall clock")

    monkeypatch.setattr(scans, "open_file", cut)
    scan = read(clerk, stack(tmp_path, [paper("Une"), paper("Deux")]), envelope=number)
    assert (scan.state, scan.refusal) == (ScanState.PARKED, "too_costly")
    assert pages_of(number) == []
    assert queries.envelope(number).parked_reason == "parked"


def test_pages_of_an_envelope_sent_back_meanwhile_are_left_out(clerk: Account, tmp_path: Path):
    number = register(clerk)
    scan_id = take(clerk, stack(tmp_path, [paper("Une page")]), envelope=number)
    with transaction():
        service.return_envelope(number, "Pas pour nous", by=clerk.actor, at=clock.now())
    jobs.read_now(scan_id)
    assert pages_of(number) == ["returned"]
    assert queries.envelope(number).state is EnvelopeState.RETURNED


def test_a_file_waits_for_an_antivirus_that_is_configured_and_unreachable(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLAMD_ADDRESS", str(tmp_path / "nobody.sock"))
    number = register(clerk)
    scan = read(clerk, stack(tmp_path, [paper("Une page")]), envelope=number)
    assert scan.state is ScanState.WAITING
    owed = pipeline_queries.owed(scan.id)[0]
    assert (owed.error, owed.attempts) == (UNREACHABLE, 0)
    assert owed.available_at > clock.now()
    assert pages_of(number) == []
    monkeypatch.delenv("CLAMD_ADDRESS")
    jobs.read_now(scan.id)
    assert (pipeline_queries.scan(scan.id).state, pipeline_queries.scan(scan.id).antivirus) == (ScanState.READ, "not_configured")


def test_an_infected_file_is_parked_with_its_signature_and_the_others_come_through(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLAMD_ADDRESS", "127.0.0.1:1")
    bad = files.keep(b"%PDF-1.4 bad")

    def scan(path: Path, _where: str) -> antivirus.Verdict:
        return antivirus.Verdict("Essai.Signature" if path.read_bytes() == b"%PDF-1.4 bad" else None)

    monkeypatch.setattr(antivirus, "scan", scan)
    monkeypatch.setattr(scans, "open_file", _never_for(bad, scans.open_file))
    number = register(clerk)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 bad")
    parked = read(clerk, tmp_path / "bad.pdf", envelope=number)
    good = read(clerk, stack(tmp_path, [paper("Une page")]), envelope=number)
    assert (parked.state, parked.refusal, parked.antivirus) == (ScanState.PARKED, "malware", "Essai.Signature")
    assert files.read(parked.sha256) == b"%PDF-1.4 bad"
    assert (good.state, good.antivirus) == (ScanState.READ, "clean")
    assert pages_of(number) == ["to_file"]


def _never_for(sha256: str, whole: object) -> object:
    def opened(path: Path, *given: object, **more: object) -> object:
        assert path.read_bytes() != files.read(sha256), "a parser touched what the antivirus refused"
        return whole(path, *given, **more)  # type: ignore[operator]

    return opened


def test_what_is_blank_or_a_sheet_has_no_text_to_recognise(clerk: Account, tmp_path: Path):
    scan = read(clerk, stack(tmp_path, [coded("PATCHT", LINEAR), paper("Une page"), paper()]), envelope=register(clerk))
    states = [text.state for text in pipeline_queries.texts_of(scan)]
    assert states == [TextState.SKIPPED, TextState.WAITING, TextState.SKIPPED]
    owed = db.session.scalars(select(PageWork).where(PageWork.kind == WorkKind.RECOGNISE)).one()
    assert (owed.first, owed.last) == (2, 2)


def test_separators_one_behind_another_make_no_empty_document(build: Builder, clerk: Account, tmp_path: Path):
    request, number = build.request(), register(clerk)
    separator = coded("PATCHT", LINEAR)
    pages = [coded(request.return_code, MATRIX), paper("Une page"), separator, separator, separator, paper("Autre")]
    read(clerk, stack(tmp_path, pages), envelope=number)
    assert pages_of(number) == ["return_sheet", "filed", "separator", "separator", "separator", "to_file"]
    assert len(document_queries.documents_of(request.case_id)) == 1
    assert case_queries.case_by_id(request.case_id)


def test_nothing_is_read_twice_at_once(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scan_id = take(clerk, stack(tmp_path, [paper("Une page")]), envelope=register(clerk))

    @contextmanager
    def taken(*_: object) -> Iterator[bool]:
        yield False

    monkeypatch.setattr(reader, "alone", taken)
    jobs.read_now(scan_id)
    assert pipeline_queries.scan(scan_id).state is ScanState.WAITING
    assert pipeline_queries.pages_of(scan_id) == []


def test_the_text_of_the_same_bytes_is_recognised_once(clerk: Account, tmp_path: Path):
    path = stack(tmp_path, [paper("Une page")])
    first = read(clerk, path, envelope=register(clerk))
    read(clerk, path, envelope=register(clerk))
    assert len(db.session.scalars(select(PageText).where(PageText.original_sha256 == first.sha256)).all()) == 1
    assert len(db.session.scalars(select(PageWork).where(PageWork.kind == WorkKind.RECOGNISE)).all()) == 1


def test_a_page_filed_by_hand_while_the_rest_is_read_stays_where_it_was_put(
    build: Builder, clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    request, number = build.request(), register(clerk)
    case = case_queries.case_by_id(request.case_id)
    monkeypatch.setattr(reader, "TOGETHER", 1)
    finish = pipeline.finish

    def first_by_hand(scan_id: int, *given: object, **more: object) -> None:
        page = queries.envelope(number).pages[1]
        service.file_pages(number, [page.id], case.number, "Par la main", by=clerk.actor, at=clock.now())
        finish(scan_id, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "finish", first_by_hand)
    read(clerk, stack(tmp_path, [coded(request.return_code, MATRIX), paper("Une"), paper("Deux")]), envelope=number)
    assert {page.state for page in queries.envelope(number).pages[1:]} == {PageState.FILED}
    assert sorted(len(one.pages) for one in document_queries.documents_of(case.id)) == [1, 1]


def test_a_white_page_that_may_have_lost_what_it_showed_is_put_back_to_file(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = scans.open_file

    def doubtful(*given: object, **more: object) -> object:
        result = whole(*given, **more)  # type: ignore[arg-type]
        assert isinstance(result, scans.Opened)
        return scans.Opened(result.media_type, result.pages, (*result.warnings, "image_shows_nothing:2"), result.antivirus)

    monkeypatch.setattr(scans, "open_file", doubtful)
    number = register(clerk)
    scan = read(clerk, stack(tmp_path, [paper("Une page"), paper(), paper()]), envelope=number)
    assert pages_of(number) == ["to_file", "to_file", "blank"]
    assert [text.state for text in pipeline_queries.texts_of(scan)] == [TextState.WAITING, TextState.WAITING, TextState.SKIPPED]
    owed = db.session.scalars(select(PageWork).where(PageWork.kind == WorkKind.RECOGNISE)).one()
    assert (owed.first, owed.last) == (1, 2)
