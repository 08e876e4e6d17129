"""Pictures as ink on paper, upright and of bounded size."""

import io

import numpy as np
from PIL import Image

ENGINE_SIDE = 5_000
_ENGINE_PIXELS = 16_000_000  # an A3 sheet at 300 dots per inch; more is made smaller before it is read
_LEAST_DPI, _MOST_DPI = 60.0, 1_300.0
_USUAL_DPI = (300.0, 200.0, 150.0, 100.0, 72.0)
_LONGEST_INCHES = 17.5
_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_TURNED = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def on_paper(image: Image.Image) -> Image.Image:
    """Grey or in colour, eight bits, what is transparent white."""
    if image.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        levels = np.asarray(image).astype(np.float32)
        most = 65535.0 if image.mode.startswith("I;16") else float(levels.max())
        return Image.fromarray((np.clip(levels / (most or 1.0), 0, 1) * 255).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode in {"L", "RGB"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def decoded_jpeg(data: bytes, mode: str | None, side: int) -> Image.Image:
    """A JPEG in grey or in its own colours, decoded at half or a quarter of its size where that is still `side` long."""
    image = Image.open(io.BytesIO(data), formats=["JPEG", "MPO"])
    image.draft(mode, (side * image.width // max(image.size), side * image.height // max(image.size)))
    image.load()
    return on_paper(image)


def bounded(image: Image.Image, side: int) -> Image.Image:
    """The image, at most `side` wide and high."""
    if max(image.size) <= side:
        return image
    return scaled(image, side / max(image.size))


def scaled(image: Image.Image, factor: float) -> Image.Image:
    """The image made smaller."""
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BOX if factor <= 0.5 else Image.Resampling.BICUBIC, reducing_gap=2.0)


def for_engine(grey: Image.Image) -> Image.Image:
    """A grey picture of a size that can be read within bounded memory."""
    pixels = grey.width * grey.height
    return grey if pixels <= _ENGINE_PIXELS else scaled(grey, (_ENGINE_PIXELS / pixels) ** 0.5)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turned as an orientation tag says."""
    how = _TRANSPOSED.get(orientation)
    return image if how is None else image.transpose(how)


def turned(image: Image.Image, turn: int, tilt: float, *, fine: bool = True) -> Image.Image:
    """Turned clockwise by quarter turns, then by a few degrees; the corners that open are white.

    `fine` is for the eye; the engine reads the same from what is made in half the time.
    """
    how = _TURNED.get(turn)
    image = image if how is None else image.transpose(how)
    if not tilt:
        return image
    paper: int | tuple[int, int, int] = 255 if image.mode == "L" else (255, 255, 255)
    how_finely = Image.Resampling.BICUBIC if fine else Image.Resampling.BILINEAR
    return image.rotate(-tilt, how_finely, expand=True, fillcolor=paper)


def guessed_dpi(size: tuple[int, int], told: float) -> float:
    """What a file says of its resolution, if that can be; else the one that makes it a sheet of paper."""
    if _LEAST_DPI < told < _MOST_DPI and round(told) not in {72, 96}:
        return told
    return next((dpi for dpi in _USUAL_DPI if 8 <= max(size) / dpi <= _LONGEST_INCHES), 150.0)
