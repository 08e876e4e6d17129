"""The applicant is told what an envelope held and when it was received: by message, or by letter to who cannot be reached online."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock, deliveries, files
from backoffice.core.db import db, transaction
from backoffice.documents import queries as document_queries
from backoffice.mail.models import Message, PostedLetter
from backoffice.mailroom import jobs, queries, service
from backoffice.mailroom.acknowledging import KIND
from backoffice.mailroom.opening import service as opening
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf

TODAY = date(2016, 6, 10)


def closed(build: Builder, case: Case, clerk: Account, folder: Path, *, items: bool) -> str:
    """An envelope with two pages filed to a case, a cheque, closed."""
    path = scan_pdf(folder / "pages.pdf", [paper(*[f"Passeport de la requérante, page {page}"] * 5) for page in (1, 2)])
    second = build.clerk()
    with transaction():
        number = service.register_envelope(NewEnvelope(delivered_on=TODAY, kind=EnvelopeKind.DOCUMENTS), by=clerk.actor, at=clock.now()).number
        receipt_id = service.list_instrument(number, build.cheque(76_500, number, TODAY), by=clerk.actor, at=clock.now()).id
        opening.confirm(receipt_id, opening.Seen(76_500), by=second.actor, at=clock.now())
        scan_id = service.receive_scan(number, path.read_bytes(), path.name, Door.UPLOAD, by=clerk.actor, at=clock.now()).id
    jobs.read_now(scan_id)
    with transaction():
        pages = [page.id for page in queries.envelope(number).pages]
        request = document_queries.open_request(case.id) if items else None
        service.file_pages(number, pages, case.number, "Courrier", [request.items[0].id] if request else [], by=clerk.actor, at=clock.now())
        service.close_envelope(number, "le chèque attend son affectation", by=clerk.actor, at=clock.now())
    deliveries.run_all()
    return number


def told(case: Case) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.case_id == case.id, Message.kind == KIND)))


def test_who_is_online_reads_the_list_with_the_stamp(build: Builder, tmp_path: Path) -> None:
    case, clerk = build.paid_case(), build.clerk()
    request = build.request(case)
    closed(build, case, clerk, tmp_path, items=True)
    (message,) = told(case)
    assert "10\u00a0juin\u00a02016" in message.body
    first, *missing = document_queries.request(request.id).items
    assert first.label_fr in message.body
    said, _, still = message.body.partition("Il manque encore, au plus tard le")
    assert missing
    assert all(item.label_fr in still for item in missing), "what is still asked for, and until when"
    assert first.label_fr in said
    assert "soit 2 pages en tout" in message.body
    assert "765,00\u00a0$" in message.body
    assert message.readable_at is not None


def test_who_has_no_address_online_gets_the_same_words_on_paper(build: Builder, tmp_path: Path) -> None:
    case, clerk = build.paid_case(), build.clerk()
    with transaction():
        held = db.session.get_one(Case, case.id)
        held.contact = {key: value for key, value in held.contact.items() if key != "email"}
    number = closed(build, case, clerk, tmp_path, items=False)
    (message,) = told(case)
    assert message.readable_at is None, "readable from the day the letter is posted"
    letter = db.session.scalars(select(PostedLetter).where(PostedLetter.message_id == message.id)).one()
    said = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(BytesIO(files.read(letter.sha256))))
    assert number in said
    assert "Courrier" in said


def test_the_same_list_is_told_once(build: Builder, tmp_path: Path) -> None:
    case, clerk = build.paid_case(), build.clerk()
    number = closed(build, case, clerk, tmp_path, items=False)
    with transaction():
        service.reopen_envelope(number, "une vérification", by=clerk.actor, at=clock.now())
        service.close_envelope(number, "le chèque attend son affectation", by=clerk.actor, at=clock.now())
    deliveries.run_all()
    assert len(told(case)) == 1
