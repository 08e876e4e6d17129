"""Facts that the pages themselves record: an act that two people signed and that could not be done after all."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("desk.ApprovedActRefused")
@dataclass(frozen=True)
class ApprovedActRefused:
    """An act on a period was approved, and refused when it was carried out: somebody must look at it."""

    approval_id: int
    kind: str
    refusal: str


@event("desk.ApprovedActDone")
@dataclass(frozen=True)
class ApprovedActDone:
    """An act on a period was carried out for the two people who signed it."""

    approval_id: int
    kind: str
    second: str
