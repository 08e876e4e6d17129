"""Intake windows and their ledger, from the console."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import transaction
from backoffice.intake import acknowledgments
from backoffice.intake.receipts import instant
from backoffice.mailroom import declaring
from backoffice.quota import queries, rules, service
from backoffice.quota.errors import SecondPersonMissing
from backoffice.quota.models import Admission, Window
from backoffice.quota.service import Forecast, NewNotice, NewWindow, Override
from backoffice.quota.values import ArrivalsRule, WindowAction
from backoffice.staff import queries as staff_queries
from backoffice.staff.permissions import Permission

MEMBERS = {
    "code", "programme", "decision", "policy", "capacity", "margin", "country_caps", "waiting_list", "reserve", "channels",
    "exempt_grounds", "announced_at", "opens_at", "closes_at", "notice", "paper_share", "tariff_rule",
}  # fmt: skip

by_option = click.option("--by", "by_email", help="E-mail of who does it; else the console is named.")
second_option = click.option("--second", "second_email", help="E-mail of the second person, where two sign.")
reason_option = click.option("--reason", help="Why; it stands in the trail.")


@cli.group("window")
def window_group() -> None:
    """Intake windows (périodes de réception)."""


@window_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--override-notice", help="Why it opens without 24 hours of notice.")
@by_option
@second_option
@in_app
def load(file: Path, override_notice: str | None, by_email: str | None, second_email: str | None) -> None:
    """Create a window from data (docs: the contract's examples/window.json); `"announced_at": null` makes a draft."""
    new = _new(_read(file))
    by, override = _author(by_email), None
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


def _author(email: str | None) -> Actor:
    return _signer(email) if email else SYSTEM


def _second(email: str | None) -> Actor | None:
    return _signer(email) if email else None


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text())
    except ValueError as fault:
        raise click.ClickException(f"{file.name}: {fault}") from None
    if not isinstance(data, dict) or (unknown := set(data) - MEMBERS):
        raise click.ClickException(f"{file.name}: unknown: {sorted(unknown) if isinstance(data, dict) else 'not an object'}")
    return data


def _new(data: dict[str, Any]) -> NewWindow:
    if missing := {"code", "programme", "capacity", "opens_at", "closes_at"} - set(data):
        raise click.ClickException(f"missing: {sorted(missing)}")
    try:
        notice = data.get("notice") or {}
        announced = data.get("announced_at", clock.now().isoformat())
        return NewWindow(
            code=str(data["code"]), programme=str(data["programme"]), decision=str(data.get("decision") or ""),
            policy=data.get("policy") or {"order": "first_come"}, capacity=data["capacity"], margin=data.get("margin") or 0,
            reserve=data.get("reserve") or 0, country_caps=data.get("country_caps") or {"default": None, "by_country": {}},
            waiting_list=bool(data.get("waiting_list")), channels=tuple(data.get("channels") or ("online", "paper")),
            exempt_grounds=tuple(data.get("exempt_grounds") or ()), announced_at=_at(announced) if announced else None,
            opens_at=_at(data["opens_at"]), closes_at=_at(data["closes_at"]), notice_fr=str(notice.get("fr") or ""),
            notice_en=str(notice.get("en") or ""), paper_share=data.get("paper_share"), tariff_rule=data.get("tariff_rule"),
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError) as fault:
        raise click.ClickException(f"this is not a window: {fault}") from None


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
    standing = queries.standing(window.id)
    shown = {
        **acknowledgments.window(window), "by_status": queries.by_status(window.id), "version": window.version,
        "reserve_left": max(0, window.reserve - window.reserve_used), "paper_share": window.paper_share,
        "paper_left": rules.paper_left(window.terms, standing, settled=window.is_settled),
        "paper_through": window.paper_through.isoformat() if window.paper_through else None, "tie_commitment": window.tie_commitment,
    }  # fmt: skip
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else "  ".join(f"{k}={v}" for k, v in shown.items()))


@window_group.command("list")
@in_app
def list_windows() -> None:
    """List the windows."""
    for window in queries.windows():
        click.echo(f"{window.code}\t{window.programme}\t{window.state.value}\t{instant(window.opens_at)}\t{instant(window.closes_at)}")


def _notice_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--fr", required=True, help="What is said, in French."), click.option("--en", default="", help="The same, in English."),
        click.option("--where", default="", help="Where it is published."),
        click.option("--published-at", help="When, with its zone (now, unless said otherwise)."), by_option,
    ):  # fmt: skip
        command = option(command)
    return command


def _notice(fr: str, en: str, where: str, published_at: str | None) -> NewNotice:
    try:
        return NewNotice(fr, en, _at(published_at) if published_at else clock.now(), where)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None


@window_group.command("announce")
@click.argument("code")
@_notice_options
@in_app
def announce(code: str, fr: str, en: str, where: str, published_at: str | None, by_email: str | None) -> None:
    """Announce a draft, or announce again a window whose dates were moved."""
    with transaction():
        window = service.announce_window(
            queries.window(code).id, _notice(fr, en, where, published_at), by=_author(by_email), at=clock.now()
        )  # fmt: skip
    click.echo(f"{window.code}: {window.state.value}")


@window_group.command("notice")
@click.argument("code")
@_notice_options
@in_app
def notice(code: str, fr: str, en: str, where: str, published_at: str | None, by_email: str | None) -> None:
    """Keep what was said to the public, when and where."""
    with transaction():
        service.record_notice(queries.window(code).id, _notice(fr, en, where, published_at), by=_author(by_email), at=clock.now())
    click.echo(f"{code}: {len(queries.notices(queries.window(code).id))} notices")


