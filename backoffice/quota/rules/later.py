"""What happens later to one application: payment, lapse, verdicts, review, annulment. Each row of the table of docs/ledger.md."""

from backoffice.quota.rules.book import Book, NoRoomError, NotAllowedError, act
from backoffice.quota.rules.inputs import (
    About,
    Annulled,
    Duplicate,
    Exemption,
    Expired,
    FromReserve,
    Lapsed,
    Paid,
    Reinstated,
    Restored,
    UnpaidAgain,
    Verdict,
    Withdrawn,
)
from backoffice.quota.rules.places import is_exempt
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionAction, AdmissionReason, AdmissionStatus, Entry, Order, Pool, WindowState

_S = AdmissionStatus
_ENDED = frozenset({_S.WITHDRAWN, _S.ANNULLED})
_BACK = {
    _S.REGISTERED: AdmissionAction.REGISTER, _S.PROVISIONAL: AdmissionAction.HOLD_PLACE, _S.CONFIRMED: AdmissionAction.CONFIRM,
    _S.EXEMPT: AdmissionAction.EXEMPT, _S.WAITLISTED: AdmissionAction.WAITLIST, _S.INVITED: AdmissionAction.INVITE, _S.REFUSED: AdmissionAction.REFUSE,
    _S.LAPSED: AdmissionAction.LAPSE,
}  # fmt: skip


def _one(book: Book, given: About | Exemption | Duplicate, *statuses: AdmissionStatus) -> Entry:
    """The application, if it stands as the table wants it."""
    entry = book.known(given.id)
    if entry.status not in statuses:
        raise NotAllowedError(f"{given.type.value} does not apply to {entry.status.value}")
    return entry


@act(Paid)
def pay(book: Book, given: Paid) -> None:
    """Paid in time: the place is counted. An exempt application pays too, and has no place to count."""
    entry = _one(book, given, _S.PROVISIONAL, _S.EXEMPT)
    if entry.status is _S.PROVISIONAL:
        book.move(entry, AdmissionAction.CONFIRM, None if entry.reason is AdmissionReason.UNPAID else entry.reason)


@act(UnpaidAgain)
def unpay(book: Book, given: UnpaidAgain) -> None:
    """The payment came back: the place is only held again."""
    entry = _one(book, given, _S.CONFIRMED)
    book.move(entry, AdmissionAction.UNCONFIRM, entry.reason)


@act(Lapsed)
def lapse(book: Book, given: Lapsed) -> None:
    """Unpaid after its last day: the place is released."""
    book.move(_one(book, given, _S.PROVISIONAL, _S.EXEMPT), AdmissionAction.LAPSE, AdmissionReason.UNPAID)
    book.serve_the_waiting()


@act(Expired)
def expire(book: Book, given: Expired) -> None:
    """A declaration is 12 months old, or an invitation was not answered in its 60 days."""
    book.move(_one(book, given, _S.REGISTERED, _S.INVITED), AdmissionAction.LAPSE, None)
    book.serve_the_waiting()


@act(Withdrawn)
def withdraw(book: Book, given: Withdrawn) -> None:
    """The applicant withdrew."""
    allowed = set(_S) - _ENDED - {_S.PENDING, _S.REFUSED, _S.LAPSED}
    book.move(_one(book, given, *allowed), AdmissionAction.WITHDRAW, AdmissionReason.WITHDRAWN)
    book.serve_the_waiting()


@act(Exemption)
def judge_exemption(book: Book, given: Exemption) -> None:
    """A person looked at the ground claimed: verified, it takes no place; denied, it competes like the others."""
    if given.verdict is Verdict.VERIFIED:
        entry = _one(book, given, *(set(_S) - _ENDED))
        _note_denial(book, entry, denied=False)
        book.move(entry, AdmissionAction.EXEMPT, AdmissionReason.EXEMPTION_VERIFIED)
    elif given.verdict is Verdict.DENIED:
        entry = _one(book, given, _S.EXEMPT)
        _note_denial(book, entry, denied=True)
        _lose_exemption(book, entry)
    else:
        raise NotAllowedError(f"{given.verdict.value} is no verdict on an exemption")
    book.serve_the_waiting()


