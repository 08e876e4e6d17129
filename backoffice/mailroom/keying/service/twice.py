"""The second pass, blind, and the third look.

The second clerk is never who keyed first, and is shown the image and empty fields: nothing that the first pass said reaches
their page. Where the two differ, somebody else again sees both with the image and says what is right; all three are kept.
"""

from collections.abc import Mapping
from datetime import datetime

from backoffice.core import events
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import comparing, queries
from backoffice.mailroom.keying.errors import KeyingFaults, NothingToKey, NotWaiting, SameHands, WhyNeeded
from backoffice.mailroom.keying.events import DifferenceSettled, PassesCompared, SentBack
from backoffice.mailroom.keying.models import KeyingPair, KeyingSettlement, SecondKeying
from backoffice.mailroom.keying.service import first, hands, pairs, receiving
from backoffice.mailroom.keying.values import ILLEGIBLE, LISTED, Typed
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.states import KEYINGS, KeyingAction, KeyingState
from backoffice.mailroom.values import Mark
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission


def begin_second(number: str, *, by: Account, at: datetime) -> tuple[Keying, SecondKeying]:
    """The second pass of an application, empty when somebody begins it; never by an account that keyed the first."""
    keying = _waiting(number, KeyingState.SECOND)
    if by.id in keying.hands:
        raise SameHands
    hands.hold(keying, by.id, at=at)
    under_way = queries.second(keying.envelope_id)
    if under_way is not None and under_way.account_id != by.id:
        db.session.delete(under_way)  # one pair of eyes: what another began is not seen either
        db.session.flush()
        under_way = None
    if under_way is None:
        under_way = SecondKeying(
            envelope_id=keying.envelope_id, account_id=by.id, fields={}, marks={}, focus=None, started_at=at, saved_at=at,
        )  # fmt: skip
        db.session.add(under_way)
        db.session.flush()
    return keying, under_way


def save_second(number: str, typed: Typed, *, by: Account, at: datetime) -> SecondKeying:
    """Keep what the second clerk typed, field by field."""
    keying, under_way = begin_second(number, by=by, at=at)
    known = set(keying.twice)
    values = {name: first.clean(value) for name, value in typed.values.items() if name in known}
    under_way.fields = {**under_way.fields, **values}
    under_way.marks = first.marked(under_way.marks, typed.marks, known)
    under_way.focus = typed.focus if typed.focus in known else under_way.focus
    under_way.saved_at = at
    return under_way


def finish_second(number: str, faults: Mapping[str, str], *, by: Account, at: datetime) -> Keying:
    """Put the two passes side by side: what agrees is settled, what differs waits for somebody else.

    `faults` is the sentence for a field left without a value or a mark; the second clerk says each of them.
    """
    keying, under_way = begin_second(number, by=by, at=at)
    unsaid = [name for name in keying.twice if not under_way.fields.get(name) and not under_way.marks.get(name)]
    if unsaid:
        raise KeyingFaults({name: faults[name] for name in unsaid})
    envelope = hands.application(number)
    compared = comparing.compare(
        keying.twice, pairs.passes(keying.fields, keying.marks, keying.twice), pairs.passes(under_way.fields, under_way.marks, keying.twice)
    )
    pairs.keep(keying, compared, by.id, at=at)
    keying.agreed = {**keying.agreed, **{one.name: one.first for one in compared if one.agreed}}
    differing = [one.name for one in compared if not one.agreed]
    events.record(envelope_subject(number), PassesCompared(len(compared), differing), by=by.actor, at=at)
    hands.let_go(keying, at=at)
    if differing:
        keying.state = move(KEYINGS, keying.state, KeyingAction.DIFFER)
    if comparing.AMOUNT not in differing:
        first.differs_from_the_list(keying, envelope, by=by, at=at)
    if keying.state is KeyingState.SECOND:
        _conclude(keying, envelope, by=by, at=at)
    return keying


def begin_third(number: str, *, by: Account, at: datetime) -> tuple[Keying, list[KeyingPair]]:
    """The differences of an application, before somebody who keyed neither pass."""
    keying = _waiting(number, KeyingState.DIFFERS)
    under_way = queries.second(keying.envelope_id)
    if by.id in keying.hands or (under_way is not None and under_way.account_id == by.id):
        raise SameHands
    hands.hold(keying, by.id, at=at)
    return keying, queries.open_pairs(keying)


