"""Intake windows and their ledger, from the console."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import transaction
from backoffice.intake import acknowledgments
from backoffice.intake.receipts import instant
from backoffice.quota import queries, service
from backoffice.quota.errors import SecondPersonMissing
from backoffice.quota.service import NewWindow, Override
from backoffice.quota.values import WindowAction
from backoffice.staff import queries as staff_queries
from backoffice.staff.permissions import Permission

MEMBERS = {
    "code", "programme", "decision", "policy", "capacity", "margin", "country_caps", "waiting_list", "reserve", "channels",
    "exempt_grounds", "announced_at", "opens_at", "closes_at", "notice",
}  # fmt: skip


@cli.group("window")
def window_group() -> None:
    """Intake windows (périodes de réception)."""


@window_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--override-notice", help="Why it opens without 24 hours of notice.")
@click.option("--by", "by_email", help="E-mail of who overrides.")
@click.option("--second", "second_email", help="E-mail of the second person.")
@in_app
def load(file: Path, override_notice: str | None, by_email: str | None, second_email: str | None) -> None:
    """Create a window from data (docs: the contract's examples/window.json)."""
    new = _read(file)
    by, override = SYSTEM, None
    if override_notice:
        by, second = _signer(by_email), _signer(second_email)
        if by.id == second.id:
            raise SecondPersonMissing
        override = Override(override_notice, by.label, second.label)
    with transaction():
        window = service.load_window(new, override, by=by, at=clock.now())
    click.echo(f"{window.code}: {window.state.value}, {window.capacity} places, {instant(window.opens_at)} – {instant(window.closes_at)}")


def _signer(email: str | None) -> Actor:
    account = staff_queries.account_by_email(email or "")
    if account is None or not account.may(Permission.MANAGE_WINDOWS):
        raise SecondPersonMissing
    return account.actor


def _read(file: Path) -> NewWindow:
    try:
        data = json.loads(file.read_text())
        unknown, missing = set(data) - MEMBERS, {"code", "programme", "capacity", "opens_at", "closes_at"} - set(data)
        if unknown or missing:
            raise click.ClickException(f"unknown: {sorted(unknown)}; missing: {sorted(missing)}")
        return _new(data)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise click.ClickException(f"{file.name} is not a window: {fault}") from None


def _new(data: dict[str, Any]) -> NewWindow:
    opens, closes = _at(data["opens_at"]), _at(data["closes_at"])
    notice = data.get("notice") or {}
    counts = {name: int(data.get(name) or 0) for name in ("capacity", "margin", "reserve")}
    if min(counts.values()) < 0 or closes <= opens:
        raise ValueError("counts are not negative, and a window closes after it opens")
    policy = data.get("policy") or {"order": "first_come"}
    if policy.get("order") != "first_come":
        raise ValueError("policy.order: only first_come is served by this version")
    return NewWindow(
        code=str(data["code"]), programme=str(data["programme"]), decision=str(data.get("decision") or ""), policy=policy, **counts,
        country_caps=data.get("country_caps") or {"default": None, "by_country": {}}, waiting_list=bool(data.get("waiting_list")),
        channels=tuple(data.get("channels") or ("online", "paper")), exempt_grounds=tuple(data.get("exempt_grounds") or ()),
        announced_at=_at(data.get("announced_at") or clock.now().isoformat()), opens_at=opens, closes_at=closes,
        notice_fr=str(notice.get("fr") or ""), notice_en=str(notice.get("en") or ""),
    )  # fmt: skip


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} needs its zone")
    return at


@window_group.command("show")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True)
@in_app
def show(code: str, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show a window with its counts."""
    window = queries.window(code)
    shown = {**acknowledgments.window(window), "by_status": queries.by_status(window.id)}
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else "  ".join(f"{k}={v}" for k, v in shown.items()))


@window_group.command("list")
@in_app
def list_windows() -> None:
    """List the windows."""
    for window in queries.windows():
        click.echo(f"{window.code}\t{window.programme}\t{window.state.value}\t{instant(window.opens_at)}\t{instant(window.closes_at)}")


def _act(action: WindowAction, words: str) -> None:
    @window_group.command(action.value, help=words)
    @click.argument("code")
    @click.option("--reason", help="Why; it stands in the trail.")
    @click.option("--by", "by_email", help="E-mail of who does it; else the console is named.")
    @in_app
    def act(code: str, reason: str | None, by_email: str | None) -> None:
        with transaction():
            window = service.move_window(queries.window(code).id, action, reason, by=_signer(by_email) if by_email else SYSTEM, at=clock.now())
        click.echo(f"{window.code}: {window.state.value}")


_act(WindowAction.SUSPEND, "Suspend a window: arrivals are refused for a while, and their attempts recorded.")
_act(WindowAction.RESUME, "Resume a suspended window.")
_act(WindowAction.CLOSE, "Close a window now.")
_act(WindowAction.OPEN, "Open an announced window now.")


@cli.group("ledger")
def ledger_group() -> None:
    """Admission ledgers."""


@ledger_group.command("export")
@click.argument("code")
@in_app
def export(code: str) -> None:
    """Write the ledger of a window, one JSON object a line (docs/ledger.md)."""
    window = queries.window(code)
    head = {
        "format": "backoffice-ledger/1", "window": window.code, "programme": window.programme, "policy": window.policy,
        "capacity": window.capacity, "margin": window.margin, "reserve": window.reserve, "country_caps": window.country_caps,
        "waiting_list": window.waiting_list, "exempt_grounds": window.exempt_grounds, "opened_at": instant(window.opened_at) if window.opened_at else None,
    }  # fmt: skip
    click.echo(json.dumps(head, ensure_ascii=False, sort_keys=True))
    for line in queries.ledger(window.id):
        click.echo(json.dumps({**service.line_fields(window.code, line), "digest": line.digest}, ensure_ascii=False, sort_keys=True))
