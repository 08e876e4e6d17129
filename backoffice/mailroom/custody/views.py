"""Pages of the paper: places and their labels, moves by barcode, originals to give back, declarations, destruction."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires, wants_fragment
from backoffice.mailroom import menu, panels, signing
from backoffice.mailroom.batches.showing import history
from backoffice.mailroom.custody import forms, printing, queries, rules, service, words
from backoffice.mailroom.custody.errors import NoSuchPlace, NotFollowed
from backoffice.mailroom.custody.events import declaration_subject
from backoffice.mailroom.custody.models import PaperPlace, ScanDeclaration
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import ENDS, Look
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.views.pictures import attachment
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission

bp = Blueprint("custody", __name__)

menu.entry(_l("Paper"), "custody.moves", 70)
menu.entry(_l("Declarations"), "custody.declarations", 80)

CONTROL = (Permission.WORK_MAILROOM, Permission.APPROVE)
"""Who may control and destroy: always another person than the first."""


# Moves


@bp.get("/mailroom/paper")
@requires(Permission.READ_MAILROOM)
def moves() -> ResponseReturnValue:
    """The scan box of moves: a place's code, then the code of each thing that goes there."""
    return _moves(forms.MoveForm(formdata=None), request.args.get("place", ""), request.args.get("moved", ""))


def _moves(form: forms.MoveForm, code: str, moved: str) -> ResponseReturnValue:
    place = queries.find_place(code) if code else None
    inside = [_paper(one.kind.value, one.number) for one in queries.contents(place.id, 50)[::-1]] if place else []
    said = _("%(thing)s is now in %(place)s, %(label)s.", thing=moved, place=place.code, label=place.label) if place and moved else ""
    template = "mailroom/custody/_moving.html" if wants_fragment() else "mailroom/custody/moves.html"
    return page(template, form=form, place=place, inside=inside, said=said)


def _paper(kind: str, number: str) -> dict[str, object]:
    return {"kind": kind, "number": number, "url": url_for("custody.paper", kind=kind, number=number)}


@bp.post("/mailroom/paper")
@requires(Permission.WORK_MAILROOM)
def move() -> ResponseReturnValue:
    """One code from the gun: a place is chosen, or a thing is moved into the place chosen."""
    form, here = forms.MoveForm(), request.form.get("place", "")[:40]
    if not form.submitted():
        return _moves(form, here, "")
    typed = form.code.data
    if code := queries.place_code(typed):
        return redirect(url_for(".moves", place=code), 303)
    try:
        number = _move(typed, here)
    except DomainError as refusal:
        form.refuse(refusal)
        return _moves(form, here, "")
    return redirect(url_for(".moves", place=here, moved=number), 303)


def _move(typed: str, here: str) -> str:
    item = queries.item(typed)
    if item is None:
        raise NotFollowed(typed[:60])
    if not here:
        raise NoSuchPlace(typed[:60])
    with transaction():
        service.place(item.kind, item.number, here, by=current_actor(), at=clock.now())
    return item.number


@bp.post("/mailroom/paper/mine")
@requires(Permission.WORK_MAILROOM)
def mine() -> ResponseReturnValue:
    """What is scanned next goes into the hands of the person signed in."""
    with transaction():
        code = service.person_place(current_account(), by=current_actor(), at=clock.now()).code
    return redirect(url_for(".moves", place=code), 303)


@bp.get("/mailroom/paper/<kind>/<number>")
@requires(Permission.READ_MAILROOM)
def paper(kind: str, number: str) -> ResponseReturnValue:
    """Where one thing is and where it has been."""
    one = next((paper for paper, _place in queries.papers_of([_envelope_of(kind, number)]) if (paper.kind, paper.number) == (kind, number)), None)
    if one is None:
        raise NotFound
    rows = [
        {"place": place.code, "label": place.label, "at": move.moved_at, "by": move.by_label, "reason": move.reason}
        for move, place in queries.moves(one.id)
    ]
    return page("mailroom/custody/paper.html", one=one, kind=words.PAPERS[one.kind], rows=rows)


