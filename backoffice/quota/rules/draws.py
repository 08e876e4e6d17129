"""Lots: ties inside an interval, ties within a day of paper, and the draw of a closed window. Each a function of a secret and an id."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from backoffice.quota.values import Entry, Ties

_MICROSECOND = timedelta(microseconds=1)


def sha256(text: str) -> str:
    """SHA-256 of a text, in hexadecimal: the commitment to a secret is that of its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def bucket(ties: Ties, received_at: datetime) -> int:
    """The interval in which an arrival fell, counted from the first opening that was announced."""
    return (received_at - ties.origin) // _MICROSECOND // (ties.seconds * 1_000_000)


def bucket_end(ties: Ties | None, received_at: datetime) -> datetime:
    """The instant from which nobody can come any more into the interval of an arrival; its own instant where there is no interval."""
    if ties is None or not ties.seconds:
        return received_at
    return (ties.origin + timedelta(seconds=ties.seconds) * (bucket(ties, received_at) + 1)).astimezone(UTC)


def tie_key(secret: str, interval: int, id_: str) -> str:
    """What puts those of one interval in order."""
    return sha256(f"{secret}|{interval}|{id_}")


def arrival_key(ties: Ties | None, sequence: int, received_at: datetime, id_: str) -> tuple[int, str]:
    """Where an arrival stands in the running order: its number, or its interval and the lot drawn in it."""
    if ties is None or not ties.seconds:
        return sequence, ""
    interval = bucket(ties, received_at)
    return interval, tie_key(ties.secret, interval, id_)


def paper_key(entry: Entry, secret: str | None) -> tuple[date, str, int]:
    """Paper stands by its legal day; within a day by lot, or by the number that the mailroom gave."""
    drawn = sha256(f"{secret}|{entry.day.isoformat()}|{entry.id}") if secret is not None else ""
    return entry.day, drawn, entry.sequence


def list_sha256(ids: Iterable[str]) -> str:
    """The digest of the frozen list of a draw."""
    return sha256("\n".join(sorted(ids)))


def draw_key(secret: str, public_value: str, id_: str) -> str:
    """What puts the applications of a draw in order."""
    return sha256(f"{secret}|{public_value}|{id_}")


def drawn(entries: Iterable[Entry], secret: str, public_value: str) -> list[Entry]:
    """The drawn order: a documented function of the list, the secret, and a value that nobody here chose."""
    return sorted(entries, key=lambda entry: draw_key(secret, public_value, entry.id))


class Arriving(Protocol):
    """What the running order looks at."""

    @property
    def submission_id(self) -> UUID: ...
    @property
    def sequence(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...


class HasTies(Protocol):
    """A window as the running order sees it."""

    @property
    def ties(self) -> Ties | None: ...


A = TypeVar("A", bound=Arriving)


def order_of_arrivals(window: HasTies, arrivals: Sequence[A]) -> list[A]:
    """The arrivals in the order in which they are decided: by number, or by interval and lot where the decision has ties drawn."""
    ties = window.ties
    return sorted(arrivals, key=lambda one: (*arrival_key(ties, one.sequence, one.received_at, str(one.submission_id)), one.sequence))
