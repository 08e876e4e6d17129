"""Cases brought to the end of a term by the product's own operations, and the clock moved to a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import uuid4

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.decisions import queries, service
from backoffice.decisions.models import Decision, Intention, Proposal
from backoffice.decisions.values import Grounds
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest
from backoffice.documents.values import NewDocument
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from tests.builders import Builder

SENT = date(2016, 6, 13)
LAST = date(2016, 9, 12)
"""Documents asked for on 2016-06-13 are due on 2016-09-12 (worked example 10)."""


@contextmanager
def on(day: date) -> Iterator[datetime]:
    """Noon of a day in Montréal, near enough."""
    with clock.stopped_at(datetime.combine(day, time(16), tzinfo=UTC)):
        yield clock.now()


@dataclass
class World:
    """What the tests of decisions do, in the words of those who do it."""

    build: Builder

    def asked(self, items: int = 2, **content: object) -> tuple[Case, DocumentRequest]:
        case = self.build.paid_case(self.build.content(**content))
        request = self.build.request(case, items=items)
        return case, document_queries.request(request.id)

    def request(self, case: Case) -> DocumentRequest:
        return document_queries.requests_of(case.id)[0]

    def term(self, request: DocumentRequest) -> Term:
        found = term_queries.term_of(request_owner(request.id))
        assert found is not None
        return found

    def receive(self, request: DocumentRequest, *items: int, stamped: date | None = None) -> int:
        """A document arrives by post and answers these items."""
        day = stamped or clock.today()
        new = NewDocument("Pièce fictive", "envelope", "E-1", day, "application/pdf", "piece.pdf", str(uuid4()), ())
        with transaction():
            document = documents.file_document(request.case_id, new, request_id=request.id, by=SYSTEM, at=clock.now())
            documents.receive_items(request.id, items, document.id, day, by=SYSTEM, at=clock.now())
        return document.id

    def write(self, case: Case) -> Message:
        """The applicant writes."""
        with transaction():
            return mail.receive_message(uuid4(), case.id, "Réponse", "Voici mes observations.", (), None, str(uuid4()), at=clock.now())

    def proposal(self, case: Case) -> Proposal | None:
        return queries.open_proposal(case.id)

    def intend(self, case: Case, officer: Account | None = None) -> Intention:
        waiting = self.proposal(case)
        assert waiting is not None
        items = [item.id for item in self.request(case).items]
        by = (officer or self.build.caseworker()).actor
        with transaction():
            return service.intend_to_reject(waiting.id, Grounds(tuple(items)), by=by, at=clock.now())

    def propose_rejection(self, case: Case, officer: Account, reason: str = "Rien n’a été fourni.") -> Decision:
        waiting = self.proposal(case)
        assert waiting is not None
        with transaction():
            return service.propose_rejection(waiting.id, reason, by=officer, at=clock.now())

    def sign(self, approval_id: int, second: Account, *, approve: bool = True) -> None:
        with transaction():
            staff.decide_approval(approval_id, approve=approve, answer="Lu.", by=second, at=clock.now())
        self.build.deliver()

    def bar(self, case: Case, message_id: object) -> None:
        """Nobody could be told that this message waits."""
        with transaction():
            deadlines.bar_ends(case_subject(case.id), "unreachable", str(message_id), by=SYSTEM, at=clock.now())

    def status(self, case: Case) -> CaseStatus:
        return case_queries.case_by_id(case.id).status
