"""The door of the web servers: a request is let in once it is whole, so that nobody slow, silent or huge holds up the others.

Granian (RSGI) hands us each request as soon as its head is read. The body is waited for here, where waiting costs nothing,
within its size and its time; then Flask is called: at once for a submission, which only has to be read, checked and handed
to the writer, otherwise in one of a few threads. More than can be served is told so immediately (503, `Retry-After`).
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from io import BytesIO
from typing import IO, Protocol, TypeVar, cast
from urllib.parse import unquote_to_bytes

from flask import Flask
from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]  # public, and not said to be
from sqlalchemy.exc import SQLAlchemyError

from backoffice.core.problems import TYPE
from backoffice.intake.acknowledgments import encode
from backoffice.intake.api import LATER, WHOLE
from backoffice.intake.errors import SubmissionConflict
from backoffice.intake.schema import LIMIT
from backoffice.intake.values import Answer, Arriving
from backoffice.intake.writer import Outcome, Writer
from backoffice.staff import guard
from backoffice.staff.guard import AGAIN

SUBMISSIONS = "/api/v1/submissions"
BODY_LIMIT = 101 * 1024 * 1024
"""100 MB of files in a request (contract), and the form around them."""
IN_MEMORY = 1024 * 1024
KEPT = frozenset({int(HTTPStatus.BAD_REQUEST), int(HTTPStatus.UNPROCESSABLE_ENTITY)})
"""Refusals of form, which are kept (`intake.service.kept`)."""
MOST_INSIDE = 4_000
"""Requests let in at once, whole or still arriving."""
MOST_IN_LINE = 400
"""Requests that wait for one of the threads."""
FIRST_SECONDS, BYTES_A_SECOND = float(os.environ.get("BACKOFFICE_BODY_SECONDS") or 10), 20_000
"""A body has ten seconds, and then as long as it keeps coming at the pace of a bad telephone line."""
PATIENCE_SECONDS = 4.5
"""A submission is answered within this, were it only «send again»: the writer gives up before, and this stands behind it."""
PAGE_SECONDS = 60.0
"""Nobody waits longer for anything else: a thread that a database keeps would otherwise keep its caller too."""
ALIVE = "/healthz"

T = TypeVar("T")
Headers = list[tuple[str, str]]
Reply = tuple[int, Headers, bytes]


class Scope(Protocol):
    """What Granian tells of a request."""

    method: str
    path: str
    query_string: str
    scheme: str
    server: str
    client: str
    http_version: str
    headers: "HeaderMap"


class HeaderMap(Protocol):
    """The names are in lower case."""

    def items(self) -> Iterable[tuple[str, str]]: ...
    def get(self, name: str) -> str | None: ...


class Wire(Protocol):
    """The request's body, and the way back."""

    def __aiter__(self) -> "Wire": ...
    async def __anext__(self) -> bytes: ...
    async def __call__(self) -> bytes: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


