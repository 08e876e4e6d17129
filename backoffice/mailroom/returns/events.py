"""Facts about what goes back, on the envelope's chain."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("mailroom.returns.ReturnPrepared")
@dataclass(frozen=True)
class ReturnPrepared:
    """Something is to go back, with its reason and its letter."""

    number: str
    kind: str
    reason: str
    pieces: int
    whole: bool
    letter_sha256: str


@event("mailroom.returns.ReturnSent")
@dataclass(frozen=True)
class ReturnSent:
    """It left the building."""

    number: str
    way: str
    tracking: str


@event("mailroom.returns.ReturnCancelled")
@dataclass(frozen=True)
class ReturnCancelled:
    """It did not leave: the return was called off."""

    number: str
    reason: str
