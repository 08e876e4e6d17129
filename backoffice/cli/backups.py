"""Backup and restore: the database as PostgreSQL dumps it, then every file it names, checked by digest."""

import os
import subprocess
from pathlib import Path

import click
from sqlalchemy import ColumnElement, create_engine, make_url, select, text, union

from backoffice.cli.facts import BackupMade
from backoffice.core import clock, events, files
from backoffice.core.actors import SYSTEM
from backoffice.core.db import Base, db, transaction
from backoffice.core.events import Subject
from backoffice.core.settings import settings

NOT_FILES = frozenset(
    {
        "api_key.key_sha256", "backlog_file.content_sha256", "backlog_import.file_sha256", "backlog_line.raw_sha256", "draw.list_sha256",
        "kept_arrival.sha256", "mass_act.list_sha256", "message.content_sha256", "receipt.content_sha256", "refused_arrival.content_sha256",
        "submission.content_sha256", "submission_message.content_sha256", "upload.sha256",
    }
)  # fmt: skip
"""Digests of something else than a file of the store; every other column whose name ends with `sha256` names a file."""

IN_FACTS = (("mailroom.opening.PhotoKept", "sha256"),)
"""Facts that alone name a file: the photo of an envelope as it came."""


def columns_of_files() -> list[ColumnElement[str]]:
    """Every column that names a file of the store: whoever adds one is found here, or says that it is none."""
    columns = (column for table in Base.metadata.tables.values() for column in table.columns)
    return [column for column in columns if column.name.endswith("sha256") and f"{column.table.name}.{column.name}" not in NOT_FILES]


def named_files() -> list[str]:
    """The digests of all files that the database names."""
    rows = [select(column.label("sha256")).where(column.is_not(None)) for column in columns_of_files()]
    rows += [select(events.EventRow.data[name].astext.label("sha256")).where(events.EventRow.kind == kind) for kind, name in IN_FACTS]
    return sorted(name for name in db.session.scalars(union(*rows)) if name)


def backup(folder: Path) -> str:
    """The dump first: files are only ever added, so those it names are all there afterwards."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty: choose another folder")
    dump = folder / "database.dump"
    dump.touch(mode=0o600)
    _postgres("pg_dump", "--format=custom", f"--file={dump}")
    kept = folder / "files"
    kept.mkdir(mode=0o700)
    names = named_files()
    for name in names:
        (kept / name).write_bytes(files.read(name))
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    for key in settings().keys_folder.glob("receipt-*.json"):
        _keep_secret(keys / key.name, key.read_bytes())
    with transaction():
        events.record(Subject("console", "backup"), BackupMade(len(names)), by=SYSTEM, at=clock.now())
    return f"{folder}: database, {len(names)} files"


def restore(folder: Path) -> str:
    """Into an empty database only: what is there is never overwritten."""
    engine = create_engine(settings().database_owner_url)
    with engine.connect() as connection:
        filled = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        occupied = filled and connection.scalar(text("SELECT count(*) FROM event"))
    engine.dispose()
    if occupied:
        raise click.ClickException("the database is not empty: restore into a new one")
    names = list((folder / "files").iterdir())
    for path in names:
        if files.keep(path.read_bytes()) != path.name:
            raise click.ClickException(f"{path.name} is not what was backed up")
    settings().keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for key in (folder / "keys").glob("receipt-*.json"):
        _keep_secret(settings().keys_folder / key.name, key.read_bytes())
    _postgres("pg_restore", "--clean", "--if-exists", "--exit-on-error", "--single-transaction", str(folder / "database.dump"))
    return f"{folder}: database, {len(names)} files restored"


def _keep_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)


def _postgres(program: str, *arguments: str) -> None:
    """PostgreSQL's own program, from the embedded server where there is one."""
    folder = settings().postgres_bin
    url = make_url(settings().database_owner_url)
    host = str(url.query.get("host") or url.host or "")
    environment = {
        **os.environ, "PGHOST": host, "PGUSER": url.username or "", "PGPASSWORD": url.password or "",
        "PGPORT": str(url.port or 5432), "PGDATABASE": url.database or "",
    }  # fmt: skip
    command = [str(Path(folder) / program) if folder else program]
    target = [f"--dbname={url.database}"] if program == "pg_restore" else []
    done = subprocess.run([*command, *target, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own program
    if done.returncode:
        raise click.ClickException(f"{program}: {done.stderr.strip()[-500:]}")
