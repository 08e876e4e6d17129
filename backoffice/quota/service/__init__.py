"""Operations on windows and places. The ledger decides: an admission is what its last outcome says (docs/ledger.md).

Each operation locks the window's row before it looks, writes what happened and what the rules make of it, and records
one fact for each application that moved.
"""

from backoffice.quota.queries import NOTICE
from backoffice.quota.service.admitting import Arrival, admit, score_declaration
from backoffice.quota.service.lots import commit_draw, declare_paper_through, open_round, reveal_draw
from backoffice.quota.service.places import (
    admit_from_reserve,
    annul,
    annul_many,
    confirm_place,
    expire,
    file_invited,
    judge_duplicate,
    judge_exemption,
    reinstate_place,
    release_unpaid_place,
    restore,
    restore_many,
    unconfirm_place,
    withdraw,
)
from backoffice.quota.service.versions import AMENDABLE, Forecast, amend_window, foresee
from backoffice.quota.service.windows import (
    NewNotice,
    NewWindow,
    Override,
    announce_window,
    load_window,
    move_window,
    record_notice,
    settle_window,
)

__all__ = [
    "AMENDABLE",
    "NOTICE",
    "Arrival",
    "Forecast",
    "NewNotice",
    "NewWindow",
    "Override",
    "admit",
    "admit_from_reserve",
    "amend_window",
    "announce_window",
    "annul",
    "annul_many",
    "commit_draw",
    "confirm_place",
    "declare_paper_through",
    "expire",
    "file_invited",
    "foresee",
    "judge_duplicate",
    "judge_exemption",
    "load_window",
    "move_window",
    "open_round",
    "record_notice",
    "reinstate_place",
    "release_unpaid_place",
    "restore",
    "restore_many",
    "reveal_draw",
    "score_declaration",
    "settle_window",
    "unconfirm_place",
    "withdraw",
]
