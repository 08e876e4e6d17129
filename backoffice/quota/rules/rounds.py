"""Rounds of invitations: who is invited, and the places that the invited are promised (I-0.2.1 s. 44)."""

from backoffice.quota.rules.book import Book, NotAllowedError, act
from backoffice.quota.rules.inputs import Filed, Round
from backoffice.quota.values import AdmissionAction, AdmissionStatus, Entry, Order


def candidates(book: Book) -> list[Entry]:
    """Declarations with a score, the best first; validated offers before all where the decision says so."""
    offers_first = book.places.terms.offers_first
    scored = [entry for entry in book.shelf.standing(AdmissionStatus.REGISTERED) if entry.score is not None]
    return sorted(scored, key=lambda entry: (not (offers_first and entry.offer), -(entry.score or 0), entry.sequence))


@act(Round)
def invite(book: Book, given: Round) -> None:
    """The best so many that fit, or all those down to a score that fit; the others are passed over."""
    if book.order is not Order.RANKED or given.round != book.page.rounds + 1 or (given.best is None) == (given.cut_off is None):
        raise NotAllowedError("a round invites the best so many, or down to a score, in a window by invitation")
    book.page.rounds = given.round
    left = given.best
    for entry in candidates(book):
        if left == 0:
            return
        if given.cut_off is not None and (entry.score or 0) < given.cut_off:
            continue
        if book.places.why_not(entry) is None:
            book.move(entry, AdmissionAction.INVITE, entry.reason)
            left = None if left is None else left - 1


@act(Filed)
def file(book: Book, given: Filed) -> None:
    """Somebody invited filed: the place promised is given, if it is still there."""
    entry = book.known(given.id)
    if entry.status is not AdmissionStatus.INVITED:
        raise NotAllowedError("it was not invited")
    book.answer(entry, entry.reason)
