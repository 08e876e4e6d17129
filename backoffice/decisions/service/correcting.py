"""« Corriger une erreur du ministère »: a decision that was our error is undone at once, without formal review.

The ombudsman found that people had been made to ask for a review though the error was internal (Protecteur du citoyen).
"""

from datetime import datetime
from typing import Final

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.decisions import notices
from backoffice.decisions.errors import NothingToCorrect
from backoffice.decisions.events import ErrorCorrected
from backoffice.documents.lapsing import reopen_requests

CORRECTABLE: Final = frozenset({CaseStatus.REJETEE, CaseStatus.REFUSEE, CaseStatus.CSQ_DELIVRE})
"""Where a decision stands. A closing or a withdrawal released its place: those are reviewed with the admission."""


def correct_error(case_id: int, reason: str, *, by: Actor, at: datetime) -> Case:
    """Undo a decision that was our error: the examination takes up the case where it stood, and the applicant is told."""
    case = case_queries.lock_case(case_id)
    if case.status not in CORRECTABLE:
        raise NothingToCorrect
    before = case.status
    case = cases.advance(case_id, CaseAction.CORRECT_ERROR, by=by, at=at)
    events.record(case_subject(case_id), ErrorCorrected(before.value, case.status.value, reason), by=by, at=at)
    reopen_requests(case_id)
    notices.send(case, "error_corrected", f"corrected:{case_id}:{at.isoformat()}", {"decided_on": montreal_day(at)}, by=by, at=at)
    return case
