"""What the pages of opening show: rows and sentences, ready for the templates."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2 import TemplateNotFound
from markupsafe import Markup
from sqlalchemy import select

from backoffice.core import events, formats
from backoffice.core.db import db
from backoffice.core.events import EventRow, Subject
from backoffice.mailroom.models import PostDelivery
from backoffice.mailroom.opening import queries, words
from backoffice.mailroom.opening.models import Deposit, Piece, ReceiptSlip, SlipKit
from backoffice.mailroom.opening.queries import Delivered, Found
from backoffice.mailroom.opening.states import DepositState, SlipState
from backoffice.mailroom.opening.values import Count

Shown = dict[str, object]


def title(delivery: PostDelivery) -> str:
    """A delivery in a word: its day and its carrier."""
    return f"{delivery.delivered_on.isoformat()} · {delivery.carrier or _('carrier not noted')}"


def difference(count: Count) -> str:
    """What differs, by name."""
    if count.missing:
        return str(ngettext("%(num)s envelope counted is not registered", "%(num)s envelopes counted are not registered", count.missing))
    if count.extra:
        return str(ngettext("%(num)s envelope registered was not counted", "%(num)s envelopes registered were not counted", count.extra))
    return str(_("Nobody counted") if count.counted is None else _("As many as were counted"))


def delivery_row(one: Delivered) -> Shown:
    """A delivery in a list."""
    kind = "warn" if one.differs else "ok" if one.count.counted is not None else "quiet"
    words_ = _("Settled") if one.settled and one.count.difference else difference(one.count)
    return {
        "id": one.delivery.id, "on": one.delivery.delivered_on, "carrier": one.delivery.carrier, "bags": one.delivery.bags,
        "counted": one.count.counted, "registered": one.count.registered, "words": words_, "kind": kind,
        "url": url_for("opening.delivery", delivery_id=one.delivery.id),
    }  # fmt: skip


def instrument(one: Found, *, amounts: bool = True) -> Shown:
    """An instrument; its amount is not shown to whoever is to count it."""
    return {
        "id": one.receipt.id, "envelope": one.envelope, "method": str(words.METHODS.get(one.receipt.method, one.receipt.method.value)),
        "number": one.receipt.instrument_number or "", "payer": one.receipt.payer or "", "currency": one.receipt.currency,
        "cents": one.receipt.amount_cents if amounts else None, "first": one.instrument.first_label, "second": one.instrument.second_label,
        "at": one.instrument.listed_at, "state": one.instrument.state.value, "words": words.INSTRUMENT_STATES[one.instrument.state],
        "accepted": one.instrument.accepted,
    }  # fmt: skip


def piece_row(one: Piece) -> Shown:
    """A piece in the envelope's panel."""
    return {
        "number": one.number, "kind": words.PIECES[one.kind], "description": one.description, "sheets": one.sheets, "state": one.state.value,
        "words": words.PIECE_STATES[one.state], "place": one.place,
    }  # fmt: skip


def deposit_row(one: Deposit) -> Shown:
    """A deposit slip in a list."""
    tag = {DepositState.ACCEPTED: "ok", DepositState.DIFFERS: "bad", DepositState.MADE: "warn"}.get(one.state, "quiet")
    return {
        "number": one.number, "on": one.made_on, "by": one.made_by_label, "instruments": one.instruments, "cents": one.total_cents,
        "state": one.state.value, "words": words.DEPOSIT_STATES[one.state], "kind": tag, "url": url_for("opening.deposit", number=one.number),
    }  # fmt: skip


def difference_of_slip(one: Deposit) -> str:
    """What finance found against what the slip says, by name."""
    if one.state is not DepositState.DIFFERS or one.found_instruments is None or one.found_cents is None:
        return ""
    parts = [_counted(one.found_instruments - one.instruments), _summed(one.found_cents - one.total_cents)]
    return str(_("Finance found %(what)s.", what=_(" and ").join(part for part in parts if part)))


def _counted(more: int) -> str:
    if not more:
        return ""
    if more > 0:
        return str(ngettext("%(num)s instrument too many", "%(num)s instruments too many", more))
    return str(ngettext("%(num)s instrument too few", "%(num)s instruments too few", -more))


def _summed(more: int) -> str:
    if not more:
        return ""
    return str(_("%(sum)s too much", sum=formats.money(more)) if more > 0 else _("%(sum)s too little", sum=formats.money(-more)))


def kit_row(one: SlipKit) -> Shown:
    """A kit in a list: how many of its slips are entered, spoiled, looked for."""
    states = [slip.state for slip in one.slips]
    return {
        "id": one.id, "first": one.slips[0].number, "last": one.slips[-1].number, "slips": len(states), "kept_at": one.kept_at,
        "made_at": one.made_at, "used": states.count(SlipState.USED), "spoiled": states.count(SlipState.SPOILED),
        "missing": len(queries.missing_slips(one.slips)), "url": url_for("opening.kit", kit_id=one.id),
    }  # fmt: skip


def slip_row(one: ReceiptSlip, envelopes: dict[int, str]) -> Shown:
    """A slip of a kit."""
    missing = one.state is SlipState.ISSUED and one.arrival_sequence is not None
    kind = "bad" if missing else {SlipState.USED: "ok", SlipState.SPOILED: "warn"}.get(one.state, "quiet")
    return {
        "number": one.number, "state": one.state.value, "words": _("Missing") if missing else words.SLIP_STATES[one.state], "kind": kind,
        "on": one.received_on, "envelope": envelopes.get(one.envelope_id or 0), "reason": one.spoiled_reason, "missing": missing,
    }  # fmt: skip


def history(subject: Subject, limit: int = 50) -> list[Shown]:
    """What happened to a delivery, a slip or a kit, latest first."""
    query = select(EventRow).where(EventRow.subject_kind == subject.kind, EventRow.subject_id == subject.id)
    rows = db.session.scalars(query.order_by(EventRow.position.desc()).limit(limit))
    return [{"text": _sentence(row), "by": row.by_label, "at": row.at, "outside": False} for row in rows]


def _sentence(row: EventRow) -> Markup:
    """A fact in words."""
    try:
        return Markup(render_template(events.sentence_of(row.kind), event=row.data, row=row))  # noqa: S704 - our own escaped template
    except TemplateNotFound:
        return Markup.escape(row.kind)
