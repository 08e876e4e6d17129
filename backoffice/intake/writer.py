"""One thread a process that keeps arrivals in batches: those that come while one batch is written make the next.

Under a burst a commit is shared by many, so the database is asked less the more there is to do; alone, an arrival waits for nobody.
"""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

import psycopg
import structlog

from backoffice.intake.errors import SubmissionConflict
from backoffice.intake.service import arrivals
from backoffice.intake.values import Answer, Arriving

log = structlog.get_logger()

T = TypeVar("T")
Outcome = Answer | SubmissionConflict | None | Exception
"""An answer; None where the usual way must look closer; the fault that kept it from being kept."""

MOST_WAITING = 2_000
"""Beyond this an arrival is told at once to come back: waiting longer would help nobody, and memory has an end."""

MOST_TOGETHER = 200
"""Arrivals of one batch."""

PATIENCE_SECONDS = 3
"""How long the database may take to say hello, or to write a batch."""


class Writer:
    """Arrivals go in one by one, answers come out in batches, in the same order."""

    def __init__(self, url: str, done: Callable[[Sequence[tuple[object, Outcome]]], None]) -> None:
        self._url = url.replace("+psycopg", "", 1)
        self._done = done
        self._line: SimpleQueue[tuple[object, Arriving]] = SimpleQueue()
        self._connection: psycopg.Connection | None = None
        threading.Thread(target=self._work, name="writer", daemon=True).start()

    @property
    def is_full(self) -> bool:
        """Whether the next one would wait too long."""
        return self._line.qsize() >= MOST_WAITING

    def put(self, ticket: object, arriving: Arriving) -> None:
        """Take an arrival; `done` is called with its ticket and its outcome."""
        self._line.put((ticket, arriving))

    def _work(self) -> None:
        while True:
            batch = self._next()
            outcomes = self._keep([arriving for _, arriving in batch])
            self._done([(ticket, outcome) for (ticket, _), outcome in zip(batch, outcomes, strict=True)])

    def _next(self) -> list[tuple[object, Arriving]]:
        batch = [self._line.get()]
        try:
            while len(batch) < MOST_TOGETHER:
                batch.append(self._line.get_nowait())
        except Empty:
            pass
        return batch

    def _keep(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        """Write a batch; a connection that broke is made again once, as nothing can be written twice under one identifier."""
        for last in (False, True):
            try:
                return self._write(batch)
            except psycopg.OperationalError as fault:
                self._close()
                if last:
                    log.warning("arrivals not kept, database unavailable", fault=type(fault).__name__, arrivals=len(batch))
                    return [fault] * len(batch)
            except psycopg.Error as fault:  # one of them cannot be written: each for itself, so that it harms nobody else
                if len(batch) == 1:
                    log.exception("arrival not kept")
                    return [fault]
                return [self._keep([one])[0] for one in batch]
        raise AssertionError

    def _write(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url, connect_timeout=PATIENCE_SECONDS, options=f"-c statement_timeout={PATIENCE_SECONDS}s -c timezone=UTC"
            )
        with self._connection.transaction():
            return arrivals.write(self._connection, batch)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