def settle(number: str, values: Mapping[int, str], *, by: Account, at: datetime) -> Keying:
    """Say what is right of each difference, by its pair; the application then goes on, checked again with what was settled."""
    keying, waiting = begin_third(number, by=by, at=at)
    for pair in waiting:
        if pair.id not in values:
            raise NotWaiting
        _settle(keying, pair, first.clean(values[pair.id]), by=by, at=at)
    hands.let_go(keying, at=at)
    envelope = hands.application(number)
    if any(pair.field == comparing.AMOUNT and pair.second_by_id is not None for pair in waiting) and first.differs_from_the_list(
        keying, envelope, by=by, at=at
    ):
        return keying
    _conclude(keying, envelope, by=by, at=at)
    return keying


def _settle(keying: Keying, pair: KeyingPair, value: str, *, by: Account, at: datetime) -> None:
    db.session.add(KeyingSettlement(pair_id=pair.id, value=value, settled_by_id=by.id, settled_at=at))
    illegible = value == ILLEGIBLE
    marks = {name: mark for name, mark in keying.marks.items() if name != pair.field}
    keying.marks = {**marks, pair.field: Mark.ILLEGIBLE.value} if illegible else marks
    keying.fields = {**keying.fields, pair.field: "" if illegible else value}
    keying.agreed = {**keying.agreed, pair.field: value}
    if pair.second_by_id is None:
        keying.agreed = {**keying.agreed, LISTED: value}
    said = {pair.first_value: "first", pair.second_value: "second"}.get(value, "typed")
    events.record(envelope_subject(_number(keying)), DifferenceSettled(pair.id, pair.field, said), by=by.actor, at=at)


def _number(keying: Keying) -> str:
    envelope = db.session.get(Envelope, keying.envelope_id)
    assert envelope is not None  # a foreign key says so
    return envelope.number


def _conclude(keying: Keying, envelope: Envelope, *, by: Account, at: datetime) -> None:
    db.session.flush()
    under_way = queries.second(keying.envelope_id)
    if under_way is not None:
        db.session.delete(under_way)  # its readings are in the pairs
    ground = receiving.ground_of(keying, envelope)
    receiving.conclude(keying, envelope, ground, receiving.checked(keying, envelope, at=at), by=by.actor, at=at)


def send_back(number: str, reason: str, *, by: Account, at: datetime) -> Keying:
    """The form does not say what the first pass keyed (a person is missing): it is keyed again, and read twice again."""
    if not reason.strip():
        raise WhyNeeded
    envelope = hands.live_application(number)
    keying = room.lock_keying(envelope.id)
    if keying is None or keying.state not in {KeyingState.SECOND, KeyingState.DIFFERS}:
        raise NotWaiting
    (begin_second if keying.state is KeyingState.SECOND else begin_third)(number, by=by, at=at)
    under_way = queries.second(keying.envelope_id)
    if under_way is not None:
        db.session.delete(under_way)
    keying.state = move(KEYINGS, keying.state, KeyingAction.SEND_BACK)
    keying.twice = []
    hands.let_go(keying, at=at)
    events.record(envelope_subject(number), SentBack(reason.strip()), by=by.actor, at=at)
    return keying


def take_next(*, by: Account, at: datetime) -> tuple[str, KeyingState]:
    """The oldest stamp that this person may key now, in their hands: a first pass, a second, or differences; never what another has."""
    found = queries.lock_next(by.id, at, keys=by.may(Permission.WORK_MAILROOM))
    if found is None:
        raise NothingToKey
    envelope, state = found
    match state:
        case KeyingState.SECOND:
            begin_second(envelope.number, by=by, at=at)
        case KeyingState.DIFFERS:
            begin_third(envelope.number, by=by, at=at)
        case _:
            first.begin(envelope.number, by=by.actor, at=at)
    return envelope.number, state


def _waiting(number: str, state: KeyingState) -> Keying:
    envelope = hands.live_application(number)
    keying = room.lock_keying(envelope.id)
    if keying is None or keying.state is not state:
        raise NotWaiting
    return keying
