"""What opening shows on the envelope's page and on the room's first page."""

from flask import url_for

from backoffice.fees.states import ReceiptState
from backoffice.mailroom import panels
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import queries, showing
from backoffice.mailroom.opening.forms import PieceForm
from backoffice.mailroom.opening.states import InstrumentState
from backoffice.mailroom.panels import Shown
from backoffice.mailroom.service import LIVE

OPEN = (InstrumentState.LISTED, InstrumentState.DIFFERS)


def of_envelope(envelope: Envelope) -> Shown:
    """Pieces and money of an envelope, its photograph and its slip."""
    found = [one for one in queries.found_in(envelope.id) if one.instrument.state in OPEN and one.receipt.state is ReceiptState.RECEIVED]
    return {
        "number": envelope.number, "live": envelope.state in LIVE, "pieces": [showing.piece_row(one) for one in queries.pieces_of(envelope.id)],
        "form": PieceForm(formdata=None), "photo": envelope.photo_sha256,
        "waiting": [showing.instrument(one, amounts=False) for one in found],
    }  # fmt: skip


def of_side(envelope: Envelope) -> Shown | None:
    """The delivery, the slip and the photograph."""
    slip = queries.slip_of_envelope(envelope.id)
    delivered = queries.delivered(envelope.delivery_id)
    return {
        "number": envelope.number, "photo": envelope.photo_sha256, "slip": slip.number if slip else None,
        "kit": url_for("opening.kit", kit_id=slip.kit_id) if slip else None, "delivery": showing.title(delivered.delivery),
        "url": url_for("opening.delivery", delivery_id=delivered.delivery.id),
    }  # fmt: skip


def of_home() -> Shown:
    """Money to hand over, money that waits for a second person, the oldest delivery not wholly opened, slips looked for."""
    ready, slips, oldest = queries.to_deposit(), queries.to_hand_over(), queries.oldest_unopened()
    return {
        "ready": len(ready), "cents": sum(one.receipt.amount_cents for one in ready), "slips": [showing.deposit_row(one) for one in slips],
        "waiting": queries.waiting_count(), "oldest": showing.delivery_row(oldest) if oldest else None, "missing": queries.missing_total(),
    }  # fmt: skip


panels.of_envelope("mailroom/opening/_pieces.html", of_envelope, order=20)
panels.of_envelope("mailroom/opening/_side.html", of_side, order=20, side=True)
panels.of_home("mailroom/opening/_home.html", of_home, order=10)
