"""What delivery means, of plain values: reports weighed, attempts spaced, and whether somebody can be reached."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from backoffice.deadlines.values import TermKind
from backoffice.mail.delivery.values import DeliveryState, Known, Reach, Severity, Sign, Standing

DELAYS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 720, 1440, 1440, 1440, 1440))
"""How long to wait after each temporary refusal: five days in all, as RFC 5321 § 4.5.4.1 asks; then the address has failed."""

SOFT_BOUNCES: Final = 2
"""So many temporary failures weigh as much as one final one (`domain.md` § 9: a person looks after two)."""

CARRIES: Final[Mapping[TermKind, tuple[str, ...]]] = {
    TermKind.PAYMENT: ("payment_invitation",),
    TermKind.DOCUMENTS: ("document_request",),
    TermKind.INTENTION_TO_REJECT: ("intention_to_reject",),
    TermKind.INTENTION_TO_REFUSE: ("intention_to_refuse",),
    TermKind.INVITATION: ("invitation_to_file",),
}
"""The kinds of message that start each kind of term; any other message hangs nobody up."""

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")


def next_delay(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; nothing when it has been tried long enough."""
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def weigh(action: str, status: str) -> Severity:
    """What an action and a status of RFC 3464 say of the address.

    Only `failed` is a bounce: `delayed` says that the server still tries, the others that the mail went on. A full mailbox
    (5.2.2) empties again; every other 5 is final.
    """
    if action in {"delivered", "relayed", "expanded", "delayed", "unknown"}:
        return Severity.NOTICE
    if status.startswith("5") and status != "5.2.2":
        return Severity.HARD
    if status.startswith("2"):
        return Severity.NOTICE
    return Severity.SOFT


def status_in(text: str) -> str:
    """The status of RFC 3463 written somewhere in an answer, or the one its code stands for; empty when there is none."""
    if found := _STATUS.search(text):
        return found[0]
    code = _CODE.search(text)
    return f"{code[1][0]}.0.0" if code else ""


def standing(bad: Sequence[Sign], good: Sequence[datetime], messages: Sequence[Known], now: datetime, unopened_days: int) -> Standing:
    """Whether somebody can be reached, from what is known and nothing else: the order in which it was learned changes nothing.

    What speaks against counts until a later sign of life: a message opened, an answer, a letter posted by way of second
    channel, a person who confirmed the address. One letter that came back, one final bounce or two temporary ones: nobody is
    there. One temporary bounce, or a message with a running term not opened after so many days: doubt.
    """
    last_good = max(good, default=None)
    against = sorted((s for s in bad if last_good is None or s.at > last_good), key=lambda s: (s.at, s.what, str(s.message_id)))
    weights = [s for s in against if s.severity is not Severity.NOTICE]
    final = [s for s in weights if s.severity is Severity.HARD]
    if final or len(weights) >= SOFT_BOUNCES:
        why = tuple(sorted({s.what for s in weights}))
        return Standing(Reach.UNREACHABLE, weights[0].at, why, undelivered(weights, messages, good))
    silent = unopened(messages, good, now, unopened_days)
    if weights or silent:
        since = min([s.at for s in weights] + [k.readable_at + timedelta(days=unopened_days) for k in silent])
        return Standing(Reach.IN_DOUBT, since, tuple(sorted({s.what for s in weights} | ({"not_opened"} if silent else set()))))
    return Standing(Reach.REACHABLE)


def undelivered(against: Sequence[Sign], messages: Sequence[Known], good: Sequence[datetime]) -> tuple[UUID, ...]:
    """The messages that a running term hangs on and that did not arrive: their own notification failed, or the address was dead already."""
    failed, since = {s.message_id for s in against}, min(s.at for s in against)
    last_good = max(good, default=None)
    found = [
        k
        for k in messages
        if k.term
        and not k.opened
        and (k.message_id in failed or k.readable_at >= since)
        and not (last_good and k.readable_at <= last_good and k.message_id not in failed)
    ]
    return tuple(k.message_id for k in sorted(found, key=lambda k: (k.readable_at, str(k.message_id))))


def unopened(messages: Sequence[Known], good: Sequence[datetime], now: datetime, days: int) -> list[Known]:
    """Messages with a running term that nobody opened in so many days, and after which no sign of life came."""
    last_good = max(good, default=None)
    return [
        k
        for k in messages
        if k.term and not k.opened and now - k.readable_at >= timedelta(days=days) and not (last_good and last_good > k.readable_at)
    ]


def carries(message_kind: str, term: TermKind, start: date, days: Collection[date]) -> bool:
    """Whether this message started that term: it is of its kind, and was readable, posted or announced again on its day zero.

    The 30 days of payment may run from the submission (a setting), so their invitation is known by its kind alone.
    """
    return message_kind.startswith(CARRIES.get(term, ())) and (term is TermKind.PAYMENT or start in days)


def how_far(
    *,
    readable: bool,
    opened: bool,
    notified: bool,
    to_post: bool,
    posted_at: datetime | None,
    bounced_at: datetime | None,
    returned_at: datetime | None,
) -> DeliveryState:
    """How far a message came: opened ends all doubt; else what came back last weighs more than what left before it."""
    if opened:
        return DeliveryState.OPENED
    if returned_at:
        return DeliveryState.RETURNED
    if posted_at:
        return DeliveryState.POSTED
    if bounced_at:
        return DeliveryState.BOUNCED
    if to_post and not readable:
        return DeliveryState.TO_POST
    return DeliveryState.NOTIFIED if notified else DeliveryState.READABLE


def in_mandate(day: date, starts_on: date, ends_on: date | None) -> bool:
    """Whether a representative stood for the case on this day; both days of the mandate count."""
    return starts_on <= day and (ends_on is None or day <= ends_on)
