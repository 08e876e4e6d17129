"""Every SELECT on windows, admissions and the ledger."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, exists, func, or_, select

from backoffice.core.calendar import montreal_day
from backoffice.core.clock import MONTREAL
from backoffice.core.db import Json, db
from backoffice.core.errors import NotFound
from backoffice.deadlines import rules as term_rules
from backoffice.deadlines import service as terms
from backoffice.deadlines.values import TermKind
from backoffice.quota import rules
from backoffice.quota.models import Admission, DeclarationScore, Draw, InvitationRound, LedgerLine, PlaceGiven, Window, WindowNotice, WindowVersion
from backoffice.quota.rules.inputs import instant, terms_of
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionStatus, Order, Pool, Standing, WindowState, WindowTerms

NOTICE = timedelta(hours=24)
"""The least time between the public notice and the opening (promise of 2016-02-16)."""

FIRST_ROUND = date(2019, 7, 4)
"""The day of the first invitations: their term is carried back to any earlier one."""

NO_CAP = 2**53
"""More than any window has places."""

DECLARATION_MONTHS = 12
"""How long a declaration of interest stands in the pool (I-0.2.1 s. 44; domain notes §12)."""


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


def _may_open() -> ColumnElement[bool]:
    """Whether a notice was published a day before the opening, or two people signed that it opens without."""
    noticed = exists().where(WindowNotice.window_id == Window.id, WindowNotice.published_at <= Window.opens_at - NOTICE)
    return or_(Window.notice_override.is_not(None), noticed)


def may_open(window_id: int) -> bool:
    """Whether a window may open at its instant: noticed a day before, or signed by two."""
    return db.session.scalar(select(_may_open()).where(Window.id == window_id)) or False


def receiving(programme: str, at: datetime) -> Window | None:
    """The window of a programme that is open or suspended at this instant; one whose instant has come is open, noted or not."""
    live = Window.state.in_((WindowState.OPEN, WindowState.SUSPENDED)) | (
        (Window.state == WindowState.ANNOUNCED) & (Window.opens_at <= at) & _may_open()
    )
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
    """Windows whose announced opening or closing has come; one without its notice waits for two signatures."""
    opening = (Window.state == WindowState.ANNOUNCED) & (Window.opens_at <= at) & _may_open()
    closing = Window.state.in_((WindowState.OPEN, WindowState.SUSPENDED)) & (Window.closes_at <= at)
    return list(db.session.scalars(select(Window).where(opening | closing).order_by(Window.opens_at)))


def standing(window_id: int) -> Standing:
    """The places taken in a window: in all, by country, out of which pool, and those promised to the invited."""
    counted = (*TAKES_A_PLACE, AdmissionStatus.INVITED)
    query = select(Admission.status, Admission.country, Admission.pool, func.count()).where(
        Admission.window_id == window_id, Admission.status.in_(counted)
    )
    held = confirmed = promised = 0
    by_country: dict[str, int] = {}
    by_pool: dict[str, int] = {}
    for status, country, pool, many in db.session.execute(query.group_by(Admission.status, Admission.country, Admission.pool)):
        if status is AdmissionStatus.INVITED:
            promised += many
            continue
        if status is AdmissionStatus.CONFIRMED:
            confirmed += many
        else:
            held += many
        by_country[country] = by_country.get(country, 0) + many
        by_pool[pool or Pool.OPEN] = by_pool.get(pool or Pool.OPEN, 0) + many
    used = db.session.scalar(select(Window.reserve_used).where(Window.id == window_id)) or 0
    return Standing(held=held, confirmed=confirmed, by_country=by_country, reserve_used=used, by_pool=by_pool, promised=promised)


def counts(window_id: int, reserve_used: int) -> rules.Counts:
    """The counters that one more decision needs: aggregates, so that an act on one application loads no other."""
    known = or_(Admission.rank.is_not(None), Admission.first_pool.is_not(None), Admission.status == AdmissionStatus.INVITED)
    keys = (Admission.status, Admission.country, Admission.pool, Admission.first_pool)
    query = select(*keys, func.count(), func.count(Admission.rank)).where(Admission.window_id == window_id, known).group_by(*keys)
    made = rules.Counts(reserve_used=reserve_used)
    for status, country, pool, first_pool, many, ranks in db.session.execute(query):
        made.count(status, country, pool, many)
        made.ranks += ranks
        if first_pool is not None:
            made.given[first_pool] += many
    return made


def by_status(window_id: int) -> dict[str, int]:
    """How many admissions stand in each state."""
    query = select(Admission.status, func.count()).where(Admission.window_id == window_id).group_by(Admission.status)
    return {row[0].value: row[1] for row in db.session.execute(query)}


def admission(submission_id: UUID) -> Admission | None:
    """What a submission was given."""
    return db.session.get(Admission, submission_id)


def admissions(submission_ids: Iterable[UUID]) -> dict[UUID, Admission]:
    """What several submissions were given."""
    wanted = list(submission_ids)
    query = select(Admission).where(Admission.submission_id == any_(bindparam("ids", wanted, ARRAY(Uuid))))
    return {a.submission_id: a for a in db.session.scalars(query)}


def last_line(window_id: int) -> LedgerLine | None:
    """The end of a window's ledger."""
    query = select(LedgerLine).where(LedgerLine.window_id == window_id).order_by(LedgerLine.position.desc()).limit(1)
    return db.session.scalars(query).first()


