"""Goal 9: pages a minute to searchable PDF on two cores, beside the engine alone on the same pages, and the same text.

The pages are drawn here: A4, 300 dots per inch, grey JPEG, noise and a tilt of up to 1°, as a scanner gives them, in French
and English, in three typefaces. The floor is the engine and nothing else: it is handed the decoded picture and asked for its
text; no turning, no setting straight, no picture for the viewer, no PDF. Both run one thread; what counts is processor time,
because other work on the machine falls on neither, and rounds alternate. Run alone: `python -m bench.ocr`.
"""

import io
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from rapidfuzz.distance import Levenshtein

from backoffice.core import ocr
from backoffice.core.ocr import data
from bench import paper

ROUNDS = 3
PEER = 27  # pages a minute: ocrmypdf 17.13, two jobs, deskew and clean and PDF/A, measured once on such pages
TYPEFACES = (("Liberation Serif", 11), ("DejaVu Sans", 10), ("Liberation Sans", 11))
OTHERS = {"Spanish": paper.SPANISH, "Arabic": paper.ARABIC, "Hebrew (named, not read)": paper.HEBREW}

Page = tuple[Image.Image, str]


def measure() -> None:
    """The table of goal 9."""
    pages = {"fra": sheets(paper.FRENCH, 4), "eng": sheets(paper.ENGLISH, 4)}
    both = [*pages["fra"], *pages["eng"]]
    with tempfile.TemporaryDirectory(prefix="bench-ocr-") as name:
        folder = Path(name)
        scan = scanned(folder / "scan.pdf", [picture for picture, _ in both])
        mine, floor, texts, bare = [], [], list[str](), list[str]()
        for _ in range(ROUNDS):
            cost, texts = product(scan, len(both), folder)
            mine.append(cost)
            cost, bare = engine_alone(scan, len(both))
            floor.append(cost)
        cost, least = statistics.median(mine), statistics.median(floor)
        print(f"\ntext recognition, {len(both)} pages at 300 dpi, {ROUNDS} alternating rounds, processor seconds a page [least–most]")
        print(f"  to searchable PDF {cost:.2f} [{min(mine):.2f}–{max(mine):.2f}]   engine alone {least:.2f} [{min(floor):.2f}–{max(floor):.2f}]"
              f"   ratio {cost / least:.2f}x")  # fmt: skip
        print(
            f"  two cores: {120 / cost:.0f} pages a minute = {120 / cost / PEER:.1f}x ocrmypdf's {PEER} (goal 72 = 2.7x; engine alone {120 / least:.0f})"
        )
        print(f"  by the clock, two at a time, on this machine as busy as it is now: {by_the_clock(scan, len(both), folder):.0f} pages a minute")
        half = len(pages["fra"])
        for language, part in (("French", slice(0, half)), ("English", slice(half, None))):
            mistakes = [errors(got, both[part]) for got in (texts[part], bare[part])]
            print(
                f"  wrong letters, {language}: {mistakes[0]:.3f} %, engine alone {mistakes[1]:.3f} %, difference {mistakes[0] - mistakes[1]:+.3f} (goal ≤ +0.1)"
            )
        for language, text in OTHERS.items():
            some = sheets(text, 1, face="DejaVu Sans", leftwards=language != "Spanish")
            cost, _ = product(scanned(folder / f"{language[:3]}.pdf", [picture for picture, _ in some]), 1, folder)
            print(f"  {language}: {cost:.2f} processor seconds a page")
        memory(folder, both)


def sheets(text: Sequence[str], count: int, *, face: str = "", leftwards: bool = False) -> list[Page]:
    """Pages as a scanner sees them, each with the text that is on it."""
    from weasyprint import HTML

    made, noise = [], np.random.default_rng(len(text))
    for number in range(count):
        name, size = (face, 12) if face else TYPEFACES[number % len(TYPEFACES)]
        body = "".join(f"<p>{text[(number * 3 + row) % len(text)]}</p>" for row in range(min(7, len(text))))
        style = f"@page {{ size: A4; margin: 2cm }} body {{ font: {size}pt '{name}' }}"
        html = f"<html dir={'rtl' if leftwards else 'ltr'}><style>{style}</style>{body}</html>"
        page = pdfium.PdfDocument(HTML(string=html).write_pdf())[0]
        grey = page.render(scale=300 / 72, grayscale=True).to_pil()
        tilted = grey.rotate(random.Random(number).uniform(-1, 1), fillcolor=255, resample=Image.Resampling.BILINEAR)
        levels = np.asarray(tilted).astype(np.float32) * 0.9 + 12 + noise.normal(0, 6, (tilted.height, tilted.width))
        made.append((Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)), page.get_textpage().get_text_bounded()))
    return made


