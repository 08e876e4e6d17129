"""What the pages of delivery show: cases with why and since when, what waits and how old it is, representatives with their cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.settings import settings
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.intake.models import Submission
from backoffice.intake.states import SubmissionState
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries
from backoffice.mail.delivery.models import Mandate, Reachability
from backoffice.mail.delivery.values import Delivery, Reach
from backoffice.mail.models import Message


@dataclass(frozen=True)
class Task:
    """A case whose people could not be reached: why, since when, and what runs meanwhile."""

    case: Case
    name: str
    why: Sequence[str]
    since: datetime | None
    terms: Sequence[Term]
    barred: bool


@dataclass(frozen=True)
class Waiting:
    """Something that waits to be confirmed to somebody: how many, and since when the oldest."""

    what: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Line:
    """An outgoing message of a case and how far it came."""

    message: Message
    delivery: Delivery
    undelivered: bool


@dataclass(frozen=True)
class Represented:
    """A case of a representative, with its next term and what waits for an answer."""

    mandate: Mandate
    case: Case
    name: str
    term: Term | None
    unanswered: int
    standing: bool


def tasks(reach: Reach) -> list[Task]:
    """The cases in one state of doubt, the oldest first."""
    return [_task(row, case) for row, case in queries.tasks(reach)]


def _task(row: Reachability, case: Case) -> Task:
    subject = case_subject(case.id)
    running = [term for term in term_queries.terms_of(subject) if term.state is TermState.RUNNING]
    return Task(case, case_queries.principal(case).name, row.why, row.since, running, bool(term_queries.standing_bars(subject)))


def confirmations() -> list[Waiting]:
    """What people wait to hear from us, by kind (S-30): receipts not settled, notifications not gone, letters not posted."""
    pending = select(func.count(), func.min(Submission.received_at)).where(Submission.state == SubmissionState.PENDING)
    submissions = db.session.execute(pending).one()
    letters = mail_queries.letters_to_post()
    return [
        Waiting("receipts", submissions[0], submissions[1]),
        Waiting("notifications", *queries.waiting()),
        Waiting("letters", len(letters), letters[0][0].made_at if letters else None),
    ]


def no_server() -> bool:
    """Whether nothing can leave by e-mail."""
    return not settings().mail.smtp_url


def lines(case_id: int, undelivered: Iterable[UUID]) -> list[Line]:
    """The outgoing messages of a case, the latest first."""
    deliveries, missing = queries.deliveries_of(case_id), set(undelivered)
    thread = [one for one in mail_queries.thread(case_id) if one.id in deliveries]
    return [Line(one, deliveries[one.id], one.id in missing) for one in reversed(thread)]


def cases_of(representative_id: int, today: date) -> list[Represented]:
    """The cases of a representative: the next last day first, then those without a term; mandates that ended at the end."""
    found = queries.cases_of(representative_id)
    ids = [case.id for _, case in found]
    terms, unanswered = term_queries.running_terms("case", ids), mail_queries.unanswered(ids)
    rows = [_represented(mandate, case, terms.get(case.id), unanswered.get(case.id, 0), today) for mandate, case in found]
    return sorted(rows, key=lambda row: (not row.standing, row.term is None, row.term.last_day if row.term else today, row.case.number))


def _represented(mandate: Mandate, case: Case, term: Term | None, unanswered: int, today: date) -> Represented:
    standing = mandate.ends_on is None or mandate.ends_on >= today
    return Represented(mandate, case, case_queries.principal(case).name, term, unanswered, standing)
