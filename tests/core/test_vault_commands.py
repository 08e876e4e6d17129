"""The operators' side of kept files: a rotation that is killed goes on, a backup opens elsewhere, a missing key is said loudly."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from backoffice.cli import vault as commands
from backoffice.cli.main import cli
from backoffice.core import files, vault
from backoffice.core.files import FolderStore
from backoffice.core.settings import settings
from backoffice.supervisor import accounts, postgres
from tests.support import postgres as servers

ROOT = Path(__file__).resolve().parents[2]
MANY = 300


@pytest.fixture
def house(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in production, with a store and keys of its own."""
    here = replace(settings(), demo=False, storage_url=(tmp_path / "files").as_uri(), file_keys=tmp_path / "keys" / "files.json")
    monkeypatch.setattr(files, "settings", lambda: here)
    monkeypatch.setattr(commands, "settings", lambda: here)
    return tmp_path


def backoffice(*words: str) -> Result:
    return CliRunner().invoke(cli, ["files", *words])


def fill(folder: Path) -> dict[str, bytes]:
    """Files of many sizes under the key that seals, and one in clear, as before files were encrypted."""
    store, kept, keys = FolderStore(folder / "files"), {}, vault.keys_in(folder / "keys" / "files.json")
    for number in range(MANY):
        data = random.Random(number).randbytes(number * 997 % 90_000 + 1)
        name = hashlib.sha256(data).hexdigest()
        store.write(name, vault.seal(files._Pieces(iter([data])), name, keys) if number else [data])
        kept[name] = data
    return kept


def opened(folder: Path, name: str) -> tuple[str | None, bytes]:
    """A file as it lies, opened with the keys of this moment."""
    with FolderStore(folder / "files").open(name) as source:
        header = vault.read_header(source)
        if header is None:
            source.seek(0)
            return None, source.read()
        return header.key_id, b"".join(vault.unseal(source, header, name, vault.keys_in(folder / "keys" / "files.json")))


def test_a_rotation_killed_again_and_again_loses_nothing_and_ends(house: Path) -> None:
    old = backoffice("new-key").stdout.strip()
    kept = fill(house)
    new = backoffice("new-key").stdout.strip()
    assert new != old
    for pause in (0.0, 0.005, 0.01, 0.02):
        killed_while_it_works(house, old, pause)
        assert {name: opened(house, name)[1] for name in kept} == kept
    assert under(house, old), "the kills left something to do"
    assert under(house, new), "the kills came after something was done"
    done = backoffice("encrypt")
    assert (done.exit_code, {opened(house, name) for name in kept}) == (0, {(new, data) for data in kept.values()})
    assert "under the present key: 0 files" in backoffice("encrypt").stdout
    assert backoffice("retire-key", old).exit_code == 0
    assert list(vault.keys_in(house / "keys" / "files.json").by_id) == [new]
    checked = backoffice("check")
    assert (checked.exit_code, checked.stdout) == (0, f"checked: {len(kept)} files\n")


ENCRYPT = "from backoffice.core import files\nfor name in files.store().names(): files.reseal(name)"


def killed_while_it_works(folder: Path, old: str, pause: float) -> None:
    """Killed in the middle of it: once it has begun to move files, and before it has moved them all."""
    environment = {**os.environ, "STORAGE_URL": (folder / "files").as_uri(), "FILE_KEYS": str(folder / "keys" / "files.json")}
    before = len(under(folder, old))
    with subprocess.Popen([sys.executable, "-c", ENCRYPT], cwd=ROOT, env=environment) as process:
        end = time.monotonic() + 60
        while process.poll() is None and len(under(folder, old)) == before and time.monotonic() < end:
            time.sleep(0.001)  # until the first file has moved
        time.sleep(pause)  # and a little further, so that the kills fall on different files
        process.send_signal(signal.SIGKILL)


def under(folder: Path, key_id: str) -> list[str]:
    front, store = vault._front(key_id), FolderStore(folder / "files")
    return [name for name in store.names() if _begins(store.path(name), front)]


def _begins(path: Path, front: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(front)) == front


