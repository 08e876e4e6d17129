"""Operations on acts on many: prepare, ask, sign, carry out part by part, tell each. Whoever prepared it does not sign as second."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.intake.acts import queries, rules, running, telling
from backoffice.intake.acts.errors import EmptyList, ListChanged, NothingChosen, NotUndoable
from backoffice.intake.acts.events import (
    ActAbandoned,
    ActAdvanced,
    ActApproved,
    ActDeclined,
    ActFinished,
    ActPrepared,
    ActTold,
    act_subject,
)
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.states import TRANSITIONS, ActAction, ActState
from backoffice.intake.acts.values import UNDOES, ActKind, Choice, ItemState, Snapshot, Why
from backoffice.staff import service as staff
from backoffice.staff.models import Account

APPROVAL = "mass_act"
"""The kind under which a second person finds it among what waits for them."""

CHUNK, LETTERS = 200, 50
"""How many applications have their result, and how many are written to, in one transaction."""


@dataclass(frozen=True)
class NewAct:
    """An act as a supervisor asks for it: what, on whom, why, on what legal basis."""

    kind: ActKind
    choice: Choice
    reason: str
    basis: str
    stops_clocks: bool = False
    undoes_id: int | None = None


def prepare(new: NewAct, *, by: Account, at: datetime) -> MassAct:
    """Freeze the list of an act with its digest; nothing of anybody changes yet."""
    found = _undoable(new) if new.kind in UNDOES else _chosen(new)
    left = {one.submission_id: why for one in found if (why := rules.why_left_out(new.kind, one))}
    listed = [one for one in found if one.submission_id not in left]
    if not listed:
        raise EmptyList
    marks = [(place, str(one.submission_id), rules.fingerprint(one)) for place, one in enumerate(listed, 1)]
    undone = queries.act(new.undoes_id) if new.undoes_id else None
    only_window = bool(new.choice.window) and list(new.choice.to_json()) == ["window"]
    act = MassAct(
        kind=new.kind, state=ActState.PREPARED, reason=new.reason, basis=new.basis, chosen=new.choice.to_json(),
        stops_clocks=undone.stops_clocks if undone else new.stops_clocks and new.kind is ActKind.SUSPEND_PROCESSING,
        window_code=undone.window_code if undone else new.choice.window,
        covers_window=rules.covers_window(new.kind, only_window, list(left.values())), undoes_id=new.undoes_id,
        list_sha256=rules.list_digest(new.kind, marks), listed=len(listed), left_out=len(left),
        refund_cents=sum(_money(new.kind, one) for one in listed), places=queries.places(listed), by_id=by.id, prepared_at=at,
    )  # fmt: skip
    db.session.add(act)
    db.session.flush()
    _write_list(act, [*listed, *(one for one in found if one.submission_id in left)], left)
    fact = ActPrepared(act.id, act.kind.value, act.listed, act.left_out, act.refund_cents, act.list_sha256, act.reason)
    events.record(act_subject(act.id), fact, by=by.actor, at=at)
    return act


def _chosen(new: NewAct) -> list[Snapshot]:
    if not new.choice.to_json() or set(new.choice.to_json()) <= {"channel", "country", "status", "processing_class"}:
        raise NothingChosen
    return sorted(queries.snapshots(new.choice), key=rules.sort_key)


def _undoable(new: NewAct) -> list[Snapshot]:
    """All that the act did, or the part chosen, as it stands now."""
    undone = queries.act(new.undoes_id or 0)
    if undone.kind not in UNDOES[new.kind] or undone.state not in {ActState.DONE, ActState.TELLING}:
        raise NotUndoable
    return running.undoable(undone, new.choice)


def _money(kind: ActKind, one: Snapshot) -> int:
    return one.paid_cents if kind is ActKind.STAY else rules.refund_cents(kind, one)


def _write_list(act: MassAct, rows: Sequence[Snapshot], left: dict[UUID, Why]) -> None:
    values = [
        {
            "act_id": act.id, "position": place, "submission_id": one.submission_id, "case_id": one.case_id, "case_number": one.case_number,
            "channel": one.channel, "country": one.country, "language": one.language, "legal_received_on": one.legal_received_on,
            "case_status": one.case_status, "admission_status": one.admission_status, "fee_state": one.fee_state,
            "elsewhere_cents": one.elsewhere_cents if act.kind in rules.PAYS_BACK and one.submission_id not in left else 0,
            "refund_cents": 0 if one.submission_id in left else _money(act.kind, one), "fingerprint": rules.fingerprint(one), "origin_id": one.origin_id,
            "state": ItemState.LEFT_OUT if one.submission_id in left else ItemState.WAITING, "why": left.get(one.submission_id), "refund_sent": False,
        }
        for place, one in enumerate(rows, 1)
    ]  # fmt: skip
    db.session.execute(insert(MassActItem), values)


def ask(act_id: int, *, by: Account, at: datetime) -> MassAct:
    """Put a prepared list before a second person."""
    act = queries.lock_act(act_id)
    act.state = move(TRANSITIONS, act.state, ActAction.ASK)
    facts: dict[str, object] = {
        "act": act.id, "act_kind": act.kind.value, "window": act.window_code, "cases": act.listed, "amount_cents": act.refund_cents,
        "list_sha256": act.list_sha256,
    }  # fmt: skip
    approval = staff.ask_approval(APPROVAL, act_subject(act.id), facts, f"{act.reason}\n{act.basis}", by=by, at=at)
    act.by_id, act.asked_at, act.approval_id = by.id, at, approval.id
    return act


def abandon(act_id: int, *, by: Actor, at: datetime) -> MassAct:
    """Give up a list before asking for the second signature; it stays in the history."""
    act = queries.lock_act(act_id)
    act.state = move(TRANSITIONS, act.state, ActAction.ABANDON)
    events.record(act_subject(act.id), ActAbandoned(act.id), by=by, at=at)
    return act


def answer(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> MassAct | None:
    """The second person answered: the act is carried out from now on, or nothing is done."""
    act = queries.by_approval(approval_id)
    if act is None or act.state is not ActState.ASKED:
        return act
    act.state = move(TRANSITIONS, act.state, ActAction.APPROVE if approved else ActAction.DECLINE)
    if not approved:
        events.record(act_subject(act.id), ActDeclined(act.id), by=by, at=at)
        return act
    act.second_id, act.second_at = int(by.id), at
    check_list(act)
    events.record(act_subject(act.id), ActApproved(act.id, act.list_sha256), by=by, at=at)
    return act


def check_list(act: MassAct) -> None:
    """What is carried out is what was signed, to the byte."""
    if rules.list_digest(act.kind, queries.frozen(act.id)) != act.list_sha256:
        raise ListChanged


def go_on(act_id: int, *, at: datetime, size: int = CHUNK) -> bool:
    """Do the next part of a signed act: results first, then what each is told; false when nothing is left to do.

    Each part is one transaction: a process killed in the middle leaves its part undone, and whoever comes next does it, once.
    """
    act = queries.lock_act(act_id)
    if act.state is ActState.APPROVED:
        _carry_out(act, size, at=at)
        return True
    if act.state is ActState.TELLING:
        _tell(act, min(size, LETTERS), at=at)
        return True
    return False


def _carry_out(act: MassAct, size: int, *, at: datetime) -> None:
    by = db.session.get_one(Account, act.by_id).actor
    before = queries.progress(act.id)
    if before.with_result == 0:
        check_list(act)
        running.move_window(act, by=by, at=at)
    items = queries.waiting(act.id, size)
    running.carry_out(act, items, by=by, at=at)
    db.session.flush()
    now = queries.progress(act.id).by_state
    if not now.get(ItemState.WAITING):
        act.state = move(TRANSITIONS, act.state, ActAction.CARRY_OUT)
    many = [now.get(state, 0) for state in (ItemState.DONE, ItemState.SKIPPED, ItemState.REFUSED, ItemState.WAITING)]
    events.record(act_subject(act.id), ActAdvanced(act.id, *many), by=by, at=at)


def _tell(act: MassAct, size: int, *, at: datetime) -> None:
    by = db.session.get_one(Account, act.by_id).actor
    items = queries.to_tell(act.id, size)
    if items:
        telling.tell(act, items, at=at)
        db.session.flush()
        now = queries.progress(act.id)
        events.record(act_subject(act.id), ActTold(act.id, now.told, now.by_state.get(ItemState.DONE, 0) - now.told), by=by, at=at)
        return
    act.state, act.done_at = move(TRANSITIONS, act.state, ActAction.TELL), at
    found = queries.progress(act.id).by_state
    many = [found.get(state, 0) for state in (ItemState.DONE, ItemState.SKIPPED, ItemState.REFUSED)]
    events.record(act_subject(act.id), ActFinished(act.id, *many), by=by, at=at)