def _act(action: WindowAction, words: str) -> None:
    @window_group.command(action.value, help=words)
    @click.argument("code")
    @reason_option
    @click.option("--arrivals", type=click.Choice([rule.value for rule in ArrivalsRule]), help="What becomes of those who had arrived.")
    @by_option
    @second_option
    @in_app
    def act(code: str, reason: str | None, arrivals: str | None, by_email: str | None, second_email: str | None) -> None:
        with transaction():
            window = service.move_window(
                queries.window(code).id, action, reason, by=_author(by_email), second=_second(second_email), at=clock.now(),
                arrivals=ArrivalsRule(arrivals) if arrivals else None,
            )  # fmt: skip
        click.echo(f"{window.code}: {window.state.value}")


_act(WindowAction.OPEN, "Open an announced window now; before its instant or without its notice, --reason, --by and --second.")
_act(WindowAction.SUSPEND, "Suspend a window: arrivals are refused for a while, and their attempts recorded.")
_act(WindowAction.RESUME, "Resume a suspended window.")
_act(WindowAction.CLOSE, "Close a window now.")
_act(WindowAction.ABORT, "Call a window off; --arrivals says what becomes of those who had arrived.")
_act(WindowAction.ANNUL, "Annul a window; its admissions are annulled by an act on many.")


@window_group.command("settle")
@click.argument("code")
@by_option
@in_app
def settle(code: str, by_email: str | None) -> None:
    """Settle a closed window: unused shares change sides, and whoever still waits is refused."""
    with transaction():
        moved = service.settle_window(queries.window(code).id, by=_author(by_email), at=clock.now())
    _tell(queries.window(code), moved)


@window_group.command("amend")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say who would move, and write nothing.")
@reason_option
@by_option
@second_option
@in_app
def amend(code: str, file: Path, dry_run: bool, reason: str | None, by_email: str | None, second_email: str | None) -> None:  # noqa: FBT001 - a flag
    """Give a decision its next version: FILE holds the members that change."""
    window_id, changes = queries.window(code).id, _changes(_read(file))
    if dry_run:
        _tell_forecast(service.foresee(window_id, changes))
        return
    with transaction():
        window = service.amend_window(window_id, changes, reason or "", by=_author(by_email), second=_second(second_email), at=clock.now())
    click.echo(f"{window.code}: version {window.version}")


def _changes(data: dict[str, Any]) -> dict[str, object]:
    try:
        return {name: _at(value) if name in {"opens_at", "closes_at"} else value for name, value in data.items()}
    except (ValueError, TypeError) as fault:
        raise click.ClickException(str(fault)) from None


def _tell_forecast(forecast: Forecast) -> None:
    for row in forecast.rows:
        click.echo(f"{row.channel}\t{row.country}\t{row.before} → {row.after}\t{row.count}")
    click.echo(f"moved={forecast.moved}  free: {forecast.free_before} → {forecast.free_after}")


@window_group.command("paper-through")
@click.argument("code")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@by_option
@in_app
def paper_through(code: str, day: datetime, by_email: str | None) -> None:
    """Say that every envelope stamped up to DAY is registered and keyed."""
    with transaction():
        given = declaring.declare_paper_through(queries.window(code).id, date(day.year, day.month, day.day), by=_author(by_email), at=clock.now())
    _tell(queries.window(code), given)


@window_group.command("commit")
@click.argument("code")
@click.option("--source", required=True, help="The public value to come: which draw of which lottery, on which day…")
@by_option
@in_app
def commit(code: str, source: str, by_email: str | None) -> None:
    """Freeze the list of a draw and commit to its secret; print what is to be published."""
    with transaction():
        draw = service.commit_draw(queries.window(code).id, source, by=_author(by_email), at=clock.now())
    click.echo(json.dumps({"list_sha256": draw.list_sha256, "count": draw.count, "commitment": draw.commitment, "public_source": source}))


@window_group.command("reveal")
@click.argument("code")
@click.option("--value", required=True, help="The public value, as it was published.")
@by_option
@second_option
@in_app
def reveal(code: str, value: str, by_email: str | None, second_email: str | None) -> None:
    """Make the draw, before the witness named by --second."""
    with transaction():
        decided = service.reveal_draw(queries.window(code).id, value, by=_signer(by_email), witness=_signer(second_email), at=clock.now())
    _tell(queries.window(code), decided)


@window_group.command("round")
@click.argument("code")
@click.option("--best", type=click.IntRange(min=1), help="Invite so many.")
@click.option("--cut-off", type=int, help="Invite down to this score.")
@by_option
@second_option
@in_app
def open_round(code: str, best: int | None, cut_off: int | None, by_email: str | None, second_email: str | None) -> None:
    """Invite the best so many, or down to a score."""
    with transaction():
        invited = service.open_round(
            queries.window(code).id, best=best, cut_off=cut_off, by=_signer(by_email), second=_signer(second_email), at=clock.now()
        )  # fmt: skip
    _tell(queries.window(code), invited)


def _tell(window: Window, moved: list[Admission]) -> None:
    counts: dict[str, int] = {}
    for one in moved:
        counts[one.status.value] = counts.get(one.status.value, 0) + 1
    click.echo(f"{window.code}: {window.state.value}  " + "  ".join(f"{name}={many}" for name, many in sorted(counts.items())))


@cli.group("ledger")
def ledger_group() -> None:
    """Admission ledgers."""


@ledger_group.command("export")
@click.argument("code")
@in_app
def export(code: str) -> None:
    """Write the ledger of a window, one JSON object a line (docs/ledger.md)."""
    for line in queries.export(queries.window(code)):
        click.echo(line)
