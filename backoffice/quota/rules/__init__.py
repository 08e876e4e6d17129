"""Who is given a place: the pure rules of docs/ledger.md, by subject."""

from backoffice.quota.rules import later as _later
from backoffice.quota.rules import rounds as _rounds
from backoffice.quota.rules.book import Book, NoRoomError, NotAllowedError, Page
from backoffice.quota.rules.draws import arrival_key, bucket_end, draw_key, list_sha256, order_of_arrivals, sha256
from backoffice.quota.rules.places import Counts, Places, country_cap, free, is_exempt, is_within, paper_left
from backoffice.quota.rules.replay import GENESIS, LedgerBrokenError, canonical, entry_digest, members_of, replay
from backoffice.quota.rules.shelf import Shelf, waiting_key

__all__ = [
    "GENESIS",
    "Book",
    "Counts",
    "LedgerBrokenError",
    "NoRoomError",
    "NotAllowedError",
    "Page",
    "Places",
    "Shelf",
    "arrival_key",
    "bucket_end",
    "canonical",
    "country_cap",
    "draw_key",
    "entry_digest",
    "free",
    "is_exempt",
    "is_within",
    "list_sha256",
    "members_of",
    "order_of_arrivals",
    "paper_left",
    "replay",
    "sha256",
    "waiting_key",
]

_ACTS = (_later, _rounds)  # they add what they answer for to the book's acts
