"""A file that a caseworker attaches: shown to the antivirus, read for what it really is, then kept by its digest."""

import tempfile
from pathlib import Path

import structlog
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice.core import antivirus, files, scans
from backoffice.mail.threads.errors import FileRefused
from backoffice.mail.values import NewFile

log = structlog.get_logger()

LIMIT = 25 * 1024 * 1024
MOST = 10
"""Files of one message."""


def take(sent: FileStorage) -> NewFile:
    """Keep a file for a message, or say why not; one that the antivirus could not see is not taken."""
    data = sent.stream.read(LIMIT + 1)
    name = (sent.filename or "document").replace("\x00", "").replace("/", "_").replace("\\", "_")[-200:]
    if len(data) > LIMIT:
        raise FileRefused(_("%(name)s is too large: a file has at most 25 MB.", name=name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "attached"
        path.write_bytes(data)
        _scan(path, name)
        found = scans.inspect(path, name=name)
        if isinstance(found, scans.Refused):
            raise FileRefused(_("%(name)s was not attached: send a whole PDF, TIFF, JPEG or PNG file.", name=name))
    return NewFile("attachment", name, found.media_type, len(data), files.keep(data))


def _scan(path: Path, name: str) -> None:
    if not (where := antivirus.address()):
        return
    try:
        verdict = antivirus.scan(path, where)
    except antivirus.Unreachable as fault:
        log.warning("antivirus unreachable, the file is not attached", why=str(fault))
        raise FileRefused(_("The antivirus does not answer: %(name)s was not attached. Try again in a moment.", name=name)) from fault
    if not verdict.clean:
        log.warning("malware recognised in a file to attach", signature=verdict.signature)
        raise FileRefused(_("The antivirus recognised malicious software in %(name)s: it was not attached.", name=name))
