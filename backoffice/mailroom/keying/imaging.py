"""The image beside the fields: the pages of the envelope, where the form begins, each field's zone, and what was read in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from backoffice.documents import texts
from backoffice.documents.models import PageText
from backoffice.mailroom.keying import queries, suggesting, zones
from backoffice.mailroom.keying.values import Box, Read, Suggestion
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.states import PageState


@dataclass(frozen=True)
class Image:
    """What stands left of the fields."""

    pages: Sequence[ScanPage]
    current: ScanPage | None
    zones: dict[str, str]
    page_of: dict[str, int]
    suggestions: dict[str, Suggestion]
    form: str


def image(envelope: Envelope, wanted: str = "") -> Image:
    """The pages that are not left out, the one that is asked for (else the form's first), and the zones on them."""
    pages = [page for page in envelope.pages if page.state is not PageState.EXCLUDED] or list(envelope.pages)
    read = queries.texts(pages)
    known = zones.recognised((place, read[page.id].text) for place, page in enumerate(pages) if page.id in read)
    form, first = known or (zones.FORMS[0], 0)
    on = {name: first + zone.page - 1 for name, zone in form.zones.items() if first + zone.page - 1 < len(pages)}
    current = next((page for page in pages if str(page.position) == wanted), pages[first] if pages else None)
    return Image(
        pages, current, {name: _written(pages[place].position, form.zones[name].box) for name, place in on.items()},
        {name: pages[place].position for name, place in on.items()}, _read(form, first, pages, read) if known else {}, form.code,
    )  # fmt: skip


def _written(position: int, box: Box) -> str:
    """A zone as the page's script reads it."""
    return f"{position} {box.left} {box.top} {box.right} {box.bottom}"


def _read(form: zones.Form, first: int, pages: Sequence[ScanPage], read: dict[int, PageText]) -> dict[str, Suggestion]:
    """Nothing is suggested where the form was not recognised: its zones would be of another paper."""
    held = {place: read[page.id] for place, page in enumerate(pages) if page.id in read and first <= place < first + form.pages}
    return suggesting.suggest(form, first, {place: [_word(word) for word in texts.words(text)] for place, text in held.items()})


def _word(word: texts.Word) -> Read:
    return Read(word.text, word.confidence, Box(word.left, word.top, word.right, word.bottom))
