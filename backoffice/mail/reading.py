"""A message as the mailbox shows it: one that was withdrawn is a notice in its own place, and its words are in our record only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.calendar import montreal_day
from backoffice.mail import addresses, texts
from backoffice.mail.models import Attachment, Message
from backoffice.mail.texts import Language, MessageText


@dataclass(frozen=True)
class Shown:
    """What the applicant reads of a message."""

    subject: str
    body: str
    translation: str | None
    attachments: Sequence[Attachment]


def shown(message: Message) -> Shown:
    """The message, or the notice that it was withdrawn."""
    if message.withdrawn_at is None:
        return Shown(message.subject, message.body, message.translation, message.attachments)
    notice = notice_of_withdrawal(case_queries.case_by_id(message.case_id), message, message.withdrawn_at)
    return Shown(notice.subject, notice.body, None, ())


def notice_of_withdrawal(case: Case, message: Message, at: datetime) -> MessageText:
    """What stands in the place of a message withdrawn at that instant, in the language in which it was written."""
    return texts.render_message(
        "message_withdrawn", cast("Language", message.language), applicant_name=addresses.name(case_queries.principal(case)),
        case_number=case.number, sent_on=montreal_day(message.sent_at), withdrawn_on=montreal_day(at),
    )  # fmt: skip
