"""A received application gets its outcome at once, and its pages go to its case."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.core import clock, events
from backoffice.core.actors import Actor
from backoffice.core.db import transaction
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.intake.models import Submission
from backoffice.mailroom import queries as room
from backoffice.mailroom import service
from backoffice.mailroom.events import ApplicationIndexed, envelope_subject
from backoffice.mailroom.keying.labels import field_label
from backoffice.mailroom.models import Keying
from backoffice.mailroom.values import Mark


def index(number: str, *, by: Actor, at: datetime) -> str | None:
    """Put the envelope to the case that its application opened; without one it goes to the pile in doubt. Once."""
    envelope = room.lock_envelope(number)
    keying = room.lock_keying(envelope.id)
    submission = _submission(keying)
    if keying is None or submission is None or submission.settled_at is None or envelope.case_id is not None:
        return None
    case = case_queries.case_of_submission(submission.id)
    if case is not None:
        service.file_application(envelope, case.id, case.number, by=by, at=at)
        _note_illegible(case.id, keying, by=by, at=at)
    events.record(envelope_subject(number), ApplicationIndexed(str(submission.id), case.number if case else None), by=by, at=at)
    service.review(envelope, by=by, at=at)
    return case.number if case else None


def _note_illegible(case_id: int, keying: Keying, *, by: Actor, at: datetime) -> None:
    """Tell the caseworker what could not be read on the form."""
    illegible = illegible_fields(keying.marks)
    if illegible and keying.started_by_id.isdecimal():
        cases.add_note(
            case_id,
            _("Illegible on the paper form: %(fields)s.", fields=" ; ".join(field_label(name) for name in illegible)),
            int(keying.started_by_id),
            by=by,
            at=at,
        )


def illegible_fields(marks: Mapping[str, str]) -> list[str]:
    """The fields that the clerk could not read."""
    return sorted(name for name, mark in marks.items() if mark == Mark.ILLEGIBLE)


def pending_window(number: str) -> str | None:
    """The window in which the application of an envelope waits for its place."""
    envelope = room.find_envelope(number)
    submission = _submission(room.keying(envelope.id)) if envelope else None
    return submission.window_code if submission and submission.settled_at is None else None


def settle_now(number: str, *, by: Actor) -> str | None:
    """Give a keyed application its outcome at once, as the portal's get theirs; the worker finishes what a crash leaves."""
    if window := pending_window(number):
        upto = intake_queries.wait_for_arrivals_under_way()
        with transaction():
            intake.settle(window, upto, at=clock.now(), wait=False)
    with transaction():
        return index(number, by=by, at=clock.now())


def _submission(keying: Keying | None) -> Submission | None:
    return intake_queries.submission(keying.submission_id) if keying and keying.submission_id else None
