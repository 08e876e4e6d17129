"""Every SELECT on notifications, what came back, reachability and representatives."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, joinedload, selectinload

from backoffice.cases.models import Case
from backoffice.cases.states import FINAL
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.events import Subject
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.mail.delivery import rules
from backoffice.mail.delivery.models import Bounce, LetterReturn, Mandate, Notification, Reachability, ReachAnswer, Representative
from backoffice.mail.delivery.states import Answer, NotificationState
from backoffice.mail.delivery.values import Delivery, Known, Notified, Reach, Recipient, Returned, Severity, Sign, Tried
from backoffice.mail.models import Message, PostedLetter
from backoffice.mail.values import Direction

GROUND = "unreachable"
"""The ground of the bars that delivery puts up; their reference begins with the message."""
SIGNED = ("signed", "two_signatures")

OPEN = (NotificationState.WAITING, NotificationState.SENDING)


def next_due(at: datetime) -> Notification | None:
    """A notification to send now, held: one that waits, or one that a crash left in the middle of its sending."""
    query = select(Notification).where(Notification.state.in_(OPEN), Notification.next_at <= at).order_by(Notification.next_at, Notification.id)
    query = query.options(selectinload(Notification.tries)).limit(1).with_for_update(skip_locked=True, of=Notification)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def any_due(at: datetime) -> bool:
    """Whether somebody is to be notified now."""
    return bool(db.session.scalar(select(exists().where(Notification.state.in_(OPEN), Notification.next_at <= at))))


def lock_notification(notification_id: int) -> Notification:
    """A notification, held, with its attempts."""
    query = select(Notification).where(Notification.id == notification_id).options(selectinload(Notification.tries))
    found = db.session.scalars(query.with_for_update(of=Notification).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def notification(notification_id: int) -> Notification:
    """A notification."""
    found = db.session.get(Notification, notification_id)
    if found is None:
        raise NotFound
    return found


def find_notification(notification_id: int) -> Notification | None:
    """A notification, if it exists."""
    return db.session.get(Notification, notification_id)


def by_internet_id(internet_ids: Sequence[str]) -> Notification | None:
    """The notification that one of these Message-IDs names."""
    return db.session.scalars(select(Notification).where(Notification.internet_id.in_(list(internet_ids))).order_by(Notification.id).limit(1)).first()


def latest_to(address: str, since: datetime) -> list[Notification]:
    """The latest notification of each case that was sent to an address since a day: with one case only, a report by address finds it."""
    query = select(Notification).where(func.lower(Notification.address) == address.lower(), Notification.sent_at >= since)
    return list(db.session.scalars(query.ext(distinct_on(Notification.case_id)).order_by(Notification.case_id, Notification.sent_at.desc())))


def waiting() -> tuple[int, datetime | None]:
    """How many notifications have not left, and since when the oldest waits."""
    row = db.session.execute(select(func.count(), func.min(Notification.made_at)).where(Notification.state.in_(OPEN))).one()
    return row[0], row[1]


def unsettled_bounces(limit: int = 200) -> list[Bounce]:
    """Reports that name none of our notifications, the oldest first."""
    query = select(Bounce).where(Bounce.notification_id.is_(None), Bounce.settled_at.is_(None), Bounce.case_id.is_(None))
    return list(db.session.scalars(query.order_by(Bounce.received_at, Bounce.id).limit(limit)))


def lock_bounce(bounce_id: int) -> Bounce:
    """A report, held."""
    found = db.session.get(Bounce, bounce_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def reach_row(case_id: int) -> Reachability | None:
    """What was last derived for a case; none: nothing ever spoke against it."""
    return db.session.get(Reachability, case_id)


def reachability(case_id: int) -> Reach:
    """Whether the people of a case can be reached."""
    row = reach_row(case_id)
    return row.reach if row else Reach.REACHABLE


def tasks(reach: Reach, limit: int = 200) -> list[tuple[Reachability, Case]]:
    """Cases under way whose people cannot be reached, or perhaps not, the oldest first."""
    query = select(Reachability, Case).join(Case, Case.id == Reachability.case_id).where(Reachability.reach == reach, Case.status.not_in(FINAL))
    rows = db.session.execute(query.options(selectinload(Case.people)).order_by(Reachability.since, Case.number).limit(limit))
    return [(row[0], row[1]) for row in rows]


def count_tasks() -> dict[Reach, int]:
    """How many cases under way are in each state of doubt."""
    query = select(Reachability.reach, func.count()).join(Case, Case.id == Reachability.case_id)
    query = query.where(Reachability.reach != Reach.REACHABLE, Case.status.not_in(FINAL)).group_by(Reachability.reach)
    return {row[0]: row[1] for row in db.session.execute(query)}


def bad_signs(case_id: int) -> list[Sign]:
    """What speaks against: the worst report on each notification of the applicant's own, and letters that came back."""
    query = select(Bounce.received_at, Bounce.severity, Notification.id, Notification.message_id)
    query = query.join(Notification, Notification.id == Bounce.notification_id)
    query = query.where(Notification.case_id == case_id, Notification.recipient == Recipient.APPLICANT, Bounce.severity != Severity.NOTICE)
    worst: dict[int, Sign] = {}
    for at, severity, notification_id, message_id in db.session.execute(query.order_by(Bounce.received_at, Bounce.id)):
        known = worst.get(notification_id)
        if known is None or (severity is Severity.HARD and known.severity is Severity.SOFT):
            worst[notification_id] = Sign(at, f"bounce_{severity.value}", message_id, severity)
    returned = select(LetterReturn).where(LetterReturn.case_id == case_id)
    return [*worst.values(), *(Sign(one.recorded_at, "letter_returned", one.message_id, Severity.HARD) for one in db.session.scalars(returned))]


