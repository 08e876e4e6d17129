"""What a term can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class TermOver(DomainError):
    """A term is extended before it ends, or not at all."""

    code = "term-over"

    def __init__(self) -> None:
        super().__init__(_l("This term has already ended: it can no longer be extended."))


class ExtensionTooLong(DomainError):
    """One extension, of thirty days at most."""

    code = "extension-too-long"

    def __init__(self, most: int) -> None:
        super().__init__(_l("One extension of at most %(days)s days can be granted.", days=most))


class TermNotRunning(DomainError):
    """Only a term that runs is given again."""

    code = "term-not-running"

    def __init__(self) -> None:
        super().__init__(_l("This term has ended: reinstate what lapsed before giving it again."))


class TermsBarred(DomainError):
    """A term may not lapse while a bar stands on its case."""

    code = "term-ends-barred"

    def __init__(self) -> None:
        super().__init__(_l("No term of this case may end yet: what bars it must be settled first."))


class ShortenedByReissue(DomainError):
    """A letter issued again never takes days away."""

    code = "term-shortened"

    def __init__(self) -> None:
        super().__init__(_l("The term given again would end before the one that runs: nobody loses days by a second letter."))


class StartUnchanged(DomainError):
    """A correction changes something."""

    code = "start-unchanged"

    def __init__(self) -> None:
        super().__init__(_l("This is the day already recorded: there is nothing to correct."))


class StartToCome(DomainError):
    """A letter cannot have left tomorrow."""

    code = "start-to-come"

    def __init__(self) -> None:
        super().__init__(_l("The day zero of a term that runs is today at the latest."))


class StartTooEarly(DomainError):
    """No text gave such a term so early."""

    code = "start-too-early"

    def __init__(self) -> None:
        super().__init__(_l("No text in force on that day gave such a term."))


class SameCalendar(DomainError):
    """Counting again under the same calendar changes nothing."""

    code = "same-calendar"

    def __init__(self) -> None:
        super().__init__(_l("This term is already counted under the calendar in force."))


class ReasonMissing(DomainError):
    """Whatever moves a term by hand has a reason that can be read afterwards."""

    code = "reason-missing"

    def __init__(self) -> None:
        super().__init__(_l("Give the reason: it stays in the record of the case."))
