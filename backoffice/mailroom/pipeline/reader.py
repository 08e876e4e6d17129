"""Reads one scanned file: shown to the antivirus, taken page by page in its bounded process, routed when it is whole.

What is committed stays whatever happens next: a reader that is killed goes on at the next page.
"""

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from backoffice.core import antivirus, clock, files, scans
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.mailroom import scanning
from backoffice.mailroom.pipeline import queries, service, work
from backoffice.mailroom.pipeline.alone import READING, alone
from backoffice.mailroom.pipeline.values import GIVEN_UP, MALWARE, MOST_ATTEMPTS, TOGETHER, TOGETHER_SECONDS, UNREACHABLE
from backoffice.mailroom.values import ReadPage

log = structlog.get_logger()

NO_ANTIVIRUS = "not_configured"
CLEAN = "clean"
WAIT_SECONDS = 15.0
"""How long a file waits before the antivirus is asked again."""


def read(work_id: int, scan_id: int) -> bool:
    """Carry out the reading of a file; false if another reader has it, or it must wait."""
    with alone(READING, queries.home(queries.scan(scan_id))) as mine:
        if not mine:
            return False
        with transaction():
            claimed = work.claim(work_id, at=clock.now())
            attempts = claimed.attempts if claimed else 0
        return bool(claimed) and _attempt(work_id, scan_id, attempts)


def _attempt(work_id: int, scan_id: int, attempts: int) -> bool:
    """One attempt, counted before it begins; what fails too often belongs to a person."""
    if attempts > MOST_ATTEMPTS:
        return _park(scan_id, GIVEN_UP)
    try:
        return _read(work_id, scan_id)
    except antivirus.Unreachable as fault:
        log.warning("antivirus unreachable, the file waits", scan=scan_id, why=str(fault))
        _postpone(work_id, UNREACHABLE, WAIT_SECONDS, counted=False)
    except Exception as fault:  # whatever it is costs one file: it is logged, tried again, then parked for a person
        log.exception("reading failed", scan=scan_id)
        if _postpone(work_id, type(fault).__name__, min(300, 2**attempts), counted=True) >= MOST_ATTEMPTS:
            return _park(scan_id, GIVEN_UP)
    return False


def _postpone(work_id: int, why: str, seconds: float, *, counted: bool) -> int:
    db.session.rollback()
    with transaction():
        return work.postpone(work_id, why, seconds=seconds, counted=counted, at=clock.now())


def _park(scan_id: int, refusal: str) -> bool:
    with transaction():
        if service.begin(scan_id):
            service.park(scan_id, refusal, by=SYSTEM, at=clock.now())
        work.close(scan_id, at=clock.now())
    return True


def _read(work_id: int, scan_id: int) -> bool:
    scan = queries.scan(scan_id)
    name, sha256, known = scan.filename, scan.sha256, scan.antivirus
    if known is None and (signature := _scan_for_malware(scan_id, sha256)):
        log.warning("malware recognised, the file is parked", scan=scan_id, signature=signature)
        return _park(scan_id, MALWARE)
    with transaction():
        going = service.begin(scan_id)
        if going is None:
            work.done(work_id, at=clock.now())
            return True
        last = queries.last_page(scan_id)
        start = last.number + 1 if last else 1
    taker = _Taker(work_id, scan_id)
    result = scanning.read(sha256, name, start=start, opened=taker.opened, page=taker.page)
    if isinstance(result, scans.Refused):
        log.info("file refused", scan=scan_id, reason=result.reason.value, detail=result.detail)
        return _park(scan_id, result.reason.value)
    taker.flush()
    with transaction():
        service.finish(scan_id, result.media_type, result.warnings, by=SYSTEM, at=clock.now())
        work.done(work_id, at=clock.now())
    return True


def _scan_for_malware(scan_id: int, sha256: str) -> str | None:
    """What the antivirus recognised, before any parser touches the file; its verdict is kept with the file."""
    where = antivirus.address()
    db.session.rollback()  # nothing is held while the antivirus looks
    verdict = antivirus.Verdict(None)
    if where:
        with tempfile.TemporaryDirectory(prefix="antivirus-") as folder:
            files.fetch(sha256, Path(folder) / "received")
            verdict = antivirus.scan(Path(folder) / "received", where)
    with transaction():
        service.note_antivirus(scan_id, verdict.signature or (CLEAN if where else NO_ANTIVIRUS))
    return verdict.signature


@dataclass
class _Taker:
    """Commits pages as they come: the first at once, the others a few together."""

    work_id: int
    scan_id: int
    waiting: list[ReadPage] = field(default_factory=list)
    last: float = 0.0

    def opened(self, count: int, _warnings: tuple[str, ...]) -> None:
        """The number of pages is known."""
        with transaction():
            service.expect(self.scan_id, count)

    def page(self, page: ReadPage) -> None:
        """A page is ready."""
        self.waiting.append(page)
        if len(self.waiting) >= TOGETHER or time.monotonic() - self.last >= TOGETHER_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Pages to the database; sheets that wait for an envelope stay with us."""
        with transaction():
            taken = service.take_pages(self.scan_id, self.waiting, by=SYSTEM, at=clock.now())
            work.advance(self.work_id, at=clock.now())
        del self.waiting[:taken]
        self.last = time.monotonic()

    def flush(self) -> None:
        """What is left; sheets for which no envelope came are taken all the same."""
        if self.waiting:
            self.commit()
        if self.waiting:
            with transaction():
                service.take_pages(self.scan_id, self.waiting, homeless=True, by=SYSTEM, at=clock.now())
            self.waiting.clear()