def good_signs(case_id: int) -> list[datetime]:
    """Signs of life: a message opened, an answer, what a person confirmed, a letter that left by way of second channel."""
    messages = select(Message.opened_at, Message.sent_at, Message.direction).where(Message.case_id == case_id)
    told = (sent_at if direction is Direction.IN else opened_at for opened_at, sent_at, direction in db.session.execute(messages))
    found = [at for at in told if at is not None]
    answers = select(ReachAnswer.answer, ReachAnswer.at, PostedLetter.posted_at).outerjoin(PostedLetter, PostedLetter.id == ReachAnswer.letter_id)
    for answer, at, posted_at in db.session.execute(answers.where(ReachAnswer.case_id == case_id)):
        if answer in {Answer.AGAIN, Answer.WORKS}:
            found.append(at)
        elif answer is Answer.POST and posted_at:
            found.append(posted_at)
    return found


def known_messages(case_id: int) -> list[Known]:
    """The outgoing messages that can be read, and whether a running term hangs on each; not those that two people let end."""
    terms = [t for t in term_queries.terms_of(Subject("case", str(case_id))) if t.state is TermState.RUNNING]
    excused = _excused(case_id)
    query = select(Message).where(Message.case_id == case_id, Message.direction == Direction.OUT, Message.readable_at.is_not(None))
    again = _again(case_id)
    found = []
    for one in db.session.scalars(query.where(Message.withdrawn_at.is_(None)).order_by(Message.position)):
        since = [at for at in (one.readable_at, *again.get(one.id, ())) if at]
        hangs = one.id not in excused and bool(hanging(one, since, terms))
        found.append(Known(one.id, max(since), one.opened_at is not None, hangs))
    return found


def _excused(case_id: int) -> set[UUID | None]:
    """Messages that two people let end, on the page of the case or before a proposal: they hold nothing back again."""
    signed = select(ReachAnswer.message_id).where(ReachAnswer.case_id == case_id, ReachAnswer.answer == Answer.LET_END)
    bars = term_queries.bars_of(Subject("case", str(case_id)))
    return {*db.session.scalars(signed), *(UUID(bar.ref[:36]) for bar in bars if bar.ground == GROUND and bar.how in SIGNED)}


def _again(case_id: int) -> dict[UUID, list[datetime]]:
    """When messages were put on their way a second time: the letter posted, the notification sent again."""
    query = select(ReachAnswer.message_id, ReachAnswer.answer, ReachAnswer.at, PostedLetter.posted_at)
    query = query.outerjoin(PostedLetter, PostedLetter.id == ReachAnswer.letter_id).where(ReachAnswer.case_id == case_id)
    found: dict[UUID, list[datetime]] = {}
    for message_id, answer, at, posted_at in db.session.execute(query):
        if message_id and (moment := posted_at if answer is Answer.POST else at if answer is Answer.AGAIN else None):
            found.setdefault(message_id, []).append(moment)
    return found


