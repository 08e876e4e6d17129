"""Files by their content."""

import hashlib
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backoffice.core import files
from backoffice.core.files import FileLost
from backoffice.core.settings import settings


def place(name: str) -> Path:
    return files.FolderStore(Path(urlsplit(settings().storage_url).path)).path(name)


def test_bytes_kept_are_read_back_under_their_digest(app):
    name = files.keep(b"une page")
    assert name == hashlib.sha256(b"une page").hexdigest()
    assert files.read(name) == b"une page"


def test_the_same_bytes_are_kept_once(app):
    name = files.keep(b"deux fois")
    written = place(name).stat().st_mtime_ns
    assert files.keep(b"deux fois") == name
    assert place(name).stat().st_mtime_ns == written
    assert [p.name for p in place(name).parent.iterdir()] == [name]


def test_a_file_is_for_the_product_alone(app):
    name = files.keep(b"confidentiel")
    assert stat.S_IMODE(place(name).stat().st_mode) & 0o077 == 0


def test_bytes_altered_or_gone_are_lost_and_never_given(app):
    name = files.keep(b"original")
    place(name).chmod(0o600)
    place(name).write_bytes(b"altered!")
    with pytest.raises(FileLost):
        files.read(name)
    place(name).unlink()
    with pytest.raises(FileLost):
        files.read(name)


@pytest.mark.parametrize("scheme", ["http://example.test/x", "ftp://x", "/var/files"])
def test_another_kind_of_store_is_refused(scheme: str):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        files._store(scheme)
