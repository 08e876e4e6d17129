"""What must hold of a window's ledger, whatever was done."""

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.quota import queries, rules
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionStatus


def replays(code: str) -> dict[str, AdmissionStatus]:
    """Reading the whole ledger again gives exactly the admissions: status, reason, rank and pool. Gives the statuses."""
    window = queries.window(code)
    book = rules.replay(queries.entries(window.id))
    rows = db.session.scalars(select(Admission).where(Admission.window_id == window.id).execution_options(populate_existing=True))
    stood = {str(a.submission_id): (a.status, a.reason, a.rank, a.pool) for a in rows}
    assert {e.id: (e.status, e.reason, e.rank, e.pool) for e in book.shelf.entries.values()} == stood
    return {id_: values[0] for id_, values in stood.items()}
