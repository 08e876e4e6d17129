"""Finance's pages: money without a home and why, what came in, the equation that must hold, and each receipt."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.core import clock, events, pages
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.states import allows
from backoffice.core.web import page, requires
from backoffice.fees import queries, refunds, service
from backoffice.fees.events import receipt_subject
from backoffice.fees.forms import AllocateForm, ReasonForm, RefundForm, ReversalForm
from backoffice.fees.models import Receipt
from backoffice.fees.states import RECEIPT_TRANSITIONS, REFUND_LIVE, ReceiptAction, ReceiptState
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("fees", __name__)

pages.section(pages.Section(_l("Fees"), "fees.overview", Permission.READ_FEES, 20, queries.count_unmatched, "/fees"))


@bp.get("/fees")
@requires(Permission.READ_FEES)
def overview() -> ResponseReturnValue:
    """Money that waits for a case, the latest receipts, and the balance to the cent."""
    unmatched, latest = queries.unmatched(), queries.latest()
    today = clock.today()
    ages = {receipt.id: (today - montreal_day(receipt.received_at)).days for receipt in unmatched}
    by_state = queries.balance()
    sums = {state.value: by_state.get(state.value, 0) for state in ReceiptState}
    fees = {a.receipt_id: a.fee.case_id for receipt in latest for a in receipt.allocations}
    return page("fees/overview.html", unmatched=unmatched, ages=ages, latest=latest, sums=sums, received=sum(sums.values()), numbers=_numbers(fees))


def _numbers(case_of: dict[int, int]) -> dict[int, str]:
    """The case number of each receipt."""
    known = {case.id: case.number for case in case_queries.page(case_queries.Filter(closed=True, ids=frozenset(case_of.values())), limit=200)}
    return {receipt_id: known[case_id] for receipt_id, case_id in case_of.items() if case_id in known}


@bp.get("/fees/receipts/<int:receipt_id>")
@requires(Permission.READ_FEES)
def receipt(receipt_id: int) -> ResponseReturnValue:
    """One receipt: what it is, where it went, what can be done with it."""
    with transaction():
        staff.log_read(current_account(), receipt_subject(queries.receipt(receipt_id).id), "receipt", at=clock.now())
    return _show(queries.receipt(receipt_id))


def _show(one: Receipt, **forms: object) -> ResponseReturnValue:
    allocated = {a.id: case_queries.case_by_id(queries.fee(a.fee_id).case_id).number for a in one.allocations}
    return page(
        "fees/receipt.html", receipt=one, allocated=allocated, history=events.history(receipt_subject(one.id))[::-1],
        together=[other for other in queries.receipts_of_envelope(one.envelope) if other.id != one.id] if one.envelope else [],
        may={action.value: current_account().may(Permission.RECORD_PAYMENT) and allows(RECEIPT_TRANSITIONS, one.state, action) for action in ReceiptAction},
        refundable=_refundable(one), refunds=queries.refunds_of_receipt(one.id),
        **{"allocate_form": AllocateForm(formdata=None, data={"case_number": _proposed(one)}), "return_form": ReasonForm(formdata=None), "reverse_form": ReversalForm(formdata=None), "refund_form": RefundForm(formdata=None)} | forms,
    )  # fmt: skip


def _refundable(one: Receipt) -> int:
    """How much of it may go back now; nothing while a refund of it is under way."""
    if any(refund.state in REFUND_LIVE for refund in queries.refunds_of_receipt(one.id)):
        return 0
    standing = next((a for a in one.allocations if a.reversed_at is None), None)
    return refunds.refundable_cents(one, queries.fee(standing.fee_id) if standing else None)


def _proposed(one: Receipt) -> str:
    """The case that the mailroom put the envelope to, if it did."""
    case = case_queries.case_of_submission(one.claimed_submission_id) if one.claimed_submission_id else None
    return case.number if case else ""


def _done(receipt_id: int, form: Form, name: str, operation: Callable[[], object], sentence: str) -> ResponseReturnValue:
    """Do it and come back to the receipt, or show it again with the refusal."""
    if form.submitted():
        try:
            with transaction():
                operation()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(sentence, "success")
            return redirect(url_for(".receipt", receipt_id=receipt_id), 303)
    db.session.expire_all()
    return _show(queries.receipt(receipt_id), **{name: form})


@bp.post("/fees/receipts/<int:receipt_id>/allocation")
@requires(Permission.RECORD_PAYMENT)
def allocate(receipt_id: int) -> ResponseReturnValue:
    """Put the money of an envelope to a case, whole and in time."""
    form = AllocateForm()

    def put() -> object:
        case = case_queries.case(form.case_number.data)
        return service.allocate_envelope(receipt_id, case.id, by=current_actor(), at=clock.now())

    return _done(receipt_id, form, "allocate_form", put, _("Allocated."))


@bp.post("/fees/receipts/<int:receipt_id>/return")
@requires(Permission.RECORD_PAYMENT)
def send_back(receipt_id: int) -> ResponseReturnValue:
    """Send an instrument back to its payer, uncashed."""
    form = ReasonForm()

    def back() -> object:
        return service.return_receipt(receipt_id, form.reason.data, by=current_actor(), at=clock.now())

    return _done(receipt_id, form, "return_form", back, _("Sent back to its payer."))


@bp.post("/fees/receipts/<int:receipt_id>/reversal")
@requires(Permission.RECORD_PAYMENT)
def reverse(receipt_id: int) -> ResponseReturnValue:
    """The bank took the money back: what it paid is owed again."""
    form = ReversalForm()

    def undo() -> object:
        service.reverse_receipt(receipt_id, by=current_actor(), at=clock.now())
        one = queries.receipt(receipt_id)
        one.facts = {**one.facts, "reversal_reason": form.reason.data}
        return one

    return _done(receipt_id, form, "reverse_form", undo, _("Taken back: the balance is open again, with its first last day."))


@bp.post("/fees/receipts/<int:receipt_id>/refund")
@requires(Permission.RECORD_PAYMENT)
def refund(receipt_id: int) -> ResponseReturnValue:
    """Ask that what is too much, or what found no place, goes back to its payer."""
    form = RefundForm()

    def ask() -> object:
        return refunds.ask_refund(receipt_id, form.reason.data, by=current_actor(), at=clock.now())

    return _done(receipt_id, form, "refund_form", ask, _("Refund asked for: another person of finance approves it."))
