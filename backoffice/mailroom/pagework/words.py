"""Work on pages in words."""

from flask_babel import lazy_gettext as _l

from backoffice.mailroom.pagework.values import EditKind

KINDS = {
    EditKind.TURN: _l("Pages turned"), EditKind.SPLIT: _l("Split"), EditKind.MERGE: _l("Put together"), EditKind.PLACE: _l("Page put elsewhere"),
    EditKind.MOVE: _l("Pages put into another envelope"), EditKind.EXCLUDE: _l("Pages left out"), EditKind.RESTORE: _l("Pages taken back"),
    EditKind.RESCAN: _l("Page scanned again"), EditKind.UNDO: _l("Undone"),
}  # fmt: skip


def kind(value: str) -> str:
    """What was done, in words."""
    return str(KINDS[EditKind(value)])
