"""What the pages of batches and days show: rows and sentences, ready for the templates."""

from datetime import date

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2 import TemplateNotFound
from markupsafe import Markup

from backoffice.core import events, formats
from backoffice.core.events import EventRow
from backoffice.mailroom import forms as room_forms
from backoffice.mailroom import showing as room
from backoffice.mailroom import wording
from backoffice.mailroom.batches import queries, rules
from backoffice.mailroom.batches.models import DaySheet
from backoffice.mailroom.batches.values import BatchBalance, DayFigures, Figures
from backoffice.mailroom.models import Batch, Envelope
from backoffice.mailroom.values import Excluded

Shown = dict[str, object]

FIGURES = {
    "envelopes": _l("Envelopes"), "sheets": _l("Sheets"), "separators": _l("Separators"), "cheques": _l("Payments"), "cents": _l("Sum of the payments"),
}  # fmt: skip
MONEY = {
    "received": _l("payments waiting"), "allocated": _l("payments allocated"), "returned": _l("payments returned"), "refunded": _l("payments refunded"), "reversed": _l("payments reversed"),
}  # fmt: skip
DAY = {
    "deliveries": _l("Deliveries"), "counted": _l("Envelopes counted at delivery"), "envelopes": _l("Envelopes registered"), "closed": _l("envelopes closed"),
    "returned": _l("envelopes sent back"), "open": _l("envelopes still worked on"), "sheets": _l("Sheets counted"), "pages": _l("Pages scanned"), "filed": _l("pages filed to a case"),
    "to_file": _l("pages still to file"), "cheques": _l("Payments found"), "cents": _l("Sum of the payments"),
}  # fmt: skip


def batch_row(one: Batch, many: int) -> Shown:
    """A batch in the list."""
    return {
        "number": one.number, "url": url_for("batches.batch", number=one.number), "made_at": one.made_at, "closed_at": one.closed_at, "envelopes": many,
        "expected": one.expected_envelopes, "sheets": one.expected_sheets, "cheques": one.expected_cheques, "cents": one.expected_cents,
    }  # fmt: skip


def figures(balance: BatchBalance) -> list[Shown]:
    """Declared beside found."""
    return [_figure(name, balance.expected, balance.found) for name in FIGURES]


def _figure(name: str, expected: Figures, found: Figures) -> Shown:
    wanted, there = getattr(expected, name), getattr(found, name)
    shown = formats.money if name == "cents" else formats.number
    return {"label": str(FIGURES[name]), "expected": shown(wanted), "found": shown(there), "same": wanted == there}


def envelope_row(one: Envelope, balance: BatchBalance, cents: int, instruments: int) -> Shown:
    """An envelope of a batch, with what differs in it."""
    differences = balance.by_envelope.get(one.number, ())
    return {
        "number": one.number, "url": url_for("mailroom.envelope", number=one.number), "place": one.batch_position, "kind": room_forms.KINDS[one.kind],
        "declared": one.declared_sheets, "pages": len(one.pages), "instruments": instruments, "cents": cents, "state": str(room.STATES[one.state]),
        "state_code": one.state.value, "differences": wording.sentences(differences),
    }  # fmt: skip


def history(kind: str, key: str) -> list[Shown]:
    """What happened, latest first."""
    return [{"text": _sentence(row), "by": row.by_label, "at": row.at, "outside": False} for row in queries.timeline(kind, key)]


def _sentence(row: EventRow) -> Markup:
    try:
        return Markup(render_template(events.sentence_of(row.kind), event=row.data, row=row))  # noqa: S704 - our own escaped template
    except TemplateNotFound:
        return Markup.escape(row.kind)


def day_rows(day: DayFigures) -> list[Shown]:
    """A day's figures as a table: what came in, and below it what became of it."""
    rows = [
        _row(name, getattr(day, name), sub=name in {"closed", "returned", "open", "filed", "to_file"})
        for name in DAY
        if name not in {"cheques", "cents"}
    ]
    rows += [{"label": _excluded(name), "value": formats.number(n), "sub": True} for name, n in day.excluded.items()]
    rows += [_row("cheques", day.cheques), {"label": str(DAY["cents"]), "value": formats.money(day.cents), "sub": False}]
    return rows + [
        {"label": str(MONEY.get(name, name)), "value": f"{formats.number(n)} ({formats.money(day.cents_out.get(name, 0))})", "sub": True}
        for name, n in day.cheques_out.items()
    ]


def _row(name: str, value: int | None, *, sub: bool = False) -> Shown:
    return {"label": str(DAY[name]), "value": "—" if value is None else formats.number(value), "sub": sub}


def _excluded(name: str) -> str:
    known = {reason.value for reason in Excluded}
    words = str(room_forms.EXCLUSIONS[Excluded(name)]) if name in known else name
    return str(_("pages left out: %(why)s", why=words.lower()))


def day_bars(day: DayFigures) -> list[Shown]:
    """The drawing of the day: envelopes and pages by what became of them."""
    out = sum(day.excluded.values())
    return [
        {"label": _("Envelopes done"), "value": day.closed + day.returned, "kind": "ok"}, {"label": _("Envelopes still worked on"), "value": day.open, "kind": "warn"},
        {"label": _("Pages filed"), "value": day.filed, "kind": "ok"}, {"label": _("Pages left out with a reason"), "value": out, "kind": ""},
        {"label": _("Pages to file"), "value": day.to_file, "kind": "warn"},
    ]  # fmt: skip


def signed_sheet(sheet: DaySheet, now: DayFigures) -> Shown:
    """A signed sheet: who signed, and what is no longer as it was signed."""
    signed = [
        {"as": str(SIGNERS[one.signed_as.value]), "name": one.label, "at": one.signed_at, "url": url_for("batches.day_pdf", day=sheet.day.isoformat(), version=sheet.version, signed_as=one.signed_as.value)}
        for one in queries.signatures(sheet.id)
    ]  # fmt: skip
    changes = [_change(*one) for one in rules.changed(DayFigures(**sheet.figures), now)]
    return {"version": sheet.version, "digest": sheet.digest, "signed": signed, "whole": len(signed) == len(SIGNERS), "changes": changes}


SIGNERS = {"clerk": _l("Mailroom"), "supervisor": _l("Supervisor")}


def _change(name: str, before: object, after: object) -> str:
    whole, _dot, part = name.partition(".")
    if whole == "excluded":
        label = _excluded(part)
    elif whole in {"cheques_out", "cents_out"}:
        label = f"{DAY[whole.removesuffix('_out')]}, {MONEY.get(part, part)}"
    else:
        label = str(DAY[whole])
    shown = formats.money if whole.startswith("cents") else formats.number
    said = ["—" if one is None else shown(int(str(one))) for one in (before, after)]
    return str(_("%(what)s: %(before)s when it was signed, %(after)s now", what=label[:1].upper() + label[1:], before=said[0], after=said[1]))


def day_row(day: date, envelopes: int, signatures: int) -> Shown:
    """A day in the list."""
    words = {0: _("Not signed"), 1: _("Signed by the mailroom"), 2: _("Signed by both")}
    return {
        "day": day,
        "url": url_for("batches.day", day=day.isoformat()),
        "envelopes": envelopes,
        "signed": words[min(2, signatures)],
        "count": signatures,
    }
