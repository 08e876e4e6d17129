"""« Déclaration fausse antérieure »: applications that met the register, and the register itself."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases.names import fold
from backoffice.core import clock
from backoffice.core.web import page, requires
from backoffice.fees import queries as fee_queries
from backoffice.intake.between import queries
from backoffice.intake.between.forms import CheckForm, DeclarationForm
from backoffice.intake.between.rules import known, may_be_same
from backoffice.intake.between.values import CheckState
from backoffice.intake.between.views.blueprint import KEEP, READ, WORK, bp, done, log_list, open_side, tabs
from backoffice.intake.service import registers
from backoffice.staff.guard import current_account, current_actor


@bp.get("/declarations", endpoint="declarations")
@requires(READ)
def declarations_list() -> ResponseReturnValue:
    """Applications whose fee is not asked for before a person has looked, then the register."""
    log_list("declarations")
    text = request.args.get("q", "").replace("\x00", "").strip()[:100]
    waiting = queries.checks()
    return page(
        "intake/between/declarations.html", tabs=tabs("declarations"), checks=waiting, today=clock.today(), q=text,
        numbers=queries.case_numbers(one.submission_id for one in waiting), entries=queries.declarations(fold(text) if text else ""),
        may_keep=current_account().may(KEEP),
    )  # fmt: skip


@bp.route("/declarations/new", methods=["GET", "POST"])
@requires(KEEP)
def new_declaration() -> ResponseReturnValue:
    """Write somebody into the register."""
    form = DeclarationForm()
    if done(form, lambda: registers.enter_declaration(form.declaration(), by=current_actor(), at=clock.now())):
        flash(_("Written into the register."), "success")
        return redirect(url_for(".declarations"), 303)
    return page("intake/between/declaration_new.html", form=form)


@bp.get("/declarations/checks/<int:check_id>")
@requires(READ)
def check(check_id: int) -> ResponseReturnValue:
    """Somebody of an application beside somebody of the register."""
    return _show(check_id, CheckForm(formdata=None))


def _show(check_id: int, form: CheckForm) -> ResponseReturnValue:
    side = open_side(queries.check(check_id).submission_id, "declaration")
    found = queries.check(check_id)
    alike = [
        may_be_same(known(m.family_name, m.given_names, m.identity.birth_date, m.identity.passport), found.declaration.known) for m in side.people
    ]
    return page(
        "intake/between/check.html", check=found, side=side, alike=alike, form=form, waiting=found.state is CheckState.WAITING,
        money=fee_queries.unmatched_claims(side.submission_id), may_work=current_account().may(WORK),
    )  # fmt: skip


@bp.post("/declarations/checks/<int:check_id>")
@requires(WORK)
def judge_check(check_id: int) -> ResponseReturnValue:
    """The same person, or not."""
    form = CheckForm()
    queries.check(check_id)

    def judge() -> object:
        return registers.judge_declaration(check_id, same=form.verdict.data == "same", reason=form.reason.data, by=current_actor(), at=clock.now())

    if done(form, judge):
        said = _("The application is not examined; the applicant is told.") if form.verdict.data == "same" else _("The application goes on.")
        flash(said, "success")
        return redirect(url_for(".declarations"), 303)
    return _show(check_id, form)
