"""Pages of decisions: what waits for a person, one proposal with all that is known of it, and an error put right."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import clock, pages
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.events import Subject
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.deadlines import queries as term_queries
from backoffice.decisions import queries, reading, rules, service
from backoffice.decisions.events import intention_owner
from backoffice.decisions.forms import DismissForm, IntendForm, OnCase, ReasonForm, ToldForm
from backoffice.decisions.models import Intention, Proposal
from backoffice.decisions.service import going_on, intentions
from backoffice.decisions.service.correcting import CORRECTABLE
from backoffice.decisions.states import IntentionState, ProposalState
from backoffice.decisions.values import Choice
from backoffice.documents.states import ItemState
from backoffice.mail.texts import MessageText
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("decisions", __name__)
READ, WORK = Permission.READ_CASE, Permission.WORK_CASE
MISSING = frozenset({ItemState.ASKED, ItemState.REFUSED})


def _waiting() -> int:
    return queries.count_open(current_account().id)


pages.section(pages.Section(_l("Terms that are over"), "decisions.proposals", Permission.WORK_CASE, 14, _waiting, "/proposals"))


@bp.get("/proposals")
@requires(READ)
def proposals() -> ResponseReturnValue:
    """Every term that is over and waits for a decision, and those that mail or money holds back."""
    mine = request.args.get("of") != "all"
    with transaction():
        staff.log_read(current_account(), Subject("list", "proposals"), "proposals", at=clock.now())
    found = queries.proposals(officer_id=current_account().id if mine else None)
    return page(
        "decisions/proposals.html", rows=reading.rows(found, clock.today()), mine=mine, others=queries.count_open(),
        held=reading.held_back(clock.today()),
    )  # fmt: skip


def _open(number: str, shown: str) -> Case:
    """A case to be shown: the reading is logged first."""
    with transaction():
        case_id = case_queries.case(number).id
        staff.log_read(current_account(), case_subject(case_id), shown, at=clock.now())
    return case_queries.case_by_id(case_id)


@bp.get("/cases/<number>/proposals/<int:proposal_id>")
@requires(READ)
def proposal(number: str, proposal_id: int) -> ResponseReturnValue:
    """One proposal: the proof of the letter, what came, what is not settled, the workings, and the choices."""
    case = _open(number, "proposal")
    return _show(case, queries.proposal(case.id, proposal_id))


def _show(case: Case, one: Proposal, seen: MessageText | None = None, **refused: Form) -> ResponseReturnValue:
    known = reading.known(case, queries.term(one.term_id), one)
    forms = _forms(case, known) | refused
    waiting = queries.waiting_decision(case.id)
    return page(
        "decisions/proposal.html", case=case, proposal=one, known=known, open=one.state is ProposalState.OPEN, preview=seen,
        choices=[choice.value for choice in rules.choices(one.kind, barred=bool(known.bars))], may_work=current_account().may(WORK),
        waiting=waiting, asked=going_on.asked_to_go_on(case.id), recourse=rules.recourse(clock.today()), today_=clock.today(), **forms,
    )  # fmt: skip


def _forms(case: Case, known: reading.Known) -> dict[str, Form]:
    version = str(case.version)
    intend = IntendForm(formdata=None, version=version, items=[line.item.id for line in known.lines if line.item.state in MISSING])
    _offer(intend, known)
    return {
        "intend_form": intend, "examine_form": ReasonForm(formdata=None, version=version), "reissue_form": ReasonForm(formdata=None, version=version),
        "go_on_form": ReasonForm(formdata=None, version=version), "reject_form": ToldForm(formdata=None, version=version),
        "withdraw_form": ToldForm(formdata=None, version=version), "dismiss_form": DismissForm(formdata=None, version=version),
    }  # fmt: skip


def _offer(form: IntendForm, known: reading.Known) -> None:
    language = "label_fr"
    form.offer([(line.item.id, f"{getattr(line.item, language)} – {line.person}") for line in known.lines if line.item.state in MISSING])


@bp.post("/cases/<number>/proposals/<int:proposal_id>")
@requires(WORK)
def decide(number: str, proposal_id: int) -> ResponseReturnValue:
    """One choice, made by a person; the letter of intention is read before it is sent."""
    case = case_queries.case(number)
    one = queries.proposal(case.id, proposal_id)
    choice = request.form.get("choice", "")
    if choice not in ACTS:
        raise NotFound
    form, operation, sentence = ACTS[choice](one)
    if choice == Choice.INTEND and isinstance(form, IntendForm) and request.form.get("step") == "preview":
        return _preview(case, one, form)
    if _done(case, form, operation):
        flash(sentence, "success")
        return redirect(
            url_for("desk.case", number=number) if choice != Choice.GO_ON else url_for(".proposal", number=number, proposal_id=one.id), 303
        )
    return _again(number, proposal_id, {f"{choice}_form": form})


def _again(number: str, proposal_id: int, refused: dict[str, Form], seen: MessageText | None = None) -> ResponseReturnValue:
    case = _open(number, "proposal")
    for form in refused.values():
        if isinstance(form, OnCase):
            form.version.data = str(case.version)
    return _show(case, queries.proposal(case.id, proposal_id), seen, **refused)


def _preview(case: Case, one: Proposal, form: IntendForm) -> ResponseReturnValue:
    """Exactly what the applicant will read, under the form that sends it."""
    seen = None
    if form.submitted():
        items = intentions.chosen(int(queries.term(one.term_id).owner_id), form.grounds())
        seen = intentions.preview(case, items, form.grounds(), at=clock.now())
    return _again(case.number, one.id, {"intend_form": form}, seen)


def _done(case: Case, form: OnCase, operation: Callable[[], object]) -> bool:
    """Do it, in one transaction; or leave the refusal on the form, what was typed kept."""
    if not form.submitted():
        return False
    try:
        with transaction():
            cases.check_version(case_queries.case_by_id(case.id), form.read_version)
            operation()
    except NotFound:
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        db.session.expire_all()
        return False
    return True


Act = tuple[OnCase, Callable[[], object], str]


def _intend(one: Proposal) -> Act:
    form = IntendForm()
    _offer(form, reading.known(case_queries.case_by_id(one.case_id), queries.term(one.term_id), one))
    return form, lambda: service.intend_to_reject(one.id, form.grounds(), by=current_actor(), at=clock.now()), _("The intention to reject is sent.")


def _reject(one: Proposal) -> Act:
    form = ToldForm()

    def act() -> object:
        return service.propose_rejection(one.id, form.reason.data, form.reason_en.data or "", by=current_account(), at=clock.now())

    return form, act, _("Rejection proposed: it waits for a second person.")


def _examine(one: Proposal) -> Act:
    form = ReasonForm()
    return form, lambda: service.examine(one.id, form.reason.data, by=current_actor(), at=clock.now()), _("What came is accepted: the case goes on.")


def _withdraw(one: Proposal) -> Act:
    form = ToldForm()
    owner = int(queries.term(one.term_id).owner_id)

    def act() -> object:
        return service.withdraw_intention(owner, form.reason.data, form.reason_en.data or "", by=current_actor(), at=clock.now())

    return form, act, _("The intention is withdrawn; the applicant is told, and the examination goes on.")


def _reissue(one: Proposal) -> Act:
    form = ReasonForm()
    return (
        form,
        lambda: service.reissue(one.id, form.reason.data, by=current_actor(), at=clock.now()),
        _("The letter is issued again, with a new day zero."),
    )


def _go_on(one: Proposal) -> Act:
    form = ReasonForm()
    return form, lambda: service.ask_to_go_on(one.id, form.reason.data, by=current_account(), at=clock.now()), _("Asked: a second person signs.")


def _dismiss(one: Proposal) -> Act:
    form = DismissForm()

    def act() -> object:
        return service.dismiss(one.id, form.reason.data, form.again_on.data, by=current_actor(), at=clock.now())

    return form, act, _("The proposal is put aside; nothing has ended.")


ACTS: dict[str, Callable[[Proposal], Act]] = {
    Choice.INTEND: _intend, Choice.REJECT: _reject, Choice.EXAMINE: _examine, Choice.WITHDRAW: _withdraw, Choice.REISSUE: _reissue,
    Choice.GO_ON: _go_on, Choice.DISMISS: _dismiss,
}  # fmt: skip


@bp.get("/cases/<number>/intention")
@requires(READ)
def intention(number: str) -> ResponseReturnValue:
    """The intention letter that stands on a case, while its term runs: its proof, what came, and how to take it back."""
    case = _open(number, "intention")
    return _show_intention(case, _standing(case))


def _standing(case: Case) -> Intention:
    found = queries.latest_intention(case.id)
    if found is None:
        raise NotFound
    return found


def _show_intention(case: Case, one: Intention, **refused: Form) -> ResponseReturnValue:
    term = term_queries.term_of(intention_owner(one.id))
    forms: dict[str, Form] = {
        "withdraw_form": ToldForm(formdata=None, version=str(case.version)), "reissue_form": ReasonForm(formdata=None, version=str(case.version)),
    }  # fmt: skip
    return page(
        "decisions/intention.html", case=case, intention=one, known=reading.known(case, term) if term else None, lines=intentions.lines(one),
        stands=one.state is IntentionState.SENT, waiting=queries.waiting_decision(case.id), open_proposal=queries.open_proposal(case.id),
        may_work=current_account().may(WORK), **(forms | refused),
    )  # fmt: skip


@bp.post("/cases/<number>/intention")
@requires(WORK)
def act_on_intention(number: str) -> ResponseReturnValue:
    """Take the letter back, or issue it again, before its term is over."""
    case = case_queries.case(number)
    one = _standing(case)
    again = request.form.get("choice") == Choice.REISSUE
    form: ReasonForm | ToldForm = ReasonForm() if again else ToldForm()

    def act() -> object:
        if again:
            return service.reissue_intention(one.id, form.reason.data, by=current_actor(), at=clock.now())
        told = str(form.reason_en.data or "") if isinstance(form, ToldForm) else ""
        return service.withdraw_intention(one.id, form.reason.data, told, by=current_actor(), at=clock.now())

    if _done(case, form, act):
        flash(
            _("The letter is issued again, with a new day zero.")
            if again
            else _("The intention is withdrawn; the applicant is told, and the examination goes on."),
            "success",
        )
        return redirect(url_for("desk.case", number=number), 303)
    case = _open(number, "intention")
    form.version.data = str(case.version)
    return _show_intention(case, _standing(case), **{"reissue_form" if again else "withdraw_form": form})


@bp.route("/cases/<number>/correction", methods=["GET", "POST"])
@requires(Permission.APPROVE)
def correction(number: str) -> ResponseReturnValue:
    """« Corriger une erreur du ministère »: by a supervisor, with a reason, without formal review."""
    form = ReasonForm()
    case = case_queries.case(number)
    if request.method == "POST" and _done(case, form, lambda: service.correct_error(case.id, form.reason.data, by=current_actor(), at=clock.now())):
        flash(_("The error is corrected; the applicant is told, and the examination goes on."), "success")
        return redirect(url_for("desk.case", number=number), 303)
    case = _open(number, "correction")
    form.version.data = str(case.version)
    return page(
        "decisions/correction.html", case=case, form=form, correctable=case.status in CORRECTABLE, intention=queries.latest_intention(case.id)
    )