def scanned(path: Path, pages: Sequence[Image.Image]) -> Path:
    """One file of these pages, each a JPEG."""
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=300, quality=75)
    return path


def product(scan: Path, count: int, folder: Path) -> tuple[float, list[str]]:
    """Processor seconds a page of the product, its process and its start included, and what it read."""
    read = list[str]()
    cost = spent(lambda: recognised(scan, range(1, count + 1), folder / "out", read))
    return cost / count, read


def recognised(scan: Path, numbers: Sequence[int], into: Path, read: list[str]) -> None:
    def said(page: ocr.Recognised | ocr.Unrecognised) -> None:
        assert isinstance(page, ocr.Recognised), page
        read.append(page.text)

    ocr.recognise(scan, [ocr.Wanted(number) for number in numbers], into, said=said)


def engine_alone(scan: Path, count: int) -> tuple[float, list[str]]:
    """Processor seconds a page of the engine on decoded pictures, in a process of its own, and what it read."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    answer = subprocess.run([sys.executable, "-m", "bench.ocr", "engine", str(scan), str(count)], check=True, capture_output=True, env=environment)
    cost, *texts = answer.stdout.decode().split("\f")
    return float(cost), texts


def engine(scan: Path, count: int) -> None:
    """The floor, in its own process: decode, recognise; loading is not counted."""
    import pikepdf
    import tesserocr

    engine = tesserocr.PyTessBaseAPI(path=f"{data.folder()}/", lang="fra+eng", psm=tesserocr.PSM.AUTO)
    texts, began = [], time.process_time()
    with pikepdf.open(scan) as pdf:
        for number in range(count):
            picture = Image.open(io.BytesIO(next(iter(pdf.pages[number].get_images().values())).read_raw_bytes()))
            engine.SetImage(picture)
            engine.SetSourceResolution(300)
            texts.append(engine.GetUTF8Text())
    print("\f".join([str((time.process_time() - began) / count), *texts]), end="")


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of its children."""
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    work()
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime for a, b in zip(after, before, strict=True))


def by_the_clock(scan: Path, count: int, folder: Path) -> float:
    """Pages a minute of two workers at once, by the wall clock."""
    halves = (range(1, count // 2 + 1), range(count // 2 + 1, count + 1))
    workers = [threading.Thread(target=recognised, args=(scan, half, folder / f"half-{index}", [])) for index, half in enumerate(halves)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count / (time.perf_counter() - began) * 60


def errors(read: Sequence[str], pages: Sequence[Page]) -> float:
    """Wrong letters in a hundred, whatever the breaks of lines and the form of apostrophes."""
    pairs = [(even(got), even(truth)) for got, (_, truth) in zip(read, pages, strict=True)]
    return 100 * sum(Levenshtein.distance(*pair) for pair in pairs) / sum(len(truth) for _, truth in pairs)


def even(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def memory(folder: Path, pages: Sequence[Page]) -> None:
    """The largest a process grew, for few pages and for many: each in a fresh parent, whose children's record is new."""
    pictures = [picture for picture, _ in pages[:4]]
    for count in (4, 24):
        scan = scanned(folder / f"{count}.pdf", pictures * (count // 4))
        grown = subprocess.run([sys.executable, "-m", "bench.ocr", "grown", str(scan), str(count)], check=True, capture_output=True, text=True)
        print(f"  {count} pages: the process grew to {int(grown.stdout) // 1024} MB (goal ≤ 300)")


def grown(scan: Path, count: int) -> None:
    with tempfile.TemporaryDirectory() as into:
        recognised(scan, range(1, count + 1), Path(into), [])
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["engine", scan, count]:
            engine(Path(scan), int(count))
        case ["grown", scan, count]:
            grown(Path(scan), int(count))
        case _:
            measure()
