"""Every SELECT on windows, admissions and the ledger."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backoffice.core.clock import MONTREAL
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.quota.models import Admission, LedgerLine, Window, WindowNotice
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionStatus, Standing, WindowState


def window(code: str) -> Window:
    """A window by its code."""
    found = None if "\x00" in code else db.session.scalars(select(Window).where(Window.code == code)).first()
    if found is None:
        raise NotFound
    return found


def windows() -> list[Window]:
    """Every window, the latest first."""
    return list(db.session.scalars(select(Window).order_by(Window.opens_at.desc(), Window.id.desc())))


def window_by_id(window_id: int) -> Window:
    """A window by its key."""
    return db.session.get_one(Window, window_id)


def lock_window(window_id: int) -> Window:
    """A window held until the end of the operation: its ledger has one writer at a time."""
    query = select(Window).where(Window.id == window_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def try_lock_window(window_id: int) -> Window | None:
    """The same, unless somebody else is settling it right now."""
    query = select(Window).where(Window.id == window_id).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def receiving(programme: str, at: datetime) -> Window | None:
    """The window of a programme that is open or suspended at this instant; one whose instant has come is open, noted or not."""
    live = Window.state.in_((WindowState.OPEN, WindowState.SUSPENDED)) | ((Window.state == WindowState.ANNOUNCED) & (Window.opens_at <= at))
    query = select(Window).where(Window.programme == programme, live, Window.closes_at > at)
    return db.session.scalars(query).first()


def latest(programme: str) -> Window | None:
    """The last window that named a programme: it says which grounds exempt from the quota."""
    query = select(Window).where(Window.programme == programme).order_by(Window.opens_at.desc()).limit(1)
    return db.session.scalars(query).first()


def window_on(programme: str, day: date, channel: str) -> Window | None:
    """The window whose period holds a legal day and which takes a door, whatever became of it since."""
    start = datetime.combine(day, time(), tzinfo=MONTREAL)
    dead = (WindowState.DRAFTED, WindowState.ABORTED, WindowState.ANNULLED)
    query = select(Window).where(
        Window.programme == programme, Window.state.not_in(dead), Window.opens_at < start + timedelta(days=1), Window.closes_at > start,
        Window.channels.contains([channel]),
    )  # fmt: skip
    return db.session.scalars(query.order_by(Window.opens_at).limit(1)).first()


def due_to_move(at: datetime) -> list[Window]:
    """Windows whose announced opening or closing has come."""
    opening = (Window.state == WindowState.ANNOUNCED) & (Window.opens_at <= at)
    closing = Window.state.in_((WindowState.OPEN, WindowState.SUSPENDED)) & (Window.closes_at <= at)
    return list(db.session.scalars(select(Window).where(opening | closing).order_by(Window.opens_at)))


def standing(window_id: int) -> Standing:
    """The places taken in a window, in all and by country."""
    query = select(Admission.status, Admission.country, func.count()).where(Admission.window_id == window_id, Admission.status.in_(TAKES_A_PLACE))
    held = confirmed = 0
    by_country: dict[str, int] = {}
    for status, country, many in db.session.execute(query.group_by(Admission.status, Admission.country)):
        if status is AdmissionStatus.CONFIRMED:
            confirmed += many
        else:
            held += many
        by_country[country] = by_country.get(country, 0) + many
    return Standing(held=held, confirmed=confirmed, by_country=by_country)


def by_status(window_id: int) -> dict[str, int]:
    """How many admissions stand in each state."""
    query = select(Admission.status, func.count()).where(Admission.window_id == window_id).group_by(Admission.status)
    return {row[0].value: row[1] for row in db.session.execute(query)}


def admission(submission_id: UUID) -> Admission | None:
    """What a submission was given."""
    return db.session.get(Admission, submission_id)


def admissions(submission_ids: Iterable[UUID]) -> dict[UUID, Admission]:
    """What several submissions were given."""
    query = select(Admission).where(Admission.submission_id.in_(list(submission_ids)))
    return {a.submission_id: a for a in db.session.scalars(query)}


def last_line(window_id: int) -> LedgerLine | None:
    """The end of a window's ledger."""
    query = select(LedgerLine).where(LedgerLine.window_id == window_id).order_by(LedgerLine.position.desc()).limit(1)
    return db.session.scalars(query).first()


def ledger(window_id: int) -> list[LedgerLine]:
    """The whole ledger of a window, in order."""
    return list(db.session.scalars(select(LedgerLine).where(LedgerLine.window_id == window_id).order_by(LedgerLine.position)))


def lines_of(submission_id: UUID) -> list[LedgerLine]:
    """What the ledger says of one submission."""
    return list(db.session.scalars(select(LedgerLine).where(LedgerLine.submission_id == submission_id).order_by(LedgerLine.position)))


def next_rank(window_id: int) -> int:
    """The rank of the next application that is given a place."""
    return (db.session.scalar(select(func.max(Admission.rank)).where(Admission.window_id == window_id)) or 0) + 1


def notices(window_id: int) -> list[WindowNotice]:
    """What was said of a window, latest first."""
    query = select(WindowNotice).where(WindowNotice.window_id == window_id).order_by(WindowNotice.published_at.desc())
    return list(db.session.scalars(query))
