"""The declaration of substitution scanning: begun for closed envelopes, signed by the operator, controlled and sealed by another person."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mailroom.custody import composing, printing, queries, rules
from backoffice.mailroom.custody.errors import AnotherController, NotAllDeclarable, NothingToDeclare, PagesToLook, PagesUnsound
from backoffice.mailroom.custody.events import (
    DeclarationBegun,
    DeclarationGivenUp,
    DeclarationSealed,
    DeclarationSigned,
    PageLookedAt,
    declaration_subject,
)
from backoffice.mailroom.custody.models import DeclaredEnvelope, QualityCheck, ScanDeclaration
from backoffice.mailroom.custody.states import DECLARATIONS, DeclarationAction, DeclarationState
from backoffice.mailroom.custody.values import Look
from backoffice.mailroom.models import Envelope
from backoffice.staff.models import Account


def begin(batch: str = "", envelopes: Sequence[str] = (), *, by: Actor, at: datetime) -> ScanDeclaration:
    """Begin the declaration of a closed batch, or of a list of closed envelopes."""
    batch_id = queries.batch(batch).id if batch else None
    found = queries.undeclared(None if batch else envelopes, batch_id)
    if not found:
        raise NothingToDeclare
    if missing := sorted(set(envelopes) - {one.number for one in found}):
        raise NotAllDeclarable(missing)
    number = queries.next_number(ScanDeclaration, "DS", montreal_day(at).year)
    declaration = ScanDeclaration(number=number, batch_id=batch_id, state=DeclarationState.DRAFT, content={}, made_at=at)
    db.session.add(declaration)
    db.session.flush()
    db.session.add_all(DeclaredEnvelope(envelope_id=one.id, declaration_id=declaration.id) for one in found)
    db.session.flush()
    events.record(declaration_subject(number), DeclarationBegun(number, [one.number for one in found]), by=by, at=at)
    return declaration


def sign(number: str, *, by: Account, at: datetime) -> ScanDeclaration:
    """The operator signs what was scanned, to the last file; the pages for the controller are drawn from what was signed."""
    declaration = queries.lock_declaration(number)
    state = move(DECLARATIONS, declaration.state, DeclarationAction.SIGN)
    envelopes = queries.declared(declaration.id)
    content = composing.content(declaration, envelopes, queries.batch_number(declaration.batch_id), by.name, at)
    declaration.content, declaration.digest = content, digest(content)
    declaration.operator_id, declaration.operator_label, declaration.operator_signed_at = by.id, by.name, at
    declaration.state = state
    drawn = _draw(declaration, envelopes)
    events.record(declaration_subject(number), DeclarationSigned(number, declaration.digest, drawn), by=by.actor, at=at)
    return declaration


def _draw(declaration: ScanDeclaration, envelopes: Sequence[Envelope]) -> int:
    drawn = rules.draw(composing.pages_to_look(envelopes), declaration.digest or "")
    db.session.add_all(QualityCheck(declaration_id=declaration.id, page_id=page, drawn=why) for page, why in drawn.items())
    db.session.flush()
    return len(drawn)


def look(number: str, looks: dict[int, Look], *, by: Account, at: datetime) -> int:
    """The controller, who is not the operator, says what pages look like; how many were noted."""
    declaration = _to_control(number, by)
    noted = 0
    for check, _page, _envelope in queries.checks(declaration.id):
        said = looks.get(check.page_id)
        if said is None or said is check.look:
            continue
        check.look, check.noted_at, check.noted_by_id = said, at, by.id
        events.record(declaration_subject(number), PageLookedAt(check.page_id, said.value), by=by.actor, at=at)
        noted += 1
    return noted


def _to_control(number: str, by: Account) -> ScanDeclaration:
    declaration = queries.lock_declaration(number)
    move(DECLARATIONS, declaration.state, DeclarationAction.SEAL)
    if declaration.operator_id == by.id:
        raise AnotherController
    return declaration


def seal(number: str, *, by: Account, at: datetime) -> ScanDeclaration:
    """The controller signs: every page drawn is good, the PDF/A with the list of files inside is kept, and nothing changes any more."""
    declaration = _to_control(number, by)
    checks = queries.checks(declaration.id)
    looks = [check.look for check, _page, _envelope in checks]
    if waiting := looks.count(None):
        raise PagesToLook(waiting)
    if not rules.is_sound(looks):
        raise PagesUnsound(sum(1 for one in looks if one is not Look.GOOD))
    declaration.controller_id, declaration.controller_label, declaration.sealed_at = by.id, by.name, at
    declaration.pdf_sha256 = printing.declaration(declaration, checks)
    declaration.state = move(DECLARATIONS, declaration.state, DeclarationAction.SEAL)
    fact = DeclarationSealed(number, declaration.digest or "", declaration.pdf_sha256)
    events.record(declaration_subject(number), fact, by=by.actor, at=at)
    return declaration


def give_up(number: str, reason: str, *, by: Actor, at: datetime) -> ScanDeclaration:
    """Give a declaration up before it is sealed: its envelopes can be scanned again and declared anew."""
    declaration = queries.lock_declaration(number)
    declaration.state = move(DECLARATIONS, declaration.state, DeclarationAction.GIVE_UP)
    for row in queries.declared_rows(declaration.id):
        db.session.delete(row)
    events.record(declaration_subject(number), DeclarationGivenUp(number, reason), by=by, at=at)
    return declaration
