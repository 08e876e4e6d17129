"""Operations on envelopes, their files and their pages. The stamp is the legal day of receipt; nothing is dropped.

An envelope is held first, then the case it speaks of.
"""

from backoffice.mailroom.service.closing import before_closing, close_envelope, reclassify, reopen_envelope, return_envelope, unmatched
from backoffice.mailroom.service.filing import (
    exclude_pages,
    file_application,
    file_pages,
    file_to_case,
    leave_out,
    propose_money,
    restore_pages,
    route,
)
from backoffice.mailroom.service.opening import list_instrument, register_envelope, return_instrument
from backoffice.mailroom.service.received import clean_name, receive_scan, retry_scan, set_scan_aside
from backoffice.mailroom.service.standing import LIVE, live, note_mail, review

__all__ = [
    "LIVE",
    "before_closing",
    "clean_name",
    "close_envelope",
    "exclude_pages",
    "file_application",
    "file_pages",
    "file_to_case",
    "leave_out",
    "list_instrument",
    "live",
    "note_mail",
    "propose_money",
    "receive_scan",
    "reclassify",
    "register_envelope",
    "reopen_envelope",
    "restore_pages",
    "retry_scan",
    "return_envelope",
    "return_instrument",
    "review",
    "route",
    "set_scan_aside",
    "unmatched",
]
