"""The bytes of an upload until they are whole: one file on the disk for each, written in place and flushed before it counts.

The folder is shared by the web processes of a machine, so that another one goes on where a killed one stopped. How much of
a file counts stands in the database; bytes beyond it, left by a kill between the two, are written over.
"""

import hashlib
import os
import time
from pathlib import Path
from uuid import UUID

from backoffice.core.settings import settings


def place(key: UUID) -> Path:
    """Where the bytes of an upload stand."""
    return settings().data_folder / "uploads" / str(key)


def write(key: UUID, offset: int, data: bytes) -> None:
    """Write a part where it belongs, onto the disk itself."""
    path = place(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        rest, at = memoryview(data), offset
        while rest:
            written = os.pwrite(handle, rest, at)
            rest, at = rest[written:], at + written
        os.fsync(handle)
    finally:
        os.close(handle)


def have(key: UUID) -> int:
    """How many bytes of it this machine's disk holds."""
    try:
        return place(key).stat().st_size
    except OSError:
        return 0


def cut(key: UUID, size: int) -> None:
    """Forget what a kill left beyond the file's end."""
    os.truncate(place(key), size)


def digest(key: UUID) -> str:
    """The SHA-256 of what stands there, in little memory."""
    with place(key).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget(key: UUID) -> None:
    """Remove what came: it is kept as a whole file, or a person gave it up."""
    place(key).unlink(missing_ok=True)


OLD_SECONDS = 3600


def tidy(open_keys: set[str]) -> None:
    """Remove what a kill left of uploads that are finished or given up."""
    folder = settings().data_folder / "uploads"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in open_keys and time.time() - path.stat().st_mtime > OLD_SECONDS:
            path.unlink(missing_ok=True)
