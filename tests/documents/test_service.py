"""Requests and their items: asked, received, refused and asked again, settled."""

from datetime import date

import pytest

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold
from backoffice.core.db import transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.states import TermState
from backoffice.documents import composing, errors, queries, service
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest
from backoffice.documents.states import ItemAction, ItemState, RequestState
from backoffice.documents.values import NewDocument, NewItem, NewPage
from backoffice.mail import queries as mail_queries
from tests.builders import Builder
from tests.conftest import NOON

DAY = date(2016, 6, 20)


@pytest.fixture
def officer(build: Builder):
    return build.caseworker()


def asked(build: Builder, officer, items: int = 2) -> tuple[Case, DocumentRequest]:
    case = build.paid_case()
    return case, queries.request(build.request(case, officer, items).id)


def receive(request: DocumentRequest, *items: int, by) -> None:
    with transaction():
        service.receive_items(request.id, items, None, DAY, by=by, at=NOON)


def review(item: int, action: ItemAction, by, **options) -> DocumentRequest:
    with transaction():
        service.review_item(item, action, by=by, at=NOON, **options)
    return queries.request(queries.item(item).request_id)


def status(case: Case) -> CaseStatus:
    return case_queries.case_by_id(case.id).status


def test_a_request_is_sent_with_its_letter_its_term_and_its_hold(build: Builder, officer):
    case, request = asked(build, officer)
    assert (request.state, status(case)) == (RequestState.OPEN, CaseStatus.DOCS_DEMANDES)
    assert Hold.DOCUMENTS in case_queries.standing_holds(case.id)
    assert term_queries.term_of(request_owner(request.id)).last_day == date(2016, 9, 12)
    assert mail_queries.message(request.message_id).attachments[0].sha256 == request.letter_sha256


def test_a_request_asks_for_something_known_of_somebody_here_and_one_at_a_time(build: Builder, officer):
    case = build.paid_case()
    stranger = build.paid_case().people[0].id
    proposed = composing.proposal(case_queries.case_by_id(case.id))
    for items, refusal in (
        ([], errors.NothingAsked),
        ([NewItem("nothing", None)], errors.UnknownItem),
        ([NewItem(proposed[0].code, stranger)], errors.UnknownItem),
    ):
        with pytest.raises(refusal), transaction():
            service.send_request(case.id, items, by=officer.actor, at=NOON)
    build.request(case, officer)
    with pytest.raises(errors.RequestStillOpen), transaction():
        service.send_request(case.id, proposed[:1], by=officer.actor, at=NOON)


def test_the_case_waits_for_us_only_once_nothing_is_missing(build: Builder, officer):
    case, request = asked(build, officer)
    first, second = (item.id for item in request.items)
    receive(request, first, by=officer.actor)
    assert (status(case), Hold.DOCUMENTS in case_queries.standing_holds(case.id)) == (CaseStatus.DOCS_DEMANDES, True)
    receive(request, second, by=officer.actor)
    assert (status(case), Hold.DOCUMENTS in case_queries.standing_holds(case.id)) == (CaseStatus.DOCS_RECUS, False)
    assert term_queries.term_of(request_owner(request.id)).state is TermState.RUNNING  # a person has not looked yet


def test_accepting_everything_meets_the_term_and_opens_the_examination(build: Builder, officer):
    case, request = asked(build, officer)
    first, second = (item.id for item in request.items)
    receive(request, first, by=officer.actor)
    review(first, ItemAction.ACCEPT, officer.actor)
    assert review(second, ItemAction.WAIVE, officer.actor).state is RequestState.SATISFIED
    assert term_queries.term_of(request_owner(request.id)).state is TermState.SATISFIED
    assert status(case) is CaseStatus.EXAMEN_PRELIM
    assert mail_queries.thread(case.id)[-1].kind == "documents_complete"


def test_a_document_refused_is_asked_again_with_its_reason_under_the_same_last_day(build: Builder, officer):
    case, request = asked(build, officer, 1)
    [item] = (item.id for item in request.items)
    receive(request, item, by=officer.actor)
    with pytest.raises(errors.ReasonNeeded):
        review(item, ItemAction.REFUSE, officer.actor)
    review(item, ItemAction.ACCEPT, officer.actor)
    again = review(item, ItemAction.REFUSE, officer.actor, reason="illegible", note="Page 2.")
    assert (again.state, again.items[0].state) == (RequestState.OPEN, ItemState.REFUSED)
    term = term_queries.term_of(request_owner(request.id))
    assert (term.state, term.last_day) == (TermState.RUNNING, date(2016, 9, 12))
    assert status(case) is CaseStatus.DOCS_DEMANDES
    message = mail_queries.thread(case.id)[-1]
    assert message.kind == "item_refused"
    assert "Page 2." in message.body
    receive(request, item, by=officer.actor)
    assert review(item, ItemAction.ACCEPT, officer.actor).state is RequestState.SATISFIED


def test_items_of_another_request_are_not_received_here(build: Builder, officer):
    (_, one), (_, other) = asked(build, officer), asked(build, officer)
    with pytest.raises(errors.UnknownItem):
        receive(one, other.items[0].id, by=officer.actor)


def test_the_same_file_to_the_same_case_is_one_document(build: Builder, officer):
    case, other = build.paid_case(), build.paid_case()
    new = NewDocument("Passeport", "portal", "m", DAY, "image/png", "p.png", "0" * 64, (NewPage("0" * 64, 1, "1" * 64, "2" * 64),))

    def file(to: Case) -> int:
        with transaction():
            return service.file_document(to.id, new, by=officer.actor, at=NOON).id

    assert file(case) == file(case) != file(other)
    assert len(queries.documents_of(case.id)) == 1


def test_the_longest_list_stays_on_the_one_sheet_that_carries_the_code(build: Builder):
    import pypdfium2
    import zxingcpp

    from backoffice.core import files
    from backoffice.documents import queries

    request = queries.request(build.request(items=99).id)
    assert len(request.items) >= 18
    with pypdfium2.PdfDocument(files.read(request.letter_sha256)) as letter:
        read = [{code.text for code in zxingcpp.read_barcodes(letter[n].render(scale=2).to_pil())} for n in range(len(letter))]
        sheets = [n for n, codes in enumerate(read) if request.return_code in codes]
        assert sheets == [len(letter) - 1]
