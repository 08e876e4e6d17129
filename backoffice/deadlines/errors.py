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
