"""What each person touched by an outage reads, once for each list: the new last day and why, or that a date is taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from backoffice.cases import many as cases
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.intake.outages import rules
from backoffice.intake.outages.models import Outage, OutageLine, OutageList
from backoffice.intake.outages.values import ListKind
from backoffice.intake.service import telling
from backoffice.mail import texts
from backoffice.mail.texts import Language, MessageText, MessageValue

LATER: Final = "outage_extended"
EARLIER: Final = "outage_corrected"


def kind_of(listed: OutageList, line: OutageLine) -> str:
    """Which text: the date comes later (or a clock that was stopped runs again), or it comes back."""
    before, after = days(line)
    later = after > before or (before == OPEN_ENDED and listed.kind is not ListKind.REVERSE)
    return LATER if later else EARLIER


def days(line: OutageLine) -> tuple[date, date]:
    """The last day before and after: as carried out, or as it would be."""
    before, after = line.found_day or line.old_day, line.given_day or line.new_day
    assert before is not None
    assert after is not None
    return before, after


def values(outage: Outage, listed: OutageList, line: OutageLine) -> dict[str, MessageValue]:
    """What the text says of this term; a day that nobody knows yet is 0."""
    before, after = days(line)
    said: dict[str, MessageValue] = {
        "term": line.term_kind or "", "old_day": 0 if before == OPEN_ENDED else before, "last_day": 0 if after == OPEN_ENDED else after,
    }  # fmt: skip
    if kind_of(listed, line) == EARLIER:
        return said
    span = rules.touched(outage.starts_at, outage.ends_at)
    return said | {"doors": tuple(door.value for door in outage.extent.doors), "first": span.first, "last": span.last or 0}


def preview(outage: Outage, listed: OutageList, line: OutageLine, name: str, language: Language) -> MessageText:
    """What this person would read, in one language."""
    return texts.render_message(
        kind_of(listed, line), language, applicant_name=name, reference=line.case_number or "", **values(outage, listed, line)
    )


def tell(outage: Outage, listed: OutageList, lines: Sequence[OutageLine], *, at: datetime) -> None:
    """Write to these, each once. The product writes, not whoever signed: nobody's own question counts as answered by it."""
    found = cases.lock_cases(sorted({line.case_id for line in lines if line.case_id}))
    if db.session.info.get("in_operation"):
        db.session.info.setdefault("locked_cases", {}).update(found)
    for line in lines:
        assert line.submission_id is not None
        once = f"{outage.ref}:{listed.id}:{line.term_id}"
        telling.tell(line.submission_id, kind_of(listed, line), once=once, by=SYSTEM, at=at, **values(outage, listed, line))
        line.told_at = at
