"""The signed codes of the sheets that the mailroom prints: a forged or foreign one routes nothing.

For instance `M1-E-E-2016-00012-` and sixteen letters of signature: an envelope sheet. The value stays legible, so that
a clerk can type it when the sheet is torn.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

from backoffice.core.settings import settings

PREFIX = "M1"
MAC_BYTES = 10
PURPOSE = b"mailroom-sheet\x00"
_VALUE = re.compile(r"[0-9A-Za-z._]{1,40}(-[0-9A-Za-z._]{1,40}){0,4}")


class SheetKind(StrEnum):
    """What a sheet of ours says."""

    BATCH = "B"  # a batch begins: its number
    ENVELOPE = "E"  # what follows came in this envelope: its number
    DOCUMENT = "D"  # what follows is a document of this type: its code in the catalogue
    PERSON = "P"  # what follows is about this person of the family: principal, spouse, child1 …
    SEPARATOR = "S"  # a new document begins: any value
    PLACE = "L"  # a box or a shelf: its code
    PAPER = "O"  # a piece of paper that is followed: its number
    SLIP = "K"  # a receipt slip printed beforehand: its number
    RUN = "T"  # the list on top of a print run: its number


@dataclass(frozen=True)
class SheetCode:
    """What one of our sheets says."""

    kind: SheetKind
    value: str


def encode(code: SheetCode) -> str:
    """The code as it is printed."""
    if not _VALUE.fullmatch(code.value):
        message = "a sheet code takes letters, digits, points and single hyphens"
        raise ValueError(message)
    text = f"{PREFIX}-{code.kind.value}-{code.value}"
    return f"{text}-{_signature(text)}"


def decode(text: str) -> SheetCode | None:
    """What a code of ours says; nothing if it is foreign, forged or damaged."""
    signed, _hyphen, signature = text.strip().rpartition("-")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(signed).encode()):
        return None
    prefix, kind, value = signed.split("-", 2)
    return SheetCode(SheetKind(kind), value) if prefix == PREFIX else None


def _signature(text: str) -> str:
    key = PURPOSE + settings().secret_key.encode()
    mac = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(mac[:MAC_BYTES]).decode()
