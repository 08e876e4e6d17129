"""The words that people read for the codes of refunds."""

from typing import Final

from flask_babel import lazy_gettext as _l

REFUND: Final = {
    "asked": _l("To be approved"),
    "approved": _l("To be sent"),
    "sent": _l("Refund sent"),
    "withdrawn": _l("Refund withdrawn"),
}

CAUSE: Final = {
    "annul": _l("application annulled"),
    "annulled": _l("the fee was cancelled"),
    "end_by_law": _l("application ended by law"),
    "overpaid": _l("too much was paid"),
    "late": _l("received after the last day"),
    "lapsed": _l("the application had lapsed"),
    "lapsed_in_time": _l("the application had lapsed, but the payment was made in time"),
    "nothing_due": _l("nothing is owing on the case"),
    "unknown_submission": _l("names an application we do not know"),
    "to_allocate": _l("came by post: to be put to its case"),
    "withdrawn": _l("withdrawn by the applicant"),
    "duplicate_person": _l("the same person already has an application"),
    "exemption_denied": _l("the ground of exemption was denied"),
}

TABLES: Final = {"refund": REFUND, "refund_cause": CAUSE}
