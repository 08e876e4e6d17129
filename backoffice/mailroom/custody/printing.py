"""What is printed of the paper: labels of places, the declaration with its list of files inside, the certificate of destruction."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime

from backoffice.core import files
from backoffice.core.calendar import MONTREAL
from backoffice.mail import printing
from backoffice.mail.texts import letters_environment
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.custody.models import Paper, PaperDestruction, PaperPlace, QualityCheck, ScanDeclaration
from backoffice.mailroom.custody.values import Drawn, Look
from backoffice.mailroom.models import ScanPage

KINDS = {"desk": "Bureau", "box": "Boîte", "shelf": "Tablette", "person": "Personne"}
LOOKS = {
    Look.GOOD: "bonne", Look.ILLEGIBLE: "illisible", Look.TURNED: "mal orientée", Look.BLANK: "blanche à tort", Look.DUPLICATE: "en double",
}  # fmt: skip
DRAWN = {Drawn.FIRST: "première page", Drawn.SAMPLE: "échantillon"}

Checked = Sequence[tuple[QualityCheck, ScanPage, str]]


def labels(places: Sequence[PaperPlace]) -> bytes:
    """Labels of places, ten to a sheet, each with its signed code twice: lines for the gun, a square for a camera."""
    shown = [(codes.encode(SheetCode(SheetKind.PLACE, one.code)), one.code, KINDS.get(one.kind.value, ""), one.label) for one in places]
    return printing.render_pdf(letters_environment().get_template("mailroom/custody/labels.html").render(labels=shown))


def declaration(one: ScanDeclaration, checks: Checked) -> str:
    """Print the declaration as PDF/A-3, the list of files inside as a table and as data; the digest under which it is kept."""
    looked = [
        {"envelope": number, "page": page.position, "page_id": page.id, "drawn": check.drawn.value, "look": check.look.value if check.look else ""}
        for check, page, number in checks
    ]
    data = json.dumps(one.content | {"digest": one.digest, "quality": looked, "controller": one.controller_label}, ensure_ascii=False, indent=1)
    html = letters_environment().get_template("mailroom/custody/declaration.html").render(
        one=one, content=one.content, data=base64.b64encode(data.encode()).decode(), checks=_checks(checks), operator_at=at(one.operator_signed_at),
        controller_at=at(one.sealed_at), firsts=sum(1 for c, _p, _e in checks if c.drawn is Drawn.FIRST),
        samples=sum(1 for c, _p, _e in checks if c.drawn is Drawn.SAMPLE),
    )  # fmt: skip
    return files.keep(printing.render_pdf(html, variant="pdf/a-3a", created=one.sealed_at))


def _checks(checks: Checked) -> list[tuple[str, int, str, str]]:
    return [(number, page.position, DRAWN[check.drawn], LOOKS[check.look] if check.look else "") for check, page, number in checks]


def certificate(one: ScanDeclaration, destroyed: PaperDestruction, papers: Sequence[Paper]) -> str:
    """Print the certificate of destruction; the digest under which it is kept."""
    html = letters_environment().get_template("mailroom/custody/certificate.html").render(
        one=one, destroyed=destroyed, papers=papers, asked_at=at(destroyed.asked_at), done_at=at(destroyed.done_at), sealed_at=at(one.sealed_at)
    )  # fmt: skip
    return files.keep(printing.render_pdf(html, variant="pdf/a-3a", created=destroyed.done_at))


def at(instant: datetime | None) -> str:
    """An instant in Montréal, as it is printed."""
    return instant.astimezone(MONTREAL).strftime("%Y-%m-%d, %H h %M") if instant else ""