def _envelope_of(kind: str, number: str) -> str:
    return number if kind == "envelope" else queries.envelope_of_piece(number)


# Places


@bp.route("/mailroom/places", methods=["GET", "POST"])
@requires(Permission.READ_MAILROOM)
def places() -> ResponseReturnValue:
    """Every place with what it holds; a new one."""
    form = forms.PlaceForm()
    if request.method == "POST" and not current_account().may(Permission.WORK_MAILROOM):
        raise NotFound
    if form.submitted():
        try:
            with transaction():
                code = service.set_up_place(form.place(), by=current_actor(), at=clock.now()).code
        except NotFound:
            form.within.errors = [_("No place has this code.")]
        else:
            flash(_("%(code)s is set up: print its label.", code=code))
            return redirect(url_for(".places"), 303)
    rows = [
        {"code": one.code, "kind": words.PLACES[one.kind], "label": one.label, "within": within.code if within else "", "held": held,
         "url": url_for(".place", code=one.code), "labelled": one.kind not in ENDS}
        for one, within, held in queries.places()
    ]  # fmt: skip
    return page("mailroom/custody/places.html", rows=rows, form=form)


@bp.get("/mailroom/places/<code>")
@requires(Permission.READ_MAILROOM)
def place(code: str) -> ResponseReturnValue:
    """What is in a place."""
    one = queries.place(code)
    inside = [
        _paper(each.kind.value, each.number) | {"since": each.followed_since, "must_return": each.must_return} for each in queries.contents(one.id)
    ]
    return page("mailroom/custody/place.html", place=one, kind=words.PLACES[one.kind], inside=inside, words=words.PAPERS)


@bp.get("/mailroom/places/labels.pdf")
@requires(Permission.READ_MAILROOM)
def labels() -> ResponseReturnValue:
    """Labels of the places asked for, or of all."""
    wanted = set(request.args.getlist("code"))
    chosen = [one for one, _within, _held in queries.places() if one.kind not in ENDS and (not wanted or one.code in wanted)]
    return attachment(printing.labels(chosen), "etiquettes.pdf")


@bp.get("/mailroom/originals")
@requires(Permission.READ_MAILROOM)
def originals() -> ResponseReturnValue:
    """Originals that must go back, oldest first."""
    now = clock.now()
    rows = [_original(paper.number, paper.envelope, place, (now - paper.followed_since).days) for paper, place in queries.originals()]
    return page("mailroom/custody/originals.html", rows=rows, late=sum(1 for row in rows if row["late"]), days=rules.OVERDUE_DAYS)


def _original(number: str, envelope: str, place: PaperPlace, age: int) -> dict[str, object]:
    return {
        "number": number, "url": url_for("custody.paper", kind="piece", number=number), "envelope": envelope, "place": place.code, "label": place.label,
        "age": age, "late": age >= rules.OVERDUE_DAYS,
    }  # fmt: skip


# Declarations


@bp.get("/mailroom/declarations")
@requires(Permission.READ_MAILROOM)
def declarations() -> ResponseReturnValue:
    """Declarations, and closed batches that wait for theirs."""
    return _declarations(forms.DeclareForm(formdata=None))


def _declarations(form: forms.DeclareForm) -> ResponseReturnValue:
    rows = [_declaration_row(one) for one in queries.declarations()]
    return page("mailroom/custody/declarations.html", rows=rows, batches=queries.batches_to_declare(), form=form)


def _declaration_row(one: ScanDeclaration) -> dict[str, object]:
    kinds = {DeclarationState.SEALED: "ok", DeclarationState.GIVEN_UP: ""}
    return {
        "number": one.number, "url": url_for("custody.declaration", number=one.number), "state": words.STATES[one.state], "kind": kinds.get(one.state, "warn"),
        "made_at": one.made_at, "operator": one.operator_label or "", "controller": one.controller_label or "",
    }  # fmt: skip


