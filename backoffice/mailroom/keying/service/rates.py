"""How many envelopes are keyed twice: the dated rate of each group, the errors measured, and a person's change."""

from datetime import date, datetime, timedelta

from backoffice.core import events
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.settings import settings
from backoffice.mailroom.keying import measuring, queries
from backoffice.mailroom.keying.errors import RateOutOfBounds, TooFewPairs, WhyNeeded
from backoffice.mailroom.keying.events import RateSet, rate_subject
from backoffice.mailroom.keying.models import KeyingRate
from backoffice.mailroom.keying.values import Advice, Critical, Measured
from backoffice.staff.models import Account

MEASURED = timedelta(days=365)
"""Errors are those of the last year: people, forms and scanners change."""


def percents(day: date) -> dict[Critical, int]:
    """The rate of each group in force on a day: everything until somebody set it."""
    known = queries.rates_on(day)
    return {critical: known[critical].percent if critical in known else measuring.EVERYTHING for critical in Critical}


def drawn(number: str, at: datetime) -> set[Critical]:
    """The groups of an envelope that are keyed twice; nobody knows it before the first pass ends."""
    return measuring.drawn(settings().secret_key.encode(), number, percents(montreal_day(at)))


def advice(at: datetime) -> list[Advice]:
    """For each group: the rate in force, what the pairs show, and the rate that they call for."""
    known = percents(montreal_day(at))
    return [measuring.advise(critical, known[critical], measured(critical, at)) for critical in Critical]


def measured(critical: Critical, at: datetime) -> Measured:
    """The error of one keying of a group of fields."""
    return measuring.measure(queries.resolved(critical, at - MEASURED))


def by_hand(at: datetime) -> list[tuple[str, Measured]]:
    """The error of each person's keyings, the most keyings first."""
    found = measuring.by_hand(pair for critical in Critical for pair in queries.resolved(critical, at - MEASURED))
    names = queries.account_names(found)
    return sorted(((names.get(who, ""), one) for who, one in found.items()), key=lambda row: (-row[1].keyings, row[0]))


def set_rate(critical: Critical, percent: int, from_on: date, reason: str, *, by: Account, at: datetime) -> KeyingRate:
    """Change a group's rate from a day on, with the reason; never below the floor, nor below everything before enough is known."""
    today = montreal_day(at)
    if not reason.strip():
        raise WhyNeeded
    if not measuring.FLOOR <= percent <= measuring.EVERYTHING or from_on < today:
        raise RateOutOfBounds(measuring.FLOOR)
    known = measured(critical, at)
    if percent < measuring.EVERYTHING and known.pairs < measuring.ENOUGH:
        raise TooFewPairs(known.pairs, measuring.ENOUGH)
    before = percents(today)[critical]
    figures = {"pairs": known.pairs, "errors": known.errors, "low": known.low, "high": known.high, "wanted": measuring.wanted(known)}
    rate = KeyingRate(
        critical=critical, percent=percent, from_on=from_on, reason=reason.strip(), figures=figures, set_by_id=by.id, set_at=at,
    )  # fmt: skip
    db.session.add(rate)
    db.session.flush()
    fact = RateSet(critical.value, before, percent, from_on.isoformat(), known.pairs, known.errors, reason.strip())
    events.record(rate_subject(critical), fact, by=by.actor, at=at)
    return rate
