"""What every way of speaking to a scanner shares: a page as it comes, and why it stopped."""

from collections.abc import Callable
from dataclasses import dataclass

from backoffice.mailroom.doors.values import Abilities, Fault, ScannerKind, Wanted


class ScannerFault(Exception):
    """The scanner stopped, refuses or cannot be reached; what came before is kept."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail[:200]}")
        self.fault = fault


@dataclass(frozen=True)
class Page:
    """One page as the scanner sent it."""

    number: int
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Task:
    """A job as the one who speaks to the scanner needs it; `have` are the pages kept already, `remote` what a killed worker left."""

    job_id: int
    kind: ScannerKind
    address: str
    abilities: Abilities
    wanted: Wanted
    have: frozenset[int]
    remote: str | None
    remember: Callable[[str], None]
