"""Operations of the doors."""

from backoffice.mailroom.doors.service.folder import refuse_dropped, settle_dropped, take_dropped
from backoffice.mailroom.doors.service.passes import join_files
from backoffice.mailroom.doors.service.scanners import add_scanner, note_check, retire_scanner
from backoffice.mailroom.doors.service.scanning import ask_scan, begin_job, cancel_job, end_job, keep_page, show_life
from backoffice.mailroom.doors.service.uploads import begin_upload, discard_upload, finish_upload, take_part

__all__ = [
    "add_scanner", "ask_scan", "begin_job", "begin_upload", "cancel_job", "discard_upload", "end_job", "finish_upload", "join_files",
    "keep_page", "note_check", "refuse_dropped", "retire_scanner", "settle_dropped", "show_life", "take_dropped", "take_part",
]  # fmt: skip
