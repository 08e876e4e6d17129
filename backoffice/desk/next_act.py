"""What to do first on a case: one sentence and one main button; a suggestion, never an act of its own."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.cases.models import Case
from backoffice.cases.states import FINAL, CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import formats
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.decisions import queries as proposals
from backoffice.decisions.service.correcting import CORRECTABLE
from backoffice.desk import queries
from backoffice.desk.ident import running_term
from backoffice.desk.values import Act
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ItemState
from backoffice.mail import queries as mail_queries
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission

READY = frozenset({CaseStatus.PAYEE_EN_FILE, CaseStatus.DOCS_RECUS, CaseStatus.EXAMEN_PRELIM, CaseStatus.VERIFICATION})


def suggest(case: Case, reader: Account) -> Act:
    """The first thing to do."""
    if case.status is CaseStatus.SUPPRIMEE_NON_PAYEE:
        return _lapsed(case)
    if case.status in FINAL:
        return _ended(case, reader)
    if _is_held(case, Hold.FALSE_DECLARATION_REVIEW):
        sentence = _("Somebody of this application may have made a false declaration before. Nothing is cashed until a person has looked.")
        return Act(
            _("To do: compare with the register"), sentence, url_for("between.application", submission_id=case.submission_id), _("Compare"), "c"
        )
    if case.status is CaseStatus.ATTENTE_PAIEMENT:
        return _wait_for_payment(case)
    return _arrivals(case) or _proposal(case) or _holds(case) or _intention(case) or _documents(case, reader)


def _lapsed(case: Case) -> Act:
    """A machine let it lapse: whoever asks is heard by a person (A-2.1 s. 65.2)."""
    review = url_for("between.application", submission_id=case.submission_id)
    if mail_queries.unanswered([case.id]).get(case.id, 0):
        sentence = _("The applicant wrote after a machine deleted the application: a person reviews it, and answers.")
        return Act(_("To do: review what a machine decided"), sentence, review, _("Open the review"), "r")
    sentence = _("A machine deleted it because it was not paid. The applicant may ask a person to review it.")
    return Act(_("Nothing to do: this case has ended"), sentence, review, _("Open the review"))


def _ended(case: Case, reader: Account) -> Act:
    """Nothing more; an error of ours is corrected by a supervisor without formal review."""
    if case.status in CORRECTABLE and reader.may(Permission.APPROVE):
        correct = url_for("decisions.correction", number=case.number)
        return Act(_("Nothing to do: this case has ended"), _("Everything stays readable here."), correct, _("Correct an error of the ministry"))
    return Act(_("Nothing to do: this case has ended"), _("Everything stays readable here."))


def _proposal(case: Case) -> Act | None:
    """A term is over: what follows is a person's choice."""
    waiting = proposals.open_proposal(case.id)
    if waiting is None:
        return None
    url = url_for("decisions.proposal", number=case.number, proposal_id=waiting.id)
    sentence = _(
        "The last day was %(day)s. Nothing has ended: read what came and the proof of delivery, then choose.", day=formats.longday(waiting.last_day)
    )
    return Act(_("To do: decide what follows a term that is over"), sentence, url, _("Open the proposal"), "d")


def _intention(case: Case) -> Act | None:
    """An intention letter stands: its answer is awaited."""
    if case.status not in {CaseStatus.INTENTION_REJET, CaseStatus.INTENTION_REFUS} or proposals.standing_intention(case.id) is None:
        return None
    url = url_for("decisions.intention", number=case.number)
    if proposals.waiting_decision(case.id) is not None:
        return Act(_("Nothing to do: a second person signs"), _("The rejection is proposed; nothing has ended."), url, _("See the letter"))
    sentence = _("The applicant has time to answer the letter; its term and what came are shown here.")
    return Act(_("Nothing to do: an answer is awaited"), sentence, url, _("See the letter"))


def _is_held(case: Case, kind: Hold) -> bool:
    return any(hold.kind is kind and hold.lifted_at is None for hold in case.holds)


def _wait_for_payment(case: Case) -> Act:
    term = running_term(case)
    if term is None:
        return Act(_("Wait for the invitation to leave"), _("The 30 days run from the day the letter is handed to the post."))
    stopped = term.last_day == OPEN_ENDED
    until = _("The applicant has until %(day)s. Nobody works on a case before it is paid.", day=formats.longday(term.last_day))
    sentence = _("The clock is stopped.") if stopped else until
    return Act(_("Nothing to do: the payment is awaited"), sentence, url_for("desk.case", number=case.number, tab="fees"), _("See the fees"))


def _arrivals(case: Case) -> Act | None:
    """What came in and waits to be looked at comes before everything."""
    url = url_for("desk.case", number=case.number, tab="documents")
    if received := queries.items_to_review([case.id]).get(case.id, 0):
        title = ngettext("To do: review %(num)s document received", "To do: review %(num)s documents received", received)
        return Act(
            title,
            _("Accept, refuse with a reason, or accept the explanation; the applicant is told of a refusal."),
            url,
            _("Open the documents"),
            "v",
        )
    if waiting := mail_queries.unanswered([case.id]).get(case.id, 0):
        title = ngettext("To do: read %(num)s message without answer", "To do: read %(num)s messages without answer", waiting)
        return Act(title, _("The oldest one is shown first."), url_for("desk.case", number=case.number, tab="messages"), _("Open the messages"), "m")
    if loose := document_queries.count_unattached(case.id):
        title = ngettext("To do: attach %(num)s file to its line", "To do: attach %(num)s files to their lines", loose)
        return Act(title, _("What answers no line yet belongs to whoever has the case."), url, _("Open the documents"), "v")
    return None


def _holds(case: Case) -> Act | None:
    standing = {hold.kind for hold in case.holds if hold.lifted_at is None}
    if Hold.DUPLICATE_REVIEW in standing:
        sentence = _("Somebody of this application may already be in another one. Compare the people before anything else.")
        compare = url_for("between.compare", submission_id=case.submission_id)
        return Act(_("To do: compare a possible duplicate"), sentence, compare, _("Compare the applications"), "c")
    if Hold.PAPER_EXCEPTION in standing:
        return Act(_("Wait for the approval of the paper filing"), _("A supervisor approves the ground; then the case takes its place."))
    return None


def _documents(case: Case, reader: Account) -> Act:
    compose = url_for("requests.new_request", number=case.number)
    request = document_queries.open_request(case.id)
    if request:
        left = sum(item.state in {ItemState.ASKED, ItemState.REFUSED} for item in request.items)
        title = ngettext("Nothing to do: %(num)s document is awaited", "Nothing to do: %(num)s documents are awaited", left)
        return Act(
            title, _("The term runs; what arrives is shown here."), url_for("desk.case", number=case.number, tab="documents"), _("See the request")
        )
    if case.status in {CaseStatus.PAYEE_EN_FILE, CaseStatus.DOCS_RECUS} and reader.may(Permission.REQUEST_DOCUMENTS):
        sentence = _("A list is proposed from the application; you edit it, read what the applicant will read, then send.")
        return Act(_("To do: ask for the documents"), sentence, compose, _("Compose the request"), "r")
    if case.status is CaseStatus.EXAMEN_PRELIM:
        return Act(_("Ready for the examination"), _("Everything asked for is settled."), compose, _("Ask for another document"), "r")
    return Act(_("Nothing is suggested at this stage"), _("Read the history and the notes."))
