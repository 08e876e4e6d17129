"""Tables of outages: each with its evidence, its lists and their lines; what was carried out is never taken off them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json
from backoffice.intake.outages import values
from backoffice.intake.outages.states import ListState
from backoffice.intake.outages.values import Extent, Line, LineKind, LineState, ListKind, Span, Why


class Outage(Base):
    """One outage: when, which doors, for whom, who says so; the version counts its corrections."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="period"),)

    id: Mapped[Id]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reach: Mapped[Json]
    summary: Mapped[str]
    source: Mapped[str]
    version: Mapped[int]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]

    @property
    def extent(self) -> Extent:
        """Which doors were shut, and for whom."""
        return Extent.from_json(self.reach)

    @property
    def ref(self) -> str:
        """The name under which each term remembers its days: one pause of an outage on a term, whatever happens."""
        return f"outage:{self.id}"


class OutageEvidence(Base):
    """A file that shows the outage; the application's role may insert and read it, nothing else."""

    __tablename__ = "outage_evidence"

    id: Mapped[Id]
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), index=True)
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    by_label: Mapped[str]
    at: Mapped[datetime]


class OutageList(Base):
    """What an outage changes, frozen with its digest: who asked, who signed, how far it is."""

    __tablename__ = "outage_list"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),
        # One list at a time: the next is the difference from what was carried out.
        Index("uq_outage_list_live", "outage_id", unique=True, postgresql_where=text("state IN ('prepared', 'asked', 'approved', 'telling')")),
    )

    id: Mapped[Id]
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), index=True)
    kind: Mapped[ListKind]
    state: Mapped[ListState]
    reason: Mapped[str]
    # The version of the outage that it was made of: a signature covers it too.
    version: Mapped[int]
    list_sha256: Mapped[str]
    # What differed when somebody was about to sign, named; null when nothing did.
    moved: Mapped[Json | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class OutageLine(Base):
    """One line of a list: what it is about, before and after, why, and its result."""

    __tablename__ = "outage_line"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        Index("ix_outage_line_waiting", "list_id", "position", postgresql_where=text("state = 'waiting'")),
        Index("ix_outage_line_to_tell", "list_id", "position", postgresql_where=text("state = 'done' AND told_at IS NULL")),
    )

    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(ForeignKey("outage_list.id"))
    position: Mapped[int]
    kind: Mapped[LineKind]
    why: Mapped[Why]
    state: Mapped[LineState]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    case_number: Mapped[str | None]
    submission_id: Mapped[UUID | None]
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    term_kind: Mapped[str | None]
    window_id: Mapped[int | None] = mapped_column(ForeignKey("window.id"), index=True)
    window_code: Mapped[str | None]
    before_first: Mapped[date | None]
    before_last: Mapped[date | None]
    after_first: Mapped[date | None]
    after_last: Mapped[date | None]
    old_day: Mapped[date | None]
    new_day: Mapped[date | None]
    old_closing: Mapped[datetime | None]
    new_closing: Mapped[datetime | None]
    # As the term was found when the line was carried out, and as it stands since: what its person was told.
    found_day: Mapped[date | None]
    given_day: Mapped[date | None]
    fault: Mapped[str | None]
    done_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    @property
    def before(self) -> Span | None:
        """The days of this outage that did not count before."""
        return Span(self.before_first, self.before_last) if self.before_first else None

    @property
    def after(self) -> Span | None:
        """Those that do not count after."""
        return Span(self.after_first, self.after_last) if self.after_first else None

    @property
    def line(self) -> Line:
        """The line as the rule gave it."""
        return Line(
            self.kind, self.why, self.case_id, self.case_number, self.submission_id, self.term_id, self.term_kind, self.window_id, self.window_code,
            self.before, self.after, self.old_day, self.new_day, self.old_closing, self.new_closing,
        )  # fmt: skip

    @classmethod
    def columns(cls, list_id: int, position: int, line: Line) -> dict[str, object]:
        """A line as its row."""
        before, after = line.before, line.after
        return {
            "list_id": list_id, "position": position, "kind": line.kind, "why": line.why,
            "state": LineState.APART if line.kind in values.APART else LineState.WAITING, "case_id": line.case_id, "case_number": line.case_number,
            "submission_id": line.submission_id, "term_id": line.term_id, "term_kind": line.term_kind, "window_id": line.window_id,
            "window_code": line.window_code, "before_first": before and before.first, "before_last": before and before.last,
            "after_first": after and after.first, "after_last": after and after.last, "old_day": line.old_day, "new_day": line.new_day,
            "old_closing": line.old_closing, "new_closing": line.new_closing,
        }  # fmt: skip
