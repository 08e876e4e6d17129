"""Backup and restore: the database as PostgreSQL dumps it, then every file it names, encrypted as it lies and checked by digest.

The keys of the files go with the backup unless they are asked to stay apart: then they must be kept elsewhere, and put in
place before the files can be restored.
"""

import os
import subprocess
from pathlib import Path

import click
from sqlalchemy import ColumnElement, create_engine, make_url, select, text, union

from backoffice.cli.facts import BackupMade
from backoffice.core import clock, events, files, vault
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


FILE_KEYS = "files.json"


def backup(folder: Path, *, keys_apart: bool = False) -> str:
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
    needed = {files.copy_sealed(name, kept / name) for name in names} - {None}
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    for key in settings().keys_folder.glob("receipt-*.json"):
        _keep_secret(keys / key.name, key.read_bytes())
    if not keys_apart:
        _keep_secret(keys / FILE_KEYS, settings().file_keys.read_bytes())
    with transaction():
        events.record(Subject("console", "backup"), BackupMade(len(names)), by=SYSTEM, at=clock.now())
    return f"{folder}: database, {len(names)} files\n{_said_of_keys(sorted(map(str, needed)), apart=keys_apart)}"


def _said_of_keys(needed: list[str], *, apart: bool) -> str:
    """Where the keys are: the one thing that must not be found out on the day of a restoration."""
    if apart:
        return (
            f"WARNING: the keys are NOT in this backup. Its files open only with the keys {', '.join(needed) or '(none)'} of "
            f"{settings().file_keys}: keep a copy of that file elsewhere, or nothing of it can be restored."
        )
    return "The keys of the files are in it: whoever holds this backup reads everything. `--keys-apart` leaves them out."


def restore(folder: Path) -> str:
    """Into an empty database only: what is there is never overwritten."""
    engine = create_engine(settings().database_owner_url)
    with engine.connect() as connection:
        filled = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        occupied = filled and connection.scalar(text("SELECT count(*) FROM event"))
    engine.dispose()
    if occupied:
        raise click.ClickException("the database is not empty: restore into a new one")
    settings().keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = list((folder / "files").iterdir())
    _bring_keys(folder / "keys" / FILE_KEYS)
    _demand_keys(names)
    for path in names:
        try:
            files.keep_sealed(path, path.name)
        except (files.FileLost, vault.VaultError) as fault:
            raise click.ClickException(f"{path.name} is not what was backed up: {fault}") from None
    for key in (folder / "keys").glob("receipt-*.json"):
        _keep_secret(settings().keys_folder / key.name, key.read_bytes())
    _postgres("pg_restore", "--clean", "--if-exists", "--exit-on-error", "--single-transaction", str(folder / "database.dump"))
    return f"{folder}: database, {len(names)} files restored"


def _bring_keys(brought: Path) -> None:
    """The keys of the backup beside those that are here; the one that seals here stays the one that seals."""
    ours = settings().file_keys
    if not brought.exists():
        return
    known = vault.keys_in(ours).by_id if ours.exists() else {}
    vault.write_keys(ours, vault.Keys({**known, **{key_id: key for key_id, key in vault.keys_in(brought).by_id.items() if key_id not in known}}))


def _demand_keys(names: list[Path]) -> None:
    """Before anything is written: every key that the files were sealed under must be here."""
    needed = set()
    for path in names:
        with path.open("rb") as file:
            header = vault.read_header(file)
        needed |= {header.key_id} if header else set()
    try:
        missing = needed - set(files.keys().by_id)
    except vault.NoKeys as fault:
        raise click.ClickException(str(fault)) from None
    if missing:
        raise click.ClickException(
            f"the files of this backup are sealed under {', '.join(sorted(missing))}, and {settings().file_keys} does not have it: "
            "put the file of keys there that was kept apart, then restore again. Nothing was changed."
        )


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
