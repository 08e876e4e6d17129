"""Operations of keying: every field is kept as it is typed, checked by the portal's own schema, and filed by the same hallway."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import uuid4

from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.values import Channel
from backoffice.core import clock, events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db, transaction
from backoffice.core.problems import Problem
from backoffice.core.states import move
from backoffice.intake import queries as intake_queries
from backoffice.intake import schema
from backoffice.intake import service as intake
from backoffice.intake.models import Submission
from backoffice.intake.values import Application, Stamp
from backoffice.mailroom import queries, service
from backoffice.mailroom.errors import EnvelopeDone
from backoffice.mailroom.events import ApplicationIndexed, ApplicationKeyed, ExceptionAsked, ExceptionDeclined, envelope_subject
from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying.errors import (
    GroundNeeded,
    KeyingFaults,
    KeyingSent,
    NoPaperWindow,
    NotAnApplication,
    ReasonNeeded,
    StampedTooLate,
)
from backoffice.mailroom.keying.labels import field_label
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.states import KEYINGS, KeyingAction, KeyingState
from backoffice.mailroom.values import BY_RULE, EnvelopeKind, Ground, Mark
from backoffice.quota import queries as quota_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from backoffice.staff.states import ApprovalState

APPROVAL = "paper_exception"
LONGEST = 2000
"""No field of the form is longer, in characters."""


@dataclass(frozen=True)
class Typed:
    """What a clerk typed since the last save: values, marks, and the field in hand."""

    values: Mapping[str, str]
    marks: Mapping[str, str]
    focus: str | None = None


def begin(number: str, *, by: Actor, at: datetime) -> Keying:
    """The keying of an envelope, begun at its first field."""
    envelope = _application(number)
    known = queries.lock_keying(envelope.id)
    if known is not None:
        return known
    keying = Keying(
        envelope_id=envelope.id, state=KeyingState.DRAFT, fields={"programme": "PRTQ", "language": "fr"}, marks={}, focus=None,
        started_by_id=by.id, saved_at=at,
    )  # fmt: skip
    db.session.add(keying)
    db.session.flush()
    return keying


def save(number: str, typed: Typed, *, by: Actor, at: datetime) -> Keying:
    """Keep what was typed, field by field; a killed server or a closed tab loses nothing of it."""
    keying = _draft(number, by=by, at=at)
    known = set(rules.field_names(rules.MOST_CHILDREN)) | {"children"}
    values = {name: clean(value) for name, value in typed.values.items() if name in known}
    keying.fields = {**keying.fields, **values}
    marks = {name: mark for name, mark in typed.marks.items() if name in known and mark in {"", *Mark}}
    keying.marks = {name: mark for name, mark in {**keying.marks, **marks}.items() if mark}
    if typed.focus in known:
        keying.focus = typed.focus
    keying.ground, keying.saved_at = keying.fields.get("ground") or None, at
    return keying


def clean(text: str) -> str:
    """A value as any store can keep it."""
    return "".join(c for c in text[:LONGEST] if c != "\x00" and not 0xD800 <= ord(c) <= 0xDFFF).strip()


def add_child(number: str, *, by: Actor, at: datetime) -> Keying:
    """Make room for one more child on the form."""
    keying = _draft(number, by=by, at=at)
    children = min(rules.children_of(keying.fields) + 1, rules.MOST_CHILDREN)
    keying.fields = {**keying.fields, "children": str(children)}
    keying.focus = f"child{children}-family_name"
    return keying


def finish(number: str, *, by: Account, at: datetime) -> Keying:
    """Check the application as the portal's are, then receive it; outside of the time of paper, a supervisor answers first."""
    envelope = _application(number)
    keying = _draft(number, by=by.actor, at=at)
    ground = _ground(keying, envelope)
    content = _checked(keying, envelope, at=at)
    if ground not in BY_RULE and not _approved(keying, ground):
        return _ask(keying, envelope, ground, by=by, at=at)
    _receive(keying, envelope, content, by=by.actor, at=at)
    return keying


def _ground(keying: Keying, envelope: Envelope) -> Ground:
    chosen = keying.fields.get("ground", "")
    if chosen not in set(Ground):
        raise GroundNeeded
    ground = Ground(chosen)
    if not rules.is_in_time(ground, envelope.legal_received_on):
        raise StampedTooLate(envelope.legal_received_on.isoformat())
    if ground is Ground.WINDOW_TAKES_PAPER and not _window_takes(keying, envelope):
        raise NoPaperWindow(envelope.legal_received_on.isoformat())
    if ground not in BY_RULE and not keying.fields.get("ground_reason"):
        raise ReasonNeeded
    return ground


def _window_takes(keying: Keying, envelope: Envelope) -> bool:
    """Whether the period of the stamp's day receives this programme on paper."""
    programme = keying.fields.get("programme", "")
    return quota_queries.window_on(programme, envelope.legal_received_on, Channel.PAPER.value) is not None


