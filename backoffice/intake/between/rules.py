"""Pure rules of the people between: which act counts first, who a register means, what becomes of a fee."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from backoffice.cases.names import passport, search_name
from backoffice.cases.states import CaseStatus
from backoffice.intake.between.values import FALSE_DECLARATION_YEARS, FeeOutcome

NOT_EXAMINED = frozenset({CaseStatus.SOUMISE, CaseStatus.ATTENTE_PAIEMENT, CaseStatus.PAYEE_EN_FILE, CaseStatus.DOCS_DEMANDES, CaseStatus.DOCS_RECUS})
"""Stages before the examination."""


@dataclass(frozen=True)
class Act:
    """An act of submission, by what orders it in law: its legal day, then our instant, then its number."""

    legal_received_on: date
    received_at: datetime
    sequence: int


def earliest(acts: Iterable[Act]) -> Act:
    """The earliest valid act counts: by its legal day of receipt first, so that an earlier date on paper is never lost."""
    return min(acts, key=lambda act: (act.legal_received_on, act.received_at, act.sequence))


def barred_until(decided_on: date) -> date:
    """The last day of the five years that follow a decision about a false declaration."""
    year = decided_on.year + FALSE_DECLARATION_YEARS
    try:
        return decided_on.replace(year=year)
    except ValueError:  # 29 February
        return decided_on.replace(year=year, day=28)


@dataclass(frozen=True)
class Known:
    """Somebody as a register knows them."""

    name: str
    birth_date: date
    passport: str | None


def known(family_name: str, given_names: str | None, birth_date: date, passport_number: str | None) -> Known:
    """Somebody as written, made comparable: accents, case, spaces and dashes do not count."""
    return Known(search_name(family_name, given_names), birth_date, passport(passport_number))


def is_same(one: Known, other: Known) -> bool:
    """The same names and day of birth, or the same passport and day of birth: enough to let a claim be used."""
    if one.birth_date != other.birth_date:
        return False
    return one.name == other.name or (one.passport is not None and one.passport == other.passport)


def may_be_same(one: Known, other: Known) -> bool:
    """The above, or the same passport alone (a day of birth may be mistyped): enough for a person to look."""
    return is_same(one, other) or (one.passport is not None and one.passport == other.passport)


def fee_after_withdrawal(status: CaseStatus | None, *, paid: bool) -> FeeOutcome:
    """Kept once the examination began; before that a person decides; unpaid, nothing is owed (project default, domain §4)."""
    if not paid:
        return FeeOutcome.NONE
    return FeeOutcome.TO_DECIDE if status in NOT_EXAMINED else FeeOutcome.KEPT


def fee_after_refusal(*, paid: bool) -> FeeOutcome:
    """Refused at the door: nothing is cashed, what was cashed goes back (I-0.2 s. 3.5)."""
    return FeeOutcome.REFUND if paid else FeeOutcome.NONE
