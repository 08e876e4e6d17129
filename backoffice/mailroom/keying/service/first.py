"""The first pass: every field is kept as it is typed, then checked by the portal's own schema."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import comparing, rules
from backoffice.mailroom.keying.errors import KeyingSent
from backoffice.mailroom.keying.events import AmountDiffers, FirstPassDone
from backoffice.mailroom.keying.service import hands, pairs, rates, receiving
from backoffice.mailroom.keying.values import Typed
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.states import KEYINGS, KeyingAction, KeyingState
from backoffice.mailroom.values import Mark
from backoffice.staff.models import Account

LONGEST = 2000
"""No field of the form is longer, in characters."""


def begin(number: str, *, by: Actor, at: datetime) -> Keying:
    """The keying of an envelope, begun at its first field; whoever opens a draft that is free has it in hand."""
    envelope = hands.application(number)
    keying = room.lock_keying(envelope.id)
    if keying is None:
        keying = Keying(
            envelope_id=envelope.id, state=KeyingState.DRAFT, fields={"programme": "PRTQ", "language": "fr"}, marks={}, focus=None,
            started_by_id=by.id, saved_at=at, hands=[], twice=[], agreed={}, taken={},
        )  # fmt: skip
        db.session.add(keying)
        db.session.flush()
    mine = hands.account_id(by)
    if keying.state is KeyingState.DRAFT and not hands.is_held_by_another(keying, mine, at):
        hands.hold(keying, mine, at=at)
    return keying


def save(number: str, typed: Typed, *, by: Actor, at: datetime) -> Keying:
    """Keep what was typed, field by field; a killed server or a closed tab loses nothing of it."""
    keying = _draft(number, by=by, at=at)
    known = set(rules.field_names(rules.MOST_CHILDREN)) | {"children"}
    values = {name: clean(value) for name, value in typed.values.items() if name in known}
    keying.fields = {**keying.fields, **values}
    keying.marks = marked(keying.marks, typed.marks, known)
    keying.taken = {**keying.taken, **{name: clean(text) for name, text in typed.taken.items() if name in known}}
    if typed.focus in known:
        keying.focus = typed.focus
    keying.ground, keying.saved_at = keying.fields.get("ground") or None, at
    return keying


def marked(before: Mapping[str, str], new: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    """The marks of a pass with those that were set or taken away."""
    names = set(known)
    marks = {name: mark for name, mark in new.items() if name in names and mark in {"", *Mark}}
    return {name: mark for name, mark in {**before, **marks}.items() if mark}


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
    """Check the application as the portal's are; then a second clerk keys its critical fields, or it is received."""
    envelope = hands.application(number)
    keying = _draft(number, by=by.actor, at=at)
    ground = receiving.ground_of(keying, envelope)
    content = receiving.checked(keying, envelope, at=at)
    keying.finished_by_id, keying.finished_at = by.id, at
    keying.twice = pairs.to_key_twice(keying, rates.drawn(number, at))
    hands.let_go(keying, at=at)
    if keying.twice:
        keying.state = move(KEYINGS, keying.state, KeyingAction.KEY_TWICE)
        events.record(envelope_subject(number), FirstPassDone(len(keying.twice)), by=by.actor, at=at)
    elif not differs_from_the_list(keying, envelope, by=by, at=at):
        receiving.conclude(keying, envelope, ground, content, by=by.actor, at=at)
    return keying


def differs_from_the_list(keying: Keying, envelope: Envelope, *, by: Account, at: datetime) -> bool:
    """Whether the amount on the form is not the one listed with the envelope: then a person looks before anything is received."""
    listed = pairs.listed_otherwise(keying, envelope, at=at)
    if listed is None:
        return False
    keyed = comparing.cents(keying.fields.get(comparing.AMOUNT, "")) or 0
    events.record(envelope_subject(envelope.number), AmountDiffers(keyed, listed), by=by.actor, at=at)
    if keying.state is not KeyingState.DIFFERS:
        keying.state = move(KEYINGS, keying.state, KeyingAction.DIFFER)
    return True


def _draft(number: str, *, by: Actor, at: datetime) -> Keying:
    hands.live_application(number)
    keying = begin(number, by=by, at=at)
    if keying.state is not KeyingState.DRAFT:
        raise KeyingSent
    mine = hands.account_id(by)
    hands.hold(keying, mine, at=at)
    if mine is not None and mine not in keying.hands:
        keying.hands = [*keying.hands, mine]
    return keying


def filled(fields: Mapping[str, str], names: Iterable[str]) -> tuple[int, int]:
    """How many fields hold something, of how many."""
    every = list(names)
    return sum(1 for name in every if fields.get(name)), len(every)
