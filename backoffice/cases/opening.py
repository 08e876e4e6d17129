"""Opening cases, many at once: numbers taken in one go, rows written together, each at its place in the processing order."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import names, numbers, ranking
from backoffice.cases.events import CaseOpened, case_subject
from backoffice.cases.models import Case, DaySeed, NumberSeries, Person
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import NewCase, NewPerson
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db

POLICY = ranking.Policy()
"""The order in force; « papier d'abord » is a setting of it."""


def open_cases(news: Sequence[NewCase], status: CaseStatus, *, by: Actor, at: datetime) -> list[Case]:
    """Open the cases of several submissions under new file numbers; until the end of the operation they are ours alone."""
    seeds = _seeds({new.legal_received_on for new in news})
    taken = take_numbers(montreal_day(at).year, len(news))
    opened = [_case(new, number, seeds[new.legal_received_on], status, at=at) for new, number in zip(news, taken, strict=True)]
    db.session.add_all(opened)
    db.session.flush()
    ours = db.session.info.setdefault("locked_cases", {})  # nobody else can see them yet (`queries.lock_case`)
    for case in opened:
        ours[case.id] = case
        fact = CaseOpened(
            case.id, case.number, str(case.submission_id), case.channel.value, case.legal_received_on.isoformat(),
            len(case.people), status.value, case.processing_class,
        )  # fmt: skip
        events.record(case_subject(case.id), fact, by=by, at=at)
    return opened


def take_numbers(year: int, many: int) -> list[str]:
    """The next file numbers of a year; nobody else is given them."""
    series = insert(NumberSeries).values(year=year, last=many)
    series = series.on_conflict_do_update(index_elements=[NumberSeries.year], set_={"last": NumberSeries.last + many})
    last = db.session.execute(series.returning(NumberSeries.last)).scalar_one()
    return [numbers.case_number(year, serial) for serial in range(last - many + 1, last + 1)]


def _seeds(days: Iterable[date]) -> dict[date, str]:
    """The seed of each day of receipt, drawn once, when its first case opens."""
    wanted = sorted(days)
    db.session.execute(insert(DaySeed).values([{"day": day, "seed": secrets.token_hex(16)} for day in wanted]).on_conflict_do_nothing())
    return {row[0]: row[1] for row in db.session.execute(select(DaySeed.day, DaySeed.seed).where(DaySeed.day.in_(wanted)))}


def _case(new: NewCase, number: str, seed: str, status: CaseStatus, *, at: datetime) -> Case:
    case = Case(
        number=number, submission_id=new.submission_id, programme=new.programme, channel=new.channel, language=new.language,
        status=status, status_changed_at=at, received_at=new.received_at, legal_received_on=new.legal_received_on, opened_at=at,
        contact=new.contact, representative=new.representative, destination_region=new.destination_region,
        urgent_reason=None, validated_offer=new.validated_offer, temporary_resident=new.temporary_resident,
        processing_class=0, tie=ranking.tie(seed, number),
    )  # fmt: skip
    case.people = [_person(one, position) for position, one in enumerate(new.people)]
    case.holds = []
    case.processing_class = ranking.processing_class(case.facts, POLICY)
    return case


def _person(new: NewPerson, position: int) -> Person:
    return Person(
        kind=new.kind, position=position, family_name=new.family_name, given_names=new.given_names,
        search_name=names.search_name(new.family_name, new.given_names), sex=new.sex, birth_date=new.birth_date,
        birth_country=new.birth_country, citizenships=list(new.citizenships),
        passport_number=names.passport(new.passport_number), details=new.details,
    )  # fmt: skip
