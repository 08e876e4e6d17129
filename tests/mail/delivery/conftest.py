"""A mail server on this machine, which answers as it is told."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backoffice.core import settings as core_settings
from backoffice.core.settings import MailSettings, Settings


@dataclass
class Post:
    """What the server says to each step, in turn (the last answer stands), and what it took."""

    rcpt: list[str] = field(default_factory=lambda: ["250 OK"])
    data: list[str] = field(default_factory=lambda: ["250 OK"])
    taken: list[Envelope] = field(default_factory=list)
    drop_after_data: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's own shape
        answer = self.rcpt.pop(0) if len(self.rcpt) > 1 else self.rcpt[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's own shape
        self.taken.append(envelope)
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.abort()
        return self.data.pop(0) if len(self.data) > 1 else self.data[0]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[Controller]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mailing(app: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Change the mail settings for one test."""

    def change(**values: Any) -> Settings:
        now = core_settings.settings()
        changed = replace(now, mail=replace(now.mail, **values), **({"demo": values.pop("demo")} if "demo" in values else {}))
        for module in ("transport", "composing", "jobs", "reach", "bouncing", "evidence"):
            monkeypatch.setattr(f"backoffice.mail.delivery.{module}.settings", lambda: changed)
        return changed

    return change


@pytest.fixture
def smtp(server: Controller, mailing: Callable[..., Settings]) -> MailSettings:
    """The product speaks to the server of the test."""
    url = f"smtp://127.0.0.1:{server.port}"
    return mailing(smtp_url=url, sender="ne-pas-repondre@ministere.example", bounces="retours@ministere.example").mail
