"""Files lie sealed: whatever is altered, moved, cut off or exchanged in the store is refused, and a new key changes no byte of a file."""

import hashlib
import os
import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.core import files, vault
from backoffice.core import settings as product
from backoffice.core.files import FileLost
from backoffice.core.vault import CHUNK, KeyMissing, Keys, NoKeys, VaultError

OLD, NEW = os.urandom(32), os.urandom(32)
KEYS = Keys({"old": OLD})
BOTH = Keys({"new": NEW, "old": OLD})
ALTERED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sealed(data: bytes, name: str = "n", keys: Keys = KEYS) -> bytes:
    return b"".join(vault.seal(BytesIO(data), name, keys))


def unsealed(stored: bytes, name: str = "n", keys: Keys = KEYS) -> bytes:
    source = BytesIO(stored)
    header = vault.read_header(source)
    assert header is not None
    return b"".join(vault.unseal(source, header, name, keys))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_is_sealed_opens_and_says_nothing_to_others(size: int) -> None:
    data = os.urandom(size)
    stored = sealed(data)
    assert unsealed(stored) == data
    assert size < 16 or data[:16] not in stored
    assert stored != sealed(data)  # a key of its own each time


def test_a_source_that_gives_little_at_a_time_seals_the_same() -> None:
    class Trickle(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1000))

    data = os.urandom(2 * CHUNK + 5)
    assert unsealed(b"".join(vault.seal(Trickle(data), "n", KEYS))) == data
    source = Trickle(sealed(data))
    header = vault.read_header(source)
    assert header
    assert b"".join(vault.unseal(source, header, "n", KEYS)) == data


