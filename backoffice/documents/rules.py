"""What may be granted for one request apart from the rule of all."""

from typing import Final

FEWEST_DAYS: Final = 30
"""No term of the programme is shorter (payment, 30 days); a project default."""

MOST_DAYS: Final = 120
"""The 90 days of the rule and the longest extension that may be granted at once (30 days); more is a supervisor's, later."""


def may_grant(days: int | None, reason: str, rule_days: int) -> bool:
    """Whether a request may run for these days: those of the rule freely, others within bounds and with a reason."""
    if days is None or days == rule_days:
        return True
    return FEWEST_DAYS <= days <= MOST_DAYS and len(reason.strip()) > 2
