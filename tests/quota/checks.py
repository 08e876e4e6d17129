"""What must hold of a window's ledger, whatever was done."""

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.quota import queries, rules
from backoffice.quota.models import Admission
from backoffice.quota.rules import Book
from backoffice.quota.values import AdmissionStatus
from tools.verify_admission import report


def replays(code: str) -> dict[str, AdmissionStatus]:
    """Reading the whole ledger again gives exactly the admissions: status, reason, rank and pool. Gives the statuses."""
    window = queries.window(code)
    book = rules.replay(queries.entries(window.id))
    rows = db.session.scalars(select(Admission).where(Admission.window_id == window.id).execution_options(populate_existing=True))
    stood = {str(a.submission_id): (a.status, a.reason, a.rank, a.pool) for a in rows}
    assert {e.id: (e.status, e.reason, e.rank, e.pool) for e in book.shelf.entries.values()} == stood
    book.places.counts.ranks = max((e.rank or 0 for e in book.shelf.entries.values()), default=0)  # a draw gives ranks by itself
    assert counters(book) == counters_of_tables(window.id)
    return {id_: values[0] for id_, values in stood.items()}


def counters(book: Book) -> tuple[object, ...]:
    """The counters of a whole book."""
    c = book.places.counts
    return (c.taken, +c.by_country, c.promised, +c.promised_by_country, +c.in_pool, +c.given, c.ranks, c.reserve_used)


def counters_of_tables(window_id: int) -> tuple[object, ...]:
    """The same, as aggregates give them to a partial book."""
    c = queries.counts(window_id, queries.window_by_id(window_id).reserve_used)
    return (c.taken, +c.by_country, c.promised, +c.promised_by_country, +c.in_pool, +c.given, c.ranks, c.reserve_used)


def verified(code: str) -> None:
    """A stranger's reader, written from the ledger's page alone, finds nothing wrong in the export."""
    export = "".join(line + "\n" for line in queries.export(queries.window(code)))
    found, sentence = report(export.encode())
    assert found == 0, sentence
