"""The life of a document request and of each of its items: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class RequestState(StrEnum):
    """Where a personalised list stands."""

    OPEN = "open"
    SATISFIED = "satisfied"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class RequestAction(StrEnum):
    """What can be done to a list."""

    SATISFY = "satisfy"
    REOPEN = "reopen"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    REPLACE = "replace"


REQUEST_TRANSITIONS: Final[dict[tuple[RequestState, RequestAction], RequestState]] = {
    (RequestState.OPEN, RequestAction.SATISFY): RequestState.SATISFIED,
    (RequestState.SATISFIED, RequestAction.REOPEN): RequestState.OPEN,  # an item was looked at again
    (RequestState.OPEN, RequestAction.LAPSE): RequestState.LAPSED,  # always by a person
    (RequestState.LAPSED, RequestAction.REOPEN): RequestState.OPEN,
    (RequestState.OPEN, RequestAction.WITHDRAW): RequestState.WITHDRAWN,
    # The family changed: another list took over what was already settled here
    (RequestState.OPEN, RequestAction.REPLACE): RequestState.REPLACED,
    (RequestState.SATISFIED, RequestAction.REPLACE): RequestState.REPLACED,
}
REQUEST_INITIAL: Final = RequestState.OPEN
REQUEST_FINAL: Final = frozenset({RequestState.WITHDRAWN, RequestState.REPLACED})


class ItemState(StrEnum):
    """Where one document asked for stands; ``explained`` means that an explanation was accepted in its place."""

    ASKED = "asked"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPLAINED = "explained"
    WAIVED = "waived"


class ItemAction(StrEnum):
    """What can be done to an item."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPLAIN = "explain"
    WAIVE = "waive"
    ASK = "ask"


ITEM_TRANSITIONS: Final[dict[tuple[ItemState, ItemAction], ItemState]] = {
    # What arrives is always received, whatever was thought of the item before
    **{(state, ItemAction.RECEIVE): ItemState.RECEIVED for state in ItemState},
    (ItemState.RECEIVED, ItemAction.ACCEPT): ItemState.ACCEPTED,
    (ItemState.REFUSED, ItemAction.ACCEPT): ItemState.ACCEPTED,  # read again
    (ItemState.RECEIVED, ItemAction.REFUSE): ItemState.REFUSED,
    (ItemState.ACCEPTED, ItemAction.REFUSE): ItemState.REFUSED,  # read again
    (ItemState.ASKED, ItemAction.EXPLAIN): ItemState.EXPLAINED,
    (ItemState.RECEIVED, ItemAction.EXPLAIN): ItemState.EXPLAINED,  # what came is the explanation
    (ItemState.REFUSED, ItemAction.EXPLAIN): ItemState.EXPLAINED,
    (ItemState.ASKED, ItemAction.WAIVE): ItemState.WAIVED,
    (ItemState.RECEIVED, ItemAction.WAIVE): ItemState.WAIVED,
    (ItemState.REFUSED, ItemAction.WAIVE): ItemState.WAIVED,
    (ItemState.REFUSED, ItemAction.ASK): ItemState.ASKED,
    (ItemState.EXPLAINED, ItemAction.ASK): ItemState.ASKED,
    (ItemState.WAIVED, ItemAction.ASK): ItemState.ASKED,
}
ITEM_INITIAL: Final = ItemState.ASKED
# Nothing more is expected for these; a request whose items are all settled is satisfied.
SETTLED: Final = frozenset({ItemState.ACCEPTED, ItemState.EXPLAINED, ItemState.WAIVED})


class TextState(StrEnum):
    """Whether the text of a page was recognised."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class TextAction(StrEnum):
    """What recognition gave; a page turned by a person is read again."""

    RECOGNISE = "recognise"
    FAIL = "fail"
    SKIP = "skip"
    AGAIN = "again"


TEXTS: Final[dict[tuple[TextState, TextAction], TextState]] = {
    (TextState.WAITING, TextAction.RECOGNISE): TextState.DONE,
    (TextState.WAITING, TextAction.FAIL): TextState.FAILED,
    (TextState.WAITING, TextAction.SKIP): TextState.SKIPPED,
    (TextState.DONE, TextAction.AGAIN): TextState.WAITING,
    (TextState.FAILED, TextAction.AGAIN): TextState.WAITING,
    (TextState.SKIPPED, TextAction.AGAIN): TextState.WAITING,
}
