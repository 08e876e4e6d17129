"""Kept files, from the console: their keys, bringing all under the present key, and whether all of them are what was kept."""

import stat
import sys
from collections import Counter
from collections.abc import Iterator

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock, files, vault
from backoffice.core.settings import settings

APART = "Keep a copy of {path} apart from the backups: without it no kept file can be read again."


@cli.group("files")
def files_group() -> None:
    """Kept files: keys, encryption, checking."""


@files_group.command("new-key")
@in_app
def new_key() -> None:
    """Make a key; new files are sealed under it at once, the older keys go on opening theirs."""
    click.echo(_new_key())


def _new_key() -> str:
    path = settings().file_keys
    try:
        made = vault.new_key(path, clock.today().isoformat())
    except vault.NoKeys as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(APART.format(path=path), err=True)
    return made


@files_group.command("keys")
@in_app
def list_keys() -> None:
    """Every key by its id, and how many files it opens; never the key itself."""
    keys = _keys()
    counts = Counter(files.lying(name).key_id for name in files.store().names())
    for key_id in dict.fromkeys([*keys.by_id, *(key_id for key_id in counts if key_id)]):
        standing = "seals" if key_id == keys.current else "opens" if key_id in keys.by_id else "MISSING"
        click.echo(f"{key_id}\t{standing}\t{counts[key_id]} files")
    click.echo(f"-\tin clear\t{counts[None]} files")


def _keys() -> vault.Keys:
    try:
        return files.keys()
    except vault.NoKeys as fault:
        raise click.ClickException(str(fault)) from None


@files_group.command("rotate")
@in_app
def rotate() -> None:
    """Make a new key and bring every file under it; if it is stopped, `backoffice files encrypt` goes on."""
    click.echo(f"new key: {_new_key()}")
    _encrypt()


@files_group.command("encrypt")
@in_app
def encrypt() -> None:
    """Bring every file under the key that seals: what lies in clear is encrypted, what lies under an older key gets a new header.

    Safe beside the running product and at any kill: a file is replaced whole or not at all, and the next run goes on.
    """
    _encrypt()


def _encrypt() -> None:
    _keys()
    done, faults = 0, []
    for looked, name in enumerate(_progress(), 1):
        try:
            done += files.reseal(name)
        except files.FileLost as fault:
            faults.append(str(fault))
        if looked % 1000 == 0:
            click.echo(f"{looked} files looked at, {done} brought under the present key", err=True)
    click.echo(f"brought under the present key: {done} files")
    _end(faults)


def _progress() -> Iterator[str]:
    """All files; on a terminal with a bar."""
    if not sys.stderr.isatty():
        yield from files.store().names()
        return
    with click.progressbar(list(files.store().names()), file=sys.stderr) as names:
        yield from names


@files_group.command("check")
@in_app
def check() -> None:
    """Open every file and compare it with its digest; exit 1 and a line for each that does not hold."""
    looked, faults = 0, []
    for name in _progress():
        looked += 1
        try:
            with files.opened(name) as pieces:
                for _piece in pieces:
                    pass
        except (files.FileLost, vault.VaultError) as fault:
            faults.append(str(fault))
    click.echo(f"checked: {looked} files")
    _end(faults)


def _end(faults: list[str]) -> None:
    for fault in faults:
        click.echo(f"FAULT {fault}", err=True)
    sys.exit(1 if faults else 0)


@files_group.command("retire-key")
@click.argument("key_id")
@in_app
def retire_key(key_id: str) -> None:
    """Take an old key out of the file of keys, once no file needs it; backups made before still do."""
    keys = _keys()
    if key_id == keys.current:
        raise click.ClickException("this key seals the new files: `backoffice files rotate` first")
    if key_id not in keys.by_id:
        raise click.ClickException("no key has this id")
    needed = sum(files.lying(name).key_id == key_id for name in files.store().names())
    if needed:
        raise click.ClickException(f"{needed} files still lie under this key: `backoffice files encrypt` first")
    vault.write_keys(settings().file_keys, vault.without(keys, [key_id]))
    click.echo("retired; backups that were made before need it still")


def standing() -> str:
    """What is wrong with the keys; nothing when all is well."""
    path = settings().file_keys
    try:
        files.keys()
    except vault.NoKeys as fault:
        return str(fault)
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{path} may be read by others: chmod 600" if mode & 0o077 else ""
