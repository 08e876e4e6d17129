"""The evidence pack of a message: a slip of its way, signed, with the exact bytes that were sent (C-1.1 s. 31).

A zip that opens without the product: the slip to read (PDF), the same for a machine (JSON), the signature (JWS), the text and
the attachments as they stood. The signed manifest names every file with its digest; the archive is written so that the same
files give the same bytes, and one changed byte anywhere is found.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.core import clock, files, signing
from backoffice.core.settings import settings
from backoffice.mail import printing
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries
from backoffice.mail.delivery.values import Delivery, Notified
from backoffice.mail.models import Attachment, Message
from backoffice.mail.texts import letters_environment

VERSION = 1
MOST_BYTES = 512 * 1024 * 1024
SLIP, SLIP_PDF, SIGNATURE, READ_ME = "bordereau.json", "bordereau.pdf", "bordereau.jws", "LISEZMOI.txt"

Json = dict[str, object]


@dataclass(frozen=True)
class Verdict:
    """Whether a pack is whole and ours, and if not, what is wrong."""

    holds: bool
    faults: tuple[str, ...] = ()
    slip: Json | None = None


def pack(message_id: UUID, *, at: datetime) -> bytes:
    """The whole pack of a message of ours."""
    message = mail_queries.message(message_id)
    contents = {name: files.read(one.sha256) for name, one in _names(message).items()}
    contents["message.txt"] = text_of(message)
    letter = mail_queries.letter_of(message.id)
    if letter:
        contents[f"lettre-{letter.id}.pdf"] = files.read(letter.sha256)
    slip = describe(message, queries.delivery_of(message.id), contents, at=at)
    contents[SLIP] = _json(slip)
    contents[SLIP_PDF] = printed(slip)
    contents[READ_ME] = letters_environment().get_template("mail/delivery/evidence.txt").render(slip=slip).encode()
    manifest = {"version": VERSION, "message_id": str(message.id), "made_at": _utc(at), "files": {n: _digest(b) for n, b in sorted(contents.items())}}
    contents[SIGNATURE] = signing.sign(_json(manifest)).encode()
    return _zip(contents)


def describe(message: Message, delivery: Delivery, contents: Mapping[str, bytes], *, at: datetime) -> Json:
    """What is known of the way of a message: instants to the second with their zone, origin, destination, digests."""
    case = case_queries.case_by_id(message.case_id)
    return {
        "version": VERSION,
        "message": {
            "id": str(message.id), "case": case.number, "kind": message.kind, "language": message.language, "subject": message.subject,
            "template": message.template, "content_sha256": message.content_sha256,
        },
        "origin": {"organisation": "Ministère (exemple fictif)", "author": message.author_label, "address": settings().mail.sender},
        "destination": {"mailbox": settings().mail.portal_url, "addressee": case_queries.principal(case).name, "case": case.number},
        "instants": {
            "sent": _instant(delivery.sent_at), "readable": _instant(delivery.readable_at), "opened": _instant(delivery.opened_at),
            "letter_posted": _instant(delivery.posted_at), "letter_returned": _instant(delivery.returned_at),
            "withdrawn": _instant(message.withdrawn_at),
        },
        "files": [{"name": name, "size": len(data), "sha256": _digest(data)} for name, data in sorted(contents.items())],
        "notifications": [_notified(one) for one in delivery.notifications],
        "reports": [
            {"at": _instant(b.at), "severity": b.severity.value, "status": b.status, "diagnostic": b.diagnostic, "address": b.address} for b in delivery.bounces
        ],
        "state": delivery.state.value,
        "law": "RLRQ, c. C-1.1, art. 31",
        "made_at": _instant(at),
    }  # fmt: skip


def _notified(one: Notified) -> Json:
    attempts = [
        {
            "started": _instant(t.started_at), "ended": _instant(t.ended_at), "server": t.server, "outcome": t.outcome.value, "code": t.code,
            "answer": t.text,
        }
        for t in one.attempts
    ]  # fmt: skip
    return {
        "recipient": one.recipient.value,
        "address": one.address,
        "message_id": one.internet_id,
        "sent": _instant(one.sent_at),
        "attempts": attempts,
    }


def text_of(message: Message) -> bytes:
    """The exact words, as they were put into the mailbox; a translation follows the text that counts."""
    parts = [message.subject, message.body, *([message.translation] if message.translation else [])]
    return "\n\n".join(parts).encode()


def printed(slip: Json) -> bytes:
    """The slip to be read and kept (PDF/A)."""
    html = letters_environment().get_template("mail/delivery/slip.html").render(slip=slip)
    return printing.render_pdf(html, variant="pdf/a-3a")


def verify(data: bytes) -> Verdict:
    """Whether every byte is what was signed, by a key of ours."""
    try:
        contents = _unzip(data)
    # All that `zipfile` raises on bytes of strangers: an unknown method, a password, an end too early.
    except (zipfile.BadZipFile, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        return Verdict(holds=False, faults=(f"not a pack: {fault}",))
    compact = contents.pop(SIGNATURE, b"").decode("ascii", "replace")
    payload = signing.signed(compact)
    if payload is None:
        return Verdict(holds=False, faults=("the signature is not ours, or not of this manifest",))
    named: Mapping[str, str] = json.loads(payload)["files"]
    faults = [f"{name}: missing" for name in sorted(set(named) - set(contents))]
    faults += [f"{name}: not signed" for name in sorted(set(contents) - set(named))]
    faults += [f"{name}: changed" for name in sorted(set(contents) & set(named)) if _digest(contents[name]) != named[name]]
    if not faults and _zip({**contents, SIGNATURE: compact.encode()}) != data:
        faults = ["the archive itself was changed"]
    return Verdict(not faults, tuple(faults), None if faults else json.loads(contents[SLIP]))


def _names(message: Message) -> dict[str, Attachment]:
    """Names that any system can write, one for each attachment."""
    return {f"pieces/{one.position + 1:02}-{re.sub(r'[^A-Za-z0-9._-]+', '_', one.filename)[-80:]}": one for one in message.attachments}


def _zip(contents: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes: no compression, no clock, one order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, data)
    return made.getvalue()


def _unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len({e.filename for e in entries}) != len(entries) or sum(e.file_size for e in entries) > MOST_BYTES:
            raise ValueError("names twice, or too large")
        return {entry.filename: archive.read(entry) for entry in entries}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(at: datetime | None) -> Json | None:
    """An instant twice: legal time in Montréal with its offset, and universal time."""
    return {"montreal": at.astimezone(clock.MONTREAL).isoformat(timespec="seconds"), "utc": _utc(at)} if at else None
