"""Files by their content: a file's name is the SHA-256 of its bytes, so bytes once kept are never altered and never stored twice.

They lie in the store sealed (`core.vault`); whoever keeps or reads one sees its plain bytes only, always checked against
the name. What was kept before files were sealed is read as it is, until `backoffice files encrypt` has sealed it.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from backoffice.core import clock, vault
from backoffice.core.settings import settings
from backoffice.core.vault import Keys

NAME = 64
"""Hexadecimal digits of a name."""


class FileLost(Exception):
    """A file that was kept cannot be read, or its bytes are no longer those that were kept."""


class Opened(vault.Source, Protocol):
    """A stored file being read."""

    def close(self) -> None: ...


class Store(Protocol):
    """Somewhere that keeps bytes under a name."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None: ...
    def open(self, name: str) -> Opened: ...
    def has(self, name: str) -> bool: ...
    def names(self) -> Iterator[str]: ...


class FolderStore:
    """Files in a folder, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where a file stands."""
        return self.folder / name[:2] / name[2:4] / name

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write beside, flush to the disk, then give it its name."""
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, beside = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def open(self, name: str) -> BinaryIO:
        """The stored bytes, or FileLost."""
        try:
            return self.path(name).open("rb")
        except OSError as fault:
            raise FileLost(name) from fault

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return self.path(name).is_file()

    def names(self) -> Iterator[str]:
        """Every file, in order; what a killed writer left beside is none."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
            yield from sorted(one.name for one in path.iterdir() if len(one.name) == NAME)


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


def store() -> Store:
    """Where this installation keeps its files, as they lie there: sealed."""
    return _store(settings().storage_url)


def keys() -> Keys:
    """The keys of the house; a demonstration makes its own, anybody else is told what is missing."""
    path = settings().file_keys
    if settings().demo and not path.exists():
        vault.first_key(path, clock.today().isoformat())
    return vault.keys_in(path)


def keep(data: bytes) -> str:
    """Keep bytes durably and give their SHA-256; the same bytes again cost nothing."""
    name = hashlib.sha256(data).hexdigest()
    if not store().has(name):
        store().write(name, vault.seal(BytesIO(data), name, keys()))
    return name


def keep_file(path: Path) -> str:
    """Keep a file durably and give its SHA-256: whatever its size, little memory."""
    with path.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()
        if not store().has(name):
            file.seek(0)
            store().write(name, vault.seal(_Unchanged(file, name), name, keys()))
    return name


class _Unchanged:
    """A file read a second time; one that became another in between is not kept under the first one's name."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name, self.digest = file, name, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        if not data and self.digest.hexdigest() != self.name:
            raise FileLost(self.name)
        return data


@contextmanager
def opened(name: str) -> Iterator[Iterator[bytes]]:
    """The plain bytes kept under a digest, a piece at a time; the last is given only if all of them are what was kept."""
    with closing(store().open(name)) as source:
        yield _checked(_unsealed(source, name), name)


def _unsealed(source: vault.Source, name: str) -> Iterator[bytes]:
    peeked = source.read(len(vault.MAGIC))
    if not vault.is_sealed(peeked):
        return vault.plain(source, peeked)
    header = vault.read_header(_After(peeked, source))
    assert header is not None  # it is sealed
    return vault.unseal(source, header, name, keys())


class _After:
    """A source whose first bytes were looked at already."""

    def __init__(self, peeked: bytes, source: vault.Source) -> None:
        self.peeked, self.source = peeked, source

    def read(self, size: int, /) -> bytes:
        """The bytes looked at first, then the others."""
        if not self.peeked:
            return self.source.read(size)
        taken, self.peeked = self.peeked[:size], self.peeked[size:]
        return taken


def _checked(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Each piece once the next one stands, so that the last is held back until the whole is proven."""
    digest, held = hashlib.sha256(), b""
    try:
        for piece in pieces:
            digest.update(piece)
            if held:
                yield held
            held = piece
    except vault.VaultError as fault:
        raise FileLost(f"{name}: {fault}") from fault
    if digest.hexdigest() != name:
        raise FileLost(name)
    yield held


def read(name: str) -> bytes:
    """The bytes kept under a digest, checked against it."""
    try:
        with opened(name) as pieces:
            return b"".join(pieces)
    except vault.VaultError as fault:
        raise FileLost(f"{name}: {fault}") from fault


def fetch(name: str, into: Path) -> None:
    """A copy of what is kept under a digest, checked against it, for programs that read files: whatever its size, little memory."""
    try:
        with opened(name) as pieces, into.open("wb") as copy:
            copy.writelines(pieces)
    except BaseException as fault:
        into.unlink(missing_ok=True)
        if isinstance(fault, vault.VaultError):
            raise FileLost(f"{name}: {fault}") from fault
        raise


def reachable() -> None:
    """Raise what keeps the store from answering, or from keeping anything."""
    store().has("0" * NAME)
    keys()


# How the files lie, for the console: sealed or not, and under which key


@dataclass(frozen=True)
class Lying:
    """How one file lies in the store: the id of the key that opens it, None when it is in clear."""

    name: str
    key_id: str | None


def lying(name: str) -> Lying:
    """How a file lies."""
    with closing(store().open(name)) as source:
        try:
            header = vault.read_header(source)
        except vault.VaultError as fault:
            raise FileLost(f"{name}: {fault}") from fault
    return Lying(name, header.key_id if header else None)


def reseal(name: str) -> bool:
    """Bring one file under the key that seals; false when it lies so already.

    What was in clear is sealed, once it is proven to be what its name says; what is sealed gets a new header. The file is
    replaced whole or not at all: a reader has the old one or the new one, and a second run goes on where a killed one stopped.
    """
    ours = keys()
    with closing(store().open(name)) as source:
        try:
            header = vault.read_header(source)
            if header is None:
                return _seal_plain(name)
            if header.key_id == ours.current:
                return False
            store().write(name, vault.rewrap(source, header, name, ours))
        except vault.VaultError as fault:
            raise FileLost(f"{name}: {fault}") from fault
    return True


def _seal_plain(name: str) -> bool:
    with opened(name) as pieces:
        store().write(name, vault.seal(_Pieces(pieces), name, keys()))
    return True


class _Pieces:
    """Pieces as a source."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.left = pieces, b""

    def read(self, size: int, /) -> bytes:
        """The next bytes, fewer than asked for where a piece ends."""
        if not self.left:
            self.left = next(self.pieces, b"")
        taken, self.left = self.left[:size], self.left[size:]
        return taken


def copy_sealed(name: str, into: Path) -> str | None:
    """A copy as it lies, for a backup, proven to open; the id of the key that opens it."""
    with opened(name) as pieces:
        for _piece in pieces:
            pass
    with closing(store().open(name)) as source, into.open("wb") as copy:
        copy.writelines(iter(lambda: source.read(vault.CHUNK), b""))
    return lying(name).key_id


def keep_sealed(path: Path, name: str) -> None:
    """Bring back a copy of a backup: opened with our keys, proven, and sealed anew under the one that seals."""
    if store().has(name):
        return
    with path.open("rb") as source:
        store().write(name, vault.seal(_Pieces(_checked(_unsealed(source, name), name)), name, keys()))
