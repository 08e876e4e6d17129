"""Generated sheets as a scanner gives them: separators of every kind, and pages of text that hold no code."""

from io import BytesIO
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw
from zxingcpp import BarcodeFormat as Format

MM = 25.4
TEXT = ("Je soussignée déclare avoir joint à la présente demande les pièces suivantes : diplôme, relevé de notes, "
         "attestation d'emploi, certificat de naissance 2016-06-13 IIIIII llllll HHHH 514 555-0199")  # fmt: skip
WORDS = TEXT.split()


def separator(kind: Format, *, dpi: int = 200, tilt: float = 0, noise: float = 0, seed: int = 0, line_mm: float = 0.4) -> Image.Image:
    """A separator sheet, drawn at twice its resolution, tilted, then scanned."""
    unit = 2 * dpi / MM
    sheet = Image.new("L", (round(17 * dpi), round(22 * dpi)), 255)
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode("PATCHT", kind), scale=1)
    code = Image.fromarray(drawn).convert("L")
    size = (round(30 * unit), round(30 * unit)) if kind is Format.QRCode else (round(code.width * line_mm * unit), round(15 * unit))
    code = code.resize(size, Image.Resampling.NEAREST)
    sheet.paste(code, ((sheet.width - code.width) // 2, round(60 * unit)))
    ImageDraw.Draw(sheet).text((200, round(30 * unit)), "PATCH T  —  Feuille séparatrice", font_size=round(8 * unit))
    return scanned(sheet.rotate(tilt, fillcolor=255, resample=Image.Resampling.BICUBIC).reduce(2), noise, seed)


def text_page(seed: int, *, dpi: int = 150) -> Image.Image:
    """A page of words, a ruled table, boxes to tick and lines to write on, a little tilted; there is no code on it."""
    draw, size = Random(seed), (round(8.5 * dpi), round(11 * dpi))
    sheet = Image.new("L", size, 255)
    pen, line = ImageDraw.Draw(sheet), draw.choice((dpi // 11, dpi // 9, dpi // 7))
    down = dpi // 2
    while down < size[1] - dpi:
        match draw.randrange(6):
            case 0:
                down = _table(pen, draw, dpi, down)
            case 1:
                down = _boxes(pen, draw, dpi, down)
            case 2:
                pen.text(
                    (dpi // 2, down),
                    draw.choice(WORDS).upper() + " " + draw.choice(WORDS).upper(),
                    fill=0,
                    font_size=dpi // 5,
                    stroke_width=draw.randrange(3),
                )
                down += dpi // 3
            case _:
                for _ in range(draw.randrange(2, 8)):
                    pen.text((dpi // 2, down), " ".join(draw.choices(WORDS, k=11)), fill=draw.randrange(90), font_size=line)
                    down += round(line * 1.3)
                down += line
    tilted = sheet.rotate(draw.uniform(-3, 3), fillcolor=255, resample=Image.Resampling.BILINEAR)
    return scanned(tilted, draw.uniform(0, 9), seed)


def _table(pen: ImageDraw.ImageDraw, draw: Random, dpi: int, top: int) -> int:
    columns, rows, high = draw.randrange(3, 30), draw.randrange(2, 7), dpi // draw.randrange(5, 12)
    for row in range(rows + 1):
        pen.line((dpi // 2, top + row * high, 8 * dpi, top + row * high), fill=0, width=draw.randrange(1, 3))
    for column in range(columns + 1):
        across = dpi // 2 + column * 15 * dpi // (2 * columns)
        pen.line((across, top, across, top + rows * high), fill=0, width=draw.randrange(1, 4))
    return top + rows * high + dpi // 4


def _boxes(pen: ImageDraw.ImageDraw, draw: Random, dpi: int, top: int) -> int:
    side = dpi // 8
    for place in range(draw.randrange(4, 24)):
        left = dpi // 2 + place * (side + draw.randrange(2, 12))
        pen.rectangle((left, top, left + side, top + side), outline=0, fill=draw.choice((None, None, 0)))
    return top + dpi // 3


def scanned(sheet: Image.Image, noise: float, seed: int) -> Image.Image:
    """The sheet on paper that is not quite white, with a scanner's noise, as JPEG."""
    levels = np.asarray(sheet).astype(np.float32) * 0.9 + 12
    levels += noise * np.random.default_rng(seed).standard_normal(levels.shape, dtype=np.float32)
    out = BytesIO()
    Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=75)
    return Image.open(out)
