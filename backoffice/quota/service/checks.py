"""What is looked at before a window is written: that its decision can be read by the rules, that no other one overlaps it, and its ties."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Final

from backoffice.core.actors import Actor
from backoffice.quota import queries, rules
from backoffice.quota.errors import AnotherWindowOpen, BadDecision, SecondPersonMissing
from backoffice.quota.models import Window
from backoffice.quota.rules import scores
from backoffice.quota.rules.inputs import Terms, TieCommitment, tie_seconds
from backoffice.quota.service.pen import Pen
from backoffice.quota.values import Order, WindowState

LIVE: Final = frozenset({WindowState.ANNOUNCED, WindowState.OPEN, WindowState.SUSPENDED})
PAPER_DAYS: Final = (None, "draw", "sequence")


def check_terms(terms: Terms) -> None:
    """Refuse a decision that the rules, or a stranger's reader of the ledger, could not read."""
    numbers = (terms.capacity, terms.margin, terms.reserve, 0 if terms.paper_share is None else terms.paper_share)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise BadDecision("capacity, margin, reserve, paper_share")
    if terms.closes_at <= terms.opens_at:
        raise BadDecision("opens_at, closes_at")
    if terms.paper_share is not None and terms.paper_share > terms.capacity + terms.margin:
        raise BadDecision("paper_share")
    _check_caps(terms.country_caps)
    _check_policy(terms.policy)
    if not _plain({"policy": terms.policy, "caps": terms.country_caps, "grounds": terms.exempt_grounds, "channels": terms.channels}):
        raise BadDecision("policy")


def _check_caps(caps: Mapping[str, object]) -> None:
    by_country = caps.get("by_country") or {}
    known = isinstance(by_country, dict) and [caps.get("default"), *by_country.values()]
    if not known or any(cap is not None and (type(cap) is not int or cap < 0) for cap in known):
        raise BadDecision("country_caps")


def _check_policy(policy: Mapping[str, object]) -> None:
    ties = policy.get("tie_seconds") or 0
    if policy.get("order", Order.FIRST_COME.value) not in {order.value for order in Order}:
        raise BadDecision("policy.order")
    if type(ties) is not int or ties < 0:
        raise BadDecision("policy.tie_seconds")
    if policy.get("paper_day") not in PAPER_DAYS:
        raise BadDecision("policy.paper_day")
    if type(policy.get("offers_first", False)) is not bool:
        raise BadDecision("policy.offers_first")
    try:
        scores.check(policy.get("score") or [])
    except scores.CriteriaError as fault:
        raise BadDecision(f"policy.score ({fault})") from None


def _plain(value: object) -> bool:
    """Whether a value has one RFC 8785 form that plain JSON writes: no fraction, nothing beyond 2^53, no lone surrogate, plain names."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and name.isascii() and _plain(one) for name, one in value.items())
    if isinstance(value, list | tuple):
        return all(_plain(one) for one in value)
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value is None or isinstance(value, bool) or (type(value) is int and abs(value) < 2**53)


def two_people(by: Actor, second: Actor | None) -> Actor:
    """The second person, if two different people sign: a machine signs nothing."""
    if second is None or by.id == second.id or not (by.is_person and second.is_person):
        raise SecondPersonMissing
    return second


def refuse_to_overlap(window: Window) -> None:
    """Two periods of one programme do not overlap."""
    for other in queries.windows():
        same = other.id != window.id and other.programme == window.programme and other.state in LIVE
        if same and other.opens_at < window.closes_at and window.opens_at < other.closes_at:
            raise AnotherWindowOpen(other.code)


def refuse_a_second(window: Window) -> None:
    """A programme has one door open at a time."""
    for other in queries.windows():
        if other.id != window.id and other.programme == window.programme and other.state in {WindowState.OPEN, WindowState.SUSPENDED}:
            raise AnotherWindowOpen(other.code)


def commit_to_ties(window: Window, pen: Pen) -> None:
    """Choose the secret from which ties will be drawn, and commit to it before anybody arrives."""
    by_lot = window.terms.paper_day_drawn and window.paper_share is not None and window.terms.order is Order.FIRST_COME
    if window.tie_secret is None and (tie_seconds(window.policy) or by_lot):
        window.tie_secret = token_hex(32)
        window.tie_commitment = rules.sha256(window.tie_secret)
        pen.write(TieCommitment(window.tie_commitment))
