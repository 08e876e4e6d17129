"""A reference portal: submits, reads, answers and checks receipts by the public API alone; nothing of the product is imported.

    export PORTAL_URL=http://127.0.0.1:8000 PORTAL_KEY=…
    python -m tools.portal submit application.json
    python -m tools.portal messages SUBMISSION
    python -m tools.portal answer SUBMISSION --to MESSAGE --text "Voici." --file 31=passport.pdf
    python -m tools.portal check SUBMISSION

Everything it sends carries an identifier of its own, so that what the network lost is sent again and counts once.
`docs/portal-client.md` shows each call.
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message as Headers
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, build_opener

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]

TRIES: Final = 6
LONGEST_PAUSE: Final = 60.0
AGAIN: Final = frozenset({429, 502, 503, 504})
"""Answers after which the same call is made again: nothing of it was kept, or it counts once."""


class Refused(Exception):
    """The API refused a call for good: its problem, as RFC 9457 has it."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("type", "")).rpartition("/")[2].rpartition(":")[2]
        faults = "; ".join(f"{one.get('pointer')} {one.get('detail') or one.get('code')}" for one in problem.get("errors", []))
        super().__init__(f"{status} {self.code}: {problem.get('detail') or problem.get('title')}{' ' + faults if faults else ''}")


class Unreachable(Exception):
    """Nobody answered, however often it was tried."""


class BadReceipt(Exception):
    """A receipt does not say what was sent, or its signature is not the ministry's."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    def json(self) -> Json:
        """The body, read."""
        return cast("Json", json.loads(self.body))


@dataclass(frozen=True)
class File:
    """A file of a reply; `item` is the item of a request that it answers."""

    name: str
    content: bytes
    item: int | None = None
    media_type: str = "application/octet-stream"


Send = Callable[[Request, float], Answer]


def over_the_network(request: Request, timeout: float) -> Answer:
    """One call; a refusal is an answer like another."""
    try:
        with build_opener().open(request, timeout=timeout) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())


class Portal:
    """An applicant's side of the API: each method is one call of the contract, made again until it is answered."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        language: str = "fr",
        timeout: float = 30,
        send: Send = over_the_network,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("the portal speaks http or https")
        self.url, self.key, self.language, self.timeout, self.send, self.wait = url.rstrip("/"), key, language, timeout, send, wait

    # applications

    def submit(self, application: Mapping[str, Any]) -> Json:
        """Send an application; its acknowledgment, the same one however often it is sent."""
        return self._call("POST", "/submissions", json.dumps(application).encode(), "application/json").json()

    def state(self, submission: str) -> Json:
        """The acknowledgment with its present state."""
        return self._call("GET", f"/submissions/{quote(submission)}").json()

    def settled(self, submission: str, within: float = 30) -> Json:
        """The same once its place is known: an arrival is pending for some seconds."""
        end = time.monotonic() + within
        while (found := self.state(submission))["admission"]["status"] == "pending" and time.monotonic() < end:
            self.wait(0.2)
        return found

    def withdraw(self, submission: str, reason: str | None = None, number: str | None = None) -> Json:
        """Withdraw an application."""
        content = {"withdrawal_id": number or str(uuid.uuid4()), **({"reason": reason} if reason else {})}
        return self._call("POST", f"/submissions/{quote(submission)}/withdrawal", json.dumps(content).encode(), "application/json").json()

    # messages

    def messages(self, submission: str) -> Iterator[Json]:
        """The whole thread, page by page, in the order in which it became readable."""
        after = ""
        while True:
            page = self._call("GET", f"/submissions/{quote(submission)}/messages?after={after}").json()
            yield from page["messages"]
            if page["next"] is None:
                return
            after = page["next"]

    def open(self, submission: str, message: str) -> None:
        """Say that the applicant opened a message."""
        self._call("POST", f"/submissions/{quote(submission)}/messages/{quote(message)}/opened")

    def answer(self, submission: str, text: str, files: Sequence[File] = (), *, to: str | None = None, number: str | None = None) -> Json:
        """Write, with files; those that answer an item of a request name it. Give `number` to send the very same one later again."""
        fields = [("message_id", number or str(uuid.uuid4())), ("body", text), *([("in_reply_to", to)] if to else [])]
        fields += [("item[]", str(file.item) if file.item else "") for file in files]
        body, media_type = multipart(fields, files)
        return self._call("POST", f"/submissions/{quote(submission)}/messages", body, media_type).json()

    def attachment(self, submission: str, attachment: Json) -> bytes:
        """A file of the thread; one whose bytes are not those announced is refused."""
        data = self._call("GET", f"/submissions/{quote(submission)}/attachments/{quote(attachment['id'])}").body
        if hashlib.sha256(data).hexdigest() != attachment["sha256"]:
            raise BadReceipt(f"{attachment['filename']}: not the bytes that were announced")
        return data

    # proof

    def check(self, acknowledgment: Json) -> Json:
        """What a receipt proves, if its signature holds under one of the ministry's public keys; else BadReceipt."""
        receipt = acknowledgment["receipt"]
        keys = self._call("GET", "/.well-known/jwks.json", root=True).json()["keys"]
        said = verify(receipt["jws"], keys)
        wanted = {
            **{name: receipt[name] for name in ("receipt_id", "received_at", "sequence", "content_sha256")},
            "submission_id": acknowledgment["submission_id"],
        }
        if any(said.get(name) != value for name, value in wanted.items()):
            raise BadReceipt("the signature is of another receipt")
        return said

    # the wire

    def _call(self, method: str, path: str, body: bytes | None = None, media_type: str | None = None, *, root: bool = False) -> Answer:
        """One call, made again after a timeout or when it is asked for: everything sent counts once, whatever became of the answer."""
        headers = {"Accept-Language": self.language, **({} if root else {"Authorization": f"Bearer {self.key}"})}
        if media_type:
            headers["Content-Type"] = media_type
        said = ""
        for turn in range(TRIES):
            # the address is checked in __init__: http or https
            request = Request(f"{self.url}{'' if root else '/api/v1'}{path}", body or (b"" if method == "POST" else None), headers, method=method)  # noqa: S310
            try:
                answer = self.send(request, self.timeout)
            except (URLError, HTTPException, OSError) as fault:
                said = str(fault)
                self.wait(pause(turn, None))
                continue
            if answer.status not in AGAIN:
                return _accepted(answer)
            said = f"{answer.status}"
            self.wait(pause(turn, answer.headers.get("Retry-After")))
        raise Unreachable(f"{method} {path}: {said}, {TRIES} times")


