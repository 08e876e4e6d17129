"""The exact account of an envelope's sheets and pages: pure, so that it can be proved.

Sheets counted at opening = sheets scanned; pages scanned = pages filed + pages left out with a reason. Too few and too many
both block; a page that came twice, that is out of its file's order, or that a file lost is named. Sheets of ours
(separators, headers) are no content and are not counted.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backoffice.mailroom.states import PageState, ScanState
from backoffice.mailroom.values import Excluded

OURS = frozenset({Excluded.OUR_SHEET.value, Excluded.SEPARATOR.value})
"""Sheets that the room itself put into the pile."""

NO_SHEET = frozenset({Excluded.ENVELOPE_COVER.value})
"""Pages that are no sheet of the contents."""

UNREAD = frozenset({ScanState.WAITING, ScanState.READING})


class Off(StrEnum):
    """How two figures that must be the same can differ."""

    NOT_READ = "not_read"
    PARKED = "parked"
    TO_FILE = "to_file"
    MISSING = "missing"
    EXTRA = "extra"
    LOST = "lost"
    UNEVEN = "uneven"
    DUPLICATE = "duplicate"
    DISORDER = "disorder"
    STRAY = "stray"
    ENVELOPES = "envelopes"
    SHEETS = "sheets"
    SEPARATORS = "separators"
    CHEQUES = "cheques"
    DOLLARS = "dollars"


WORK_LEFT = frozenset({Off.NOT_READ, Off.PARKED, Off.TO_FILE})
"""What is simply not done yet: no second person may pass over it."""


@dataclass(frozen=True)
class Difference:
    """One difference: what it is, where, what was expected and found, and the pages it names."""

    what: Off
    where: str = ""
    expected: int = 0
    found: int = 0
    pages: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same difference: an approval is for these and no other."""
        return f"{self.what.value}|{self.where}|{self.expected}|{self.found}|{','.join(map(str, self.pages))}"


def left(differences: Iterable[Difference], accepted: Collection[str] = ()) -> tuple[Difference, ...]:
    """The differences that keep something open: work not done, and those that no second person accepted."""
    return tuple(one for one in differences if one.what in WORK_LEFT or one.key not in accepted)


@dataclass(frozen=True)
class FileFact:
    """A scanned file: what became of it, how many sides a sheet has in it, which of its pages are anywhere in the house."""

    id: int
    name: str
    state: ScanState
    sides: int = 1
    expected: int | None = None
    present: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PageFact:
    """A page of an envelope; `says` is the envelope that a sheet of ours on it names, `moved` that a person put it here."""

    id: int
    file: int
    number: int
    position: int
    picture: str
    state: PageState
    reason: str | None = None
    rescan_of: int | None = None
    says: str | None = None
    moved: bool = False


@dataclass(frozen=True)
class Balance:
    """The account of an envelope; it closes when nothing differs."""

    declared: int | None
    sheets: int
    scanned: int
    filed: int
    excluded: int
    to_file: int
    waiting: int
    parked: int
    differences: tuple[Difference, ...]

    @property
    def missing(self) -> int:
        """Sheets counted that were not scanned."""
        return 0 if self.declared is None else max(0, self.declared - self.sheets)

    @property
    def extra(self) -> int:
        """Sheets scanned that were not counted."""
        return 0 if self.declared is None else max(0, self.sheets - self.declared)

    @property
    def balances(self) -> bool:
        """Whether the envelope may close."""
        return not self.differences


def account(declared: int | None, pages: Sequence[PageFact], files: Sequence[FileFact]) -> Balance:
    """The account of one envelope, with every difference named."""
    states = [page.state for page in pages]
    reads = [file.state for file in files]
    balance = Balance(
        declared=declared, sheets=sheets(pages, files), scanned=len(pages), filed=states.count(PageState.FILED),
        excluded=states.count(PageState.EXCLUDED), to_file=states.count(PageState.TO_FILE),
        waiting=sum(1 for state in reads if state in UNREAD), parked=reads.count(ScanState.PARKED), differences=(),
    )  # fmt: skip
    found = (*_counts(balance), *_damage(pages, files))
    return Balance(**{**vars(balance), "differences": found})


