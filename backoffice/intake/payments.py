"""Money from the provider, by its API: read, kept, matched."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.problems import Fault, Problem
from backoffice.fees import queries, service
from backoffice.fees.models import Receipt
from backoffice.fees.service import Money
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.intake.errors import PaymentConflict

METHODS = {"card", "debit", "other"}
MEMBERS = {"payment_id", "submission_id", "amount_cents", "currency", "paid_at", "method", "reverses"}
MOST = 100_000_000_00
"""A hundred million dollars: beyond, the number is a mistake."""


def check(value: object) -> dict[str, Any]:
    """The payment, or all its faults."""
    if not isinstance(value, dict):
        raise Problem("invalid", errors=[Fault("", "type", _("Send an object."))])
    content = cast("dict[str, Any]", value)
    faults = [Fault(f"/{name}", "unknown", _("This member is unknown: check its spelling.")) for name in sorted(set(content) - MEMBERS)]
    faults += [Fault(f"/{name}", "required", _("This member is required.")) for name in sorted(MEMBERS - {"reverses"} - set(content))]
    faults += [
        Fault(f"/{name}", "format", _("The value does not have the expected form.")) for name in sorted(content) if _wrong(name, content[name])
    ]
    if faults:
        raise Problem("invalid", errors=faults)
    return content


def _wrong(name: str, value: object) -> bool:
    if name in {"payment_id", "reverses"}:
        return not (isinstance(value, str) and 1 <= len(value) <= 100 and value.isprintable())
    if name == "submission_id":
        return _uuid(value) is None
    if name == "amount_cents":
        return not (isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST)
    if name == "currency":
        return not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper())
    if name == "paid_at":
        return _instant(value) is None
    return name == "method" and value not in METHODS


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return read.astimezone(UTC) if read and read.tzinfo else None


def receive(content: dict[str, Any], *, by: Actor, at: datetime) -> tuple[Receipt, bool]:
    """Keep a payment under the provider's number; the same again is the first one, another content is refused."""
    for number in sorted({content["payment_id"], content.get("reverses") or content["payment_id"]}):
        queries.hold_external(number)
    sha256 = digest(content)
    if known := queries.receipt_by_external(content["payment_id"]):
        if known.content_sha256 != sha256:
            raise PaymentConflict
        return known, False
    paid_at = _instant(content["paid_at"])
    assert paid_at is not None
    money = Money(
        source="provider", method=PaymentMethod(content["method"]), amount_cents=content["amount_cents"], currency=content["currency"],
        paid_on=montreal_day(paid_at), paid_at=paid_at, external_id=content["payment_id"], content_sha256=sha256,
        submission_id=_uuid(content["submission_id"]), reverses=content.get("reverses"),
    )  # fmt: skip
    return service.record_money(money, by=by, at=at), True


def answer(receipt: Receipt) -> dict[str, object]:
    """What the provider is told."""
    return {
        "payment_id": receipt.external_id,
        "matched": receipt.state is not ReceiptState.RECEIVED,
        "reason": receipt.why_unmatched,
        "state": receipt.state.value,
        "amount_cents": receipt.amount_cents,
        "currency": receipt.currency,
        "paid_on": receipt.paid_on.isoformat(),
        "submission_id": str(receipt.claimed_submission_id) if receipt.claimed_submission_id else None,
    }
