"""The demonstration, from the console."""

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.settings import settings
from backoffice.demo import setup


@cli.group("demo")
def demo_group() -> None:
    """Fictitious people and cases, for demonstration and load."""


@demo_group.command("init")
@in_app
def init() -> None:
    """Load the demonstration once."""
    if settings().demo_file.exists():
        click.echo("The demonstration is loaded already.")
        return
    _only_in_demonstration()
    setup.initialise(lambda done: click.echo(f"  {done}"))
    click.echo("The demonstration is loaded.")


@demo_group.command("load")
@click.option("--cases", "cases", type=click.IntRange(1, 1_000_000), required=True)
@click.option("--seed", type=int, default=1)
@in_app
def load(cases: int, seed: int) -> None:
    """Make generated cases with their past, in windows of a programme of their own (PRTQ-SEED): the open one stays as it is."""
    _only_in_demonstration()
    setup.load(
        cases,
        seed,
        prefix=f"S{seed}-{cases}-",
        now=clock.now(),
        programme=f"PRTQ-{seed % 100_000_000}",
        progress=lambda done: click.echo(f"  {done}"),
    )
    click.echo("loaded")


def _only_in_demonstration() -> None:
    if not settings().demo:
        raise click.ClickException("fictitious cases only exist in demonstration mode (BACKOFFICE_DEMO=1)")
