"""The text of pages: recognised in its own process, found by its words without accents, marked where it is doubtful."""

from datetime import date
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, ImageFont

from backoffice.core import clock, files, ocr
from backoffice.core.db import transaction
from backoffice.demo.paper import FONT
from backoffice.documents import queries as documents
from backoffice.documents import texts
from backoffice.documents.states import TextState
from backoffice.mailroom import service
from backoffice.mailroom.pipeline import jobs, queries
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.pipeline.errors import NotRecognised
from backoffice.mailroom.pipeline.values import GIVEN_UP, MOST_ATTEMPTS, NOT_INSTALLED
from backoffice.mailroom.values import Door, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def written(*lines: str) -> Image.Image:
    """A sheet in a typeface with all the accents."""
    sheet = Image.new("L", (1700, 2200), 255)
    font = ImageFont.truetype(FONT, size=48)
    draw = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        draw.text((200, 250 + 90 * row), line, fill=0, font=font)
    return sheet


FRENCH = (
    "Le vieux whisky dort dans une alcôve du château,",
    "parmi les bûches et le capharnaüm d’une œuvre",
    "dont personne ne connaît plus l’auteur véritable.",
)


def read(clerk: Account, path: Path) -> int:
    with transaction():
        number = service.register_envelope(NewEnvelope(date(2016, 6, 13)), by=clerk.actor, at=clock.now()).number
        scan_id = pipeline.receive(path, path.name, Door.UPLOAD, envelope=number, by=clerk.actor, at=clock.now()).id
    jobs.read_now(scan_id)
    return scan_id


def test_a_page_is_recognised_and_found_with_and_without_accents(build: Builder, clerk: Account, tmp_path: Path):
    case = build.case()
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written(*FRENCH), paper()]))
    before = queries.texts_of(queries.scan(scan_id))
    assert [text.state for text in before] == [TextState.WAITING, TextState.SKIPPED]
    with pytest.raises(NotRecognised):
        pipeline.archive_pdf(scan_id)
    jobs.work_all()
    scan = queries.scan(scan_id)
    text = queries.texts_of(scan)[0]
    assert (text.state, text.language, text.turned) == (TextState.DONE, "fra", 0)
    assert text.confidence
    assert text.confidence >= 80
    assert not texts.is_doubtful(text)
    with transaction():
        number = queries.homes([scan])[scan_id]
        service.file_pages(number, [queries.pages_of(scan_id)[0].id], case.number, "Lettre", by=clerk.actor, at=clock.now())
    for word in ("alcove", "alcôve", "ALCÔVE", "chateau whisky", "oeuvre"):
        assert [one.case_id for one in texts.search(word)] == [case.id], word
    assert texts.search("alcove", case_id=case.id)
    assert texts.search("alcove", case_id=case.id + 1) == []
    assert texts.search("absent") == []
    assert texts.search("alcove' | :* & !")  # signs are no operators
    assert texts.search("...") == []
    assert "alcôve" in texts.search("alcove")[0].excerpt
    hit = texts.hits(text, "alcove")
    assert [one.text.strip(",.") for one in hit] == ["alcôve"]
    assert 0 <= hit[0].left < hit[0].right <= 1000
    assert texts.pictures([(scan.sha256, 1), (scan.sha256, 2)]) == {(scan.sha256, 1): (text.picture_sha256, text.thumbnail_sha256)}
    assert files.read(text.searchable_sha256 or "").startswith(b"%PDF")


def test_the_archive_copy_has_every_page_with_its_text(clerk: Account, tmp_path: Path):
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written(*FRENCH), paper(), written("Une autre page avec quelques mots")]))
    jobs.work_all()
    (tmp_path / "archive.pdf").write_bytes(pipeline.archive_pdf(scan_id))
    with pikepdf.open(tmp_path / "archive.pdf") as copy:
        assert len(copy.pages) == 3
        metadata = copy.Root.Metadata.read_bytes()
    assert b"pdfaid:part" in metadata


