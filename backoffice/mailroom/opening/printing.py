"""What opening prints: the deposit slip and the contingency kit, as PDFs that a screen reader can follow."""

from flask import render_template

from backoffice.core import formats
from backoffice.mail import codes, printing
from backoffice.mailroom.codes import SheetCode, SheetKind, encode
from backoffice.mailroom.opening import words
from backoffice.mailroom.opening.models import Deposit, SlipKit
from backoffice.mailroom.opening.queries import Found
from backoffice.mailroom.opening.values import Line, by_kind


def deposit_pdf(slip: Deposit, lines: list[Found]) -> bytes:
    """The slip as finance receives it: each instrument, totals by kind, two signatures, its number as a code."""
    totals = by_kind([Line(one.receipt_id, one.method.value, one.currency, one.amount_cents) for one in slip.lines])
    labels = {method.value: str(label) for method, label in words.METHODS.items()}
    html = render_template(
        "mailroom/opening/print/deposit.html", slip=slip, lines=lines, totals=totals, labels=labels, lang=formats.locale_code(),
        code=codes.data_uri(codes.code128_svg(slip.number)),
    )  # fmt: skip
    return printing.render_pdf(html, created=slip.made_at)


def kit_pdf(kit: SlipKit) -> bytes:
    """The slips of a kit, two parts each: one for the person, one for the file, with our signed code."""
    slips = [
        {"number": one.number, "code": codes.data_uri(codes.data_matrix_svg(encode(SheetCode(SheetKind.SLIP, one.number))))} for one in kit.slips
    ]
    html = render_template("mailroom/opening/print/kit.html", kit=kit, slips=slips, lang=formats.locale_code())
    return printing.render_pdf(html, created=kit.made_at)
