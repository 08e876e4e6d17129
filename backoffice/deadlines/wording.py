"""A term's workings in a sentence, in the applicant's language: what letters and messages say."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from flask_babel import lazy_gettext as _l

from backoffice.core.calendar import ClosedReason, Skipped
from backoffice.deadlines.values import Workings

LOCALES = {"fr": "fr_CA", "en": "en_CA"}


KINDS = {
    "payment": _l("Payment of the fees"),
    "documents": _l("Documents asked for"),
    "intention_to_reject": _l("Observations before rejection"),
    "intention_to_refuse": _l("Observations before refusal"),
    "review": _l("Administrative review asked for"),
    "invitation": _l("Invitation to submit"),
    "internal": _l("Internal target"),
}
START_REASONS = {
    "message_readable": _l("the message could be read"),
    "list_sent": _l("the list was sent"),
    "letter_sent": _l("the letter was sent"),
    "letter_dated": _l("the letter is dated"),
    "invitation_sent": _l("the invitation was sent"),
    "entered": _l("it was entered here"),
    "submitted": _l("the application was submitted"),
    "reinstated": _l("a person reinstated what had lapsed"),
    "reissued": _l("the letter was issued again"),
}
CITATIONS = {
    "Project default: the term of 2016, carried back": _l("Project default: the term of 2016, carried back"),
    "Ministry page “Immigration application”, state of 2016": _l("Ministry page “Immigration application”, state of 2016"),
    "Ministry's spokesman, 2014; project default": _l("Ministry's spokesman, 2014; project default"),
    "I-0.2.1 in force; project default": _l("I-0.2.1 in force; project default"),
    "Ministry page “Administrative review”, 2013": _l("Ministry page “Administrative review”, 2013"),
    "I-0.2.1 s. 44; first round of invitations, 2019-07-04": _l("I-0.2.1 s. 44; first round of invitations, 2019-07-04"),
    "Project default": _l("Project default"),
}
"""The texts of the rules as the record keeps them, and as a reader of either language names them."""

CLOSED = {"sunday": _l("Sunday"), "saturday": _l("Saturday"), "holiday": _l("holiday"), "extra": _l("proclaimed holiday")}
CHANGES = {"reissued": _l("given again"), "renewed": _l("reinstated"), "corrected": _l("corrected")}
MARKS = {
    "zero": _l("day zero, not counted"),
    "counted": _l("counted"),
    "paused": _l("paused, not counted"),
    "skipped": _l("cannot be a last day"),
    "last": _l("last day, until midnight"),
}
BAR_GROUNDS = {
    "unreachable": _l("the person could not be reached"),
    "second_channel": _l("a second letter waits for the carrier"),
}
BAR_HOWS = {"reissued": _l("the letter was issued again"), "signed": _l("two people signed"), "reached": _l("the person was reached")}
PAUSE_GROUNDS = {"outage": _l("outage")}
"""Codes that others give us for what bars an end, how that was settled, and what stops a clock; another stands as it was written."""

TABLES: Mapping[str, Mapping[str, object]] = {
    "term_kind": KINDS,
    "citation": CITATIONS,
    "start_reason": START_REASONS,
    "closed_day": CLOSED,
    "start_change": CHANGES,
    "day_mark": MARKS,
    "bar_ground": BAR_GROUNDS,
    "bar_how": BAR_HOWS,
    "pause_ground": PAUSE_GROUNDS,
}
"""The words of clocks, beside those of the other features."""


def source(text: str, language: str) -> str:
    """The text that makes a day a holiday, as the reader's language cites it: « I-16, art. 61 (23°) »."""
    return text if language == "en" else text.replace("s. 61(23)", "art. 61 (23°)")


def sentence(worked: Workings, language: str) -> str:
    """« Le 30ᵉ jour est le vendredi 24 juin 2016. Comme … ne comptent pas comme dernier jour, le délai est reporté au lundi 27 juin 2016. »"""
    french = language != "en"
    if worked.is_stopped:
        return "Le délai est suspendu : personne ne peut être en retard." if french else "The clock is stopped: nobody can be late."
    nth, counted, last = worked.days + worked.extended_by, _day(worked.counted_to, language), _day(worked.last_day, language)
    paused = _paused(worked, language)
    first = f"{paused}le {nth}ᵉ jour est le {counted}." if french else f"{paused}day {nth} is {counted}."
    first = first[0].upper() + first[1:]
    if not worked.skipped:
        return first if worked.last_day == worked.counted_to else f"{first} {_carried(last, french=french)}"
    skipped = _list([_closed(one, language) for one in worked.skipped], "et" if french else "and")
    if french:
        verb = "ne compte pas" if len(worked.skipped) == 1 else "ne comptent pas"
        return f"{first} Comme {skipped} {verb} comme dernier jour, le délai est reporté au {last}."
    return f"{first} As {skipped} cannot be a last day, the term runs to {last}."


def _paused(worked: Workings, language: str) -> str:
    """« Sans les 7 jours de suspension, »: the days that were taken out of the count."""
    days = worked.paused_days
    if not days:
        return ""
    if language != "en":
        return f"sans {'le jour' if days == 1 else f'les {days} jours'} de suspension, "
    return f"without the {'day' if days == 1 else f'{days} days'} of pause, "


def _carried(last: str, *, french: bool) -> str:
    """The clock was stopped on the very day it would have ended."""
    return f"Le délai est reporté au {last}." if french else f"The term runs to {last}."


def _day(day: date, language: str) -> str:
    return format_date(
        day, f"EEEE {_number(day)} MMMM y" if language != "en" else "EEEE, MMMM d, y", locale=LOCALES["en" if language == "en" else "fr"]
    )


def _number(day: date) -> str:
    """The pattern of a day of the month: French says « 1er »."""
    return "'1er'" if day.day == 1 else "d"


def _closed(one: Skipped, language: str) -> str:
    day = format_date(
        one.day, f"EEEE {_number(one.day)} MMMM" if language != "en" else "EEEE, MMMM d", locale=LOCALES["en" if language == "en" else "fr"]
    )
    holiday = one.reason.holiday
    if one.reason.reason is ClosedReason.HOLIDAY and holiday:
        day = f"{day} ({holiday.name(language)})"
    return f"le {day}" if language != "en" else day


def _list(parts: list[str], last: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
