"""A picture's own bytes, put into a PDF as they are: JPEG as JPEG, PNG as its own compressed rows, one bit as Group 4."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Stream
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

Place = Callable[[pikepdf.Pdf], Stream]

_SPACES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_COLOURS = {0: (Name.DeviceGray, 1), 2: (Name.DeviceRGB, 3)}
_QUALITY = 80


def jpeg(data: bytes, mode: str, size: tuple[int, int]) -> Place | None:
    """The JPEG itself; None for one in printing inks, which an archive in sRGB may not hold."""
    space = _SPACES.get(mode)
    return None if space is None else lambda pdf: _image(pdf, data, size, space, 8, Name.DCTDecode)


def bilevel(image: Image.Image) -> Place:
    """Black and white in Group 4: smaller than any other way, and every point as it was."""
    out = io.BytesIO()
    image.convert("1", dither=Image.Dither.NONE).save(out, "TIFF", compression="group4", strip_size=1 << 30)
    out.seek(0)
    with TiffImageFile(out) as written:
        offset, length = written.tag_v2[273][0], written.tag_v2[279][0]
        white_is_zero = written.tag_v2.get(262) == 0
    size, data = image.size, out.getvalue()[offset : offset + length]

    def place(pdf: pikepdf.Pdf) -> Stream:
        how = Dictionary(K=-1, Columns=size[0], Rows=size[1], BlackIs1=not white_is_zero)
        return _image(pdf, data, size, Name.DeviceGray, 1, Name.CCITTFaxDecode, how)

    return place


def png(path: Path) -> Place | None:
    """The compressed rows of a plain PNG; None for one with transparency, a palette or interlaced rows."""
    data = path.read_bytes()
    head, rows, plain = _png_parts(data)
    if head is None or not plain:
        return None
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if interlaced or kind not in _PNG_COLOURS or depth not in {1, 2, 4, 8}:
        return None
    space, channels = _PNG_COLOURS[kind]

    def place(pdf: pikepdf.Pdf) -> Stream:
        how = Dictionary(Predictor=15, Colors=channels, BitsPerComponent=depth, Columns=width)
        return _image(pdf, b"".join(rows), (width, height), space, depth, Name.FlateDecode, how)

    return place


def _png_parts(data: bytes) -> tuple[bytes | None, list[bytes], bool]:
    """The head, the pieces of the rows, and whether nothing else is needed to show it."""
    if not data.startswith(_PNG_HEAD):
        return None, [], False
    at, head, rows, plain = 8, None, list[bytes](), True
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            head = body
        elif kind == b"IDAT":
            rows.append(body)
        elif kind in {b"tRNS", b"acTL"}:
            plain = False
        at += 12 + length
    return head, rows, plain and bool(rows)


def recoded(image: Image.Image) -> Place:
    """A picture compressed anew: Group 4 where it is ink on paper and nothing between, else JPEG."""
    if image.mode == "L" and _only_ink(image):
        return bilevel(image.point(lambda level: 255 * (level > 127)).convert("1"))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    found = jpeg(out.getvalue(), image.mode, image.size)
    assert found is not None
    return found


def _only_ink(image: Image.Image) -> bool:
    """Whether nearly all points are black or white: letters drawn smoothly have grey edges, a photo is grey throughout."""
    counts = image.histogram()
    return sum(counts[48:208]) < 0.02 * sum(counts)


def _image(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], space: pikepdf.Object, depth: int, how: Name,
           parameters: Dictionary | None = None) -> Stream:  # fmt: skip
    stream = Stream(
        pdf, data, Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], ColorSpace=space,
        BitsPerComponent=depth, Filter=how,
    )  # fmt: skip
    if parameters is not None:
        stream.DecodeParms = parameters
    return stream
