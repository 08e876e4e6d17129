"""What keeping files encrypted costs: `files.keep` and `files.read` beside the same bytes kept and read in clear.

The floor digests, writes and flushes as a store in clear would; both write to the same disk, in turn. Linear in the size: the
cost is a pass of AES-256-GCM over the bytes.
"""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from backoffice.core import files
from backoffice.core.files import FolderStore

SIZES, ROUNDS = (1, 50), 5


def measure() -> None:
    """One and fifty megabytes, kept and read."""
    print(f"\n{'a file':<34}{'encrypted':>12}{'in clear':>12}{'ratio':>8}   (medians of {ROUNDS} alternating rounds; ms of wall time)")
    with tempfile.TemporaryDirectory(prefix="bench-vault-") as folder:
        store, clear = FolderStore(Path(folder) / "sealed"), FolderStore(Path(folder) / "clear")
        wanted, files.store = files.store, lambda: store
        try:
            for size in SIZES:
                _pair(size, clear)
        finally:
            files.store = wanted


def _pair(size: int, clear: FolderStore) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ("keep", "keep, in clear", "read", "read, in clear")}
    for _ in range(ROUNDS):
        data = os.urandom(size * 1_000_000)
        name = hashlib.sha256(data).hexdigest()
        taken["keep"].append(_timed(partial(files.keep, data)))
        taken["keep, in clear"].append(_timed(partial(_keep, clear, data)))
        taken["read"].append(_timed(partial(files.read, name)))
        taken["read, in clear"].append(_timed(partial(_read, clear, name)))
        clear.path(name).unlink()
    for what in ("keep", "read"):
        mine, least = (statistics.median(taken[one]) for one in (what, f"{what}, in clear"))
        print(f"{f'{what}, {size} MB':<34}{mine:>12.1f}{least:>12.1f}{mine / least:>7.1f}x")


def _keep(clear: FolderStore, data: bytes) -> None:
    clear.write(hashlib.sha256(data).hexdigest(), [data])


def _read(clear: FolderStore, name: str) -> None:
    with clear.open(name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == name


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    measure()
