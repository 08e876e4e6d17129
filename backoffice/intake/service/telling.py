"""Telling an applicant: in the thread of the case when there is one, else in a thread of the application itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast
from uuid import UUID, uuid4

from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.intake import queries
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between.events import ApplicantTold
from backoffice.intake.between.models import SubmissionMessage
from backoffice.intake.events import submission_subject
from backoffice.mail import addresses, printing, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.texts import Language, MessageText, MessageValue
from backoffice.mail.values import NewFile

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")


def tell(submission_id: UUID, kind: str, *, once: str, by: Actor, at: datetime, **values: MessageValue) -> None:
    """Send a reviewed text, once under its key; who cannot be reached online gets it as a letter where there is a case to post it from."""
    case = case_queries.case_of_submission(submission_id)
    if case is None:
        _tell_without_case(submission_id, kind, once, values, by=by, at=at)
        return
    language = cast("Language", case.language)
    name = addresses.name(case_queries.principal(case))
    text = texts.render_message(kind, language, applicant_name=name, reference=case.number, **values)
    letter: list[NewFile] = []
    if not mail.reachable_online(case) and not mail_queries.already_sent(once):
        letter = [_letter(case, kind, values, by=by, at=at)]
    mail.send_message(
        case.id, kind, text, files=letter, letter_sha256=letter[0].sha256 if letter else None, once=once, automatic=not by.is_person, by=by, at=at
    )


def _letter(case: Case, kind: str, values: Mapping[str, MessageValue], *, by: Actor, at: datetime) -> NewFile:
    """The same words on paper."""
    name = addresses.name(case_queries.principal(case))
    french, english = (texts.render_message(kind, language, applicant_name=name, reference=case.number, **values) for language in LANGUAGES)
    notice = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=name, address_lines=addresses.lines(case), subject_fr=french.subject,
        subject_en=english.subject, paragraphs_fr=texts.paragraphs(french), paragraphs_en=texts.paragraphs(english),
        officer=by.label if by.is_person else "", language=cast("Language", case.language),
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(notice), f"{kind}-{case.number}.pdf")


def _tell_without_case(submission_id: UUID, kind: str, once: str, values: dict[str, MessageValue], *, by: Actor, at: datetime) -> None:
    submission = queries.submission(submission_id)
    if submission is None or between_queries.message_sent(once):
        return
    principal = submission.content["principal_applicant"]
    language = cast("Language", str(submission.content["language"]))
    name = " ".join(str(part) for part in (principal.get("given_names"), principal["family_name"]) if part)
    text = texts.render_message(kind, language, applicant_name=name, reference=str(submission_id), **values)
    online = bool(principal["contact"].get("email"))
    message = _message(submission_id, kind, language, text, once, online=online, by=by, at=at)
    db.session.add(message)
    db.session.flush()
    fact = ApplicantTold(str(message.id), kind, online, message.content_sha256)
    events.record(submission_subject(submission_id), fact, by=by, at=at)


def _message(
    submission_id: UUID, kind: str, language: str, text: MessageText, once: str, *, online: bool, by: Actor, at: datetime
) -> SubmissionMessage:
    last = select(func.max(SubmissionMessage.position)).where(SubmissionMessage.submission_id == submission_id)
    return SubmissionMessage(
        id=uuid4(), submission_id=submission_id, position=(db.session.scalar(last) or 0) + 1, kind=kind, language=language,
        subject=text.subject, body=text.body, template=f"{text.template}@{text.version}", automatic=not by.is_person, author_id=by.id,
        author_label=by.label, sent_at=at, readable_at=at if online else None, content_sha256=digest([text.subject, text.body]), once=once,
    )  # fmt: skip
