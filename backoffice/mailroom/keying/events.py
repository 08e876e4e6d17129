"""Facts of keying twice, on the envelope's chain; what was typed stays in its tables, never in a fact."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event
from backoffice.mailroom.keying.values import Critical


def rate_subject(critical: Critical) -> Subject:
    """The rate of a group of fields as the subject of facts."""
    return Subject("keying_rate", critical.value)


@event("mailroom.keying.FirstPassDone")
@dataclass(frozen=True)
class FirstPassDone:
    """The application was keyed once, and waits for a second clerk who does not see it."""

    fields: int


@event("mailroom.keying.PassesCompared")
@dataclass(frozen=True)
class PassesCompared:
    """Two clerks keyed the same fields: so many agree, these differ."""

    pairs: int
    differing: list[str]


@event("mailroom.keying.AmountDiffers")
@dataclass(frozen=True)
class AmountDiffers:
    """The amount that the form says is not the one that was listed with the envelope."""

    keyed_cents: int
    listed_cents: int


@event("mailroom.keying.DifferenceSettled")
@dataclass(frozen=True)
class DifferenceSettled:
    """A third look settled a field; all three readings are kept."""

    pair_id: int
    field: str
    chosen: str


@event("mailroom.keying.SentBack")
@dataclass(frozen=True)
class SentBack:
    """A second reader found that the keying is to be done again."""

    reason: str


@event("mailroom.keying.RateSet")
@dataclass(frozen=True)
class RateSet:
    """A person changed the share of envelopes that is keyed twice."""

    critical: str
    before: int
    after: int
    from_on: str
    pairs: int
    errors: int
    reason: str