def sheets(pages: Sequence[PageFact], files: Iterable[FileFact]) -> int:
    """Sheets of paper behind these pages: one for each page, or for each two in a file scanned on both sides."""
    sides = {file.id: file.sides for file in files}
    rescanned = {page.rescan_of for page in pages if page.rescan_of is not None}
    copies = set(_second_copies(pages))
    groups: dict[tuple[int, int], list[PageFact]] = {}
    for page in pages:
        groups.setdefault((page.file, (page.number - 1) // sides.get(page.file, 1)), []).append(page)
    return sum(1 for group in groups.values() if _is_content(group, rescanned, copies))


def _is_content(group: Sequence[PageFact], rescanned: set[int], copies: set[int]) -> bool:
    if any(page.reason in OURS for page in group):
        return False
    return any(_is_counted(page, rescanned, copies) for page in group)


def _is_counted(page: PageFact, rescanned: set[int], copies: set[int]) -> bool:
    """A page scanned again is one sheet, and so is one that the scanner took twice."""
    if page.rescan_of is not None or page.reason in NO_SHEET:
        return False
    if page.reason == Excluded.ILLEGIBLE_RESCANNED.value:
        return page.id in rescanned
    return not (page.reason == Excluded.DUPLICATE.value and page.id in copies)


def _second_copies(pages: Sequence[PageFact]) -> list[int]:
    """Pages left out as duplicates whose very picture is on another page: the same sheet taken twice."""
    pictures = [page.picture for page in pages]
    return [page.id for page in pages if page.reason == Excluded.DUPLICATE.value and pictures.count(page.picture) > 1]


def _counts(balance: Balance) -> Iterable[Difference]:
    if balance.waiting:
        yield Difference(Off.NOT_READ, found=balance.waiting)
    if balance.parked:
        yield Difference(Off.PARKED, found=balance.parked)
    if balance.to_file:
        yield Difference(Off.TO_FILE, found=balance.to_file)
    if balance.declared is not None and balance.sheets != balance.declared:
        what = Off.MISSING if balance.missing else Off.EXTRA
        yield Difference(what, expected=balance.declared, found=balance.sheets)


def _damage(pages: Sequence[PageFact], files: Sequence[FileFact]) -> Iterable[Difference]:
    for file in files:
        yield from lost(file)
    if named := duplicates(pages):
        yield Difference(Off.DUPLICATE, pages=named)
    if named := disorder(pages):
        yield Difference(Off.DISORDER, pages=named)


def lost(file: FileFact) -> Iterable[Difference]:
    """Pages that a file has and that are nowhere; an odd page of a file scanned on both sides."""
    if file.state is not ScanState.READ:
        return
    count = max(file.expected or 0, max(file.present, default=0))
    if gone := tuple(sorted(set(range(1, count + 1)) - file.present)):
        yield Difference(Off.LOST, file.name, count, len(file.present), gone)
    if file.sides == 2 and count % 2:
        yield Difference(Off.UNEVEN, file.name, count + 1, count)


def duplicates(pages: Sequence[PageFact]) -> tuple[int, ...]:
    """Positions of pages whose very picture came before in the envelope and that nobody left out as duplicates."""
    seen: set[str] = set()
    named = []
    for page in sorted(pages, key=lambda one: (one.position, one.number, one.id)):
        if page.reason in {Excluded.DUPLICATE.value, Excluded.BLANK.value} or (page.reason in OURS and page.says is None):
            continue
        if page.picture in seen:
            named.append(page.position)
        seen.add(page.picture)
    return tuple(named)


def disorder(pages: Sequence[PageFact]) -> tuple[int, ...]:
    """Positions of pages that come before an earlier page of their own file, unless a person put them there."""
    last: dict[int, int] = {}
    named = []
    for page in sorted(pages, key=lambda one: (one.position, one.number, one.id)):
        if page.moved:
            continue
        if page.number < last.get(page.file, 0):
            named.append(page.position)
        last[page.file] = max(last.get(page.file, 0), page.number)
    return tuple(named)
