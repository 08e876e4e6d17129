"""A reply through the portal: its files are read for what they are before anything of them is kept as a document."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import files, scans, verdicts
from backoffice.core.actors import APPLICANT, SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.problems import Fault, Problem
from backoffice.documents import notices
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.values import NewDocument, NewPage
from backoffice.intake.errors import MessageConflict
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.values import Direction, NewFile

FILE_LIMIT = 25 * 1024 * 1024
"""A file's largest size in bytes (contract)."""


@dataclass(frozen=True)
class Upload:
    """A file read: what it really is, its pages kept as pictures; `item_id` is the item it answers."""

    file: NewFile
    pages: tuple[NewPage, ...]
    item_id: int | None


@dataclass(frozen=True)
class Reply:
    """What the applicant sends back."""

    message_id: UUID
    body: str
    in_reply_to: UUID | None
    uploads: tuple[Upload, ...]
    content_sha256: str


def read(sent: FileStorage, place: int, item_id: int | None) -> Upload:
    """Read one file in a bounded process; what is refused is refused with its reason, and nothing else is touched."""
    data = sent.stream.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        raise Problem("too-large", _("A file has at most 25 MB."))
    name = (sent.filename or "fichier").replace("\x00", "")[:200]
    with tempfile.TemporaryDirectory() as folder:
        path, into = Path(folder) / "received", Path(folder) / "pages"
        path.write_bytes(data)
        into.mkdir()
        opened = scans.open_file(path, into, name=name)
        if isinstance(opened, scans.Refused):
            raise Problem("invalid", errors=[Fault(f"/file/{place}", opened.reason.value, refusal(opened.reason))])
        original = files.keep(data)
        pages = tuple(
            NewPage(original, page.number, files.keep(page.picture.read_bytes()), files.keep(page.thumbnail.read_bytes())) for page in opened.pages
        )
    return Upload(NewFile("answer", name, opened.media_type, len(data), original), pages, item_id)


def refusal(reason: scans.Refusal) -> str:
    """Why a file is not accepted, and what to do, in the reader's language."""
    words = {
        scans.Refusal.EMPTY: _("The file is empty: send it again."),
        scans.Refusal.TOO_LARGE: _("The file is too large: send it in parts."),
        scans.Refusal.ENCRYPTED: _("The file is protected by a password: send it without."),
        scans.Refusal.WRONG_TYPE: _("The content is not what the name says: send a PDF, TIFF, JPEG or PNG file."),
        scans.Refusal.UNSUPPORTED: _("This kind of file is not accepted: send a PDF, TIFF, JPEG or PNG file."),
        scans.Refusal.TOO_MANY_PAGES: _("The file has too many pages: send it in parts."),
        scans.Refusal.TOO_COSTLY: _("The file takes too much time or memory to read: print it to a new PDF, then send that."),
        scans.Refusal.MALWARE_PATTERN: _("The file carries a known malware pattern and was not opened."),
    }
    return words.get(reason) or str(_("The file is damaged or is not a readable document: send it again."))


def fingerprint(body: str, in_reply_to: str, items: Sequence[str], sent: Sequence[FileStorage]) -> str:
    """What makes two replies the same: text, items and the bytes of the files."""
    digests = []
    for file in sent:
        digests.append(hashlib.file_digest(file.stream, "sha256").hexdigest())  # type: ignore[arg-type]
        file.stream.seek(0)
    return digest([body, in_reply_to, list(items), digests])


def keep(case: Case, reply: Reply, *, at: datetime) -> tuple[Message, bool]:
    """File the reply: message, documents, and the items that they answer; the second value says whether it is new."""
    case_queries.lock_case(case.id)
    if found := known(reply.message_id, case, reply.content_sha256):  # the same one, sent twice at once
        return found, False
    message = mail.receive_message(
        reply.message_id, case.id, _("Reply"), reply.body, [u.file for u in reply.uploads], reply.in_reply_to, reply.content_sha256, at=at
    )
    for upload in reply.uploads:
        verdicts.ask(upload.file.sha256, at=at)
        new = NewDocument(
            title=upload.file.filename, source="portal", source_ref=str(message.id), received_on=montreal_day(at),
            media_type=upload.file.media_type, filename=upload.file.filename, sha256=upload.file.sha256, pages=upload.pages,
        )  # fmt: skip
        asked = document_queries.item(upload.item_id).request_id if upload.item_id else None
        document = documents.file_document(case.id, new, request_id=asked, by=APPLICANT, at=at)
        if upload.item_id and asked:
            documents.receive_items(asked, [upload.item_id], document.id, montreal_day(at), by=APPLICANT, at=at)
    _say_what_came(case, message, reply, at=at)
    return message, True


def _say_what_came(case: Case, message: Message, reply: Reply, *, at: datetime) -> None:
    """Name what came and what is still missing, when the reply answers a request; a file that answers no line is named too."""
    answered = [upload.item_id for upload in reply.uploads if upload.item_id]
    if not answered:
        return
    newest = document_queries.latest_lines(answered)
    request = document_queries.request(newest[-1].request_id)
    others = [upload.file.filename for upload in reply.uploads if not upload.item_id]
    once = f"items:{message.id}"
    notices.send_items_received(case, request, newest, others, montreal_day(at), once, by=SYSTEM, at=at)


def known(message_id: UUID, case: Case, content_sha256: str) -> Message | None:
    """The reply that was already received under this identifier; another content is refused."""
    found = mail_queries.find_message(message_id)
    if found is None:
        return None
    if found.case_id != case.id or found.direction is not Direction.IN or found.content_sha256 != content_sha256:
        raise MessageConflict
    return found
