"""Plain values of the pages: a row of the queue, the bar of a case, what to do next."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup


class Tag(NamedTuple):
    """A word in a frame, and the colour that repeats it."""

    text: str
    kind: str = ""


class Link(NamedTuple):
    """Where a fact is explained."""

    label: str
    url: str


class Track(NamedTuple):
    """How far a term has run."""

    percent: int
    kind: str


@dataclass(frozen=True)
class Clock:
    """The next date of a case as a page shows it: what runs, until when, how far."""

    kind: str
    last_day: date
    left: int
    percent: int
    track: str
    term_id: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class Row:
    """One case of the queue, at a glance."""

    id: int
    number: str
    name: str
    channel: str
    status: str
    waiting: str
    clock: Clock | None
    days_total: int
    days_ours: int
    officer: str | None
    marks: list[Tag]
    unanswered: int
    to_review: int


@dataclass(frozen=True)
class Fact:
    """One of the four facts that never scroll away, with its « why »."""

    title: str
    value: str
    aside: str = ""
    detail: str = ""
    tag: Tag | None = None
    why: Link | None = None
    track: Track | None = None


@dataclass(frozen=True)
class Top:
    """The bar of a case: who, and its four facts."""

    name: str
    number: str
    birth: str
    tags: list[Tag]
    people: str
    language: str
    representative: str | None
    officer: str | None
    watching: str | None
    facts: list[Fact]


@dataclass(frozen=True)
class Act:
    """What to do first on a case, and the one button that does it."""

    title: str
    sentence: str
    url: str | None = None
    label: str | None = None
    key: str | None = None
    more: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """One line of a timeline: the sentence, who and when; `out` when it was not us."""

    sentence: Markup
    actor: str
    at: datetime
    out: bool
    kind: str
