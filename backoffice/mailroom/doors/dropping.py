"""The watched folder: whole files are taken in order, half-written ones waited for, nothing of it lost or doubled."""

import re
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import structlog

from backoffice.core import clock, files
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.core.settings import settings
from backoffice.mailroom import queries, service
from backoffice.mailroom.doors.importing import import_file
from backoffice.mailroom.values import Door

log = structlog.get_logger()

STILL_SECONDS = 2.0
"""A file of the drop folder is whole once nothing of it changed for this long."""

_A_DAY = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass
class Seen:
    """What a file of the drop folder looked like, and since when."""

    look: tuple[int, int]
    since: float


_seen: dict[Path, Seen] = {}


def collect_dropped(folder: Path | None = None) -> int:
    """Take the whole files of the drop folder; those that still change, hidden ones and `.part` wait. How many were taken."""
    folder = folder or settings().drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    present = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink() and _is_candidate(path)]
    for gone in set(_seen) - set(present):
        del _seen[gone]
    return sum(_take(path) for path in present if _is_whole(path))


def _is_candidate(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() not in {".part", ".tmp", ".filepart", ".crdownload"}


def _is_whole(path: Path) -> bool:
    try:
        stat = path.stat()
    except OSError:
        return False
    look, now = (stat.st_size, stat.st_mtime_ns), time.monotonic()
    seen = _seen.get(path)
    if seen is None or seen.look != look:
        _seen[path] = Seen(look, now)
        return False
    return now - seen.since >= STILL_SECONDS


def _take(path: Path) -> bool:
    """Take one file; a fault of one never keeps the others from being taken."""
    try:
        sha256 = files.keep(path.read_bytes())
        if not queries.taken_from_drop(sha256, service.clean_name(path.name)):
            import_file(path, _stamp(path), door=Door.DROP)
        taken = path.parent / "taken"
        taken.mkdir(exist_ok=True)
        path.replace(taken / f"{sha256[:12]}-{path.name}"[-200:])
    except (OSError, DomainError) as fault:
        db.session.rollback()
        log.warning("dropped file not taken", file=path.name, fault=type(fault).__name__)
        return False
    _seen.pop(path, None)
    return True


def _stamp(path: Path) -> date:
    """The day in the file's name, if it has come; else the day the file was written, as the scanner's clock says."""
    today = clock.today()
    if found := _A_DAY.search(path.name):
        try:
            named = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            named = None
        if named and named <= today:
            return named
    return min(datetime.fromtimestamp(path.stat().st_mtime, clock.MONTREAL).date(), today)