def hanging(message: Message, since: Iterable[datetime], terms: Iterable[Term]) -> list[Term]:
    """The terms that a message started, given the instants at which it was put on its way."""
    days = {montreal_day(at) for at in since}
    return [t for t in terms if rules.carries(message.kind, t.kind, t.start, days)]


def terms_hanging_on(message: Message) -> list[Term]:
    """The running terms that hang on one message."""
    terms = [t for t in term_queries.terms_of(Subject("case", str(message.case_id))) if t.state is TermState.RUNNING]
    return hanging(message, [at for at in (message.readable_at, *_again(message.case_id).get(message.id, ())) if at], terms)


def silent_cases(before: datetime, limit: int = 500) -> list[int]:
    """Cases with a message that has not been opened since before an instant while a term runs, and nothing was heard after it."""
    later = aliased(Message)
    heard = exists().where(
        later.case_id == Message.case_id,
        or_(later.opened_at > Message.readable_at, (later.direction == Direction.IN) & (later.sent_at > Message.readable_at)),
    )
    runs = exists().where(
        Term.subject_kind == "case", Term.subject_id == func.cast(Message.case_id, Term.subject_id.type), Term.state == TermState.RUNNING
    )
    known = exists().where(Reachability.case_id == Message.case_id, Reachability.reach != Reach.REACHABLE)
    query = select(Message.case_id).where(
        Message.direction == Direction.OUT, Message.readable_at <= before, Message.opened_at.is_(None), Message.withdrawn_at.is_(None),
        or_(*(Message.kind.startswith(kind) for kinds in rules.CARRIES.values() for kind in kinds)), runs, ~heard, ~known,
    )  # fmt: skip
    return list(db.session.scalars(query.distinct().order_by(Message.case_id).limit(limit)))


def delivery_of(message_id: UUID) -> Delivery:
    """How far one message came."""
    message = db.session.get(Message, message_id)
    if message is None:
        raise NotFound
    return _deliveries([message])[message_id]


def deliveries_of(case_id: int) -> dict[UUID, Delivery]:
    """The same for every outgoing message of a case, in a few statements."""
    query = select(Message).where(Message.case_id == case_id, Message.direction == Direction.OUT)
    return _deliveries(list(db.session.scalars(query.order_by(Message.position))))


def _deliveries(messages: Sequence[Message]) -> dict[UUID, Delivery]:
    ids = [one.id for one in messages]
    notified, bounces = _notified(ids), _bounced(ids)
    letters = {one.message_id: one for one in db.session.scalars(select(PostedLetter).where(PostedLetter.message_id.in_(ids)))}
    returned = {one.message_id: one.recorded_at for one in db.session.scalars(select(LetterReturn).where(LetterReturn.message_id.in_(ids)))}
    return {one.id: _delivery(one, notified.get(one.id, []), bounces.get(one.id, []), letters.get(one.id), returned.get(one.id)) for one in messages}


def _delivery(
    message: Message, notified: list[Notified], bounces: list[Returned], letter: PostedLetter | None, returned_at: datetime | None
) -> Delivery:
    mine = [n for n in notified if n.recipient is Recipient.APPLICANT]
    left = [n.sent_at for n in mine if n.sent_at]
    bad = [b.at for b in bounces if b.recipient is Recipient.APPLICANT and b.severity is not Severity.NOTICE]
    bounced = max(bad, default=None)
    announced_after = bounced is not None and max(left, default=bounced) > bounced
    posted_at = letter.posted_at if letter else None
    state = rules.how_far(
        readable=message.readable_at is not None, opened=message.opened_at is not None, notified=bool(left), to_post=letter is not None,
        posted_at=posted_at, bounced_at=None if announced_after else bounced, returned_at=returned_at,
    )  # fmt: skip
    return Delivery(
        message.id, message.sent_at, message.readable_at, message.opened_at, min(left, default=None), posted_at, returned_at, state,
        tuple(notified), tuple(bounces), tuple(dict.fromkeys(n.name for n in notified if n.recipient is Recipient.REPRESENTATIVE)),
    )  # fmt: skip


