"""Keys under the door: looked up once for all who wait, and nobody turns in a circle when that takes long."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from backoffice.door import Door
from backoffice.staff import guard

CALL = SimpleNamespace(headers={"authorization": "Bearer key"})


@pytest.fixture
def door(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Door:
    made = Door(app)
    monkeypatch.setattr(made, "_call", lambda *_: (201, [], b""))
    return made


def read(door: Door, many: int) -> list[Any]:
    async def crowd() -> list[Any]:
        return await asyncio.wait_for(asyncio.gather(*(door._read(CALL, None, None) for _ in range(many)), return_exceptions=True), 20)

    with ThreadPoolExecutor(1) as apart:  # a browser's test may have left its own loop in this thread
        return apart.submit(asyncio.run, crowd()).result()


def test_a_key_is_looked_up_once_for_all_who_wait(door: Door, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(guard, "is_checked_at_once", lambda _: bool(asked))
    monkeypatch.setattr(guard, "look_up", lambda key: (time.sleep(0.1), asked.append(key)))
    assert read(door, 500) == [(201, [], b"")] * 500
    assert asked == ["Bearer key"]
    assert door._asked == {}


@pytest.mark.timeout(30)
def test_a_key_that_is_old_as_soon_as_it_was_looked_up_keeps_nobody(door: Door, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(guard, "is_checked_at_once", lambda _: False)
    monkeypatch.setattr(guard, "look_up", asked.append)
    assert read(door, 500) == [(201, [], b"")] * 500
    assert read(door, 1) == [(201, [], b"")]
    assert len(asked) >= 2


def test_a_look_up_that_fails_fails_for_all_and_is_tried_again_by_the_next(door: Door, monkeypatch: pytest.MonkeyPatch):
    def away(_key: str) -> None:
        raise OSError("away")

    monkeypatch.setattr(guard, "is_checked_at_once", lambda _: False)
    monkeypatch.setattr(guard, "look_up", away)
    assert [type(one) for one in read(door, 20)] == [OSError] * 20
    monkeypatch.setattr(guard, "look_up", lambda _: None)
    assert read(door, 1) == [(201, [], b"")]


def test_a_key_read_under_the_door_is_not_read_again_while_its_call_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(guard._keys, "digest", (time.monotonic() - 3, None))
    monkeypatch.setattr(guard.queries, "key", lambda _: pytest.fail("the database was asked"))
    assert guard._key("digest", -guard.PATIENCE_SECONDS) is None
