"""What to do first on a case: one sentence and one main button; a suggestion, never an act of its own."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.cases.models import Case
from backoffice.cases.states import FINAL, CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import formats
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
    if case.status in FINAL:
        return Act(_("Nothing to do: this case has ended"), _("Everything stays readable here."))
    if _is_held(case, Hold.FALSE_DECLARATION_REVIEW):
        sentence = _("Somebody of this application may have made a false declaration before. Nothing is cashed until a person has looked.")
        return Act(
            _("To do: compare with the register"), sentence, url_for("between.application", submission_id=case.submission_id), _("Compare"), "c"
        )
    if case.status is CaseStatus.ATTENTE_PAIEMENT:
        return _wait_for_payment(case)
    return _arrivals(case) or _holds(case) or _documents(case, reader)


def _is_held(case: Case, kind: Hold) -> bool:
    return any(hold.kind is kind and hold.lifted_at is None for hold in case.holds)


def _wait_for_payment(case: Case) -> Act:
    term = running_term(case)
    if term is None:
        return Act(_("Wait for the invitation to leave"), _("The 30 days run from the day the letter is handed to the post."))
    sentence = _("The applicant has until %(day)s. Nobody works on a case before it is paid.", day=formats.longday(term.last_day))
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
    compose = url_for("desk.new_request", number=case.number)
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
