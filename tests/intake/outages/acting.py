"""What the tests of outages do: an outage written down, and the two people who sign."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock, deliveries
from backoffice.core.calendar import MONTREAL
from backoffice.core.db import db, transaction
from backoffice.deadlines.models import Term, TermPause
from backoffice.intake.outages import queries, service
from backoffice.intake.outages.models import Outage, OutageLine, OutageList
from backoffice.intake.outages.values import Door, Extent, LineKind, NewOutage
from backoffice.mail.models import Message
from backoffice.staff.models import Account
from tests.builders import Builder

FIRST = date(2016, 6, 13)

Find = Callable[[Case], Term]
"""The payment term of a case, as it stands."""


def local(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """An instant of Montréal."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MONTREAL)


def new(start: datetime, end: datetime | None, *doors: Door, **extent: Any) -> NewOutage:
    """An outage as somebody writes it down."""
    return NewOutage(start, end, Extent(doors or (Door.PORTAL,), **extent), "Le portail ne répondait plus.", "Centre d’assistance, billet 4471")


class Two:
    """Two supervisors, and what they do together."""

    def __init__(self, build: Builder) -> None:
        self.first, self.second = build.supervisor(), build.supervisor()

    def record(self, outage: NewOutage, by: Account | None = None) -> Outage:
        with transaction():
            return service.record(outage, (), by=by or self.first, at=clock.now())

    def ask(self, outage: Outage) -> OutageList:
        with transaction():
            return service.ask(outage.id, by=self.first, at=clock.now())

    def sign(self, outage: Outage, seen: str | None = None) -> bool:
        listed = queries.live_list(outage.id)
        assert listed is not None
        with transaction():
            return service.sign(outage.id, seen or listed.list_sha256, approve=True, answer="Vu.", by=self.second, at=clock.now())

    def carry_out(self, outage: Outage) -> OutageList:
        """Asked, signed and run to its end."""
        listed = self.ask(outage)
        assert self.sign(outage)
        deliveries.run_all()
        return queries.find_list(listed.id)

    def whole(self, outage: NewOutage) -> Outage:
        """Recorded, signed and carried out."""
        made = self.record(outage)
        self.carry_out(made)
        return queries.outage(made.id)

    def reverse(self, outage: Outage) -> OutageList:
        with transaction():
            service.reverse(outage.id, "Inscrite par erreur", by=self.first, at=clock.now())
        return self.carry_out(outage)


def lines(outage: Outage, *kinds: LineKind) -> list[OutageLine]:
    """The lines of the latest list."""
    listed = queries.latest_lists([outage.id])[outage.id]
    db.session.expire_all()
    return queries.lines(listed.id, kinds or LineKind)


def day(number: int) -> date:
    """So many days after the first window of 2016 opened."""
    return FIRST + timedelta(number)


def told(case: Case, kind: str = "outage_extended") -> list[Message]:
    """What a case was told of an outage."""
    db.session.expire_all()
    return list(db.session.scalars(select(Message).where(Message.case_id == case.id, Message.kind == kind).order_by(Message.position)))


def pauses(term: Term) -> list[tuple[date, date | None]]:
    """The pauses of a term that stand."""
    query = select(TermPause.first, TermPause.last).where(TermPause.term_id == term.id, TermPause.removed_at.is_(None))
    return [(row[0], row[1]) for row in db.session.execute(query)]
