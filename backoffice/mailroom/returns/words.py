"""Words of the returns' pages."""

from flask_babel import lazy_gettext as _l

from backoffice.mailroom.returns.states import ReturnState
from backoffice.mailroom.returns.values import ReturnKind, ReturnReason, Way

KINDS = {
    ReturnKind.APPLICATION: _l("An application"),
    ReturnKind.DOCUMENTS: _l("Documents"),
    ReturnKind.PAYMENT: _l("A payment"),
    ReturnKind.ORIGINALS: _l("Originals"),
    ReturnKind.OTHER: _l("Something else"),
}
REASONS = {
    ReturnReason.NO_PERIOD: _l("No intake period takes paper on the day of the stamp"),
    ReturnReason.WRONG_PROGRAMME: _l("Another programme"),
    ReturnReason.NOT_SIGNED: _l("The form is not signed"),
    ReturnReason.OLD_FORM: _l("Another version of the form, or pages missing"),
    ReturnReason.BEFORE_REQUEST: _l("Documents sent before any request"),
    ReturnReason.PAYMENT_NOT_ACCEPTED: _l("Payment not accepted"),
    ReturnReason.NOT_FOR_US: _l("Not for us, or no case found"),
    ReturnReason.ORIGINALS_BACK: _l("Originals copied, sent back"),
    ReturnReason.OTHER: _l("Other reason, explained"),
}
WAYS = {
    Way.POST: _l("Ordinary mail"),
    Way.REGISTERED: _l("Registered mail"),
    Way.COURIER: _l("Courier"),
    Way.HANDED: _l("Handed over"),
}
STATES = {ReturnState.PREPARED: _l("To send"), ReturnState.SENT: _l("Sent"), ReturnState.CANCELLED: _l("Called off")}
TONES = {ReturnState.PREPARED: "warn", ReturnState.SENT: "ok", ReturnState.CANCELLED: "quiet"}


def reason(code: str) -> str:
    """A reason as a clerk reads it."""
    return str(REASONS[ReturnReason(code)])


def way(code: str) -> str:
    """A way of leaving as a clerk reads it."""
    return str(WAYS[Way(code)])
