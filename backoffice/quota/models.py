"""Tables of windows and their versions, admissions, the ledger that decides them, draws, rounds and scores."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.quota.rules import entry_digest
from backoffice.quota.rules.inputs import instant, terms_of, tie_seconds
from backoffice.quota.values import (
    AdmissionAction,
    AdmissionReason,
    AdmissionStatus,
    ArrivalsRule,
    Doubt,
    Entry,
    Pool,
    Ties,
    WindowState,
    WindowTerms,
)


class Window(Base):
    """An intake period, as the version in force of a ministerial decision sets it."""

    __tablename__ = "window"
    __table_args__ = (
        # A second window of a programme cannot be open at once.
        Index("uq_window_open_programme", "programme", unique=True, postgresql_where=text("state IN ('open', 'suspended')")),
        CheckConstraint("capacity >= 0 AND margin >= 0 AND reserve >= 0", name="counts"),
        CheckConstraint("closes_at > opens_at", name="period"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    programme: Mapped[str]
    decision: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    policy: Mapped[Json]
    capacity: Mapped[int]
    margin: Mapped[int]
    reserve: Mapped[int]
    reserve_used: Mapped[int] = mapped_column(default=0)
    paper_share: Mapped[int | None]
    country_caps: Mapped[Json]
    waiting_list: Mapped[bool]
    channels: Mapped[JsonList]
    exempt_grounds: Mapped[JsonList]
    tariff_rule: Mapped[str | None]
    state: Mapped[WindowState]
    announced_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]
    first_opens_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    notice_override: Mapped[str | None]
    arrivals_rule: Mapped[ArrivalsRule | None]
    settled_at: Mapped[datetime | None]
    paper_through: Mapped[date | None]
    tie_secret: Mapped[str | None]
    tie_commitment: Mapped[str | None]
    tie_revealed_at: Mapped[datetime | None]

    @property
    def terms(self) -> WindowTerms:
        """What the rules of admission look at."""
        return terms_of(
            self.policy, self.country_caps, capacity=self.capacity, margin=self.margin, reserve=self.reserve, paper_share=self.paper_share,
            waiting_list=self.waiting_list, exempt_grounds=self.exempt_grounds, channels=self.channels,
        )  # fmt: skip

    @property
    def ties(self) -> Ties | None:
        """The interval whose arrivals are put in order by lot, if the decision has one."""
        seconds = tie_seconds(self.policy)
        return Ties(seconds, self.first_opens_at, self.tie_secret) if seconds and self.tie_secret else None

    @property
    def is_settled(self) -> bool:
        """Whether its settlement was made: nothing waits any more."""
        return self.settled_at is not None


class WindowVersion(Base):
    """One version of a decision: its values, why, and who signed."""

    __tablename__ = "window_version"
    __table_args__ = (UniqueConstraint("window_id", "version"),)

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    version: Mapped[int]
    values: Mapped[Json]
    reason: Mapped[str | None]
    by: Mapped[str]
    second: Mapped[str | None]
    at: Mapped[datetime]


class WindowNotice(Base):
    """What was said to the public, when and where."""

    __tablename__ = "window_notice"

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"), index=True)
    published_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    where_published: Mapped[str | None]
    text_fr: Mapped[str]
    text_en: Mapped[str]


class Admission(Base):
    """What one submission was given: its outcome is the last line of the ledger about it."""

    __tablename__ = "admission"
    __table_args__ = (
        Index("ix_admission_window_status", "window_id", "status", "country"),
        Index("ix_admission_running", "window_id", "sequence", postgresql_where=text("NOT late")),
        Index("ix_admission_waiting", "window_id", "sequence", postgresql_where=text("status = 'waitlisted'")),
    )

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    status: Mapped[AdmissionStatus]
    reason: Mapped[AdmissionReason | None]
    sequence: Mapped[int]
    rank: Mapped[int | None]
    pool: Mapped[Pool | None]
    first_pool: Mapped[Pool | None]
    channel: Mapped[str]
    country: Mapped[str]
    exempt_ground: Mapped[str | None]
    arrived_at: Mapped[datetime]
    legal_day: Mapped[date]
    late: Mapped[bool]
    doubt: Mapped[Doubt | None]
    suspected: Mapped[bool]  # and nobody answered yet
    ground_denied: Mapped[bool]
    listed: Mapped[bool]  # in the frozen list of the draw
    status_before: Mapped[AdmissionStatus | None]  # what it was when it was annulled
    reason_before: Mapped[AdmissionReason | None]
    decided_at: Mapped[datetime]

    @classmethod
    def of(cls, entry: Entry, window_id: int, at: datetime) -> "Admission":
        """An admission as the book decided it."""
        before = entry.before or (None, None)
        return cls(
            submission_id=UUID(entry.id), window_id=window_id, status=entry.status, reason=entry.reason, sequence=entry.sequence, rank=entry.rank,
            pool=entry.pool, first_pool=entry.first_pool, channel=entry.channel, country=entry.country, exempt_ground=entry.ground,
            arrived_at=entry.received_at, legal_day=entry.day, late=entry.late, doubt=entry.doubt, suspected=entry.suspected,
            ground_denied=entry.denied, listed=entry.listed, status_before=before[0], reason_before=before[1], decided_at=at,
        )  # fmt: skip


class LedgerLine(Base):
    """One entry of the ledger, input or outcome (docs/ledger.md); the application's role may insert and read it, nothing else."""

    __tablename__ = "ledger_line"
    __table_args__ = (UniqueConstraint("window_id", "position"), Index("ix_ledger_line_submission_id", "submission_id"))

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    position: Mapped[int]
    kind: Mapped[str]
    type: Mapped[str]
    submission_id: Mapped[UUID | None]
    data: Mapped[Json]
    at: Mapped[datetime]
    previous: Mapped[str]
    digest: Mapped[str]

    @property
    def entry(self) -> dict[str, object]:
        """The entry as it is exported."""
        return {
            "n": self.position, "kind": self.kind, "type": self.type, "at": instant(self.at.astimezone(UTC)), "previous": self.previous,
            "digest": self.digest, **self.data,
        }  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether its digest, computed again, is the one written."""
        return entry_digest(self.entry) == self.digest


class FirstLedgerLine(Base):
    """A line of the ledger as it was written before format 2: kept as evidence, read by nobody."""

    __tablename__ = "ledger_line_1"
    __table_args__ = (UniqueConstraint("window_id", "position"), Index("ix_ledger_line_1_submission", "submission_id"))

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    position: Mapped[int]
    submission_id: Mapped[UUID]
    act: Mapped[AdmissionAction]
    sequence: Mapped[int]
    status: Mapped[AdmissionStatus]
    reason: Mapped[AdmissionReason | None]
    country: Mapped[str]
    at: Mapped[datetime]
    previous: Mapped[str]
    digest: Mapped[str]


class Draw(Base):
    """The draw of a window: what was committed to before, what was revealed after."""

    __tablename__ = "draw"

    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"), primary_key=True, autoincrement=False)
    list_sha256: Mapped[str]
    count: Mapped[int]
    commitment: Mapped[str]
    secret: Mapped[str]
    public_source: Mapped[str]
    public_value: Mapped[str | None]
    by: Mapped[str]
    witness: Mapped[str | None]
    committed_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]


class InvitationRound(Base):
    """A round of invitations and who signed it."""

    __tablename__ = "invitation_round"
    __table_args__ = (UniqueConstraint("window_id", "number"),)

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    number: Mapped[int]
    best: Mapped[int | None]
    cut_off: Mapped[int | None]
    invited: Mapped[int]
    by: Mapped[str]
    second: Mapped[str]
    at: Mapped[datetime]


class DeclarationScore(Base):
    """The score of a declaration of interest, with what it was computed from."""

    __tablename__ = "declaration_score"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.submission_id"), primary_key=True)
    score: Mapped[int]
    offer: Mapped[bool]
    inputs: Mapped[Json]
    at: Mapped[datetime]


class PlaceGiven(Base):
    """Somebody was given a place, or invited, after the first answer: a case is owed. Who opens it takes the row away."""

    __tablename__ = "place_given"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.submission_id"), primary_key=True)
    status: Mapped[AdmissionStatus]
    at: Mapped[datetime]
