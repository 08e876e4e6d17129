"""What of opening keeps an envelope from closing: money that one person counted, originals on the table."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core import formats
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import queries
from backoffice.mailroom.opening.states import InstrumentState
from backoffice.mailroom.service.closing import before_closing


@before_closing
def money_waits_for_a_second(envelope: Envelope) -> Iterator[str]:
    """Money does not count as taken before two people found the same."""
    found = [one for one in queries.found_in(envelope.id) if one.receipt.state is ReceiptState.RECEIVED]
    alone = sum(1 for one in found if one.instrument.state is InstrumentState.LISTED)
    if alone:
        yield ngettext("%(num)s instrument waits for a second person.", "%(num)s instruments wait for a second person.", alone)
    for one in found:
        if one.instrument.state is InstrumentState.DIFFERS:
            listed, seen = formats.money(one.instrument.listed_cents), formats.money(one.instrument.found_cents)
            yield _("Two people do not agree on an instrument (%(listed)s and %(seen)s): a third looks.", listed=listed, seen=seen)


@before_closing
def originals_on_the_table(envelope: Envelope) -> Iterator[str]:
    """An original that must go back is neither forgotten nor filed away."""
    for piece in queries.on_the_table(envelope.id):
        yield _("Original %(number)s has neither gone back nor been put in a place.", number=piece.number)
