"""What the people between can be refused."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingToJudge(DomainError):
    """The application does not stand where this verdict applies."""

    code = "nothing-to-judge"

    def __init__(self) -> None:
        super().__init__(_l("This application no longer stands where this act applies. Reload the page."))


class HasEnded(DomainError):
    """An application that has ended cannot be withdrawn."""

    code = "has-ended"

    def __init__(self) -> None:
        super().__init__(_l("This application has ended already: there is nothing left to withdraw."))


class StillPending(DomainError):
    """The outcome of an arrival is a matter of moments; then it can be acted upon."""

    code = "still-pending"

    def __init__(self) -> None:
        super().__init__(_l("This application is being given its place at this moment. Send again in a few seconds."))


class NoReserveLeft(DomainError):
    """The reserve of the window is used up."""

    code = "no-reserve-left"

    def __init__(self) -> None:
        super().__init__(_l("No place of the reserve is left in this period: the claim stays granted, and the place waits for an amended decision."))


class AlreadyProposed(DomainError):
    """A decision waits for its second person."""

    code = "already-proposed"

    def __init__(self) -> None:
        super().__init__(_l("A decision on this claim already waits for a second person."))


class ClaimUsed(DomainError):
    """One grant, one late application."""

    code = "claim-used"

    def __init__(self) -> None:
        super().__init__(_l("This grant was used already, or was not given."))


class UnknownSubmission(DomainError):
    """The claim names an application that does not exist."""

    code = "unknown-application"

    def __init__(self) -> None:
        super().__init__(_l("No application has this number. Leave the field empty if none was received."))


class DeclarationKnown(DomainError):
    """The same entry twice."""

    code = "declaration-known"

    def __init__(self) -> None:
        super().__init__(_l("This person and this reference are in the register already."))


class EvidenceRefused(DomainError):
    """A file that cannot be kept as evidence."""

    code = "evidence-refused"

    def __init__(self, filename: str, why: str) -> None:
        super().__init__(_l("%(filename)s: %(why)s", filename=filename, why=why))
