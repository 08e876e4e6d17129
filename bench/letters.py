"""Letters beside the least code that makes them: goals 7, 7b and 10, and the memory of a worker that prints a thousand.

`python -m bench.letters`, or part of `make bench`. All in processor time of this process, in turn, so that what else the
machine does falls on all. The floor of a letter is the engine with layout and fonts read once and the code drawn as one path,
tagged like ours; the usual way reads layout and fonts for each letter and draws the code bar by bar.
"""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from unittest import mock

ROUNDS, LETTERS = int(os.environ.get("BENCH_ROUNDS", "5")), int(os.environ.get("BENCH_LETTERS", "1000"))
WORDS = "Nous avons examiné votre demande et l’ensemble des pièces que vous avez fournies. " * 5
LAYOUT = (
    "@page{size:letter;margin:2cm;@bottom-right{content:counter(page)}}body{font:11pt 'Letter','Letter Ext',sans-serif}h1{font-size:14pt}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #888;padding:3pt}img{width:60mm;height:12mm}"
)
ROWS = "".join(f"<tr><td>Critère {row}</td><td>{row * 2}</td><td>{row * 3}</td><td>Attribué</td></tr>" for row in range(8))
GIVEN, FAMILY = ("Nadia", "Jean-Pierre", "Émilie", "Anh", "Léa"), ("Belkacem", "Tremblay", "Öztürk", "Roy", "Haddad")


def page(number: int, *, bars: bool) -> str:
    """The letter of one page that the floors of `performance.md` were taken with: a code, three paragraphs, a table."""
    from backoffice.mail import codes

    drawing = codes.code128_svg(f"D{number:09d}")
    code = codes.data_uri(_bar_by_bar(drawing) if bars else drawing)
    table = f"<table><thead><tr><th>Critère</th><th>Points</th><th>Max</th><th>Résultat</th></tr></thead><tbody>{ROWS}</tbody></table>"
    body = (
        f"<p>Ministère<br>Direction</p><p><img alt='Code du dossier' src='{code}'></p><p>Dupont {number}<br>12, rue X</p><h1>Décision {number}</h1>"
    )
    return f"<html lang=fr><head><title>Lettre</title></head><body>{body}<p>{WORDS}</p><p>{WORDS}</p>{table}<p>{WORDS}</p></body></html>"


def _bar_by_bar(drawing: str) -> str:
    import re

    bars = re.sub(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", r'<rect x="\1" y="\2" width="\3" height="\4"/>', drawing)
    return re.sub(r'<path d="(.*)"/>', r"\1", bars)


class Engine:
    """WeasyPrint with the least around it."""

    def __init__(self) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        from backoffice.mail import press

        self.fonts = FontConfiguration()
        self.source = press._font_faces() + LAYOUT  # noqa: SLF001 - the same fonts for all
        self.layout = CSS(string=self.source, font_config=self.fonts)

    def floor(self, number: int) -> None:
        """Layout and fonts read once, the code as one path."""
        from weasyprint import HTML

        HTML(string=page(number, bars=False)).write_pdf(stylesheets=[self.layout], font_config=self.fonts, pdf_variant="pdf/ua-1")

    def usual(self, number: int) -> None:
        """Everything read again for each letter, the code bar by bar."""
        from weasyprint import CSS, HTML

        HTML(string=page(number, bars=True)).write_pdf(stylesheets=[CSS(string=self.source)], pdf_variant="pdf/ua-1")

    def product(self, number: int) -> None:
        """Our press, with this layout in the place of its own."""
        from backoffice.mail import press

        press.print_letter(page(number, bars=False))


def receipts(many: int, first: int = 0) -> list[str]:
    """Receipts of one page, each with its own name, address and numbers."""
    from dataclasses import replace

    from backoffice.mail import texts
    from bench.samples import receipt

    draw = Random(first)
    return [
        texts.receipt_letter_html(
            replace(
                receipt(), applicant_name=f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}", number=f"26{place:06d}-{place % 10}",
                reference=f"R-2026-{place:06d}", address_lines=(f"{draw.randrange(1, 9999)}, rue Fictive", "31000 ORAN", "ALGÉRIE"),
            )
        )
        for place in range(first, first + many)
    ]  # fmt: skip


def timed(operation: Callable[[], object], each: int) -> float:
    """Milliseconds of processor time for one."""
    began = time.process_time()
    operation()
    return (time.process_time() - began) / each * 1000


