"""The words that people read for the codes of threads."""

from typing import Final

from flask_babel import lazy_gettext as _l

MESSAGE: Final = {"officer_message": _l("Message of a caseworker"), "bulk_message": _l("Message to many")}

BULK_STATE: Final = {
    "prepared": _l("Prepared, not signed"),
    "asked": _l("Waits for the second signature"),
    "sending": _l("Being sent"),
    "sent": _l("Sent to all"),
    "declined": _l("Not signed"),
    "abandoned": _l("Given up"),
}

BULK_WHY: Final = {
    "filter": _l("matches the filters of the queue"),
    "listed": _l("is on the list given"),
    "ended": _l("the case has ended"),
    "unknown": _l("no case of ours has this number"),
    "twice": _l("given twice: written to once"),
}

TABLES: Final = {"bulk_state": BULK_STATE, "bulk_why": BULK_WHY}
