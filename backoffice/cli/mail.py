"""Messages from a console: bounces from the mail server's pipe, notifications now, and the proof of a delivery."""

import sys
from pathlib import Path
from uuid import UUID

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mail.delivery import bouncing, evidence, reports, sending


@cli.group("mail")
def mail_group() -> None:
    """Messages: bounces, notifications, evidence."""


@mail_group.command("bounce")
@in_app
def bounce() -> None:
    """Keep a returned mail given on standard input (for the mail server's pipe); fails when it could not be kept, so that it is given again."""
    raw = sys.stdin.buffer.read(reports.LIMIT)
    if not raw.strip():
        raise click.ClickException("nothing came on standard input")
    with transaction():
        matched = bouncing.receive(raw, at=clock.now())
    click.echo(f"kept: matched by {matched.value}")


@mail_group.command("send")
@in_app
def send() -> None:
    """Send the notifications that are due, now."""
    click.echo(f"{sending.send_due()} left")


@mail_group.command("evidence")
@click.argument("what", metavar="MESSAGE_ID|verify")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@in_app
def evidence_pack(what: str, file: Path) -> None:
    """Write the signed proof of a message's delivery (C-1.1 s. 31) to a file; or `verify` one, every byte of it."""
    if what == "verify":
        _verify(file)
        return
    try:
        message_id = UUID(what)
    except ValueError:
        raise click.ClickException(f"{what} is no message: give its identifier, or the word verify") from None
    data = evidence.pack(message_id, at=clock.now())
    file.write_bytes(data)
    click.echo(f"{file}\t{len(data)} bytes")


def _verify(file: Path) -> None:
    try:
        verdict = evidence.verify(file.read_bytes())
    except OSError as fault:
        raise click.ClickException(str(fault)) from None
    if not verdict.holds:
        raise click.ClickException("; ".join(verdict.faults))
    click.echo("holds: every byte is what was signed")
