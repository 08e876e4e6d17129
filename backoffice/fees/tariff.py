"""The tariff, year by year, each line with its source and how well it is attested.

Amounts are indexed each 1 January (A-6.001 s. 83.3), rounded to the dollar from the rounded figure of the year before,
never lowered (s. 83.5), and by 3 % at most from 2023 to 2026 (I-7.1 s. 1).
"""

from dataclasses import replace
from datetime import date
from typing import Final

from backoffice.fees.values import Mark, Tariff


class NoTariffError(LookupError):
    """No tariff is known for a day so long ago."""


def _year(year: int, principal: int, member: int, mark: Mark, source: str) -> Tariff:
    return Tariff(year, principal * 100, member * 100, source, mark)


TARIFFS: Final = {
    tariff.year: tariff
    for tariff in (
        _year(2013, 750, 160, Mark.SURE, "Ministry, Hong Kong office, page of fees, 2013"),
        _year(2014, 757, 162, Mark.SURE, "Ministry, page “Payment of fees”, state of 2014"),
        _year(2015, 765, 164, Mark.SURE, "News of the fees of 2016, naming those of 2015"),
        _year(2016, 773, 166, Mark.SURE, "Ministry, page “Payment of fees”, state of 2016; indexed by 1.09 %"),
        _year(2017, 779, 167, Mark.LIKELY, "Computed from the official rate of 0.74 %; the chain to 2018 is exact"),
        _year(2018, 785, 168, Mark.SURE, "Ministry, page of fees, state of 2018; indexed by 0.82 %"),
        _year(2019, 798, 171, Mark.SURE, "Ministry, page “Payment of fees”, state of 2019; indexed by 1.71 %"),
        _year(2020, 812, 174, Mark.SURE, "Ministry, page on the payment of fees, state of 2020"),
        _year(2021, 822, 176, Mark.SURE, "Trade press, January 2021; indexed by 1.26 %"),
        _year(2022, 844, 181, Mark.SURE, "Trade press, 2022; indexed by 2.64 %"),
        _year(2023, 869, 186, Mark.LIKELY, "Computed from the legal ceiling of 3 % (I-7.1 s. 1)"),
        _year(2024, 895, 192, Mark.LIKELY, "Computed from the legal ceiling of 3 % (I-7.1 s. 1)"),
        _year(2025, 921, 197, Mark.LIKELY, "Trade press, 2025; 2.85 % implied"),
    )
}
FIRST_YEAR: Final = min(TARIFFS)
LAST_YEAR: Final = max(TARIFFS)


def tariff_on(day: date) -> Tariff:
    """Give the tariff in force on a day; past the last known year, its prices stand in and are flagged as carried."""
    if day.year < FIRST_YEAR:
        raise NoTariffError(f"no tariff is known before {FIRST_YEAR}")
    if day.year > LAST_YEAR:
        return replace(TARIFFS[LAST_YEAR], carried=True)
    return TARIFFS[day.year]
