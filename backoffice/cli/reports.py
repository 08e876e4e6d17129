"""The public report of a window, from the console."""

from pathlib import Path

import click
from flask import current_app
from flask_babel import force_locale

from backoffice.cli.main import in_app
from backoffice.cli.windows import window_group
from backoffice.core import clock
from backoffice.desk.report import document
from backoffice.quota import queries

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@window_group.command("report")
@click.argument("code")
@click.option("--pdf", "pdf_file", type=FILE, help="Write it as a tagged PDF.")
@click.option("--html", "html_file", type=FILE, help="Write it as one HTML file.")
@click.option("--lang", "language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@in_app
def report(code: str, pdf_file: Path | None, html_file: Path | None, language: str) -> None:
    """Write the public report of a window: its counts, its cut-off, its digests, and how to verify them. It names nobody."""
    if pdf_file is None and html_file is None:
        raise click.UsageError("say where: --pdf FILE, --html FILE, or both")
    with current_app.test_request_context(), force_locale(language):
        made = document.report(queries.window(code), at=clock.now())
        if html_file is not None:
            html_file.write_text(document.html(made), "utf-8")
        if pdf_file is not None:
            pdf_file.write_bytes(document.pdf(made))
    for file in (html_file, pdf_file):
        if file is not None:
            click.echo(f"{file}: {made.total} arrivals, {made.taken} places taken, the ledger holds: {made.last}")
