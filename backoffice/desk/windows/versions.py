"""The versions of a decision side by side, and what happened to its period, as the trail tells it."""

from dataclasses import dataclass

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.core.events import EventRow
from backoffice.desk import timeline
from backoffice.desk.values import Entry
from backoffice.desk.windows import acts
from backoffice.desk.windows.amendment import TERMS, shown
from backoffice.quota import queries as quota_queries
from backoffice.quota.events import window_subject
from backoffice.quota.models import Window, WindowVersion


@dataclass(frozen=True, slots=True)
class Row:
    """One term, in each version; marked where it differs from the version before."""

    label: str
    cells: tuple[tuple[str, bool], ...]

    @property
    def changes(self) -> bool:
        """Whether any version changed it."""
        return any(changed for _, changed in self.cells)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The versions, earliest first, and their terms."""

    versions: list[WindowVersion]
    rows: tuple[Row, ...]


def side_by_side(window: Window) -> SideBySide:
    """Every version, with what changed from the one before."""
    versions = quota_queries.versions(window.id)[::-1]
    terms = [acts.revived(one.values) for one in versions]
    return SideBySide(versions, tuple(_row(name, [one.get(name) for one in terms]) for name in TERMS if any(name in one for one in terms)))


def _row(name: str, values: list[object]) -> Row:
    cells = [(shown(name, value), place > 0 and value != values[place - 1]) for place, value in enumerate(values)]
    return Row(str(TERMS[name]), tuple(cells))


def history(window: Window) -> list[Entry]:
    """What happened to the period, newest first."""
    subject = window_subject(window.code)
    query = select(EventRow).where(EventRow.subject_kind == subject.kind, EventRow.subject_id == subject.id)
    return timeline.shown(list(db.session.scalars(query.order_by(EventRow.id.desc()).limit(200))))