def _note_denial(book: Book, entry: Entry, *, denied: bool) -> None:
    if entry.denied is not denied:
        entry.denied = denied
        book.shelf.note(entry, entry.status)


def _lose_exemption(book: Book, entry: Entry) -> None:
    denied, page = AdmissionReason.EXEMPTION_DENIED, book.page
    later = (book.order is Order.DRAW and not page.drawn) or book.order is Order.RANKED
    if (later and not page.settled) or book.places.in_share(entry):
        book.move(entry, AdmissionAction.REGISTER, denied)
    elif page.state in {WindowState.OPEN, WindowState.SUSPENDED} and book.places.why_not(entry) is None:
        book.give(entry, denied)
    else:
        book.move(entry, AdmissionAction.REFUSE, denied)


@act(Duplicate)
def judge_duplicate(book: Book, given: Duplicate) -> None:
    """A person looked at a suspected duplicate: one person, one place."""
    if given.verdict is Verdict.SAME:
        entry = _one(book, given, *(set(_S) - _ENDED - {_S.LAPSED}))
        _note_answer(book, entry)
        book.move(entry, AdmissionAction.REFUSE, AdmissionReason.DUPLICATE_PERSON)
    elif given.verdict is Verdict.DIFFERENT:
        entry = book.known(given.id)
        _note_answer(book, entry)
        if entry.reason is AdmissionReason.DUPLICATE_REVIEW:
            book.keep(entry, None)
    else:
        raise NotAllowedError(f"{given.verdict.value} is no verdict on a duplicate")
    book.serve_the_waiting()


def _note_answer(book: Book, entry: Entry) -> None:
    if entry.suspected:
        entry.suspected = False
        book.shelf.note(entry, entry.status)


@act(Reinstated)
def reinstate(book: Book, given: Reinstated) -> None:
    """A person reviewed it: it is received again, with a place if it needs one (A-2.1 s. 65.2)."""
    entry = _one(book, given, _S.LAPSED, _S.REFUSED)
    if is_exempt(book.places.terms, entry.ground) and not entry.denied:
        book.move(entry, AdmissionAction.EXEMPT, AdmissionReason.EXEMPTION_CLAIMED)
        return
    if book.places.why_not(entry) is not None:
        raise NoRoomError("no place is free for it")
    book.give(entry, None, AdmissionAction.REINSTATE)


@act(FromReserve)
def give_from_reserve(book: Book, given: FromReserve) -> None:
    """A person was prevented by a recorded fault: a place of the reserve."""
    entry = _one(book, given, _S.REGISTERED, _S.WAITLISTED, _S.REFUSED, _S.LAPSED)
    if not book.places.fits_the_reserve(entry):
        raise NoRoomError("no place of the reserve is free for it")
    book.places.counts.reserve_used += 1
    book.give(entry, None, pool=Pool.RESERVE)


@act(Annulled)
def annul(book: Book, given: Annulled) -> None:
    """The admission is void."""
    entry = _one(book, given, *(set(_S) - _ENDED))
    entry.before = (entry.status, entry.reason)
    book.move(entry, AdmissionAction.ANNUL, AdmissionReason.ANNULLED)


@act(Restored)
def restore(book: Book, given: Restored) -> None:
    """The annulment is undone: it stands as before, if its place is still there."""
    entry = _one(book, given, _S.ANNULLED)
    if entry.before is None:
        raise NotAllowedError("nothing is known of what it was")
    status, reason = entry.before
    if status in TAKES_A_PLACE and not book.places.fits_again(entry):
        raise NoRoomError("its place is no more free")
    entry.before = None
    book.move(entry, _BACK[status], reason)
