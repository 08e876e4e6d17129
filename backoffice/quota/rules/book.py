"""The book of a window: what happened goes in, what the rules make of it comes out (docs/ledger.md).

One engine for all: an arrival is decided with it, a whole ledger is replayed with it, and the dry run of an amendment
is it again. It works on all the applications of a window, or on the few that an act concerns, with the counters of the
others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar, cast

from backoffice.quota.rules import draws
from backoffice.quota.rules.inputs import (
    Arrived,
    Draw,
    DrawCommit,
    Input,
    Moved,
    PaperThrough,
    Scored,
    Terms,
    TieCommitment,
    TieSecret,
)
from backoffice.quota.rules.places import Counts, Places
from backoffice.quota.rules.shelf import Shelf
from backoffice.quota.states import TAKES_A_PLACE, TRANSITIONS, WINDOW_INITIAL, WINDOW_TRANSITIONS
from backoffice.quota.values import (
    AdmissionAction,
    AdmissionReason,
    AdmissionStatus,
    Doubt,
    Entry,
    Order,
    Outcome,
    Pool,
    Ties,
    WindowAction,
    WindowState,
)

_WAITED_FOR: Final = frozenset({WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED})
_WAITED_FOR_IN_DRAWS: Final = frozenset({WindowState.CLOSED, WindowState.SETTLED})


class NotAllowedError(ValueError):
    """An input that the rules do not allow: it is never written."""


class NoRoomError(NotAllowedError):
    """A place would have to be given and none is free."""


@dataclass(slots=True)
class Page:
    """What a book knows of its window besides its applications."""

    terms: Terms | None = None
    first_opens_at: datetime | None = None
    state: WindowState = WINDOW_INITIAL
    settled: bool = False
    paper_through: date | None = None
    tie_commitment: str | None = None
    tie_secret: str | None = None
    committed: DrawCommit | None = None
    drawn: bool = False
    rounds: int = 0

    @property
    def ties(self) -> Ties | None:
        """The ties of the running order, once their secret is known."""
        if self.terms is None or not self.terms.tie_seconds or self.first_opens_at is None or self.tie_secret is None:
            return None
        return Ties(self.terms.tie_seconds, self.first_opens_at, self.tie_secret)


@dataclass(slots=True)
class Book:
    """The terms, the counters and the applications of one window."""

    shelf: Shelf = field(default_factory=Shelf)
    page: Page = field(default_factory=Page)
    load_counts: Callable[[], Counts] = Counts
    _places: Places | None = None
    _out: list[Outcome] = field(default_factory=list)

    # --- what is asked of it ---------------------------------------------------------------------------------------

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        if self.page.terms is None:
            raise NotAllowedError("the first entry is the terms")
        return self.page.terms

    @property
    def places(self) -> Places:
        """The places under those terms; the counters are loaded when they are first looked at."""
        if self._places is None:
            self._places = Places(self.terms.rules, self.load_counts(), self.page.settled)
        return self._places

    @property
    def counted(self) -> bool:
        """Whether the counters were looked at: an act that counts nothing loads nothing."""
        return self._places is not None

    @property
    def order(self) -> Order:
        """How places are given."""
        return Order(str(self.terms.policy.get("order", Order.FIRST_COME.value)))

    def apply(self, given: Input) -> list[Outcome]:
        """Let something happen; what comes of it, in order."""
        self._out = []
        if not isinstance(given, Terms) and self.page.terms is None:
            raise NotAllowedError("the first entry is the terms")
        ACTS[type(given)](self, given)
        return self._out

    def known(self, id_: str) -> Entry:
        """An application that arrived."""
        entry = self.shelf.find(id_)
        if entry is None:
            raise NotAllowedError(f"{id_} has not arrived")
        return entry

    # --- how an application moves ------------------------------------------------------------------------------------

    def move(
        self, entry: Entry, action: AdmissionAction, reason: AdmissionReason | None, *, rank: int | None = None, pool: Pool | None = None
    ) -> None:
        """One application changes; an outcome comes out if anything of it did."""
        before, after = entry.status, TRANSITIONS.get((entry.status, action))
        if after is None:
            raise NotAllowedError(f"{action.value} does not apply to {before.value}")
        rank, new_pool = entry.rank if rank is None else rank, pool or entry.pool
        if (after, reason, rank, new_pool) == (before, entry.reason, entry.rank, entry.pool):
            return
        self._count(entry, after, new_pool)
        entry.status, entry.reason, entry.rank, entry.pool = after, reason, rank, new_pool
        entry.first_pool = entry.first_pool or new_pool
        self.shelf.note(entry, before)
        self._out.append(Outcome(entry.id, after, reason, rank, new_pool))

    def keep(self, entry: Entry, reason: AdmissionReason | None) -> None:
        """It stands as it did, for another reason."""
        entry.reason = reason
        self.shelf.note(entry, entry.status)
        self._out.append(Outcome(entry.id, entry.status, reason, entry.rank, entry.pool))

    def _count(self, entry: Entry, after: AdmissionStatus, pool: Pool | None) -> None:
        if (entry.status in TAKES_A_PLACE and after in TAKES_A_PLACE) and pool is entry.pool:
            return  # paid or unpaid, it is the same place
        counts = self.places.counts
        counts.count(entry.status, entry.country, entry.pool, -1)
        counts.count(after, entry.country, pool, 1)
        if pool is not None and entry.first_pool is None:
            counts.given[pool] += 1

    def give(
        self, entry: Entry, reason: AdmissionReason | None, action: AdmissionAction = AdmissionAction.HOLD_PLACE, pool: Pool | None = None
    ) -> None:
        """Give a place: held until it is paid for; the admission rank is given once and for ever."""
        rank = entry.rank
        if rank is None and self.order is not Order.DRAW:
            self.places.counts.ranks += 1
            rank = self.places.counts.ranks
        self.move(entry, action, reason, rank=rank, pool=pool or (Pool.PAPER if self.places.in_share(entry) else Pool.OPEN))

    def refuse_or_wait(self, entry: Entry, reason: AdmissionReason, rank: int | None = None) -> None:
        """No place for it: kept on the waiting list where the decision has one."""
        waits = self.terms.waiting_list
        self.move(entry, AdmissionAction.WAITLIST if waits else AdmissionAction.REFUSE, reason, rank=rank)

    def answer(self, entry: Entry, reason: AdmissionReason | None) -> None:
        """Give a place if it fits, else refuse it or let it wait."""
        why_not = self.places.why_not(entry)
        if why_not is None:
            self.give(entry, reason)
        else:
            self.refuse_or_wait(entry, why_not)

    def serve_the_waiting(self) -> None:
        """Give what is free to those who wait, strictly in their turn; one whose country is full keeps its turn."""
        if not (self.terms.waiting_list and self._still_waited_for() and self.places.any_free()):
            return
        for entry in self.shelf.waiting(by_rank=self.order is Order.DRAW):
            if self.places.why_not(entry) is None:
                self.give(entry, called_back(entry))
            if not self.places.any_free():
                return

    def _still_waited_for(self) -> bool:
        if self.order is Order.DRAW:
            return self.page.drawn and self.page.state in _WAITED_FOR_IN_DRAWS
        return self.page.state in _WAITED_FOR


def called_back(entry: Entry) -> AdmissionReason | None:
    """The reason of a place that is given later: none, or the doubt that nobody answered yet."""
    return AdmissionReason.DUPLICATE_REVIEW if entry.suspected else None


def of_the_paper(book: Book, until: date | None = None) -> list[Entry]:
    """The paper applications that wait for a place of the share, in their order."""
    drawn = book.terms.rules.paper_day_drawn
    secret = book.page.tie_secret
    if drawn and secret is None:
        raise NotAllowedError("the secret of the ties is not revealed yet")
    waiting = [
        entry for entry in book.shelf.standing(AdmissionStatus.REGISTERED)
        if book.places.in_share(entry) and (until is None or entry.day <= until)
    ]  # fmt: skip
    return sorted(waiting, key=lambda entry: draws.paper_key(entry, secret if drawn else None))


# --- one function for each input about the window itself ------------------------------------------------------------

Given = TypeVar("Given", bound=Input)
Act = Callable[["Book", Given], None]
ACTS: Final[dict[type[Input], Act[Input]]] = {}


def act(kind: type[Given]) -> Callable[[Act[Given]], Act[Given]]:
    """What answers for one type of input."""

    def register(function: Act[Given]) -> Act[Given]:
        ACTS[kind] = cast("Act[Input]", function)
        return function

    return register


@act(Terms)
def set_terms(book: Book, given: Terms) -> None:
    """The decision, or its next version; nothing that was given is taken back."""
    page = book.page
    if given.version != (page.terms.version + 1 if page.terms else 1):
        raise NotAllowedError("versions follow one another")
    counts = book.places.counts if page.terms else None
    page.terms = given
    if page.first_opens_at is None:
        page.first_opens_at = given.opens_at
    if counts is not None:
        book._places = Places(given.rules, counts, page.settled)  # noqa: SLF001 - the book is its own
        book.serve_the_waiting()


@act(Moved)
def move_window(book: Book, given: Moved) -> None:
    """The window moved; its settlement decides for everybody who still waits."""
    page = book.page
    if WINDOW_TRANSITIONS.get((page.state, given.act)) is not given.state:
        raise NotAllowedError(f"{given.act.value} does not lead from {page.state.value} to {given.state.value}")
    if given.act is WindowAction.SETTLE:
        settle(book)
    page.state = given.state


def settle(book: Book) -> None:
    """What one side left unused of the share goes to the other; then whoever still waits is refused."""
    places = book.places
    unused_paper = unused_open = 0
    papers: list[Entry] = []
    if places.share_kept:
        share, given = places.terms.paper_share or 0, places.counts.given
        unused_paper = max(0, share - given[Pool.PAPER])
        unused_open = max(0, places.terms.total - places.reserve_left - share - given[Pool.OPEN])
        papers = of_the_paper(book)
    book.page.settled = places.settled = True
    if book.order is Order.FIRST_COME:
        _give_unused(book, papers, unused_open, keep_reason=True)
        capped = (AdmissionReason.CAP_REACHED, AdmissionReason.COUNTRY_CAP)
        refused = [entry for entry in _in_turn(book, AdmissionStatus.REFUSED, AdmissionStatus.WAITLISTED) if entry.reason in capped]
        _give_unused(book, refused, unused_paper, keep_reason=False)
    for entry in _in_turn(book, AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED):
        reason = entry.reason
        if entry.status is AdmissionStatus.REGISTERED:
            reason = places.why_not(entry) or AdmissionReason.CAP_REACHED
        book.move(entry, AdmissionAction.REFUSE, reason)


def _give_unused(book: Book, entries: Iterable[Entry], unused: int, *, keep_reason: bool) -> None:
    for entry in entries:
        if unused <= 0:
            return
        if book.places.why_not(entry) is None:
            book.give(entry, entry.reason if keep_reason else called_back(entry))
            unused -= 1


def _in_turn(book: Book, *statuses: AdmissionStatus) -> list[Entry]:
    return sorted(book.shelf.standing(*statuses), key=lambda entry: entry.sequence)


@act(TieCommitment)
def commit_to_ties(book: Book, given: TieCommitment) -> None:
    """The secret of the ties is committed to, once."""
    if book.page.tie_commitment is not None:
        raise NotAllowedError("a secret is committed to already")
    book.page.tie_commitment = given.commitment


@act(TieSecret)
def reveal_ties(book: Book, given: TieSecret) -> None:
    """The secret must be the one committed to."""
    if draws.sha256(given.secret) != book.page.tie_commitment:
        raise NotAllowedError("this is not the secret that was committed to")
    book.page.tie_secret = given.secret


@act(Arrived)
def arrive(book: Book, given: Arrived) -> None:
    """An application is answered; the first rule that applies."""
    if book.shelf.find(given.id) is not None:
        raise NotAllowedError(f"{given.id} arrived already")
    entry = Entry(
        given.id, given.sequence, given.received_at, given.day, given.channel, given.country, given.ground, given.doubt, given.late,
        suspected=given.doubt is Doubt.SUSPECTED,
    )  # fmt: skip
    book.shelf.put(entry)
    reason = AdmissionReason.DUPLICATE_REVIEW if entry.suspected else None
    if given.doubt is Doubt.CERTAIN:
        book.move(entry, AdmissionAction.REFUSE, AdmissionReason.DUPLICATE_PERSON)
    elif given.ground is not None and given.ground in book.places.terms.exempt_grounds:
        book.move(entry, AdmissionAction.EXEMPT, AdmissionReason.EXEMPTION_CLAIMED)
    elif book.places.terms.order is not Order.FIRST_COME or book.places.in_share(entry):
        book.move(entry, AdmissionAction.REGISTER, reason)
    else:
        book.answer(entry, reason)


@act(PaperThrough)
def paper_through(book: Book, given: PaperThrough) -> None:
    """Every envelope stamped up to a day is in: the paper of that day and before is answered, by legal day."""
    page = book.page
    if not book.places.share_kept:
        raise NotAllowedError("no share is kept for paper")
    if page.paper_through is not None and given.day < page.paper_through:
        raise NotAllowedError("it never goes back")
    papers = of_the_paper(book, given.day)
    page.paper_through = given.day
    for entry in papers:
        if book.places.why_not(entry) is None:
            book.give(entry, entry.reason)


@act(Scored)
def note_score(book: Book, given: Scored) -> None:
    """The score of a declaration; its inputs are kept outside of the ledger."""
    entry = book.known(given.id)
    entry.score, entry.offer = given.score, given.offer


@act(DrawCommit)
def commit_to_draw(book: Book, given: DrawCommit) -> None:
    """The list of the draw is frozen."""
    if book.order is not Order.DRAW or book.page.state is not WindowState.CLOSED or book.page.committed is not None:
        raise NotAllowedError("a draw is committed to once, when a window that is drawn is closed")
    listed = book.shelf.standing(AdmissionStatus.REGISTERED)
    if (draws.list_sha256(entry.id for entry in listed), len(listed)) != (given.list_sha256, given.count):
        raise NotAllowedError("the list is not that of the applications registered")
    book.page.committed = given
    for entry in listed:
        entry.listed = True
        book.shelf.note(entry, entry.status)


@act(Draw)
def draw(book: Book, given: Draw) -> None:
    """The places go down the drawn order."""
    committed = book.page.committed
    if committed is None or book.page.drawn or book.page.state is not WindowState.CLOSED or draws.sha256(given.secret) != committed.commitment:
        raise NotAllowedError("this draw is not the one committed to")
    book.page.drawn = True
    listed = [entry for entry in book.shelf.standing(AdmissionStatus.REGISTERED) if entry.listed]
    for place, entry in enumerate(draws.drawn(listed, given.secret, given.public_value), 1):
        why_not = book.places.why_not(entry)
        if why_not is None:
            book.move(entry, AdmissionAction.HOLD_PLACE, entry.reason, rank=place, pool=Pool.OPEN)
        else:
            book.refuse_or_wait(entry, why_not, rank=place)
