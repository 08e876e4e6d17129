"""Facts about changes, on the case's chain."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("intake.changes.ChangeRecorded")
@dataclass(frozen=True)
class ChangeRecorded:
    """Something changed in the life of the family, or an entry was put right; the old and the new are kept with the change."""

    change_id: int
    kind: str
    field: str
    source: str
    source_ref: str
    changed_on: str | None
    received_on: str
    digest: str
