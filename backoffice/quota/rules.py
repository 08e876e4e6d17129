"""Who is given a place: the cap, the caps by country, the exempt, and the replay of a ledger."""

from collections.abc import Iterable
from datetime import datetime

from backoffice.quota.states import INITIAL, TAKES_A_PLACE, TRANSITIONS
from backoffice.quota.values import AdmissionReason, AdmissionStatus, Decision, LedgerEntry, Standing, WindowTerms


class LedgerBrokenError(ValueError):
    """A ledger whose entries do not follow from one another."""

    def __init__(self, sequence: int, why: str) -> None:
        """Name the first entry that is wrong."""
        super().__init__(f"entry {sequence}: {why}")
        self.sequence = sequence


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
    """Count the places left: capacity and margin, less what is held, confirmed and kept in reserve.

    Negative when an amendment lowered the maximum below the places already given.
    """
    return terms.capacity + terms.margin - standing.held - standing.confirmed - terms.reserve


def decide(terms: WindowTerms, standing: Standing, *, exempt_ground: str | None, country: str | None) -> Decision:
    """Answer one arrival of a first-come window, in its turn.

    An exempt application takes no place. Otherwise a place is held at submission, while one is free under the cap and
    under the cap of the country; the cap is named first. A window with a waiting list keeps the arrival instead of
    refusing it, for the same reason.
    """
    if is_exempt(terms, exempt_ground):
        return Decision(AdmissionStatus.EXEMPT, AdmissionReason.EXEMPTION_CLAIMED)
    reason = _full(terms, standing, country)
    if reason is None:
        return Decision(AdmissionStatus.PROVISIONAL)
    return Decision(AdmissionStatus.WAITLISTED if terms.waiting_list else AdmissionStatus.REFUSED, reason)


def replay(entries: Iterable[LedgerEntry]) -> dict[str, AdmissionStatus]:
    """Recompute who stands where from the ledger alone, in the order of its sequence.

    Refuses a ledger with a sequence used twice, an act the transition table does not allow, or an entry whose recorded
    status is not what its act leads to.
    """
    statuses: dict[str, AdmissionStatus] = {}
    last = None
    for entry in sorted(entries, key=lambda entry: entry.sequence):
        if entry.sequence == last:
            raise LedgerBrokenError(entry.sequence, "the sequence is used twice")
        last = entry.sequence
        before = statuses.get(entry.submission_id, INITIAL)
        after = TRANSITIONS.get((before, entry.act))
        if after is None:
            raise LedgerBrokenError(entry.sequence, f"{entry.act.value} does not apply to {before.value}")
        if after is not entry.status:
            raise LedgerBrokenError(entry.sequence, f"recorded {entry.status.value}, follows {after.value}")
        statuses[entry.submission_id] = after
    return statuses


def standing(entries: Iterable[LedgerEntry]) -> Standing:
    """Recompute the places taken from the ledger alone."""
    entries = tuple(entries)
    statuses = replay(entries)
    countries = {entry.submission_id: entry.country for entry in entries if entry.country is not None}
    by_country: dict[str, int] = {}
    for submission_id, status in statuses.items():
        country = countries.get(submission_id)
        if status in TAKES_A_PLACE and country is not None:
            by_country[country] = by_country.get(country, 0) + 1
    taken = list(statuses.values())
    return Standing(taken.count(AdmissionStatus.PROVISIONAL), taken.count(AdmissionStatus.CONFIRMED), by_country)


def _full(terms: WindowTerms, standing: Standing, country: str | None) -> AdmissionReason | None:
    if free(terms, standing) <= 0:
        return AdmissionReason.CAP_REACHED
    cap = country_cap(terms, country)
    if cap is not None and country is not None and standing.by_country.get(country, 0) >= cap:
        return AdmissionReason.COUNTRY_CAP
    return None
