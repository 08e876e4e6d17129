"""Invitations of ranked windows: sixty days to file, then the fee like everybody else's (I-0.2.1 s. 44; first round 2019-07-04)."""

from datetime import datetime
from typing import cast

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.events import Subject
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.mail import addresses, texts
from backoffice.mail import service as mail
from backoffice.mail.texts import Language

KIND = "invitation_to_file"


def owner(case: Case) -> Subject:
    """The invitation of a case as the owner of its term."""
    return Subject("invitation", str(case.id))


def invite(case: Case, *, at: datetime) -> None:
    """Tell the person that the round chose them, and start the sixty days once they can read it."""
    worked = deadlines.planned(TermKind.INVITATION, montreal_day(at))
    language = cast("Language", case.language)
    text = texts.render_message(
        KIND, language, applicant_name=addresses.name(case_queries.principal(case)), case_number=case.number, days=worked.days,
        last_day=worked.last_day, workings=sentence(worked, language),
    )  # fmt: skip
    message = mail.send_message(case.id, KIND, text, once=f"{KIND}:{case.id}", automatic=True, by=SYSTEM, at=at)
    if message.readable_at:
        deadlines.start_term(TermKind.INVITATION, case_subject(case.id), owner(case), montreal_day(at), "message_readable", by=SYSTEM, at=at)


def answered(case: Case, *, at: datetime) -> None:
    """The application was filed: the sixty days are over, well."""
    term = term_queries.term_of(owner(case))
    if term and term.state is TermState.RUNNING:
        deadlines.end_term(owner(case), TermAction.SATISFY, by=SYSTEM, at=at)
