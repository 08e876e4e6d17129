"""What changes can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingChanged(DomainError):
    """The new is the old."""

    code = "nothing-changed"

    def __init__(self) -> None:
        super().__init__(_l("Nothing differs from what the case says already."))


class SourceUnknown(DomainError):
    """A message or an envelope of another case, or of none."""

    code = "source-unknown"

    def __init__(self) -> None:
        super().__init__(_l("This message or envelope is not one of this case."))


class PersonUnknown(DomainError):
    """Somebody of another family."""

    code = "person-unknown"

    def __init__(self) -> None:
        super().__init__(_l("Choose a person of this application."))


class CaseEnded(DomainError):
    """A case that ended records no change."""

    code = "case-ended"

    def __init__(self) -> None:
        super().__init__(_l("This case has ended: no change is recorded on it."))


class ValueRefused(DomainError):
    """What was typed is not such a value."""

    code = "value-refused"

    def __init__(self) -> None:
        super().__init__(_l("This value cannot be that of the field: write a day as 2016-07-13, a country as two letters, a sex as F, M or X."))
