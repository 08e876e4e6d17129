"""« Pourquoi ce résultat ? »: the decisive lines of one application, each with the numbers of its instant, counted from the ledger alone.

Pure: lines in, explanation out, so that anybody can check it with docs/ledger.md in hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from backoffice.quota import rules
from backoffice.quota.rules import Counts, Places
from backoffice.quota.rules.inputs import Terms
from backoffice.quota.statuses import AdmissionStatus, Pool
from backoffice.quota.values import Entry

Line = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the places stood just before a line, and what the application could have been given."""

    total: int
    taken: int
    reserve_left: int
    paper_left: int
    promised: int
    free: int
    country: str
    country_taken: int
    country_cap: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One outcome of an application: the input that caused it, the version of the decision then in force, and the numbers of that instant."""

    n: int
    at: str
    cause: Line
    version: int
    status: str
    reason: str | None
    rank: int | None
    pool: str | None
    moment: Moment
    same_instant: int


@dataclass(slots=True)
class _Stand:
    """How an application stands, as the lines read so far say."""

    status: AdmissionStatus = AdmissionStatus.PENDING
    country: str = ""
    pool: Pool | None = None
    first: bool = False


@dataclass(slots=True)
class Reading:
    """The state of a ledger, line after line."""

    counts: Counts = field(default_factory=Counts)
    terms: Terms | None = None
    settled: bool = False
    cause: Line = field(default_factory=dict)
    since: int = 0
    stands: dict[str, _Stand] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        """One more line."""
        if line["kind"] == "out":
            self.since += 1
            self._outcome(line)
        else:
            self.cause, self.since = line, 0
            self._input(line)

    def _input(self, line: Line) -> None:
        match line["type"]:
            case "terms":
                self.terms = Terms.read(rules.members_of(line))
            case "window":
                self.settled = self.settled or line["act"] == "settle"
            case "arrival":
                self.stands[str(line["id"])] = _Stand(country=str(line["country"]))
            case "reserve":
                self.counts.reserve_used += 1

    def _outcome(self, line: Line) -> None:
        stand = self.stands.setdefault(str(line["id"]), _Stand())
        self.counts.count(stand.status, stand.country, stand.pool, -1)
        stand.status, stand.pool = AdmissionStatus(str(line["status"])), Pool(str(line["pool"])) if line["pool"] else None
        self.counts.count(stand.status, stand.country, stand.pool, 1)
        if stand.pool and not stand.first:
            stand.first = True
            self.counts.given[stand.pool] += 1

    def moment(self, arrival: Line) -> Moment:
        """Where the places stand now, for an application."""
        assert self.terms is not None, "the first line of a ledger is its terms"
        places = Places(self.terms.rules, self.counts, self.settled)
        country, stand = str(arrival["country"]), self.stands.get(str(arrival["id"]), _Stand())
        entry = Entry(
            id=str(arrival["id"]), sequence=cast("int", arrival["sequence"]), received_at=self.terms.opens_at, day=self.terms.opens_at.date(),
            channel=str(arrival["channel"]), country=country, status=stand.status,
        )  # fmt: skip
        share = self.terms.paper_share if places.share_kept else None
        return Moment(
            total=places.terms.total, taken=self.counts.taken, reserve_left=places.reserve_left,
            paper_left=max(0, share - self.counts.in_pool[Pool.PAPER]) if share is not None else 0, promised=self.counts.promised,
            free=places.free_for(entry), country=country, country_taken=self.counts.by_country[country] + self.counts.promised_by_country[country],
            country_cap=rules.country_cap(places.terms, country),
        )  # fmt: skip


def explain(lines: Iterable[Line], id_: str) -> list[Step]:
    """Each outcome of one application, in order, with the numbers just before it; stops where the lines end."""
    reading, steps, arrival = Reading(), [], None
    for line in lines:
        if line["kind"] == "in" and line["type"] == "arrival" and line["id"] == id_:
            arrival = line
        if line["kind"] == "out" and line["id"] == id_ and arrival is not None and reading.terms is not None:
            steps.append(_step(line, reading, arrival))
        reading.take(line)
    return steps


def _step(line: Line, reading: Reading, arrival: Line) -> Step:
    assert reading.terms is not None
    return Step(
        n=cast("int", line["n"]), at=str(line["at"]), cause=reading.cause, version=reading.terms.version, status=str(line["status"]),
        reason=cast("str | None", line["reason"]), rank=cast("int | None", line["rank"]), pool=cast("str | None", line["pool"]),
        moment=reading.moment(arrival), same_instant=reading.since,
    )  # fmt: skip


def rule_of(step: Step, order: str) -> str:
    """The name of the rule that a step applies; the page words it (words.RULE)."""
    cause = str(step.cause["type"])
    if cause != "arrival":
        return "settle" if cause == "window" else cause
    if step.reason == "duplicate_person":
        return "arrival.duplicate"
    if step.status == "exempt":
        return "arrival.exempt"
    if step.status == "registered":
        return "arrival.registered_paper" if order == "first_come" else f"arrival.registered_{order}"
    return "arrival.place" if step.status == "provisional" else f"arrival.{step.status}"