def pause(turn: int, asked: str | None) -> float:
    """How long to wait: what the server asks for, else longer each time, never in step with everybody else."""
    if asked and asked.strip().isdecimal():
        return min(LONGEST_PAUSE, float(asked))
    return min(LONGEST_PAUSE, 0.5 * 2.0**turn) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads the load, hides nothing


def _accepted(answer: Answer) -> Answer:
    if answer.status < 400:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = {"title": answer.body[:200].decode("utf-8", "replace")}
    raise Refused(answer.status, problem)


def multipart(fields: Sequence[tuple[str, str]], files: Sequence[File]) -> tuple[bytes, str]:
    """A form with files (RFC 7578); the boundary comes from the content, so that the same reply has the same bytes."""
    seal = hashlib.sha256(repr(fields).encode())
    for file in files:
        seal.update(file.content)
    boundary = seal.hexdigest()
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value.encode() for name, value in fields]
    parts += [
        f'Content-Disposition: form-data; name="file[]"; filename="{_quoted(file.name)}"\r\nContent-Type: {file.media_type}\r\n\r\n'.encode()
        + file.content
        for file in files
    ]
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _quoted(name: str) -> str:
    """A file's name as browsers write it in a form."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def verify(jws: str, keys: Sequence[Json]) -> Json:
    """What a compact JWS signed with Ed25519 says (RFC 7515, RFC 8037)."""
    try:
        head, payload, signature = jws.split(".")
        header = json.loads(_decoded(head))
        found = next(key for key in keys if key["kid"] == header["kid"] and key["crv"] == "Ed25519")
        if header["alg"] != "EdDSA":
            raise BadReceipt("signed in another way than EdDSA")
        Ed25519PublicKey.from_public_bytes(_decoded(found["x"])).verify(_decoded(signature), f"{head}.{payload}".encode())
        return cast("Json", json.loads(_decoded(payload)))
    except StopIteration:
        raise BadReceipt("signed by a key that is not the ministry's") from None
    except (InvalidSignature, ValueError, KeyError, binascii.Error):
        raise BadReceipt("the signature does not hold") from None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# The console


def main(words: Sequence[str] | None = None) -> int:
    """Run one command."""
    asked = _parser().parse_args(words)
    try:
        portal = Portal(asked.url or "", asked.key or "", language=asked.language)
        for line in asked.does(portal, asked):
            print(line)
    except (Refused, Unreachable, BadReceipt, OSError, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.portal", description="A reference portal on the public API.")
    parser.add_argument("--url", default=os.environ.get("PORTAL_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--key", default=os.environ.get("PORTAL_KEY"), help="the portal's key (PORTAL_KEY)")
    parser.add_argument("--language", default="fr", choices=("fr", "en"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "submit", _submit, "send an application").add_argument("file", type=Path)
    _command(commands, "state", _state, "the acknowledgment with its present state").add_argument("submission")
    _command(commands, "messages", _messages, "the thread").add_argument("submission")
    opened = _command(commands, "open", _open, "say that a message was opened")
    opened.add_argument("submission")
    opened.add_argument("message")
    answer = _command(commands, "answer", _answer, "write, with files")
    answer.add_argument("submission")
    answer.add_argument("--text", default="")
    answer.add_argument("--to", help="the message that is answered")
    answer.add_argument("--file", action="append", default=[], metavar="[ITEM=]PATH", help="a file, and the item that it answers")
    answer.add_argument("--number", help="the reply's own identifier: the same one counts once")
    files = _command(commands, "files", _files, "save the files of the thread")
    files.add_argument("submission")
    files.add_argument("folder", type=Path)
    withdraw = _command(commands, "withdraw", _withdraw, "withdraw the application")
    withdraw.add_argument("submission")
    withdraw.add_argument("--reason")
    _command(commands, "check", _check, "whether the receipt's signature holds").add_argument("submission")
    return parser


def _command(commands: Any, name: str, does: object, told: str) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=told)
    made.set_defaults(does=does)
    return cast("argparse.ArgumentParser", made)


def _shown(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _submit(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield _shown(portal.submit(json.loads(asked.file.read_bytes())))


def _state(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield _shown(portal.state(asked.submission))


def _messages(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield from (_shown(one) for one in portal.messages(asked.submission))


def _open(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    portal.open(asked.submission, asked.message)
    yield "noted"


def _answer(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield _shown(portal.answer(asked.submission, asked.text, [_read(one) for one in asked.file], to=asked.to, number=asked.number))


def _read(word: str) -> File:
    """« 31=passport.pdf », or a path alone."""
    item, equals, path = word.partition("=")
    if equals and item.isdecimal():
        return File(Path(path).name, Path(path).read_bytes(), int(item))
    return File(Path(word).name, Path(word).read_bytes())


def _files(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    asked.folder.mkdir(parents=True, exist_ok=True)
    for message in portal.messages(asked.submission):
        for file in message["attachments"]:
            path = asked.folder / f"{file['id'][:8]}-{Path(file['filename']).name}"
            path.write_bytes(portal.attachment(asked.submission, file))
            yield str(path)


def _withdraw(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield _shown(portal.withdraw(asked.submission, asked.reason))


def _check(portal: Portal, asked: argparse.Namespace) -> Iterator[str]:
    yield _shown(portal.check(portal.state(asked.submission)))


if __name__ == "__main__":
    sys.exit(main())
