"""Files are shown to an antivirus before any parser touches them: clamd, by its INSTREAM command.

`CLAMD_ADDRESS` is `host:port` or the path of a socket. Without it nothing is scanned, which is said wherever it matters;
with it, a file that could not be scanned waits: it never passes unscanned.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 120.0
MOST_ANSWER = 4096


class Unreachable(Exception):
    """The antivirus that is configured does not answer, or answers that it cannot scan; the message says which."""


@dataclass(frozen=True)
class Verdict:
    """What the antivirus said: the name of the signature that it recognised, if it did."""

    signature: str | None

    @property
    def clean(self) -> bool:
        """Whether nothing was recognised."""
        return self.signature is None


def address() -> str | None:
    """Where the antivirus is, if one is configured."""
    return os.environ.get("CLAMD_ADDRESS") or None


def scan(path: Path, where: str) -> Verdict:
    """Show a file to the antivirus, a piece at a time."""
    try:
        with closing(_connect(where)) as connection, path.open("rb") as file:
            connection.sendall(b"zINSTREAM\x00")
            answer = _send(connection, file) or _answer(connection)
    except OSError as fault:
        raise Unreachable(type(fault).__name__) from fault
    return _verdict(answer)


def version(where: str) -> str:
    """What the antivirus says of itself and of its signatures."""
    try:
        with closing(_connect(where)) as connection:
            connection.sendall(b"zVERSION\x00")
            return _answer(connection)
    except OSError as fault:
        raise Unreachable(type(fault).__name__) from fault


def _connect(where: str) -> socket.socket:
    if "/" in where:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(where.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
    else:
        host, _colon, port = where.removeprefix("tcp://").rpartition(":")
        if not port.isdecimal():
            raise Unreachable("CLAMD_ADDRESS is host:port or the path of a socket")
        connection = socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _send(connection: socket.socket, file: BinaryIO) -> str | None:
    """The whole file, each piece behind its length; an antivirus that will take no more says why before it hangs up."""
    try:
        for piece in _pieces(file):
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        if said := _answer(connection):
            return said
        raise
    return None


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _answer(connection: socket.socket) -> str:
    said = b""
    while b"\x00" not in said and len(said) < MOST_ANSWER:
        piece = connection.recv(1024)
        if not piece:
            break
        said += piece
    return said.partition(b"\x00")[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    _stream, _colon, words = answer.partition(": ")
    if words == "OK":
        return Verdict(None)
    if words.endswith(" FOUND"):
        return Verdict(words.removesuffix(" FOUND")[:200])
    raise Unreachable(answer[:200] or "no answer")
