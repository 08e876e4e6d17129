"""Recording changes: the old and the new in one act, the applicant told, and no order touched."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from backoffice.cases import changing
from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case, Person
from backoffice.cases.states import FINAL
from backoffice.cases.values import CivilStatus, NewPerson, PersonKind, Sex
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.intake.changes import queries, telling
from backoffice.intake.changes.errors import CaseEnded, NothingChanged, PersonUnknown, SourceUnknown, ValueRefused
from backoffice.intake.changes.events import ChangeRecorded
from backoffice.intake.changes.models import CircumstanceChange
from backoffice.intake.changes.values import CORRECTABLE, ChangeKind, ChangeSource, NewChange, Source

Made = tuple[dict[str, object], dict[str, object], int | None]
"""The old, the new, and of whom."""


def record_change(case_id: int, new: NewChange, *, by: Actor, at: datetime) -> CircumstanceChange:
    """Apply a change to the case, keep what was there before, and tell the applicant; neither admission nor turn moves."""
    case = case_queries.lock_case(case_id)
    if case.status in FINAL:
        raise CaseEnded
    source = _checked(case, new.source)
    before, after, person_id = APPLY[new.kind](case, new)
    if before == after:
        raise NothingChanged
    change = CircumstanceChange(
        case_id=case_id, kind=new.kind, person_id=person_id, field=new.field, before=before, after=after, source=source.kind, source_ref=source.ref,
        changed_on=new.changed_on, received_on=source.received_on, reason=new.reason, at=at, by_label=by.label,
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    fact = ChangeRecorded(
        change.id, new.kind.value, new.field, source.kind.value, source.ref, new.changed_on.isoformat() if new.changed_on else None,
        source.received_on.isoformat(), digest([before, after]),
    )  # fmt: skip
    events.record(case_subject(case_id), fact, by=by, at=at)
    telling.tell(case, change, by=by, at=at)
    return change


def _checked(case: Case, source: Source) -> Source:
    """The legal day is that of the message or of the stamp, never another; nothing comes from the future."""
    if source.kind is ChangeSource.MESSAGE:
        days = {str(message_id): day for message_id, day, _body in queries.messages(case.id)}
    elif source.kind is ChangeSource.ENVELOPE:
        days = queries.envelopes(case.id)
    else:
        return source
    if source.ref not in days:
        raise SourceUnknown
    return Source(source.kind, source.ref, days[source.ref])


def _person(case: Case, person_id: int | None) -> Person:
    found = next((one for one in case.people if one.id == person_id), None)
    if found is None:
        raise PersonUnknown
    return found


def _address(case: Case, new: NewChange) -> Made:
    before, after = dict(case.contact), {**case.contact, **new.after}
    changing.change_contact(case.id, after)
    return before, after, None


def _name(case: Case, new: NewChange) -> Made:
    person = _person(case, new.person_id)
    before: dict[str, object] = {"family_name": person.family_name, "given_names": person.given_names}
    after = {name: new.after.get(name) for name in before}
    if not after["family_name"]:
        raise ValueRefused
    changing.change_person(case.id, person.id, after)
    return before, after, person.id


def _added(case: Case, new: NewChange) -> Made:
    fields = dict(new.after)
    civil = fields.pop("civil_status", None)
    person = changing.add_person(case.id, _new_person(fields))
    return _with_civil_status(case, {}, civil), {**_plain(fields), **_civil(civil)}, person.id


def _new_person(fields: dict[str, Any]) -> NewPerson:
    return NewPerson(
        kind=PersonKind(fields["kind"]), family_name=fields["family_name"], given_names=fields.get("given_names"), sex=fields["sex"],
        birth_date=fields["birth_date"], birth_country=fields.get("birth_country"), citizenships=tuple(fields.get("citizenships") or ()),
        passport_number=fields.get("passport_number"), details={},
    )  # fmt: skip


def _plain(fields: dict[str, Any]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}


def _civil(status: object) -> dict[str, object]:
    return {"civil_status": status} if status else {}


def _with_civil_status(case: Case, before: dict[str, object], status: object) -> dict[str, object]:
    """The principal applicant's civil status follows a marriage or a separation; what it was is kept with the change."""
    if not status:
        return before
    principal = case_queries.principal(case)
    old = principal.details.get("civil_status")
    changing.change_person(case.id, principal.id, {"details": {**principal.details, "civil_status": CivilStatus(str(status)).value}})
    return {**before, "civil_status": old}


def _removed(case: Case, new: NewChange) -> Made:
    person = _person(case, new.person_id)
    if changing.has_left(person):
        raise NothingChanged
    before: dict[str, object] = {"member": person.name}
    why = str(new.after.get("why") or "")
    on = new.changed_on.isoformat() if new.changed_on else None
    changing.change_person(case.id, person.id, {"details": {**person.details, changing.LEFT: {"on": on, "why": why}}})
    before = _with_civil_status(case, before, new.after.get("civil_status"))
    return before, {"member": None, "why": why, **_civil(new.after.get("civil_status"))}, person.id


def _said(_case: Case, new: NewChange) -> Made:
    """Work, or anything else: what was said is kept in the applicant's words; the file itself is read by a person."""
    if not str(new.after.get("text") or "").strip():
        raise ValueRefused
    return {}, dict(new.after), new.person_id


def _corrected(case: Case, new: NewChange) -> Made:
    """One field of one person put right; the application stays as it came."""
    person = _person(case, new.person_id)
    if new.field not in CORRECTABLE or len(new.reason.strip()) < 3:
        raise ValueRefused
    value = READ[new.field](str(new.after.get("value") or "").strip())
    if new.field == "civil_status":
        before: object = person.details.get("civil_status")
        changing.change_person(case.id, person.id, {"details": {**person.details, "civil_status": value}})
    else:
        before = getattr(person, new.field)
        changing.change_person(case.id, person.id, {new.field: value})
    return _plain({new.field: before}), _plain({new.field: value}), person.id


def _of(kinds: type[CivilStatus] | type[Sex], text: str) -> str:
    if text not in {one.value for one in kinds}:
        raise ValueRefused
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueRefused from None


def _country(text: str) -> str | None:
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueRefused
    return text.upper() or None


def _required(text: str) -> str:
    if not text:
        raise ValueRefused
    return text


READ: dict[str, Callable[[str], object]] = {
    "family_name": _required, "given_names": lambda text: text or None, "birth_date": _day, "sex": lambda text: _of(Sex, text.upper()),
    "birth_country": _country, "passport_number": lambda text: text or None, "civil_status": lambda text: _of(CivilStatus, text),
}  # fmt: skip

APPLY: dict[ChangeKind, Callable[[Case, NewChange], Made]] = {
    ChangeKind.ADDRESS: _address, ChangeKind.NAME: _name, ChangeKind.FAMILY_ADDED: _added, ChangeKind.FAMILY_REMOVED: _removed,
    ChangeKind.WORK: _said, ChangeKind.OTHER: _said, ChangeKind.CORRECTION: _corrected,
}  # fmt: skip
