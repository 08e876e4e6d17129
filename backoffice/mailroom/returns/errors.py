"""What a return can be refused for."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingGoesBack(DomainError):
    """A return without anything in it."""

    code = "nothing-goes-back"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say what goes back: tick an instrument, or write one line for each thing."))


class ReasonDoesNotFit(DomainError):
    """A reason that is not one for this kind of return."""

    code = "reason-does-not-fit"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("This reason is not one for what goes back: choose another."))


class ExplanationNeeded(DomainError):
    """« Other » says nothing by itself."""

    code = "explanation-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Write in a sentence why it goes back: the sender reads it."))


class MoneyGoesBackAlready(DomainError):
    """An instrument that is not in this envelope, or is returned or cashed already."""

    code = "money-goes-back-already"

    def __init__(self) -> None:
        super().__init__(_l("An instrument ticked here is no longer waiting: look at the envelope again."))


class WholeStays(DomainError):
    """The return of a whole envelope changed it for good: it is sent, not called off."""

    code = "whole-stays"

    def __init__(self) -> None:
        super().__init__(_l("A return that holds money or the whole envelope is not called off: its money was written as returned."))


class TrackingNeeded(DomainError):
    """A registered letter has a number."""

    code = "tracking-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Write the tracking number of the registered letter or parcel."))
