"""Whether somebody can be reached, derived anew from the facts whenever one of them is learned; and what must follow."""

from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db
from backoffice.core.settings import settings
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.mail.delivery import queries, rules
from backoffice.mail.delivery.events import ReachChanged
from backoffice.mail.delivery.models import Reachability
from backoffice.mail.delivery.values import Reach, Standing


def derived(case_id: int, *, at: datetime) -> Standing:
    """What the facts of a case give."""
    days = settings().mail.unopened_days
    return rules.standing(queries.bad_signs(case_id), queries.good_signs(case_id), queries.known_messages(case_id), at, days)


def review(case_id: int, *, at: datetime, how: str = "reached") -> Reach:
    """Look again. While a message with a running term did not arrive, no term of the case may end; the clock itself runs on."""
    case_queries.lock_case(case_id)
    db.session.flush()
    found, row = derived(case_id, at=at), queries.reach_row(case_id)
    before = row.reach if row else Reach.REACHABLE
    if row is None and found.reach is Reach.REACHABLE:
        return found.reach
    if row is None:
        row = Reachability(case_id=case_id)
        db.session.add(row)
    row.reach, row.since, row.why, row.looked_at = found.reach, found.since, list(found.why), at
    row.undelivered = [str(one) for one in found.undelivered]
    if before is not found.reach:
        fact = ReachChanged(before.value, found.reach.value, ", ".join(found.why))
        events.record(case_subject(case_id), fact, by=SYSTEM, at=at)
    _bars(case_id, set(row.undelivered), how, at=at)
    return found.reach


def review_if_doubted(case_id: int, *, at: datetime) -> None:
    """The same where something spoke against the case already; most cases have nothing to look at."""
    row = queries.reach_row(case_id)
    if row is not None and row.reach is not Reach.REACHABLE:
        review(case_id, at=at)


def _bars(case_id: int, wanted: set[str], how: str, *, at: datetime) -> None:
    """One bar for each message that did not arrive; one that fails again after its bar was lifted gets another."""
    subject = case_subject(case_id)
    bars = [bar for bar in term_queries.bars_of(subject) if bar.ground == queries.GROUND]
    standing = {_message_of(bar.ref): bar.ref for bar in bars if bar.lifted_at is None}
    for message in sorted(wanted - set(standing)):
        before = sum(_message_of(bar.ref) == message for bar in bars)
        deadlines.bar_ends(subject, queries.GROUND, f"{message}/{before + 1}" if before else message, by=SYSTEM, at=at)
    for message in sorted(set(standing) - wanted):
        deadlines.lift_bar(subject, queries.GROUND, standing[message], how, by=SYSTEM, at=at)


def _message_of(ref: str) -> str:
    return ref.partition("/")[0]
