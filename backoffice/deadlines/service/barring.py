"""What keeps a term from ending: a bar on its case (nobody could reach the person), or mail and money not yet put to a case.

The clock itself runs on; only its end waits, so that no right is lost without proof.
"""

from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.formats import day
from backoffice.deadlines import queries
from backoffice.deadlines.events import BarLifted, EndsBarred
from backoffice.deadlines.models import Term, TermBar, Unsettled
from backoffice.deadlines.wording import BAR_GROUNDS

NAMED: Final = 3
"""So many envelopes or sums are named one by one; more are counted."""


def bar_ends(subject: Subject, ground: str, ref: str, *, by: Actor, at: datetime) -> None:
    """Let no running term of a case lapse while this stands; the same ground and reference count once, even after they were lifted."""
    if queries.lock_bar(subject, ground, ref) is not None:
        return
    db.session.add(TermBar(subject_kind=subject.kind, subject_id=subject.id, ground=ground, ref=ref, placed_at=at, placed_by=by.label))
    db.session.flush()
    events.record(subject, EndsBarred(ground, ref), by=by, at=at)


def lift_bar(subject: Subject, ground: str, ref: str, how: str, *, by: Actor, at: datetime) -> None:
    """It is settled (the letter was issued again, two people signed): the terms may end again."""
    bar = queries.lock_bar(subject, ground, ref)
    if bar is None or bar.lifted_at is not None:
        return
    bar.lifted_at, bar.lifted_by, bar.how = at, by.label, how
    db.session.flush()
    events.record(subject, BarLifted(ground, ref, how), by=by, at=at)


def what_bars(subject: Subject) -> list[str]:
    """The bars that stand on the ends of a case, a sentence each."""
    return [
        str(_("End barred since %(day)s: %(ground)s", day=day(bar.placed_at), ground=BAR_GROUNDS.get(bar.ground, bar.ground)))
        for bar in queries.standing_bars(subject)
    ]


def what_holds_back(term: Term) -> list[str]:
    """Why this term may not end yet, a sentence each: bars that stand, then mail and money stamped within it and not settled."""
    waiting: dict[str, list[Unsettled]] = {}
    for one in queries.unsettled_between(term.start, term.last_day):
        waiting.setdefault(one.source, []).append(one)
    return what_bars(term.subject) + [line for many in waiting.values() for line in _waiting(many)]


def _waiting(many: list[Unsettled]) -> list[str]:
    """Each by its number; more than a few of one kind in one line, with the days they are of."""
    if len(many) <= NAMED:
        return [_named(one) for one in many]
    first, last = day(many[0].stamped_on), day(many[-1].stamped_on)
    if many[0].source == "mail":
        return [str(_("%(many)s envelopes stamped from %(first)s to %(last)s are not indexed yet", many=len(many), first=first, last=last))]
    return [str(_("%(many)s sums received from %(first)s to %(last)s are not put to a case yet", many=len(many), first=first, last=last))]


def _named(one: Unsettled) -> str:
    if one.source == "mail":
        return str(_("Envelope %(ref)s, stamped %(day)s, is not indexed yet", ref=one.ref, day=day(one.stamped_on)))
    return str(_("Money received on %(day)s (receipt %(ref)s) is not put to a case yet", ref=one.ref, day=day(one.stamped_on)))
