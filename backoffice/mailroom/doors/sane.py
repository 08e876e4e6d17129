"""SANE: a scanner of this computer, through `scanimage`.

The program writes each page into a folder of the job under a name of its own once the page is whole; pages are taken from
there as they appear. It outlives a worker that is killed: the next worker finds the pages and the program's words there.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from backoffice.core.settings import settings
from backoffice.mailroom.doors.speaking import Page, ScannerFault, Task
from backoffice.mailroom.doors.values import MOST_PAGE_BYTES, MOST_PAGES, Abilities, Colour, Fault, Source, Wanted

PROGRAM = "scanimage"
LOOK_SECONDS = 30.0
PAGE_SECONDS = 120.0
PAUSE_SECONDS = 0.2
STOP_SECONDS = 5.0
RESOLUTIONS = (150, 200, 300, 400, 600)

_DEVICE = re.compile(r"[A-Za-z0-9_][\w.:+/@\[\]=, -]{0,199}", re.ASCII)
_OPTION = re.compile(r"^    (?P<name>--[\w-]+)(?:\[=\((?P<yes>[^)]*)\)\])? ?(?P<values>.*?)(?: \[(?P<now>.*)\])?$")
_PAGE = re.compile(r"p(\d{4,6})\.(jpg|png)")
_BACK = re.compile(r"duplex|both|double|two.?sided|recto.?verso|back", re.IGNORECASE)
_DUPLEX = re.compile(r"duplex|both|double|two.?sided|recto.?verso", re.IGNORECASE)
_FEEDER = re.compile(r"adf|feeder|document", re.IGNORECASE)
_FLATBED = re.compile(r"flatbed|platen|glass|normal", re.IGNORECASE)
_COLOURS = {
    Colour.COLOUR: re.compile(r"colou?r", re.IGNORECASE), Colour.GREY: re.compile(r"gr[ae]y", re.IGNORECASE),
    Colour.LINEART: re.compile(r"lineart|binary|black|mono", re.IGNORECASE),
}  # fmt: skip
_WORDS = (
    ("feeder jammed", Fault.JAM), ("cover is open", Fault.COVER), ("device busy", Fault.BUSY), ("busy", Fault.BUSY), ("access to resource", Fault.REFUSED),
    ("open of device", Fault.OFFLINE), ("i/o error", Fault.OFFLINE), ("error during device i/o", Fault.OFFLINE), ("invalid argument", Fault.REFUSED),
    ("not supported", Fault.REFUSED), ("unrecognized option", Fault.REFUSED), ("setting of option", Fault.REFUSED), ("out of memory", Fault.STRANGE),
)  # fmt: skip
_EMPTY = "out of documents"


def is_device(name: str) -> bool:
    """Whether this is a device's name and nothing that a program could take for an option."""
    return bool(_DEVICE.fullmatch(name))


def abilities(device: str) -> Abilities:
    """What a device can do: `scanimage -A` lists its options, under names that differ from one maker to the next."""
    try:
        asked = [_program(), "-d", device, "-A"]
        said = subprocess.run(asked, capture_output=True, timeout=LOOK_SECONDS, check=False, env=_environment())  # noqa: S603 - no shell; the device's name was checked
    except subprocess.TimeoutExpired as fault:
        raise ScannerFault(Fault.SLOW) from fault
    if said.returncode:
        raise ScannerFault(fault_in(said.stderr.decode("utf-8", "replace")) or Fault.OFFLINE)
    return read_abilities(said.stdout.decode("utf-8", "replace"))


def read_abilities(listing: str) -> Abilities:
    """The options of a device in our own words, and how each is asked for."""
    options = {found["name"]: found for line in listing.splitlines() if (found := _OPTION.match(line)) and found["now"] != "inactive"}
    names = _sources(options) | _colours(options)
    sources = tuple(source for source in Source if source.value in names)
    colours = tuple(colour for colour in Colour if colour.value in names)
    model = next((line.split("`", 1)[1].rstrip("':") for line in listing.splitlines() if line.startswith("All options specific to device `")), "")
    resolution = options.get("--resolution")
    return Abilities(model, "", sources, _resolutions(resolution["values"]) if resolution else (), colours, names)


def _sources(options: dict[str, re.Match[str]]) -> dict[str, str]:
    """How each source is asked for; a machine without that option has a feeder alone."""
    if "--source" not in options:
        names = {Source.FEEDER.value: ""}
    else:
        values = options["--source"]["values"].split("|")
        feeders = [value for value in values if _FEEDER.search(value) and not _BACK.search(value)]
        both = [value for value in values if _DUPLEX.search(value)]
        flat = [value for value in values if _FLATBED.search(value) and not _FEEDER.search(value)]
        wanted = ((Source.FEEDER, feeders), (Source.DUPLEX, both), (Source.FLATBED, flat))
        names = {source.value: f"--source={found[0]}" for source, found in wanted if found}
    feeder = names.get(Source.FEEDER.value)
    if feeder is not None and Source.DUPLEX.value not in names:
        if "--adf-mode" in options and "Duplex" in options["--adf-mode"]["values"]:
            names[Source.DUPLEX.value] = f"{feeder}\n--adf-mode=Duplex".strip()
        elif "--duplex" in options:
            names[Source.DUPLEX.value] = f"{feeder}\n--duplex=yes".strip()
    return names


