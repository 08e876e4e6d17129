"""Money that waits for a second person, and its count without seeing the amount listed."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.opening import queries, service, showing
from backoffice.mailroom.opening.errors import NothingToCount
from backoffice.mailroom.opening.forms import CountForm
from backoffice.mailroom.opening.queries import Found
from backoffice.mailroom.opening.states import InstrumentState
from backoffice.mailroom.opening.views.room import act, bp, envelope_url
from backoffice.staff import service as staff
from backoffice.staff.errors import WrongCredentials
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/money")
@requires(Permission.READ_MAILROOM)
def money() -> ResponseReturnValue:
    """What waits for a second person, what waits for a deposit slip, and the slips."""
    me = current_account().actor.id
    waiting = queries.waiting()
    rows = [
        showing.instrument(one, amounts=False)
        | {"mine": me in {one.instrument.first_id, one.instrument.second_id}, "url": url_for(".count", receipt_id=one.receipt.id)}
        for one in waiting
    ]
    ready = queries.to_deposit()
    return page(
        "mailroom/opening/money.html", waiting=rows, ready=[showing.instrument(one) for one in ready],
        total=sum(one.receipt.amount_cents for one in ready), deposits=[showing.deposit_row(one) for one in queries.deposits()],
    )  # fmt: skip


@bp.route("/mailroom/money/<int:receipt_id>/count", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def count(receipt_id: int) -> ResponseReturnValue:
    """The second look, blind; or the third, where two differ. The same station may serve: the other person signs with a password."""
    found = queries.found(receipt_id)
    if found.instrument.state not in {InstrumentState.LISTED, InstrumentState.DIFFERS}:
        raise NothingToCount
    form = CountForm()
    if form.submitted() and (sent := _counted(found, form)):
        return sent
    with transaction():
        staff.log_read(current_account(), envelope_subject(found.envelope), "mailroom.money", at=clock.now())
    return _page(queries.found(receipt_id), form)


def _counted(found: Found, form: CountForm) -> ResponseReturnValue | None:
    third = found.instrument.state is InstrumentState.DIFFERS
    if third and not form.reason.data:
        form.reason.errors = [_("Say why, in a sentence.")]
        return None
    looks = _who(found, form)
    if looks is None:
        return None
    receipt_id, next_ = found.receipt.id, _next(found)
    return act(lambda: service.confirm(receipt_id, form.seen(), by=looks, at=clock.now()), _("Your count is written."), next_, form)


def _who(found: Found, form: CountForm) -> Actor | None:
    """Whoever looks: this session's account, or the other person who signs here; a wrong password counts as at the door."""
    if not form.email.data:
        if current_actor().id in {found.instrument.first_id, found.instrument.second_id}:
            form.email.errors = [_("You counted it already: the other person signs here.")]
            return None
        return current_actor()
    email, address, at = form.email.data, request.remote_addr or "", clock.now()
    try:
        return service.second_person(email, form.password.data or "", address, at=at).actor
    except WrongCredentials as refusal:
        with transaction():
            staff.record_failed_attempt(email, address, at=at)
        form.refuse(refusal)
    except DomainError as refusal:
        form.refuse(refusal)
    return None


def _next(found: Found) -> str:
    """Where the count began: the envelope, or the list."""
    return envelope_url(found.envelope) if request.values.get("from") == "envelope" else url_for(".money")


def _page(found: Found, form: CountForm) -> ResponseReturnValue:
    third, me = found.instrument.state is InstrumentState.DIFFERS, current_actor().id
    return page(
        "mailroom/opening/count.html", form=form, one=showing.instrument(found, amounts=False), third=third,
        differing=(found.instrument.listed_cents, found.instrument.found_cents) if third else None,
        signs=me in {found.instrument.first_id, found.instrument.second_id}, came=request.values.get("from", ""),
    )  # fmt: skip


@bp.get("/mailroom/money/next")
@requires(Permission.WORK_MAILROOM)
def next_count() -> ResponseReturnValue:
    """The next instrument that this person may count."""
    me = current_actor().id
    mine = (one for one in queries.waiting() if me not in {one.instrument.first_id, one.instrument.second_id})
    first = next(mine, None)
    return redirect(url_for(".count", receipt_id=first.receipt.id) if first else url_for(".money"), 303)
