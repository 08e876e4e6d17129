"""Plain values of the pipeline."""

from dataclasses import dataclass
from enum import StrEnum


class WorkKind(StrEnum):
    """What is owed to a scanned file: its pages taken, then their text recognised."""

    READ = "read"
    RECOGNISE = "recognise"


MOST_ATTEMPTS = 5
"""Attempts that brought no page further; after these the file belongs to a person."""

TOGETHER = 8
"""Pages that are committed together at most: what a kill may cost to read again."""

TOGETHER_SECONDS = 0.3
"""No page that was read waits longer than this to be seen."""

LEASE_SECONDS = 10
"""Work that shows no progress for this long is offered again: its worker may have been killed."""

GIVEN_UP = "gave_up"
"""Refusal of a file at which its readers ended too often."""

MALWARE = "malware"
"""Refusal of a file in which the antivirus recognised something."""

UNREACHABLE = "antivirus_unreachable"
"""Why work waits: no file is opened unscanned while an antivirus is configured."""

NOT_INSTALLED = "recognition_not_installed"
"""Why work waits: no language of recognition is installed."""

LOW_CONFIDENCE = 60
"""Recognised text under this confidence (of 100) is marked as doubtful."""


@dataclass(frozen=True)
class Progress:
    """How far a scanned file is: pages read of pages expected, texts recognised of pages read."""

    read: int
    expected: int | None
    recognised: int
    to_recognise: int
    failed: int
    doubtful: int
    why: str | None = None

    @property
    def under_way(self) -> bool:
        """Whether something of it is still to come."""
        return self.to_recognise > 0 or self.expected is None or self.read < self.expected
