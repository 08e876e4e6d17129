"""One thread a process that keeps arrivals in batches: those that come while one batch is written make the next.

Under a burst a commit is shared by many, so the database is asked less the more there is to do; alone, an arrival waits for nobody.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
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

MOST_WAITING = int(os.environ.get("BACKOFFICE_MOST_WAITING") or 2_000)
"""Beyond this an arrival is told at once to come back: waiting longer would help nobody, and memory has an end."""

MOST_TOGETHER = 200
"""Arrivals of one batch."""

GATHER_SECONDS = 0.003
"""How long a batch is gathered while several come at once; somebody who comes alone waits for nobody."""

PATIENCE_SECONDS = 3
"""How long the database may take to say hello, or to write a batch; then everybody in the line is told to come back."""

SOON_SECONDS = 1.0
"""A connection found broken within this is made again at once: whoever waits has patience left for it."""


class Writer:
    """Arrivals go in one by one, answers come out in batches, in the same order."""

    def __init__(self, url: str, done: Callable[[Sequence[tuple[object, Outcome]]], None]) -> None:
        self._url = url.replace("+psycopg", "", 1)
        self._done = done
        self._line: SimpleQueue[tuple[object, Arriving]] = SimpleQueue()
        self._connection: psycopg.Connection | None = None
        self._begun: float | None = None
        self._is_away = False
        threading.Thread(target=self._work, name="writer", daemon=True).start()
        threading.Thread(target=self._watch, name="writer's watch", daemon=True).start()

    @property
    def is_full(self) -> bool:
        """Whether the next one would wait too long."""
        return self._line.qsize() >= MOST_WAITING

    def put(self, ticket: object, arriving: Arriving) -> None:
        """Take an arrival; `done` is called with its ticket and its outcome."""
        self._line.put((ticket, arriving))

    def _work(self) -> None:
        crowd = False
        while True:
            first = self._line.get()
            if crowd or not self._line.empty():  # they come together: a moment's wait lets more of them share the cost
                time.sleep(GATHER_SECONDS)
            batch = [first, *self._waiting(MOST_TOGETHER - 1)]
            crowd = len(batch) > 1
            outcomes = self._outcomes([arriving for _, arriving in batch])
            if _is_away(outcomes[-1]):  # nobody behind them would fare better: nobody is made to wait for it
                batch += (behind := self._waiting(MOST_WAITING))
                outcomes = [*outcomes, *[outcomes[-1]] * len(behind)]
            self._done([(ticket, outcome) for (ticket, _), outcome in zip(batch, outcomes, strict=True)])

    def _waiting(self, most: int) -> list[tuple[object, Arriving]]:
        """Those in the line just now."""
        batch: list[tuple[object, Arriving]] = []
        try:
            while len(batch) < most:
                batch.append(self._line.get_nowait())
        except Empty:
            pass
        return batch

    def _outcomes(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        """Whatever happens, everybody is told: a writer that died would let all who come after wait for ever."""
        self._begun = time.monotonic()
        try:
            return self._keep(batch)
        except Exception as fault:  # whatever it is, it is the answer of everybody in the batch
            log.exception("arrivals not kept", arrivals=len(batch))
            self._close()
            return [fault] * len(batch)
        finally:
            self._begun = None

    def _keep(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        """Write a batch; a connection that broke is made again once, as nothing can be written twice under one identifier."""
        begun = time.monotonic()
        for last in (False, True):
            try:
                return self._write(batch)
            except psycopg.OperationalError as fault:
                self._close()
                if last or time.monotonic() - begun > SOON_SECONDS:
                    self._note(fault)
                    return [fault] * len(batch)
            except psycopg.Error as fault:
                if len(batch) == 1:
                    log.exception("arrival not kept")
                    return [fault]
                return self._each(batch)
        raise AssertionError

    def _each(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        """One of them cannot be written: each for itself, so that it harms nobody else."""
        outcomes: list[Outcome] = []
        for one in batch:
            away = bool(outcomes) and _is_away(outcomes[-1])
            outcomes.append(outcomes[-1] if away else self._keep([one])[0])
        return outcomes

    def _write(self, batch: Sequence[Arriving]) -> Sequence[Outcome]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url, connect_timeout=PATIENCE_SECONDS, options=f"-c statement_timeout={PATIENCE_SECONDS}s -c timezone=UTC"
            )
        with self._connection.transaction():
            outcomes = arrivals.write(self._connection, batch)
        self._note(None)
        return outcomes

    def _note(self, fault: psycopg.OperationalError | None) -> None:
        """Two lines in the log for an outage, however many are sent away meanwhile."""
        if (fault is not None) != self._is_away:
            self._is_away = fault is not None
            log.warning("database unavailable, arrivals not kept" if fault else "arrivals are kept again", fault=type(fault).__name__)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _watch(self) -> None:
        """A database that stands still keeps its own time limit from being noticed: then the line to it is cut from here."""
        while True:
            time.sleep(0.2)  # a watchman: it looks, nobody can call it
            begun, connection = self._begun, self._connection
            if begun is not None and connection is not None and time.monotonic() - begun > PATIENCE_SECONDS:
                with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as wire:
                    wire.shutdown(socket.SHUT_RDWR)


def _is_away(outcome: Outcome) -> bool:
    return isinstance(outcome, psycopg.OperationalError)
