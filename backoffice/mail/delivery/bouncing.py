"""Where returned mails come in: a pipe of the mail server, or a folder (maildir) that it fills; each is kept once.

A report finds its notification by the mark we signed into its return address, else by our Message-ID in what it returns, else
by the address that failed, if one case alone was written to there of late. One that bears a mark we did not sign routes
nothing. What finds nothing, and what a person wrote, waits for a person.
"""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.settings import settings
from backoffice.mail.delivery import composing, queries, reports, service, tokens
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.states import Matched
from backoffice.mail.delivery.values import Report

log = structlog.get_logger()

MOST_A_TURN = 50
BY_ADDRESS = timedelta(days=10)


def receive(raw: bytes, *, at: datetime) -> Matched:
    """Keep a returned mail, and tell its case."""
    raw = raw[: reports.LIMIT]
    report = reports.read(raw)
    notification, matched = (None, Matched.NOTHING) if report.by_person else match(report, at=at)
    service.keep_report(report, raw, notification, matched, f"mail:{hashlib.sha256(raw).hexdigest()}", by=SYSTEM, at=at)
    return matched


def match(report: Report, *, at: datetime) -> tuple[Notification | None, Matched]:
    """The notification that a report is about, and how it was found."""
    if report.tokens:
        number = tokens.read("".join(report.tokens), [composing.key()])
        found = queries.find_notification(number) if number is not None else None
        return (found, Matched.TOKEN) if found else (None, Matched.NOTHING)
    if report.message_ids and (found := queries.by_internet_id(report.message_ids)):
        return found, Matched.MESSAGE_ID
    if report.recipient:
        latest = queries.latest_to(report.recipient, at - BY_ADDRESS)
        if len(latest) == 1:
            return latest[0], Matched.RECIPIENT
    return None, Matched.NOTHING


def collect() -> int:
    """Take what the mail server left in the folder, a few at a time; what was taken moves from `new` to `cur`."""
    folder = settings().mail.bounces_folder
    if folder is None or not (folder / "new").is_dir():
        return 0
    taken = 0
    for path in sorted((folder / "new").iterdir())[:MOST_A_TURN]:
        taken += _take(path, folder / "cur")
    return taken


def _take(path: Path, done: Path) -> int:
    """One file; moved only once it is kept, so a crash takes it again, and the second time changes nothing."""
    try:
        with path.open("rb") as file:
            raw = file.read(reports.LIMIT)
        with transaction():
            matched = receive(raw, at=clock.now())
        done.mkdir(exist_ok=True)
        path.replace(done / f"{path.name.partition(':')[0]}:2,S")
    except OSError as fault:
        log.warning("returned mail cannot be read", file=path.name[:80], fault=type(fault).__name__)
        return 0
    log.info("returned mail kept", matched=matched.value)
    return 1
