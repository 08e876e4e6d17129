"""Refusals: what the domain declines, foreseen and worded for the person who meets it."""

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A refusal shown on the form, or as problem+json; anything else is a fault and goes to the log whole."""

    code = "refused"
    status = 409

    def __init__(self, message: object = None, **facts: object) -> None:
        self.facts = facts
        super().__init__(_l("This cannot be done.") if message is None else message)

    @property
    def message(self) -> str:
        """The sentence to show, in the reader's language."""
        return str(self.args[0])


class IllegalMove(DomainError):
    """The thing is not in a state where this act exists."""

    code = "illegal-move"

    def __init__(self, state: str, action: str) -> None:
        super().__init__(_l("This has changed in the meantime: the act no longer applies. Reload the page."), state=state, action=action)


class NotFound(DomainError):
    """What was asked for does not exist, or not for this reader."""

    code = "not-found"
    status = 404

    def __init__(self, message: object = None) -> None:
        super().__init__(message if message is not None else _l("Nothing was found under this number. Check it and search again."))


class Stale(DomainError):
    """Somebody else changed the thing since the page was read."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(_l("This case has changed since you opened it. Your text is kept below: read the change, then send again."))
