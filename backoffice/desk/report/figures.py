"""The figures of a report: tallies that add up, counts too small to be told, and the drawings. Plain values in, plain values out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from backoffice.core.clock import MONTREAL
from backoffice.quota.states import TAKES_A_PLACE

LEAST = 5
"""Fewer people than this of one country could be recognised: their number is not told (A-2.1 s. 53)."""

TEN = 10
BAR, HEIGHT, INK = 12, 110, "#16314f"

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Cell:
    """How many applications of one minute are alike."""

    status: str
    reason: str | None
    channel: str
    country: str
    minute: datetime
    many: int

    @property
    def takes(self) -> bool:
        """Whether these take a place now."""
        return self.status in TAKES_A_PLACE

    @property
    def day(self) -> date:
        """The day on which they were received, in Montréal."""
        return self.minute.astimezone(MONTREAL).date()


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as the public reads it: the number, or `few` (fewer than five), or neither (it would let a small one be computed)."""

    many: int | None
    few: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A door or a country: how many came, and how many take a place."""

    code: str
    arrivals: Shown
    places: Shown


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a row, drawn; the numbers stand in a table beside it."""

    svg: str
    top: int


@dataclass(frozen=True, slots=True)
class Hour:
    """The sixty minutes from the opening on: ten in each row."""

    rows: tuple[tuple[datetime, tuple[int, ...]], ...]
    total: int
    chart: Chart


@dataclass(frozen=True, slots=True)
class Days:
    """Each day on which applications were received."""

    rows: tuple[tuple[date, int], ...]
    chart: Chart


def total(cells: Iterable[Cell]) -> int:
    """How many applications there are."""
    return sum(cell.many for cell in cells)


def tally(cells: Iterable[Cell], key: Callable[[Cell], K]) -> Counter[K]:
    """How many applications there are of each kind."""
    counted: Counter[K] = Counter()
    for cell in cells:
        counted[key(cell)] += cell.many
    return counted


def published(counts: Mapping[str, int], untold: Iterable[str] = ()) -> dict[str, Shown]:
    """Counts as they are told: a small one is « fewer than five »; beside one alone, the next is not told either, or the total would tell it."""
    few = {code for code, many in counts.items() if many < LEAST}
    kept = few | set(untold)
    if len(kept) == 1 and len(counts) > 1:
        kept |= {min(set(counts) - kept, key=lambda code: (counts[code], code))}
    return {code: Shown(None if code in kept else many, code in few) for code, many in counts.items()}


def countries(cells: Sequence[Cell]) -> list[Group]:
    """Countries, the most applications first; what is not told has no rank among them."""
    arrivals = tally(cells, lambda cell: cell.country)
    taken = tally([cell for cell in cells if cell.takes], lambda cell: cell.country)
    came = published(arrivals)
    untold = [code for code, shown in came.items() if shown.many is None]
    places = published({code: taken[code] for code in arrivals}, untold)
    groups = [Group(code, came[code], places[code]) for code in arrivals]
    return sorted(groups, key=lambda group: (-(group.arrivals.many or 0), group.arrivals.few, group.code))


def channels(cells: Sequence[Cell]) -> list[Group]:
    """Doors, each with its whole numbers: a door is no country."""
    arrivals = tally(cells, lambda cell: cell.channel)
    taken = tally([cell for cell in cells if cell.takes], lambda cell: cell.channel)
    return [Group(code, Shown(many), Shown(taken[code])) for code, many in sorted(arrivals.items())]


def hour(cells: Iterable[Cell], start: datetime) -> Hour:
    """The sixty minutes from an instant on."""
    start = start.replace(second=0, microsecond=0)
    counted = tally(cells, lambda cell: cell.minute)
    many = [counted[start + timedelta(minutes=n)] for n in range(60)]
    rows = tuple((start + timedelta(minutes=n), tuple(many[n : n + TEN])) for n in range(0, 60, TEN))
    return Hour(rows, sum(many), bars(many))


def days(cells: Iterable[Cell]) -> Days:
    """Every day with an application, in order."""
    rows = tuple(sorted(tally(cells, lambda cell: cell.day).items()))
    return Days(rows, bars([many for _, many in rows]))


def bars(counts: Sequence[int]) -> Chart:
    """Bars in a row, as a drawing that carries its own colours: a page's styles do not reach into a printed one."""
    top, width = max([1, *counts]), BAR * max(1, len(counts))
    drawn = "".join(
        f'<rect x="{BAR * n + 1}" y="{HEIGHT - height}" width="{BAR - 2}" height="{height}" fill="{INK}"/>'
        for n, many in enumerate(counts) if (height := round(HEIGHT * many / top, 1))
    )  # fmt: skip
    base = f'<path d="M0 {HEIGHT}.5h{width}" stroke="{INK}"/><path d="M0 .5h{width}M0 {HEIGHT // 2}.5h{width}" stroke="#c3c8ce"/>'
    size = f'viewBox="0 0 {width} {HEIGHT + 1}" width="{width}" height="{HEIGHT + 1}"'
    return Chart(f'<svg xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true" focusable="false">{base}{drawn}</svg>', top)
