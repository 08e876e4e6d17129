"""What work on pages speaks of."""

from dataclasses import dataclass
from enum import StrEnum


class EditKind(StrEnum):
    """What was done with pages."""

    TURN = "turn"
    SPLIT = "split"
    MERGE = "merge"
    PLACE = "place"
    MOVE = "move"
    EXCLUDE = "exclude"
    RESTORE = "restore"
    RESCAN = "rescan"
    UNDO = "undo"


ORDERING = frozenset({EditKind.PLACE, EditKind.MOVE, EditKind.RESCAN})
"""Work after which pages stand elsewhere: undone only while nothing was added where they stood."""


@dataclass(frozen=True)
class Leaf:
    """A page as it stands: where, whether a document begins with it, what became of it, how it is turned."""

    id: int
    envelope_id: int
    position: int
    state: str = "to_file"
    reason: str | None = None
    cut: bool = False
    turned: int | None = None  # clockwise from the picture as it was scanned, once a person turned it
    read: int | None = None  # how it was turned to be read, before a person turned it
    rescan_of: int | None = None


@dataclass(frozen=True)
class PartFiled:
    """A part as the clerk files it: its pages as they were seen, the case (none: the one before's) and a title."""

    page_ids: tuple[int, ...]
    case: str = ""
    title: str = ""
