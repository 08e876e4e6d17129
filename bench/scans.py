"""Goal 8: a scanned page decoded, searched for codes and judged blank or not, beside the least code that does the same.

The floor decodes the embedded JPEG at half its size, looks for two kinds of code with the fast flags and takes a mean; the
usual way draws the page at 300 dots per inch and looks for every kind of code. All in this process, in turn, so that what
else the machine does falls on all three; the bounded process that does it in production runs the very same functions.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat as Format

from backoffice.core.scans import Opened, open_file
from backoffice.core.scans.child import embedded, pages
from tests.core.scans import making, sheets

ROUNDS, A4 = 5, (2480, 3508)
SIDE = 2_000


def measure() -> None:
    """Twelve pages at 300 dots per inch: three separators, two blank sides, seven of text."""
    with tempfile.TemporaryDirectory(prefix="bench-scans-") as folder:
        path = scan(Path(folder) / "scan.pdf")
        with pikepdf.open(path) as pdf:
            drawn = pdfium.PdfDocument(path)
            ways = {"product": lambda: split(pdf), "floor": lambda: floor(pdf), "usual": lambda: usual(drawn)}
            taken = {name: [] for name in ways}
            for _ in range(ROUNDS):
                for name, way in ways.items():
                    taken[name].append(cpu(way) / 12)
        report({name: statistics.median(each) for name, each in taken.items()})
        whole(path, Path(folder))


def scan(path: Path) -> Path:
    """Pages as a scanner writes them: grey, with noise, a little tilted."""
    made = []
    for number in range(12):
        if number in {0, 4, 8}:
            made.append(sheets.separator(Format.Code128, dpi=300, tilt=number / 4 - 1, noise=6, seed=number))
        elif number in {3, 7}:
            made.append(sheets.scanned(Image.new("L", A4, 255), 6, number))
        else:
            made.append(sheets.text_page(number, dpi=300))
    with pikepdf.new() as pdf:
        for image in made:
            making.add_scanned(pdf, making.jpeg(image), image.size, 300)
        pdf.save(path)
    return path


def cpu(way: Callable[[], int]) -> float:
    """Milliseconds of processor time of one round; every way finds the three separators."""
    began = time.process_time()
    assert way() == 3
    return (time.process_time() - began) * 1000


def split(pdf: pikepdf.Pdf) -> int:
    """As the product does it, without the pictures it writes."""
    found = 0
    for page in pdf.pages:
        picture = embedded.sole_jpeg(page, SIDE // 2 + 1, 150_000_000)
        assert picture is not None
        found += sum(code["text"] == "PATCHT" for code in pages.looked_at(picture.image, SIDE).codes)
    return found


def floor(pdf: pikepdf.Pdf) -> int:
    """The least: decode, look twice as fast, take a mean."""
    found = 0
    for page in pdf.pages:
        image = Image.open(io.BytesIO(next(iter(page.get_images().values())).read_raw_bytes()))
        image.draft("L", (image.width // 2, image.height // 2))
        grey = np.asarray(image)
        fast = {"try_rotate": False, "try_downscale": False, "try_invert": False}
        found += len(zxingcpp.read_barcodes(grey, formats=[Format.Code128, Format.QRCode], **fast))
        assert float((grey[::4, ::4] < 128).mean()) < 1
    return found


def usual(drawn: pdfium.PdfDocument) -> int:
    """Draw each page, look for everything."""
    found = 0
    for page in drawn:
        grey = page.render(scale=300 / 72, grayscale=True).to_numpy()
        found += sum(code.text == "PATCHT" for code in zxingcpp.read_barcodes(grey))
    return found


def report(taken: dict[str, float]) -> None:
    """The three ways, and what they are to each other."""
    mine, least, most = taken["product"], taken["floor"], taken["usual"]
    print(
        f"\n{'scan split, ms of CPU a page':<34}{mine:>7.1f}{least:>12.1f} floor {mine / least:>6.2f}x (goal 1.30x); usual way {most:.0f}, {most / mine:.1f}x slower (goal 10x)"
    )


def whole(path: Path, folder: Path) -> None:
    """The same file through the bounded process, its start, its pictures and thumbnails included."""
    began, first = time.perf_counter(), []
    result = open_file(path, folder / "pages", page=lambda _: first.append(time.perf_counter() - began))
    assert isinstance(result, Opened)
    print(
        f"{'… in its process, with pictures':<34}{(time.perf_counter() - began) / 12 * 1000:>7.1f} ms of wall time a page; page 1 after {first[0] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    measure()
