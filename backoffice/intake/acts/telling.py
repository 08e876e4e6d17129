"""What each person touched by an act reads, once: in the mailbox, or by letter for those who cannot be reached online."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from backoffice.cases import many as cases
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.intake.acts import queries
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.values import ActKind
from backoffice.intake.service import telling
from backoffice.mail import texts
from backoffice.mail.texts import Language, MessageText, MessageValue

MESSAGE: Final = {
    ActKind.ANNUL: "admission_annulled",
    ActKind.END_BY_LAW: "ended_by_law",
    ActKind.STAY: "act_stayed",
    ActKind.SUSPEND_PROCESSING: "processing_suspended",
    ActKind.RESUME_PROCESSING: "processing_resumed",
}
"""The text of each kind."""


def preview(act: MassAct, item: MassActItem, name: str, day: date, language: Language) -> MessageText:
    """What this person would read, in one language."""
    reference = item.case_number or str(item.submission_id)
    return texts.render_message(MESSAGE[act.kind], language, applicant_name=name, reference=reference, **_values(act, item, day))


def _values(act: MassAct, item: MassActItem, day: date) -> dict[str, MessageValue]:
    values: dict[str, MessageValue] = {"decided_on": day, "basis": act.basis}
    if act.kind in {ActKind.ANNUL, ActKind.END_BY_LAW}:
        values["amount_cents"] = item.refund_cents + item.elsewhere_cents
    elif act.kind is ActKind.STAY:
        values["amount_cents"] = _sent_cents(item) if item.refund_sent else 0
    elif act.kind is ActKind.SUSPEND_PROCESSING:
        values["stops_clocks"] = act.stops_clocks
    return values


def _sent_cents(item: MassActItem) -> int:
    """What had been sent back to this person before the act was undone."""
    return sum(origin.refund_cents for origin in queries.items_by_id([item.origin_id or 0]).values())


def tell(act: MassAct, items: Sequence[MassActItem], *, at: datetime) -> None:
    """Write to these, each once. The product writes, not whoever signed: nobody's own question counts as answered by it."""
    found = cases.lock_cases(sorted(item.case_id for item in items if item.case_id))
    if db.session.info.get("in_operation"):
        db.session.info.setdefault("locked_cases", {}).update(found)
    for item in items:
        values = _values(act, item, montreal_day(item.done_at or at))
        telling.tell(item.submission_id, MESSAGE[act.kind], once=f"act:{act.id}:{item.submission_id}", by=SYSTEM, at=at, **values)
        item.told_at = at
