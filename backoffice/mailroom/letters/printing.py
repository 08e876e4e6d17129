"""The file of a print run: its list in front, then the letters in the order of their envelopes.

A letter comes from what it was printed from, as long as layout and fonts are still those of that day; the paper is then
equal to the file that was kept (`mail.stamping`). Otherwise the pages of that very file are taken.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import BytesIO
from itertools import groupby

import pikepdf

from backoffice.core import files
from backoffice.core.calendar import montreal_day
from backoffice.mail import addresses, printing
from backoffice.mail.texts import letters_environment
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.letters.models import PrintRun
from backoffice.mailroom.letters.queries import Next, Placed
from backoffice.mailroom.letters.values import Format

ENVELOPES = {Format.WINDOW: "Nº 10, à fenêtre", Format.FLAT: "9 × 12 po"}


def pages_of(sha256: str) -> int:
    """How many pages a kept letter has."""
    with pikepdf.open(BytesIO(files.read(sha256))) as pdf:
        return len(pdf.pages)


def part(letters: Sequence[Next]) -> bytes:
    """Print some letters, in their order."""
    pieces: list[bytes] = []
    for again, group in groupby(letters, key=_printed_again):
        if again:
            pieces.append(printing.series(files.read(str(one.source_sha256)).decode() for one in group).write())
        else:
            pieces.extend(files.read(one.sha256) for one in group)
    return pieces[0] if len(pieces) == 1 else joined(pieces)


def _printed_again(letter: Next) -> bool:
    return bool(letter.source_sha256) and letter.edition == printing.edition()


def joined(pieces: Iterable[bytes]) -> bytes:
    """One file of several."""
    with ExitStack() as stack, pikepdf.new() as whole:
        for data in pieces:
            whole.pages.extend(stack.enter_context(pikepdf.open(BytesIO(data))).pages)
        out = BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def front(run: PrintRun, letters: Sequence[Placed]) -> bytes:
    """The list that lies on top of the pile: what to count, what goes in which envelope, and each letter's place."""
    rows = [
        {
            "position": one.place.position, "case": one.case.number, "country": (addresses.lines(one.case) or ("—",))[-1], "pages": one.place.pages,
            "letter": one.letter.id, "envelope": ENVELOPES[one.place.envelope], "subject": one.message.subject,
        }
        for one in letters
    ]  # fmt: skip
    piles = [
        {"envelope": ENVELOPES[envelope], "country": country, "letters": len(group), "sheets": sum(one.place.pages for one in group)}
        for (envelope, country), group in _piles(letters)
    ]
    html = letters_environment().get_template("mailroom/letters/print/front.html").render(
        run=run, rows=rows, piles=piles, sheets=sum(one.place.pages for one in letters), day=montreal_day(run.asked_at),
        code=codes.encode(SheetCode(SheetKind.RUN, run.number)),
    )  # fmt: skip
    return printing.render_pdf(html, variant="pdf/a-3a", created=run.asked_at)


def _piles(letters: Sequence[Placed]) -> list[tuple[tuple[Format, str], list[Placed]]]:
    def pile(one: Placed) -> tuple[Format, str]:
        lines = addresses.lines(one.case)
        return one.place.envelope, lines[-1] if lines else "—"

    return [(key, list(group)) for key, group in groupby(letters, key=pile)]
