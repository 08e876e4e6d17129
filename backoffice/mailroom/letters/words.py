"""Words of the letters' pages."""

from flask_babel import lazy_gettext as _l

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
    "unknown": _l("Unknown at this address"), "moved": _l("Moved, address unknown"), "refused": _l("Delivery refused"), "unclaimed": _l("Not claimed"),
    "incomplete": _l("Address incomplete or wrong"), "other": _l("Nothing that can be read"),
}  # fmt: skip
