"""A person moved a last day: whoever has that term reads the new one, in the mailbox or on paper, and why it moved."""

from datetime import date, datetime
from typing import Final

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core.actors import SYSTEM
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.events import StartCorrected, TermExtended, TermRecomputed
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind, Workings
from backoffice.deadlines.wording import sentence
from backoffice.decisions import notices
from backoffice.mail.models import Message

TOLD: Final = frozenset(
    {TermKind.PAYMENT, TermKind.DOCUMENTS, TermKind.INTENTION_TO_REJECT, TermKind.INTENTION_TO_REFUSE, TermKind.REVIEW, TermKind.INVITATION}
)
"""Terms that run for the applicant; an internal target is nobody's business but ours."""


def extended(case_id: int, fact: TermExtended, *, at: datetime) -> Message | None:
    """Days were granted."""
    return _tell(case_id, fact.term_id, date.fromisoformat(fact.last_day), fact.days, at=at)


def corrected(case_id: int, fact: StartCorrected | TermRecomputed, *, at: datetime) -> Message | None:
    """The count was put right: another day zero, or another calendar; nothing is written when the last day stays."""
    if fact.last_day == fact.old_last_day:
        return None
    return _tell(case_id, fact.term_id, date.fromisoformat(fact.last_day), 0, at=at)


def _tell(case_id: int, term_id: int, said: date, days: int, *, at: datetime) -> Message | None:
    """Once for each date; nothing of a term that ended or moved again meanwhile: the later fact tells its own."""
    case = case_queries.lock_case(case_id)
    term = term_queries.term(case_subject(case_id), term_id)
    if term.kind not in TOLD or not _stands(term, said):
        return None
    worked = Workings.from_json(term.workings)
    return notices.send(
        case, "term_moved", f"moved:{term.id}:{term.start.isoformat()}:{said.isoformat()}",
        {"term": term.kind.value, "days": days, "last_day": said, "workings": sentence(worked, "fr")},
        in_english={"workings": sentence(worked, "en")}, by=SYSTEM, at=at,
    )  # fmt: skip


def _stands(term: Term, said: date) -> bool:
    return term.state is TermState.RUNNING and term.last_day == said
