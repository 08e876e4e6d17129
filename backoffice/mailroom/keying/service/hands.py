"""Who has an application before them: one person at a time, let go half an hour after their last save."""

from datetime import datetime

from backoffice.core.actors import Actor
from backoffice.mailroom import queries as room
from backoffice.mailroom import service
from backoffice.mailroom.errors import EnvelopeDone
from backoffice.mailroom.keying import queries
from backoffice.mailroom.keying.errors import InOtherHands, NotAnApplication
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.values import EnvelopeKind


def application(number: str) -> Envelope:
    """An envelope that holds an application, held."""
    envelope = room.lock_envelope(number)
    if envelope.kind is not EnvelopeKind.APPLICATION:
        raise NotAnApplication
    return envelope


def live_application(number: str) -> Envelope:
    """The same, that may still be worked on."""
    envelope = application(number)
    if envelope.state not in service.LIVE:
        raise EnvelopeDone(number)
    return envelope


def account_id(by: Actor) -> int | None:
    """The account behind an author, when a person keys."""
    return int(by.id) if by.is_person and by.id.isdecimal() else None


def is_held_by_another(keying: Keying, mine: int | None, at: datetime) -> bool:
    """Whether somebody else has it in hand now."""
    return keying.hand_id not in (None, mine) and keying.hand_at is not None and at - keying.hand_at < queries.HELD


def hold(keying: Keying, mine: int | None, *, at: datetime) -> None:
    """Take it in hand, or keep it there; refused while somebody else has it."""
    if is_held_by_another(keying, mine, at):
        raise InOtherHands(queries.name_of(keying.hand_id))
    keying.hand_id, keying.hand_at = mine, at


def let_go(keying: Keying, *, at: datetime) -> None:
    """Nobody has it in hand any more."""
    keying.hand_id, keying.hand_at = None, at


def take_over(number: str, *, by: Actor, at: datetime) -> None:
    """Take it from whoever has it: they may be home. What they typed stays where each pass keeps it."""
    envelope = live_application(number)
    keying = room.lock_keying(envelope.id)
    if keying is not None:
        keying.hand_id, keying.hand_at = account_id(by), at


def put_aside(number: str, *, by: Actor, at: datetime) -> None:
    """Leave it for later, or for somebody else; it comes last among what is next to key."""
    envelope = application(number)
    keying = room.lock_keying(envelope.id)
    if keying is not None and keying.hand_id == account_id(by):
        let_go(keying, at=at)
