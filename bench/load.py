"""The clients of an opening day: each sends one request after the other over its own connection, and times every answer."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

PATIENCE_SECONDS = 60.0
"""As long as a client tries again what was not answered, or answered with 503."""

AGAIN = frozenset({0, 408, 500, 502, 503})
"""What makes a client send the same once more: a broken wire (0) and what is no verdict on what it sent."""


@dataclass(frozen=True)
class Call:
    """One request, whole, as bytes; `name` tells it from the others."""

    name: str
    data: bytes


@dataclass
class Answered:
    """What came back: status, body, how long the last attempt took, in seconds, and what the attempts before it met (0: a broken wire)."""

    name: str
    status: int
    body: bytes
    seconds: float
    attempts: int = 1
    failures: tuple[int, ...] = ()
    waited: float = 0.0

    def json(self) -> dict:
        """The body read."""
        return json.loads(self.body)


@dataclass
class Result:
    """A whole run."""

    answers: list[Answered] = field(default_factory=list)
    seconds: float = 0.0

    def latency(self, share: float) -> float:
        """The latency below which this share of the answers came, in milliseconds."""
        ordered = sorted(one.seconds for one in self.answers)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds


def post(host: str, path: str, key: str, body: bytes, name: str = "") -> Call:
    """A POST of JSON, keep-alive."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Call(name, head.encode() + body)


def get(host: str, path: str, key: str, name: str = "") -> Call:
    """A GET, keep-alive."""
    return Call(name, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\r\n".encode())


def run(
    host: str, port: int, clients: Sequence[Sequence[Call]], *, insist: bool = False, watch: Callable[[int], None] | None = None, pulse: float = 0.2
) -> Result:
    """Let every client send its calls, all clients at once; those who insist try again what failed, like people do."""
    with ThreadPoolExecutor(1) as apart:  # whoever asks may have a loop of its own
        return apart.submit(asyncio.run, _run(host, port, clients, insist=insist, watch=watch, pulse=pulse)).result()


async def _run(host: str, port: int, clients: Sequence[Sequence[Call]], *, insist: bool, watch: Callable[[int], None] | None, pulse: float) -> Result:
    result, begun = Result(), time.perf_counter()
    crowd = asyncio.gather(*(_client(host, port, calls, result, insist=insist) for calls in clients if calls))
    while not crowd.done():
        await asyncio.wait([crowd], timeout=pulse)
        if watch:
            watch(len(result.answers))
    result.seconds = time.perf_counter() - begun
    await crowd
    return result


async def _client(host: str, port: int, calls: Iterable[Call], result: Result, *, insist: bool) -> None:
    wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for call in calls:
        first = time.perf_counter()
        failures: list[int] = []
        while True:
            begun = time.perf_counter()
            try:
                wire = wire or await asyncio.wait_for(asyncio.open_connection(host, port), 10)
                status, body = await asyncio.wait_for(_exchange(wire, call), 20)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                status, body, wire = 0, b"", _closed(wire)
            if status not in AGAIN or not insist or time.perf_counter() > first + PATIENCE_SECONDS:
                break
            failures.append(status)
            await asyncio.sleep(random.uniform(0.1, 0.5))
        now = time.perf_counter()
        result.answers.append(Answered(call.name, status, body, now - begun, 1 + len(failures), tuple(failures), now - first))
    _closed(wire)


def _closed(wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None) -> None:
    if wire:
        wire[1].close()


async def _exchange(wire: tuple[asyncio.StreamReader, asyncio.StreamWriter], call: Call) -> tuple[int, bytes]:
    reader, writer = wire
    writer.write(call.data)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    size = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return status, await reader.readexactly(size)