def test_a_page_turned_by_a_person_is_recognised_again_that_way_up(clerk: Account, tmp_path: Path):
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written(*FRENCH).rotate(180)]))
    with transaction():
        pipeline.recognise_again(scan_id, 1, 180, at=clock.now())
    jobs.work_all()
    text = queries.texts_of(queries.scan(scan_id))[0]
    assert (text.state, text.turned) == (TextState.DONE, 180)
    assert "alcôve" in text.text
    with transaction():
        pipeline.recognise_again(scan_id, 1, 0, at=clock.now())
    assert queries.texts_of(queries.scan(scan_id))[0].state is TextState.WAITING


def test_a_page_that_reads_like_a_separator_is_pointed_out(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scan_id = read(
        clerk,
        scan_pdf(
            tmp_path / "lot.pdf",
            [
                written("PATCH T"),
                written("Le mot PATCHT au milieu d’une phrase,", "qui dit bien autre chose et se poursuit", "sur plusieurs lignes de la même page."),
            ],
        ),
    )
    jobs.work_all()
    assert queries.scan(scan_id).warnings == ["separator_text:1"]


def test_without_a_language_texts_wait_and_say_so(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written("Une page")]))
    monkeypatch.setattr(ocr, "languages", lambda: ())
    jobs.work_all()
    scan = queries.scan(scan_id)
    assert queries.texts_of(scan)[0].state is TextState.WAITING
    assert [(owed.error, owed.attempts) for owed in queries.owed(scan_id)] == [(NOT_INSTALLED, 0)]
    assert queries.progress([scan])[scan_id].why == NOT_INSTALLED


def test_pages_at_which_recognisers_end_too_often_are_given_up_and_the_others_come_through(
    clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written("Une page")]))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ocr, "recognise", fail)
    for _ in range(MOST_ATTEMPTS + 1):
        for owed in [one.id for one in queries.owed(scan_id)]:
            jobs.run(owed)
    text = queries.texts_of(queries.scan(scan_id))[0]
    assert (text.state, text.script) == (TextState.FAILED, GIVEN_UP)
    assert queries.owed(scan_id) == []


def test_a_recogniser_that_stops_keeps_the_pages_it_had(clerk: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written(f"Page numéro {n}") for n in (1, 2, 3)]))
    whole, asked = ocr.recognise, []

    def cut(path: Path, wanted: list[ocr.Wanted], *given: object, said: object, **more: object) -> None:
        asked.extend(page.number for page in wanted)

        def stop(page: ocr.Recognised) -> None:
            if page.number == 2 and asked.count(2) == 1:
                raise KeyboardInterrupt
            said(page)  # type: ignore[operator]

        whole(path, wanted, *given, said=stop, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ocr, "recognise", cut)
    with pytest.raises(KeyboardInterrupt):
        jobs.work_all()
    for owed in [one.id for one in queries.owed(scan_id)]:
        jobs.run(owed)
    assert [text.state for text in queries.texts_of(queries.scan(scan_id))] == [TextState.DONE] * 3
    assert asked.count(1) == 1


def test_words_of_a_document_are_found_by_the_search_box_and_its_upright_picture_shows(
    build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path
):
    case = build.case()
    scan_id = read(clerk, scan_pdf(tmp_path / "lot.pdf", [written(*FRENCH).rotate(180)]))
    number = queries.homes([queries.scan(scan_id)])[scan_id]
    with transaction():
        service.file_pages(number, [queries.pages_of(scan_id)[0].id], case.number, "Lettre", by=clerk.actor, at=clock.now())
    jobs.work_all()
    text = queries.texts_of(queries.scan(scan_id))[0]
    assert text.turned == 180
    desk = build.sign_in(client, build.caseworker())
    found = desk.get("/search?q=whisky+alcove").text
    assert "Lettre" in found
    assert case.number in found
    page = documents.documents_of(case.id)[0].pages[0]
    assert desk.get(f"/cases/{case.number}/pages/{page.id}.jpg").data == files.read(text.picture_sha256 or "")
    assert desk.get(f"/cases/{case.number}/pages/{page.id}-small.jpg").data == files.read(text.thumbnail_sha256 or "")
