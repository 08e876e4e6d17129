"""Facts about the backlog: on the import's own chain, and one for each part, on which the histories of its cases stand."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def import_subject(import_id: int) -> Subject:
    """An import as the subject of facts."""
    return Subject("import", str(import_id))


def part_subject(import_id: int, part: int) -> Subject:
    """A part of an import: the lines taken in one transaction."""
    return Subject("import", f"{import_id}.{part}")


@event("intake.BacklogBegun")
@dataclass(frozen=True)
class BacklogBegun:
    """A file of another system began to be taken over."""

    import_id: int
    source: str
    file_sha256: str


@event("intake.BacklogTaken")
@dataclass(frozen=True)
class BacklogTaken:
    """A part of it became cases, all in one transaction; the digest is over their numbers and contents."""

    import_id: int
    part: int
    source: str
    first_line: int
    last_line: int
    opened: int
    kept: int
    digest: str


@event("intake.BacklogEnded")
@dataclass(frozen=True)
class BacklogEnded:
    """The whole file was gone through."""

    import_id: int
    source: str
    opened: int
    suspected: int
    known: int
    differing: int
    refused: int


@event("intake.BacklogLineSettled")
@dataclass(frozen=True)
class BacklogLineSettled:
    """A person settled a line that could not be taken over by itself."""

    line_id: int
    line: int
    outcome: str
    reason: str
