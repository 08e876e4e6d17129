"""Pages of the mailroom: the first page, an envelope, keying an application from its image."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock, files, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.forms import Form
from backoffice.core.pages import Section, section
from backoffice.core.web import page, requires
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mailroom import forms, keying, queries, rules, service, showing
from backoffice.mailroom.errors import KeyingFaults
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope, Keying
from backoffice.mailroom.states import KeyingState, PageState
from backoffice.mailroom.values import BY_HAND, Door, EnvelopeKind, Excluded
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("mailroom", __name__)

section(
    Section(label=_l("Mail"), endpoint="mailroom.home", permission=Permission.READ_MAILROOM, order=13, count=queries.count_live, prefix="/mailroom")
)

VIEWS = ("open", "in_doubt", "to_key", "waiting", "today", "done")
VIEW_LABELS = {
    "open": _l("Open envelopes"), "in_doubt": _l("In doubt"), "to_key": _l("To key"), "waiting": _l("Waiting"), "today": _l("Opened today"),
    "done": _l("Closed or sent back"),
}  # fmt: skip
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png"}


@bp.get("/mailroom")
@requires(Permission.READ_MAILROOM)
def home() -> ResponseReturnValue:
    """What the room has to do: counts that open their list, the pile in doubt with its age, letters to post."""
    today = clock.today()
    tiles = [
        {"label": VIEW_LABELS[name], "count": queries.count(queries.view(name, today)), "url": url_for(".envelopes", view=name)} for name in VIEWS[:5]
    ]
    doubts = [showing.row(one, today) for one in queries.envelopes(queries.view("in_doubt", today), 50)]
    return page("mailroom/home.html", tiles=tiles, doubts=doubts, letters=showing.letters())


@bp.get("/mailroom/envelopes")
@requires(Permission.READ_MAILROOM)
def envelopes() -> ResponseReturnValue:
    """One list of envelopes; the numbers of the first page open it."""
    today, chosen = clock.today(), request.args.get("view", "open")
    wanted = queries.view(chosen, today)
    tabs = [{"label": VIEW_LABELS[n], "url": url_for(".envelopes", view=n), "current": n == chosen, "count": None} for n in VIEWS]
    rows = [showing.row(one, today) for one in queries.envelopes(wanted)]
    return page("mailroom/envelopes.html", rows=rows, tabs=tabs, total=queries.count(wanted), title=VIEW_LABELS[chosen])


@bp.post("/mailroom/codes")
@requires(Permission.READ_MAILROOM)
def codes() -> ResponseReturnValue:
    """The scan box: an envelope's number, a case's number, or the code of a return sheet, and Enter."""
    typed = request.form.get("code", "").strip()[:300]
    if (number := queries.normalise(typed)) and queries.find_envelope(number):
        return redirect(url_for(".envelope", number=number), 303)
    code = addresses.read_return_code(typed)
    if code is not None:
        return redirect(url_for(".new_envelope", kind="payment" if code.kind == "fee" else "documents", case=code.case_number), 303)
    try:
        found = queries.envelopes_of_case(case_queries.case(typed).id)
    except NotFound:
        found = []
    if found:
        return redirect(url_for(".envelope", number=found[0].number), 303)
    flash(_("Nothing answers to « %(code)s »: it is neither an envelope, a case with mail, nor one of our codes.", code=typed), "warn")
    return redirect(url_for(".home"), 303)


@bp.route("/mailroom/envelopes/new", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def new_envelope() -> ResponseReturnValue:
    """Register an envelope: the stamp, what is inside, its money, its scan."""
    form = forms.EnvelopeForm()
    if request.method == "GET":
        form.delivered_on.data = clock.today()
        if request.args.get("kind") in set(EnvelopeKind):
            form.kind.data = request.args["kind"]
        if case := request.args.get("case", "")[:20]:
            form.contents.data = _("Return sheet of case %(number)s", number=case)
    if form.submitted():
        try:
            with transaction():
                made = service.register_envelope(form.envelope(), by=current_actor(), at=clock.now())
                if money := form.money():
                    service.list_instrument(made.number, money, by=current_actor(), at=clock.now())
                number = made.number
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            _keep(number, form.files.data)
            flash(_("Envelope %(number)s is registered: write this number on it.", number=number))
            return redirect(url_for(".envelope", number=number), 303)
    return page("mailroom/new.html", form=form)


@bp.get("/mailroom/envelopes/<number>")
@requires(Permission.READ_MAILROOM)
def envelope(number: str) -> ResponseReturnValue:
    """One envelope: its pieces, money, pages, balance, and what can be done."""
    return _envelope_page(number)


def _envelope_page(number: str, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    one = queries.envelope(number)
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.envelope", at=clock.now())
    one = queries.envelope(number)
    cases = queries.cases_of_pages(one)
    chosen = _chosen_case(one)
    shown: dict[str, Form] = {
        "upload_form": forms.UploadForm(formdata=None), "pages_form": forms.PagesForm(formdata=None), "money_form": forms.InstrumentForm(formdata=None),
        "close_form": forms.CloseForm(formdata=None), "return_form": forms.ReasonForm(formdata=None, prefix="return-"),
        "kind_form": forms.KindForm(formdata=None, kind=one.kind.value),
        "attach_form": forms.AttachForm(formdata=None, case=chosen.number if chosen else ""),
    } | (refused or {})  # fmt: skip
    return page(
        "mailroom/envelope.html", envelope=one, row=showing.row(one, clock.today()), balance=queries.balance(one), live=one.state in service.LIVE,
        pages=[showing.page_row(p, cases) for p in one.pages], scans=[showing.scan_row(s) for s in one.scans], money=showing.money(one), history=showing.history(number),
        case=queries.case_numbers([one.case_id]).get(one.case_id) if one.case_id else None, chosen=showing.case_card(chosen),
        exclusions=[(r.value, str(forms.EXCLUSIONS[r])) for r in Excluded], keying=queries.keying(one.id), **shown,
    )  # fmt: skip


def _chosen_case(one: Envelope) -> Case | None:
    typed = request.values.get("case", "").strip() or (queries.case_numbers([one.case_id]).get(one.case_id, "") if one.case_id else "")
    try:
        return case_queries.case(typed) if typed else None
    except NotFound:
        return None


def _act(number: str, act: Callable[[], object], form: Form | None = None, name: str = "form") -> ResponseReturnValue:
    """One operation on an envelope; a refusal is shown where it was asked."""
    try:
        with transaction():
            act()
    except DomainError as refusal:
        if form is None:
            flash(refusal.message, "error")
            return redirect(url_for(".envelope", number=number), 303)
        form.refuse(refusal)
        return _envelope_page(number, {name: form})
    return redirect(url_for(".envelope", number=number), 303)


@bp.post("/mailroom/envelopes/<number>/scans")
@requires(Permission.WORK_MAILROOM)
def add_scans(number: str) -> ResponseReturnValue:
    """Add scanned files: kept first, read by a worker."""
    form = forms.UploadForm()
    try:
        kept = _keep(number, form.files.data)
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(
            ngettext("%(num)s file kept: its pages show once it is read.", "%(num)s files kept: their pages show once they are read.", kept)
            if kept
            else _("Choose a file first."),
            "message" if kept else "warn",
        )
    return redirect(url_for(".envelope", number=number), 303)


def _keep(number: str, sent: list[FileStorage] | None) -> int:
    kept = 0
    for file in sent or []:
        if not isinstance(file, FileStorage) or not file.filename:
            continue
        data = file.stream.read()
        with transaction():
            service.receive_scan(number, data, file.filename, Door.UPLOAD, by=current_actor(), at=clock.now())
        kept += 1
    return kept


@bp.post("/mailroom/envelopes/<number>/scans/<int:scan_id>/retry")
@requires(Permission.WORK_MAILROOM)
def retry_scan(number: str, scan_id: int) -> ResponseReturnValue:
    """Read a parked file again."""
    return _act(number, lambda: service.retry_scan(number, scan_id, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/envelopes/<number>/scans/<int:scan_id>/aside")
@requires(Permission.WORK_MAILROOM)
def set_aside(number: str, scan_id: int) -> ResponseReturnValue:
    """Say what was done instead of a parked file."""
    form = forms.ReasonForm()
    if not form.submitted():
        flash(_("Say why, in a sentence."), "error")
        return redirect(url_for(".envelope", number=number), 303)
    return _act(number, lambda: service.set_scan_aside(number, scan_id, form.reason.data or "", by=current_actor(), at=clock.now()))


@bp.get("/mailroom/envelopes/<number>/scans/<int:scan_id>/original")
@requires(Permission.READ_MAILROOM)
def original(number: str, scan_id: int) -> ResponseReturnValue:
    """The file as it came, to be saved: a browser never opens it here."""
    one = queries.scan(number, scan_id)
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.original", at=clock.now())
    return _attachment(files.read(one.sha256), one.filename)


def _attachment(data: bytes, filename: str) -> Response:
    answer = Response(data, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.post("/mailroom/envelopes/<number>/pages")
@requires(Permission.WORK_MAILROOM)
def pages(number: str) -> ResponseReturnValue:
    """Leave pages out, with a reason, or take them back."""
    form = forms.PagesForm()
    if not form.submitted():
        return _envelope_page(number, {"pages_form": form})
    chosen = form.pages.data or []
    if request.form.get("do") == "restore":
        return _act(number, lambda: service.restore_pages(number, chosen, by=current_actor(), at=clock.now()), form, "pages_form")
    reason = Excluded(form.reason.data) if form.reason.data in {r.value for r in BY_HAND} else Excluded.NOT_OURS
    return _act(number, lambda: service.exclude_pages(number, chosen, reason, by=current_actor(), at=clock.now()), form, "pages_form")


@bp.post("/mailroom/envelopes/<number>/documents")
@requires(Permission.WORK_MAILROOM)
def attach(number: str) -> ResponseReturnValue:
    """Put pages to a case by its number, as a document or as the answer to its request."""
    form = forms.AttachForm()
    if not form.submitted() or request.form.get("do") == "look":
        return _envelope_page(number, {"attach_form": form})
    chosen = form.pages.data or [p.id for p in queries.envelope(number).pages if p.state is PageState.TO_FILE]
    title = form.title.data or _("Mail received")
    return _act(
        number,
        lambda: service.file_pages(number, chosen, form.case.data or "", title, form.items.data or [], by=current_actor(), at=clock.now()),
        form, "attach_form",
    )  # fmt: skip


@bp.post("/mailroom/envelopes/<number>/kind")
@requires(Permission.WORK_MAILROOM)
def reclassify(number: str) -> ResponseReturnValue:
    """Say what the envelope is."""
    form = forms.KindForm()
    if not form.submitted():
        return _envelope_page(number, {"kind_form": form})
    return _act(number, lambda: service.reclassify(number, EnvelopeKind(form.kind.data), by=current_actor(), at=clock.now()), form, "kind_form")


@bp.post("/mailroom/envelopes/<number>/money")
@requires(Permission.WORK_MAILROOM)
def add_money(number: str) -> ResponseReturnValue:
    """List an instrument found inside."""
    form = forms.InstrumentForm()
    if not form.submitted():
        return _envelope_page(number, {"money_form": form})
    return _act(number, lambda: service.list_instrument(number, form.money(), by=current_actor(), at=clock.now()), form, "money_form")


@bp.post("/mailroom/envelopes/<number>/money/<int:receipt_id>/return")
@requires(Permission.WORK_MAILROOM)
def return_money(number: str, receipt_id: int) -> ResponseReturnValue:
    """Send one instrument back."""
    reason = request.form.get("reason", "").strip()[:500] or _("Instrument not accepted")
    return _act(number, lambda: service.return_instrument(number, receipt_id, reason, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/envelopes/<number>/closing")
@requires(Permission.WORK_MAILROOM)
def close(number: str) -> ResponseReturnValue:
    """Close an envelope that balances."""
    form = forms.CloseForm()
    if not form.submitted():
        return _envelope_page(number, {"close_form": form})
    return _act(number, lambda: service.close_envelope(number, form.reason.data or "", by=current_actor(), at=clock.now()), form, "close_form")


@bp.post("/mailroom/envelopes/<number>/return")
@requires(Permission.WORK_MAILROOM)
def give_back(number: str) -> ResponseReturnValue:
    """Send everything back, with the reason."""
    form = forms.ReasonForm(prefix="return-")
    if not form.submitted():
        return _envelope_page(number, {"return_form": form})
    return _act(number, lambda: service.return_envelope(number, form.reason.data or "", by=current_actor(), at=clock.now()), form, "return_form")


@bp.post("/mailroom/envelopes/<number>/reopening")
@requires(Permission.WORK_MAILROOM)
def reopen(number: str) -> ResponseReturnValue:
    """Work on a closed envelope again."""
    reason = request.form.get("reason", "").strip()[:500] or _("Reopened by hand")
    return _act(number, lambda: service.reopen_envelope(number, reason, by=current_actor(), at=clock.now()))


@bp.route("/mailroom/envelopes/<number>/keying", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def key_application(number: str) -> ResponseReturnValue:
    """Key the application: image left, fields right; every button keeps what is typed."""
    if request.method == "POST":
        return _key(number)
    with transaction():
        keying.begin(number, by=current_actor(), at=clock.now())
        staff.log_read(current_account(), envelope_subject(number), "mailroom.keying", at=clock.now())
    return _keying_page(number, {})


def _key(number: str) -> ResponseReturnValue:
    here = redirect(url_for(".key_application", number=number), 303)
    try:
        with transaction():
            keying.save(number, _typed(whole=True), by=current_actor(), at=clock.now())
            if request.form.get("do") == "add_child":
                keying.add_child(number, by=current_actor(), at=clock.now())
        if request.form.get("do") != "finish":
            if request.form.get("do") == "save":
                flash(_("Saved."))
            return here
        with transaction():
            state = keying.finish(number, by=current_account(), at=clock.now()).state
    except KeyingFaults as faults:
        return _keying_page(number, faults.faults, faults.message)
    except DomainError as refusal:
        return _keying_page(number, {}, refusal.message)
    if state is KeyingState.WAITING_APPROVAL:
        flash(_("The application waits for a supervisor’s approval."))
        return here
    case = keying.settle_now(number, by=current_actor())
    flash(_("The application is received: case %(number)s.", number=case) if case else _("The application is received; its outcome follows."))
    return redirect(url_for(".envelope", number=number), 303)


def _typed(*, whole: bool) -> keying.Typed:
    """What the form sends: whole, or one field as it is typed. A tick that is not sent is not ticked."""
    sent = {name: request.form[name] for name in request.form}
    if whole:
        sent = dict.fromkeys(forms.TICKS, "") | sent
    if "name" in sent:
        sent |= {sent["name"]: sent.get("value", "")}
    marks = {name.removeprefix("mark:"): value for name, value in sent.items() if name.startswith("mark:")}
    return keying.Typed(sent, marks, sent.get("focus") or sent.get("name"))


def _keying_page(number: str, faults: dict[str, str], refusal: str = "") -> ResponseReturnValue:
    one = queries.envelope(number)
    kept = queries.keying(one.id)
    if kept is None:
        raise NotFound
    form = forms.keying_form(kept.fields, faults)
    if refusal:
        form.form_errors.append(refusal)
    shown = [p for p in one.pages if p.state is not PageState.EXCLUDED] or one.pages
    wanted = request.args.get("page", "")
    current = next((p for p in shown if str(p.position) == wanted), shown[0] if shown else None)
    approval = staff_queries.approval_for(keying.APPROVAL, "envelope", number) if kept.approval_id else None
    return page(
        "mailroom/keying.html", envelope=one, keying=kept, form=form, groups=forms.groups(kept.fields), pages=shown, current=current,
        money=showing.money(one), approval=approval, countries=_countries(), filled=_filled(kept), draft=kept.state is KeyingState.DRAFT,
    )  # fmt: skip


def _filled(kept: Keying) -> tuple[int, int]:
    return keying.filled(kept.fields, [name for group in forms.groups(kept.fields) for name in group.names])


def _countries() -> list[str]:
    return [name for name, _code in rules.country_names("en" if formats.locale_code() == "en" else "fr_CA")]


@bp.post("/mailroom/envelopes/<number>/keying/fields")
@requires(Permission.WORK_MAILROOM)
def key_field(number: str) -> ResponseReturnValue:
    """Keep fields as they are typed; the answer says since when they are safe."""
    try:
        with transaction():
            kept = keying.save(number, _typed(whole=False), by=current_actor(), at=clock.now())
            saved_at = kept.saved_at
    except DomainError as refusal:
        return jsonify(error=refusal.message), refusal.status
    return jsonify(saved_at=saved_at.isoformat(), text=_("Saved %(instant)s", instant=formats.instant(saved_at)))


@bp.get("/mailroom/pages/<int:page_id>/picture")
@requires(Permission.READ_MAILROOM)
def picture(page_id: int) -> ResponseReturnValue:
    """A page as a picture."""
    return _picture(queries.page(page_id)[0].picture_sha256)


@bp.get("/mailroom/pages/<int:page_id>/thumbnail")
@requires(Permission.READ_MAILROOM)
def thumbnail(page_id: int) -> ResponseReturnValue:
    """The same, small."""
    return _picture(queries.page(page_id)[0].thumbnail_sha256)


def _picture(sha256: str) -> Response:
    data = files.read(sha256)
    answer = Response(data, mimetype=PICTURES.get(data[:3], "application/octet-stream"))
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return answer


@bp.get("/mailroom/letters/<int:letter_id>.pdf")
@requires(Permission.READ_MAILROOM)
def letter(letter_id: int) -> ResponseReturnValue:
    """The letter as it is to be printed."""
    one = mail_queries.letter(letter_id)
    return _attachment(files.read(one.sha256), f"lettre-{one.id}.pdf")


@bp.post("/mailroom/letters/<int:letter_id>/posting")
@requires(Permission.WORK_MAILROOM)
def post_letter(letter_id: int) -> ResponseReturnValue:
    """The carrier has the letter: its term, if it carries one, starts today."""
    try:
        with transaction():
            mail.post_letter(letter_id, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Posted: this day is noted as the day the letter left."))
    return redirect(url_for(".home"), 303)
