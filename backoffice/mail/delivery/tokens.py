"""The signed mark in the return address of each notification (VERP): by it a bounce finds what it is about.

Servers fold the case of addresses and cut what is long, so the mark is short, in small letters and digits. One that we did
not sign routes nothing.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

PURPOSE = b"bounce\x00"
MAC_BYTES = 10
_TOKEN = re.compile(r"\+n(\d{1,18})-([a-z2-7]{16})@", re.IGNORECASE)


def return_path(base: str, notification_id: int, key: bytes) -> str:
    """The envelope sender of one notification: `retours@…` becomes `retours+n12-abc…@…`."""
    local, _at, domain = base.rpartition("@")
    return f"{local}+n{notification_id}-{_mac(notification_id, key)}@{domain}"


def read(text: str, keys: Sequence[bytes]) -> int | None:
    """The notification that a text names by a mark of ours; the first genuine one."""
    for number, mac in _TOKEN.findall(text):
        if any(hmac.compare_digest(mac.lower(), _mac(int(number), key)) for key in keys):
            return int(number)
    return None


def found(text: str) -> tuple[str, ...]:
    """Everything in a text that has the form of a mark, genuine or not."""
    return tuple(f"+n{number}-{mac.lower()}@" for number, mac in _TOKEN.findall(text))[:20]


def _mac(number: int, key: bytes) -> str:
    digest = hmac.new(key, PURPOSE + str(number).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:MAC_BYTES]).decode().lower()
