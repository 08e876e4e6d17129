"""A PDF page that is one whole-page picture, as scanners write them: its bytes, and how it lies on the page.

Text that is not drawn (another program's recognition) is passed over: the page is read anew from its picture. Anything
else on the page, and it is drawn the long way.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Object, Stream

_ALMOST = 0.02
_LONGEST_CONTENT = 4_000_000
_UNUSUAL = ("/SMask", "/Mask", "/OC", "/Alternates")
_KEPT_FILTERS = {"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/FlateDecode"}
_INVISIBLE = 3
# Which way of TIFF and EXIF an image lies: the signs of its matrix, and whether its sides are exchanged
_LIES = {(False, 1, 1): 1, (False, -1, 1): 2, (False, -1, -1): 3, (False, 1, -1): 4,
         (True, 1, 1): 7, (True, 1, -1): 6, (True, -1, -1): 5, (True, -1, 1): 8}  # fmt: skip
_QUARTER = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}  # turned once more clockwise


@dataclass(frozen=True)
class Sole:
    """The one picture of a page: how it lies, and its bytes where they may go into an archive as they are."""

    orientation: int
    place: Callable[[pikepdf.Pdf], Stream] | None
    jpeg: bytes | None = None


def sole_image(page: pikepdf.Page) -> Sole | None:
    """The picture a page consists of, None where it is anything else."""
    try:
        return _sole(page)
    except (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError):
        return None


def _sole(page: pikepdf.Page) -> Sole | None:
    if page.obj.get("/Annots") or page.obj.get("/UserUnit"):
        return None
    images = page.obj.get("/Resources", Dictionary()).get("/XObject")
    if not isinstance(images, Dictionary):
        return None
    drawn = _drawn(page)
    if drawn is None:
        return None
    image = images.get(drawn[0])
    if not isinstance(image, Stream) or image.get("/Subtype") != Name.Image or _is_unusual(image):
        return None
    lies = _lies(page, drawn[1])
    return None if lies is None else Sole(lies, _place(image), _jpeg(image))


def _drawn(page: pikepdf.Page) -> tuple[str, Matrix] | None:
    """The name and the place of the one thing a page draws."""
    if sum(len(each.read_bytes()) for each in _contents(page)) > _LONGEST_CONTENT:
        return None
    found, matrix, kept, mode = None, Matrix(), list[Matrix](), 0
    for step in pikepdf.parse_content_stream(page):
        operands, operator = step.operands, str(step.operator)
        match operator:
            case "q":
                kept.append(matrix)
            case "Q":
                matrix = kept.pop()
            case "cm":
                matrix = Matrix(*(float(each) for each in operands)) @ matrix
            case "Do" if found is None:
                found = str(operands[0]), matrix
            case "Tr":
                mode = int(operands[0])
            case "Tj" | "TJ" | "'" | '"' if mode != _INVISIBLE:
                return None
            case _ if operator not in _HARMLESS:
                return None
    return found


_HARMLESS = {"BT", "ET", "Tf", "Tm", "Td", "TD", "Tz", "TL", "Ts", "Tc", "Tw", "T*", "Tj", "TJ", "'", '"', "BMC", "BDC",
             "EMC", "MP", "DP", "g", "G", "rg", "RG", "k", "K", "w", "J", "j", "M", "d", "ri", "i"}  # fmt: skip


def _contents(page: pikepdf.Page) -> list[Stream]:
    contents = page.obj.get("/Contents")
    streams = contents if isinstance(contents, Array) else [contents]
    return [each for each in streams if isinstance(each, Stream)]


def _lies(page: pikepdf.Page, matrix: Matrix) -> int | None:
    """How the picture lies as a reader shows it, if it fills the page and stands square on it."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    width, height = right - left, top - bottom
    across = abs(matrix.a) + abs(matrix.d) < _ALMOST * (abs(matrix.b) + abs(matrix.c))
    along = abs(matrix.b) + abs(matrix.c) < _ALMOST / 20 * (abs(matrix.a) + abs(matrix.d))
    if not (across or along) or width <= 0 or height <= 0:
        return None
    x, y = (matrix.c, matrix.b) if across else (matrix.a, matrix.d)
    if not (_near(abs(x), width) and _near(abs(y), height)
            and _near(matrix.e + min(x, 0) + width, left + width, width)
            and _near(matrix.f + min(y, 0) + height, bottom + height, height)):  # fmt: skip
        return None
    lies = _LIES[across, 1 if x > 0 else -1, 1 if y > 0 else -1]
    for _ in range(_rotation(page.obj) // 90):
        lies = _QUARTER[lies]
    return lies


def _near(one: float, other: float, whole: float | None = None) -> bool:
    return abs(one - other) < _ALMOST * (whole or other)


def _rotation(page: Object) -> int:
    turned: Object | int | None = page.get("/Rotate")
    for _ in range(50):
        if turned is not None or page.get("/Parent") is None:
            break
        page = page["/Parent"]
        turned = page.get("/Rotate")
    return int(turned or 0) % 360


def _is_unusual(image: Stream) -> bool:
    return bool(image.get("/ImageMask")) or any(key in image for key in _UNUSUAL)


def _place(image: Stream) -> Callable[[pikepdf.Pdf], Stream] | None:
    """Its bytes unchanged, if an archive may hold them: a known filter, grey or red, green and blue, or a palette of it."""
    named = image.get("/Filter")
    filters = list(named) if isinstance(named, Array) else [named]
    space = _space(image.get("/ColorSpace"))
    if len(filters) != 1 or str(filters[0]) not in _KEPT_FILTERS or space is None:
        return None

    def place(pdf: pikepdf.Pdf) -> Stream:
        copy = Stream(pdf, image.read_raw_bytes())
        copy.Type, copy.Subtype = Name.XObject, Name.Image
        for key in ("/Width", "/Height", "/BitsPerComponent", "/Filter", "/Decode"):
            if image.get(key) is not None:
                copy[key] = _copied(pdf, image[key])
        parameters = image.get("/DecodeParms")
        if isinstance(parameters, Array):
            parameters = parameters[0] if len(parameters) else None
        if isinstance(parameters, Dictionary):
            copy.DecodeParms = _copied(pdf, parameters)
        copy.ColorSpace = space
        return copy

    return place


def _jpeg(image: Stream) -> bytes | None:
    """Its bytes where they are a JPEG that means by itself what it means here."""
    plain = image.get("/Filter") == Name.DCTDecode and "/Decode" not in image
    return image.read_raw_bytes() if plain and isinstance(_space(image.get("/ColorSpace")), Name) else None


def _copied(pdf: pikepdf.Pdf, value: Object | int) -> Object | int:
    if not isinstance(value, Dictionary):
        return value
    copy = Dictionary()
    for key, each in value.items():
        copy[key] = pdf.make_stream(each.read_bytes()) if isinstance(each, Stream) else each
    return copy


def _space(space: Object | None) -> Object | None:
    """The colours as the archive's profile knows them."""
    if isinstance(space, Name):
        return space if space in {Name.DeviceGray, Name.DeviceRGB} else None
    if not isinstance(space, Array):
        return None
    if space[0] == Name.ICCBased:
        return {1: Name.DeviceGray, 3: Name.DeviceRGB}.get(int(space[1].get("/N", 0)))
    if space[0] == Name.Indexed and (base := _space(space[1])) is not None:
        palette = space[3].read_bytes() if isinstance(space[3], Stream) else bytes(space[3])
        return Array([Name.Indexed, base, int(space[2]), pikepdf.String(palette)])
    return {"/CalGray": Name.DeviceGray, "/CalRGB": Name.DeviceRGB}.get(str(space[0]))