def ledger(window_id: int) -> Iterator[LedgerLine]:
    """The whole ledger of a window, in order, a few lines in memory at a time."""
    query = select(LedgerLine).where(LedgerLine.window_id == window_id).order_by(LedgerLine.position).execution_options(yield_per=1000)
    return iter(db.session.scalars(query))


def export(one: Window) -> Iterator[str]:
    """The ledger of a window as it is exported: its header, then every entry, each in its RFC 8785 form (docs/ledger.md)."""
    last = last_line(one.id)
    lines = last.position if last else 0
    head: dict[str, object] = {
        "format": "backoffice-ledger/2", "window": one.code, "programme": one.programme, "lines": lines, "last": last.digest if last else rules.GENESIS,
    }  # fmt: skip
    yield rules.canonical(head | {"digest": rules.entry_digest(head)})
    for entry in entries(one.id, upto=lines):
        yield rules.canonical(entry)


def entries(window_id: int, upto: int | None = None) -> Iterator[dict[str, object]]:
    """Every entry as it is exported, a thousand in memory at a time; those written since a line was last are left out."""
    columns = (LedgerLine.position, LedgerLine.kind, LedgerLine.type, LedgerLine.at, LedgerLine.previous, LedgerLine.digest, LedgerLine.data)
    query = select(*columns).where(LedgerLine.window_id == window_id)
    if upto is not None:
        query = query.where(LedgerLine.position <= upto)
    query = query.order_by(LedgerLine.position).execution_options(yield_per=1000)
    for n, kind, type_, at, previous, digest, data in db.session.execute(query):
        yield {"n": n, "kind": kind, "type": type_, "at": instant(at), "previous": previous, "digest": digest, **data}


def lines_of(submission_id: UUID) -> list[LedgerLine]:
    """What the ledger says of one submission: what happened to it, and what came of it."""
    query = select(LedgerLine).where(LedgerLine.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(LedgerLine.window_id, LedgerLine.position)))


def last_arrival(one: Window) -> tuple[int, str] | None:
    """Where the running order of arrivals ends: the key of the last one that was not late."""
    running = (Admission.window_id == one.id, Admission.late.is_(False))
    last = db.session.execute(
        select(Admission.sequence, Admission.arrived_at, Admission.submission_id).where(*running).order_by(Admission.sequence.desc()).limit(1)
    ).first()
    if last is None:
        return None
    ties = one.ties
    if ties is None:
        return last.sequence, ""
    since = rules.bucket_end(ties, last.arrived_at) - timedelta(seconds=ties.seconds)
    same = select(Admission.sequence, Admission.arrived_at, Admission.submission_id).where(*running, Admission.arrived_at >= since)
    return max(rules.arrival_key(ties, row.sequence, row.arrived_at, str(row.submission_id)) for row in db.session.execute(same))


def bucket_end(one: Window, received_at: datetime) -> datetime:
    """From when an arrival may be decided: the end of its interval where ties are drawn, else its own instant."""
    return rules.bucket_end(one.ties, received_at)


