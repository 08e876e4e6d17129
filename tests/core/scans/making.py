"""Files made for the tests: pages, codes, and things that should not arrive."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import zxingcpp
from PIL import Image, ImageDraw

LETTER = (1700, 2200)  # at 200 dots per inch


def paper(*lines: str, ink: int = 0, size: tuple[int, int] = LETTER) -> Image.Image:
    """A sheet with lines of text."""
    sheet = Image.new("L", size, 255)
    draw = ImageDraw.Draw(sheet)
    for row, line in enumerate(lines):
        draw.text((size[0] // 8, size[1] // 8 + 60 * row), line, fill=ink, font_size=32)
    return sheet


def coded(text: str, kind: zxingcpp.BarcodeFormat, *, turn: int = 0, scale: int = 6) -> Image.Image:
    """A sheet with one code on it, turned by `turn` degrees."""
    code = Image.fromarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale))
    if code.height < 80:  # a barcode of lines comes out one row high
        code = code.resize((code.width, 160))
    sheet = paper("Some words beside the code", "and some more of them")
    sheet.paste(code.convert("L"), (300, 900))
    return sheet.rotate(turn, expand=True, fillcolor=255)


def jpeg(image: Image.Image) -> bytes:
    """The image as JPEG."""
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def tiff(path: Path, pages: Sequence[Image.Image]) -> Path:
    """Several pages as one TIFF."""
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_lzw")
    return path


def scan_pdf(path: Path, pages: Sequence[Image.Image], *, rotate: int = 0, extra: bytes = b"") -> Path:
    """What a scanner writes: each page one JPEG over the whole sheet; with `extra` drawing after it."""
    with pikepdf.new() as pdf:
        for image in pages:
            width, height = image.width * 72 / 200, image.height * 72 / 200
            page = pdf.add_blank_page(page_size=(width, height))
            colours = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
            picture = pikepdf.Stream(pdf, jpeg(image), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
                                     Width=image.width, Height=image.height, BitsPerComponent=8, ColorSpace=colours,
                                     Filter=pikepdf.Name.DCTDecode)  # fmt: skip
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
            page.Contents = pikepdf.Stream(pdf, f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q ".encode() + extra)
            page.Rotate = rotate
        pdf.save(path)
    return path


def drawn_pdf(path: Path, contents: Sequence[bytes]) -> Path:
    """Pages of plain drawing instructions."""
    with pikepdf.new() as pdf:
        for content in contents:
            pdf.add_blank_page(page_size=(612, 792)).Contents = pikepdf.Stream(pdf, content)
        pdf.save(path)
    return path


def with_endless_page(path: Path, number: int) -> Path:
    """Make a page draw a form that draws a form … ten times each, ten deep."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        inner = pikepdf.Stream(pdf, b"0 0 400 400 re f 10 10 m 300 400 500 90 200 30 c S " * 20,
                               Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 600, 700])  # fmt: skip
        for _ in range(9):
            inner = pikepdf.Stream(pdf, b"/F Do " * 10, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                                   BBox=[0, 0, 600, 700],
                                   Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner)))  # fmt: skip
        page = pdf.pages[number - 1]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        page.Contents = pikepdf.Stream(pdf, b"/F Do")
        pdf.save(path)
    return path


def children() -> set[int]:
    """The processes that this one has started and not seen end: a test may run beside a browser or a server."""
    found = set()
    for task in Path("/proc/self/task").glob("*/children"):
        found |= {int(pid) for pid in task.read_text().split()}
    return found


def long_scan(path: Path, pages: int, picture: bytes, size: tuple[int, int], dpi: int = 300) -> Path:
    """A scanner's file of many pages, each with a picture of its own (the same one, written anew each time)."""
    with pikepdf.new() as pdf:
        for number in range(pages):
            add_scanned(pdf, picture + number.to_bytes(4, "big"), size, dpi)
        pdf.save(path)
    return path


def add_scanned(pdf: pikepdf.Pdf, picture: bytes, size: tuple[int, int], dpi: int) -> None:
    """Add a page that is one grey JPEG."""
    width, height = size[0] * 72 / dpi, size[1] * 72 / dpi
    page = pdf.add_blank_page(page_size=(width, height))
    image = pikepdf.Stream(pdf, picture, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=size[0],
                           Height=size[1], BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceGray,
                           Filter=pikepdf.Name.DCTDecode)  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.Contents = pikepdf.Stream(pdf, f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode())


def again(image: Image.Image, quality: int) -> Image.Image:
    """The image after a scanner's JPEG."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).convert(image.mode)
