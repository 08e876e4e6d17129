"""The pile in doubt: who has each envelope, until when it should be settled, and what colleagues are asked."""

from datetime import date, datetime, time, timedelta

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import MONTREAL, montreal_day
from backoffice.deadlines.service import calendar_in_force
from backoffice.mailroom import queries
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.indexing.errors import NotAColleague, NotInDoubt, TakenByAnother
from backoffice.mailroom.indexing.events import ColleagueAsked, DoubtLetGo, DoubtTaken
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.states import EnvelopeState
from backoffice.staff import queries as staff_queries
from backoffice.staff.models import Account
from backoffice.staff.permissions import Role

TARGET_DAYS = 2
"""Working days in which an envelope in doubt should be settled."""


def due_on(doubted_at: datetime) -> date:
    """The day by which an envelope in doubt should be settled: the second working day after it came into the pile."""
    day = montreal_day(doubted_at)
    for _working_day in range(TARGET_DAYS):
        day, _closed = calendar_in_force().next_open(day + timedelta(days=1))
    return day


def late_before(today: date) -> datetime:
    """What came into the pile before this instant is late today."""
    day = today
    while due_on(datetime.combine(day, time(12), tzinfo=MONTREAL)) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=MONTREAL)


def colleagues() -> list[Account]:
    """Who may be given or asked about an envelope in doubt."""
    return staff_queries.accounts(Role.MAILROOM, Role.CASEWORKER, Role.SUPERVISOR)


def take_doubt(number: str, account_id: int, *, given: bool, by: Actor, at: datetime) -> Envelope:
    """An envelope in doubt becomes somebody's to settle: taken when it is nobody's, given by a supervisor whoever has it."""
    envelope, colleague = _in_doubt(number), _colleague(account_id)
    if envelope.owner_id == account_id:
        return envelope
    if envelope.owner_id is not None and not given:
        raise TakenByAnother(_name_of(envelope.owner_id))
    envelope.owner_id = account_id
    events.record(envelope_subject(number), DoubtTaken(account_id, colleague.name, given), by=by, at=at)
    return envelope


def let_go(number: str, account_id: int, *, by: Actor, at: datetime) -> Envelope:
    """Put back on the common pile what one has."""
    envelope = _in_doubt(number)
    if envelope.owner_id is None:
        return envelope
    if envelope.owner_id != account_id:
        raise TakenByAnother(_name_of(envelope.owner_id))
    envelope.owner_id = None
    events.record(envelope_subject(number), DoubtLetGo(account_id), by=by, at=at)
    return envelope


def ask_colleague(number: str, note: str, account_id: int | None, *, by: Actor, at: datetime) -> Envelope:
    """Write a note about an envelope in doubt; a colleague who is asked has it from then on, and answers by a note."""
    envelope = _in_doubt(number)
    name = ""
    if account_id is not None:
        colleague = _colleague(account_id)
        envelope.owner_id, name = colleague.id, colleague.name
    events.record(envelope_subject(number), ColleagueAsked(note, account_id, name), by=by, at=at)
    return envelope


def _in_doubt(number: str) -> Envelope:
    envelope = queries.lock_envelope(number)
    if envelope.state is not EnvelopeState.IN_DOUBT:
        raise NotInDoubt(number)
    return envelope


def _colleague(account_id: int) -> Account:
    found = next((one for one in colleagues() if one.id == account_id), None)
    if found is None:
        raise NotAColleague
    return found


def _name_of(account_id: int) -> str:
    return next((one.name for one in staff_queries.all_accounts() if one.id == account_id), "")
