"""A whole ledger read again: its chain, its order of arrivals, and every outcome recomputed. The first wrong line is named."""

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, cast

from backoffice.quota.rules import draws
from backoffice.quota.rules.book import Book, NotAllowedError
from backoffice.quota.rules.inputs import Arrived, Input, MalformedInputError, Terms, TieSecret, read
from backoffice.quota.values import Ties

GENESIS: Final = "0" * 64
"""What the first entry stands on."""
ENVELOPE: Final = frozenset({"n", "kind", "type", "at", "previous", "digest"})


class LedgerBrokenError(ValueError):
    """A ledger whose entries do not follow from one another."""

    def __init__(self, n: int, why: str) -> None:
        """Name the first entry that is wrong."""
        super().__init__(f"entry {n}: {why}")
        self.n = n


def canonical(entry: Mapping[str, object]) -> str:
    """The RFC 8785 form of an entry: it holds no fraction and no name beyond the basic plane, so plain JSON sorted by name is it."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def entry_digest(entry: Mapping[str, object]) -> str:
    """The digest of an entry, over all its members but `digest` itself."""
    return hashlib.sha256(canonical({name: value for name, value in entry.items() if name != "digest"}).encode()).hexdigest()


class Reader:
    """Reads a ledger entry by entry, and stops at the first that is wrong."""

    def __init__(self) -> None:
        """Before the first entry."""
        self.book = Book()
        self.n, self.last = 0, GENESIS
        self._expected: deque[dict[str, object]] = deque()
        self._arrivals = RunningOrder()

    def take(self, entry: Mapping[str, object]) -> None:
        """One more entry."""
        self.n += 1
        self._chain(entry)
        members = {name: value for name, value in entry.items() if name not in ENVELOPE}
        if entry["kind"] == "out":
            self._outcome(entry, members)
        elif entry["kind"] == "in":
            self._input(entry, members)
        else:
            raise LedgerBrokenError(self.n, "it is neither an input nor an outcome")

    def end(self) -> Book:
        """The end of the ledger: nothing may be missing."""
        if self._expected:
            raise LedgerBrokenError(self.n + 1, f"missing: {self._expected[0]}")
        return self.book

    def _chain(self, entry: Mapping[str, object]) -> None:
        if ENVELOPE - set(entry):
            raise LedgerBrokenError(self.n, "members are missing")
        if entry["n"] != self.n:
            raise LedgerBrokenError(self.n, "its number does not follow")
        if entry["previous"] != self.last:
            raise LedgerBrokenError(self.n, "it does not stand on the entry before it")
        if entry_digest(entry) != entry["digest"]:
            raise LedgerBrokenError(self.n, "its content was changed")
        self.last = str(entry["digest"])

    def _outcome(self, entry: Mapping[str, object], members: dict[str, object]) -> None:
        expected = self._expected.popleft() if self._expected else None
        if entry["type"] != "admission" or members != expected:
            raise LedgerBrokenError(self.n, f"recorded {members}, follows {expected}")

    def _input(self, entry: Mapping[str, object], members: dict[str, object]) -> None:
        if self._expected:
            raise LedgerBrokenError(self.n, f"missing before it: {self._expected[0]}")
        try:
            given = read(str(entry["type"]), members)
            self._expected.extend(outcome.data() for outcome in self.book.apply(given))
        except (NotAllowedError, MalformedInputError) as fault:
            raise LedgerBrokenError(self.n, str(fault)) from None
        self._arrivals.take(self.n, given, self.book)


class RunningOrder:
    """Arrivals that are not late come in the order of their numbers, or of their intervals and lots once the secret is known."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._last: tuple[int, str] | None = None
        self._unchecked: list[tuple[int, Arrived]] = []
        self._origin: Terms | None = None

    def take(self, n: int, given: Input, book: Book) -> None:
        """See one more input go by."""
        if isinstance(given, Terms):
            self._origin = self._origin or given
        elif isinstance(given, TieSecret):
            for place, arrival in self._unchecked:
                self._check(place, arrival, book.page.ties)
            self._unchecked = []
        elif isinstance(given, Arrived) and not given.late:
            if book.terms.tie_seconds and book.page.tie_secret is None:
                self._unchecked.append((n, given))
            else:
                self._check(n, given, book.page.ties)

    def _check(self, n: int, arrival: Arrived, ties: Ties | None) -> None:
        key = draws.arrival_key(ties, arrival.sequence, arrival.received_at, arrival.id)
        if self._last is not None and key <= self._last:
            raise LedgerBrokenError(n, "it is out of the order of arrivals and does not say that it is late")
        self._last = key


def replay(entries: Iterable[Mapping[str, object]]) -> Book:
    """Read a whole ledger, entries as they are exported; refuses it at its first wrong line."""
    reader = Reader()
    for entry in entries:
        reader.take(entry)
    return reader.end()


def members_of(entry: Mapping[str, object]) -> dict[str, object]:
    """The members of an entry that are its type's own."""
    return cast("dict[str, object]", {name: value for name, value in entry.items() if name not in ENVELOPE})
