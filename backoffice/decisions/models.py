"""Tables of proposals, intention letters and decisions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, JsonList
from backoffice.deadlines.values import TermKind
from backoffice.decisions.states import DecisionState, IntentionState, ProposalState
from backoffice.decisions.values import Intended, Outcome


class Proposal(Base):
    """A term that is over, put before a person: one for each end of a term (its day zero and its last day)."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("term_id", "term_start", "last_day"),
        Index("ix_proposal_case", "case_id"),
        Index("ix_proposal_open", "made_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    kind: Mapped[TermKind]
    term_start: Mapped[date]
    last_day: Mapped[date]
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    state: Mapped[ProposalState]
    outcome: Mapped[Outcome | None]
    reason: Mapped[str | None]
    again_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]


class Intention(Base):
    """A letter that warns of a rejection or a refusal; `message_id` is its latest issue, `earlier` those before."""

    __tablename__ = "intention"
    __table_args__ = (
        Index("ix_intention_case", "case_id"),
        Index("uq_intention_standing", "case_id", unique=True, postgresql_where=text("state = 'sent'")),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    kind: Mapped[Intended]
    state: Mapped[IntentionState]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    earlier: Mapped[JsonList]
    items: Mapped[JsonList]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    letter_sha256: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Decision(Base):
    """A rejection proposed by one person and signed by another."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_case", "case_id"),
        Index("uq_decision_waiting", "case_id", unique=True, postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    intention_id: Mapped[int] = mapped_column(ForeignKey("intention.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    state: Mapped[DecisionState]
    reason: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), unique=True)
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    letter_sha256: Mapped[str | None]
