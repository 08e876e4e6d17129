"""Words of the paper: places, looks, states, and what keeps paper from being destroyed."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core.calendar import montreal_day
from backoffice.mailroom.custody import rules
from backoffice.mailroom.custody.models import ScanDeclaration
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import Drawn, Look, Obstacle, PaperKind, PlaceKind

PLACES = {
    PlaceKind.DESK: _l("Desk"), PlaceKind.BOX: _l("Box"), PlaceKind.SHELF: _l("Shelf"), PlaceKind.PERSON: _l("Person"),
    PlaceKind.SENT_BACK: _l("Sent back to the sender"), PlaceKind.DESTROYED: _l("Destroyed"), PlaceKind.VOID: _l("Listed by mistake"),
}  # fmt: skip
PAPERS = {PaperKind.ENVELOPE: _l("Envelope"), PaperKind.PIECE: _l("Piece")}
LOOKS = {
    Look.GOOD: _l("Good"), Look.ILLEGIBLE: _l("Illegible"), Look.TURNED: _l("Turned the wrong way"), Look.BLANK: _l("Blank where it should not be"),
    Look.DUPLICATE: _l("Scanned twice"),
}  # fmt: skip
DRAWN = {Drawn.FIRST: _l("First page"), Drawn.SAMPLE: _l("Sample")}
STATES = {
    DeclarationState.DRAFT: _l("To be signed by the operator"), DeclarationState.SIGNED: _l("To be controlled"),
    DeclarationState.SEALED: _l("Signed by both"), DeclarationState.GIVEN_UP: _l("Declaration given up"),
}  # fmt: skip


def obstacle(one: Obstacle, declaration: ScanDeclaration) -> str:
    """Why paper may not be destroyed, in words."""
    if one is Obstacle.TOO_EARLY and declaration.sealed_at:
        sealed_on = montreal_day(declaration.sealed_at)
        return str(
            _("its delay of %(days)s days runs until %(day)s", days=rules.delay_on(sealed_on).days, day=rules.first_day(sealed_on).isoformat())
        )
    said = {
        Obstacle.NOT_SEALED: _("its declaration is not signed by both"), Obstacle.HELD: _("a legal hold is on one of its envelopes"),
        Obstacle.ORIGINALS: _("originals that must go back are still in the house"), Obstacle.GONE: _("nothing of it is in the house"),
    }  # fmt: skip
    return str(said[one])
