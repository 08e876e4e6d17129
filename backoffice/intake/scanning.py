"""Files sent through the portal are shown to the antivirus, after the answer to the portal and before anybody opens them."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select

from backoffice.cases.events import case_subject
from backoffice.core import antivirus, clock, events, verdicts
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.intake.events import AttachmentInfected
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Attachment, Message
from backoffice.mail.values import Direction

log = structlog.get_logger()


def scan_message(message_id: UUID, *, at: datetime) -> None:
    """Look at the files of a reply; an antivirus that does not answer leaves them waiting, closed, for the next turn."""
    message = mail_queries.message(message_id)
    known = verdicts.of([file.sha256 for file in message.attachments])
    for file in message.attachments:
        verdict = known.get(file.sha256)
        if verdict is not None and verdict.state is verdicts.VerdictState.INFECTED:  # sent once more
            _say(message.case_id, file, verdict.signature, at=at)
        elif verdict is not None and verdict.state is verdicts.VerdictState.WAITING:
            scan(file.sha256, at=at)


def scan(sha256: str, *, at: datetime) -> None:
    """Look at one file that waits, and say it on every case it was sent for when it is infected."""
    try:
        said = verdicts.look(sha256)
    except antivirus.Unreachable as fault:
        log.warning("antivirus unreachable, the file waits", why=str(fault))
        return
    if verdicts.note(sha256, said, at=at):
        for case_id, file in _sent(sha256):
            _say(case_id, file, said.signature if said else None, at=at)


def _say(case_id: int, file: Attachment, signature: str | None, *, at: datetime) -> None:
    fact = AttachmentInfected(str(file.message_id), str(file.id), file.sha256, signature or "")
    events.record(case_subject(case_id), fact, by=SYSTEM, at=at)


def _sent(sha256: str) -> list[tuple[int, Attachment]]:
    query = select(Message.case_id, Attachment).join(Attachment, Attachment.message_id == Message.id)
    return [(row[0], row[1]) for row in db.session.execute(query.where(Attachment.sha256 == sha256, Message.direction == Direction.IN))]


def scan_waiting() -> int:
    """A scheduler's turn: files that have waited too long (the antivirus was away, a worker was killed)."""
    if not (left := verdicts.waiting(clock.now() - verdicts.PATIENCE)):
        return 0
    db.session.rollback()  # nothing is held while the antivirus looks
    for sha256 in left:
        with transaction():
            scan(sha256, at=clock.now())
    return len(left)
