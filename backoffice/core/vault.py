"""How a kept file lies in the store: sealed under a key of its own, which is sealed under a key of the house.

A sealed file is a header and chunks. The header names the house's key (the key-encryption key) by its id and carries the
file's own key, wrapped under it; changing the house's key rewrites the header and never the chunks. Every chunk is sealed
with AES-256-GCM; its nonce says its place and whether it is the last (the STREAM construction), and all are bound to the
file's name, so that a chunk altered, moved, cut off, or taken from another file is noticed before it is given to anybody.
"""

import base64
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"CSQVAULT\x01"
"""What a sealed file begins with; the last byte is the version of the format."""

CHUNK: Final = 64 * 1024
TAG: Final = 16
NONCE: Final = 12
KEY: Final = 32
LONGEST_ID: Final = 32

MADE_BY = "`backoffice files new-key` makes one; a key that was lost cannot be made again"


class VaultError(Exception):
    """A sealed file does not open: something of it was altered, or it is not the file of this name."""


class KeyMissing(VaultError):
    """The key that a file was sealed under is not among ours."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key «{key_id}» is not in FILE_KEYS: put the file of keys back before anything else")
        self.key_id = key_id


class NoKeys(Exception):
    """There is no key to seal with; nothing is ever kept in clear for want of one."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"FILE_KEYS: {path} {why}. Received files are only kept encrypted; {MADE_BY}.")


class Source(Protocol):
    """Something that bytes are read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Keys:
    """The keys of the house by id; the first one seals, all of them open."""

    by_id: dict[str, bytes]

    @property
    def current(self) -> str:
        """The id of the one that seals."""
        return next(iter(self.by_id))

    def key(self, key_id: str) -> AESGCM:
        """One of them."""
        if key_id not in self.by_id:
            raise KeyMissing(key_id)
        return AESGCM(self.by_id[key_id])


@dataclass(frozen=True)
class Header:
    """What stands before the chunks: the house's key, and the file's own key wrapped under it."""

    key_id: str
    nonce: bytes
    wrapped: bytes

    def __bytes__(self) -> bytes:
        """As it is written."""
        return _front(self.key_id) + self.nonce + self.wrapped


def _front(key_id: str) -> bytes:
    return MAGIC + bytes([len(key_id)]) + key_id.encode("ascii")


def is_sealed(beginning: bytes) -> bool:
    """Whether these are the first bytes of a sealed file; others were kept before files were sealed."""
    return beginning.startswith(MAGIC)


def read_header(source: Source) -> Header | None:
    """The header at the beginning of a file; None when the file is not sealed."""
    if not is_sealed(source.read(len(MAGIC))):
        return None
    size = source.read(1)
    key_id = source.read(size[0] if size else 0)
    nonce, wrapped = source.read(NONCE), source.read(KEY + TAG)
    if not key_id.isascii() or not key_id or len(wrapped) != KEY + TAG:
        raise VaultError("the header is damaged")
    return Header(key_id.decode("ascii"), nonce, wrapped)


def _wrap(data_key: bytes, name: str, keys: Keys) -> Header:
    nonce, key_id = os.urandom(NONCE), keys.current
    return Header(key_id, nonce, keys.key(key_id).encrypt(nonce, data_key, _front(key_id) + name.encode()))


def _unwrap(header: Header, name: str, keys: Keys) -> bytes:
    try:
        return keys.key(header.key_id).decrypt(header.nonce, header.wrapped, _front(header.key_id) + name.encode())
    except InvalidTag:
        raise VaultError("the header was altered, or is of another file") from None


def _nonce(place: int, *, last: bool) -> bytes:
    """A key of its own for each file: its chunks are told apart by their place, and the last by being the last."""
    return struct.pack(">7xIB", place, last)


def seal(source: Source, name: str, keys: Keys) -> Iterator[bytes]:
    """A file sealed for its name, a piece at a time: whatever its size, little memory."""
    data_key = os.urandom(KEY)
    yield bytes(_wrap(data_key, name, keys))
    cipher, bound = AESGCM(data_key), name.encode()
    for place, (chunk, last) in enumerate(_chunks(source, CHUNK)):
        yield cipher.encrypt(_nonce(place, last=last), chunk, bound)


def unseal(source: Source, header: Header, name: str, keys: Keys) -> Iterator[bytes]:
    """The bytes of a sealed file, after its header was read; each piece is proven before it is given."""
    cipher, bound = AESGCM(_unwrap(header, name, keys)), name.encode()
    for place, (chunk, last) in enumerate(_chunks(source, CHUNK + TAG)):
        try:
            yield cipher.decrypt(_nonce(place, last=last), chunk, bound)
        except InvalidTag:
            raise VaultError("a piece was altered, moved or cut off") from None


def rewrap(source: Source, header: Header, name: str, keys: Keys) -> Iterator[bytes]:
    """The same sealed file under the key that now seals: a new header, and its chunks as they are."""
    yield bytes(_wrap(_unwrap(header, name, keys), name, keys))
    for chunk, _last in _chunks(source, CHUNK + TAG):
        yield chunk


def _chunks(source: Source, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last; an empty file is one empty piece."""
    piece = _whole(source, size)
    while following := _whole(source, size):
        yield piece, False
        piece = following
    yield piece, True


