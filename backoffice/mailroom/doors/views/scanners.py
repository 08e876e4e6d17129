"""The list of scanners: seen by the room, kept by supervisors and the administrator."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom.doors import escl, forms, queries, sane, service, showing, words
from backoffice.mailroom.doors.speaking import ScannerFault
from backoffice.mailroom.doors.values import Abilities, Fault, ScannerKind
from backoffice.mailroom.doors.views.room import bp
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

KEEPERS = (Permission.KEEP_REGISTERS, Permission.MANAGE_ACCOUNTS)


@bp.get("/mailroom/scanners")
@requires(Permission.READ_MAILROOM, Permission.MANAGE_ACCOUNTS)
def scanners() -> ResponseReturnValue:
    """The scanners of the building and what each can do."""
    return _page(forms.ScannerForm(formdata=None))


def _page(form: forms.ScannerForm) -> ResponseReturnValue:
    keeps = any(current_account().may(permission) for permission in KEEPERS)
    return page("mailroom/doors/scanners.html", scanners=[showing.scanner(one) for one in queries.scanners()], form=form, keeps=keeps)


@bp.post("/mailroom/scanners")
@requires(*KEEPERS)
def add() -> ResponseReturnValue:
    """Put a scanner in the list, and ask it what it can do."""
    form = forms.ScannerForm()
    if not form.submitted():
        return _page(form)
    try:
        with transaction():
            made = service.add_scanner(form.name.data or "", form.chosen, form.address.data or "", by=current_actor(), at=clock.now())
            scanner_id = made.id
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form)
    _check(scanner_id)
    return redirect(url_for(".scanners"), 303)


@bp.post("/mailroom/scanners/<int:scanner_id>/check")
@requires(Permission.WORK_MAILROOM, *KEEPERS)
def check(scanner_id: int) -> ResponseReturnValue:
    """Ask a scanner of the list how it is and what it can do."""
    _check(scanner_id)
    return redirect(url_for(".scanners"), 303)


def _check(scanner_id: int) -> None:
    one = queries.scanner(scanner_id)
    found: Abilities | Fault
    try:
        found = escl.Scanner(one.address).abilities() if one.kind is ScannerKind.ESCL else sane.abilities(one.address)
    except ScannerFault as stopped:
        found = stopped.fault
    with transaction():
        service.note_check(scanner_id, found, at=clock.now())
    if isinstance(found, Fault):
        flash(str(words.FAULTS[found]), "error")
    else:
        flash(_("The scanner %(name)s answers.", name=one.name))


@bp.post("/mailroom/scanners/<int:scanner_id>/retire")
@requires(*KEEPERS)
def retire(scanner_id: int) -> ResponseReturnValue:
    """Take a scanner out of use, or back."""
    try:
        with transaction():
            service.retire_scanner(scanner_id, active=not queries.scanner(scanner_id).active, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".scanners"), 303)
