"""What the paper door can refuse."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError
from backoffice.mailroom import wording
from backoffice.mailroom.balancing import Balance


class StampInFuture(DomainError):
    """A stamp is of a day that has come."""

    code = "stamp-in-future"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("The day of delivery is still to come: check the stamp."))


class EnvelopeDone(DomainError):
    """Closed or returned: nothing is added to it."""

    code = "envelope-done"

    def __init__(self, number: str) -> None:
        super().__init__(_l("Envelope %(number)s is closed or was returned. Reopen it first, or register another envelope.", number=number))


class NotBalanced(DomainError):
    """The account of sheets and pages does not close: each difference is named."""

    code = "not-balanced"

    def __init__(self, balance: Balance) -> None:
        super().__init__()
        self.balance = balance

    @property
    def message(self) -> str:
        """Each difference, in words."""
        return str(_l("The envelope does not balance: %(what)s.", what=", ".join(wording.sentences(self.balance.differences))))


class MoneyWaits(DomainError):
    """Money of the envelope has no home yet: a reason is needed."""

    code = "money-waits"

    def __init__(self, count: int, total: str) -> None:
        super().__init__(
            _l("%(count)s instruments of this envelope (%(total)s) are not allocated nor returned: say why it closes.", count=count, total=total)
        )


class StaysOpen(DomainError):
    """A part of the room waits for something of the envelope."""

    code = "stays-open"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(_l("The envelope stays open: %(reasons)s", reasons=" ".join(reasons)))


class NothingToFile(DomainError):
    """No page was chosen, or none waits."""

    code = "nothing-to-file"

    def __init__(self) -> None:
        super().__init__(_l("Choose at least one page that is still to be filed."))


class StillToKey(DomainError):
    """Applications of these days are in the house and not received yet."""

    code = "still-to-key"

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(_l("Applications stamped by that day still wait: key or return %(envelopes)s first.", envelopes=", ".join(numbers[:10])))
