"""Where the places of a period stand: what the maximum and its margin are made of, at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from backoffice.quota import queries as quota_queries
from backoffice.quota import rules
from backoffice.quota.models import Window


@dataclass(frozen=True, slots=True)
class Places:
    """Maximum and margin, and what they are taken by; the parts add up to the whole."""

    total: int
    confirmed: int
    provisional: int
    invited: int
    reserve: int
    paper: int
    free: int

    @property
    def parts(self) -> Mapping[str, int]:
        """The parts, in the order of the bar; those this period does not know are left out."""
        every = {
            "confirmed": self.confirmed, "provisional": self.provisional, "invited": self.invited, "reserve": self.reserve, "paper": self.paper,
            "free": self.free,
        }  # fmt: skip
        return {name: many for name, many in every.items() if many or name in {"confirmed", "provisional", "free"}}


def places(window: Window) -> Places:
    """Count the places of a period as docs/ledger.md says; less than none free means that an amendment lowered the maximum under what was given."""
    terms, taken = window.terms, quota_queries.standing(window.id)
    reserve = max(0, terms.reserve - taken.reserve_used)
    paper = rules.paper_left(terms, taken, settled=window.is_settled)
    free = rules.free(terms, taken) - paper - taken.promised
    return Places(terms.total, taken.confirmed, taken.held, taken.promised, reserve, paper, free)
