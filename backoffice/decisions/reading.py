"""What a page of a proposal shows, gathered: the letter and its proof, what came and when, what is not settled, the thread since."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core.calendar import montreal_day
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term, TermBar
from backoffice.decisions import queries, service
from backoffice.decisions.models import Intention, Proposal
from backoffice.decisions.proof import Proof, proof_of
from backoffice.documents import queries as document_queries
from backoffice.documents.models import Document, DocumentRequest, RequestItem
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message


@dataclass(frozen=True)
class Line:
    """One document asked for: where it stands, what answered it, and whether that came after the last day."""

    item: RequestItem
    person: str
    documents: list[Document]
    late: bool


@dataclass(frozen=True)
class Known:
    """All that is known of one term on one case."""

    term: Term
    issues: list[Proof]
    lines: list[Line]
    others: list[Document]
    messages: list[Message]
    held: list[str]
    bars: list[TermBar]
    intention: Intention | None
    request: DocumentRequest | None
    new_since: int


def known(case: Case, term: Term, proposal: Proposal | None = None) -> Known:
    """Gather it."""
    intention = queries.intention(int(term.owner_id)) if term.owner_kind == "intention" else None
    request = _request(case, term)
    lines = _lines(case, request, term.last_day)
    shown = {document.id for line in lines for document in line.documents}
    issues = [proof_of(message_id) for message_id in _messages(term, intention, request)]
    since = issues[0].message.sent_at
    documents = queries.documents_since(case.id, since)
    messages = [one for one in mail_queries.thread(case.id) if one.sent_at > since]
    bars = [bar for bar in term_queries.bars_of(case_subject(case.id)) if bar.lifted_at is None]
    return Known(
        term, issues, lines, [one for one in documents if one.id not in shown], messages, [] if bars else service.holding_back(term), bars,
        intention, request, queries.came_since([proposal])[proposal.id] if proposal else 0,
    )  # fmt: skip


def _request(case: Case, term: Term) -> DocumentRequest | None:
    if term.owner_kind == "request":
        return document_queries.request(int(term.owner_id))
    return next(iter(document_queries.requests_of(case.id)), None)


def _messages(term: Term, intention: Intention | None, request: DocumentRequest | None) -> list[UUID]:
    """The issues of the letter, the first on top."""
    if intention is not None:
        return [*(UUID(one) for one in intention.earlier), intention.message_id]
    if request is None:
        raise LookupError(f"term {term.id} belongs to no letter")
    current = mail_queries.message(request.message_id)
    return [one.id for one in queries.messages_of_kind(request.case_id, current.kind) if one.sent_at >= request.sent_at or one.id == current.id]


def _lines(case: Case, request: DocumentRequest | None, last_day: date) -> list[Line]:
    if request is None:
        return []
    people = {person.id: addresses.name(person) for person in case.people}
    answers = document_queries.answers(item.id for item in request.items)
    documents = {one.id: one for one in document_queries.documents_of(case.id)}
    return [
        Line(
            item, people.get(item.person_id or 0, _("the family")), [documents[key] for key in answers.get(item.id, []) if key in documents],
            item.received_on is not None and item.received_on > last_day,
        )
        for item in request.items
    ]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of the list: whose, since when, why."""

    proposal: Proposal
    case: Case
    name: str
    age: int
    barred: bool
    came: int


def rows(found: list[tuple[Proposal, Case]], today: date) -> list[Row]:
    """The list of what waits for a decision."""
    came, barred = queries.came_since(one for one, _ in found), queries.barred(case.id for _, case in found)
    return [Row(one, case, case.people[0].name, (today - montreal_day(one.made_at)).days, case.id in barred, came[one.id]) for one, case in found]


@dataclass(frozen=True)
class Held:
    """A term that is over and that nobody may judge yet, with all that is waited for."""

    term: Term
    case: Case
    name: str
    why: list[str]


def held_back(as_of: date) -> list[Held]:
    """Terms over, without a proposal, because mail or money of their days is not settled."""
    over = queries.over(as_of)
    barred = queries.barred(int(term.subject_id) for term in over)
    terms = [term for term in over if int(term.subject_id) not in barred and service.to_propose(term, as_of)]
    cases = queries.cases(int(term.subject_id) for term in terms)
    found = [(term, cases[int(term.subject_id)], service.holding_back(term)) for term in terms if int(term.subject_id) in cases]
    return [Held(term, case, case.people[0].name, why) for term, case, why in found if why]
