"""Facts about work on pages, on the envelope's own chain."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("mailroom.pagework.PagesWorked")
@dataclass(frozen=True)
class PagesWorked:
    """Pages were turned, split, put together or left out; their places are the same."""

    edit_id: int
    kind: str
    pages: list[int]


@event("mailroom.pagework.PagesPlaced")
@dataclass(frozen=True)
class PagesPlaced:
    """A person put pages where they are: elsewhere in the envelope, in another one, or in place of a bad scan."""

    edit_id: int
    kind: str
    page_ids: list[int]
    source: str
    target: str


@event("mailroom.pagework.WorkUndone")
@dataclass(frozen=True)
class WorkUndone:
    """Work on pages was undone: they stand exactly as before it."""

    edit_id: int
    kind: str
    pages: list[int]
