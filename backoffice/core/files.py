"""Files by their content: a file's name is its SHA-256, so bytes once kept are never altered and never stored twice."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from backoffice.core.settings import settings


class FileLost(Exception):
    """A file that was kept cannot be read, or its bytes are no longer those that were kept."""


class Store(Protocol):
    """Somewhere that keeps bytes under a name."""

    def put(self, name: str, data: bytes) -> None: ...
    def get(self, name: str) -> bytes: ...
    def fetch(self, name: str, into: Path) -> None: ...
    def has(self, name: str) -> bool: ...


class FolderStore:
    """Files in a folder, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where a file stands."""
        return self.folder / name[:2] / name[2:4] / name

    def put(self, name: str, data: bytes) -> None:
        """Write beside, flush to the disk, then give it its name."""
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, beside = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(target)

    def get(self, name: str) -> bytes:
        """The bytes, or FileLost."""
        try:
            return self.path(name).read_bytes()
        except OSError as fault:
            raise FileLost(name) from fault

    def fetch(self, name: str, into: Path) -> None:
        """A copy of the file, without holding it in memory."""
        try:
            shutil.copyfile(self.path(name), into)
        except OSError as fault:
            raise FileLost(name) from fault

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return self.path(name).is_file()


@cache
def _store(url: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        from backoffice.core.buckets import BucketStore  # noqa: PLC0415 - its client takes half a second that a folder needs not

        prefix = parts.path.strip("/")
        return BucketStore(parts.netloc, f"{prefix}/" if prefix else "")
    raise ValueError("STORAGE_URL must start with file:// or s3://")


def keep(data: bytes) -> str:
    """Keep bytes durably and give their SHA-256; the same bytes again cost nothing."""
    name = hashlib.sha256(data).hexdigest()
    store = _store(settings().storage_url)
    if not store.has(name):
        store.put(name, data)
    return name


def read(name: str) -> bytes:
    """The bytes kept under a digest, checked against it."""
    data = _store(settings().storage_url).get(name)
    if hashlib.sha256(data).hexdigest() != name:
        raise FileLost(name)
    return data


def fetch(name: str, into: Path) -> None:
    """A copy of what is kept under a digest, checked against it, for programs that read files: whatever its size, little memory."""
    _store(settings().storage_url).fetch(name, into)
    with into.open("rb") as copy:
        if hashlib.file_digest(copy, "sha256").hexdigest() != name:
            raise FileLost(name)


def keep_file(path: Path) -> str:
    """Keep a file durably and give its SHA-256."""
    with path.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()
    if not _store(settings().storage_url).has(name):
        keep(path.read_bytes())
    return name


def reachable() -> None:
    """Raise what keeps the store from answering."""
    _store(settings().storage_url).has("0" * 64)
