"""Pages of the letters for the post: what waits, print runs, handing over to the carrier, what came back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mail import queries as mail_queries
from backoffice.mailroom import menu
from backoffice.mailroom.letters import queries, service, showing, words
from backoffice.mailroom.letters.events import run_subject
from backoffice.mailroom.letters.forms import DropForm, HandingForm, ReturnedForm, SpoilForm
from backoffice.mailroom.views.pictures import attachment
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("letters", __name__)
bp.app_template_global("letter_way")(words.way)
menu.entry(_l("Letters"), "letters.listing", 70)


def _log(number: str, what: str) -> None:
    with transaction():
        staff.log_read(current_account(), run_subject(number), what, at=clock.now())


@bp.get("/mailroom/letters")
@requires(Permission.READ_MAILROOM)
def listing() -> ResponseReturnValue:
    """What waits to be printed, what a person has to look at first, and the runs."""
    _log("all", "letters.listing")
    return page("mailroom/letters/list.html", waiting=showing.waiting(), held=showing.held(), shown=showing.runs())


@bp.get("/mailroom/letters/progress")
@requires(Permission.READ_MAILROOM)
def progress() -> ResponseReturnValue:
    """The runs again, for a page that reads itself again."""
    return render_template("mailroom/letters/_runs.html", shown=showing.runs())


@bp.post("/mailroom/letters/runs")
@requires(Permission.WORK_MAILROOM)
def make() -> ResponseReturnValue:
    """Print what waits."""
    try:
        with transaction():
            number = service.ask_for_run(by=current_actor(), at=clock.now()).number
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".listing"), 303)
    return redirect(url_for(".show", number=number), 303)


@bp.get("/mailroom/letters/runs/<number>")
@requires(Permission.READ_MAILROOM)
def show(number: str) -> ResponseReturnValue:
    """One run with its letters."""
    return _show(number)


def _show(number: str, **refused: Form) -> ResponseReturnValue:
    queries.run(number)
    _log(number, "letters.show")
    forms: dict[str, Form] = {"spoil_form": SpoilForm(formdata=None), "drop_form": DropForm(formdata=None)} | refused
    chosen = request.args.get("letter", type=int) or (request.view_args or {}).get("letter_id")
    return page("mailroom/letters/run.html", run=showing.run(queries.run(number)), rows=showing.rows(queries.run(number)), chosen=chosen, **forms)


@bp.get("/mailroom/letters/runs/<number>/progress")
@requires(Permission.READ_MAILROOM)
def run_progress(number: str) -> ResponseReturnValue:
    """How far a run is; once it is made the whole page is wanted."""
    shown = showing.run(queries.run(number))
    answer = render_template("mailroom/letters/_progress.html", run=shown)
    return answer if shown["making"] else (answer, {"HX-Refresh": "true"})


@bp.get("/mailroom/letters/runs/<number>/run.pdf")
@requires(Permission.READ_MAILROOM)
def file(number: str) -> ResponseReturnValue:
    """The file of a run, the same to the byte whenever it is asked for."""
    digest = queries.run(number).sha256
    if digest is None:
        return redirect(url_for(".show", number=number), 303)
    _log(number, "letters.file")
    return attachment(files.read(digest), f"{number}.pdf")


@bp.route("/mailroom/letters/runs/<number>/handing", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def handing(number: str) -> ResponseReturnValue:
    """Hand a run over in two steps: the number counted is typed, then what follows from it is read and confirmed."""
    form, sure = HandingForm(), None
    if request.method == "GET":
        form.on.data = clock.today()
    if form.submitted():
        try:
            if form.confirmed.data:
                with transaction():
                    made = service.hand_over(number, form.handed(), by=current_actor(), at=clock.now())
                    said = _("Run %(number)s is with the carrier.", number=made.number)
                flash(str(said))
                return redirect(url_for(".show", number=number), 303)
            with transaction():
                sure = len(service.check_handing(number, form.handed(), clock.today()))
        except DomainError as refusal:
            form.refuse(refusal)
    return page("mailroom/letters/handing.html", run=showing.run(queries.run(number)), form=form, sure=sure)


@bp.post("/mailroom/letters/runs/<number>/letters/<int:letter_id>/spoiling")
@requires(Permission.WORK_MAILROOM)
def spoil(number: str, letter_id: int) -> ResponseReturnValue:
    """A letter came out badly: it is printed again, or leaves the run."""
    form = SpoilForm()

    def act() -> object:
        service.spoil(number, letter_id, form.reason.data or "", out=bool(form.out.data), by=current_actor(), at=clock.now())
        return _("The letter left the run: it goes with the next one.") if form.out.data else _("Print it again: the file is the same to the byte.")

    return _act(number, form, "spoil_form", act)


@bp.post("/mailroom/letters/runs/<number>/dropping")
@requires(Permission.WORK_MAILROOM)
def drop(number: str) -> ResponseReturnValue:
    """Nothing of the run leaves."""
    form = DropForm()

    def act() -> object:
        service.drop(number, form.reason.data or "", by=current_actor(), at=clock.now())
        return _("Nothing of this run leaves; its letters wait for another one.")

    return _act(number, form, "drop_form", act)


def _act(number: str, form: Form, name: str, act: Callable[[], object]) -> ResponseReturnValue:
    if form.submitted():
        try:
            with transaction():
                said = act()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(str(said))
            return redirect(url_for(".show", number=number), 303)
    return _show(number, **{name: form})


@bp.get("/mailroom/letters/returned")
@requires(Permission.READ_MAILROOM)
def returned() -> ResponseReturnValue:
    """A letter came back: the code of its return sheet, or its case, finds it."""
    return _returned(ReturnedForm(formdata=None, on=clock.today()))


def _returned(form: Form, chosen: int | None = None) -> ResponseReturnValue:
    typed = request.args.get("code", "").strip()[:300]
    number = showing.case_named(typed)
    if number:
        with transaction():
            staff.log_read(current_account(), showing.subject_of_case(number), "letters.returned", at=clock.now())
    chosen = chosen or request.args.get("letter", type=int)
    return page("mailroom/letters/returned.html", typed=typed, number=number, rows=showing.posted(number), form=form, chosen=chosen)


@bp.post("/mailroom/letters/<int:letter_id>/return")
@requires(Permission.WORK_MAILROOM)
def came_back(letter_id: int) -> ResponseReturnValue:
    """Note that this letter came back, and why."""
    form = ReturnedForm()
    if form.submitted():
        try:
            with transaction():
                service.came_back(letter_id, *form.returned(), by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Noted: the letter came back. The caseworker sees that this person was not reached."))
            return redirect(url_for(".returned"), 303)
    return _returned(form, letter_id)


@bp.get("/mailroom/letters/<int:letter_id>.pdf")
@requires(Permission.READ_MAILROOM)
def letter(letter_id: int) -> ResponseReturnValue:
    """The letter as it is to be printed, the same to the byte whenever it is asked for."""
    with transaction():
        one = mail_queries.letter(letter_id)
        number, digest = one.id, one.sha256
        staff.log_read(current_account(), showing.subject_of(one), "letters.letter", at=clock.now())
    return attachment(files.read(digest), f"lettre-{number}.pdf")


@bp.post("/mailroom/letters/<int:letter_id>/posting")
@requires(Permission.WORK_MAILROOM)
def post_letter(letter_id: int) -> ResponseReturnValue:
    """The carrier has this one letter: its term, if it carries one, starts today."""
    try:
        with transaction():
            service.post_alone(letter_id, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Posted: this day is noted as the day the letter left."))
    return redirect(url_for("mailroom.home"), 303)


@bp.post("/mailroom/letters/<int:letter_id>/releasing")
@requires(Permission.WORK_MAILROOM)
def release(letter_id: int) -> ResponseReturnValue:
    """A person looked at a letter with characters that no font has."""
    try:
        with transaction():
            service.release(letter_id, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The letter waits with the others."))
    return redirect(url_for(".listing"), 303)
