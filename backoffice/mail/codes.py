"""The signed code on a return sheet, by which paper that comes back finds the request it answers.

Paper without a code, or with one that is not ours, goes to a person: a code is never guessed or mended.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote
from uuid import UUID

import numpy as np
import zxingcpp

PREFIX = "R1"
MAC_BYTES = 10  # 80 bits, which is 16 letters of base32 with no bit to spare
PURPOSE = b"return-sheet\x00"  # the same key may sign other things; a code for one purpose is void for another
QUIET_MATRIX, QUIET_LINEAR = 2, 10  # modules left white around a code, as its standard asks
LINEAR_HEIGHT = 60  # in modules

_KIND = re.compile(r"[a-z]{1,12}")
_CASE_NUMBER = re.compile(r"[0-9A-Z]{1,16}(-[0-9A-Z]{1,16}){0,2}")


@dataclass(frozen=True)
class ReturnCode:
    """What a return sheet answers: a kind of request (`doc`, `fee`), the request and its case."""

    kind: str
    request_id: int | str
    case_number: str

    def __post_init__(self) -> None:
        """Refuse what could not be read back exactly."""
        if not _KIND.fullmatch(self.kind) or not _CASE_NUMBER.fullmatch(self.case_number):
            message = "a return code takes a short kind and a case number"
            raise ValueError(message)
        if isinstance(self.request_id, int):
            if isinstance(self.request_id, bool) or self.request_id < 0:
                message = "a request number is not negative"
                raise ValueError(message)
        elif str(UUID(self.request_id)) != self.request_id:
            message = "a request identifier is written as a canonical UUID"
            raise ValueError(message)


def encode(code: ReturnCode, key: bytes) -> str:
    """Write the code as it is printed, for instance `R1-DOC-5123-26000412-7-` and sixteen letters of signature.

    Request and case stay legible, so that a clerk can key them when the sheet comes back torn.
    """
    text = f"{PREFIX}-{code.kind.upper()}-{_id_text(code.request_id)}-{code.case_number}"
    return f"{text}-{_signature(text, key)}"


def decode(text: str, keys: Sequence[bytes]) -> ReturnCode | None:
    """Read a code signed with one of our keys, past or present; None if it is foreign, forged or damaged."""
    signed, _, signature = text.rpartition("-")
    genuine = [hmac.compare_digest(signature.encode(), _signature(signed, key).encode()) for key in keys]
    if not any(genuine):
        return None
    try:
        prefix, kind, request_id, case_number = signed.split("-", 3)
        return ReturnCode(kind.lower(), _id_value(request_id), case_number) if prefix == PREFIX else None
    except ValueError:
        return None


def _signature(text: str, key: bytes) -> str:
    mac = hmac.new(key, PURPOSE + text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(mac[:MAC_BYTES]).decode()


def _id_text(request_id: int | str) -> str:
    if isinstance(request_id, int):
        return str(request_id)
    return "U" + base64.b32encode(UUID(request_id).bytes).decode().rstrip("=")


def _id_value(text: str) -> int | str:
    if text.startswith("U"):
        return str(UUID(bytes=base64.b32decode(text[1:] + "======")))
    return int(text)


def data_matrix_svg(text: str) -> str:
    """Draw a DataMatrix, the code a scanner reads at any angle and with a corner missing."""
    rows = _modules(text, zxingcpp.BarcodeFormat.DataMatrix)
    return _svg(rows, QUIET_MATRIX, QUIET_MATRIX, row_height=1)


def code128_svg(text: str) -> str:
    """Draw a Code 128, the code a hand-held laser reads."""
    rows = _modules(text, zxingcpp.BarcodeFormat.Code128)
    return _svg(rows[:1], QUIET_LINEAR, 0, row_height=LINEAR_HEIGHT)


def data_uri(svg: str) -> str:
    """Put a drawing in the page itself, as the address of an image that may carry alternative words."""
    return "data:image/svg+xml," + quote(svg, safe=" =/:,")


def _modules(text: str, symbology: zxingcpp.BarcodeFormat) -> list[list[bool]]:
    image = zxingcpp.create_barcode(text, symbology).to_image(scale=1, add_quiet_zones=False)
    return [[not white for white in row] for row in np.asarray(image).tolist()]


def _svg(rows: list[list[bool]], quiet_x: int, quiet_y: int, *, row_height: int) -> str:
    """Draw all the bars as one path: the letter is laid out a quarter faster than with rectangles."""
    strokes = []
    for number, row in enumerate(rows):
        x = quiet_x
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                strokes.append(f"M{x} {quiet_y + number * row_height}h{width}v{row_height}h-{width}z")
            x += width
    width = len(rows[0]) + 2 * quiet_x
    height = len(rows) * row_height + 2 * quiet_y
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' preserveAspectRatio="none"><path d="{"".join(strokes)}"/></svg>'
    )
