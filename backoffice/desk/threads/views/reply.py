"""Replying on a case: the draft, its paragraphs and files, the exact preview, sending, and what became of the messages of the thread."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.threads import composing, service
from backoffice.desk.threads.forms import ReplyForm, SettleForm, ThreadForm, WithdrawForm
from backoffice.desk.threads.views.blueprint import bp
from backoffice.desk.views.blueprint import open_case
from backoffice.desk.views.case import show
from backoffice.mail import addresses, reading
from backoffice.mail import queries as mail_queries
from backoffice.mail.service import reachable_online
from backoffice.mail.threads import attaching, library, presence, queries
from backoffice.mail.threads import service as threads
from backoffice.mail.threads.errors import DraftChanged, FileRefused, ThreadMoved
from backoffice.mail.threads.macros import MACROS
from backoffice.mail.values import NewFile
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

SAVED = frozenset({"subject", "body"})


def _back(number: str, anchor: str = "reply") -> ResponseReturnValue:
    return redirect(url_for("desk.case", number=number, tab="messages") + f"#{anchor}", HTTPStatus.SEE_OTHER)


# drafts and presence
@bp.post("/cases/<number>/draft")
@requires(Permission.WORK_CASE)
def autosave(number: str) -> ResponseReturnValue:
    """One field of the draft, as it is typed."""
    name, value = request.form.get("name", ""), request.form.get("value", "")
    longest = threads.LONGEST_SUBJECT if name == "subject" else threads.LONGEST_BODY
    if len(value) > longest:
        return Response(_("Not saved: at most %(longest)s characters.", longest=longest), 422, mimetype="text/plain")
    case, account = case_queries.case(number), current_account()
    with transaction():
        if name in SAVED:
            threads.save_draft(case.id, account, at=clock.now(), **{name: value})
        elif name == "paragraph":  # put in by the page itself: which version it was stays with the draft
            draft = threads.lock_draft(case.id, account, at=clock.now())
            threads.insert_paragraphs(draft, [one for one in composing.paragraphs_of(case, account) if one.name == value], draft.body)
    return "", HTTPStatus.NO_CONTENT


@bp.post("/cases/<number>/presence")
@requires(Permission.READ_CASE)
def beat(number: str) -> ResponseReturnValue:
    """I am here; who else is? Leaving says so too."""
    account, doing = current_account(), request.form.get("doing", "reads")
    case_id = case_queries.case(number).id
    with transaction():
        if doing == "leaves":
            presence.leave(case_id, account.id)
        else:
            presence.note(case_id, account.id, writes=doing == "writes", at=clock.now())
    here = presence.others([case_id], account.id, clock.now()).get(case_id, [])
    return Response(presence.sentence(here), mimetype="text/plain", headers={"Cache-Control": "no-store"})


# the reply
@bp.post("/cases/<number>/reply")
@requires(Permission.WORK_CASE)
def write(number: str) -> ResponseReturnValue:
    """A step of the composer: whatever it is, what was typed is saved first."""
    case, form, step = open_case(number, "reply"), ReplyForm(), request.form.get("step", "save")
    try:
        if form.submitted():
            return _step(case, form, step)
    except DomainError as refusal:
        form.refuse(refusal)
    return show(open_case(number, "messages"), "messages", **composing.tab(case, current_account(), form))


def _step(case: Case, form: ReplyForm, step: str) -> ResponseReturnValue:
    if step == "discard":
        with transaction():
            threads.discard_draft(case.id, current_account())
        flash(_("Draft thrown away. Nothing was sent."))
        return _back(case.number)
    refused = _keep(case, form, step)
    for sentence in refused:
        flash(sentence, "error")
    if step == "preview" and not refused:
        with transaction():  # said on the form, where it is mended, before the preview is shown
            threads.composed(case, threads.lock_draft(case.id, current_account(), at=clock.now()), current_account().name)
        return redirect(url_for(".preview", number=case.number, seen=form.seen_position), HTTPStatus.SEE_OTHER)
    if step == "save":
        flash(_("Draft saved."))
    return _back(case.number)


def _keep(case: Case, form: ReplyForm, step: str) -> list[str]:
    """Save the text, put in what was asked for, attach what was sent; why a file was not taken, if any was not."""
    account, (taken, refused) = current_account(), _uploads(form)
    chosen = [one.file for one in composing.files_of(case, mail_queries.thread(case.id)) if one.key in request.form.getlist("file")]
    with transaction():
        draft = threads.lock_draft(case.id, account, at=clock.now())
        known = composing.paragraphs_of(case, account)
        body, called = library.expand((form.body.data or "").replace("\r\n", "\n"), known)
        draft.subject = form.subject.data or ""
        threads.insert_paragraphs(draft, called, body)
        if step == "insert":
            threads.insert_paragraphs(draft, [one for one in known if one.name == form.paragraph.data])
        if step == "macro" and form.macro.data in MACROS:
            threads.fill_by_macro(draft, form.macro.data, case.language, known)
        if step == "no-macro":
            draft.macro = None
        if step.startswith("detach:"):
            threads.detach(draft, step.removeprefix("detach:"))
        threads.attach(draft, [*chosen, *taken][: attaching.MOST])
    return refused


def _uploads(form: ReplyForm) -> tuple[list[NewFile], list[str]]:
    taken, refused = [], []
    for sent in form.upload.data or []:
        if not getattr(sent, "filename", ""):
            continue
        try:
            taken.append(attaching.take(sent))
        except FileRefused as refusal:
            refused.append(refusal.message)
    return taken, refused


@bp.get("/cases/<number>/reply")
@requires(Permission.WORK_CASE)
def preview(number: str) -> ResponseReturnValue:
    """Exactly what leaves."""
    case = open_case(number, "reply preview")
    return _preview(case, request.args.get("seen", 0, int))


def _preview(case: Case, seen: int, refusal: DomainError | None = None) -> ResponseReturnValue:
    account = current_account()
    draft, form = queries.draft(case.id, account.id), ReplyForm(formdata=None, seen=str(seen))
    if draft is None:
        return _back(case.number)
    try:
        text = threads.composed(case, draft, account.name)
    except DomainError as unfit:
        flash(unfit.message, "error")
        return _back(case.number)
    if refusal:
        form.refuse(refusal)
    return page(
        "desk/threads/preview.html", case=case, top=ident.top(case, account.id), form=form, draft=draft, text=text, digest=threads.digest(draft),
        acts=composing.acts_of(draft), online=reachable_online(case), address=addresses.lines(case),
    )  # fmt: skip


@bp.post("/cases/<number>/reply/sending")
@requires(Permission.WORK_CASE)
def send(number: str) -> ResponseReturnValue:
    """Send what was read; if the thread moved meanwhile, both texts are shown and nothing is sent."""
    case, form = open_case(number, "reply"), ReplyForm()
    seen = form.seen_position
    try:
        with transaction():
            sent = threads.send_reply(case.id, seen, request.form.get("digest", ""), by=current_account(), at=clock.now())
            anchor, readable = f"m-{sent.id}", sent.readable_at is not None
    except ThreadMoved as refusal:
        return _moved(open_case(number, "reply"), seen, refusal)
    except DraftChanged as refusal:
        return _preview(open_case(number, "reply"), seen, refusal)
    flash(
        _("Message sent: it is readable in the mailbox.") if readable else _("Letter ready to be posted: it counts from the day the carrier has it.")
    )
    return _back(number, anchor)


def _moved(case: Case, seen: int, refusal: DomainError) -> ResponseReturnValue:
    """What is new in the thread, beside what was about to leave."""
    account = current_account()
    draft, new = queries.draft(case.id, account.id), mail_queries.thread(case.id, after=seen)
    if draft is None:
        return _back(case.number)
    form = ReplyForm(formdata=None, seen=str(new[-1].position if new else seen))
    form.refuse(refusal)
    return page(
        "desk/threads/moved.html", case=case, top=ident.top(case, account.id), form=form, draft=draft, new=new, digest=threads.digest(draft),
        text=threads.composed(case, draft, account.name),
    )  # fmt: skip


# what becomes of messages
def _done(number: str, name: str, form: SettleForm | ThreadForm, operation: Callable[[int], object], sentence: str) -> ResponseReturnValue:
    if form.submitted():
        try:
            with transaction():
                operation(case_queries.case(number).id)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(sentence)
            return _back(number, "main")
    return show(open_case(number, "messages"), "messages", **{name: form})


@bp.post("/cases/<number>/thread/settlement")
@requires(Permission.WORK_CASE)
def settle(number: str) -> ResponseReturnValue:
    """What the applicant wrote asks for no answer."""
    form = SettleForm()

    def act(case_id: int) -> object:
        return threads.settle_thread(case_id, form.reason.data, by=current_actor(), at=clock.now())

    return _done(number, "settle_form", form, act, _("Noted: no answer is needed, and the reason stands in the history."))


@bp.post("/cases/<number>/thread/owner")
@requires(Permission.WORK_CASE)
def give(number: str) -> ResponseReturnValue:
    """Give the thread to somebody, or back to the case's caseworker."""
    form = ThreadForm()
    form.offer(composing.officers())

    def act(case_id: int) -> None:
        threads.give_thread(case_id, form.owner_id, by=current_actor(), at=clock.now())

    return _done(number, "thread_form", form, act, _("The thread has changed hands; the case itself has not."))


@bp.route("/cases/<number>/messages/<uuid:message_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.WORK_CASE)
def withdraw(number: str, message_id: UUID) -> ResponseReturnValue:
    """Read what will disappear from the mailbox, and what the applicant will read instead; then withdraw it."""
    case, form = open_case(number, f"withdrawal {message_id}"), WithdrawForm()
    message = composing.message_of(number, message_id)
    if form.submitted():
        try:
            with transaction():
                service.withdraw(case.id, message_id, form.reason.data, by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Withdrawn: the mailbox says so, and the record keeps the message whole."))
            return _back(number, f"m-{message_id}")
        case, message = open_case(number, "withdrawal"), composing.message_of(number, message_id)
    return page(
        "desk/threads/withdraw.html", case=case, top=ident.top(case, current_account().id), form=form, message=message,
        instead=reading.notice_of_withdrawal(case, message, clock.now()), bound=service.starts_a_term(message),
    )  # fmt: skip
