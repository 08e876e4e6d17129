"""The way out: a mail server by SMTP, or a folder of files where there is none and the demonstration shows what would leave."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from backoffice.core.settings import settings
from backoffice.mail.delivery.values import Outcome, Reply

TIMEOUT = timedelta(seconds=20)
LONGEST_ANSWER = 500


class ServerAway(Exception):
    """Nobody can be notified just now: the server does not answer, or does not want us. The fault is nobody's address."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


class Transport(Protocol):
    """Hands over one mail, and says what was answered."""

    name: str

    def send(self, sender: str, address: str, mail: EmailMessage) -> Reply:
        """Hand over; a server that is away raises."""

    def close(self) -> None:
        """Say goodbye."""


def chosen() -> Transport | None:
    """The way that the settings give; none outside a demonstration without a server: what waits, waits."""
    mail = settings().mail
    if mail.smtp_url:
        return Smtp(address_of(mail.smtp_url))
    return Outbox(settings().data_folder / "outbox") if settings().demo else None


@dataclass(frozen=True)
class Server:
    """What SMTP_URL says."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    starttls: bool = False
    cafile: str | None = None

    @property
    def name(self) -> str:
        """As it is kept with an attempt: never the password."""
        return f"{self.host}:{self.port}"


def address_of(url: str) -> Server:
    """`smtp://user:password@host:587?starttls=1`, `smtps://host:465`; `cafile=` names an authority of one's own."""
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    secure = parts.scheme == "smtps"
    return Server(
        parts.hostname or "localhost", parts.port or (465 if secure else 587 if asked.get("starttls") == "1" else 25), unquote(parts.username or ""),
        unquote(parts.password or ""), secure, asked.get("starttls") == "1", asked.get("cafile"),
    )  # fmt: skip


class Smtp:
    """A conversation kept open for several mails."""

    def __init__(self, server: Server) -> None:
        self.server, self.name = server, server.name
        self._line: smtplib.SMTP | None = None

    def send(self, sender: str, address: str, mail: EmailMessage) -> Reply:
        """MAIL, RCPT, DATA, each answer looked at. What is refused before RCPT is our own trouble, not the address's."""
        line, code, text = self._greeted(sender)
        if code != 250:
            raise ServerAway(self._quit_with(_reply(Outcome.LATER, code, text, "MAIL")))
        step = "RCPT"
        try:
            code, text = line.rcpt(address)
            if code not in {250, 251}:
                line.rset()
                return _judged(code, text, step)
            step = "DATA"
            code, text = line.data(mail.as_bytes())
        except smtplib.SMTPDataError as fault:
            return self._quit_with(_judged(fault.smtp_code, fault.smtp_error, step))
        except (smtplib.SMTPException, OSError) as fault:
            return self._dropped(step, fault)
        return _reply(Outcome.ACCEPTED, code, text, step) if code == 250 else _judged(code, text, step)

    def _greeted(self, sender: str) -> tuple[smtplib.SMTP, int, bytes]:
        """A line on which a mail has begun; one that the server closed while it was idle is opened again, once."""
        if self._line is not None:
            try:
                code, text = self._line.mail(sender)
            except (smtplib.SMTPException, OSError):
                code, text = 421, b""
            if code != 421:
                return self._line, code, text
            self.close()
        self._line = self._open()
        try:
            return self._line, *self._line.mail(sender)
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise ServerAway(Reply(Outcome.LATER, None, f"{type(fault).__name__}: {fault}"[:LONGEST_ANSWER], "MAIL")) from fault

    def _dropped(self, step: str, fault: Exception) -> Reply:
        """The line broke: before DATA nothing has left; after it nobody knows, and the mail is sent again under its own Message-ID."""
        self.close()
        said = f"{type(fault).__name__}: {fault}"[:LONGEST_ANSWER]
        if step == "DATA":
            return Reply(Outcome.UNKNOWN, None, said, step)
        raise ServerAway(Reply(Outcome.LATER, None, said, step)) from fault

    def _quit_with(self, reply: Reply) -> Reply:
        self.close()
        return reply

    def _open(self) -> smtplib.SMTP:
        server, context, step = self.server, self._context(), "CONNECT"
        own, seconds = settings().mail.sender.rpartition("@")[2], TIMEOUT.total_seconds()
        try:
            line: smtplib.SMTP
            if server.implicit_tls:
                line = smtplib.SMTP_SSL(server.host, server.port, local_hostname=own, timeout=seconds, context=context)
            else:
                line = smtplib.SMTP(server.host, server.port, local_hostname=own, timeout=seconds)
            step = "EHLO"
            line.ehlo_or_helo_if_needed()
            if server.starttls:
                step = "STARTTLS"
                line.starttls(context=context)
                line.ehlo()
            if server.user:
                step = "AUTH"
                line.login(server.user, server.password)
        except smtplib.SMTPResponseException as fault:
            raise ServerAway(_reply(Outcome.LATER, fault.smtp_code, fault.smtp_error, step)) from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise ServerAway(Reply(Outcome.LATER, None, f"{type(fault).__name__}: {fault}"[:LONGEST_ANSWER], step)) from fault
        return line

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.server.cafile)

    def close(self) -> None:
        """QUIT, if the line still stands."""
        line, self._line = self._line, None
        if line is not None:
            _quietly(line.quit)


def _quietly(act: Callable[[], object]) -> None:
    """Do what does not matter any more."""
    try:
        act()
    except (smtplib.SMTPException, OSError):
        return


def _judged(code: int, text: bytes | str, step: str) -> Reply:
    """4xx: another time; 5xx: never; 421 and what is no answer at all: the server is going away."""
    if code == 421 or not 400 <= code <= 599:
        return _reply(Outcome.LATER, code, text, step)
    return _reply(Outcome.LATER if code < 500 else Outcome.REFUSED, code, text, step)


def _reply(outcome: Outcome, code: int, text: bytes | str, step: str) -> Reply:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Reply(outcome, code, " ".join(said.split())[:LONGEST_ANSWER], step)


class Outbox:
    """A folder of `.eml` files: a demonstration without a mail server shows what would leave."""

    name = "outbox"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, sender: str, address: str, mail: EmailMessage) -> Reply:
        """Write the file under another name first, so that nobody reads half of it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{str(mail['Message-ID']).strip('<>').partition('@')[0]}.eml"
        part = self.folder / f".{name}.part"
        part.write_bytes(f"Return-Path: <{sender}>\r\nX-Envelope-To: {address}\r\n".encode() + mail.as_bytes())
        part.replace(self.folder / name)
        return Reply(Outcome.WRITTEN, None, name, "FILE")

    def close(self) -> None:
        """Nothing is open."""
