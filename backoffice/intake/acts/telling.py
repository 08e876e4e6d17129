"""What each person touched by an act reads, once: in the mailbox, or by letter for those who cannot be reached online."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, cast

from backoffice.cases import many as cases
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import files
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.values import ActKind
from backoffice.mail import addresses, printing, service, texts
from backoffice.mail.texts import Language, MessageText, MessageValue
from backoffice.mail.values import NewFile

MESSAGE: Final = {
    ActKind.ANNUL: "admission_annulled",
    ActKind.END_BY_LAW: "ended_by_law",
    ActKind.STAY: "act_stayed",
    ActKind.SUSPEND_PROCESSING: "processing_suspended",
    ActKind.RESUME_PROCESSING: "processing_resumed",
}
"""The text of each kind."""


def text(act: MassAct, item: MassActItem, name: str, day: date, language: Language) -> MessageText:
    """What this person reads, in one language."""
    values: dict[str, MessageValue] = {"applicant_name": name, "case_number": item.case_number or "", "decided_on": day, "basis": act.basis}
    if act.kind in {ActKind.ANNUL, ActKind.END_BY_LAW}:
        values["amount_cents"] = item.refund_cents
    elif act.kind is ActKind.STAY:
        values["amount_cents"] = (_sent_cents(item)) if item.refund_sent else 0
    elif act.kind is ActKind.SUSPEND_PROCESSING:
        values["stops_clocks"] = act.stops_clocks
    return texts.render_message(MESSAGE[act.kind], language, **values)


def _sent_cents(item: MassActItem) -> int:
    origin = db.session.get(MassActItem, item.origin_id) if item.origin_id else None
    return origin.refund_cents if origin else 0


def tell(act: MassAct, items: Sequence[MassActItem], *, by: Actor, at: datetime) -> None:
    """Write to these, each once; an application without a case has no mailbox: its state on the portal says it."""
    found = cases.lock_cases(sorted(item.case_id for item in items if item.case_id))
    if db.session.info.get("in_operation"):
        db.session.info.setdefault("locked_cases", {}).update(found)
    for item in items:
        case = found.get(item.case_id or 0)
        if case is not None:
            _write(act, item, case, by=by, at=at)
        item.told_at = at


def _write(act: MassAct, item: MassActItem, case: Case, *, by: Actor, at: datetime) -> None:
    day, language = montreal_day(item.done_at or at), cast("Language", case.language)
    name = addresses.name(case_queries.principal(case))
    message = text(act, item, name, day, language)
    letter: list[NewFile] = []
    if not service.reachable_online(case):
        letter = [_letter(act, item, case, name, day, at=at)]
    service.send_message(
        case.id, MESSAGE[act.kind], message, files=letter, letter_sha256=letter[0].sha256 if letter else None,
        once=f"act:{act.id}:{item.submission_id}", automatic=True, by=by, at=at,
    )  # fmt: skip


def _letter(act: MassAct, item: MassActItem, case: Case, name: str, day: date, *, at: datetime) -> NewFile:
    french, english = text(act, item, name, day, "fr"), text(act, item, name, day, "en")
    letter = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=name, address_lines=addresses.lines(case), subject_fr=french.subject,
        subject_en=english.subject, paragraphs_fr=texts.paragraphs(french), paragraphs_en=texts.paragraphs(english), officer="",
        language=cast("Language", case.language),
    )  # fmt: skip
    pdf = printing.render_pdf(texts.notice_letter_html(letter))
    return NewFile("letter", f"avis-{case.number}.pdf", "application/pdf", len(pdf), files.keep(pdf))