@ALTERED
@given(size=st.sampled_from([0, 1, 100, CHUNK, CHUNK + 1, 2 * CHUNK]), where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_any_byte_altered_is_refused(app: Flask, size: int, where: float, flip: int) -> None:
    data = hashlib.shake_256(str(size).encode()).digest(size)
    path = place(name := files.keep(data))
    whole = path.read_bytes()
    at = int(where * len(whole))
    try:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
        with pytest.raises(FileLost):
            files.read(name)
    finally:
        path.write_bytes(whole)
    assert files.read(name) == data


@ALTERED
@given(cut=st.floats(0, 1, exclude_max=True), more=st.binary(max_size=40))
def test_a_file_cut_off_or_continued_is_refused(cut: float, more: bytes) -> None:
    whole = sealed(b"abc" * CHUNK)
    front = whole[: int(cut * len(whole))] + more
    if front != whole and vault.is_sealed(front):
        with pytest.raises(VaultError):
            unsealed(front)
    with pytest.raises(VaultError):
        unsealed(whole + more + b"x")


def test_pieces_in_another_order_or_of_another_file_are_refused() -> None:
    header = len(vault.MAGIC) + 1 + len("old") + vault.NONCE + vault.KEY + vault.TAG
    piece = CHUNK + vault.TAG
    one, other = sealed(os.urandom(3 * CHUNK)), sealed(os.urandom(3 * CHUNK))
    first, second = one[header : header + piece], one[header + piece : header + 2 * piece]
    for wrong in (
        one[:header] + second + first + one[header + 2 * piece :],
        one[:header] + first + first + one[header + 2 * piece :],
        one[: header + piece] + other[header + piece :],
        one[:header] + other[header:],
        one[: header + 2 * piece],  # cut exactly between two pieces
    ):
        with pytest.raises(VaultError):
            unsealed(wrong)


def test_a_file_under_the_name_of_another_is_refused(app: Flask) -> None:
    one, other = files.keep(b"le dossier de Mme A"), files.keep(b"le dossier de M. B")
    place(one).write_bytes(place(other).read_bytes())
    with pytest.raises(FileLost):
        files.read(one)
    place(one).unlink()


def test_a_new_key_changes_the_header_and_no_piece() -> None:
    data = os.urandom(2 * CHUNK)
    before = sealed(data)
    source = BytesIO(before)
    header = vault.read_header(source)
    assert header is not None
    after = b"".join(vault.rewrap(source, header, "n", BOTH))
    assert after[-2 * CHUNK :] == before[-2 * CHUNK :]
    assert unsealed(after, keys=Keys({"new": NEW})) == data
    with pytest.raises(KeyMissing, match="old"):
        unsealed(before, keys=Keys({"new": NEW}))


def test_the_file_of_keys_is_its_owners_alone_and_older_keys_stay(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "files.json"
    assert vault.first_key(path, "2016-06-13")
    assert not vault.first_key(path, "2016-06-14")
    first = vault.keys_in(path).current
    second = vault.new_key(path, "2016-06-13")
    assert second.startswith("2016-06-13-")
    assert list(vault.keys_in(path).by_id) == [second, first]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["files.json"]


@pytest.mark.parametrize(
    "content", [None, "", "{}", '{"keys": []}', '{"keys": [{"id": "a", "key": "c2hvcnQ="}]}', '{"keys": [{"id": "é", "key": "%"}]}']
)
def test_nothing_is_kept_in_clear_for_want_of_a_key(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "files.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NoKeys, match="FILE_KEYS"):
        vault.keys_in(path)


# In the store


def place(name: str) -> Path:
    return files.FolderStore(Path(urlsplit(product.settings().storage_url).path)).path(name)


def clear(data: bytes) -> str:
    """A file as it was kept before files were sealed."""
    name = hashlib.sha256(data).hexdigest()
    place(name).parent.mkdir(parents=True, exist_ok=True)
    place(name).write_bytes(data)
    return name


def test_what_is_kept_lies_sealed_and_little_is_held(app: Flask, tmp_path: Path) -> None:
    name = files.keep(b"le passeport de Mme A" * 100)
    assert b"passeport" not in place(name).read_bytes()
    path = tmp_path / "large"
    path.write_bytes(b"page " * 100_000)
    name = files.keep_file(path)
    files.fetch(name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == path.read_bytes()
    assert b"page page" not in place(name).read_bytes()


def test_what_was_kept_before_is_read_and_sealed_by_the_command(app: Flask) -> None:
    name = clear(b"d'avant le chiffrement" * 9999)
    assert files.read(name) == b"d'avant le chiffrement" * 9999
    assert files.lying(name).key_id is None
    assert files.reseal(name)
    assert files.lying(name).key_id == files.keys().current
    assert files.read(name) == b"d'avant le chiffrement" * 9999
    assert not files.reseal(name)


def test_what_was_altered_in_clear_is_not_sealed_under_its_name(app: Flask) -> None:
    name = clear(b"un original en clair")
    place(name).write_bytes(b"un faux!")
    with pytest.raises(FileLost):
        files.reseal(name)
    assert place(name).read_bytes() == b"un faux!"
    place(name).unlink()


def test_a_file_half_fetched_is_not_left_there(app: Flask, tmp_path: Path) -> None:
    name = files.keep(os.urandom(3 * CHUNK))
    place(name).write_bytes(place(name).read_bytes()[:-5])
    with pytest.raises(FileLost):
        files.fetch(name, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    place(name).unlink()


def test_a_lost_key_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    name = files.keep(b"sous une cle perdue")
    held = files.keys()
    monkeypatch.setattr(files, "keys", lambda: Keys({"other": NEW}))
    with pytest.raises(FileLost, match=held.current):
        files.read(name)


def test_without_keys_production_keeps_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    elsewhere = replace(product.settings(), demo=False, file_keys=tmp_path / "none.json")
    monkeypatch.setattr(files, "settings", lambda: elsewhere)
    with pytest.raises(NoKeys, match="new-key"):
        files.keep(b"jamais en clair, quoi qu'il arrive")
    with pytest.raises(NoKeys):
        files.reachable()
    assert not (tmp_path / "none.json").exists()


LARGE = """
import resource, sys, tempfile
from pathlib import Path
from backoffice.core import files
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
path = Path(sys.argv[1]) / "large"
with path.open("wb") as out:
    for number in range(200): out.write(bytes([number]) * 1_000_000)
files.keys(); before = peak()
name = files.keep_file(path); path.unlink()
files.fetch(name, path)
files.reseal(name)
assert path.stat().st_size == 200_000_000
print(peak() - before)
"""


def test_a_file_of_200_mb_is_kept_and_fetched_in_little_memory(app: Flask, tmp_path: Path) -> None:
    environment = {**os.environ, "BACKOFFICE_DATA": str(tmp_path), "STORAGE_URL": (tmp_path / "files").as_uri(), "KEYS_FOLDER": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LARGE, str(tmp_path)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 20_000, "kilobytes of memory beyond what the program itself takes"
