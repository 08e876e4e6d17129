"""What delivery can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class ReasonMissing(DomainError):
    """Whatever a person decides here is read again in a year."""

    code = "reason-missing"

    def __init__(self) -> None:
        super().__init__(_l("Give the reason: it stays in the record of the case."))


class LetterNotPosted(DomainError):
    """Only what left can come back."""

    code = "letter-not-posted"

    def __init__(self) -> None:
        super().__init__(_l("This letter has not been posted: it cannot have come back."))


class ReturnedAlready(DomainError):
    """One letter comes back once."""

    code = "letter-returned-already"

    def __init__(self) -> None:
        super().__init__(_l("This letter is already recorded as returned."))


class ReturnedBeforePosting(DomainError):
    """A letter comes back after it left, and not tomorrow."""

    code = "letter-returned-when"

    def __init__(self) -> None:
        super().__init__(_l("A letter comes back on or after the day it was posted, and today at the latest."))


class NotOurMessage(DomainError):
    """What the applicant wrote is not delivered to the applicant."""

    code = "not-outgoing"

    def __init__(self) -> None:
        super().__init__(_l("Only a message of ours that can be read is announced or posted."))


class LetterExists(DomainError):
    """A message has one letter; when it has come back, the message is sent anew."""

    code = "letter-exists"

    def __init__(self) -> None:
        super().__init__(_l("This message already has its letter: correct the address, then send the message anew."))


class NoAddress(DomainError):
    """A letter needs somewhere to go."""

    code = "no-address"

    def __init__(self, what: str) -> None:
        words = {"post": _l("The case has no postal address: correct it first."), "email": _l("The case has no e-mail address: correct it first.")}
        super().__init__(words[what])


class NothingUndelivered(DomainError):
    """Two signatures are for a message that did not arrive and on which a term hangs."""

    code = "nothing-undelivered"

    def __init__(self) -> None:
        super().__init__(_l("No running term hangs on this message, or it arrived: there is nothing to sign."))


class NotASecond(DomainError):
    """The second signature is another person's, who may approve."""

    code = "not-a-second"

    def __init__(self) -> None:
        super().__init__(_l("The second signature is that of another person, who may approve."))


class AlreadySettled(DomainError):
    """A report is settled once."""

    code = "bounce-settled"

    def __init__(self) -> None:
        super().__init__(_l("This report has already been settled."))


class MandateStands(DomainError):
    """One mandate of one person at a time on a case."""

    code = "mandate-stands"

    def __init__(self) -> None:
        super().__init__(_l("A mandate of this person already stands on this case: end it first."))


class MandateBackwards(DomainError):
    """A mandate ends after it began."""

    code = "mandate-backwards"

    def __init__(self) -> None:
        super().__init__(_l("A mandate ends on or after the day it began."))


class MandateOver(DomainError):
    """A mandate ends once."""

    code = "mandate-over"

    def __init__(self) -> None:
        super().__init__(_l("This mandate has already ended."))
