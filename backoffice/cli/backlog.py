"""Files of other systems, taken over from the console (docs/backlog.md)."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import click
from flask_babel import force_locale

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM, Actor
from backoffice.intake.backlog import importing, words
from backoffice.intake.backlog.values import Outcome, Result, Tally
from backoffice.staff import queries as staff_queries
from backoffice.staff.permissions import Permission

SHOWN = 20
"""Lines in error that the console itself shows; the report has them all."""

SAID = {
    Outcome.NEW: "new", Outcome.SUSPECTED: "new, and a person must look (possible duplicate)", Outcome.KNOWN: "already there",
    Outcome.DIFFERING: "there with another content, left for a person", Outcome.REFUSED: "refused",
}  # fmt: skip


@cli.group("backlog")
def backlog_group() -> None:
    """Files received before 2016 and by other systems."""


class ReportFile:
    """The report: one line for each line of the file, its outcome, its case, and all that is to be said of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            self._file.close()

    def begin(self) -> None:
        """An empty report, readable by its owner alone: what stood in a line may be personal."""
        if self._file:
            self._file.close()
        self.shown = 0
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._file.write("line;number;outcome;case;remarks\r\n")

    def add(self, results: list[Result]) -> None:
        """Some more lines."""
        assert self._file is not None
        csv.writer(self._file, delimiter=";").writerows(
            (r.checked.raw.line, _cell(r.checked.number), r.outcome.value, r.case_number or "", _cell(_remarks(r)) if r.faults else "")
            for r in results
        )
        for result in results:
            if result.faults and self.shown < SHOWN:
                self.shown += 1
                click.echo(f"line {result.checked.raw.line}: {SAID[result.outcome]}: {_remarks(result)}", err=True)


def _remarks(result: Result) -> str:
    return "; ".join(words.sentence(fault) for fault in result.faults)


def _cell(text: str | None) -> str:
    """What stood in a foreign file is never a formula in a spreadsheet."""
    bare = text or ""
    return f"'{bare}" if bare[:1] in {"=", "+", "-", "@", "\t"} else bare


@backlog_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), help="Else by the file's name and first character.")
@click.option("--source", help="The system that the file comes from; else the file's name. Its numbers are kept under it.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each line, and change nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Take nothing if one line is refused or differs.")
@click.option("--by", "by_email", help="E-mail of the supervisor to whom the lines that wait will belong.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where the report goes; else FILE.report.csv here.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", help="Of the remarks.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@in_app
def import_file(
    file: Path, kind: str | None, source: str | None, dry_run: bool, all_or_nothing: bool, by_email: str | None,  # noqa: FBT001 - flags
    report: Path | None, language: str, as_json: bool,  # noqa: FBT001 - a flag
) -> None:  # fmt: skip
    """Take FILE over (CSV or JSON): each line becomes a case with its own legal day. Twice changes nothing; exit code 1 if a line was refused."""
    with force_locale(language), ReportFile(report or Path(f"{file.name}.report.csv")) as told:
        by, account_id = _signer(by_email)
        asked = importing.order(file, source, kind, by=by, account_id=account_id)
        import_id = None
        if dry_run:
            tally = importing.rehearse(asked, told, at=clock.now())
        elif all_or_nothing:
            tally, run = importing.take_all_or_nothing(asked, told, at=clock.now())
            import_id = run.import_id if run else None
        else:
            run = importing.take_over(asked, told, at=clock.now())
            tally, import_id = run.tally, run.import_id
        _say(tally, asked.source, import_id, told.path, dry_run=dry_run, as_json=as_json)
    if tally.counts[Outcome.REFUSED] or (all_or_nothing and tally.counts[Outcome.DIFFERING]):
        raise SystemExit(1)


def _signer(email: str | None) -> tuple[Actor, int | None]:
    if email is None:
        return SYSTEM, None
    account = staff_queries.account_by_email(email)
    if account is None or not account.may(Permission.ASSIGN_CASE):
        raise click.ClickException(f"{email} is not a supervisor's account")
    return account.actor, account.id


def _say(tally: Tally, source: str, import_id: int | None, report: Path, *, dry_run: bool, as_json: bool) -> None:
    counts: Mapping[str, int] = {one.value: tally.counts[one] for one in Outcome}
    if as_json:
        said = {"source": source, "import": import_id, "dry_run": dry_run, "lines": tally.lines, **counts, "report": str(report)}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    head = f"{source}, dry run" if dry_run else f"{source}, import {import_id}" if import_id else f"{source}, nothing changed"
    click.echo(f"{head}: {tally.lines} lines")
    for one in Outcome:
        click.echo(f"  {tally.counts[one]:>8} {SAID[one]}")
    click.echo(f"  report: {report}")
