"""Invitations of ranked windows: sixty days to file, then the fee like everybody else's (I-0.2.1 s. 44; first round 2019-07-04)."""

from datetime import datetime
from typing import cast
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.core.actors import APPLICANT, SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.events import Subject
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.rules import is_late
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.mail import addresses, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.texts import Language
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import AdmissionStatus

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


def file(message_id: UUID, *, at: datetime) -> bool:
    """An answer to an invitation files the application: its place is given, and the fee falls due (the clerk follows)."""
    answer = mail_queries.message(message_id)
    asked = mail_queries.find_message(answer.in_reply_to) if answer.in_reply_to else None
    if asked is None or asked.kind != KIND or asked.case_id != answer.case_id:
        return False
    case = case_queries.lock_case(asked.case_id)
    admission = quota_queries.admission(case.submission_id)
    if admission is None or admission.status is not AdmissionStatus.INVITED:
        return False
    quota.file_invited(case.submission_id, by=APPLICANT, at=at)
    return True


def answered(case: Case, *, at: datetime) -> None:
    """The application was filed: the sixty days are over, well, and the fee is what is waited for."""
    _end(case, TermAction.SATISFY, at=at)
    if case.status is CaseStatus.SOUMISE:
        cases.advance(case.id, CaseAction.INVITE_PAYMENT, by=SYSTEM, at=at)


def is_over(submission_id: UUID, at: datetime) -> bool:
    """Whether nothing runs for this declaration any more: the term of an invitation has its own extensions, pauses and calendar."""
    case = case_queries.case_of_submission(submission_id)
    term = term_queries.term_of(owner(case)) if case else None
    return term is None or term.state is not TermState.RUNNING or is_late(at, term.last_day)


def what_holds_back(submission_id: UUID) -> list[str]:
    """Why an invitation may not expire yet: nobody could read it, its end is barred, or mail of its days is not indexed."""
    admission = quota_queries.admission(submission_id)
    if admission is None or admission.status is not AdmissionStatus.INVITED:
        return []
    case = case_queries.case_of_submission(submission_id)
    term = term_queries.term_of(owner(case)) if case else None
    return deadlines.what_holds_back(term) if term else ["invitation not readable"]


def expire(submission_id: UUID, *, at: datetime) -> None:
    """A declaration is a year old, or an invitation was not answered in its sixty days: it stands no more."""
    quota.expire(submission_id, by=SYSTEM, at=at)
    case = case_queries.case_of_submission(submission_id)
    if case is not None:
        held = case_queries.lock_case(case.id)
        _end(held, TermAction.LAPSE, at=at)
        cases.advance(held.id, CaseAction.CLOSE, by=SYSTEM, at=at)


def _end(case: Case, action: TermAction, *, at: datetime) -> None:
    term = term_queries.term_of(owner(case))
    if term and term.state is TermState.RUNNING:
        deadlines.end_term(owner(case), action, by=SYSTEM, at=at)
