"""Every SELECT on letters for the post and their print runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, cast, func, select, update
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case
from backoffice.core.db import Json, db
from backoffice.core.errors import NotFound
from backoffice.mail.models import Message, PostedLetter
from backoffice.mailroom.letters.models import PrintRun, PrintRunLetter, PrintRunPart
from backoffice.mailroom.letters.states import InRun, RunState

NUMBERING = 7_281_061
"""The advisory lock under which a run takes its number and its letters."""

_READY = (PostedLetter.missing == "") | PostedLetter.released_at.is_not(None)


@dataclass(frozen=True)
class Waiting:
    """A letter with its message and its case."""

    letter: PostedLetter
    message: Message
    case: Case


@dataclass(frozen=True)
class Placed:
    """A letter in its run."""

    place: PrintRunLetter
    letter: PostedLetter
    message: Message
    case: Case


@dataclass(frozen=True)
class Ready:
    """A letter that waits, with what decides its place in a run."""

    letter_id: int
    case: str
    address: Json | None
    pages: int | None
    sha256: str


@dataclass(frozen=True)
class Next:
    """A letter of a run that is not printed yet: its place, and what it is printed from."""

    place_id: int
    letter_id: int
    pages: int
    sha256: str
    source_sha256: str | None
    edition: str | None


def hold_numbers() -> None:
    """Nobody else makes a run until the caller's transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(NUMBERING)))


def next_number(year: int) -> str:
    """The next number of a year's series."""
    serial = cast(func.split_part(PrintRun.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(PrintRun.number.startswith(f"T-{year}-"))) or 0
    return f"T-{year}-{last + 1:04d}"


def _unposted() -> Select[PostedLetter, Message, Case]:
    live = select(PrintRunLetter.letter_id).where(PrintRunLetter.state == InRun.IN)
    query = select(PostedLetter, Message, Case).join(Message, Message.id == PostedLetter.message_id).join(Case, Case.id == Message.case_id)
    return query.where(PostedLetter.posted_at.is_(None), PostedLetter.id.not_in(live)).order_by(PostedLetter.made_at, PostedLetter.id)


def waiting(limit: int | None = None) -> list[Waiting]:
    """Letters that no run holds and nobody has to look at, oldest first."""
    return [Waiting(*row) for row in db.session.execute(_unposted().where(_READY).limit(limit))]


def ready() -> list[Ready]:
    """The same, without what a run need not know of them: it takes hundreds at a time."""
    columns = (PostedLetter.id, Case.number, Case.contact["address"], PostedLetter.pages, PostedLetter.sha256)
    return [Ready(*row) for row in db.session.execute(_unposted().where(_READY).with_only_columns(*columns))]


def held() -> list[Waiting]:
    """Letters with characters that no font has: a person looks first."""
    unseen = (PostedLetter.missing != "", PostedLetter.released_at.is_(None))
    return [Waiting(*row) for row in db.session.execute(_unposted().where(*unseen))]


def run(number: str) -> PrintRun:
    """A run."""
    found = db.session.scalars(select(PrintRun).where(PrintRun.number == number)).first()
    if found is None:
        raise NotFound
    return found


def lock(number: str) -> PrintRun:
    """The same, held until the end of the operation."""
    found = run(number)
    db.session.refresh(found, with_for_update=True)
    return found


def runs(limit: int = 60) -> list[PrintRun]:
    """Runs, the latest first."""
    return list(db.session.scalars(select(PrintRun).order_by(PrintRun.id.desc()).limit(limit)))


def counts(run_ids: Sequence[int]) -> dict[int, int]:
    """How many letters stand in each run."""
    query = select(PrintRunLetter.run_id, func.count()).where(PrintRunLetter.run_id.in_(run_ids), PrintRunLetter.state == InRun.IN)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(PrintRunLetter.run_id))}


def letters(run_id: int, *states: InRun) -> list[Placed]:
    """The letters of a run in their order, those taken out included unless states are given."""
    query = (
        select(PrintRunLetter, PostedLetter, Message, Case)
        .join(PostedLetter, PostedLetter.id == PrintRunLetter.letter_id)
        .join(Message, Message.id == PostedLetter.message_id)
        .join(Case, Case.id == Message.case_id)
        .where(PrintRunLetter.run_id == run_id, PrintRunLetter.state.in_(states or tuple(InRun)))
        .order_by(PrintRunLetter.position)
        .options(selectinload(Case.people))
    )
    return [Placed(*row) for row in db.session.execute(query)]


def unprinted(run_id: int, limit: int) -> list[Next]:
    """The letters that come next."""
    columns = (PrintRunLetter.id, PostedLetter.id, PrintRunLetter.pages, PostedLetter.sha256, PostedLetter.source_sha256, PostedLetter.edition)
    query = select(*columns).join(PostedLetter, PostedLetter.id == PrintRunLetter.letter_id)
    query = query.where(PrintRunLetter.run_id == run_id, PrintRunLetter.state == InRun.IN, PrintRunLetter.part.is_(None))
    return [Next(*row) for row in db.session.execute(query.order_by(PrintRunLetter.position).limit(limit))]


def note_printed(ids: Sequence[int], part: int) -> None:
    """These letters stand in that part; whoever holds their rows already reads them again."""
    query = update(PrintRunLetter).where(PrintRunLetter.id.in_(ids)).values(part=part)
    db.session.execute(query, execution_options={"synchronize_session": False})


def parts(run_id: int) -> list[PrintRunPart]:
    """What is printed so far."""
    return list(db.session.scalars(select(PrintRunPart).where(PrintRunPart.run_id == run_id).order_by(PrintRunPart.position)))


def printed(run_id: int) -> int:
    """How many letters are printed so far."""
    return db.session.scalar(select(func.coalesce(func.sum(PrintRunPart.letters), 0)).where(PrintRunPart.run_id == run_id)) or 0


def run_of(letter_id: int) -> PrintRun | None:
    """The run that holds a letter now."""
    query = select(PrintRun).join(PrintRunLetter, PrintRunLetter.run_id == PrintRun.id)
    return db.session.scalars(query.where(PrintRunLetter.letter_id == letter_id, PrintRunLetter.state == InRun.IN)).first()


def runs_of(letter_ids: Sequence[int]) -> dict[int, PrintRun]:
    """The runs that hold these letters."""
    query = select(PrintRunLetter.letter_id, PrintRun).join(PrintRun, PrintRun.id == PrintRunLetter.run_id)
    rows = db.session.execute(query.where(PrintRunLetter.letter_id.in_(letter_ids), PrintRunLetter.state == InRun.IN))
    return {row[0]: row[1] for row in rows}


def under_way() -> list[PrintRun]:
    """Runs that are being made, or wait for the carrier, oldest first."""
    query = select(PrintRun).where(PrintRun.state.in_((RunState.MAKING, RunState.MADE)))
    return list(db.session.scalars(query.order_by(PrintRun.id)))


def count_to_print() -> int:
    """How many letters no run holds yet."""
    return db.session.scalar(select(func.count()).select_from(_unposted().order_by(None).subquery())) or 0


def posted_of_case(number: str) -> list[Waiting]:
    """The letters of a case that left, the latest first."""
    query = select(PostedLetter, Message, Case).join(Message, Message.id == PostedLetter.message_id).join(Case, Case.id == Message.case_id)
    query = query.where(Case.number == number, PostedLetter.posted_at.is_not(None))
    return [Waiting(*row) for row in db.session.execute(query.order_by(PostedLetter.posted_at.desc(), PostedLetter.id.desc()))]
