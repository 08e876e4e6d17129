"""What decisions tell the applicant: in the mailbox, and on paper where it must be or where the mailbox is out of reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.mail import addresses, printing, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.texts import Language, MessageText, MessageValue
from backoffice.mail.values import NewFile

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")
Values = Mapping[str, MessageValue]


@dataclass(frozen=True)
class Sheet:
    """The return sheet of a letter: the signed code that brings the answer back to its case, and until when."""

    code: str
    last_day: date


def send(
    case: Case, kind: str, once: str, values: Values, *, in_english: Values | None = None, on_paper: bool = False,
    sheet: Sheet | None = None, by: Actor, at: datetime,
) -> Message:  # fmt: skip
    """Send a reviewed text, once under its key, in French with its translation where the applicant reads English.

    A letter that has effects in law always has its paper form (`on_paper`); any other has one when nobody can be told online. With a `sheet`,
    the answer by post comes back under its code.
    """
    if known := mail_queries.already_sent(once):
        return known
    common: Values = {"applicant_name": addresses.name(case_queries.principal(case)), "case_number": case.number}
    french, english = (dict(common) | dict(values), dict(common) | dict(values) | dict(in_english or {}))
    paper = [_letter(case, kind, french, english, sheet, by=by, at=at)] if on_paper or not mail.reachable_online(case) else []
    return mail.send_message(
        case.id, kind, text(case, kind, french, english), files=paper, letter_sha256=paper[0].sha256 if paper else None, once=once,
        automatic=not by.is_person, by=by, at=at,
    )  # fmt: skip


def text(case: Case, kind: str, french: Values, english: Values) -> MessageText:
    """The words as the applicant reads them: the French text is the one that counts."""
    if case.language == "en":
        return texts.translated_message(kind, in_english=english, **french)
    return texts.render_message(kind, "fr", **french)


def preview(case: Case, kind: str, values: Values, in_english: Values) -> MessageText:
    """The words before they are sent."""
    common: Values = {"applicant_name": addresses.name(case_queries.principal(case)), "case_number": case.number}
    return text(case, kind, dict(common) | dict(values), dict(common) | dict(values) | dict(in_english))


def _letter(case: Case, kind: str, french: Values, english: Values, sheet: Sheet | None, *, by: Actor, at: datetime) -> NewFile:
    in_french, in_english = texts.render_message(kind, "fr", **french), texts.render_message(kind, "en", **english)
    letter = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=in_french.subject, subject_en=in_english.subject, paragraphs_fr=texts.paragraphs(in_french),
        paragraphs_en=texts.paragraphs(in_english), officer=by.label if by.is_person else "", language=cast("Language", case.language),
        return_code=sheet.code if sheet else "", last_day=sheet.last_day if sheet else None,
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(letter), f"{kind}-{case.number}.pdf")
