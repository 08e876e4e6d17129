"""Prices, assessments and means of payment. Amounts are whole cents of Canadian dollars."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How well a figure of the tariff is attested."""

    SURE = "sure"
    LIKELY = "likely"


class FeeExemption(StrEnum):
    """Why nothing is owed."""

    # I-0.2, r. 4, s. 56.2: adding a member to a family that already holds valid certificates.
    ADD_MEMBER = "add_member_when_csq_valid"


class FeeStanding(StrEnum):
    """How the money received compares with the sum assessed."""

    DUE = "due"
    SHORT = "short"
    PAID = "paid"
    OVERPAID = "overpaid"


class PaymentMethod(StrEnum):
    """How the money came."""

    CARD = "card"
    DEBIT = "debit"
    OTHER = "other"
    CERTIFIED_CHEQUE = "certified_cheque"
    BANK_DRAFT = "bank_draft"
    MONEY_ORDER = "money_order"
    COMPANY_CHEQUE = "company_cheque"
    CASH = "cash"
    PERSONAL_CHEQUE = "personal_cheque"
    TRAVELLERS_CHEQUE = "travellers_cheque"


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one calendar year; ``carried`` when an older year's prices stand in for a year not yet known."""

    year: int
    principal_cents: int
    member_cents: int
    source: str
    mark: Mark
    carried: bool = False


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of an assessment: so many at so much."""

    label_key: str
    count: int
    unit_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a family owes, by which tariff, line by line."""

    total_cents: int
    tariff: Tariff
    persons: int
    lines: tuple[FeeLine, ...]
