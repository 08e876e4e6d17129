"""The line to the mail server is closed to others where the settings say so, and a stranger's certificate is refused."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backoffice.core.settings import Settings
from backoffice.mail.delivery import queries, sending
from tests.builders import Builder
from tests.mail.delivery.conftest import Post


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's own, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def closed(post: Post, certificate: Path) -> Iterator[Controller]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True)
    controller.start()
    yield controller
    controller.stop()


def test_the_mail_leaves_over_a_closed_line(build: Builder, closed: Controller, certificate: Path, mailing: Callable[..., Settings], post: Post):
    mailing(smtp_url=f"smtp://127.0.0.1:{closed.port}?starttls=1&cafile={certificate}")
    build.case()
    build.deliver()
    assert (sending.send_due(), len(post.taken)) == (1, 1)


@pytest.mark.parametrize("asked", ["?starttls=1", ""])
def test_a_stranger_or_an_open_line_gets_nothing_and_nobody_is_blamed(
    build: Builder, closed: Controller, mailing: Callable[..., Settings], post: Post, asked: str
):
    mailing(smtp_url=f"smtp://127.0.0.1:{closed.port}{asked}")
    case = build.case()
    build.deliver()
    assert (sending.send_due(), post.taken) == (0, [])
    assert queries.waiting()[0] == 1
    assert queries.reachability(case.id).value == "reachable"
