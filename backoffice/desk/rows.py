"""Rows of the queue: each case with what runs, who holds it and what marks it, for one page in a fixed number of reads."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL, CaseStatus, waiting_on
from backoffice.cases.values import Hold
from backoffice.core import clock
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.desk import queries
from backoffice.desk.values import Clock, Row, Tag
from backoffice.desk.words import word
from backoffice.mail import queries as mail_queries
from backoffice.mail.service import reachable_online
from backoffice.mail.threads import presence
from backoffice.staff.guard import current_account

SAID_BY_STAGE = {(CaseStatus.ATTENTE_PAIEMENT, Hold.PAYMENT), (CaseStatus.DOCS_DEMANDES, Hold.DOCUMENTS)}
"""Holds that the stage says already."""


def rows(cases: Sequence[Case]) -> list[Row]:
    """A page of the queue."""
    ids = [case.id for case in cases]
    terms = term_queries.running_terms("case", ids)
    officers = queries.names(case.officer_id for case in cases)
    unanswered = mail_queries.unanswered(ids)
    to_review = queries.items_to_review(ids)
    ours = queries.days_with_us(cases, clock.now())
    here = presence.others(ids, current_account().id, clock.now())
    found = [
        _row(case, terms.get(case.id), officers.get(case.officer_id or 0), unanswered.get(case.id, 0), to_review.get(case.id, 0), ours[case.id])
        for case in cases
    ]
    for row in found:
        row.marks.extend(Tag(presence.sentence([one]), "warn" if one.writes else "quiet") for one in here.get(row.id, []))
    return found


def _row(case: Case, term: Term | None, officer: str | None, unanswered: int, to_review: int, ours: int) -> Row:
    last = clock.today() if case.status not in FINAL else case.status_changed_at.astimezone(clock.MONTREAL).date()
    return Row(
        id=case.id, number=case.number, name=case_queries.principal(case).name, channel=case.channel.value, status=case.status.value,
        waiting=waiting_on(case.status, by_post=not reachable_online(case)).value, clock=clock_of(term, clock.today()) if term else None,
        days_total=(last - case.legal_received_on).days, days_ours=ours, officer=officer,
        marks=[*marks(case), *attention(unanswered, to_review)], unanswered=unanswered, to_review=to_review,
    )  # fmt: skip


def clock_of(term: Term, today: date) -> Clock:
    """A running term as a track: how much of it is used, and how urgent that is."""
    if term.last_day == OPEN_ENDED:
        return Clock(term.kind.value, term.last_day, 0, 0, "", term.id, stopped=True)
    whole, used = max(1, (term.last_day - term.start).days), (today - term.start).days
    left = (term.last_day - today).days
    return Clock(term.kind.value, term.last_day, left, min(100, max(0, round(100 * used / whole))), _urgency(left), term.id)


def _urgency(left: int) -> str:
    if left <= 2:
        return "bad"
    return "warn" if left <= 10 else ""


def marks(case: Case) -> list[Tag]:
    """Why a case is ahead, or kept from being worked on, in words."""
    found = []
    if case.urgent_reason:
        found.append(Tag(_("Urgent"), "bad"))
    if case.validated_offer:
        found.append(Tag(_("Priority: validated offer"), "warn"))
    if case.temporary_resident:
        found.append(Tag(_("Temporary resident")))
    found += [
        Tag(_("On hold: %(why)s", why=word(hold.kind, "hold")), "warn")
        for hold in case.holds
        if hold.lifted_at is None and case.status not in FINAL and (case.status, hold.kind) not in SAID_BY_STAGE
    ]
    return found


def attention(unanswered: int, to_review: int) -> list[Tag]:
    """What arrived and waits for somebody to look at it."""
    found = []
    if unanswered:
        found.append(Tag(ngettext("%(num)s message to answer", "%(num)s messages to answer", unanswered), "online"))
    if to_review:
        found.append(Tag(ngettext("%(num)s document to review", "%(num)s documents to review", to_review), "online"))
    return found
