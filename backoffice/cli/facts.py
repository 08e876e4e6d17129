"""Facts that only the console records."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("cli.CaseShown")
@dataclass(frozen=True)
class CaseShown:
    """Somebody with a console read a case."""

    number: str


@event("cli.CaseExported")
@dataclass(frozen=True)
class CaseExported:
    """Somebody with a console wrote the whole file of a case to a ZIP."""

    number: str


@event("cli.BackupMade")
@dataclass(frozen=True)
class BackupMade:
    """A backup was made."""

    files: int
