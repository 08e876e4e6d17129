"""The report as a page, and as a file that anybody can keep: HTML, or a PDF that a screen reader can follow."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from backoffice.desk.report import figures, reading
from backoffice.desk.windows.versions import SideBySide, side_by_side
from backoffice.desk.words import ADMISSION, ADMISSION_REASON
from backoffice.mail import printing
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Draw, Window, WindowNotice


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the public is told of a period."""

    window: Window
    at: datetime
    versions: SideBySide
    notices: list[WindowNotice]
    total: int
    outcomes: list[tuple[str, str | None, int]]
    taken: int
    channels: list[figures.Group]
    countries: list[figures.Group]
    hour: figures.Hour
    days: figures.Days
    cut_off: reading.CutOff
    rounds: list[reading.InvitedRound]
    draw: Draw | None
    lines: int
    last: str

    @property
    def order(self) -> str:
        """How its places are given."""
        return self.window.terms.order.value

    @property
    def tie_secret(self) -> str | None:
        """The secret of the ties, once it was revealed; before, it is nobody's."""
        return self.window.tie_secret if self.window.tie_revealed_at else None

    @property
    def untold(self) -> bool:
        """Whether a count is kept back beside a single small one."""
        return any(shown.many is None and not shown.few for group in self.countries for shown in (group.arrivals, group.places))


def report(window: Window, *, at: datetime) -> Report:
    """Read a period whole. The end of the ledger is read first: it holds no less than what is counted after it."""
    lines, last = reading.ledger_end(window.id)
    cells = reading.cells(window.id)
    counted = figures.tally(cells, lambda cell: (cell.status, cell.reason))
    return Report(
        window=window, at=at, versions=side_by_side(window), notices=quota_queries.notices(window.id)[::-1], total=figures.total(cells),
        outcomes=_outcomes(counted), taken=figures.total(cell for cell in cells if cell.takes), channels=figures.channels(cells),
        countries=figures.countries(cells), hour=figures.hour(cells, _opening(window)), days=figures.days(cells),
        cut_off=reading.cut_off(window), rounds=reading.rounds(window), draw=quota_queries.draw(window.id), lines=lines, last=last,
    )  # fmt: skip


def _opening(window: Window) -> datetime:
    """When applications could come first: at the announced instant even if the opening was noted later, or before it by two signatures."""
    return min(window.opens_at, window.opened_at or window.opens_at)


def _outcomes(counted: dict[tuple[str, str | None], int]) -> list[tuple[str, str | None, int]]:
    """Outcomes in the order of their life, those without a reason first."""
    statuses, reasons = list(ADMISSION), [None, *ADMISSION_REASON]
    return sorted(
        ((status, reason, many) for (status, reason), many in counted.items()), key=lambda one: (statuses.index(one[0]), reasons.index(one[1]))
    )


def on_page(chart: figures.Chart) -> Markup:
    """A drawing inside a page."""
    return Markup(chart.svg)  # noqa: S704 - made here, of numbers only


def on_paper(chart: figures.Chart) -> Markup:
    """A drawing inside a file: an image, which the printed page can describe in words."""
    return Markup("data:image/svg+xml;base64,") + b64encode(chart.svg.encode()).decode()


def html(made: Report) -> str:
    """The report as one file, in the language of the moment."""
    return render_template("desk/report_print.html", report=made, window=made.window, chart=on_paper, lang=get_locale())


def pdf(made: Report) -> bytes:
    """The same as a tagged PDF."""
    return printing.render_pdf(html(made), created=made.at)
