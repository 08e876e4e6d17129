"""The e-mail that says that a message waits: no content, no name; a file number only for whom several files wait."""

from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from backoffice.core import clock
from backoffice.core.settings import settings
from backoffice.mail.delivery import tokens
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.values import Recipient
from backoffice.mail.texts import letters_environment

MARK = "Traduction / Translation\nLe texte français ci-dessus est le texte officiel. The French text above is the official one."


class NotAnAddress(Exception):
    """What stands on the case as an address can never be written to."""


def mail(notification: Notification, number: str, *, at: datetime) -> EmailMessage:
    """The whole e-mail, with the marks by which its bounces and automatic answers are known."""
    subject, body = words(notification.language, number if notification.recipient is Recipient.REPRESENTATIVE else "")
    made = EmailMessage(policy=SMTP)
    made["From"] = settings().mail.sender
    made["To"] = recipient(notification.address)
    made["Subject"] = subject
    made["Date"] = format_datetime(at.astimezone(clock.MONTREAL))
    made["Message-ID"] = notification.internet_id
    # RFC 3834: an absence notice answers none of these, and no list takes them for a person's words.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["Content-Language"] = "fr-CA" if notification.language == "fr" else "fr-CA, en-CA"
    made.set_content(body, charset="utf-8", cte="quoted-printable")
    return made


def words(language: str, number: str = "") -> tuple[str, str]:
    """Subject and text; in English the French comes first, as everywhere (Charter of the French language s. 22.3)."""
    subject, body = _text("fr", number)
    if language == "fr":
        return subject, body
    translated, english = _text("en", number)
    return f"{subject} / {translated}", f"{body}\n{MARK}\n\n{english}"


def _text(language: str, number: str) -> tuple[str, str]:
    template = letters_environment().get_template(f"mail/delivery/notification.{language}.txt")
    subject, _, body = template.render(number=number, portal=settings().mail.portal_url).partition("\n")
    return subject.strip(), body.strip() + "\n"


def recipient(address: str) -> Address:
    """An address as a header may carry it."""
    if not address.isascii() or any(c.isspace() for c in address) or not 0 < address.rfind("@") < len(address) - 1:
        raise NotAnAddress(address[:80])  # letters beyond ASCII need SMTPUTF8 along the whole way: a person looks
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as fault:  # the library's parser falls over some of them in its own ways
        raise NotAnAddress(address[:80]) from fault


def return_path(notification: Notification) -> str:
    """Where a bounce of this one notification comes back."""
    return tokens.return_path(settings().mail.bounces, notification.id, key())


def internet_id(message_id: object, once: str) -> str:
    """Our Message-ID: the same for every attempt, so that a mail sent twice by a crash is known for one."""
    domain = settings().mail.sender.rpartition("@")[2]
    return f"<{message_id}.{once.rpartition(':')[2]}@{domain}>"


def key() -> bytes:
    """The key that signs return addresses."""
    return b"bounces:" + settings().secret_key.encode()
