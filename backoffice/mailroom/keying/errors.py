"""What keying can refuse."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NotAnApplication(DomainError):
    """Only an application is keyed."""

    code = "not-an-application"

    def __init__(self) -> None:
        super().__init__(_l("This envelope is not classed as an application: reclass it first."))


class KeyingSent(DomainError):
    """The application was already sent on."""

    code = "keying-sent"

    def __init__(self) -> None:
        super().__init__(_l("This application has been sent already: its fields can no longer be changed here."))


class GroundNeeded(DomainError):
    """Paper is accepted on a ground."""

    code = "ground-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Choose the ground on which paper is accepted."))


class ReasonNeeded(DomainError):
    """An exception is asked for with its reason."""

    code = "reason-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say why, in a sentence: the supervisor reads it."))


class StampedTooLate(DomainError):
    """The ground says before 2016 and the stamp says otherwise."""

    code = "stamped-too-late"

    def __init__(self, day: str) -> None:
        super().__init__(
            _l(
                "The stamp is of %(day)s: « received before 2016 » needs a stamp of 2015-12-31 at the latest. Choose an exception, or return it.",
                day=day,
            )
        )


class NoPaperWindow(DomainError):
    """The ground says that the period takes paper, and none of that day does."""

    code = "no-paper-window"

    def __init__(self, day: str) -> None:
        super().__init__(_l("No intake period took this programme on paper on %(day)s. Choose an exception, or return it.", day=day))


class KeyingFaults(DomainError):
    """Fields are missing or wrong; each is named on its field."""

    code = "invalid"
    status = 422

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(_l("Some fields are missing or wrong: they are marked below."))
        self.faults = dict(faults)
