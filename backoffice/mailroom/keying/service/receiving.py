"""An application that is keyed goes on: its ground, its content, the exception asked for, and the hallway of every application."""

from datetime import datetime, time
from uuid import uuid4

from flask_babel import gettext as _

from backoffice.cases.values import Channel
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.clock import MONTREAL
from backoffice.core.problems import Problem
from backoffice.core.states import move
from backoffice.intake import schema
from backoffice.intake import service as intake
from backoffice.intake.values import Application, Stamp
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import ApplicationKeyed, ExceptionAsked, ExceptionDeclined, envelope_subject
from backoffice.mailroom.keying import queries, rules
from backoffice.mailroom.keying.errors import GroundNeeded, KeyingFaults, NoPaperWindow, ReasonNeeded, StampedTooLate
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.states import KEYINGS, KeyingAction, KeyingState
from backoffice.mailroom.values import BY_RULE, Ground
from backoffice.quota import queries as quota_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.states import ApprovalState

APPROVAL = "paper_exception"


def conclude(keying: Keying, envelope: Envelope, ground: Ground, content: dict[str, object], *, by: Actor, at: datetime) -> None:
    """Nothing of it waits for another pair of eyes: it is received, or a supervisor answers first when paper needs an exception."""
    if ground not in BY_RULE and not _approved(keying, ground):
        _ask(keying, envelope, ground, at=at)
    else:
        _receive(keying, envelope, content, by=by, at=at)


def ground_of(keying: Keying, envelope: Envelope) -> Ground:
    """The ground on which this paper is accepted, if it agrees with the stamp."""
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


def checked(keying: Keying, envelope: Envelope, *, at: datetime) -> dict[str, object]:
    """The content as the portal's is checked; paper may have no e-mail address. Every fault is on its field."""
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


def _ask(keying: Keying, envelope: Envelope, ground: Ground, *, at: datetime) -> None:
    """The first clerk wrote the reason, and asks; whoever read the form again only confirmed it."""
    assert keying.finished_by_id is not None  # somebody finished the first pass
    by = queries.account(keying.finished_by_id)
    facts: dict[str, object] = {
        "envelope": envelope.number, "ground": ground.value, "legal_received_on": envelope.legal_received_on.isoformat(),
        "programme": keying.fields.get("programme", ""),
    }  # fmt: skip
    approval = staff.ask_approval(APPROVAL, envelope_subject(envelope.number), facts, keying.fields["ground_reason"], by=by, at=at)
    keying.approval_id = approval.id
    keying.state = move(KEYINGS, keying.state, KeyingAction.ASK)
    events.record(envelope_subject(envelope.number), ExceptionAsked(ground.value, approval.id), by=by.actor, at=at)


def answer_exception(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> None:
    """The supervisor answered: the application is received, or is a draft again with the answer shown."""
    found = room.keying_of_approval(approval_id)
    if found is None:
        return
    envelope = room.lock_envelope(found[1])
    keying = room.lock_keying(envelope.id)
    if keying is None or keying.state is not KeyingState.WAITING_APPROVAL:
        return
    if approved:
        _receive(keying, envelope, checked(keying, envelope, at=at), by=by, at=at)
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
