"""The words that people read for the codes of outages."""

from typing import Final

from flask_babel import lazy_gettext as _l

DOOR: Final = {
    "portal": _l("Portal"),
    "payments": _l("Payment provider"),
    "post": _l("The post"),
    "telephone": _l("Telephone"),
    "ministry": _l("The whole ministry"),
}

LIST_KIND: Final = {
    "lengthen": _l("Extension by the rule"),
    "difference": _l("Difference after a correction"),
    "reverse": _l("Reversal of the outage"),
}

LIST_STATE: Final = {
    "prepared": _l("List prepared, not signed"),
    "asked": _l("Waits for the second signature"),
    "approved": _l("Under way"),
    "telling": _l("Being told to each"),
    "done": _l("Carried out"),
    "declined": _l("List not signed"),
    "abandoned": _l("List given up"),
}

LINE_KIND: Final = {
    "term": _l("Terms"),
    "noted": _l("Days noted only"),
    "window": _l("Intake periods"),
    "lapsed": _l("Lapsed, for a person to examine"),
    "closed": _l("Closed periods, for a person to examine"),
}

LINE_STATE: Final = {
    "waiting": _l("To be done"),
    "done": _l("Done"),
    "skipped": _l("Skipped"),
    "refused": _l("Not possible"),
    "apart": _l("For a person to examine"),
}

WHY: Final = {
    "touched": _l("days of its term were touched"),
    "last_day": _l("its last day was a day of the outage"),
    "silent": _l("days noted, the date stays"),
    "stopped": _l("the outage lasts: its clock stands still"),
    "past": _l("the new last day is past already: look at it"),
    "corrected": _l("the outage was corrected"),
    "taken_back": _l("the days are put back into the count"),
    "notice": _l("some days are kept, so that nobody is late without notice"),
    "opening_lost": _l("it was shut while it should have been open"),
    "closing_back": _l("it closes as was decided, or as soon as notice allows"),
    "lapsed_during": _l("it lapsed for want of an act on a day of the outage"),
    "lapsed_after": _l("it lapsed; the outage had taken days from it"),
    "closed_before": _l("it closed before anybody signed: a person decides"),
    "ended": _l("the term had ended meanwhile"),
    "changed": _l("it changed after the signature: look at it by itself"),
    "fault": _l("a fault of ours stopped it: tell the administrator"),
}

MESSAGES: Final = {
    "outage_extended": _l("Term extended after an outage"),
    "outage_corrected": _l("Date corrected after an outage"),
}
"""The messages of outages, as the desk names them."""

TABLES: Final = {
    "outage_door": DOOR, "outage_list": LIST_KIND, "outage_state": LIST_STATE, "outage_line": LINE_KIND, "outage_result": LINE_STATE, "outage_why": WHY,
}  # fmt: skip