@bp.post("/mailroom/declarations")
@requires(Permission.WORK_MAILROOM)
def begin() -> ResponseReturnValue:
    """Begin the declaration of a closed batch, or of the envelopes listed."""
    form, batch = forms.DeclareForm(), request.form.get("batch", "")
    if not batch and not form.submitted():
        return _declarations(form)
    try:
        with transaction():
            made = service.begin(batch, () if batch else form.numbers(), by=current_actor(), at=clock.now()).number
    except DomainError as refusal:
        form.refuse(refusal)
        form.envelopes.errors = []
        return _declarations(form)
    return redirect(url_for("custody.declaration", number=made), 303)


@bp.get("/mailroom/declarations/<number>")
@requires(Permission.READ_MAILROOM)
def declaration(number: str) -> ResponseReturnValue:
    """One declaration: what it says, the pages to look at, the signatures, the destruction."""
    queries.declaration(number)
    with transaction():
        staff.log_read(current_account(), declaration_subject(number), "custody.declaration", at=clock.now())
    return _declaration_page(number, signing.SignForm(formdata=None), forms.ReasonForm(formdata=None))


def _declaration_page(number: str, sign_form: signing.SignForm, reason_form: forms.ReasonForm) -> ResponseReturnValue:
    one = queries.declaration(number)
    envelopes = queries.declared(one.id)
    checks = [
        {"page": page.id, "envelope": envelope, "position": page.position, "drawn": words.DRAWN[check.drawn], "look": check.look.value if check.look else "",
         "said": words.LOOKS[check.look] if check.look else ""}
        for check, page, envelope in queries.checks(one.id)
    ]  # fmt: skip
    sealed = one.state is DeclarationState.SEALED
    obstacles = [words.obstacle(each, one) for each in service.obstacles(one, at=clock.now())] if sealed else []
    return page(
        "mailroom/custody/declaration_page.html", one=one, row=_declaration_row(one), envelopes=[each.number for each in envelopes], checks=checks,
        waiting=sum(1 for each in checks if not each["look"]), looks=[(look.value, label) for look, label in words.LOOKS.items()], sealed=sealed,
        obstacles=obstacles, destruction=queries.destruction_of(one.id), mine=one.operator_id == current_account().id,
        batch=queries.batch_number(one.batch_id), history=history("scan_declaration", number), sign_form=sign_form, reason_form=reason_form,
    )  # fmt: skip


def _signed(number: str, act: Callable[[Account], object], done: str) -> ResponseReturnValue:
    """One act that its author signs with the password."""
    form = signing.SignForm()
    if not form.submitted():
        return _declaration_page(number, form, forms.ReasonForm(formdata=None))
    try:
        account = signing.confirm(form.password.data, at=clock.now())
        with transaction():
            act(account)
    except DomainError as refusal:
        form.refuse(refusal)
        return _declaration_page(number, form, forms.ReasonForm(formdata=None))
    flash(done)
    return redirect(url_for("custody.declaration", number=number), 303)


@bp.post("/mailroom/declarations/<number>/operator")
@requires(Permission.WORK_MAILROOM)
def sign(number: str) -> ResponseReturnValue:
    """The operator signs."""
    return _signed(number, lambda who: service.sign(number, by=who, at=clock.now()), _("Signed: another person now looks at the pages drawn."))