class Later:
    """A seat in the next batch: a submission that was read and checked, and the promise of its answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, writer: Writer) -> None:
        self._loop, self._writer = loop, writer
        self.promise: asyncio.Future[Outcome] | None = None

    def hand_over(self, arriving: Arriving) -> None:
        """Give the arrival to the writer; what the view returns then is not sent."""
        self.promise = self._loop.create_future()
        self._writer.put(self.promise, arriving)


class Door:
    """An RSGI application around Flask's."""

    def __init__(self, app: Flask, threads: int = 4) -> None:
        self._app = app
        self._pages = _Threads(threads, "page")
        self._porters = _Threads(2, "porter")
        self._inside = 0
        self._asked: dict[str, asyncio.Future[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: Writer | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Granian says which loop is ours."""
        self._loop = loop

    async def __rsgi__(self, scope: Scope, wire: Wire) -> None:
        """One request, from its head to its answer."""
        if self._inside >= MOST_INSIDE:
            wire.response_bytes(*_problem(scope, HTTPStatus.SERVICE_UNAVAILABLE))
            return
        self._inside += 1
        try:
            wire.response_bytes(*await self._serve(scope, wire))
        finally:
            self._inside -= 1

    async def _serve(self, scope: Scope, wire: Wire) -> Reply:
        submission = scope.method == "POST" and scope.path == SUBMISSIONS
        limit, size = (LIMIT if submission or _is_json(scope) else BODY_LIMIT), _size(scope)
        if size is not None and size > limit:
            return _problem(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            body = await self._body(wire, limit, size)
        except TimeoutError:
            return _problem(scope, HTTPStatus.REQUEST_TIMEOUT)
        except (ProtocolClosed, ProtocolError):  # its sender left, or sent less than it had announced
            return _problem(scope, HTTPStatus.BAD_REQUEST)
        if body is None:
            return _problem(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS if submission else PAGE_SECONDS):
                return await (self._submission(scope, body) if submission else self._page(scope, body))
        except (TimeoutError, _TooMany, SQLAlchemyError):
            return _problem(scope, HTTPStatus.SERVICE_UNAVAILABLE)

    async def _body(self, wire: Wire, limit: int, size: int | None) -> IO[bytes] | None:
        """The whole body, in memory if it is small; None if it is larger than what is accepted."""
        if size is not None and size <= IN_MEMORY:
            async with asyncio.timeout(FIRST_SECONDS + size / BYTES_A_SECOND):
                return BytesIO(await wire())
        return await self._large(wire, limit)

    async def _large(self, wire: Wire, limit: int) -> IO[bytes] | None:
        """A body of unknown or great size, to a temporary file, as long as it keeps coming."""
        into = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the request
        begun, many = asyncio.get_running_loop().time(), 0
        async with asyncio.timeout(FIRST_SECONDS) as clock:
            async for chunk in wire:
                many += len(chunk)
                if many > limit:
                    return None
                into.write(chunk)
                clock.reschedule(begun + FIRST_SECONDS + many / BYTES_A_SECOND)
        into.seek(0)
        return cast("IO[bytes]", into)

    async def _submission(self, scope: Scope, body: IO[bytes]) -> Reply:
        """Read and checked here and now; kept with all those that came meanwhile; answered when the batch is on the disk."""
        if self._writing().is_full:
            return _problem(scope, HTTPStatus.SERVICE_UNAVAILABLE)
        later = Later(asyncio.get_running_loop(), self._writing())
        reply = await self._read(scope, body, later)
        if later.promise is None:  # refused: what is refused for its form is worded and kept by a thread
            return await self._page(scope, body, again=True) if reply[0] in KEPT else reply
        outcome = await later.promise
        if isinstance(outcome, Answer):
            headers = [("content-type", "application/json"), *((n, v) for n, v in reply[1] if n not in {"content-type", "content-length"})]
            return outcome.status, headers, encode(outcome.body).encode()
        if isinstance(outcome, Exception) and not isinstance(outcome, SubmissionConflict):
            return _problem(scope, HTTPStatus.SERVICE_UNAVAILABLE)
        return await self._page(scope, body, again=True)  # no window is open, or a conflict: the usual way knows every rule and every word

    async def _read(self, scope: Scope, body: IO[bytes], later: Later) -> Reply:
        """Here, where it waits for nobody; by a thread for the keys whose calls are counted."""
        key = scope.headers.get("authorization") or ""
        if not guard.is_checked_at_once(key):
            await self._look_up(key)
        if guard.is_counted(key):
            return await self._porters.run(lambda: self._call(scope, body, later))
        return self._call(scope, body, later)

    async def _look_up(self, key: str) -> None:
        """A key asked for by a thread, once for all who wait for it."""
        asked = self._asked.get(key)
        if asked is None or asked.done():
            asked = self._asked[key] = asyncio.ensure_future(self._porters.run(lambda: self._ask(key)))
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.shield(asked)
        finally:
            if asked.done() and self._asked.get(key) is asked:
                del self._asked[key]

    def _ask(self, key: str) -> None:
        with self._app.app_context():
            guard.look_up(key)

    async def _page(self, scope: Scope, body: IO[bytes], *, again: bool = False) -> Reply:
        """Anything else, by one of the threads; that we are alive is said without them."""
        body.seek(0)
        if scope.path == ALIVE:
            return self._call(scope, body)
        return await self._pages.run(lambda: self._call(scope, body, again=again))

    def _writing(self) -> Writer:
        if self._writer is None:
            loop = asyncio.get_running_loop()
            self._writer = Writer(self._app.config["SQLALCHEMY_DATABASE_URI"], lambda done: loop.call_soon_threadsafe(_keep_promises, done))  # type: ignore[arg-type]
        return self._writer

    def _call(self, scope: Scope, body: IO[bytes], later: Later | None = None, *, again: bool = False) -> Reply:
        """Flask, as any WSGI server would call it."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, _fault: object = None) -> Callable[[bytes], None]:
            started.append((int(status[:3]), [(name.lower(), value) for name, value in headers]))
            return lambda _: None

        written = self._app.wsgi_app(_environ(scope, body, later) | ({AGAIN: True} if again else {}), start_response)
        try:
            content = b"".join(written)
        finally:
            if hasattr(written, "close"):
                written.close()
        status, headers = started[-1]
        return status, headers, content


class _TooMany(Exception):
    """More wait than can be served."""


class _Threads:
    """A few threads, and a line before them that has an end."""

    def __init__(self, many: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(many, thread_name_prefix=name)
        self._in_line = 0

    async def run(self, call: Callable[[], T]) -> T:
        """What the call gives; one that nobody waits for any more is not begun."""
        if self._in_line >= MOST_IN_LINE:
            raise _TooMany
        self._in_line += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        finally:
            self._in_line -= 1


def _keep_promises(done: Sequence[tuple["asyncio.Future[Outcome]", Outcome]]) -> None:
    for promise, outcome in done:
        if not promise.done():  # its sender may have hung up: what was kept stays kept
            promise.set_result(outcome)


def _size(scope: Scope) -> int | None:
    """What the head says of the body's size, if it says something sensible."""
    text = scope.headers.get("content-length")
    if text is None:
        return None if scope.headers.get("transfer-encoding") else 0
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else BODY_LIMIT + 1


def _is_json(scope: Scope) -> bool:
    """Files come in forms; JSON is never as large as they are."""
    return (scope.headers.get("content-type") or "").lower().startswith("application/json")


def _environ(scope: Scope, body: IO[bytes], later: Later | None) -> dict[str, object]:
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, object] = {
        "REQUEST_METHOD": scope.method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string, "SERVER_NAME": host, "SERVER_PORT": port, "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0], "wsgi.version": (1, 0), "wsgi.url_scheme": scope.scheme, "wsgi.input": body,
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "wsgi.input_terminated": True,
    }  # fmt: skip
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if later is not None:
        environ |= {LATER: later, WHOLE: body.read(), guard.LOOKED_UP: True}
        body.seek(0)
    return environ


REFUSALS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too-large", "Le corps de la requête est plus grand que ce qui est accepté.", "The body is larger than what is accepted."),
    HTTPStatus.BAD_REQUEST: ("malformed", "La requête n’est pas arrivée entière.", "The request did not arrive whole."),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "unavailable", "Le service est momentanément indisponible : renvoyez la requête.", "The service is unavailable for the moment: send again.",
    ),
    HTTPStatus.REQUEST_TIMEOUT: ("timeout", "La requête n’est pas arrivée à temps : renvoyez-la.", "The request did not arrive in time: send it again."),
}  # fmt: skip


def _problem(scope: Scope, status: HTTPStatus) -> Reply:
    """A refusal that costs nothing: no Flask, no database, no translation."""
    code, french, english = REFUSALS[status]
    language = "en" if (scope.headers.get("accept-language") or "").startswith("en") else "fr"
    body = {"type": TYPE + code, "title": english if language == "en" else french, "status": int(status)}
    headers = [("content-type", "application/problem+json"), ("content-language", language), ("cache-control", "no-store")]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("retry-after", "1"))
    else:  # what is left of its body is not read
        headers.append(("connection", "close"))
    return int(status), headers, json.dumps(body, ensure_ascii=False).encode()
