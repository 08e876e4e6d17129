"""What opening the mail can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class OldStamp(DomainError):
    """A day long past is confirmed, not just typed."""

    code = "old-stamp"
    status = 422

    def __init__(self, day: str) -> None:
        super().__init__(_l("The day of delivery %(day)s is more than 30 days ago: confirm it, or mend it.", day=day))


class PostmarkAfterDelivery(DomainError):
    """Nothing is delivered before it was posted."""

    code = "postmark-after-delivery"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("The postmark is later than the day of delivery: check both."))


class NothingDiffers(DomainError):
    """There is no difference to settle."""

    code = "nothing-differs"

    def __init__(self) -> None:
        super().__init__(_l("As many envelopes are registered as were counted: there is nothing to settle."))


class SamePerson(DomainError):
    """Money is opened by two people."""

    code = "same-person"

    def __init__(self) -> None:
        super().__init__(_l("You have already counted this instrument: another person must."))


class NotOfTheMailroom(DomainError):
    """The second person works in the mailroom."""

    code = "not-of-the-mailroom"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("This account does not open mail: a second clerk of the mailroom must sign."))


class NothingToCount(DomainError):
    """The instrument no longer waits for anybody."""

    code = "nothing-to-count"

    def __init__(self) -> None:
        super().__init__(_l("This instrument no longer waits to be counted: it was counted, or sent back."))


class NothingToDeposit(DomainError):
    """No instrument waits."""

    code = "nothing-to-deposit"

    def __init__(self) -> None:
        super().__init__(_l("No counted instrument waits to be deposited."))


class OwnSlip(DomainError):
    """Whoever made a slip does not accept it."""

    code = "own-slip"

    def __init__(self) -> None:
        super().__init__(_l("You made this slip yourself: another person of finance must accept it."))


class NotASlip(DomainError):
    """The number is none of ours, or mistyped."""

    code = "not-a-slip"
    status = 422

    def __init__(self, typed: str) -> None:
        super().__init__(_l("« %(typed)s » is not the number of a receipt slip: check each digit.", typed=typed))


class SlipDone(DomainError):
    """A slip is used once."""

    code = "slip-done"

    def __init__(self, number: str, envelope: str | None) -> None:
        if envelope:
            super().__init__(_l("Slip %(number)s was already used, for envelope %(envelope)s.", number=number, envelope=envelope))
        else:
            super().__init__(_l("Slip %(number)s is noted as spoiled: restore it first if it was handed out.", number=number))


class SlipBeforeKit(DomainError):
    """Nobody holds a slip before it was printed."""

    code = "slip-before-kit"
    status = 422

    def __init__(self, number: str, day: str) -> None:
        super().__init__(_l("Slip %(number)s was printed on %(day)s: it cannot have been handed out before.", number=number, day=day))


class SlipOutOfOrder(DomainError):
    """Slips are handed out by number."""

    code = "slip-out-of-order"

    def __init__(self, number: str, other: str, day: str) -> None:
        super().__init__(
            _l("Slip %(other)s bears %(day)s: slip %(number)s of the same kit cannot bear this day. Check both.", number=number, other=other, day=day)
        )


class CardNumber(DomainError):
    """The number of a card is not written anywhere."""

    code = "card-number"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Only the last four digits of the card: the whole number is never kept."))