def test_a_key_that_is_needed_stays_and_damage_is_named(house: Path) -> None:
    assert "FILE_KEYS" in backoffice("keys").output
    old = backoffice("new-key").stdout.strip()
    kept = fill(house)
    assert backoffice("retire-key", old).exit_code == 1
    assert backoffice("new-key").exit_code == 0
    refused = backoffice("retire-key", old)
    assert refused.exit_code == 1
    assert f"{MANY - 1} files still lie under this key" in refused.output
    listed = backoffice("keys").stdout
    assert f"{old}\topens\t{MANY - 1} files" in listed
    assert "-\tin clear\t1 files" in listed
    bad = sorted(kept)[7]
    path = FolderStore(house / "files").path(bad)
    path.write_bytes(path.read_bytes()[:-1])
    told = backoffice("check")
    assert told.exit_code == 1
    assert f"FAULT {bad}" in told.output


def test_keys_that_others_may_read_are_a_fault(house: Path) -> None:
    assert "new-key" in commands.standing()
    backoffice("new-key")
    assert commands.standing() == ""
    (house / "keys" / "files.json").chmod(0o644)
    assert "chmod 600" in commands.standing()


STAGE = """
import sys
from pathlib import Path
from backoffice.app import create_app
from backoffice.cli import backups
from backoffice.core import clock, deliveries
deliveries.install = lambda **_: None
with create_app().app_context():
    from backoffice.core.settings import settings
    from backoffice.intake import receipts
    receipts.make_key(settings().keys_folder)
    from tests.builders import Builder
    from tests.conftest import NOON
    with clock.stopped_at(NOON):
        build = Builder()
        letter = build.request(build.paid_case()).letter_sha256
    print(backups.backup(Path(sys.argv[1]) / "whole"))
    print(backups.backup(Path(sys.argv[1]) / "apart", keys_apart=True))
    print(letter)
"""
RESTORE = """
import sys
from pathlib import Path
import click
from backoffice.app import create_app
from backoffice.cli import backups
from backoffice.core import files
with create_app().app_context():
    try:
        backups.restore(Path(sys.argv[1]) / "apart")
    except click.ClickException as refusal:
        print(refusal.message)
    print("kept:", len(list(files.store().names())))
    backups.restore(Path(sys.argv[1]) / "whole")
    print(files.read(sys.argv[2])[:4])
"""


@pytest.fixture
def cluster(_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> servers.Cluster:
    return servers.session_cluster(tmp_path_factory, worker_id)


def elsewhere(cluster: servers.Cluster, folder: Path, name: str) -> dict[str, str]:
    """An installation with a database, a store and keys of its own."""
    cluster.clone("template_tests", name)
    folder.mkdir()
    binaries = postgres.programs(accounts.account_for(folder), folder)
    return {
        **os.environ, "DATABASE_URL": cluster.url(name, "backoffice_app"), "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner"),
        "BACKOFFICE_DATA": str(folder), "STORAGE_URL": (folder / "files").as_uri(), "KEYS_FOLDER": str(folder / "keys"), "POSTGRES_BIN": str(binaries),
    }  # fmt: skip


def run(script: str, environment: dict[str, str], *words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_backup_carries_no_clear_file_and_opens_elsewhere_with_its_keys(cluster: servers.Cluster, tmp_path: Path, worker_id: str) -> None:
    one, other = (elsewhere(cluster, tmp_path / name, f"{name}_{worker_id}") for name in ("backed", "restored"))
    *said, letter = run(STAGE, one, str(tmp_path))
    assert "The keys of the files are in it" in said[1]
    assert said[3].startswith("WARNING: the keys are NOT in this backup")
    assert all(path.read_bytes().startswith(vault.MAGIC) for folder in ("whole", "apart") for path in (tmp_path / folder / "files").iterdir())
    assert not (tmp_path / "apart/keys/files.json").exists()

    key = vault.keys_in(tmp_path / "backed/keys/files.json").current
    vault.write_keys(tmp_path / "restored/keys/files.json", vault.Keys({"its own": os.urandom(32)}))
    refused, kept, begins = run(RESTORE, other, str(tmp_path), letter)
    assert f"sealed under {key}" in refused
    assert "Nothing was changed" in refused
    assert kept == "kept: 0"
    assert begins == repr(b"%PDF")
    assert list(vault.keys_in(tmp_path / "restored/keys/files.json").by_id) == ["its own", key]
    with FolderStore(tmp_path / "restored/files").open(letter) as source:
        header = vault.read_header(source)
    assert header
    assert header.key_id == "its own"
