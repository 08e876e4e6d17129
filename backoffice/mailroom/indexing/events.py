"""Facts of the pile in doubt, on the envelope's own chain."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("mailroom.indexing.DoubtTaken")
@dataclass(frozen=True)
class DoubtTaken:
    """Somebody takes the envelope in doubt upon them, or a supervisor gives it to them."""

    account_id: int
    name: str
    given: bool


@event("mailroom.indexing.DoubtLetGo")
@dataclass(frozen=True)
class DoubtLetGo:
    """Nobody has it any more."""

    account_id: int


@event("mailroom.indexing.ColleagueAsked")
@dataclass(frozen=True)
class ColleagueAsked:
    """A note about the envelope; a colleague named in it is asked, and has it from then on."""

    note: str
    account_id: int | None
    name: str
