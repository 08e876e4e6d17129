"""The faults of a line in words, in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _

from backoffice.intake.backlog.values import Fault


def sentence(fault: Fault) -> str:
    """« birth_date : ce jour n’existe pas (1980-02-30) ». A code without words is shown as it is rather than not at all."""
    words = _words(fault.value).get(fault.code, fault.code)
    return _("%(column)s: %(words)s", column=fault.column, words=words) if fault.column else words


def sentence_of(kept: Mapping[str, str]) -> str:
    """The same, of a fault as it is kept with its line."""
    return sentence(Fault(kept["column"], kept["code"], kept["value"]))


def _words(value: str) -> dict[str, str]:
    return _of_form(value) | {
        "missing": _("to be filled in"),
        "unknown": _("this name is unknown, check its spelling"),
        "text": _("not a text (%(value)s)", value=value),
        "long": _("longer than %(most)s characters", most=value),
        "short": _("shorter than %(least)s characters", least=value),
        "code": _("not one of the values accepted: %(value)s", value=value),
        "unpaid": _("a file that was not paid is not taken over (%(value)s): register it through a door", value=value),
        "day": _("not a day of the calendar, written year-month-day (%(value)s)", value=value),
        "future": _("a day that is still to come (%(value)s)", value=value),
        "too_old": _("too old to be true (%(value)s)", value=value),
        "cents": _("not an amount in whole cents (%(value)s)", value=value),
        "both_fees": _("the amount and the day of payment go together"),
        "country": _("not a country in two capital letters (%(value)s)", value=value),
        "citizenships": _("one to five countries in two capital letters, each once (%(value)s)", value=value),
        "programme": _("not the code of a programme (%(value)s)", value=value),
        "email": _("not an e-mail address (%(value)s)", value=value),
        "form": _("not written as expected (%(value)s)", value=value),
        "many": _("too many entries (%(value)s)", value=value),
        "shape": _("not of the expected kind"),
        "differs": _("differs from what was taken over: %(value)s", value=value),
        "same_person": _("looks like somebody of case %(value)s", value=value),
        "same_line": _("looks like somebody of line %(value)s of this file", value=value),
    }


def _of_form(value: str) -> dict[str, str]:
    """What keeps a line from being read at all."""
    return {
        "csv": _("cannot be read as CSV, look for a quotation mark that is not closed (%(value)s)", value=value),
        "cells": _("not as many cells as columns (%(value)s)", value=value),
        "json": _("cannot be read as JSON (%(value)s)", value=value),
        "json_object": _("not a JSON object"),
        "json_rest": _("from here on the file cannot be read as JSON (%(value)s)", value=value),
        "encoding": _("some characters are not UTF-8"),
        "null": _("holds an invisible null character"),
    }
