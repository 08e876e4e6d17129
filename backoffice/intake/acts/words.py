"""The words that people read for the codes of acts on many."""

from typing import Final

from flask_babel import lazy_gettext as _l

KIND: Final = {
    "annul": _l("Annulment of applications"),
    "end_by_law": _l("End by operation of law"),
    "stay": _l("Stay: an annulment or an end by law undone"),
    "suspend_processing": _l("Suspension of processing"),
    "resume_processing": _l("Processing taken up again"),
}

STATE: Final = {
    "prepared": _l("Prepared, not signed"),
    "asked": _l("Waits for the second signature"),
    "approved": _l("Under way"),
    "telling": _l("Being told to each"),
    "done": _l("Finished act"),
    "declined": _l("Not signed"),
    "abandoned": _l("Given up"),
}

ITEM: Final = {
    "waiting": _l("To be done"),
    "done": _l("Done"),
    "skipped": _l("Skipped"),
    "refused": _l("Not possible"),
    "left_out": _l("Left out"),
}

WHY: Final = {
    "pending": _l("its place is still being decided"),
    "decided": _l("a decision was taken on it"),
    "ended": _l("it had already ended"),
    "in_examination": _l("its examination has begun"),
    "already_void": _l("already withdrawn or annulled"),
    "no_admission": _l("it was never admitted under a window"),
    "no_case": _l("it has no case"),
    "already_suspended": _l("its processing is suspended already"),
    "not_suspended": _l("its processing is no longer suspended"),
    "changed": _l("it changed after the list was frozen: look at it by itself"),
    "no_place": _l("no place is free for it any more: a person must decide"),
    "fault": _l("a fault of ours stopped it: tell the administrator"),
}

TABLES: Final = {"act_kind": KIND, "act_state": STATE, "act_item": ITEM, "act_why": WHY}