def goal_7() -> None:
    """One letter for somebody's file."""
    from backoffice.mail import press

    numbers, engine = count(1000), Engine()
    press.LAYOUT = _layout_file()
    press.faces.cache_clear()
    ways = {"product": engine.product, "floor": engine.floor, "usual": engine.usual}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way(next(numbers))
    for _ in range(ROUNDS * 2):
        for name, way in ways.items():
            taken[name].append(timed(lambda way=way: [way(next(numbers)) for _ in range(8)], 8))  # type: ignore[misc]
    mine, least, most = (statistics.median(taken[name]) for name in ("product", "floor", "usual"))
    spread = f"[{min(taken['product']):.1f}–{max(taken['product']):.1f}]"
    paired = statistics.median(a / b for a, b in zip(taken["product"], taken["floor"], strict=True))
    print(
        f"\n{'letter of one page, tagged, ms of CPU':<40}{mine:>7.1f} {spread}  floor {least:.1f}  {paired:.3f}x (goal 1.05x); usual way {most:.1f}, {most / mine:.2f}x (goal 1.55x)"
    )


def _layout_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bench-layout-"))
    (folder / "print.css").write_text(LAYOUT, "utf-8")
    return folder / "print.css"


def goal_7b() -> None:
    """A thousand for paper, and as many of them one by one as a round has time for."""
    from backoffice.mail import press, stamping

    letters = receipts(LETTERS)
    stamping.Series().add(letters[0])
    series: list[float] = []
    single: list[float] = []
    size = 0
    for _ in range(max(2, ROUNDS // 2)):
        run = stamping.Series()

        def whole(run: stamping.Series = run) -> None:
            nonlocal size
            for html in letters:
                run.add(html)
            size = len(run.write())

        series.append(timed(whole, LETTERS))
        single.append(timed(lambda: [press.render_pdf(html) for html in letters[:20]], 20))
        assert run.counted["stamped"] == LETTERS, run.counted
    mine, one = statistics.median(series), statistics.median(single)
    print(
        f"{f'series of {LETTERS}, stamped, ms of CPU each':<40}{mine:>7.1f} (goal 11)  one by one {one:.1f}, {one / mine:.1f}x (goal 5x); {size / LETTERS:.0f} bytes each, fonts once"
    )


def memory() -> None:
    """What a worker that prints letters holds, tagged ones and stamped ones; in a process of its own."""
    here = [sys.executable, "-c", "from bench.letters import hold; hold()"]
    print(subprocess.run(here, check=True, capture_output=True, text=True).stdout, end="")


def _peak() -> int:
    """The most this process held, in kilobytes; the kernel's other count begins with what the parent held."""
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM:"))


def hold() -> None:
    """Print a thousand of each and say what it cost."""
    from backoffice.mail import press, printing

    letters = receipts(100)
    for html in letters[:50]:
        press.render_pdf(html)
    before = _peak()
    for turn in range(LETTERS):
        press.render_pdf(letters[turn % 100])
    after = _peak()
    for first in range(0, LETTERS, 250):  # as many as a job prints
        printing.series(receipts(250, first)).write()
    peak = _peak()
    print(
        f"{'memory of a process that prints, MB':<40}{peak / 1024:>7.0f} peak (goal 180); {(after - before) / 1024:+.1f} over {LETTERS} tagged letters (goal 5), {(peak - after) / 1024:+.1f} over {LETTERS} stamped"
    )


def goal_10() -> None:
    """What facts, queue, kept files and commits add to a print run.

    Taken within each run, so that a machine busy with other things slows both alike: the work is reading the letters from the
    store, printing them, and making the run's list and file; whatever else this process does for the run is added.
    """
    from backoffice.mailroom.letters import service

    many, runs = service.PART * 2, []
    for turn in range(ROUNDS + 1):
        _letters_that_wait(receipts(many, turn * 1000))
        gc.collect()
        runs.append(_shared())
    added = [100 * (whole / work - 1) for whole, work in runs[1:]]  # the first one warms
    each = statistics.median(work for _whole, work in runs[1:]) / many
    print(
        f"{'added to a print run by its queue':<40}{statistics.median(added):>+7.1f} % [{min(added):.1f}–{max(added):.1f}] of the work's CPU, {each:.2f} ms a letter with list and file ({service.PART} letters a job; goal 3 %)"
    )


def _shared() -> tuple[float, float]:
    """One run through the queue: its milliseconds, and those of them that its letters, list and file took."""
    from backoffice.mailroom.letters import printing as drawing

    taken: list[float] = []

    def counting(work: Callable[..., bytes]) -> Callable[..., bytes]:
        def counted(*given: object) -> bytes:
            began = time.process_time()
            try:
                return work(*given)
            finally:
                taken.append(time.process_time() - began)

        return counted

    with mock.patch.multiple(drawing, part=counting(drawing.part), front=counting(drawing.front), joined=counting(drawing.joined)):
        whole = timed(_queued, 1)
    return whole, sum(taken) * 1000


def _letters_that_wait(letters: list[str]) -> list[int]:
    """Letters in the house, as sending a message leaves them; their making is not measured here."""
    from uuid import uuid4

    from sqlalchemy import select

    from backoffice.cases.models import Case
    from backoffice.core import clock, files
    from backoffice.core.db import db, transaction
    from backoffice.mail import press, printing
    from backoffice.mail.models import Message, PostedLetter
    from backoffice.mail.values import Direction

    sha256 = files.keep(press.render_pdf(letters[0]))
    now = clock.now()
    with transaction():
        case = db.session.scalars(select(Case).limit(1)).one()
        ids = [uuid4() for _ in letters]
        made = [
            PostedLetter(
                message_id=one, sha256=sha256, made_at=now, source_sha256=files.keep(html.encode()), edition=printing.edition(), missing="", pages=1
            )
            for one, html in zip(ids, letters, strict=True)
        ]
        db.session.add_all(
            Message(
                id=one, case_id=case.id, position=1_000_000 + place + int(now.timestamp()) % 10_000_000 * 1000, direction=Direction.OUT, kind="bench",
                language="fr", subject="Reçu", body="", automatic=True, author_id="system", author_label="Système", sent_at=now,
            )
            for place, one in enumerate(ids)
        )  # fmt: skip
        db.session.flush()
        db.session.add_all(made)
        db.session.flush()
        return [one.id for one in made]


def _queued() -> None:
    """The product: asked for, told to the queue, printed part after part by a worker of RQ, kept and committed."""
    from rq.serializers import JSONSerializer

    from backoffice import worker
    from backoffice.core import clock, deliveries
    from backoffice.core.actors import SYSTEM
    from backoffice.core.db import transaction
    from backoffice.mailroom.letters import queries, service
    from backoffice.mailroom.letters.states import RunState

    with transaction():
        number = service.ask_for_run(by=SYSTEM, at=clock.now()).number
    connection = deliveries.redis_for_workers()
    taker = worker.PatientWorker([deliveries.queue(connection)], connection=connection, serializer=JSONSerializer)
    taker.work(burst=True, logging_level="WARNING")
    assert queries.run(number).state is RunState.MADE


def no_ops() -> None:
    """Queue and commits alone: parts of letters with nothing to print, beside as many jobs of RQ's simple worker."""
    from redis import Redis
    from rq import Queue, SimpleWorker
    from rq.serializers import JSONSerializer

    from backoffice.core.settings import settings
    from backoffice.mailroom.letters import printing as drawing
    from backoffice.mailroom.letters import service

    connection = Redis.from_url(settings().redis_url)
    plain = Queue("bench-no-op", connection=connection, serializer=JSONSerializer)
    began = time.process_time()
    for _ in range(300):
        plain.enqueue("time.time", result_ttl=0)
    SimpleWorker([plain], connection=connection, serializer=JSONSerializer).work(burst=True, logging_level="WARNING")
    alone = (time.process_time() - began) / 300 * 1000
    nothing = mock.patch.multiple(
        drawing, part=lambda letters: str(letters[0].letter_id).encode(), front=lambda _run, _letters: b"", joined=lambda _pieces: b"%PDF nothing"
    )
    ids = _letters_that_wait(receipts(service.PART * 2, 9000))
    with nothing:
        chunked = timed(_queued, len(ids))
    print(
        f"{'a letter with nothing to print, ms of CPU':<40}{chunked:>7.2f}  one job of a simple worker {alone:.2f}, {alone / chunked:.1f}x (goal 3x)"
    )


def measure() -> None:
    """All, but for the queue, which needs the services."""
    print(f"\nload of the machine {os.getloadavg()[0]:.1f}")
    goal_7b()
    memory()
    goal_7()


def main() -> int:
    """Start services of its own around this program, then measure."""
    if os.environ.get("BENCH_INSIDE"):
        subprocess.run([sys.executable, "-m", "backoffice.cli", "db", "upgrade"], check=True, capture_output=True)
        from backoffice.app import create_app

        with create_app().app_context():
            _a_case()
            goal_10()
            no_ops()
        measure()
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.chmod(folder, 0o755)
        environment = {**os.environ, "BACKOFFICE_DATA": f"{folder}/data", "BENCH_INSIDE": "1"}
        inside = [sys.executable, "-m", "bench.letters"]
        return subprocess.run([sys.executable, "-m", "backoffice.supervisor", "services", "--", *inside], env=environment, check=False).returncode


def _a_case() -> None:
    """One case in an empty house, through the front door."""
    from backoffice.app import create_app
    from backoffice.core.settings import settings
    from backoffice.intake import receipts as signing
    from bench.__main__ import Stage, _settle_all

    signing.make_key(settings().keys_folder)
    stage, client = Stage(), create_app().test_client()
    stage.submit(client, {"Authorization": f"Bearer {stage.key}"})
    _settle_all()


if __name__ == "__main__":
    sys.exit(main())
