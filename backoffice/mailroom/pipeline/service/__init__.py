"""Operations on scanned files: received, read page by page, routed when whole, recognised, made into an archive copy."""

from backoffice.mailroom.pipeline.service.archiving import archive_pdf
from backoffice.mailroom.pipeline.service.receiving import keep, receive, retry, set_aside
from backoffice.mailroom.pipeline.service.recognising import recognise_again, recognised, unrecognised
from backoffice.mailroom.pipeline.service.taking import begin, expect, note_antivirus, park, take_pages
from backoffice.mailroom.pipeline.service.whole import finish

__all__ = [
    "archive_pdf",
    "begin",
    "expect",
    "finish",
    "keep",
    "note_antivirus",
    "park",
    "receive",
    "recognise_again",
    "recognised",
    "retry",
    "set_aside",
    "take_pages",
    "unrecognised",
]
