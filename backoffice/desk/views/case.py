"""The case: its bar, its parts one at a time, and beside them what happened and the notes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL
from backoffice.core import clock, formats
from backoffice.core.web import page, requires
from backoffice.deadlines import queries as term_queries
from backoffice.desk import ident, queries, timeline
from backoffice.desk.forms import AssignForm, GiveBackForm, NoteForm, ReviewForm, UrgencyForm
from backoffice.desk.next_act import suggest
from backoffice.desk.requests import showing as request_showing
from backoffice.desk.threads import composing
from backoffice.desk.values import Act
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ITEM_TRANSITIONS, ItemAction, ItemState
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees.service import paid_cents
from backoffice.fees.tariff import TARIFFS
from backoffice.intake import queries as intake_queries
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.mail import queries as mail_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission, Role

LATEST = 8


@bp.get("/cases/<number>")
@requires(Permission.READ_CASE)
def case(number: str) -> ResponseReturnValue:
    """One part of the case, the summary first."""
    tab = request.args.get("tab", "summary")
    if tab not in PARTS:
        raise NotFound
    return show(open_case(number, f"{tab}"), tab)


def show(one: Case, tab: str, **forms: object) -> ResponseReturnValue:
    """A part of a case, perhaps with a form that was refused."""
    facts = timeline.rows(one)
    values = _forms(one) | PARTS[tab](one) | forms
    return page(
        f"desk/case/{tab}.html", case=one, top=ident.top(one, current_account().id), tabs=_tabs(one, tab), trail=_trail(one),
        latest=timeline.shown(facts[:LATEST]), facts_count=len(facts), notes=_notes(one), **values,
    )  # fmt: skip


def _forms(one: Case) -> dict[str, object]:
    account = current_account()
    assign = AssignForm(formdata=None, version=one.version, officer=str(one.officer_id or ""))
    offer_officers(assign)
    return {
        "note_form": NoteForm(formdata=None), "give_back_form": GiveBackForm(formdata=None, version=one.version), "assign_form": assign,
        "urgency_form": UrgencyForm(formdata=None, version=one.version, reason=one.urgent_reason), "mine": one.officer_id == account.id,
        "may_assign": account.may(Permission.ASSIGN_CASE), "may_work": account.may(Permission.WORK_CASE), "ended": one.status in FINAL,
    }  # fmt: skip


def offer_officers(form: AssignForm) -> None:
    """Caseworkers and supervisors may hold a case."""
    form.offer([(a.id, a.name) for a in staff_queries.accounts(Role.CASEWORKER, Role.SUPERVISOR)], _("nobody: back to the queue"))


def _notes(one: Case) -> list[tuple[str, str, object]]:
    notes = case_queries.notes(one.id)
    names = queries.names(note.author_id for note in notes)
    return [(note.body, names.get(note.author_id, "—"), note.written_at) for note in notes]


def _trail(one: Case) -> dict[str, object]:
    """Where the case stands among the others, and the two beside it."""
    before, after = case_queries.neighbours(one)
    return {
        "previous": url_for("desk.case", number=before.number) if before else None,
        "next": url_for("desk.case", number=after.number) if after else None,
    }


def _tabs(one: Case, current: str) -> list[dict[str, object]]:
    counts = {"documents": len(document_queries.documents_of(one.id)) or None, "messages": len(mail_queries.thread(one.id)) or None}
    labels = {
        "summary": _("Summary"),
        "documents": _("Documents"),
        "messages": _("Messages"),
        "people": _("People"),
        "fees": _("Fees"),
        "history": _("History"),
    }
    return [
        {
            "label": label,
            "url": url_for("desk.case", number=one.number, tab=name),
            "current": name == current,
            "count": counts.get(name),
            "key": str(place),
        }
        for place, (name, label) in enumerate(labels.items(), 1)
    ]


def _summary(one: Case) -> dict[str, Any]:
    return {
        "act": suggest(one, current_account()),
        "terms": term_queries.terms_of(case_subject(one.id)),
        "requests": document_queries.requests_of(one.id),
    }


def _documents(one: Case) -> dict[str, Any]:
    requests = document_queries.requests_of(one.id)
    items = [item for asked in requests for item in asked.items]
    answers = document_queries.answers(item.id for item in items)
    review = ReviewForm(formdata=None)
    review.offer(formats.locale_code(), _("choose…"))
    return {
        "requests": requests, "answers": answers, "people": {p.id: p for p in one.people},
        "documents": {d.id: d for d in document_queries.documents_of(one.id)}, "terms": _terms_by_request(one), "review_form": review,
        "may_review": current_account().may(Permission.REVIEW_DOCUMENTS), "may_request": current_account().may(Permission.REQUEST_DOCUMENTS),
        "actions": {item.id: [a.value for a in ItemAction if (item.state, a) in ITEM_TRANSITIONS and a in REVIEWS] for item in items},
        "act": _viewer(one, suggest(one, current_account()), [d for item in items if item.state is ItemState.RECEIVED for d in answers.get(item.id, ())]),
        "open_request": any(asked.state.value == "open" for asked in requests),
        "waiting": sum(item.state in {ItemState.ASKED, ItemState.REFUSED} for item in items), **request_showing.more(one, requests),
    }  # fmt: skip


def _viewer(one: Case, act: Act, to_review: list[int]) -> Act:
    """Here the documents are open already: the button leads to the first one to look at."""
    if not to_review:
        return act
    return replace(act, url=url_for("desk.document", number=one.number, document_id=to_review[0]), label=_("Open the viewer"), key="v")


REVIEWS = (ItemAction.ACCEPT, ItemAction.REFUSE, ItemAction.EXPLAIN, ItemAction.WAIVE)


def _terms_by_request(one: Case) -> dict[str, object]:
    return {term.owner_id: term for term in term_queries.terms_of(case_subject(one.id)) if term.owner_kind == "request"}


def _messages(one: Case) -> dict[str, Any]:
    return composing.tab(one, current_account())


def _people(one: Case) -> dict[str, Any]:
    return {"submission": intake_queries.submission(one.submission_id), "taken": backlog_queries.file_of_case(one.id)}


def _fees(one: Case) -> dict[str, Any]:
    fee = fee_queries.fee_of_case(one.id)
    paid = paid_cents(fee) if fee else []
    return {
        "taken": backlog_queries.file_of_case(one.id), "fee": fee, "paid": sum(paid), "owing": fee_rules.owing(fee.assessed_cents, paid) if fee else 0,
        "overpaid": fee_rules.overpaid(fee.assessed_cents, paid) if fee else 0, "unmatched": fee_queries.unmatched_claims(one.submission_id),
        "mark": TARIFFS[int(fee.tariff)].mark.value if fee and fee.tariff.isdecimal() and int(fee.tariff) in TARIFFS else None,
        "terms": [term for term in term_queries.terms_of(case_subject(one.id)) if term.owner_kind == "fee"],
    }  # fmt: skip


def _history(one: Case) -> dict[str, Any]:
    kind = request.args.get("kind", "")
    every = timeline.entries(one)
    kinds = [k for k in KINDS if any(entry.kind == k for entry in every)]
    return {
        "entries": [entry for entry in every if not kind or entry.kind == kind],
        "kind": kind,
        "kinds": kinds,
        "kind_words": kind_words(),
        "today_": clock.today(),
    }


KINDS = ("cases", "documents", "mail", "deadlines", "decisions", "fees", "quota", "intake", "mailroom", "staff")


def kind_words() -> dict[str, str]:
    """What each kind of fact is about."""
    return {
        "cases": _("Case"),
        "documents": _("Documents"),
        "mail": _("Messages"),
        "deadlines": _("Terms"),
        "decisions": _("Decisions"),
        "fees": _("Fees"),
        "quota": _("Admission"),
        "intake": _("Reception"),
        "mailroom": _("Mail"),
        "staff": _("Approvals"),
    }


PARTS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "summary": _summary,
    "documents": _documents,
    "messages": _messages,
    "people": _people,
    "fees": _fees,
    "history": _history,
}
"""The parts of a case, in the order of their tabs."""
