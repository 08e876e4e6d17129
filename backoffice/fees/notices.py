"""What fees tell the applicant: the invitation to pay, the receipt, the lapse."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.settings import settings
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.fees import rules
from backoffice.fees.models import Fee, Receipt
from backoffice.mail import addresses, printing, service, texts
from backoffice.mail.models import Message
from backoffice.mail.service import Outgoing
from backoffice.mail.texts import FeeLine, Language, MessageText
from backoffice.mail.values import NewFile

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")
LABELS = {
    "principal": ("Requérante ou requérant principal", "Principal applicant"),
    "member": ("Chaque membre de la famille", "Each family member"),
}


def send_invitation(case: Case, fee: Fee, *, again: str = "", at: datetime) -> Message:
    """Invite to pay, once for each time the fee falls due; those who cannot be reached online get the letter too."""
    return service.send_messages([_invitation(case_queries.lock_case(case.id), fee, again, at=at)], automatic=True, by=SYSTEM, at=at)[0]


def send_invitations(due: Sequence[tuple[Case, Fee]], *, at: datetime) -> list[Message]:
    """The same for many cases, which the caller holds."""
    return service.send_messages([_invitation(case, fee, "", at=at) for case, fee in due], automatic=True, by=SYSTEM, at=at)


def day_zero(case: Case, readable_on: date, *, again: bool = False) -> tuple[date, str]:
    """Whence the 30 days of an invitation run; one sent again counts from its own message, a letter from its posting."""
    rule = "readable" if again or not service.reachable_online(case) else settings().payment_start
    return rules.payment_day_zero(rule, case.legal_received_on, readable_on)


def _invitation(case: Case, fee: Fee, again: str, *, at: datetime) -> Outgoing:
    start, reason = day_zero(case, montreal_day(at), again=bool(again))
    worked = deadlines.planned(TermKind.PAYMENT, start)
    language = cast("Language", case.language)
    text = texts.render_message(
        "payment_invitation", language, applicant_name=addresses.name(case_queries.principal(case)), case_number=case.number,
        lines=_lines(fee), amount_cents=fee.assessed_cents, days=worked.days, readable_on=worked.start, last_day=worked.last_day,
        workings=sentence(worked, language), from_submission=reason == "submitted",
    )  # fmt: skip
    letter = [] if service.reachable_online(case) else [_letter(case, fee, at=at)]
    return Outgoing(
        case, "payment_invitation", text, files=letter, letter_sha256=letter[0].sha256 if letter else None, once=f"invitation:{fee.id}{again}"
    )


def _letter(case: Case, fee: Fee, *, at: datetime) -> NewFile:
    worked = deadlines.planned(TermKind.PAYMENT, montreal_day(at))
    letter = texts.InvitationLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)),
        address_lines=addresses.lines(case), lines=tuple(_lines(fee)), day_zero=worked.start, days=worked.days,
        last_day=worked.last_day, workings_fr=sentence(worked, "fr"), workings_en=sentence(worked, "en"), officer="",
        language=cast("Language", case.language), return_code=addresses.return_code("fee", fee.id, case.number),
    )  # fmt: skip
    return printing.keep_letter(texts.invitation_letter_html(letter), f"invitation-{case.number}.pdf")


def _lines(fee: Fee) -> list[FeeLine]:
    return [FeeLine(*LABELS[line["label"]], line["count"], line["unit_cents"]) for line in fee.lines]


def send_payment_received(case: Case, fee: Fee, receipt: Receipt, *, at: datetime) -> None:
    """Say that the fee is paid."""
    text = texts.render_message(
        "payment_received", cast("Language", case.language), applicant_name=addresses.name(case_queries.principal(case)),
        case_number=case.number, amount_cents=fee.assessed_cents, received_on=receipt.paid_on, receipt_number=f"R-{receipt.id:07d}",
    )  # fmt: skip
    service.send_message(case.id, "payment_received", text, once=f"receipt:{receipt.id}", automatic=True, by=SYSTEM, at=at)


def send_lapsed(case: Case, fee: Fee, term: Term, lapsed_on: date, *, at: datetime) -> None:
    """Say that the application lapsed, that a machine did it, and how a person will look at it (A-2.1 s. 65.2); by post where it must be."""
    texts_of = {
        language: texts.render_message(
            "payment_lapsed", language, applicant_name=addresses.name(case_queries.principal(case)), case_number=case.number,
            amount_cents=fee.assessed_cents, readable_on=term.start, days=int(term.workings["days"]), last_day=term.last_day, lapsed_on=lapsed_on,
        )
        for language in LANGUAGES
    }  # fmt: skip
    letter = [] if service.reachable_online(case) else [_notice(case, texts_of["fr"], texts_of["en"], at=at)]
    service.send_message(
        case.id, "payment_lapsed", texts_of[cast("Language", case.language)], files=letter, letter_sha256=letter[0].sha256 if letter else None,
        once=f"lapsed:{fee.id}", automatic=True, by=SYSTEM, at=at,
    )  # fmt: skip


def _notice(case: Case, french: MessageText, english: MessageText, *, at: datetime) -> NewFile:
    """The same words on paper."""
    letter = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=french.subject, subject_en=english.subject, paragraphs_fr=texts.paragraphs(french), paragraphs_en=texts.paragraphs(english),
        officer="", language=cast("Language", case.language),
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(letter), f"suppression-{case.number}.pdf")
