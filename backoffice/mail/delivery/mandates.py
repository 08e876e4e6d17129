"""Who stands for whom, from when, until when (S-19): recorded from the application, changed by a person with a document."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import db
from backoffice.mail.delivery import queries, rules
from backoffice.mail.delivery.errors import MandateBackwards, MandateOver, MandateStands, ReasonMissing
from backoffice.mail.delivery.events import MandateEnded, MandateRecorded
from backoffice.mail.delivery.models import Mandate, Representative
from backoffice.mail.delivery.values import NewMandate

FROM_APPLICATION = "application"
"""The application itself names the representative, who signed it."""


def covering(case: Case, day: date, *, at: datetime) -> list[Mandate]:
    """The mandates of a case that cover a day; that of the application is recorded when it is first needed."""
    return [one for one in _known(case, at=at) if rules.in_mandate(day, one.starts_on, one.ends_on)]


def _known(case: Case, *, at: datetime) -> list[Mandate]:
    found = queries.mandates_of(case.id)
    said = cast("dict[str, str | None]", case.representative or {})
    if found or not (said.get("kind") and said.get("member_number") and said.get("family_name")):
        return found
    new = NewMandate(
        str(said["kind"]), str(said["family_name"]), said.get("given_names"), str(said["member_number"]), str(said.get("email") or ""),
        case.language, case.legal_received_on, None, FROM_APPLICATION,
    )  # fmt: skip
    record(case.id, new, by=SYSTEM, at=at)
    return queries.mandates_of(case.id)


def record(case_id: int, new: NewMandate, *, by: Actor, at: datetime) -> Mandate:
    """A representative stands for a case from a day; the document that proves it is named."""
    if not new.proof.strip():
        raise ReasonMissing
    if new.ends_on and new.ends_on < new.starts_on:
        raise MandateBackwards
    case_queries.lock_case(case_id)
    person = _person(new)
    standing = [m for m in queries.mandates_of(case_id) if m.representative_id == person.id]
    if any((m.ends_on is None or m.ends_on >= new.starts_on) and (new.ends_on is None or m.starts_on <= new.ends_on) for m in standing):
        raise MandateStands
    mandate = Mandate(
        case_id=case_id, representative_id=person.id, starts_on=new.starts_on, ends_on=new.ends_on, proof=new.proof.strip(), recorded_at=at,
        recorded_by=by.label,
    )  # fmt: skip
    db.session.add(mandate)
    db.session.flush()
    ends = new.ends_on.isoformat() if new.ends_on else None
    events.record(case_subject(case_id), MandateRecorded(mandate.id, person.id, new.starts_on.isoformat(), ends), by=by, at=at)
    return mandate


def _person(new: NewMandate) -> Representative:
    """One row for each member number; what was said last of how to reach them counts. Two who name a new one at once wait in line."""
    key = f"{new.kind}:{new.member_number}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 7_281_071))))
    person = queries.representative_named(new.kind, new.member_number)
    if person is None:
        person = Representative(kind=new.kind, member_number=new.member_number)
        db.session.add(person)
    person.family_name, person.given_names = new.family_name, new.given_names
    person.email, person.language = new.email.strip(), new.language
    db.session.flush()
    return person


def end(mandate_id: int, ends_on: date, reason: str, *, by: Actor, at: datetime) -> Mandate:
    """The mandate ends: that day is its last; no copy goes out after it."""
    if not reason.strip():
        raise ReasonMissing
    mandate = queries.lock_mandate(mandate_id)
    if mandate.ends_on is not None:
        raise MandateOver
    if ends_on < mandate.starts_on:
        raise MandateBackwards
    mandate.ends_on = ends_on
    fact = MandateEnded(mandate.id, mandate.representative_id, ends_on.isoformat(), reason.strip())
    events.record(case_subject(mandate.case_id), fact, by=by, at=at)
    return mandate
