"""How many places there are, how many are left, and for whom."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import PAPER, AdmissionReason, AdmissionStatus, Entry, Order, Pool, Standing, WindowTerms


def is_within(opens_at: datetime, closes_at: datetime, received_at: datetime) -> bool:
    """Whether our own clock received an application within the window; the last instant is outside it."""
    return opens_at <= received_at < closes_at


def is_exempt(terms: WindowTerms, exempt_ground: str | None) -> bool:
    """Whether the decision lists the ground claimed among those received at any time."""
    return exempt_ground is not None and exempt_ground in terms.exempt_grounds


def country_cap(terms: WindowTerms, country: str | None) -> int | None:
    """Give the most places one country may take, if the decision sets one."""
    if country is None:
        return terms.country_caps_default
    return terms.country_caps.get(country, terms.country_caps_default)


def free(terms: WindowTerms, standing: Standing) -> int:
    """Count the places left: capacity and margin, less what is held, confirmed and still in reserve.

    Negative when an amendment lowered the maximum below the places already given. The share kept for paper is shown
    apart (`paper_left`).
    """
    return terms.total - standing.taken - max(0, terms.reserve - standing.reserve_used)


def paper_left(terms: WindowTerms, standing: Standing, *, settled: bool) -> int:
    """The places that still wait for paper: they are free, but for no one else until the settlement."""
    if settled or terms.order is not Order.FIRST_COME or terms.paper_share is None:
        return 0
    return max(0, terms.paper_share - standing.by_pool.get(Pool.PAPER, 0))


@dataclass(slots=True)
class Counts:
    """The counters of a window's places: all that one more decision needs to know of those before it."""

    taken: int = 0
    by_country: Counter[str] = field(default_factory=Counter)
    promised: int = 0
    promised_by_country: Counter[str] = field(default_factory=Counter)
    in_pool: Counter[Pool] = field(default_factory=Counter)
    given: Counter[Pool] = field(default_factory=Counter)
    ranks: int = 0
    reserve_used: int = 0

    def count(self, status: AdmissionStatus, country: str, pool: Pool | None, by: int) -> None:
        """Add applications of one status, or take them away."""
        if status in TAKES_A_PLACE:
            self.taken += by
            self.by_country[country] += by
            if pool is not None:
                self.in_pool[pool] += by
        elif status is AdmissionStatus.INVITED:
            self.promised += by
            self.promised_by_country[country] += by


@dataclass(slots=True)
class Places:
    """The places of a window under its terms: who fits, and why not."""

    terms: WindowTerms
    counts: Counts
    settled: bool

    @property
    def share_kept(self) -> bool:
        """Whether part of the places waits for paper: in first-come windows, until the settlement."""
        return self.terms.order is Order.FIRST_COME and self.terms.paper_share is not None and not self.settled

    @property
    def reserve_left(self) -> int:
        """Places kept for people prevented by a recorded fault."""
        return max(0, self.terms.reserve - self.counts.reserve_used)

    @property
    def left(self) -> int:
        """Places that nobody has and that are not in reserve."""
        return self.terms.total - self.counts.taken - self.reserve_left

    def in_share(self, entry: Entry) -> bool:
        """Whether an application competes within the share of paper."""
        return entry.channel == PAPER and self.share_kept

    def free_for(self, entry: Entry) -> int:
        """The places one application could be given."""
        share = self.terms.paper_share
        if self.share_kept and share is not None:
            paper = share - self.counts.in_pool[Pool.PAPER]
            if entry.channel == PAPER:
                return min(paper, self.left)
            return self.left - max(0, paper) - self._promised_to_others(entry)
        return self.left - self._promised_to_others(entry)

    def any_free(self) -> bool:
        """Whether anybody at all could be given a place, whatever the door and the country."""
        share = self.terms.paper_share
        kept = max(0, share - self.counts.in_pool[Pool.PAPER]) if self.share_kept and share is not None else 0
        return self.left - self.counts.promised > kept or (kept > 0 and self.left > 0)

    def country_full(self, entry: Entry) -> bool:
        """Whether the country of an application has all it may have, counting those invited."""
        cap = country_cap(self.terms, entry.country)
        if cap is None:
            return False
        counts, own = self.counts, entry.status is AdmissionStatus.INVITED
        return counts.by_country[entry.country] + counts.promised_by_country[entry.country] - own >= cap

    def why_not(self, entry: Entry) -> AdmissionReason | None:
        """Why an application does not fit; the maximum is named before the country's. None: it fits."""
        if self.free_for(entry) <= 0:
            return AdmissionReason.CAP_REACHED
        return AdmissionReason.COUNTRY_CAP if self.country_full(entry) else None

    def fits_again(self, entry: Entry) -> bool:
        """Whether an annulled place can be given back: the share of paper is not looked at."""
        return self.left > 0 and not self.country_full(entry)

    def fits_the_reserve(self, entry: Entry) -> bool:
        """Whether a place of the reserve can be given."""
        return self.reserve_left > 0 and self.terms.total > self.counts.taken and not self.country_full(entry)

    def _promised_to_others(self, entry: Entry) -> int:
        return self.counts.promised - (entry.status is AdmissionStatus.INVITED)
