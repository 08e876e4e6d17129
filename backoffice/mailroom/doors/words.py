"""What the doors' values are called."""

from flask_babel import LazyString, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.mailroom.doors.states import JobState
from backoffice.mailroom.doors.values import Colour, Fault, Pass, Refusal, ScannerKind, Source

KINDS: dict[ScannerKind, LazyString] = {
    ScannerKind.ESCL: _l("Network scanner (AirScan, eSCL)"),
    ScannerKind.SANE: _l("Scanner of this server (SANE)"),
}
SOURCES: dict[Source, LazyString] = {
    Source.FEEDER: _l("Feeder, one side"),
    Source.DUPLEX: _l("Feeder, both sides"),
    Source.FLATBED: _l("Flatbed, one page"),
}
COLOURS: dict[Colour, LazyString] = {
    Colour.GREY: _l("Shades of grey"),
    Colour.COLOUR: _l("Colours"),
    Colour.LINEART: _l("Black and white"),
}
PASSES: dict[Pass, LazyString] = {
    Pass.WHOLE: _l("All the pages at once"),
    Pass.FRONTS: _l("First pass: the fronts only"),
    Pass.BACKS: _l("Second pass: the backs, the pile turned over"),
}
JOBS: dict[JobState, tuple[LazyString, str]] = {
    JobState.WAITING: (_l("Waits for the scanner"), ""),
    JobState.RUNNING: (_l("Scanning"), ""),
    JobState.HELD: (_l("Waits for you"), "warn"),
    JobState.DONE: (_l("Scanned"), "ok"),
    JobState.STOPPED: (_l("Stopped"), "bad"),
    JobState.CANCELLED: (_l("Cancelled"), "quiet"),
}
FAULTS: dict[Fault, LazyString] = {
    Fault.BUSY: _l("The scanner works for somebody else. Try again when it is free."),
    Fault.JAM: _l("Paper is jammed in the scanner. The pages that came are kept: free the paper and scan the sheets that are left."),
    Fault.EMPTY: _l("The feeder is empty. Put the sheets in and ask again."),
    Fault.COVER: _l("The scanner is open or stopped. Close its cover, look at its screen, then scan the sheets that are left."),
    Fault.OFFLINE: _l("The scanner does not answer. See that it is on and plugged in; the pages that came are kept."),
    Fault.REFUSED: _l("The scanner refuses these settings. Choose others, or check the scanner in the list."),
    Fault.SLOW: _l("The scanner has sent nothing for two minutes. The pages that came are kept: look at its screen and scan what is left."),
    Fault.STRANGE: _l("The scanner answered something that is no page. The pages before it are kept; tell the administrator if it happens again."),
    Fault.TOO_LARGE: _l("The scanner sent more than a page can be. Choose a lower resolution."),
    Fault.MISSING: _l("The program that speaks to this scanner is not installed on the server: tell the administrator."),
    Fault.INTERRUPTED: _l("The scan was interrupted. The pages that came are kept: compare the last one with the sheets."),
    Fault.HOME_CLOSED: _l("The envelope or batch was closed meanwhile. The pages are kept: reopen it, then file them."),
    Fault.COUNTS_DIFFER: _l("The two passes do not have the same number of pages. Both are kept: scan the backs again, or file each pass alone."),
}
REFUSALS: dict[Refusal, LazyString] = {
    Refusal.LINK: _l("It is a link to another place, which is never followed. Put the file itself into the folder."),
    Refusal.TOO_LARGE: _l("It is larger than 500 MB. Scan it in parts."),
    Refusal.UNREADABLE: _l("The server may not read it. Have its rights changed; it is taken as soon as it can be read."),
    Refusal.NO_HOME: _l("The folder’s name is no batch and no envelope. Rename it, for instance to L-2016-00007 or E-2016-00012."),
    Refusal.HOME_CLOSED: _l("Its envelope or batch does not exist or is closed. It is taken as soon as that is open."),
    Refusal.SUBFOLDER: _l("There is a folder inside the folder. Put the files themselves into the folder of the batch or envelope."),
    Refusal.GREW: _l("It went on growing after it was taken. What came later was taken beside the first: look which of the two is whole."),
    Refusal.META_MISSING: _l("The list of its pieces, metadata.json, is missing."),
    Refusal.META_JSON: _l("The list of its pieces, metadata.json, cannot be read."),
    Refusal.META_FIELD: _l("The list of its pieces lacks a field, or holds a value that is none."),
    Refusal.META_TOO_LONG: _l("A field of the list of its pieces is too long."),
    Refusal.META_TYPE: _l("The list names a type of piece that nobody knows here."),
    Refusal.META_DUPLICATE: _l("A control number stands for two pieces."),
    Refusal.META_FILES: _l("The files listed are not the files that came."),
    Refusal.META_AGAIN: _l("This envelope was taken before."),
    Refusal.REFUSED: _l("It was refused."),
}


def fault(value: str) -> str:
    """Why a scanner stopped, in a sentence."""
    return str(FAULTS[Fault(value)])


def size(count: int) -> str:
    """How large a file is, as a person says it."""
    if count < 1_000_000:
        return str(_("%(size)s kB", size=format_decimal(max(1, round(count / 1000)))))
    return str(_("%(size)s MB", size=format_decimal(round(count / 1_000_000, 1))))
