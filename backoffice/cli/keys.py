"""Keys: those that sign receipts, and those of other systems."""

from datetime import timedelta

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.settings import settings
from backoffice.intake import receipts
from backoffice.staff import queries
from backoffice.staff import service as staff
from backoffice.staff.models import ApiKey
from backoffice.staff.permissions import Scope


@cli.group("keys")
def keys_group() -> None:
    """Keys: of receipts, of other systems."""


@keys_group.command("new")
def new_receipt_key() -> None:
    """Make a key that signs receipts; older ones keep checking theirs."""
    click.echo(receipts.make_key(settings().keys_folder))


@keys_group.command("list")
@in_app
def list_keys() -> None:
    """Every key of another system: what it opens, its last use, its limit, its end; never the key itself."""
    now = clock.now()
    for key in queries.api_keys():
        used = key.last_used_at.isoformat(timespec="minutes") if key.last_used_at else "never used"
        rate = f"{key.rate_per_minute} a minute" if key.rate_per_minute else "no limit"
        click.echo("\t".join((str(key.id), key.name, ",".join(key.scopes), used, rate, _state(key, opens=key.opens(now)))))


def _state(key: ApiKey, *, opens: bool) -> str:
    if key.revoked_at:
        return "revoked"
    if key.expires_at:
        return f"{'until' if opens else 'ended'} {key.expires_at.isoformat(timespec='minutes')}"
    return "open"


@keys_group.command("issue")
@click.argument("name")
@click.argument("scopes", nargs=-1, required=True, type=click.Choice([s.value for s in Scope]))
@click.option("--rate", type=click.IntRange(min=1), help="Most calls a minute; no limit if it is not given.")
@in_app
def issue(name: str, scopes: tuple[str, ...], rate: int | None) -> None:
    """Give another system a key; it is shown once."""
    with transaction():
        key, plain = staff.issue_key(name, [Scope(s) for s in scopes], rate_per_minute=rate, by=SYSTEM, at=clock.now())
        number = key.id
    click.echo(f"{number}\t{plain}")


@keys_group.command("rotate")
@click.argument("key_id", type=int)
@click.option("--overlap", "hours", type=click.IntRange(0, 720), required=True, help="Hours during which both keys are accepted.")
@in_app
def rotate(key_id: int, hours: int) -> None:
    """Replace a key by a new one of the same right; the new one is shown once."""
    with transaction():
        key, plain = staff.rotate_key(key_id, timedelta(hours=hours), by=SYSTEM, at=clock.now())
        number = key.id
    click.echo(f"{number}\t{plain}")


@keys_group.command("revoke")
@click.argument("key_id", type=int)
@in_app
def revoke(key_id: int) -> None:
    """Take a key back."""
    with transaction():
        staff.revoke_key(key_id, by=SYSTEM, at=clock.now())
    click.echo("revoked")
