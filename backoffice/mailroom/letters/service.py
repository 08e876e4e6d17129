"""Operations on letters for the post: printed together, counted, handed to the carrier by one act.

The day the carrier has a letter is day zero of the term it carries; so that day is stated, not guessed, and the number of
letters is counted by hand before it counts.
"""

from datetime import date, datetime, time

from sqlalchemy import insert

from backoffice.cases.events import case_subject
from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.calendar import MONTREAL, montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.states import ReturnedBecause
from backoffice.mail.models import PostedLetter
from backoffice.mailroom.letters import printing, queries
from backoffice.mailroom.letters.errors import InARun, NotCounted, NotHeld, NothingToPrint, NotInRun, NotThatDay, StillPrinting
from backoffice.mailroom.letters.events import LetterReleased, LetterSpoiled, PartPrinted, RunAsked, RunDropped, RunHanded, RunMade, run_subject
from backoffice.mailroom.letters.models import PrintRun, PrintRunLetter, PrintRunPart
from backoffice.mailroom.letters.queries import Placed, Ready
from backoffice.mailroom.letters.states import RUNS, InRun, RunAction, RunState
from backoffice.mailroom.letters.values import Handed, ToPrint

PART = 250
"""Letters printed at a time: about a second's work, which is all that a killed worker loses."""


def ask_for_run(*, by: Actor, at: datetime) -> PrintRun:
    """Take every letter that waits into a run, in the order of the envelopes; it is printed in the background."""
    queries.hold_numbers()
    found = [_to_print(one) for one in queries.ready()]
    if not found:
        raise NothingToPrint
    made = PrintRun(
        number=queries.next_number(montreal_day(at).year), state=RunState.MAKING, asked_at=at, asked_by_id=by.id, asked_by_label=by.label, pages=0
    )
    db.session.add(made)
    db.session.flush()
    rows = [
        {
            "run_id": made.id, "letter_id": one.letter_id, "position": position, "state": InRun.IN, "envelope": one.format, "country": one.country,
            "pages": one.pages,
        }
        for position, one in enumerate(sorted(found, key=lambda one: one.place), start=1)
    ]  # fmt: skip
    db.session.execute(insert(PrintRunLetter), rows)
    events.record(run_subject(made.number), RunAsked(made.number, len(found)), by=by, at=at)
    return made


def _to_print(one: Ready) -> ToPrint:
    address = one.address or {}
    country, postal_code = str(address.get("country") or ""), str(address.get("postal_code") or "")
    return ToPrint(one.letter_id, one.case, country, postal_code, one.pages or printing.pages_of(one.sha256))


def print_next(number: str, *, by: Actor, at: datetime) -> None:
    """Print the next part of a run; after the last one the file is put together and kept."""
    made = queries.lock(number)
    if made.state is not RunState.MAKING:
        return
    letters = queries.unprinted(made.id, PART)
    if not letters:
        _finish(made, by=by, at=at)
        return
    data = printing.part(letters)
    position = len(queries.parts(made.id)) + 1
    pages, sha256 = sum(one.pages for one in letters), files.keep(data)
    db.session.add(PrintRunPart(run_id=made.id, position=position, letters=len(letters), pages=pages, sha256=sha256))
    queries.note_printed([one.place_id for one in letters], position)
    fact = PartPrinted(number, position, len(letters), pages, sha256)
    events.record(run_subject(number), fact, by=by, at=at)


def _finish(made: PrintRun, *, by: Actor, at: datetime) -> None:
    letters = queries.letters(made.id, InRun.IN)
    pieces = [printing.front(made, letters), *(files.read(one.sha256) for one in queries.parts(made.id))]
    made.sha256 = files.keep(printing.joined(pieces))
    made.state, made.made_at = move(RUNS, made.state, RunAction.FINISH), at
    made.pages = sum(one.place.pages for one in letters)
    events.record(run_subject(made.number), RunMade(made.number, len(letters), made.pages, made.sha256), by=by, at=at)


