"""Taking a file over, part by part: the console's edge, so that each part is one transaction and memory stays constant."""

import gc
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from backoffice.cases.states import FINAL
from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.db import transaction
from backoffice.intake.backlog import checking, reading, service
from backoffice.intake.backlog.errors import NoSource
from backoffice.intake.backlog.seen import Seen
from backoffice.intake.backlog.service import Run
from backoffice.intake.backlog.values import TAKEN, WAITING, Checked, Result, Tally

PART: Final = 4_000
"""Lines taken in one transaction: the series of file numbers is held for a fraction of a second."""
_ENDED: Final = frozenset(status.value for status in FINAL)


class Report(Protocol):
    """Who is told what became of each line."""

    def begin(self) -> None:
        """From the first line, also when a second pass follows."""

    def add(self, results: list[Result]) -> None:
        """Some more lines."""


@dataclass(frozen=True)
class Order:
    """What the operator asked for."""

    path: Path
    source: str
    kind: str
    by: Actor
    account_id: int | None = None


def order(path: Path, source: str | None, kind: str | None, *, by: Actor, account_id: int | None = None) -> Order:
    """What was asked for, refused at once when the file cannot be read line by line."""
    name = (source or path.stem).strip()
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise NoSource
    found = reading.kind_of(path, kind)
    reading.check_readable(path, found)
    return Order(path, name, found, by, account_id)


def rehearse(asked: Order, report: Report, *, at: datetime) -> Tally:
    """A dry run: what would become of each line. Nothing is written, not even a number reserved."""
    tally = Tally()
    report.begin()
    with Seen() as seen:
        for lines in _parts(asked, at):
            results = service.sort_out(asked.source, lines, seen.numbers, seen.people)
            new = [r.checked for r in results if r.outcome in TAKEN]
            seen.remember(new, [one for line in new if line.content["status"] not in _ENDED for one in service.members(line)])
            for result in results:
                tally.add(result.outcome)
            report.add(results)
    return tally


def take_over(asked: Order, report: Report, *, at: datetime) -> Run:
    """Take a file over, a transaction for each part; broken off, it is simply begun again."""
    run = _run(asked, at)
    report.begin()
    for lines in _parts(asked, at):
        with transaction():
            results = service.take_part(run, lines)
        report.add(results)
    with transaction():
        service.end(run, at=clock.now())
    return run


def take_all_or_nothing(asked: Order, report: Report, *, at: datetime) -> tuple[Tally, Run | None]:
    """Take a file over in one transaction, or not at all when a single line would need a person."""
    tally = rehearse(asked, report, at=at)
    if any(tally.counts[one] for one in WAITING):
        return tally, None
    run = _run(asked, at)
    report.begin()
    with transaction():
        for lines in _parts(asked, at):
            report.add(service.take_part(run, lines))
        service.end(run, at=clock.now())
    return run.tally, run


def _run(asked: Order, at: datetime) -> Run:
    return Run(asked.source, asked.path.name, _sha256(asked.path), asked.by, asked.account_id, at)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(asked: Order, at: datetime) -> Iterator[list[Checked]]:
    """Part after part; while the database writes one, the next is read and checked."""
    today = at.astimezone(clock.MONTREAL).date().isoformat()
    checked = (checking.check(raw, today) for raw in reading.lines(asked.path, asked.kind))
    with _few_collections(), ThreadPoolExecutor(1) as ahead:
        following = ahead.submit(_next, checked)
        while lines := following.result():
            following = ahead.submit(_next, checked)
            yield lines


@contextmanager
def _few_collections() -> Iterator[None]:
    """Lines hold no cycles: looking for them among tens of thousands of objects, again and again, would cost a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _next(checked: Iterator[Checked]) -> list[Checked]:
    return list(islice(checked, PART))
