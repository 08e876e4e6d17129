"""Requests for access: entered with their clock, extended once, their copy chosen, made, reviewed, and given or refused (A-2.1)."""

import tempfile
from datetime import date, datetime
from pathlib import Path

from backoffice.cases import queries as case_queries
from backoffice.core import events, files
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import IllegalMove
from backoffice.core.states import move
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.values import Workings
from backoffice.desk.access import export, queries, rules
from backoffice.desk.access.errors import AlreadyExtended, NotMade, OwnReview, UnknownItem
from backoffice.desk.access.events import (
    AccessExtended,
    AccessRefused,
    AccessReleased,
    AccessRequested,
    AccessReviewed,
    ExportAsked,
    ExportMade,
    ExportTaken,
    ItemChosen,
    access_subject,
)
from backoffice.desk.access.models import AccessChoice, AccessRequest
from backoffice.desk.access.states import ANSWERED, TRANSITIONS, AccessAction, AccessState
from backoffice.desk.access.values import Ground, NewRequest


def enter(new: NewRequest, *, by: Actor, at: datetime) -> AccessRequest:
    """Enter a request as it came; its twenty days run from the day it was received (A-2.1 s. 98)."""
    case = case_queries.case(new.case_number)
    last_day = rules.workings(new.received_on, None, deadlines.calendar_in_force()).last_day
    request = AccessRequest(
        case_id=case.id, requester=new.requester, identity=new.identity, channel=new.channel, received_on=new.received_on, state=AccessState.OPEN,
        last_day=last_day, entered_at=at, entered_by=by.label, version=0,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    fact = AccessRequested(request.id, case.number, new.received_on.isoformat(), new.channel.value, last_day.isoformat())
    events.record(access_subject(request.id), fact, by=by, at=at)
    return request


def workings(request: AccessRequest) -> Workings:
    """How the last day was found."""
    extended = (request.extended_on, request.extension_reason) if request.extended_on and request.extension_reason else None
    return rules.workings(request.received_on, extended, deadlines.calendar_in_force())


def extend(request_id: int, reason: str, *, by: Actor, at: datetime) -> AccessRequest:
    """Ten days more, once, before the term has ended; the person is told (A-2.1 s. 98)."""
    request = _open(request_id)
    if request.extended_on or montreal_day(at) > request.last_day:
        raise AlreadyExtended
    request.extended_on, request.extension_reason = montreal_day(at), reason
    request.last_day = workings(request).last_day
    events.record(access_subject(request.id), AccessExtended(request.id, reason, request.last_day.isoformat()), by=by, at=at)
    return request


def choose(request_id: int, item: str, ground: Ground | None, reason: str, *, by: Actor, at: datetime) -> None:
    """Give something, or leave it out on a ground; what was looked at before is to be looked at again."""
    request = _open(request_id)
    case = case_queries.case_by_id(request.case_id)
    if item not in {one.key for one in queries.items(case)}:
        raise UnknownItem
    found = queries.chosen(request.id).get(item)
    if found is None:
        found = AccessChoice(request_id=request.id, item=item)
        db.session.add(found)
    found.ground, found.reason, found.by_id, found.by, found.at = ground, reason, by.id, by.label, at
    request.state = move(TRANSITIONS, request.state, AccessAction.CHANGE)
    request.version += 1
    events.record(access_subject(request.id), ItemChosen(request.id, item, ground.value if ground else None, reason), by=by, at=at)


def ask_export(request_id: int, *, by: Actor, at: datetime) -> None:
    """Have the copy made from the present choices, in the background."""
    request = _open(request_id)
    request.state = move(TRANSITIONS, request.state, AccessAction.CHANGE)
    request.export_asked_at, request.export_sha256, request.export_version = at, None, None
    events.record(access_subject(request.id), ExportAsked(request.id), by=by, at=at)


def make_export(request_id: int, tell: export.Tell, *, at: datetime) -> None:
    """Make the copy; the choices that it was made from are noted with it, so that a later one asks for another copy."""
    request = queries.access_request(request_id)
    if request.state in ANSWERED or request.export_stands:
        return
    version, case = request.version, case_queries.case_by_id(request.case_id)
    with tempfile.TemporaryDirectory(prefix="access-") as folder:
        out = Path(folder) / "copy.zip"
        written = export.write(case, queries.choices(case, request.id), out, at=at, tell=tell)
        sha256, size = files.keep_file(out), out.stat().st_size
    request = queries.lock_request(request_id)
    request.export_sha256, request.export_size, request.export_version = sha256, size, version
    events.record(access_subject(request.id), ExportMade(request.id, sha256, written.given, written.left_out), by=SYSTEM, at=at)


def take_export(request_id: int, *, by: Actor, at: datetime) -> tuple[AccessRequest, str]:
    """Somebody saves the copy: noted before it is given."""
    request = queries.access_request(request_id)
    if request.export_sha256 is None:
        raise NotMade
    events.record(access_subject(request.id), ExportTaken(request.id, request.export_sha256), by=by, at=at)
    return request, request.export_sha256


def review(request_id: int, *, by: Actor, at: datetime) -> None:
    """A person looked at what is given and at what is left out: what somebody left out by choice is looked at by another."""
    request = _open(request_id)
    if not request.export_stands or request.export_sha256 is None:
        raise NotMade
    chosen = queries.chosen(request.id).values()
    if any(one.ground is not None and one.by_id == by.id for one in chosen):
        raise OwnReview
    request.state = move(TRANSITIONS, request.state, AccessAction.REVIEW)
    request.reviewed_by_id, request.reviewed_by, request.reviewed_at = by.id, by.label, at
    events.record(access_subject(request.id), AccessReviewed(request.id, request.export_sha256), by=by, at=at)


def release(request_id: int, released_on: date, way: str, *, by: Actor, at: datetime) -> None:
    """The copy was given: when, how, under which digest; in part if something is left out."""
    request = _open(request_id)
    if not request.export_stands or request.export_sha256 is None:
        raise NotMade
    request.state = move(TRANSITIONS, request.state, AccessAction.RELEASE)
    request.released_on, request.way, request.answered_at, request.answered_by = released_on, way, at, by.label
    case = case_queries.case_by_id(request.case_id)
    left_out = sum(not one.given for one in queries.choices(case, request.id))
    events.record(access_subject(request.id), AccessReleased(request.id, request.export_sha256, released_on.isoformat(), way, left_out), by=by, at=at)


def refuse(request_id: int, ground: Ground, reason: str, *, by: Actor, at: datetime) -> None:
    """Refuse the whole request, on a ground that is said to the person."""
    request = _open(request_id)
    request.state = move(TRANSITIONS, request.state, AccessAction.REFUSE)
    request.refusal_ground, request.refusal_reason, request.answered_at, request.answered_by = ground, reason, at, by.label
    events.record(access_subject(request.id), AccessRefused(request.id, ground.value, reason), by=by, at=at)


def _open(request_id: int) -> AccessRequest:
    request = queries.lock_request(request_id)
    if request.state in ANSWERED:
        raise IllegalMove(request.state.value, "answer")
    return request
