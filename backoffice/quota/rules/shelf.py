"""Where a book finds the applications it knows, by their id and by their state."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from backoffice.quota.statuses import AdmissionStatus
from backoffice.quota.values import Entry


def waiting_key(entry: Entry, *, by_rank: bool) -> tuple[int, int]:
    """The turn of an application on the waiting list: its number, or in a draw its drawn rank."""
    return (entry.rank or 0, entry.sequence) if by_rank else (entry.sequence, 0)


class Shelf:
    """All the applications of a window in memory; one that is read from tables fetches only those asked for."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.entries: dict[str, Entry] = {}
        self.changed: dict[str, Entry] = {}
        self._queue: list[tuple[int, int, str]] | None = None  # the waiting list in its turn, once somebody asked for it
        self._by_rank = False
        self._by_status: dict[AdmissionStatus, dict[str, Entry]] = {status: {} for status in AdmissionStatus}

    def find(self, id_: str) -> Entry | None:
        """An application by its id."""
        return self.entries.get(id_) or self.fetch(id_)

    def standing(self, *statuses: AdmissionStatus) -> list[Entry]:
        """Every application that stands so."""
        self.fetch_standing(statuses)
        return [entry for status in statuses for entry in self._by_status[status].values()]

    def waiting(self, *, by_rank: bool) -> Iterator[Entry]:
        """Those on the waiting list, in their turn."""
        if self._queue is None or self._by_rank is not by_rank:
            self._by_rank = by_rank
            self._queue = sorted(self._turn(entry) for entry in self.standing(AdmissionStatus.WAITLISTED))
        for *_, id_ in list(self._queue):
            yield self.entries[id_]

    def put(self, entry: Entry) -> None:
        """Know an application."""
        self.entries[entry.id] = entry
        self._by_status[entry.status][entry.id] = entry

    def note(self, entry: Entry, before: AdmissionStatus) -> None:
        """An application has changed."""
        self.changed[entry.id] = entry
        if entry.status is not before:
            self._by_status[before].pop(entry.id, None)
            self._by_status[entry.status][entry.id] = entry
            self._keep_the_queue(entry, before)

    def _keep_the_queue(self, entry: Entry, before: AdmissionStatus) -> None:
        if self._queue is None:
            return
        if before is AdmissionStatus.WAITLISTED:
            del self._queue[bisect_left(self._queue, self._turn(entry))]
        elif entry.status is AdmissionStatus.WAITLISTED:
            insort(self._queue, self._turn(entry))

    def _turn(self, entry: Entry) -> tuple[int, int, str]:
        return (*waiting_key(entry, by_rank=self._by_rank), entry.id)

    def fetch(self, id_: str) -> Entry | None:  # noqa: ARG002 - a shelf of tables looks there
        """Look for an application that is not known yet."""
        return None

    def fetch_standing(self, statuses: tuple[AdmissionStatus, ...]) -> None:
        """Make sure that every application of these states is known."""
