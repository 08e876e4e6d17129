"""Every SELECT on changes, and the sources that a case offers."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.documents import queries as document_queries
from backoffice.intake.changes.models import CircumstanceChange
from backoffice.mail import queries as mail_queries
from backoffice.mail.values import Direction


def changes_of(case_id: int) -> list[CircumstanceChange]:
    """What changed on a case, the latest first."""
    return list(db.session.scalars(select(CircumstanceChange).where(CircumstanceChange.case_id == case_id).order_by(CircumstanceChange.id.desc())))


def messages(case_id: int) -> list[tuple[UUID, date, str]]:
    """What the applicant wrote, the latest first, each with its legal day."""
    written = [one for one in mail_queries.thread(case_id) if one.direction is Direction.IN]
    return [(one.id, montreal_day(one.readable_at or one.sent_at), one.body) for one in reversed(written)]


def envelopes(case_id: int) -> dict[str, date]:
    """The envelopes of which something was filed to the case, each with the day of its stamp."""
    return {one.source_ref: one.received_on for one in document_queries.documents_of(case_id) if one.source == "envelope"}
