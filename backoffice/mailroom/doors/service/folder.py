"""What the drop folder took or refused: written down, and settled by a person who looked."""

from dataclasses import dataclass, field
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import Json, db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.mailroom.doors import queries
from backoffice.mailroom.doors.errors import SettleHow
from backoffice.mailroom.doors.events import DropSettled
from backoffice.mailroom.doors.models import Dropped
from backoffice.mailroom.doors.states import DROPS, DropAction, DropState
from backoffice.mailroom.doors.values import Refusal


@dataclass(frozen=True)
class Look:
    """What was seen in the folder: its name there, its size, when it was changed, and its digest."""

    path: str
    size: int
    changed_ns: int
    sha256: str | None = None


@dataclass(frozen=True)
class Taken:
    """What became of it: its envelope and files, and where the paper copy of the file stands now."""

    stands: str
    envelope: str | None
    scan_ids: list[int]
    detail: Json = field(default_factory=dict)


def take_dropped(look: Look, taken: Taken, *, at: datetime) -> Dropped:
    """Write down that it was taken, in the transaction that takes it: a crash before it is moved away doubles nothing."""
    made = Dropped(
        path=look.path, size=look.size, changed_ns=look.changed_ns, sha256=look.sha256, state=DropState.TAKEN, detail=taken.detail, stands=taken.stands,
        envelope=taken.envelope, scan_ids=taken.scan_ids, seen_at=at, note="",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def refuse_dropped(look: Look, reason: Refusal, detail: Json, stands: str | None, *, at: datetime) -> Dropped:
    """Write down why it cannot be taken; `stands` is where it was put, nothing while it stays in the folder. Once is enough."""
    known = queries.standing_refusal(look.path) if stands is None else None
    if known is not None:
        known.reason, known.detail, known.size, known.changed_ns = reason.value, detail, look.size, look.changed_ns
        return known
    made = Dropped(
        path=look.path, size=look.size, changed_ns=look.changed_ns, sha256=look.sha256, state=DropState.REFUSED, reason=reason.value, detail=detail,
        stands=stands, scan_ids=[], seen_at=at, note="",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def settle_dropped(dropped_id: int, note: str, *, by: Actor, at: datetime) -> Dropped:
    """A person says what was done with something refused; its bytes stay where they are."""
    if not note.strip():
        raise SettleHow
    found = queries.lock_dropped(dropped_id)
    found.state = move(DROPS, found.state, DropAction.SETTLE)
    found.settled_at, found.settled_by_id, found.note = at, by.id, note.strip()
    events.record(Subject("dropped", str(found.id)), DropSettled(found.id, found.note), by=by, at=at)
    return found


def note_gone(dropped_id: int, *, at: datetime) -> None:
    """What was refused no longer stands in the folder: it was renamed, mended or taken away."""
    settle_dropped(dropped_id, "—", by=SYSTEM, at=at)
