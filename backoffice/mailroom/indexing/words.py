"""Reasons in words, as a clerk reads them beside a suggestion."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.mailroom.indexing.values import Clue, DayClue, Reason, Source, Why

WHY = {
    Why.NUMBER: _l("file number"), Why.HERE: _l("other pages of this envelope are filed there"), Why.PASSPORT: _l("same passport"),
    Why.BIRTH: _l("same birth date"), Why.NAME_SAME: _l("same name"), Why.NAME_ORDER: _l("same name, in another order"),
    Why.NAME_LETTER: _l("name with one letter different"), Why.NAME_PART: _l("part of the name"),
    Why.NAME_SOUND: _l("same name, spelled otherwise"), Why.NAME_NEAR: _l("similar name"), Why.REQUEST: _l("request for documents open"),
    Why.AMOUNT: _l("the exact amount of the fees owing"), Why.FEE: _l("fees owing"), Why.DONE: _l("case finished"),
}  # fmt: skip
"""What each reason says."""


def sentence(reason: Reason) -> str:
    """A reason with the place of its clue: « même nom (page 2, reconnue à 87 %) »."""
    place = _place(reason.clue) if reason.clue else ""
    return f"{WHY[reason.why]} ({place})" if place else str(WHY[reason.why])


def _place(clue: Clue | DayClue) -> str:
    if clue.source is not Source.PAGE:
        return str({Source.SENDER: _("sender"), Source.PAYER: _("payer of the instrument"), Source.TYPED: ""}[clue.source])
    if clue.page is None:
        return str(_("on the pages"))
    if clue.confidence is None:
        return str(_("page %(number)s", number=clue.page))
    return str(_("page %(number)s, read at %(percent)s%%", number=clue.page, percent=clue.confidence))
