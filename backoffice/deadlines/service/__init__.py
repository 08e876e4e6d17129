"""Operations on terms, one module a subject. A last day is never typed: it is worked out from recorded facts."""

from backoffice.deadlines.service.barring import bar_ends, lift_bar, what_bars, what_holds_back
from backoffice.deadlines.service.changing import (
    LONGEST_EXTENSION,
    correct_start,
    extend_term,
    if_corrected,
    if_extended,
    if_recomputed,
    recompute_term,
    reissue_term,
    renew_term,
)
from backoffice.deadlines.service.counting import calendar_in_force, derived, planned, tried
from backoffice.deadlines.service.pausing import add_pause, remove_pause
from backoffice.deadlines.service.running import (
    Starting,
    end_term,
    note_settled,
    note_unsettled,
    revive_term,
    start_term,
    start_terms,
)

__all__ = [
    "LONGEST_EXTENSION",
    "Starting",
    "add_pause",
    "bar_ends",
    "calendar_in_force",
    "correct_start",
    "derived",
    "end_term",
    "extend_term",
    "if_corrected",
    "if_extended",
    "if_recomputed",
    "lift_bar",
    "note_settled",
    "note_unsettled",
    "planned",
    "recompute_term",
    "reissue_term",
    "remove_pause",
    "renew_term",
    "revive_term",
    "start_term",
    "start_terms",
    "tried",
    "what_bars",
    "what_holds_back",
]
