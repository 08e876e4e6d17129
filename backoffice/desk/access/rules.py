"""When an answer is due, and what is left out unless a person decides otherwise."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from backoffice.core.calendar import Calendar
from backoffice.deadlines import rules
from backoffice.deadlines.values import Extension, TermKind, TermRule, Workings
from backoffice.desk.access.values import Choice, Ground, Item

# Twenty days after the day of receipt; before they end, ten more at most, of which the person is told (A-2.1 s. 98).
TERM: Final = TermRule(TermKind.INTERNAL, 20, "A-2.1 s. 98", "access-2006-06-14", date(2006, 6, 14))
MORE_DAYS: Final = 10

THIRD_PARTY_FACTS: Final = frozenset({"intake.DuplicateJudged", "intake.FalseDeclarationMet", "intake.FalseDeclarationJudged"})
"""Facts whose sentences compare the applicant with somebody else: their words are left out (A-2.1 s. 88), their day and digest stay."""


def workings(received_on: date, extended: tuple[date, str] | None, calendar: Calendar) -> Workings:
    """The last day to answer, line by line; `extended` is when ten days were added, and why."""
    more = [Extension(MORE_DAYS, *extended)] if extended else []
    return rules.workings(TERM, received_on, extensions=more, calendar=calendar, day_zero_reason="entered")


def choices(items: Iterable[Item], made: Mapping[str, Choice]) -> list[Choice]:
    """What becomes of each item: what a person chose, else what is usual for its kind."""
    return [made.get(item.key) or Choice(item, item.usual) for item in items]


def usual_ground(kind: str) -> Ground | None:
    """The ground on which a fact's words are left out, if it is about somebody else too."""
    return Ground.THIRD_PARTY if kind in THIRD_PARTY_FACTS else None
