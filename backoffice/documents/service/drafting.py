"""A list being composed, kept by itself field after field, so that nothing typed is lost; one for each case and author."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from backoffice.core.db import db
from backoffice.documents import queries
from backoffice.documents.models import RequestDraft

MOST = 60_000
"""A draft's fields hold no more characters than this in all."""


def save_draft(case_id: int, author_id: int, form: dict[str, list[str]], *, at: datetime) -> None:
    """Keep the whole form as it stands."""
    if sum(len(value) for values in form.values() for value in values) > MOST:
        return
    new = insert(RequestDraft).values(case_id=case_id, author_id=author_id, form=form, saved_at=at)
    db.session.execute(new.on_conflict_do_update(index_elements=["case_id", "author_id"], set_={"form": form, "saved_at": at}))


def save_field(case_id: int, author_id: int, name: str, values: list[str], *, at: datetime) -> None:
    """Keep one field, the others as they were."""
    known = queries.draft(case_id, author_id, lock=True)
    save_draft(case_id, author_id, {**(known.form if known else {}), name: values}, at=at)


def discard_draft(case_id: int, author_id: int) -> None:
    """The list was sent, or given up."""
    db.session.execute(delete(RequestDraft).where(RequestDraft.case_id == case_id, RequestDraft.author_id == author_id))
