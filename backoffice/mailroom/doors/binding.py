"""Pages of a scanner bound into one PDF: each picture as the scanner made it, byte for byte, behind a page of its size.

Nothing is decoded: the sizes are read from the pictures' headers, one page is in memory at a time, and the same pages give
the same file, so that a job that is bound twice is one file.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

POINTS = 72
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_PNG = b"\x89PNG\r\n\x1a\n"


class NotBindable(Exception):
    """A picture of a kind that a PDF cannot take as it is."""


@dataclass(frozen=True)
class _Picture:
    width: int
    height: int
    entries: str
    data: bytes


def bind(pages: Iterable[bytes], dpi: int, into: Path) -> int:
    """Write the pages into one PDF; how many they are."""
    with into.open("wb") as file:
        return _Writer(file, dpi).write(pages)


def is_bindable(data: bytes) -> bool:
    """Whether a page can be bound as it is."""
    try:
        _picture(data)
    except NotBindable:
        return False
    return True


class _Writer:
    """The objects of a PDF, one after the other, and where each begins."""

    def __init__(self, file: IO[bytes], dpi: int) -> None:
        self.file, self.dpi = file, dpi
        self.starts: dict[int, int] = {}

    def write(self, pages: Iterable[bytes]) -> int:
        self.file.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        count = 0
        for count, data in enumerate(pages, 1):
            self._page(count, _picture(data))
        kids = " ".join(f"{3 * n} 0 R" for n in range(1, count + 1))
        self._object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        self._object(2, f"<< /Type /Pages /Count {count} /Kids [{kids}] >>")
        self._end()
        return count

    def _page(self, number: int, picture: _Picture) -> None:
        page, content, image = 3 * number, 3 * number + 1, 3 * number + 2
        width, height = (f"{side * POINTS / self.dpi:.3f}" for side in (picture.width, picture.height))
        resources = f"<< /XObject << /Im {image} 0 R >> >>"
        self._object(page, f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources {resources} /Contents {content} 0 R >>")
        self._object(content, "<<", f"q {width} 0 0 {height} 0 0 cm /Im Do Q".encode())
        head = f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} {picture.entries}"
        self._object(image, head, picture.data)

    def _object(self, number: int, head: str, stream: bytes | None = None) -> None:
        self.starts[number] = self.file.tell()
        self.file.write(f"{number} 0 obj\n{head}".encode())
        if stream is not None:
            self.file.write(f" /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
        self.file.write(b"\nendobj\n")

    def _end(self) -> None:
        table, last = self.file.tell(), max(self.starts)
        lines = "".join(f"{self.starts[n]:010d} 00000 n \n" for n in range(1, last + 1))
        trailer = f"trailer\n<< /Size {last + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        self.file.write(f"xref\n0 {last + 1}\n0000000000 65535 f \n{lines}{trailer}".encode())


def _picture(data: bytes) -> _Picture:
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
    except (struct.error, IndexError, zlib.error) as fault:
        raise NotBindable from fault
    raise NotBindable


def _jpeg(data: bytes) -> _Picture:
    """The frame of a JPEG says its size and how many colours it has."""
    at = 2
    while at < len(data):
        marker, kind = data[at], data[at + 1]
        if marker != 0xFF:
            break
        if kind == 0xFF or 0xD0 <= kind <= 0xD7 or kind == 0x01:
            at += 1 if kind == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if kind in _FRAMES:
            bits, height, width, colours = struct.unpack_from(">BHHB", data, at + 4)
            if bits != 8 or colours not in {1, 3} or not (width and height):
                raise NotBindable
            space = "/DeviceGray" if colours == 1 else "/DeviceRGB"
            return _Picture(width, height, f"/ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode", data)
        at += 2 + length
    raise NotBindable


def _png(data: bytes) -> _Picture:
    """A plain PNG's own compression is one that PDF knows."""
    width, height, bits, colour, _packing, _filter, laced = struct.unpack_from(">IIBBBBB", data, 16)
    if colour not in {0, 2} or laced or bits not in {1, 8} or not (width and height):
        raise NotBindable
    colours = 1 if colour == 0 else 3
    space = "/DeviceGray" if colours == 1 else "/DeviceRGB"
    parameters = f"<< /Predictor 15 /Colors {colours} /BitsPerComponent {bits} /Columns {width} >>"
    entries = f"/ColorSpace {space} /BitsPerComponent {bits} /Filter /FlateDecode /DecodeParms {parameters}"
    return _Picture(width, height, entries, b"".join(_png_parts(data)))


def _png_parts(data: bytes) -> Iterable[bytes]:
    at, found = 8, False
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        part = data[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            if zlib.crc32(kind + part) != struct.unpack_from(">I", data, at + 8 + length)[0]:
                raise NotBindable
            found = True
            yield part
        elif kind == b"IEND" and found:
            return
        at += 12 + length
    raise NotBindable
