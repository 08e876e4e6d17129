"""The writer of batches tells everybody, whatever happens, and outlives it."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from backoffice.intake import writer
from backoffice.intake.values import Answer
from backoffice.intake.writer import Writer
from tests.wire.conftest import Stage


class Told:
    """What came out, in its order."""

    def __init__(self, stage: Stage, write: Callable[[Any, Sequence[Any]], Sequence[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
        self.outcomes: list[tuple[Any, Any]] = []
        self._more = threading.Condition()
        monkeypatch.setattr(writer.arrivals, "write", write)
        self.writer = Writer(stage.url, self._done)

    def _done(self, done: Sequence[tuple[Any, Any]]) -> None:
        with self._more:
            self.outcomes += done
            self._more.notify_all()

    def wait(self, many: int) -> list[tuple[Any, Any]]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.outcomes) >= many, 20), "somebody was told nothing"
        return self.outcomes


def test_a_fault_of_ours_is_told_to_those_it_meets_and_the_next_are_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    def write(_connection: Any, batch: Sequence[Any]) -> Sequence[Any]:
        if "faulty" in batch:
            raise RuntimeError("no key signs")
        return [Answer(201, {"of": one}) for one in batch]

    told = Told(stage, write, monkeypatch)
    told.writer.put(1, "faulty")
    assert isinstance(told.wait(1)[0][1], RuntimeError)
    told.writer.put(2, "sound")
    assert told.wait(2)[1] == (2, Answer(201, {"of": "sound"}))


def test_one_that_no_statement_can_write_harms_nobody_beside_it(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    gate = threading.Event()

    def write(_connection: Any, batch: Sequence[Any]) -> Sequence[Any]:
        gate.wait(20)
        if "faulty" in batch:
            raise psycopg.errors.CheckViolation("it cannot be")
        return [Answer(201, {"of": one}) for one in batch]

    told = Told(stage, write, monkeypatch)
    for number, one in enumerate(["a", "b", "faulty", "c", "d"]):
        told.writer.put(number, one)
    gate.set()
    outcomes = told.wait(5)
    assert [number for number, _ in outcomes] == [0, 1, 2, 3, 4]
    assert [outcome.status if isinstance(outcome, Answer) else type(outcome).__name__ for _, outcome in outcomes] == [
        201,
        201,
        "CheckViolation",
        201,
        201,
    ]


def test_when_the_database_is_away_all_who_wait_are_told_together(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    gate, tried = threading.Event(), []

    def write(_connection: Any, batch: Sequence[Any]) -> Sequence[Any]:
        gate.wait(20)
        tried.append(len(batch))
        raise psycopg.OperationalError("gone")

    told = Told(stage, write, monkeypatch)
    for number in range(500):
        told.writer.put(number, number)
    gate.set()
    outcomes = told.wait(500)
    assert [number for number, _ in outcomes] == list(range(500))
    assert {type(outcome) for _, outcome in outcomes} == {psycopg.OperationalError}
    assert len(tried) == 2, "tried once, and once more over a new connection; nobody else waits for the same"


def test_a_database_that_stands_still_is_left_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    def write(connection: Any, batch: Sequence[Any]) -> Sequence[Any]:
        if batch == ["waits"]:
            connection.execute("SET statement_timeout = 0")
            connection.execute("SELECT pg_sleep(30)")
        return [Answer(201, {"of": one}) for one in batch]

    told = Told(stage, write, monkeypatch)
    begun = time.monotonic()
    told.writer.put(1, "waits")
    assert isinstance(told.wait(1)[0][1], psycopg.OperationalError)
    assert time.monotonic() - begun < writer.PATIENCE_SECONDS + 2
    told.writer.put(2, "next")
    assert told.wait(2)[1][1] == Answer(201, {"of": "next"})
