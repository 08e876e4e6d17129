"""Where the fields stand on the paper form, version by version: data, in thousandths of the upright page. Pure.

A version is known by words printed on its first page. What a form does not print has no zone: the image stays where it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backoffice.cases.names import fold
from backoffice.mailroom.keying.values import Box, Zone


@dataclass(frozen=True)
class Form:
    """A version of the paper form: its name, the words by which its first page is known, its pages and its zones."""

    code: str
    words: str
    pages: int
    zones: Mapping[str, Zone]


def _line(top: int, *, left: int = 90, right: int = 660, page: int = 1) -> Zone:
    """The line under a printed question."""
    return Zone(page, Box(left, top, right, top + 28))


DEMONSTRATION = Form(
    code="A-0520-AF (spécimen)", words="DEMANDE DE CERTIFICAT DE SÉLECTION", pages=1,
    zones={
        "principal-family_name": _line(163), "principal-given_names": _line(250), "principal-birth_date": _line(337), "principal-sex": _line(395),
        "principal-birth_country": _line(482), "principal-citizenships": _line(570), "principal-passport_number": _line(657),
        "principal-address_lines": _line(744, right=900), "principal-locality": _line(744, right=900), "principal-address_country": _line(744, right=900),
    },
)  # fmt: skip

FORMS = (DEMONSTRATION,)


def known(code: str) -> Form:
    """A version by its name; the first when the name says nothing."""
    return next((form for form in FORMS if form.code == code), FORMS[0])


def recognised(pages: Iterable[tuple[int, str]]) -> tuple[Form, int] | None:
    """The version of the form, and the place of its first page, by the words read on the pages."""
    for place, text in pages:
        folded = " ".join(fold(text).split())
        for form in FORMS:
            if fold(form.words) in folded:
                return form, place
    return None
