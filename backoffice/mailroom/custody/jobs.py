"""What the custody of paper does later: pieces listed at opening are followed, what was sent back has left the house."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.mailroom.custody import queries, service
from backoffice.mailroom.custody.values import ENDS, SENT_BACK, VOID, Item, PaperKind
from backoffice.mailroom.opening.events import PieceListed, PiecePlaced, PieceSentBack, PieceWithdrawn
from backoffice.mailroom.opening.values import PieceKind
from backoffice.mailroom.returns import queries as returns
from backoffice.mailroom.returns.events import ReturnSent


@on(PieceListed)
def follow_piece(recorded: Recorded[PieceListed]) -> None:
    """An original, or a thing that cannot be scanned, is followed from the moment it is listed."""
    fact = recorded.event
    if fact.followed:
        must_return = fact.kind == PieceKind.ORIGINAL.value
        service.follow(Item(PaperKind.PIECE, fact.piece), fact.envelope, must_return=must_return, by=recorded.by, at=recorded.at)


@on(PiecePlaced)
def place_piece(recorded: Recorded[PiecePlaced]) -> None:
    """Said at opening to lie in one of our places: it is there."""
    code = queries.place_code(recorded.event.place)
    item = Item(PaperKind.PIECE, recorded.event.piece)
    if code and queries.find(item) and queries.place(code).kind not in ENDS:
        service.place(item.kind, item.number, code, by=recorded.by, at=clock.now())


@on(PieceSentBack)
def note_piece_gone(recorded: Recorded[PieceSentBack]) -> None:
    """The piece left the house."""
    _send_out(Item(PaperKind.PIECE, recorded.event.piece), SENT_BACK, recorded.event.how, recorded)


@on(PieceWithdrawn)
def forget_piece(recorded: Recorded[PieceWithdrawn]) -> None:
    """It had been listed by mistake."""
    _send_out(Item(PaperKind.PIECE, recorded.event.piece), VOID, recorded.event.reason, recorded)


@on(ReturnSent)
def note_envelope_gone(recorded: Recorded[ReturnSent]) -> None:
    """A whole envelope left with its return."""
    sent, _envelope = returns.find(recorded.event.number)
    if sent.whole:
        _send_out(Item(PaperKind.ENVELOPE, recorded.subject.id), SENT_BACK, sent.number, recorded)


def _send_out(item: Item, end: str, reason: str, recorded: Recorded[PieceSentBack] | Recorded[PieceWithdrawn] | Recorded[ReturnSent]) -> None:
    if queries.find(item):
        service.send_out(item, end, reason, by=recorded.by, at=clock.now())