def _checked(keying: Keying, envelope: Envelope, *, at: datetime) -> dict[str, object]:
    keying.submission_id = keying.submission_id or uuid4()
    stamp = datetime.combine(envelope.legal_received_on, time(), tzinfo=MONTREAL)
    content = rules.content(keying.fields, keying.submission_id, stamp.isoformat())
    try:
        return schema.check(content, montreal_day(at), paper=True)
    except Problem as problem:
        faults: dict[str, str] = {}
        for fault in problem.errors:
            words = (
                _("Fill in this field.")
                if fault.code == "required"
                else _("This declaration must be ticked on the form.")
                if fault.code == "const"
                else str(fault.detail)
            )
            faults.setdefault(rules.field_of(fault.pointer, keying.fields), words)
        raise KeyingFaults(faults) from None


def _approved(keying: Keying, ground: Ground) -> bool:
    approval = staff_queries.lock_approval(keying.approval_id) if keying.approval_id else None
    return approval is not None and approval.state is ApprovalState.APPROVED and approval.facts.get("ground") == ground.value


def _ask(keying: Keying, envelope: Envelope, ground: Ground, *, by: Account, at: datetime) -> Keying:
    facts: dict[str, object] = {
        "envelope": envelope.number, "ground": ground.value, "legal_received_on": envelope.legal_received_on.isoformat(),
        "programme": keying.fields.get("programme", ""),
    }  # fmt: skip
    approval = staff.ask_approval(APPROVAL, envelope_subject(envelope.number), facts, keying.fields["ground_reason"], by=by, at=at)
    keying.approval_id = approval.id
    keying.state = move(KEYINGS, keying.state, KeyingAction.ASK)
    events.record(envelope_subject(envelope.number), ExceptionAsked(ground.value, approval.id), by=by.actor, at=at)
    return keying


def answer_exception(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> None:
    """The supervisor answered: the application is received, or is a draft again with the answer shown."""
    found = queries.keying_of_approval(approval_id)
    if found is None:
        return
    envelope = queries.lock_envelope(found[1])
    keying = queries.lock_keying(envelope.id)
    if keying is None or keying.state is not KeyingState.WAITING_APPROVAL:
        return
    if approved:
        _receive(keying, envelope, _checked(keying, envelope, at=at), by=by, at=at)
    else:
        keying.state = move(KEYINGS, keying.state, KeyingAction.DECLINE)
        events.record(envelope_subject(envelope.number), ExceptionDeclined(approval_id), by=by, at=at)


def _receive(keying: Keying, envelope: Envelope, content: dict[str, object], *, by: Actor, at: datetime) -> None:
    """Through the same hallway as online; the legal day of receipt is the stamp, not the scan."""
    assert keying.submission_id is not None  # given when it was checked
    application = Application(
        submission_id=keying.submission_id, channel=Channel.PAPER, content=content, content_sha256=intake.fingerprint(content), raw=None,
        legal_received_on=envelope.legal_received_on, paper_ground=keying.fields["ground"], envelope=envelope.number, stamp=_stamp(envelope), late=True,
    )  # fmt: skip
    submission, _new = intake.receive(application, by=by, at=at)
    keying.state = move(KEYINGS, keying.state, KeyingAction.FILE)
    fact = ApplicationKeyed(envelope.number, str(submission.id), keying.fields["ground"])
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)


def _stamp(envelope: Envelope) -> Stamp | None:
    """The number and the instant of its registration: when it is keyed changes nothing of its rank."""
    if envelope.arrival_sequence is None or envelope.arrived_at is None:
        return None
    return Stamp(envelope.arrival_sequence, envelope.arrived_at)


def index(number: str, *, by: Actor, at: datetime) -> str | None:
    """Put the envelope to the case that its application opened; without one it goes to the pile in doubt. Once."""
    envelope = queries.lock_envelope(number)
    keying = queries.lock_keying(envelope.id)
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
    envelope = queries.find_envelope(number)
    submission = _submission(queries.keying(envelope.id)) if envelope else None
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


def _application(number: str) -> Envelope:
    envelope = queries.lock_envelope(number)
    if envelope.kind is not EnvelopeKind.APPLICATION:
        raise NotAnApplication
    return envelope


def _draft(number: str, *, by: Actor, at: datetime) -> Keying:
    envelope = _application(number)
    if envelope.state not in service.LIVE:
        raise EnvelopeDone(number)
    keying = begin(number, by=by, at=at)
    if keying.state is not KeyingState.DRAFT:
        raise KeyingSent
    return keying


def filled(fields: Mapping[str, str], names: Iterable[str]) -> tuple[int, int]:
    """How many fields hold something, of how many."""
    every = list(names)
    return sum(1 for name in every if fields.get(name)), len(every)
