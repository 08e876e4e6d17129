"""What a family owes, whom it pays for, and how the money received answers it."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backoffice.fees.states import FeeState
from backoffice.fees.tariff import tariff_on
from backoffice.fees.values import Assessment, FeeExemption, FeeLine, FeeStanding, PaymentMethod

_UNDER_19_FROM: Final = date(2014, 8, 1)
_UNDER_22_AGAIN_FROM: Final = date(2017, 10, 24)

# Ministry's page on the payment of fees, 2013–2019. Cash, personal cheques and traveller's cheques are named there as
# refused; a card is for the portal, and by post only on the signed form A-0591 of a paper file.
_ACCEPTED_BY_POST: Final = frozenset(
    {
        PaymentMethod.CERTIFIED_CHEQUE,
        PaymentMethod.BANK_DRAFT,
        PaymentMethod.MONEY_ORDER,
        PaymentMethod.COMPANY_CHEQUE,
    }
)


def assess(on: date, members: int, exempt: str | None = None) -> Assessment:
    """Assess one family by the tariff in force on the day of submission, or of the received stamp for paper.

    The spouse and each child pay the same. Adding a member to a family whose certificates are valid costs nothing
    (I-0.2, r. 4, s. 56.2). The day of payment never changes the tariff.
    """
    if members < 0:
        raise ValueError("a family has no negative number of members")
    tariff = tariff_on(on)
    if exempt is not None:
        line = FeeLine(FeeExemption(exempt).value, 1 + members, 0, 0)
        return Assessment(0, tariff, 1 + members, (line,))
    lines = [FeeLine("principal", 1, tariff.principal_cents, tariff.principal_cents)]
    if members:
        lines.append(FeeLine("member", members, tariff.member_cents, members * tariff.member_cents))
    return Assessment(sum(line.total_cents for line in lines), tariff, 1 + members, tuple(lines))


def indexed(cents: int, rate: Decimal) -> int:
    """Index an amount and round it half up to the dollar; never below what it was (A-6.001 ss. 83.3, 83.5)."""
    dollars = (Decimal(cents) / 100 * (1 + rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(cents, int(dollars) * 100)


def payment_day_zero(rule: str, submitted_on: date, readable_on: date) -> tuple[date, str]:
    """Give day zero of the 30 days and its reason, by the rule in force: the two texts of the ministry differ.

    The page says from receipt of the message that invites to pay; the questions and answers of 2016, from submission. The second
    supposes that the invitation follows at once: where it came later than the day after (a draw, a waiting list, a letter), the
    message decides, so that nobody's days run before they could know.
    """
    if rule == "submission" and submitted_on <= readable_on <= submitted_on + timedelta(days=1):
        return submitted_on, "submitted"
    return readable_on, "message_readable"


def owing(assessed_cents: int, paid_cents: Iterable[int]) -> int:
    """Give what remains to be paid; an overpayment owes nothing."""
    return max(0, assessed_cents - sum(paid_cents))


def overpaid(assessed_cents: int, paid_cents: Iterable[int]) -> int:
    """Give what is too much, and is to be refunded."""
    return max(0, sum(paid_cents) - assessed_cents)


def refundable(fee_state: FeeState, assessed_cents: int, paid_cents: Iterable[int], standing_cents: int) -> int:
    """Give what may go back of money allocated to a fee: all of it once the fee is cancelled, else what is too much.

    A fee is not refundable even if the application is refused or rejected (ministry's page on the payment of fees).
    """
    if fee_state is FeeState.CANCELLED:
        return standing_cents
    return min(standing_cents, overpaid(assessed_cents, paid_cents))


def standing(assessed: int, paid: Iterable[int]) -> FeeStanding:
    """Compare the money received with the sum assessed; what is short is not paid (the whole sum is asked for)."""
    received = sum(paid)
    if received > assessed:
        return FeeStanding.OVERPAID
    if received == assessed:
        return FeeStanding.PAID
    return FeeStanding.SHORT if received > 0 else FeeStanding.DUE


def accepted_by_post(method: PaymentMethod, *, paper_file: bool = False) -> bool:
    """Whether an instrument may be cashed when it comes by post; a card only on the signed form of a paper file."""
    return method in _ACCEPTED_BY_POST or (paper_file and method is PaymentMethod.CARD)


def envelope_settles(owing_cents: int, instruments_cents: Iterable[int]) -> bool:
    """Whether one envelope holds the whole sum.

    The instruments of one envelope count together; a sum split over several envelopes is returned and the application
    deleted (ministry's page, 2016).
    """
    return sum(instruments_cents) >= owing_cents > 0


def age_on(birth: date, day: date) -> int:
    """Give the age in whole years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_dependent_child(
    birth: date,
    received_on: date,
    student: bool = False,  # noqa: FBT001, FBT002 - reads as a fact of the person
    *,
    has_spouse: bool = False,
    unable: bool = False,
) -> bool:
    """Whether a child may be included, judged on the day the application was received.

    Before 2014-08-01: under 22, or a full-time student. From then to 2017-10-23: under 19. Since 2017-10-24: under 22.
    Never a person with a spouse; past the age, only one dependent since before it for a physical or mental condition
    (``unable``). Ministry's page on dependent children, states of 2014 and 2017.
    """
    if has_spouse:
        return False
    if unable:
        return True
    age = age_on(birth, received_on)
    if received_on < _UNDER_19_FROM:
        return age < 22 or student
    if received_on < _UNDER_22_AGAIN_FROM:
        return age < 19
    return age < 22


def assessed_members(birth_dates: Iterable[date], received_on: date, *, spouse: bool = False) -> int:
    """Count the members who pay: the spouse, and each child young enough on the day of receipt."""
    return int(spouse) + sum(is_dependent_child(birth, received_on) for birth in birth_dates)