def _colours(options: dict[str, re.Match[str]]) -> dict[str, str]:
    values = options["--mode"]["values"].split("|") if "--mode" in options else []
    values = sorted(values, key=lambda value: "[" in value)  # a plain mode before a treated one: « True Gray », « Gray[Error Diffusion] »
    found = {colour: next((value for value in values if pattern.search(value)), None) for colour, pattern in _COLOURS.items()}
    return {colour.value: f"--mode={value}" for colour, value in found.items() if value}


def _resolutions(values: str) -> tuple[int, ...]:
    if found := re.match(r"(\d+)\.\.(\d+)dpi", values):
        return tuple(number for number in RESOLUTIONS if int(found[1]) <= number <= int(found[2]))
    return tuple(sorted(int(number) for number in re.findall(r"\d+", values)))


def fault_in(said: str) -> Fault | None:
    """What the program complains of."""
    lower = said.lower()
    return next((fault for words, fault in _WORDS if words in lower), None)


def scan(task: Task) -> Iterator[Page | None]:
    """The pages of a job as the program writes them; nothing, from time to time, while it works. A job that was begun goes on."""
    folder = place(task.job_id)
    pid = int(task.remote) if task.remote else _start(task, folder)
    yield from _taken(task, folder, pid)
    said = _said(folder)
    if fault := fault_in(said):
        raise ScannerFault(fault)
    if not task.have and not _written(folder):
        raise ScannerFault(Fault.EMPTY if _EMPTY in said else Fault.STRANGE)
    if "batch terminated" not in said:
        raise ScannerFault(Fault.INTERRUPTED)


def stop(remote: str | None) -> None:
    """Ask the program to stop the scanner; then it is ended."""
    for sign in (signal.SIGINT, signal.SIGKILL) if remote else ():
        pid, deadline = int(remote or 0), time.monotonic() + STOP_SECONDS
        if not _alive(pid):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sign)
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)  # the program may be another worker's child: it can only be looked at, not waited for


def forget(job_id: int) -> None:
    """Remove the folder of a job whose pages are all kept."""
    shutil.rmtree(place(job_id), ignore_errors=True)


def place(job_id: int) -> Path:
    """Where the program writes the pages of a job."""
    return settings().data_folder / "scanning" / str(job_id)


def command(device: str, wanted: Wanted, names: dict[str, str], folder: Path) -> list[str]:
    """How the program is asked; black and white stays exact, the rest is kept as JPEG."""
    form = "png" if wanted.colour is Colour.LINEART else "jpeg"
    ending = "png" if form == "png" else "jpg"
    chosen = [*names.get(wanted.source.value, "").split("\n"), *names.get(wanted.colour.value, "").split("\n")]
    count = ["--batch-count=1"] if wanted.source is Source.FLATBED else [f"--batch-count={MOST_PAGES}"]
    asked = [option for option in chosen if option]
    return [_program(), "-d", device, *asked, "--resolution", str(wanted.resolution), f"--format={form}", f"--batch={folder}/p%04d.{ending}", *count]


def _start(task: Task, folder: Path) -> int:
    if not is_device(task.address):
        raise ScannerFault(Fault.REFUSED)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    asked = command(task.address, task.wanted, task.abilities.names, folder)
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    redirected = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, str(folder / "said"), writing, 0o600)]
    pid = os.posix_spawn(asked[0], asked, _environment(), file_actions=[*redirected, (os.POSIX_SPAWN_DUP2, 1, 2)], setsid=True)
    task.remember(str(pid))
    return pid


def _alive(pid: int) -> bool:
    """Whether the program still works, be it started by this worker or by one that was killed; another that has its number by now is not it."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    try:
        return PROGRAM.rsplit("/", 1)[-1].encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _taken(task: Task, folder: Path, pid: int) -> Iterator[Page | None]:
    have, deadline = set(task.have), time.monotonic() + PAGE_SECONDS
    while True:
        working = _alive(pid)  # before the look: what it wrote last is seen once more after its end
        fresh = [(number, path) for number, path in _written(folder) if number not in have]
        for number, path in fresh:
            yield Page(number, _bytes(path), "image/png" if path.suffix == ".png" else "image/jpeg")
            have.add(number)
            deadline = time.monotonic() + PAGE_SECONDS
        if not working:
            return
        if time.monotonic() > deadline:
            raise ScannerFault(Fault.SLOW)
        if not fresh:
            yield None
            time.sleep(PAUSE_SECONDS)  # `scanimage --batch` tells of a page only by its file


def _written(folder: Path) -> list[tuple[int, Path]]:
    if not folder.is_dir():
        return []
    found = ((_PAGE.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in found if match)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_PAGE_BYTES:
        raise ScannerFault(Fault.TOO_LARGE)
    return path.read_bytes()


def _said(folder: Path) -> str:
    with contextlib.suppress(OSError):
        return (folder / "said").read_bytes()[-20_000:].decode("utf-8", "replace").lower()
    return ""


def _program() -> str:
    found = shutil.which(PROGRAM)
    if found is None:
        raise ScannerFault(Fault.MISSING)
    return found


def _environment() -> dict[str, str]:
    """Nothing of ours: no database, no secret."""
    kept = {name: os.environ[name] for name in ("SANE_CONFIG_DIR", "HOME") if name in os.environ}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **kept}
