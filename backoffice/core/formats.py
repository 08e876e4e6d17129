"""Dates, sums and names as Québec writes them."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import has_request_context
from flask_babel import get_locale

from backoffice.core.clock import MONTREAL

NBSP = "\N{NO-BREAK SPACE}"


def locale_code() -> str:
    """The reader's language: French unless English was chosen."""
    chosen = str(get_locale() or "fr") if has_request_context() else "fr"
    return "en" if chosen.startswith("en") else "fr"


def _babel() -> str:
    return f"{locale_code()}_CA"


def money(cents: int | None) -> str:
    """An amount in cents: « 1 271,00 $ »."""
    return "" if cents is None else format_currency(Decimal(cents) / 100, "CAD", locale=_babel())


def number(value: float | None) -> str:
    """A count: « 4 318 »."""
    return "" if value is None else format_decimal(value, locale=_babel())


def day(value: date | None) -> str:
    """A day that sorts: 2016-07-13."""
    return "" if value is None else _legal_day(value).isoformat()


def longday(value: date | None, *, weekday: bool = False) -> str:
    """A day in words: « 13 juillet 2016 », « 1er juillet 2016 »."""
    if value is None:
        return ""
    legal = _legal_day(value)
    french = f"{'EEEE ' if weekday else ''}{_number(legal)} MMMM y"
    return format_date(legal, french if locale_code() == "fr" else ("full" if weekday else "long"), locale=_babel())


def instant(value: datetime | None) -> str:
    """An instant in Montréal: « 13 juin 2016, 8 h 44 »."""
    if value is None:
        return ""
    local = value.astimezone(MONTREAL)
    clock = format_time(local, "H 'h' mm" if locale_code() == "fr" else "h:mm a", locale=_babel())
    return f"{format_date(local.date(), f'{_number(local.date())} MMM y', locale=_babel())}, {clock}".replace(" h ", f"{NBSP}h{NBSP}")


def country(code: str | None) -> str:
    """The name of a country."""
    return "" if not code else Locale.parse(_babel()).territories.get(code, code)


def _number(value: date) -> str:
    """The pattern of a day of the month: the first is « 1er » in French."""
    return "'1er'" if value.day == 1 and locale_code() == "fr" else "d"


def _legal_day(value: date) -> date:
    return value.astimezone(MONTREAL).date() if isinstance(value, datetime) else value


FILTERS = {f.__name__: f for f in (money, number, day, longday, instant, country)}
