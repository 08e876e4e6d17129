"""Words of the letters' pages."""

from flask_babel import lazy_gettext as _l

from backoffice.mail.delivery.states import ReturnedBecause
from backoffice.mailroom.letters.states import RunState
from backoffice.mailroom.letters.values import Format, Way

STATES = {
    RunState.MAKING: _l("Being made"), RunState.MADE: _l("To hand over"), RunState.HANDED: _l("With the carrier"), RunState.DROPPED: _l("Dropped"),
}  # fmt: skip
TONES = {RunState.MAKING: "", RunState.MADE: "warn", RunState.HANDED: "ok", RunState.DROPPED: "quiet"}
ENVELOPES = {Format.WINDOW: _l("No. 10, with a window"), Format.FLAT: _l("9 × 12 in., flat")}
WAYS = {Way.POST: _l("Letter post"), Way.REGISTERED: _l("Registered letters"), Way.COURIER: _l("Courier")}


def way(value: str) -> str:
    """How a run left, in words."""
    return str(WAYS.get(Way(value), value))


RETURNED = {
    ReturnedBecause.UNKNOWN: _l("Unknown at this address"), ReturnedBecause.MOVED: _l("Moved, address unknown"),
    ReturnedBecause.REFUSED: _l("Delivery refused"), ReturnedBecause.UNCLAIMED: _l("Not claimed"),
    ReturnedBecause.INCOMPLETE: _l("Address incomplete or wrong"), ReturnedBecause.OTHER: _l("Nothing that can be read"),
}  # fmt: skip
