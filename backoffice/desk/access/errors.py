"""What a request for access can be refused."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class AlreadyExtended(DomainError):
    """Ten days are added once, before the twenty have ended."""

    code = "already-extended"

    def __init__(self) -> None:
        super().__init__(_l("Ten days can be added once, and only before the term has ended."))


class NotMade(DomainError):
    """What is to be given is made from the present choices first."""

    code = "export-not-made"

    def __init__(self) -> None:
        super().__init__(_l("The copy of the file is not made yet, or what it holds has changed since. Make it again, and look at it."))


class UnknownItem(DomainError):
    """The choice names nothing of this file."""

    code = "unknown-item"

    def __init__(self) -> None:
        super().__init__(_l("Nothing of this file has this name. Reload the page."))


class OwnReview(DomainError):
    """Whoever chose what to leave out does not review the choice alone."""

    code = "own-review"

    def __init__(self) -> None:
        super().__init__(_l("Something is left out by your own choice: somebody else looks at it before it leaves."))