@bp.post("/mailroom/declarations/<number>/looks")
@requires(*CONTROL)
def look(number: str) -> ResponseReturnValue:
    """The controller notes what pages look like."""
    said = {
        int(name[5:]): Look(value) for name, value in request.form.items() if name.startswith("page-") and name[5:].isdecimal() and value in set(Look)
    }
    try:
        with transaction():
            noted = service.look(number, said, by=current_account(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Noted: %(num)s.", num=noted))
    return redirect(url_for("custody.declaration", number=number), 303)


@bp.post("/mailroom/declarations/<number>/controller")
@requires(*CONTROL)
def seal(number: str) -> ResponseReturnValue:
    """The controller signs."""
    return _signed(number, lambda who: service.seal(number, by=who, at=clock.now()), _("Signed by both: the declaration is kept and never changes."))


@bp.post("/mailroom/declarations/<number>/giving-up")
@requires(Permission.WORK_MAILROOM)
def give_up(number: str) -> ResponseReturnValue:
    """Give it up before it is sealed."""
    return _with_reason(number, lambda reason: service.give_up(number, reason, by=current_actor(), at=clock.now()))


def _with_reason(number: str, act: Callable[[str], object]) -> ResponseReturnValue:
    form = forms.ReasonForm()
    if form.submitted():
        try:
            with transaction():
                act(form.reason.data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("custody.declaration", number=number), 303)
    return _declaration_page(number, signing.SignForm(formdata=None), form)


@bp.get("/mailroom/declarations/<number>.pdf")
@requires(Permission.READ_MAILROOM)
def declaration_pdf(number: str) -> ResponseReturnValue:
    """The declaration as it is kept."""
    one = queries.declaration(number)
    if one.pdf_sha256 is None:
        raise NotFound
    return attachment(files.read(one.pdf_sha256), f"declaration-{number}.pdf")


@bp.post("/mailroom/declarations/<number>/destruction")
@requires(*CONTROL)
def ask_destruction(number: str) -> ResponseReturnValue:
    """The first person asks to destroy."""
    return _with_reason(number, lambda reason: service.ask_destruction(number, reason, by=current_account(), at=clock.now()))


@bp.post("/mailroom/declarations/<number>/destruction/signature")
@requires(*CONTROL)
def destroy(number: str) -> ResponseReturnValue:
    """The second person carries it out and signs."""
    return _signed(number, lambda who: service.destroy(number, by=who, at=clock.now()), _("The paper is destroyed and the certificate kept."))


@bp.get("/mailroom/declarations/<number>/certificate.pdf")
@requires(Permission.READ_MAILROOM)
def certificate(number: str) -> ResponseReturnValue:
    """The certificate of destruction."""
    done = queries.destruction_of(queries.declaration(number).id)
    if done is None or done.certificate_sha256 is None:
        raise NotFound
    return attachment(files.read(done.certificate_sha256), f"certificat-{done.number}.pdf")


# Holds


@bp.post("/mailroom/envelopes/<number>/hold")
@requires(Permission.APPROVE)
def hold(number: str) -> ResponseReturnValue:
    """Put a legal hold on the paper of an envelope, or lift it."""
    form, lift = forms.ReasonForm(prefix="hold-"), request.form.get("do") == "lift"
    if not form.submitted():
        flash(_("Say why in a sentence."), "error")
        return redirect(url_for("mailroom.envelope", number=number), 303)
    act = service.lift_hold if lift else service.hold
    try:
        with transaction():
            act(number, form.reason.data, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("mailroom.envelope", number=number), 303)


# Panels


def _panel(envelope: Envelope) -> dict[str, object] | None:
    """Where the envelope and its pieces are, its declaration, its hold."""
    declared = queries.declaration_of(envelope.id)
    return {
        "number": envelope.number, "declaration": _declaration_row(declared) if declared else None, "hold": queries.hold(envelope.number),
        "form": forms.ReasonForm(formdata=None, prefix="hold-"),
        "rows": [
            _paper(one.kind.value, one.number) | {"what": words.PAPERS[one.kind], "place": place.code, "label": place.label, "must_return": one.must_return,
                                                   "gone": place.kind in ENDS}
            for one, place in queries.whereabouts(envelope.number)
        ],
    }  # fmt: skip


def _home() -> dict[str, object] | None:
    """Originals that should have gone back by now."""
    late = queries.count_overdue(clock.now())
    return {"late": late, "days": rules.OVERDUE_DAYS} if late else None


panels.of_envelope("mailroom/custody/_panel.html", _panel, order=30, side=True)
panels.of_home("mailroom/custody/_home.html", _home, order=40)
