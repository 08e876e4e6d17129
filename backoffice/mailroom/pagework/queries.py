"""Every SELECT on work done with pages."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.pagework.models import PageCut, PageEdit
from backoffice.mailroom.pagework.values import EditKind


def cuts(page_ids: Collection[int]) -> set[int]:
    """Those among pages with which a document begins."""
    return set(db.session.scalars(select(PageCut.page_id).where(PageCut.page_id.in_(page_ids)))) if page_ids else set()


def standing(envelope_id: int, limit: int = 20) -> list[PageEdit]:
    """The work on an envelope's pages that is not undone, the latest first."""
    undoing = aliased(PageEdit)
    query = select(PageEdit).where(
        (PageEdit.envelope_id == envelope_id) | (PageEdit.other_id == envelope_id), PageEdit.kind != EditKind.UNDO,
        ~select(undoing.id).where(undoing.undoes_id == PageEdit.id).exists(),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(PageEdit.id.desc()).limit(limit)))


def turns(page_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
    """How far a person turned pages, and how they were read before, from the latest work that says it."""
    if not page_ids:
        return {}
    homes = select(ScanPage.envelope_id).where(ScanPage.id.in_(page_ids))
    edits = select(PageEdit.after).where(PageEdit.envelope_id.in_(homes) | PageEdit.other_id.in_(homes)).order_by(PageEdit.id)
    said = {leaf["id"]: (leaf["turned"], leaf["read"]) for after in db.session.scalars(edits) for leaf in after}
    return {key: turn for key, turn in said.items() if turn[0] is not None and key in set(page_ids)}


def numbers(envelope_ids: Sequence[int]) -> dict[int, str]:
    """The numbers of envelopes, by key."""
    return {row[0]: row[1] for row in db.session.execute(select(Envelope.id, Envelope.number).where(Envelope.id.in_(envelope_ids)))}


def edit(edit_id: int) -> PageEdit:
    """One piece of work."""
    found = db.session.get(PageEdit, edit_id)
    if found is None:
        raise NotFound
    return found
