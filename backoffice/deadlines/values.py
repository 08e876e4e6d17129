"""What a term is made of, and the workings that show how its last day was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self, cast

from backoffice.core.calendar import Skipped

# The last day of a term stopped by a pause nobody has ended yet: it does not end, and nobody can be late.
OPEN_ENDED: Final = date.max


class TermKind(StrEnum):
    """What somebody is given time for."""

    PAYMENT = "payment"
    DOCUMENTS = "documents"
    INTENTION_TO_REJECT = "intention_to_reject"
    INTENTION_TO_REFUSE = "intention_to_refuse"
    REVIEW = "review"
    INVITATION = "invitation"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class TermRule:
    """So many days for this, by this text, since that day."""

    kind: TermKind
    days: int
    citation: str
    version: str
    in_force_from: date


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, both ends included; without a last day the clock is still stopped."""

    first: date
    last: date | None
    ground: str

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it begins."""
        if self.last is not None and self.last < self.first:
            raise ValueError("a pause cannot end before it begins")


@dataclass(frozen=True, slots=True)
class Extension:
    """More days, granted to one person for a reason."""

    days: int
    granted_on: date
    reason: str

    def __post_init__(self) -> None:
        """Refuse an extension that gives no day: a term is never shortened."""
        if self.days < 1:
            raise ValueError("an extension gives at least one day")


@dataclass(frozen=True, slots=True)
class Workings:
    """The arithmetic of one term, so that a page or a letter can show it line by line.

    ``start`` is day zero and is not counted; ``counted_to`` is where the count ends before Sundays and holidays are
    looked at; ``skipped`` are the closed days stepped over; ``last_day`` is counted, until midnight in Montréal.
    ``own_days`` says that ``days`` were granted for this one term, in place of those of the rule.
    """

    start: date
    day_zero_reason: str
    days: int
    extended_by: int
    paused_days: int
    counted_to: date
    skipped: tuple[Skipped, ...]
    last_day: date
    rule: TermRule
    calendar_version: str
    saturdays: bool
    own_days: bool = False
    extensions: tuple[Extension, ...] = ()
    pauses: tuple[Pause, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether a pause without end has stopped the clock."""
        return self.last_day == OPEN_ENDED

    def to_json(self) -> dict[str, object]:
        """Give the workings as plain JSON values, for the record and for ``case show``."""
        return {
            "start": self.start.isoformat(),
            "day_zero_reason": self.day_zero_reason,
            "days": self.days,
            "extended_by": self.extended_by,
            "paused_days": self.paused_days,
            "counted_to": self.counted_to.isoformat(),
            "skipped": [skipped.to_json() for skipped in self.skipped],
            "last_day": self.last_day.isoformat(),
            "rule": {
                "kind": self.rule.kind.value,
                "days": self.rule.days,
                "citation": self.rule.citation,
                "version": self.rule.version,
                "in_force_from": self.rule.in_force_from.isoformat(),
            },
            "calendar_version": self.calendar_version,
            "saturdays": self.saturdays,
            "own_days": self.own_days,
            "extensions": [{"days": e.days, "granted_on": e.granted_on.isoformat(), "reason": e.reason} for e in self.extensions],
            "pauses": [{"first": p.first.isoformat(), "last": p.last.isoformat() if p.last else None, "ground": p.ground} for p in self.pauses],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read back what ``to_json`` wrote."""
        rule = cast("Mapping[str, object]", data["rule"])
        return cls(
            start=_day(data["start"]),
            day_zero_reason=str(data["day_zero_reason"]),
            days=_number(data["days"]),
            extended_by=_number(data["extended_by"]),
            paused_days=_number(data["paused_days"]),
            counted_to=_day(data["counted_to"]),
            skipped=tuple(Skipped.from_json(each) for each in cast("Sequence[Mapping[str, object]]", data["skipped"])),
            last_day=_day(data["last_day"]),
            rule=TermRule(
                kind=TermKind(str(rule["kind"])),
                days=_number(rule["days"]),
                citation=str(rule["citation"]),
                version=str(rule["version"]),
                in_force_from=_day(rule["in_force_from"]),
            ),
            calendar_version=str(data["calendar_version"]),
            saturdays=bool(data["saturdays"]),
            own_days=bool(data.get("own_days")),
            extensions=tuple(Extension(_number(e["days"]), _day(e["granted_on"]), str(e["reason"])) for e in _rows(data, "extensions")),
            pauses=tuple(Pause(_day(p["first"]), _day(p["last"]) if p["last"] else None, str(p["ground"])) for p in _rows(data, "pauses")),
        )


def _rows(data: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    """A list of the record; terms of before it was kept have none."""
    return cast("Sequence[Mapping[str, object]]", data.get(name) or ())


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _number(value: object) -> int:
    return int(str(value))
