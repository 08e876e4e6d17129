"""A term's workings in a sentence, in the applicant's language: what letters and messages say."""

from datetime import date

from babel.dates import format_date
from flask_babel import lazy_gettext as _l

from backoffice.core.calendar import ClosedReason, Skipped
from backoffice.deadlines.values import Workings

LOCALES = {"fr": "fr_CA", "en": "en_CA"}


BAR_GROUNDS = {"unreachable": _l("the person could not be reached")}
BAR_HOWS = {"reissued": _l("the letter was issued again"), "signed": _l("two people signed"), "reached": _l("the person was reached")}
PAUSE_GROUNDS = {"outage": _l("outage")}
"""Codes that others give us for what bars an end, how that was settled, and what stops a clock; another stands as it was written."""


def sentence(worked: Workings, language: str) -> str:
    """« Le 30e jour est le vendredi 24 juin 2016 ; … le délai est reporté au lundi 27 juin 2016. »"""
    french = language != "en"
    counted = _day(worked.counted_to, language)
    nth = worked.days + worked.extended_by
    if not worked.skipped:
        return f"Le {nth}ᵉ jour est le {counted}." if french else f"Day {nth} is {counted}."
    skipped = _list([_closed(one, language) for one in worked.skipped], "et" if french else "and")
    last = _day(worked.last_day, language)
    if french:
        return f"Le {nth}ᵉ jour est le {counted}. Comme {skipped} ne comptent pas comme dernier jour, le délai est reporté au {last}.".replace(
            "ne comptent pas" if len(worked.skipped) == 1 else "\0", "ne compte pas"
        )
    return f"Day {nth} is {counted}. As {skipped} cannot be a last day, the term runs to {last}."


def _day(day: date, language: str) -> str:
    return format_date(day, "EEEE d MMMM y" if language != "en" else "EEEE, MMMM d, y", locale=LOCALES["en" if language == "en" else "fr"])


def _closed(one: Skipped, language: str) -> str:
    day = format_date(one.day, "EEEE d MMMM" if language != "en" else "EEEE, MMMM d", locale=LOCALES["en" if language == "en" else "fr"])
    holiday = one.reason.holiday
    if one.reason.reason is ClosedReason.HOLIDAY and holiday:
        day = f"{day} ({holiday.name(language)})"
    return f"le {day}" if language != "en" else day


def _list(parts: list[str], last: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
