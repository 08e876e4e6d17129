"""The antivirus' own words: a small clamd of ours that speaks its protocol, and the real one where it is installed."""

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.core import antivirus

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
MARK = b"backoffice-" + b"test-signature"  # our own: no real malware is near the tests
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd(threading.Thread):
    """Speaks INSTREAM and VERSION, finds our mark, and keeps what it was sent."""

    def __init__(self, limit: int = 10_000_000, answer: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.limit, self.answer, self.seen = limit, answer, b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                connection.sendall(self.speak(stream) + b"\x00")

    def speak(self, stream: object) -> bytes:
        command = b""
        while not command.endswith(b"\x00"):
            command += stream.read(1)  # type: ignore[attr-defined]
        if command == b"zVERSION\x00":
            return b"FakeAV 1/1/today"
        assert command == b"zINSTREAM\x00"
        self.seen = b""
        while size := struct.unpack("!L", stream.read(4))[0]:  # type: ignore[attr-defined]
            self.seen += stream.read(size)  # type: ignore[attr-defined]
            if len(self.seen) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        return self.answer or (b"stream: Essai.Marque FOUND" if MARK in self.seen else b"stream: OK")

    def stop(self) -> None:
        self.server.close()


@pytest.fixture
def fake() -> Iterator[FakeClamd]:
    server = FakeClamd()
    yield server
    server.stop()


def file(folder: Path, content: bytes) -> Path:
    (folder / "received").write_bytes(content)
    return folder / "received"


def test_a_clean_file_is_sent_whole_and_passes(fake: FakeClamd, tmp_path: Path):
    content = bytes(range(256)) * 4096
    assert antivirus.scan(file(tmp_path, content), fake.address).clean
    assert fake.seen == content


def test_an_empty_file_passes(fake: FakeClamd, tmp_path: Path):
    assert antivirus.scan(file(tmp_path, b""), fake.address).clean


def test_the_name_of_the_signature_is_told(fake: FakeClamd, tmp_path: Path):
    assert antivirus.scan(file(tmp_path, b"x" * 300_000 + MARK), fake.address) == antivirus.Verdict("Essai.Marque")


def test_its_version_is_told(fake: FakeClamd):
    assert antivirus.version(fake.address) == "FakeAV 1/1/today"


@pytest.mark.parametrize("answer", [b"stream: Can't allocate memory ERROR", b"INSTREAM: UNKNOWN COMMAND", b"nonsense", b"stream: OK FOUND ERROR"])
def test_an_antivirus_that_did_not_scan_is_no_pass(tmp_path: Path, answer: bytes):
    server = FakeClamd(answer=answer)
    with pytest.raises(antivirus.Unreachable):
        antivirus.scan(file(tmp_path, b"x"), server.address)
    server.stop()


def test_a_file_too_large_for_the_antivirus_is_no_pass(tmp_path: Path):
    server = FakeClamd(limit=100_000)
    with pytest.raises(antivirus.Unreachable):
        antivirus.scan(file(tmp_path, b"x" * 20_000_000), server.address)
    server.stop()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.ctl", "unix:/nowhere/clamd.ctl", "nonsense"])
def test_nobody_there_is_no_pass(tmp_path: Path, address: str):
    with pytest.raises(antivirus.Unreachable):
        antivirus.scan(file(tmp_path, b"x"), address)


def hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


def test_an_antivirus_that_hangs_up_is_no_pass(tmp_path: Path):
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=hang_up, args=(server,), daemon=True).start()
    with pytest.raises(antivirus.Unreachable):
        antivirus.scan(file(tmp_path, b"x" * 5_000_000), f"127.0.0.1:{server.getsockname()[1]}")
    server.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A clamd of ours with two signatures: our mark, and the industry's harmless test string."""
    if CLAMD is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon): its client is proven against a small clamd of ours only")
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    folder.parent.chmod(0o755)
    (folder / "db").mkdir(mode=0o755)
    (folder / "db" / "ours.ndb").write_text(f"Essai.Marque:0:*:{MARK.hex()}\nEssai.Eicar:0:*:{EICAR[:40].hex()}\n")
    lines = ["Foreground yes", f"DatabaseDirectory {folder}/db", f"LocalSocket {folder}/clamd.sock", f"LogFile {folder}/log", "User root"]
    (folder / "clamd.conf").write_text("\n".join(lines if _is_root() else lines[:-1]) + "\n")
    with subprocess.Popen([CLAMD, f"--config-file={folder}/clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert _answers(f"{folder}/clamd.sock"), (folder / "log").read_text()
            yield f"{folder}/clamd.sock"
        finally:
            process.terminate()


def _is_root() -> bool:
    return os.geteuid() == 0


def _answers(address: str, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return bool(antivirus.version(address))
        except antivirus.Unreachable:
            time.sleep(0.05)
    return False


def test_the_real_one_finds_a_signature_of_ours_however_it_is_wrapped(real: str, tmp_path: Path):
    assert antivirus.scan(file(tmp_path, b"%PDF-1.4\n" + MARK + b"\n"), real).signature == "Essai.Marque.UNOFFICIAL"
    assert antivirus.scan(file(tmp_path, EICAR), real).signature == "Essai.Eicar.UNOFFICIAL"
    (tmp_path / "inside").write_bytes(MARK)
    zipped = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "inside"))
    assert antivirus.scan(zipped, real).signature == "Essai.Marque.UNOFFICIAL"


def test_the_real_one_lets_a_clean_file_pass_and_tells_its_version(real: str, tmp_path: Path):
    assert antivirus.scan(file(tmp_path, b"%PDF-1.4 nothing to see"), real).clean
    assert antivirus.version(real).startswith("ClamAV")


def test_the_real_ones_own_limit_is_no_pass(real: str, tmp_path: Path):
    big = tmp_path / "big"
    with big.open("wb") as out:
        out.truncate(101 * 1024 * 1024)  # clamd's StreamMaxLength is 100 MB unless it is set
    with pytest.raises(antivirus.Unreachable):
        antivirus.scan(big, real)
