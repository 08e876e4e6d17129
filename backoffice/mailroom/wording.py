"""Differences in words: each names itself, and says where."""

from collections.abc import Callable, Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core import formats
from backoffice.mailroom.balancing import Difference, Off


def sentence(one: Difference) -> str:
    """A difference as a clerk reads it; with the envelope before it when it is one of a batch's."""
    said = _WORDS[one.what](one)
    return _("%(where)s: %(what)s", where=one.where, what=said) if one.where else said


def sentences(differences: Iterable[Difference]) -> list[str]:
    """All of them."""
    return [sentence(one) for one in differences]


def _pages(one: Difference) -> str:
    return ", ".join(map(str, one.pages))


_WORDS: dict[Off, Callable[[Difference], str]] = {
    Off.NOT_READ: lambda d: ngettext("%(num)s file not read yet", "%(num)s files not read yet", d.found),
    Off.PARKED: lambda d: ngettext("%(num)s file parked", "%(num)s files parked", d.found),
    Off.TO_FILE: lambda d: ngettext("%(num)s page to file", "%(num)s pages to file", d.found),
    Off.MISSING: lambda d: _("%(expected)s sheets counted, %(found)s scanned: too few", expected=d.expected, found=d.found),
    Off.EXTRA: lambda d: _("%(expected)s sheets counted, %(found)s scanned: too many", expected=d.expected, found=d.found),
    Off.LOST: lambda d: _("pages of the file that are nowhere: %(pages)s (of %(expected)s)", pages=_pages(d), expected=d.expected),
    Off.UNEVEN: lambda d: _("scanned on both sides, and yet %(found)s pages: a side is missing", found=d.found),
    Off.DUPLICATE: lambda d: _("the very same picture came twice: page %(pages)s", pages=_pages(d)),
    Off.DISORDER: lambda d: _("out of the order of its file: page %(pages)s", pages=_pages(d)),
    Off.STRAY: lambda d: _("its sheet in the pile and its place differ: page %(pages)s of the file", pages=_pages(d)),
    Off.ENVELOPES: lambda d: _("%(expected)s envelopes declared, %(found)s in the batch", expected=d.expected, found=d.found),
    Off.SHEETS: lambda d: _("%(expected)s sheets declared, %(found)s scanned in the batch", expected=d.expected, found=d.found),
    Off.SEPARATORS: lambda d: _("%(expected)s separators declared, %(found)s found", expected=d.expected, found=d.found),
    Off.CHEQUES: lambda d: _("%(expected)s payments declared, %(found)s listed", expected=d.expected, found=d.found),
    Off.DOLLARS: lambda d: _(
        "%(expected)s declared, %(found)s listed", expected=formats.money(d.expected), found=formats.money(d.found)
    ),
}  # fmt: skip