def notices(window_id: int) -> list[WindowNotice]:
    """What was said of a window, latest first."""
    query = select(WindowNotice).where(WindowNotice.window_id == window_id).order_by(WindowNotice.published_at.desc())
    return list(db.session.scalars(query))


def versions(window_id: int) -> list[WindowVersion]:
    """Every version of a decision, the latest first."""
    query = select(WindowVersion).where(WindowVersion.window_id == window_id).order_by(WindowVersion.version.desc())
    return list(db.session.scalars(query))


def highest_terms(window_id: int) -> WindowTerms:
    """The most that any version of a decision allowed: what was given under one is not taken back under the next."""
    seen = [_terms_of(version.values) for version in versions(window_id)]
    named = {country for terms_ in seen for country in terms_.country_caps}
    caps = {country: _most(rules.country_cap(terms_, country) for terms_ in seen) for country in named}
    return WindowTerms(
        capacity=max(terms_.total for terms_ in seen), reserve=min(terms_.reserve for terms_ in seen),
        country_caps_default=_most(terms_.country_caps_default for terms_ in seen),
        country_caps={country: NO_CAP if cap is None else cap for country, cap in caps.items()},
    )  # fmt: skip


def _terms_of(values: Json) -> WindowTerms:
    names = ("capacity", "margin", "reserve", "paper_share", "waiting_list", "exempt_grounds", "channels")
    return terms_of(values["policy"], values["country_caps"], **{name: values[name] for name in names})


def _most(caps: Iterable[int | None]) -> int | None:
    known = list(caps)
    return None if None in known else max(cap for cap in known if cap is not None)


def draw(window_id: int) -> Draw | None:
    """The draw of a window, once its list is frozen."""
    return db.session.get(Draw, window_id)


def rounds(window_id: int) -> list[InvitationRound]:
    """The rounds of invitations of a window, the latest first."""
    query = select(InvitationRound).where(InvitationRound.window_id == window_id).order_by(InvitationRound.number.desc())
    return list(db.session.scalars(query))


def score(submission_id: UUID) -> DeclarationScore | None:
    """The score of a declaration, with its inputs."""
    return db.session.get(DeclarationScore, submission_id)


def places_given(limit: int = 500) -> list[PlaceGiven]:
    """Those who were given a place, or invited, after their first answer, and whose case is owed."""
    return list(db.session.scalars(select(PlaceGiven).order_by(PlaceGiven.at, PlaceGiven.submission_id).limit(limit)))


def to_follow(limit: int = 500) -> list[UUID]:
    """Their identifiers, the first given first."""
    return list(db.session.scalars(select(PlaceGiven.submission_id).order_by(PlaceGiven.at, PlaceGiven.submission_id).limit(limit)))


def lock_places_given(submission_ids: Iterable[UUID]) -> list[PlaceGiven]:
    """Some of them, held."""
    query = select(PlaceGiven).where(PlaceGiven.submission_id.in_(list(submission_ids))).order_by(PlaceGiven.at, PlaceGiven.submission_id)
    return list(db.session.scalars(query.with_for_update()))


def _ranked(status: AdmissionStatus) -> list[Admission]:
    ranked = Window.policy["order"].astext == Order.RANKED.value
    query = select(Admission).join(Window, Window.id == Admission.window_id).where(ranked, Admission.status == status)
    return list(db.session.scalars(query.order_by(Admission.arrived_at, Admission.submission_id)))


def declarations_to_expire(at: datetime) -> list[Admission]:
    """Declarations that are 12 months old, and invitations not answered in their 60 days, the legal calendar counted."""
    today = montreal_day(at)
    old = [one for one in _ranked(AdmissionStatus.REGISTERED) if _a_year_after(one.legal_day) < today]
    return old + [one for one in _ranked(AdmissionStatus.INVITED) if term_rules.is_late(at, invitation_ends(one.decided_at))]


def invitation_ends(invited_at: datetime) -> date:
    """The last day on which somebody invited at an instant may file."""
    day = montreal_day(invited_at)
    rule = term_rules.rule_for(TermKind.INVITATION, max(day, FIRST_ROUND))
    return term_rules.last_day(rule, day, calendar=terms.calendar_in_force())


def _a_year_after(day: date) -> date:
    """The last day of a declaration: the same day of the next year; 29 February ends on the 28th."""
    years = DECLARATION_MONTHS // 12
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)
