"""Acts on many, from the console: prepare with a preview, sign as the second person, carry out, follow, undo."""

import json
from datetime import datetime

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.fees import queries as fee_queries
from backoffice.intake.acts import queries, service
from backoffice.intake.acts.errors import MayNotApprove
from backoffice.intake.acts.models import MassAct
from backoffice.intake.acts.service import NewAct
from backoffice.intake.acts.values import UNDOES, ActKind, Choice, ItemState
from backoffice.intake.receipts import instant
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission


@cli.group("act")
def act_group() -> None:
    """Acts on many: annulment, end by law, stay, suspension of processing."""


def _account(email: str, permission: Permission) -> Account:
    account = staff_queries.account_by_email(email)
    if account is None or not account.may(permission):
        raise MayNotApprove
    return account


def _prepare(new: NewAct, email: str) -> None:
    """Freeze the list, ask for the second signature, and print the preview."""
    by = _account(email, Permission.ACT_ON_MANY)
    with transaction():
        act = service.prepare(new, by=by, at=clock.now())
        service.ask(act.id, by=by, at=clock.now())
        number = act.id
    click.echo(json.dumps(shown(queries.act(number)), ensure_ascii=False, indent=2))


FIRST = [kind.value for kind in ActKind if kind not in UNDOES]


@act_group.command("new")
@click.argument("kind", type=click.Choice(FIRST))
@click.option("--window", help="Code of the intake window.")
@click.option("--programme", help="Programme, such as PRTQ.")
@click.option("--received-from", type=click.DateTime(["%Y-%m-%d"]), help="First legal day of receipt.")
@click.option("--received-until", type=click.DateTime(["%Y-%m-%d"]), help="Last legal day of receipt.")
@click.option("--channel", type=click.Choice(["online", "paper"]))
@click.option("--country", help="Code of the country.")
@click.option("--status", help="Stage of the case.")
@click.option("--class", "processing_class", type=int, help="Processing class.")
@click.option("--stop-clocks", is_flag=True, help="For a suspension: its days do not count.")
@click.option("--basis", required=True, help="The decision, law or judgment, as the applicant reads it.")
@click.option("--reason", required=True, help="Why, for the second person and the history.")
@click.option("--by", "by_email", required=True, help="E-mail of who prepares it.")
@in_app
def new(kind: str, basis: str, reason: str, by_email: str, stop_clocks: bool, **chosen: object) -> None:  # noqa: FBT001 - a flag
    """Freeze the list of an act, ask for its second signature, and print the preview with its digest."""
    _prepare(NewAct(ActKind(kind), _choice(chosen), reason, basis, stop_clocks), by_email)


def _choice(chosen: dict[str, object]) -> Choice:
    """The criteria that were given on the command line."""
    return Choice.from_json({name: value.date() if isinstance(value, datetime) else value for name, value in chosen.items() if value is not None})


@act_group.command("stay")
@click.argument("act_id", type=int)
@click.option("--channel", type=click.Choice(["online", "paper"]), help="Only this part.")
@click.option("--country", help="Only this part.")
@click.option("--received-from", type=click.DateTime(["%Y-%m-%d"]), help="Only this part.")
@click.option("--received-until", type=click.DateTime(["%Y-%m-%d"]), help="Only this part.")
@click.option("--basis", required=True, help="The judgment or decision that undoes it.")
@click.option("--reason", required=True)
@click.option("--by", "by_email", required=True)
@in_app
def stay(act_id: int, basis: str, reason: str, by_email: str, **chosen: object) -> None:
    """Prepare the act that undoes another: a stay, or the end of a suspension of processing."""
    undone = queries.act(act_id)
    kind = next((kind for kind, undoable in UNDOES.items() if undone.kind in undoable), ActKind.STAY)
    _prepare(NewAct(kind, _choice(chosen), reason, basis, undoes_id=act_id), by_email)


@act_group.command("approve")
@click.argument("act_id", type=int)
@click.option("--by", "by_email", required=True, help="E-mail of the second person.")
@click.option("--answer", default="Signé à la console.", help="What the second person says.")
@click.option("--decline", is_flag=True, help="Do not sign.")
@in_app
def approve(act_id: int, by_email: str, answer: str, decline: bool) -> None:  # noqa: FBT001 - a flag
    """Sign an act as the second person; it is carried out by the workers, or by `act run`."""
    second = _account(by_email, Permission.APPROVE)
    act = queries.act(act_id)
    with transaction():
        staff.decide_approval(act.approval_id or 0, approve=not decline, answer=answer, by=second, at=clock.now())
        service.answer(act.approval_id or 0, approved=not decline, by=second.actor, at=clock.now())
    click.echo(f"{act_id}: {queries.act(act_id).state.value}")


@act_group.command("run")
@click.argument("act_id", type=int)
@in_app
def run(act_id: int) -> None:
    """Carry out a signed act here and now, from wherever it stands; the workers may work on it at the same time."""
    go = True
    while go:
        with transaction():
            go = service.go_on(act_id, at=clock.now())
        now = queries.progress(act_id)
        click.echo(f"{now.with_result} / {now.listed}, {now.told} told", err=True)
    click.echo(f"{act_id}: {queries.act(act_id).state.value}")


@act_group.command("show")
@click.argument("act_id", type=int)
@click.option("--json", "as_json", is_flag=True)
@in_app
def show(act_id: int, as_json: bool) -> None:  # noqa: FBT001 - a flag
    """Show an act: who signed, the digest, the counts, the results."""
    found = shown(queries.act(act_id))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "  ".join(f"{k}={v}" for k, v in found.items()))


@act_group.command("list")
@in_app
def list_acts() -> None:
    """List the acts, the latest first."""
    for act in queries.acts():
        click.echo(f"{act.id}\t{act.kind.value}\t{act.state.value}\t{act.listed}\t{instant(act.prepared_at)}\t{act.basis}")


def shown(act: MassAct) -> dict[str, object]:
    """An act as data."""
    totals, progress = queries.totals(act.id), queries.progress(act.id)
    refunds = fee_queries.refund_sums(act.origin)
    return {
        "act": act.id, "kind": act.kind.value, "state": act.state.value, "chosen": act.chosen, "undoes": act.undoes_id, "basis": act.basis,
        "reason": act.reason, "list_sha256": act.list_sha256, "listed": act.listed, "left_out": act.left_out, "refund_cents": act.refund_cents,
        "places": act.places, "paid_elsewhere": {"count": totals.elsewhere[0], "cents": totals.elsewhere[1]}, "covers_window": act.covers_window, "by_channel": totals.by_channel, "by_country": totals.by_country,
        "by_status": totals.by_status, "why": totals.by_why,
        "results": {state.value: progress.by_state.get(state, 0) for state in ItemState}, "told": progress.told,
        "refunds": {state.value: {"count": many, "cents": cents} for state, (many, cents) in refunds.items()},
        "prepared_at": instant(act.prepared_at), "done_at": instant(act.done_at) if act.done_at else None,
    }  # fmt: skip
