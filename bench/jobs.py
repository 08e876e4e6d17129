"""What queueing, keeping and committing add to the work on scanned pages: goal 10, at most 3 % of the work's processor time.

`python -m bench.jobs`, or part of `make bench`. The floor reads and recognises the same file in the same bounded processes,
and writes its pictures to a folder; nothing is queued, kept or committed. Both are measured with their children.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

PAGES, ROUNDS = int(os.environ.get("BENCH_PAGES", "12")), int(os.environ.get("BENCH_ROUNDS", "3"))
A4 = (2480, 3508)
TEXT = (
    "Québec, le 13 juin 2016", "Objet : demande de certificat de sélection du Québec", "Madame, Monsieur,",
    "Vous trouverez ci-joint les documents demandés dans votre lettre du mois dernier,", "soit l’acte de naissance de chacun des membres de la famille,",
    "les pages d’identité de leur passeport et la preuve de notre vie commune.", "Veuillez recevoir l’expression de nos sentiments les meilleurs.",
)  # fmt: skip


def pdf(number: int) -> bytes:
    """Pages of a letter at 300 dots per inch, as a scanner writes them; each round has bytes of its own."""
    from PIL import Image, ImageDraw, ImageFont

    from backoffice.demo.paper import FONT

    font = ImageFont.truetype(FONT, size=44)
    pages = []
    for place in range(PAGES):
        page = Image.new("L", A4, 250)
        pen = ImageDraw.Draw(page)
        for row in range(36):
            pen.text((250, 300 + 80 * row), f"{TEXT[(row + place) % len(TEXT)]}", fill=30, font=font)
        pen.text((2000, 3300), f"{number}.{place + 1}", fill=30, font=font)
        pages.append(page)
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=300, quality=80)
    return out.getvalue()


def cpu() -> float:
    """Processor time of this process and of the children it has seen end."""
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def bare(data: bytes) -> None:
    """The work itself."""
    from backoffice.core import ocr, scans

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "received"
        path.write_bytes(data)
        opened = scans.open_file(path, Path(folder) / "pages", name="lot.pdf", page=lambda _page: None)
        assert isinstance(opened, scans.Opened), opened
        for first in range(1, PAGES + 1, 8):  # as many at a time as the product takes
            wanted = [ocr.Wanted(number) for number in range(first, min(first + 8, PAGES + 1))]
            ocr.recognise(path, wanted, Path(folder) / "texts", name="lot.pdf", said=lambda _page: None)


def queued(data: bytes) -> None:
    """The product: received, queued, taken by a worker of RQ, kept and committed page by page."""
    from rq.serializers import JSONSerializer

    from backoffice import worker
    from backoffice.core import clock, deliveries
    from backoffice.core.actors import SYSTEM
    from backoffice.core.db import db, transaction
    from backoffice.mailroom import service
    from backoffice.mailroom.pipeline import jobs, queries
    from backoffice.mailroom.pipeline import service as pipeline
    from backoffice.mailroom.pipeline.values import WorkKind
    from backoffice.mailroom.values import Door, NewEnvelope

    with transaction():
        number = service.register_envelope(NewEnvelope(clock.today()), by=SYSTEM, at=clock.now()).number
        scan_id = pipeline.receive(data, "lot.pdf", Door.SCANNER, envelope=number, by=SYSTEM, at=clock.now()).id
    connection = deliveries.redis_for_workers()
    taker = worker.PatientWorker([jobs.queue(kind, connection) for kind in WorkKind], connection=connection, serializer=JSONSerializer)
    taker.work(burst=True, logging_level="WARNING")
    progress = queries.progress([queries.scan(scan_id)])[scan_id]
    assert (progress.read, progress.recognised) == (PAGES, PAGES), progress
    db.session.remove()


def timed(operation: Callable[[bytes], None], data: bytes) -> tuple[float, float]:
    """Milliseconds a page: of wall time, and of processor time."""
    wall, spent = time.perf_counter(), cpu()
    operation(data)
    return (time.perf_counter() - wall) * 1000 / PAGES, (cpu() - spent) * 1000 / PAGES


def measure() -> None:
    """Both in turn; the first round of each warms and does not count. Needs the application's context."""
    product, floor = [], []
    for number in range(ROUNDS + 1):
        data = pdf(number)
        floor.append(timed(bare, data))
        product.append(timed(queued, data))
    least, mine = ([statistics.median(column) for column in zip(*rounds[1:], strict=True)] for rounds in (floor, product))
    print(f"\nscanned pages, {PAGES} a file at 300 dpi, read and recognised: ms a page of wall time, processor time in brackets")
    print(f"queued, kept and committed {mine[0]:>8.1f} [{mine[1]:.1f}]   bare {least[0]:.1f} [{least[1]:.1f}]", end="   ")
    print(f"overhead {100 * (mine[1] / least[1] - 1):+.1f} % of processor time (goal: 3 %)")


def main() -> int:
    """Start services of its own around this program, then measure."""
    if os.environ.get("BENCH_INSIDE"):
        subprocess.run([sys.executable, "-m", "backoffice.cli", "db", "upgrade"], check=True, capture_output=True)
        from backoffice.app import create_app

        with create_app().app_context():
            measure()
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.chmod(folder, 0o755)
        environment = {**os.environ, "BACKOFFICE_DATA": f"{folder}/data", "BENCH_INSIDE": "1"}
        inside = [sys.executable, "-m", "bench.jobs"]
        return subprocess.run([sys.executable, "-m", "backoffice.supervisor", "services", "--", *inside], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
