"""What reading a file gave, in words that a clerk can act on."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.documents.states import TextState
from backoffice.mailroom.pipeline.values import GIVEN_UP, MALWARE, NOT_INSTALLED, UNREACHABLE

REFUSALS = {
    MALWARE: _l("The antivirus recognised malicious software: the file was not opened. Tell the administrator, and ask the sender for paper."),
    GIVEN_UP: _l("The file stopped its reader each time: print it and scan it, or tell the administrator."),
}
"""Beside those of the mailroom's forms, which are what the content itself is refused for."""

WAITS = {
    UNREACHABLE: _l("The antivirus does not answer: the file waits, nothing is opened unscanned."),
    NOT_INSTALLED: _l("No language of text recognition is installed: the pages can be worked on, their words are not found yet."),
}

TEXT_STATES = {
    TextState.WAITING: _l("Text to come"), TextState.DONE: _l("Text recognised"), TextState.FAILED: _l("Text not recognised"),
    TextState.SKIPPED: _l("No text looked for"),
}  # fmt: skip


def why(key: str | None) -> str:
    """Why a file waits."""
    if key is None:
        return ""
    return str(WAITS.get(key) or _("An attempt failed; it will be tried again."))


def antivirus(verdict: str | None) -> str:
    """What the antivirus said of a file."""
    if verdict is None:
        return str(_("Not shown to the antivirus yet"))
    known = {"clean": _("No malware found"), "not_configured": _("No antivirus is configured: checked only for what it is")}
    return str(known.get(verdict) or _("Recognised: %(signature)s", signature=verdict))


def warning(key: str) -> str | None:
    """What reading a file noticed, of what the pipeline itself can notice."""
    name, _colon, rest = key.partition(":")
    words = {
        "two_codes": _("Page %(number)s carries two codes that contradict each other: it routes nothing.", number=rest),
        "wrong_batch": _("The sheet of batch %(number)s was scanned with another batch.", number=rest),
        "unknown_batch": _("Batch %(number)s of the batch sheet is not known.", number=rest),
        "separator_text": _(
            "Page %(number)s reads like a separator sheet whose code could not be read: look whether a document begins after it.", number=rest
        ),
        "locked_parts": _("A password hides a part of the file that is not its pages."),
        "owner_restrictions": _("The file asks its readers not to print or copy it; its pages show."),
        "structure_unread": _("The structure of the file could not be checked; look at each page."),
        "first_frame_only": _("The picture moves: only its first image was taken."),
    }
    return str(words[name]) if name in words else None