def spoil(number: str, letter_id: int, reason: str, *, out: bool, by: Actor, at: datetime) -> str:
    """A letter came out badly. Its kept file is printed again, the same to the byte; or it leaves the run and waits for the next one.

    Gives the digest of that file.
    """
    _made(number)
    one = _in_run(number, letter_id)
    if out:
        one.place.state = InRun.OUT
    fact = LetterSpoiled(number, letter_id, reason, out, one.letter.sha256)
    events.record(run_subject(number), fact, by=by, at=at)
    return one.letter.sha256


def _made(number: str) -> PrintRun:
    made = queries.lock(number)
    if made.state is RunState.MAKING:
        raise StillPrinting
    return made


def _in_run(number: str, letter_id: int) -> Placed:
    made = queries.run(number)
    found = [one for one in queries.letters(made.id, InRun.IN) if one.letter.id == letter_id]
    if not found or made.state is not RunState.MADE:
        raise NotInRun
    return found[0]


def check_handing(number: str, handed: Handed, today: date) -> list[Placed]:
    """The letters that would be handed over, if what was counted and the day hold."""
    made = _made(number)
    letters = queries.letters(made.id, InRun.IN)
    if handed.counted != len(letters):
        raise NotCounted(handed.counted, len(letters))
    if not montreal_day(made.asked_at) <= handed.on <= today:
        raise NotThatDay
    return letters


def hand_over(number: str, handed: Handed, *, by: Actor, at: datetime) -> PrintRun:
    """The carrier has the whole run: each letter's message counts as delivered from that day."""
    letters = check_handing(number, handed, montreal_day(at))
    made = queries.run(number)
    made.state = move(RUNS, made.state, RunAction.HAND_OVER)
    made.handed_on, made.handed_by_label, made.way = handed.on, by.label, handed.way.value
    made.tracking, made.weight_grams = handed.tracking or None, handed.weight_grams
    moment = at if handed.on == montreal_day(at) else _noon(handed.on)
    for one in sorted(letters, key=lambda one: one.case.id):  # one order, so that two operations never wait for one another
        mail.post_letter(one.letter.id, by=by, at=moment)
    fact = RunHanded(number, len(letters), handed.on.isoformat(), handed.way.value, handed.tracking, handed.weight_grams, str(made.sha256))
    events.record(run_subject(number), fact, by=by, at=at)
    return made


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), MONTREAL)


def drop(number: str, reason: str, *, by: Actor, at: datetime) -> PrintRun:
    """Nothing of this run leaves: its letters wait for another one; its file is kept with its record."""
    made = _made(number)
    made.state = move(RUNS, made.state, RunAction.DROP)
    for one in queries.letters(made.id, InRun.IN):
        one.place.state = InRun.OUT
    events.record(run_subject(number), RunDropped(number, reason), by=by, at=at)
    return made


def post_alone(letter_id: int, *, by: Actor, at: datetime) -> PostedLetter:
    """One letter that leaves by itself, outside any run."""
    queries.hold_numbers()
    if queries.run_of(letter_id):
        raise InARun
    return mail.post_letter(letter_id, by=by, at=at)


def came_back(letter_id: int, reason: ReturnedBecause, on: date, note: str, *, by: Actor, at: datetime) -> None:
    """The carrier brought a letter back: the person was not reached by it, and the terms it carries must not end by themselves."""
    delivery.mark_returned(letter_id, reason, on, note, by=by, at=at)


def release(letter_id: int, *, by: Actor, at: datetime) -> PostedLetter:
    """A person looked at a letter with characters that no font has, mended it by hand or found it readable: it may be printed."""
    letter = mail_queries.letter(letter_id)
    if not letter.missing or letter.released_at or letter.posted_at:
        raise NotHeld
    letter.released_at = at
    case_id = mail_queries.message(letter.message_id).case_id
    events.record(case_subject(case_id), LetterReleased(letter.id, letter.missing), by=by, at=at)
    return letter
