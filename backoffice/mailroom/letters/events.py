"""Facts about print runs, each on the run's own chain; that a letter left is a fact of its case (`mail.LetterPosted`)."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def run_subject(number: str) -> Subject:
    """A run as the trail names it."""
    return Subject("print_run", number)


@event("mailroom.letters.RunAsked")
@dataclass(frozen=True)
class RunAsked:
    """Somebody asked for the letters of the day to be printed."""

    number: str
    letters: int


@event("mailroom.letters.PartPrinted")
@dataclass(frozen=True)
class PartPrinted:
    """Some letters more are printed; the rest follows."""

    number: str
    part: int
    letters: int
    pages: int
    sha256: str


@event("mailroom.letters.RunMade")
@dataclass(frozen=True)
class RunMade:
    """The file of the run is kept under this digest."""

    number: str
    letters: int
    pages: int
    sha256: str


@event("mailroom.letters.LetterSpoiled")
@dataclass(frozen=True)
class LetterSpoiled:
    """A letter came out badly: printed again, or taken out of the run until the next one."""

    number: str
    letter_id: int
    reason: str
    out: bool
    sha256: str


@event("mailroom.letters.RunHanded")
@dataclass(frozen=True)
class RunHanded:
    """The carrier has the letters."""

    number: str
    letters: int
    on: str
    way: str
    tracking: str
    weight_grams: int | None
    sha256: str


@event("mailroom.letters.RunDropped")
@dataclass(frozen=True)
class RunDropped:
    """Nothing of the run left: its letters wait again."""

    number: str
    reason: str


@event("mailroom.letters.LetterReleased")
@dataclass(frozen=True)
class LetterReleased:
    """A person looked at a letter with characters that no font has, and lets it be printed."""

    letter_id: int
    characters: str
