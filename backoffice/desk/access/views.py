"""Pages of requests for access: the register with its ages, and one page for each request."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, events, files, pages
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.events import Subject
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.desk.access import progress, queries, service
from backoffice.desk.access.events import access_subject
from backoffice.desk.access.forms import GIVEN, ChoiceForm, ExtensionForm, RefusalForm, ReleaseForm, RequestForm
from backoffice.desk.access.states import ANSWERED
from backoffice.desk.access.values import Ground
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("access", __name__)
WORK, AUDIT = Permission.KEEP_REGISTERS, Permission.READ_TRAIL

pages.section(pages.Section(_l("Access requests"), "access.register", WORK, 24, queries.count_waiting, "/access-requests"))


@bp.get("/access-requests")
@requires(WORK, AUDIT)
def register() -> ResponseReturnValue:
    """Every request, those that wait first, with the days that are left."""
    _log(Subject("list", "access-requests"), "access requests")
    today = clock.today()
    lines = [(one, case, case_queries.principal(case).name, (one.last_day - today).days) for one, case in queries.requests()]
    return page("desk/access/register.html", lines=lines, answered=ANSWERED, may_work=current_account().may(WORK))


@bp.route("/access-requests/new", methods=["GET", "POST"])
@requires(WORK)
def new() -> ResponseReturnValue:
    """Enter a request as it came."""
    form = RequestForm()
    made: list[int] = []

    def enter() -> None:
        made.append(service.enter(form.request(), by=current_actor(), at=clock.now()).id)

    if _done(form, enter):
        flash(_("Request entered: its twenty days run."), "success")
        return redirect(url_for(".show", request_id=made[0]), 303)
    return page("desk/access/new.html", form=form)


@bp.get("/access-requests/<int:request_id>")
@requires(WORK, AUDIT)
def show(request_id: int) -> ResponseReturnValue:
    """One request: its clock, what is given and what is left out, the copy, the answer."""
    return _show(request_id)


def _show(request_id: int, **refused: Form) -> ResponseReturnValue:
    one = queries.access_request(request_id)
    _log(case_subject(one.case_id), f"access request {one.number}")
    one = queries.access_request(request_id)
    case = case_queries.case_by_id(one.case_id)
    blank: dict[str, Form] = {
        "extension_form": ExtensionForm(formdata=None), "release_form": ReleaseForm(formdata=None), "refusal_form": RefusalForm(formdata=None),
        "choice_form": ChoiceForm(formdata=None),
    }  # fmt: skip
    return page(
        "desk/access/request.html", one=one, case=case, principal=case_queries.principal(case), choices=queries.choices(case, one.id),
        workings={"workings": service.workings(one).to_json()}, left=(one.last_day - clock.today()).days, answered=one.state in ANSWERED, given=GIVEN,
        progress=None if one.export_sha256 else progress.heard(one.id),
        facts=events.history(access_subject(one.id))[::-1], may_work=current_account().may(WORK), **(blank | refused),
    )  # fmt: skip


@bp.post("/access-requests/<int:request_id>/extension")
@requires(WORK)
def extend(request_id: int) -> ResponseReturnValue:
    """Ten days more."""
    form = ExtensionForm()
    return _act(request_id, form, "extension_form", lambda: service.extend(request_id, form.reason.data, by=current_actor(), at=clock.now()))


@bp.post("/access-requests/<int:request_id>/choices")
@requires(WORK)
def choose(request_id: int) -> ResponseReturnValue:
    """Give something, or leave it out."""
    form = ChoiceForm()
    return _act(
        request_id, form, "choice_form",
        lambda: service.choose(request_id, form.item.data or "", form.chosen, form.reason.data or "", by=current_actor(), at=clock.now()),
    )  # fmt: skip


@bp.post("/access-requests/<int:request_id>/export")
@requires(WORK)
def make(request_id: int) -> ResponseReturnValue:
    """Have the copy made."""
    return _act(request_id, None, "", lambda: service.ask_export(request_id, by=current_actor(), at=clock.now()))


@bp.get("/access-requests/<int:request_id>/copy.zip")
@requires(WORK)
def take(request_id: int) -> ResponseReturnValue:
    """Save the copy: to look at it, and to give it."""
    with transaction():
        one, sha256 = service.take_export(request_id, by=current_actor(), at=clock.now())
        staff.log_read(current_account(), case_subject(one.case_id), f"copy {one.number}", at=clock.now())
        name = f"dossier-{case_queries.case_by_id(one.case_id).number}-{one.number}.zip"
    return Response(
        _pieces(sha256), mimetype="application/zip",
        headers={"Content-Disposition": f"attachment; filename={name}", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"},
    )  # fmt: skip


def _pieces(sha256: str) -> Iterator[bytes]:
    with files.opened(sha256) as pieces:
        yield from pieces


@bp.post("/access-requests/<int:request_id>/review")
@requires(WORK)
def review(request_id: int) -> ResponseReturnValue:
    """A person looked at what is given and at what is left out."""
    return _act(request_id, None, "", lambda: service.review(request_id, by=current_actor(), at=clock.now()))


@bp.post("/access-requests/<int:request_id>/release")
@requires(WORK)
def release(request_id: int) -> ResponseReturnValue:
    """The copy was given."""
    form = ReleaseForm()

    def give() -> None:
        assert form.released_on.data is not None  # required by the form
        service.release(request_id, form.released_on.data, form.way.data, by=current_actor(), at=clock.now())

    return _act(request_id, form, "release_form", give)


@bp.post("/access-requests/<int:request_id>/refusal")
@requires(WORK)
def refuse(request_id: int) -> ResponseReturnValue:
    """The whole request is refused."""
    form = RefusalForm()
    return _act(
        request_id,
        form,
        "refusal_form",
        lambda: service.refuse(request_id, Ground(form.ground.data), form.reason.data, by=current_actor(), at=clock.now()),
    )


def _act(request_id: int, form: Form | None, name: str, operation: Callable[[], object]) -> ResponseReturnValue:
    """One act on a request; a refusal stands on its form, or above the page where there is none."""
    queries.access_request(request_id)
    if form is not None:
        return redirect(url_for(".show", request_id=request_id), 303) if _done(form, operation) else _show(request_id, **{name: form})
    try:
        with transaction():
            operation()
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".show", request_id=request_id), 303)


def _done(form: Form, operation: Callable[[], object]) -> bool:
    if not form.submitted():
        return False
    try:
        with transaction():
            operation()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


def _log(subject: Subject, shown: str) -> None:
    with transaction():
        staff.log_read(current_account(), subject, shown, at=clock.now())
