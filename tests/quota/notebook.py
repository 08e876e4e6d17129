"""A ledger written by the pure book alone, entry by entry, as the service writes it in its tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from backoffice.quota.rules import GENESIS, Book, NotAllowedError, canonical, entry_digest, list_sha256, sha256
from backoffice.quota.rules.inputs import Arrived, Draw, DrawCommit, Input, Moved, Terms, TieCommitment, TieSecret, instant
from backoffice.quota.states import WINDOW_TRANSITIONS
from backoffice.quota.values import AdmissionStatus, Doubt, Entry, Outcome, WindowAction

OPENS = datetime(2016, 6, 13, 12, 30, tzinfo=UTC)
TERMS = Terms(
    version=1, capacity=3, margin=0, reserve=0, paper_share=None, country_caps={"default": None, "by_country": {}}, waiting_list=False,
    exempt_grounds=["validated_job_offer"], channels=["online", "paper"], policy={"order": "first_come"}, opens_at=OPENS,
    closes_at=OPENS + timedelta(days=7),
)  # fmt: skip
SECRET = "5" * 64
P, X, R, W = AdmissionStatus.PROVISIONAL, AdmissionStatus.EXEMPT, AdmissionStatus.REFUSED, AdmissionStatus.WAITLISTED
MONDAY, TUESDAY, WEDNESDAY = (date(2016, 6, 13) + timedelta(days=n) for n in range(3))


class Notebook:
    """A window, its book, and the lines of its ledger."""

    def __init__(self, *, opened: bool = True, **terms: object) -> None:
        self.book, self.lines, self.previous = Book(), [], GENESIS
        self.write(replace(TERMS, **terms))
        self.move(WindowAction.ANNOUNCE)
        if self.book.terms.tie_seconds or (self.book.terms.rules.paper_day_drawn and self.book.terms.paper_share is not None):
            self.write(TieCommitment(sha256(SECRET)))
        if opened:
            self.move(WindowAction.OPEN)

    def write(self, given: Input) -> list[Outcome]:
        outcomes = self.book.apply(given)
        self._line("in", given.type.value, given.data())
        for outcome in outcomes:
            self._line("out", "admission", outcome.data())
        return outcomes

    def tried(self, given: Input) -> list[Outcome] | None:
        """Written if the rules allow it; None if they do not, and then nothing has changed."""
        try:
            return self.write(given)
        except NotAllowedError:
            return None

    def move(self, action: WindowAction) -> list[Outcome]:
        outcomes = self.write(Moved(action, WINDOW_TRANSITIONS[self.book.page.state, action]))
        if action is WindowAction.CLOSE and self.book.page.tie_commitment:
            self.write(TieSecret(SECRET))
        return outcomes

    def arrive(
        self, name: str, country: str = "FR", *, exempt: bool = False, paper: date | None = None, doubt: Doubt | None = None,
        sequence: int | None = None, after: float | None = None, late: bool = False,
    ) -> Entry:  # fmt: skip
        number = sequence or len(self.book.shelf.entries) + 1
        self.write(
            Arrived(
                name, number, OPENS + timedelta(seconds=number if after is None else after), paper or OPENS.date(), "paper" if paper else "online",
                country, "validated_job_offer" if exempt else None, doubt, late or paper is not None,
            )
        )  # fmt: skip
        return self.book.shelf.entries[name]

    def amend(self, **changes: object) -> list[Outcome]:
        return self.write(replace(self.book.terms, version=self.book.terms.version + 1, **changes))

    def status(self, name: str) -> AdmissionStatus:
        return self.book.shelf.entries[name].status

    def standing(self, *statuses: AdmissionStatus) -> list[str]:
        return [entry.id for entry in self.book.shelf.entries.values() if entry.status in statuses]

    def export(self) -> bytes:
        head = {"format": "backoffice-ledger/2", "window": "W", "programme": "PRTQ", "lines": len(self.lines), "last": self.previous}
        return "".join(canonical(line) + "\n" for line in [head | {"digest": entry_digest(head)}, *self.lines]).encode()

    def _line(self, kind: str, type_: str, data: dict[str, object]) -> None:
        line = {"n": len(self.lines) + 1, "kind": kind, "type": type_, "at": instant(OPENS), "previous": self.previous, **data}
        line["digest"] = self.previous = entry_digest(line)
        self.lines.append(line)


def stood(book: Book) -> dict[str, tuple[object, ...]]:
    """Where everybody stands."""
    return {entry.id: (entry.status, entry.reason, entry.rank, entry.pool) for entry in book.shelf.entries.values()}


def drawing(names: str, value: str, **terms: object) -> Notebook:
    """A closed window drawn with a public value; the names' first letters are their countries."""
    window = Notebook(policy={"order": "draw"}, **terms)
    for name in names.split():
        window.arrive(name, name[0])
    window.move(WindowAction.CLOSE)
    ids = names.split()
    window.write(DrawCommit(list_sha256(ids), len(ids), sha256(SECRET), "loterie"))
    window.write(Draw(SECRET, value, 7))
    return window
