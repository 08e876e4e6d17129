"""Receiving: an application is kept durably and stamped, and never waits for its place."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from backoffice.cases.values import Channel
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.intake import door_queries, queries, receipts, rules
from backoffice.intake.between.errors import ClaimUsed
from backoffice.intake.between.models import FaultClaim
from backoffice.intake.errors import SubmissionConflict, WindowClosed, WindowSuspended
from backoffice.intake.events import SubmissionReceived, submission_subject
from backoffice.intake.models import RefusedArrival, Submission
from backoffice.intake.service import directing, registers
from backoffice.intake.states import SubmissionState
from backoffice.intake.values import Application
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState

ONLINE = Channel.ONLINE


def receive(application: Application, *, by: Actor, at: datetime) -> tuple[Submission, bool]:
    """Keep an application durably and stamp it; the same one again gives the first, another content is refused.

    The second value says whether it is new. Nothing is decided here: the stamp is the place in the order.
    """
    known = queries.submission(application.submission_id)
    if known is None:
        window, claim = _door_for(application, at)
        new = _insert(application, window, at=at)
        if new is not None:
            if claim is not None:
                _use(claim, new, by=by)
            fact = SubmissionReceived(str(new.id), new.sequence, new.channel.value, window.code, new.content_sha256)
            events.record(submission_subject(new.id), fact, by=by, at=new.received_at)
            return new, True
        known = queries.submission(application.submission_id)
        assert known is not None
    if known.content_sha256 != application.content_sha256:
        raise SubmissionConflict
    return known, False


def _use(claim: FaultClaim, submission: Submission, *, by: Actor) -> None:
    """A grant opens once; whoever comes second with it finds the window closed like everybody."""
    try:
        registers.use_claim(claim.id, submission.id, by=by, at=submission.received_at)
    except ClaimUsed:
        raise WindowClosed from None


def _door_for(application: Application, at: datetime) -> tuple[Window, FaultClaim | None]:
    """The window that receives it; where none does, that of somebody who was prevented by a fault and may still come, once."""
    try:
        return _window_for(application, at), None
    except WindowClosed:
        claim = registers.granted_claim_for(application.content)
        window = registers.window_of(claim) if claim else None
        if window is None:
            raise
        return window, claim


def _window_for(application: Application, at: datetime) -> Window:
    """The window that receives this application: an open one, or for those exempt the last one that named the programme."""
    programme = str(application.content["programme"])
    if application.channel is Channel.PAPER:
        return _window_for_paper(application, programme, at)
    if application.stamp and (then := door_queries.window_at(programme, application.stamp.received_at, application.channel.value)):
        return then  # accepted late: it belongs to the window in which it first arrived
    window = quota_queries.receiving(programme, at)
    if window and window.opens_at <= at and application.channel.value in window.channels:
        if window.state is WindowState.SUSPENDED:
            raise WindowSuspended
        return window
    latest = window or quota_queries.latest(programme)
    if latest and (rules.exempt_ground(application.content, latest.exempt_grounds) or application.paper_ground):
        return latest
    raise WindowClosed(None if latest else directing.right_door(programme))


def _window_for_paper(application: Application, programme: str, at: datetime) -> Window:
    """Paper belongs to the window of its legal day; else to the one that receives, else to the last, if paper is accepted on a ground."""
    day = application.legal_received_on or montreal_day(at)
    window = quota_queries.window_on(programme, day, Channel.PAPER.value)
    if window is None and application.paper_ground:
        window = quota_queries.receiving(programme, at) or quota_queries.latest(programme)
    if window is None:
        raise WindowClosed
    return window


def _insert(application: Application, window: Window, *, at: datetime) -> Submission | None:
    stamp = application.stamp or queries.stamp(at)
    receipt_id = uuid4()
    values = {
        "id": application.submission_id,
        "sequence": stamp.sequence,
        "received_at": stamp.received_at,
        "legal_received_on": application.legal_received_on or montreal_day(stamp.received_at),
        "channel": application.channel,
        "programme": str(application.content["programme"]),
        "window_code": window.code,
        "content": application.content,
        "raw": application.raw,
        "content_sha256": application.content_sha256,
        "receipt_id": receipt_id,
        "jws": receipts.sign(receipt_id, application.submission_id, stamp.received_at, stamp.sequence, application.content_sha256),
        "state": SubmissionState.PENDING,
        "paper_ground": application.paper_ground,
        "envelope": application.envelope,
        "late": application.late,
    }
    inserted = insert(Submission).values(**values).on_conflict_do_nothing(index_elements=[Submission.id]).returning(Submission)
    return db.session.scalars(inserted).first()


def note_refused_arrival(code: str, content: object, size: int, *, at: datetime) -> None:
    """Keep the trace of an attempt that was not accepted, so that nobody is told later that they never came."""
    members = content if isinstance(content, dict) else {}
    db.session.add(
        RefusedArrival(
            at=at, code=code, submission_id=str(members.get("submission_id") or "")[:64] or None,
            programme=str(members.get("programme") or "")[:20] or None, content_sha256=digest(content), size=size,
        )
    )  # fmt: skip


def fingerprint(content: dict[str, object]) -> str:
    """The digest of a content: two bodies with it are the same submission (RFC 8785)."""
    return digest(content)
