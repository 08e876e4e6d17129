"""Facts of acts on many: one on the act for each step, one on each case it touches."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def act_subject(act_id: int) -> Subject:
    """An act on many as the subject of facts."""
    return Subject("mass_act", str(act_id))


@event("intake.ActPrepared")
@dataclass(frozen=True)
class ActPrepared:
    """A list was frozen: its digest is what will be signed."""

    act_id: int
    kind: str
    listed: int
    left_out: int
    refund_cents: int
    list_sha256: str
    reason: str


@event("intake.ActAbandoned")
@dataclass(frozen=True)
class ActAbandoned:
    """Whoever prepared it gave it up before asking for the second signature."""

    act_id: int


@event("intake.ActApproved")
@dataclass(frozen=True)
class ActApproved:
    """The second person signed: it is carried out from now on."""

    act_id: int
    list_sha256: str


@event("intake.ActDeclined")
@dataclass(frozen=True)
class ActDeclined:
    """The second person did not sign: nothing is done."""

    act_id: int


@event("intake.ActAdvanced")
@dataclass(frozen=True)
class ActAdvanced:
    """Another part of the list has its result."""

    act_id: int
    done: int
    skipped: int
    refused: int
    left: int


@event("intake.ActTold")
@dataclass(frozen=True)
class ActTold:
    """Another part of those touched were written to."""

    act_id: int
    told: int
    left: int


@event("intake.ActFinished")
@dataclass(frozen=True)
class ActFinished:
    """Every application of the list has its result, and each was told."""

    act_id: int
    done: int
    skipped: int
    refused: int


@event("intake.ActedUpon")
@dataclass(frozen=True)
class ActedUpon:
    """An act on many touched this application."""

    act_id: int
    kind: str
    position: int