def _notified(ids: Sequence[UUID]) -> dict[UUID, list[Notified]]:
    query: Select[Notification, str | None, str | None] = (
        select(Notification, Representative.family_name, Representative.given_names)
        .outerjoin(Mandate, Mandate.id == Notification.mandate_id)
        .outerjoin(Representative, Representative.id == Mandate.representative_id)
    )
    found: dict[UUID, list[Notified]] = {}
    rows = db.session.execute(query.where(Notification.message_id.in_(list(ids))).options(selectinload(Notification.tries)).order_by(Notification.id))
    for one, family, given in rows:
        tries = tuple(Tried(t.started_at, t.ended_at, t.outcome, t.code, t.answer, t.server) for t in one.tries)
        name = " ".join(part for part in (given, family) if part)
        found.setdefault(one.message_id, []).append(
            Notified(one.id, one.recipient, name, one.address, one.internet_id, one.sent_at, tries, one.state.value)
        )
    return found


def _bounced(ids: Sequence[UUID]) -> dict[UUID, list[Returned]]:
    query = select(Bounce, Notification.message_id, Notification.recipient, Notification.address)
    query = query.join(Notification, Notification.id == Bounce.notification_id).where(Notification.message_id.in_(list(ids)))
    found: dict[UUID, list[Returned]] = {}
    for one, message_id, recipient, address in db.session.execute(query.order_by(Bounce.received_at, Bounce.id)):
        found.setdefault(message_id, []).append(Returned(one.received_at, one.severity, one.status, one.diagnostic, address, recipient))
    return found


def mandates_of(case_id: int) -> list[Mandate]:
    """Who stands, or stood, for a case; the latest first."""
    query = select(Mandate).where(Mandate.case_id == case_id).options(joinedload(Mandate.representative))
    return list(db.session.scalars(query.order_by(Mandate.starts_on.desc(), Mandate.id.desc())))


def lock_mandate(mandate_id: int) -> Mandate:
    """A mandate, held."""
    query = select(Mandate).where(Mandate.id == mandate_id).options(joinedload(Mandate.representative)).with_for_update(of=Mandate)
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def representative_named(kind: str, member_number: str) -> Representative | None:
    """A representative by the number of their order."""
    return db.session.scalars(select(Representative).filter_by(kind=kind, member_number=member_number).with_for_update()).first()


def representative(representative_id: int) -> Representative:
    """One representative."""
    found = db.session.get(Representative, representative_id)
    if found is None:
        raise NotFound
    return found


def representatives() -> list[tuple[Representative, int]]:
    """Everybody who stands for somebody, with the number of their cases under a mandate that has not ended."""
    query = select(Representative, func.count(Mandate.id)).outerjoin(
        Mandate, (Mandate.representative_id == Representative.id) & Mandate.ends_on.is_(None)
    )
    rows = db.session.execute(query.group_by(Representative.id).order_by(Representative.family_name, Representative.given_names, Representative.id))
    return [(row[0], row[1]) for row in rows]


def cases_of(representative_id: int) -> list[tuple[Mandate, Case]]:
    """The cases of a representative, standing mandates first."""
    query = select(Mandate, Case).join(Case, Case.id == Mandate.case_id).where(Mandate.representative_id == representative_id)
    rows = db.session.execute(query.options(selectinload(Case.people)).order_by(Mandate.ends_on.desc().nulls_first(), Case.number))
    return [(row[0], row[1]) for row in rows]


def second_channel_of(letter_id: int) -> ReachAnswer | None:
    """The decision by which a letter was made, if it was one."""
    return db.session.scalars(select(ReachAnswer).where(ReachAnswer.letter_id == letter_id).limit(1)).first()


def answers_of(case_id: int) -> list[ReachAnswer]:
    """What people decided about a case, the latest first."""
    return list(db.session.scalars(select(ReachAnswer).where(ReachAnswer.case_id == case_id).order_by(ReachAnswer.id.desc())))


def since_days(at: datetime, days: int) -> datetime:
    """An instant so many days before."""
    return at - timedelta(days=days)


def latest_of_case(case_id: int) -> Notification | None:
    """The last announcement that left for the applicant of a case."""
    query = select(Notification).where(Notification.case_id == case_id, Notification.recipient == Recipient.APPLICANT)
    return db.session.scalars(query.order_by(Notification.id.desc()).limit(1)).first()


def return_of(letter_id: int) -> LetterReturn | None:
    """How a letter came back, if it did."""
    return db.session.scalars(select(LetterReturn).where(LetterReturn.letter_id == letter_id)).first()