def _whole(source: Source, size: int) -> bytes:
    """So many bytes, or all that is left: a source may give fewer than it was asked for."""
    found = source.read(size)
    while len(found) < size and (more := source.read(size - len(found))):
        found += more
    return found


def plain(source: Source, beginning: bytes) -> Iterator[bytes]:
    """The bytes of a file that was kept before files were sealed."""
    return chain([beginning], iter(lambda: source.read(CHUNK), b""))


# The file of keys


def keys_in(path: Path) -> Keys:
    """The keys of the file as it stands now: a rotation beside a running product is seen at the next file."""
    try:
        written = path.stat()
    except OSError:
        raise NoKeys(path, "is not there") from None
    return _read(path, written.st_mtime_ns, written.st_size, written.st_ino)


@lru_cache(maxsize=8)
def _read(path: Path, *_version: int) -> Keys:
    try:
        listed = json.loads(path.read_bytes())["keys"]
        by_id = {str(one["id"]): base64.b64decode(one["key"], validate=True) for one in listed}
    except (OSError, ValueError, KeyError, TypeError):
        raise NoKeys(path, "is not a file of keys, or may not be read") from None
    if not by_id or any(len(key) != KEY for key in by_id.values()) or not all(_is_id(key_id) for key_id in by_id):
        raise NoKeys(path, "carries no key of 256 bits")
    return Keys(by_id)


def _is_id(key_id: str) -> bool:
    return 0 < len(key_id) <= LONGEST_ID and key_id.isascii() and key_id.isprintable()


def new_key(path: Path, day: str) -> str:
    """Put a new key first in the file, which is made if need be; the older ones stay, they open what they sealed."""
    known = dict(keys_in(path).by_id) if path.exists() else {}
    key_id = _new_id(day)
    write_keys(path, Keys({key_id: os.urandom(KEY), **known}))
    return key_id


def _new_id(day: str) -> str:
    """The day it was made, and a few letters: two installations never name two keys alike."""
    return f"{day}-{os.urandom(3).hex()}"


def first_key(path: Path, day: str) -> bool:
    """Make the file with one key where there is none (a new instance on one machine); two at once make one."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = _beside(path, Keys({_new_id(day): os.urandom(KEY)}))
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def write_keys(path: Path, keys: Keys) -> None:
    """Replace the file, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _beside(path, keys).replace(path)


def _beside(path: Path, keys: Keys) -> Path:
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    listed = [{"id": key_id, "key": base64.b64encode(key).decode()} for key_id, key in keys.by_id.items()]
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"keys": listed}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return beside


def without(keys: Keys, key_ids: Sequence[str]) -> Keys:
    """The keys less some of them; the one that seals stays."""
    return Keys({key_id: key for key_id, key in keys.by_id.items() if key_id == keys.current or key_id not in key_ids})
