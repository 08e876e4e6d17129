"""Destruction of paper: only after its sealed declaration and its delay, by two people, with a certificate; never an original, never under a hold."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import IllegalMove, NotFound
from backoffice.mailroom import queries as room
from backoffice.mailroom.custody import printing, queries, rules, words
from backoffice.mailroom.custody.errors import AnotherPerson, HeldAlready, MayNotDestroy, NotHeld
from backoffice.mailroom.custody.events import DestructionAsked, HoldLifted, PaperDestroyed, PaperHeld, declaration_subject
from backoffice.mailroom.custody.models import Paper, PaperDestruction, PaperHold, ScanDeclaration
from backoffice.mailroom.custody.service.moving import send_out
from backoffice.mailroom.custody.values import DESTROYED, ENDS, Item, Obstacle
from backoffice.mailroom.events import envelope_subject
from backoffice.staff.models import Account


def hold(number: str, reason: str, *, by: Actor, at: datetime) -> PaperHold:
    """Put a legal hold on the paper of an envelope."""
    room.lock_envelope(number)
    if queries.hold(number):
        raise HeldAlready(number)
    made = PaperHold(envelope=number, reason=reason, placed_at=at, placed_by=by.label)
    db.session.add(made)
    events.record(envelope_subject(number), PaperHeld(reason), by=by, at=at)
    return made


def lift_hold(number: str, reason: str, *, by: Actor, at: datetime) -> PaperHold:
    """The reason of the hold is gone."""
    room.lock_envelope(number)
    held = queries.hold(number)
    if held is None:
        raise NotHeld(number)
    held.lifted_at, held.lifted_by, held.lifted_reason = at, by.label, reason
    events.record(envelope_subject(number), HoldLifted(reason), by=by, at=at)
    return held


def obstacles(declaration: ScanDeclaration, *, at: datetime) -> list[Obstacle]:
    """What keeps the paper of a declaration from being destroyed now."""
    numbers = [one.number for one in queries.declared(declaration.id)]
    papers = queries.papers_of(numbers)
    originals = [paper.number for paper, place in papers if paper.must_return and place.kind not in ENDS]
    gone = [] if any(_to_destroy(paper) and place.kind not in ENDS for paper, place in papers) else [declaration.number]
    sealed_on = montreal_day(declaration.sealed_at) if declaration.sealed_at else None
    return rules.obstacles(sealed_on, montreal_day(at), held=queries.holds(numbers), originals=originals, gone=gone)


def _to_destroy(paper: Paper) -> bool:
    return not paper.must_return


def ask_destruction(number: str, reason: str, *, by: Account, at: datetime) -> PaperDestruction:
    """The first person asks to destroy; everything is checked now, and again when it is done."""
    declaration = queries.lock_declaration(number)
    _check(declaration, at=at)
    if queries.destruction_of(declaration.id):
        raise IllegalMove(declaration.state, "destroy")
    asked = PaperDestruction(
        number=queries.next_number(PaperDestruction, "CD", montreal_day(at).year), declaration_id=declaration.id, reason=reason, first_id=by.id,
        first_label=by.name, asked_at=at,
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    events.record(declaration_subject(number), DestructionAsked(number, reason), by=by.actor, at=at)
    return asked


def _check(declaration: ScanDeclaration, *, at: datetime) -> None:
    for one in queries.declared(declaration.id):
        room.lock_envelope(one.number)  # a hold placed at this instant waits, or is seen
    if found := obstacles(declaration, at=at):
        raise MayNotDestroy(words.obstacle(one, declaration) for one in found)


def destroy(number: str, *, by: Account, at: datetime) -> PaperDestruction:
    """The second person carries it out with the first: the paper is destroyed and the certificate kept."""
    declaration = queries.lock_declaration(number)
    asked = queries.destruction_of(declaration.id)
    if asked is None:
        raise NotFound
    if asked.first_id == by.id:
        raise AnotherPerson
    if asked.certificate_sha256 is not None:
        raise IllegalMove("destroyed", "destroy")
    _check(declaration, at=at)
    numbers = [one.number for one in queries.declared(declaration.id)]
    gone = [paper for paper, place in queries.papers_of(numbers) if _to_destroy(paper) and place.kind not in ENDS]
    for paper in gone:
        send_out(Item(paper.kind, paper.number), DESTROYED, asked.number, by=by.actor, at=at)
    asked.second_id, asked.second_label, asked.done_at = by.id, by.name, at
    asked.certificate_sha256 = printing.certificate(declaration, asked, gone)
    fact = PaperDestroyed(asked.number, number, len(gone), asked.first_label, by.name, asked.certificate_sha256)
    events.record(declaration_subject(number), fact, by=by.actor, at=at)
    return asked
