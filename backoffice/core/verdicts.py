"""What the antivirus said of a file that came from outside: nobody opens its bytes before, and what is infected stays closed.

A file without a line here did not come by a door that asks (our own letters, what the mailroom's readers scanned themselves).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import antivirus, files
from backoffice.core.db import Base, db
from backoffice.core.errors import DomainError

PATIENCE = timedelta(minutes=1)
"""How long a file waits before the antivirus is asked again."""


class VerdictState(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


class FileVerdict(Base):
    """One file, by its digest, and what was said of it."""

    __tablename__ = "file_verdict"
    __table_args__ = (Index("ix_file_verdict_waiting", "asked_at", postgresql_where=text("state = 'waiting'")),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[VerdictState]
    signature: Mapped[str | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Closed(DomainError):
    """The file is not opened."""

    code = "file-closed"


WAITING = _l("The antivirus has not looked at this file yet. Try again in a moment; its pages can be read meanwhile.")


def ask(sha256: str, *, at: datetime) -> None:
    """A file came from outside: it waits for the antivirus; one whose verdict is known keeps it."""
    row = insert(FileVerdict).values(sha256=sha256, state=VerdictState.WAITING, asked_at=at)
    db.session.execute(row.on_conflict_do_nothing())


def of(digests: list[str]) -> dict[str, FileVerdict]:
    """What is known of these files."""
    return {one.sha256: one for one in db.session.scalars(select(FileVerdict).where(FileVerdict.sha256.in_(digests)))}


def waiting(before: datetime, limit: int = 20) -> list[str]:
    """Files that have waited for some time, the oldest first."""
    query = select(FileVerdict.sha256).where(FileVerdict.state == VerdictState.WAITING, FileVerdict.asked_at < before)
    return list(db.session.scalars(query.order_by(FileVerdict.asked_at).limit(limit)))


def look(sha256: str) -> antivirus.Verdict | None:
    """Show a file to the antivirus; None when none is configured. Nothing is held meanwhile."""
    where = antivirus.address()
    if where is None:
        return None
    with TemporaryDirectory(prefix="antivirus-") as folder:
        files.fetch(sha256, Path(folder) / "received")
        return antivirus.scan(Path(folder) / "received", where)


def note(sha256: str, said: antivirus.Verdict | None, *, at: datetime) -> bool:
    """Keep the answer; true when it is the news that the file is infected."""
    row = db.session.get_one(FileVerdict, sha256, with_for_update=True)
    if row.state is not VerdictState.WAITING:
        return False
    row.state = VerdictState.NOT_SCANNED if said is None else VerdictState.CLEAN if said.clean else VerdictState.INFECTED
    row.signature, row.answered_at = said.signature if said else None, at
    return row.state is VerdictState.INFECTED


def check(sha256: str) -> None:
    """Refuse to open a file that waits or is infected, with the sentence that says so."""
    found = db.session.get(FileVerdict, sha256)
    if found is not None and found.state in {VerdictState.WAITING, VerdictState.INFECTED}:
        raise Closed(sentence(found))


def is_infected(sha256: str) -> bool:
    """Whether the antivirus recognised something in a file."""
    found = db.session.get(FileVerdict, sha256)
    return found is not None and found.state is VerdictState.INFECTED


def label(sha256: str) -> tuple[str, str] | None:
    """In a word, and how it is marked, what is known of a file that came from outside; None of one that came by no such door."""
    found = db.session.get(FileVerdict, sha256)
    if found is None:
        return None
    words = {
        VerdictState.WAITING: (_("waits for the antivirus"), "warn"),
        VerdictState.CLEAN: (_("scanned"), "quiet"),
        VerdictState.INFECTED: (_("infected, kept closed"), "bad"),
        VerdictState.NOT_SCANNED: (_("not scanned"), "quiet"),
    }
    return words[found.state]


def sentence(found: FileVerdict) -> str:
    """What a caseworker reads of it."""
    if found.state is VerdictState.INFECTED:
        said = _(
            "The antivirus recognised %(signature)s: the file is kept and nobody opens it. Ask the applicant for another.", signature=found.signature
        )
        return str(said)
    words = {
        VerdictState.WAITING: WAITING,
        VerdictState.CLEAN: _("No malware found"),
        VerdictState.NOT_SCANNED: _("Not scanned: no antivirus is configured"),
    }
    return str(words[found.state])
