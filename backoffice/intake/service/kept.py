"""Refused for form, kept: what could not be read is kept as it came, in its place, until a person accepts or dismisses it (S-27)."""

import hashlib
import json
import re
from datetime import datetime
from uuid import UUID

from backoffice.cases.values import Channel
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.problems import Problem
from backoffice.core.states import move
from backoffice.intake import door_queries, queries, schema
from backoffice.intake.errors import AlreadyReceived
from backoffice.intake.events import ArrivalAccepted, ArrivalDismissed, kept_subject, submission_subject
from backoffice.intake.models import KeptArrival, Submission
from backoffice.intake.service import receiving
from backoffice.intake.states import KEPT_TRANSITIONS, KeptAction, KeptState
from backoffice.intake.values import Application, Stamp
from backoffice.staff.models import Account

KEPT_CODES = frozenset({"malformed", "invalid"})
"""Refusals of form. A conflict is none: another content stands received under the identifier. A body too large is never read whole."""

MOST_A_DAY = 5_000
MOST_BYTES_A_DAY = 256 * 1024 * 1024
"""Kept for one key on one legal day; beyond, only the number is kept, and the page says it: a flood must not fill the disk."""

MOST_ERRORS = 50

_CLAIMED = re.compile(rb'"submission_id"\s*:\s*"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"')


def keep_refused(raw: bytes, problem: Problem, caller: Actor, at: datetime) -> str | None:
    """Keep a body refused for its form, with its errors and its stamp, in one statement; the same bytes again count once.

    Answers `kept`, `again`, `counted` (beyond the key's limit of the day: only counted), or None when there is nothing to keep.
    """
    if problem.code not in KEPT_CODES or not raw.strip():
        return None
    values = {
        "sha256": hashlib.sha256(raw).hexdigest(), "key": caller.id, "day": montreal_day(at), "at": at, "code": problem.code,
        "errors": _errors(problem), "claimed": _claimed(raw), "raw": raw, "most": MOST_A_DAY, "most_bytes": MOST_BYTES_A_DAY,
    }  # fmt: skip
    return str(db.session.execute(door_queries.KEEP, values).scalar_one())


def _errors(problem: Problem) -> list[dict[str, str]]:
    """What the caller was told, as it was told; of very many, the first ones."""
    told = [{"pointer": fault.pointer, "code": fault.code, "detail": str(fault.detail)} for fault in problem.errors[:MOST_ERRORS]]
    found = told or [{"pointer": "", "code": problem.code, "detail": str(problem.detail or "")}]
    return [{name: value.replace("\x00", "\ufffd").encode(errors="replace").decode() for name, value in one.items()} for one in found]


def _claimed(raw: bytes) -> str | None:
    """The identifier that the body seems to claim, readable or not."""
    found = _CLAIMED.search(raw)
    return found[1].decode().lower() if found else None


def accept_kept(kept_id: int, corrected: str, reason: str, *, by: Account, at: datetime) -> Submission:
    """Accept a body refused for its form, as corrected by a person who says why: received late, with the stamp of its own arrival.

    The bytes as they came stay beside. What is still wrong, or was received since under its identifier, is refused.
    """
    row = door_queries.lock_kept(kept_id)
    state = move(KEPT_TRANSITIONS, row.state, KeptAction.ACCEPT)
    raw = corrected.encode()
    content = schema.check(schema.parse(raw), montreal_day(row.received_at))
    submission_id = UUID(str(content["submission_id"]))
    if queries.submission(submission_id) is not None:
        raise AlreadyReceived
    application = Application(
        submission_id=submission_id, channel=Channel.ONLINE, content=content, content_sha256=digest(content), raw=raw,
        stamp=Stamp(row.sequence, row.received_at), late=True,
    )  # fmt: skip
    submission, _new = receiving.receive(application, by=by.actor, at=at)
    _decide(row, state, reason, by, at, submission_id=submission_id)
    fact = ArrivalAccepted(row.id, str(submission_id), row.sha256, submission.content_sha256, reason)
    for subject in (kept_subject(row.id), submission_subject(submission_id)):
        events.record(subject, fact, by=by.actor, at=at)
    return submission


def dismiss_kept(kept_id: int, reason: str, *, by: Account, at: datetime) -> None:
    """Set a kept body aside, saying why; it stays, and may still be accepted."""
    row = door_queries.lock_kept(kept_id)
    _decide(row, move(KEPT_TRANSITIONS, row.state, KeptAction.DISMISS), reason, by, at)
    events.record(kept_subject(row.id), ArrivalDismissed(row.id, reason), by=by.actor, at=at)


def _decide(row: KeptArrival, state: KeptState, reason: str, by: Account, at: datetime, submission_id: UUID | None = None) -> None:
    row.decided_by_id, row.decided_at, row.reason, row.submission_id = by.id, at, reason, submission_id
    row.state = state
    db.session.flush()


def text_of(raw: bytes) -> str:
    """The bytes as text that any page can show: what is no character is written out, never dropped."""
    read = raw.decode("utf-8", "backslashreplace")
    return "".join(c if c in "\t\n\r" or (c.isprintable() or c.isspace()) else c.encode("unicode_escape").decode() for c in read)


def to_correct(raw: bytes) -> str:
    """The text to begin a correction with: set out in lines where it is JSON at all, else as it came."""
    try:
        value = json.loads(raw)
        return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode().decode()
    except (ValueError, RecursionError):
        return text_of(raw)


def faults_now(raw: bytes, received_at: datetime) -> Problem | None:
    """What is wrong with a body, in the reader's language; None when it would be accepted today."""
    try:
        schema.check(schema.parse(raw), montreal_day(received_at))
    except Problem as problem:
        return problem
    return None
