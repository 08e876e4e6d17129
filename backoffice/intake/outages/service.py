"""Operations on outages: record, correct, list, ask, sign, carry out part by part, tell each, take back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import MONTREAL, montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.intake.between.values import NewEvidence
from backoffice.intake.outages import planning, queries, rules
from backoffice.intake.outages.errors import (
    AlreadyReversed,
    AskedByAnother,
    BadPeriod,
    ListChanged,
    Moved,
    NothingToDo,
    NothingToTakeBack,
    UnderWay,
    UnknownCases,
)
from backoffice.intake.outages.events import (
    EvidenceKept,
    ListAbandoned,
    ListApproved,
    ListDeclined,
    ListMoved,
    ListPrepared,
    OutageCorrected,
    OutageRecorded,
    outage_subject,
)
from backoffice.intake.outages.models import Outage, OutageEvidence, OutageLine, OutageList
from backoffice.intake.outages.planning import Plan
from backoffice.intake.outages.states import TRANSITIONS, UNDER_WAY, ListAction, ListState
from backoffice.intake.outages.values import CARRIED_OUT, LineKind, ListKind, NewOutage
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval

APPROVAL = "outage_list"
"""The kind under which a second person finds it among what waits for them."""

MOST_NAMED = 40


def record(new: NewOutage, evidence: Sequence[NewEvidence], *, by: Account, at: datetime) -> Outage:
    """Write an outage down, once, with what shows it; its list is prepared and touches nobody yet."""
    _check(new, at)
    outage = Outage(version=1, recorded_by_id=by.id, recorded_at=at, reversed_at=None, **_columns(new))
    db.session.add(outage)
    db.session.flush()
    events.record(outage_subject(outage.id), OutageRecorded(*_fact(outage, new), new.source), by=by.actor, at=at)
    keep_evidence(outage.id, evidence, by=by.actor, at=at)
    prepare(outage.id, by=by, at=at)
    return outage


def _check(new: NewOutage, at: datetime) -> None:
    if new.starts_at > at or (new.ends_at is not None and not new.starts_at < new.ends_at <= at):
        raise BadPeriod
    if unknown := queries.unknown_cases(new.extent.cases):
        raise UnknownCases(", ".join(unknown[:10]))


def _columns(new: NewOutage) -> dict[str, object]:
    return {"starts_at": new.starts_at, "ends_at": new.ends_at, "reach": new.extent.to_json(), "summary": new.summary, "source": new.source}


def _fact(outage: Outage, new: NewOutage) -> tuple[int, str, str | None, str, str | None, str, int]:
    extent = new.extent
    doors, countries = ",".join(door.value for door in extent.doors), ",".join(extent.countries)
    return outage.id, _local(new.starts_at), _local(new.ends_at) if new.ends_at else None, doors, extent.window, countries, len(extent.cases)


def _local(at: datetime) -> str:
    return at.astimezone(MONTREAL).isoformat()


def keep_evidence(outage_id: int, evidence: Sequence[NewEvidence], *, by: Actor, at: datetime) -> None:
    """Keep files that show the outage; none is ever taken away."""
    for one in evidence:
        db.session.add(
            OutageEvidence(
                outage_id=outage_id, filename=one.filename, media_type=one.media_type, size=one.size, sha256=one.sha256, by_label=by.label, at=at
            )
        )
        events.record(outage_subject(outage_id), EvidenceKept(outage_id, one.filename, one.sha256), by=by, at=at)


def correct(outage_id: int, new: NewOutage, reason: str, *, by: Account, at: datetime) -> Outage:
    """Put right what was written down; the list follows: the whole of it while nobody signed, then the difference.

    While it waits for a signature only whoever asked may correct it: nobody changes the facts and signs them alone.
    """
    outage = _open(outage_id)
    listed = queries.live_list(outage_id)
    if listed and listed.state is ListState.ASKED and listed.by_id != by.id:
        raise AskedByAnother
    _check(new, at)
    for name, value in _columns(new).items():
        setattr(outage, name, value)
    outage.version += 1
    events.record(outage_subject(outage_id), OutageCorrected(*_fact(outage, new), outage.version, reason), by=by.actor, at=at)
    if listed:
        freeze(outage, listed, by=by.actor, at=at)
    else:
        prepare(outage_id, by=by, at=at)
    return outage


def _open(outage_id: int) -> Outage:
    """An outage whose facts and list may still change."""
    outage = queries.lock_outage(outage_id)
    if outage.reversed_at is not None:
        raise AlreadyReversed
    listed = queries.live_list(outage_id)
    if listed and listed.state in UNDER_WAY:
        raise UnderWay
    return outage


def prepare(outage_id: int, *, by: Account, at: datetime) -> OutageList | None:
    """Apply the rule to the facts of now: the first list, the same one again, or the difference; none when no difference is left."""
    outage = _open(outage_id)
    listed = queries.live_list(outage_id)
    if listed is None:
        kind = ListKind.DIFFERENCE if queries.was_signed(outage_id) else ListKind.LENGTHEN
        if kind is ListKind.DIFFERENCE and not planning.plan(outage, kind, montreal_day(at)).lines:
            return None
        listed = _new_list(outage, kind, outage.summary, by=by, at=at)
    freeze(outage, listed, by=by.actor, at=at)
    return listed


def reverse(outage_id: int, reason: str, *, by: Account, at: datetime) -> OutageList:
    """Prepare the list that takes everything back: nothing moves before a second person signs it, and nobody is made late."""
    outage = _open(outage_id)
    if not queries.was_carried_out(outage_id):
        raise NothingToTakeBack
    if listed := queries.live_list(outage_id):
        if listed.state is ListState.ASKED:
            raise UnderWay
        _abandon(listed, by=by.actor, at=at)
    listed = _new_list(outage, ListKind.REVERSE, reason, by=by, at=at)
    freeze(outage, listed, by=by.actor, at=at)
    return listed


def _new_list(outage: Outage, kind: ListKind, reason: str, *, by: Account, at: datetime) -> OutageList:
    listed = OutageList(
        outage_id=outage.id, kind=kind, state=ListState.PREPARED, reason=reason, version=outage.version, list_sha256="", by_id=by.id, prepared_at=at
    )
    db.session.add(listed)
    db.session.flush()
    return listed


def freeze(outage: Outage, listed: OutageList, *, by: Actor, at: datetime) -> Plan:
    """Write the list as it is now, with its digest, in place of what it was; nobody has signed it yet."""
    found = planning.plan(outage, listed.kind, montreal_day(at))
    queries.forget_lines(listed.id)
    rows = [OutageLine.columns(listed.id, place, line) for place, line in enumerate([*found.lines, *found.apart], 1)]
    if rows:
        db.session.execute(insert(OutageLine), rows)
    listed.version, listed.prepared_at, listed.moved = outage.version, at, None
    listed.list_sha256 = rules.list_digest(outage.id, outage.version, found.lines)
    if listed.approval_id:
        _tell_approver(outage, listed, found)
    windows = sum(line.kind is LineKind.WINDOW for line in found.lines)
    fact = ListPrepared(outage.id, listed.id, listed.kind.value, len(found.lines) - windows, windows, len(found.apart), listed.list_sha256)
    events.record(outage_subject(outage.id), fact, by=by, at=at)
    return found


def _tell_approver(outage: Outage, listed: OutageList, found: Plan) -> None:
    approval = db.session.get_one(Approval, listed.approval_id)
    approval.facts = {**approval.facts, **_approval_facts(outage, listed, len(found.lines))}


def _approval_facts(outage: Outage, listed: OutageList, many: int) -> dict[str, object]:
    page = f"/outages/{outage.id}"
    return {"outage": outage.id, "outage_kind": listed.kind.value, "lines": many, "list_sha256": listed.list_sha256, "page": page}


def ask(outage_id: int, *, by: Account, at: datetime) -> OutageList:
    """Put the prepared list before a second person."""
    outage = _open(outage_id)
    listed = queries.live_list(outage_id)
    if listed is None:
        raise NothingToDo
    many = len(queries.lines(listed.id, CARRIED_OUT))
    if not many and listed.kind is not ListKind.REVERSE:  # what is taken back is signed even when no date moves any more
        raise NothingToDo
    listed.state = move(TRANSITIONS, listed.state, ListAction.ASK)
    facts = _approval_facts(outage, listed, many)
    approval = staff.ask_approval(APPROVAL, outage_subject(outage_id), facts, listed.reason, by=by, at=at)
    listed.by_id, listed.asked_at, listed.approval_id = by.id, at, approval.id
    return listed


def sign(outage_id: int, seen_sha256: str, *, approve: bool, answer: str, by: Account, at: datetime) -> bool:
    """Sign exactly the list that was seen, or decline it; false when it had moved: it was frozen anew and nothing was signed."""
    outage = queries.lock_outage(outage_id)
    listed = queries.live_list(outage_id)
    if listed is None or listed.approval_id is None or listed.state is not ListState.ASKED:
        raise NothingToDo
    if approve and (seen_sha256 != listed.list_sha256 or _has_moved(outage, listed, by=by.actor, at=at)):
        return False
    staff.decide_approval(listed.approval_id, approve=approve, answer=answer, by=by, at=at)
    _decide(listed, approved=approve, by=by.actor, at=at)
    return True


def answered(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> None:
    """The second person answered among the approvals, where only the digest is in view: what moved since is not carried out."""
    found = queries.list_of_approval(approval_id)
    if found is None:
        return
    outage = queries.lock_outage(found.outage_id)
    listed = queries.live_list(outage.id)
    if listed is None or listed.id != found.id or listed.state is not ListState.ASKED:
        return
    if approved and _has_moved(outage, listed, by=by, at=at):
        listed.state = move(TRANSITIONS, listed.state, ListAction.GIVE_BACK)
        approval = db.session.get_one(Approval, approval_id)
        approval.facts = {**approval.facts, "refusal": str(Moved().message)}
        listed.approval_id = None
        return
    _decide(listed, approved=approved, by=by, at=at)


def _has_moved(outage: Outage, listed: OutageList, *, by: Actor, at: datetime) -> bool:
    """Whether the facts give another list now than the one frozen; then it is frozen anew, with what differs named.

    Terms that merely ended since are no other list: they are skipped by name when it is carried out. In a busy office some
    term ends every minute.
    """
    frozen = [one.line for one in queries.lines(listed.id, CARRIED_OUT)]
    fresh = planning.plan(outage, listed.kind, montreal_day(at)).lines
    still = {line.key for line in fresh}
    ended = queries.ended_terms(line.term_id for line in frozen if line.term_id and line.key not in still)
    stands = [line for line in frozen if line.term_id not in ended]
    if listed.version == outage.version and rules.list_digest(0, 0, stands) == rules.list_digest(0, 0, fresh):
        return False
    what = rules.moved(frozen, fresh)
    freeze(outage, listed, by=by, at=at)
    listed.moved = {name: {"many": len(names), "names": names[:MOST_NAMED]} for name, names in what.items()} | {"at": at.isoformat()}
    events.record(
        outage_subject(outage.id), ListMoved(outage.id, listed.id, *(len(what[name]) for name in ("added", "gone", "changed"))), by=by, at=at
    )
    return True


def _decide(listed: OutageList, *, approved: bool, by: Actor, at: datetime) -> None:
    listed.state = move(TRANSITIONS, listed.state, ListAction.APPROVE if approved else ListAction.DECLINE)
    if not approved:
        events.record(outage_subject(listed.outage_id), ListDeclined(listed.outage_id, listed.id), by=by, at=at)
        return
    listed.second_id, listed.second_at = int(by.id), at
    check_list(listed)
    if listed.kind is ListKind.REVERSE:
        queries.outage(listed.outage_id).reversed_at = at
    events.record(outage_subject(listed.outage_id), ListApproved(listed.outage_id, listed.id, listed.list_sha256), by=by, at=at)


def check_list(listed: OutageList) -> None:
    """What is carried out is what was signed, to the byte."""
    if digest_of(listed) != listed.list_sha256:
        raise ListChanged


def digest_of(listed: OutageList) -> str:
    """The digest of a list as it is kept, computed again."""
    return rules.list_digest(listed.outage_id, listed.version, [one.line for one in queries.lines(listed.id, CARRIED_OUT)])


def abandon(outage_id: int, *, by: Actor, at: datetime) -> None:
    """Give up a list before asking for a signature; it stays in the history."""
    queries.lock_outage(outage_id)
    listed = queries.live_list(outage_id)
    if listed is None:
        raise NothingToDo
    _abandon(listed, by=by, at=at)


def _abandon(listed: OutageList, *, by: Actor, at: datetime) -> None:
    listed.state = move(TRANSITIONS, listed.state, ListAction.ABANDON)
    events.record(outage_subject(listed.outage_id), ListAbandoned(listed.outage_id, listed.id), by=by, at=at)
