"""Operations of the backlog: one part taken over, and a line settled by a person."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import CaseHold
from backoffice.cases.names import passport
from backoffice.cases.states import FINAL
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.intake import rules
from backoffice.intake.backlog import loading, queries
from backoffice.intake.backlog.errors import AlreadySettled
from backoffice.intake.backlog.events import BacklogBegun, BacklogEnded, BacklogLineSettled, BacklogTaken, import_subject, part_subject
from backoffice.intake.backlog.models import BacklogImport, BacklogLine
from backoffice.intake.backlog.queries import Known
from backoffice.intake.backlog.values import TAKEN, WAITING, Checked, Fault, Outcome, Person, Result, Somebody, Tally

_ENDED = frozenset(status.value for status in FINAL)


@dataclass
class Run:
    """A file being taken over; the import has a row from the first part that changes something."""

    source: str
    file_name: str
    file_sha256: str
    by: Actor
    account_id: int | None
    at: datetime
    tally: Tally = field(default_factory=Tally)
    import_id: int | None = None
    parts: int = 0
    seeds: dict[str, str] = field(default_factory=dict)
    """The drawn seed of each legal day met so far."""


def sort_out(
    source: str, lines: Sequence[Checked], known: Callable[[Sequence[str]], dict[str, Known]] | None = None,
    people: Callable[[Sequence[tuple[str, str]], Sequence[str]], list[Somebody]] | None = None,
) -> list[Result]:  # fmt: skip
    """What each line of a part is: new, known, differing, refused, or new with somebody who looks like somebody else.

    `known` and `people` add what a dry run has seen in earlier parts, which the tables cannot know.
    """
    good = [line for line in lines if not line.faults]
    numbers = [str(line.number) for line in good]
    there = (known(numbers) if known else {}) | queries.known(source, numbers)
    results = [_sorted(line, there) for line in lines]
    before = queries.contents(source, [str(r.checked.number) for r in results if r.outcome is Outcome.DIFFERING])
    active = [r.checked for r in results if r.outcome is Outcome.NEW and r.checked.content["status"] not in _ENDED]
    like = _Likeness(active, people)
    for result in results:
        if result.outcome is Outcome.DIFFERING:
            result.faults = _differences(before.get(str(result.checked.number)), result.checked)
        elif result.outcome is Outcome.NEW and (faults := like.of(result.checked)):
            result.outcome, result.faults = Outcome.SUSPECTED, faults
    return results


def _sorted(line: Checked, there: dict[str, Known]) -> Result:
    if line.faults:
        return Result(line, Outcome.REFUSED, line.faults)
    number = str(line.number)
    first = there.get(number)
    if first is None:
        there[number] = Known(line.sha256)
        return Result(line, Outcome.NEW, [])
    outcome = Outcome.KNOWN if first.sha256 == line.sha256 else Outcome.DIFFERING
    return Result(line, outcome, [], first.case_number, first.case_id)


def _differences(before: dict[str, Any] | None, line: Checked) -> list[Fault]:
    """What a line says otherwise than the case taken over under its number; twice in one new file, the number itself."""
    if before is None:
        return [Fault("number", "differs", str(line.number))]
    there, here = dict(_leaves(before)), dict(_leaves(line.content))
    names = [name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name)]
    return [Fault(name, "differs", here.get(name, "—")[:200]) for name in names]


def _leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Every single value with its path, as the tables keep it: « people.1.family_name »."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{at}.{place}")
    else:
        yield at, (passport(str(value)) or "") if at.endswith("passport_number") else str(value)


class _Likeness:
    """Who of a part looks like somebody of an active case, or of an earlier line."""

    def __init__(self, lines: Sequence[Checked], more: Callable[[Sequence[tuple[str, str]], Sequence[str]], list[Somebody]] | None) -> None:
        self._active = {id(line) for line in lines}
        self._near: dict[object, list[Somebody | Checked]] = {}
        names = [(one[0], one[1]) for line in lines for one in line.people]
        passports = [one[3] for line in lines for one in line.people if one[3]]
        for somebody in queries.people(names, passports) + (more(names, passports) if more else []):
            self._add(somebody.person, somebody)

    def _add(self, person: Person, whose: Somebody | Checked) -> None:
        for key in _keys(person):
            self._near.setdefault(key, []).append(whose)

    def of(self, line: Checked) -> list[Fault]:
        """Those whom this line's people look like, each named once; the line's own people are known from then on."""
        if id(line) not in self._active:
            return []
        near = [other for one in line.people for key in _keys(one) for other in self._near.get(key, ())]
        for one in line.people:
            self._add(one, line)
        return _alike(line, [other for whose in near for other in (members(whose) if isinstance(whose, Checked) else [whose])]) if near else []


def _keys(person: Person) -> tuple[object, ...]:
    """By what somebody is found again: name and day of birth, passport."""
    return ((person[0], person[1]), person[3]) if person[3] else ((person[0], person[1]),)


def _alike(line: Checked, others: Sequence[Somebody]) -> list[Fault]:
    mine, programme = [_identity(one) for one in line.people], line.content["programme"]
    found = [other.at for other in others for one in mine if other.programme == programme and rules.same_person(one, _identity(other.person))]
    return list(dict.fromkeys(found))


def members(line: Checked) -> list[Somebody]:
    """The people of a line, as the next ones may look like them."""
    at = Fault("", "same_line", str(line.raw.line))
    return [Somebody(one, line.content["programme"], at) for one in line.people]


def _identity(one: Person) -> rules.Identity:
    return rules.Identity(one[0], date.fromisoformat(one[1]), one[2], one[3])


def take_part(run: Run, lines: Sequence[Checked]) -> list[Result]:
    """Take a part over in one transaction: cases opened, holds placed, what needs a person kept, and one fact of it all."""
    queries.lock()
    results = sort_out(run.source, lines)
    new = [r for r in results if r.outcome in TAKEN]
    waiting = _not_kept(run.source, [r for r in results if r.outcome in WAITING])
    if new or waiting:
        _begin(run)
        opened = loading.open_cases(run.source, [r.checked for r in new], run.seeds, import_id=_id(run), part=run.parts + 1, at=run.at)
        for result, (case_id, number) in zip(new, opened, strict=True):
            result.case_id, result.case_number = case_id, number
        _name_twins(new)
        _hold([r for r in new if r.outcome is Outcome.SUSPECTED], at=run.at)
        _keep(run, waiting)
        queries.settle_retaken(run.source, [str(r.checked.number) for r in new], run.by.label, run.at)
        _record_part(run, [r.checked for r in new], len(waiting), lines)
    for result in results:
        run.tally.add(result.outcome)
    _count(run)
    return results


def _name_twins(new: Sequence[Result]) -> None:
    """Two lines of one part that look alike: each is named by its case, now that it has one."""
    numbers = {str(r.checked.raw.line): r.case_number for r in new}
    for result in new:
        result.faults = [
            Fault("", "same_person", number) if fault.code == "same_line" and (number := numbers.get(fault.value)) else fault
            for fault in result.faults
        ]


def _id(run: Run) -> int:
    assert run.import_id is not None
    return run.import_id


def _begin(run: Run) -> None:
    """The import's row and first fact, when something changes at last."""
    if run.import_id is None:
        row = BacklogImport(
            source=run.source, file_name=run.file_name, file_sha256=run.file_sha256, started_at=run.at, account_id=run.account_id,
            by_label=run.by.label, parts=0, opened=0, suspected=0, known=0, differing=0, refused=0,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        run.import_id = row.id
        events.record(import_subject(row.id), BacklogBegun(row.id, run.source, run.file_sha256), by=run.by, at=run.at)


def _hold(suspected: Sequence[Result], *, at: datetime) -> None:
    """Nobody works on a case before a person has looked at who is in it; its legal day stays its own."""
    if suspected:
        db.session.execute(insert(CaseHold), [{"case_id": r.case_id, "kind": Hold.DUPLICATE_REVIEW, "placed_at": at} for r in suspected])


def _not_kept(source: str, waiting: list[Result]) -> list[Result]:
    """Lines that are not kept yet, each once: the same line sent again is the same line."""
    by_digest = {_digest(r): r for r in waiting}
    there = queries.kept(source, by_digest) if by_digest else set()
    return [result for digest, result in by_digest.items() if digest not in there]


def _digest(result: Result) -> str:
    return hashlib.sha256(result.checked.raw.bytes.strip()).hexdigest()


def _keep(run: Run, waiting: Sequence[Result]) -> None:
    values = [
        {
            "import_id": run.import_id, "line": r.checked.raw.line, "outcome": r.outcome, "source": run.source, "external_number": r.checked.number,
            "case_id": r.case_id, "raw": r.checked.raw.bytes, "raw_sha256": _digest(r), "faults": [fault.to_json() for fault in r.faults],
        }
        for r in waiting
    ]  # fmt: skip
    if values:
        db.session.execute(insert(BacklogLine), values)


def _record_part(run: Run, opened: list[Checked], kept: int, lines: Sequence[Checked]) -> None:
    run.parts += 1
    fact = BacklogTaken(
        _id(run), run.parts, run.source, lines[0].raw.line, lines[-1].raw.line, len(opened), kept, loading.digest(opened),
    )  # fmt: skip
    events.record(part_subject(_id(run), run.parts), fact, by=run.by, at=run.at)


def _count(run: Run) -> None:
    if run.import_id is not None:
        counts = {one.value: run.tally.counts[one] for one in (Outcome.SUSPECTED, Outcome.KNOWN, Outcome.DIFFERING, Outcome.REFUSED)}
        row = update(BacklogImport).where(BacklogImport.id == run.import_id)
        db.session.execute(row.values(parts=run.parts, opened=run.tally.opened, **counts))


def end(run: Run, *, at: datetime) -> None:
    """The whole file was gone through: cases that a door opened meanwhile are compared too, and the import is closed."""
    if run.import_id is None:
        return
    for case_id in queries.opened_meanwhile(run.import_id, run.at):
        _suspect_late(run, case_id, at=at)
    row = update(BacklogImport).where(BacklogImport.id == run.import_id)
    db.session.execute(row.values(ended_at=at, suspected=run.tally.counts[Outcome.SUSPECTED]))
    counts = run.tally.counts
    fact = BacklogEnded(
        run.import_id, run.source, run.tally.opened, counts[Outcome.SUSPECTED], counts[Outcome.KNOWN], counts[Outcome.DIFFERING],
        counts[Outcome.REFUSED],
    )  # fmt: skip
    events.record(import_subject(run.import_id), fact, by=run.by, at=at)


def _suspect_late(run: Run, case_id: int, *, at: datetime) -> None:
    """Somebody came through a door at the very moment when their old file was taken over."""
    if Hold.DUPLICATE_REVIEW not in case_queries.standing_holds(case_id):
        cases.place_hold(case_id, Hold.DUPLICATE_REVIEW, by=run.by, at=at)
        run.tally.counts[Outcome.NEW] -= 1
        run.tally.add(Outcome.SUSPECTED)


def settle_line(line_id: int, reason: str, *, by: Actor, at: datetime) -> BacklogLine:
    """A person says that nothing more is to be taken over from a line, and why; the line itself is kept."""
    line = queries.lock_line(line_id)
    if line.settled_at is not None:
        raise AlreadySettled
    line.settled_at, line.settled_by, line.decision, line.settled_why = at, by.label, "left", reason
    events.record(import_subject(line.import_id), BacklogLineSettled(line.id, line.line, line.outcome.value, reason), by=by, at=at)
    return line
