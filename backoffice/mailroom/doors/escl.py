"""eSCL (AirScan): a scanner of the network spoken to over HTTP, by a small client that trusts nothing of what it answers.

Only the configured address is spoken to: no redirect is followed, and of a job's Location only the path is taken. Answers
are bounded in size, and XML with a document type is refused, so that no entity is ever expanded.
"""

import contextlib
import http.client
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from backoffice.mailroom.doors.speaking import Page, ScannerFault, Task
from backoffice.mailroom.doors.values import MOST_PAGE_BYTES, MOST_PAGES, Abilities, Colour, Fault, Source, Wanted

MOST_XML = 1024 * 1024
ANSWER_SECONDS = 30.0
BUSY_SECONDS = 20.0
PAGE_SECONDS = 120.0
PAUSE_SECONDS = 1.0
SHEET = (2550, 3508)
"""As wide as Letter and as high as A4, in three-hundredths of an inch."""
RESOLUTIONS = (150, 200, 300, 400, 600)

_PAGES = {"image/jpeg": b"\xff\xd8", "image/png": b"\x89PNG", "application/pdf": b"%PDF-"}
_MODES = {Colour.COLOUR: "RGB24", Colour.GREY: "Grayscale8"}  # pure black and white has no JPEG, and a page that is a PDF cannot be bound as it came
_STOPS = {
    "ScannerAdfJam": Fault.JAM, "ScannerAdfMultipickDetected": Fault.JAM, "ScannerAdfHatchOpen": Fault.COVER, "ScannerAdfInputTrayFailed": Fault.JAM,
    "ScannerAdfDuplexPageTooShort": Fault.JAM, "ScannerAdfDuplexPageTooLong": Fault.JAM,
}  # fmt: skip


@dataclass(frozen=True)
class Status:
    """How a scanner says it stands."""

    state: str
    feeder: str

    @property
    def stop(self) -> Fault | None:
        """What a person must see to at the machine."""
        return _STOPS.get(self.feeder)


@dataclass(frozen=True)
class _Answer:
    status: int
    kind: str
    location: str
    retry_after: float
    body: bytes


class Scanner:
    """A scanner at its configured address."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.secure, self.host, self.port = parts.scheme == "https", parts.hostname or "", parts.port
        self.root = parts.path.rstrip("/")

    def ask(self, method: str, path: str, body: str | None = None, *, most: int = MOST_XML) -> _Answer:
        """One request and its bounded answer; a scanner that cannot be reached is a fault of its own."""
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=ANSWER_SECONDS)
        try:
            headers = {"Content-Type": "text/xml", "Connection": "close"} if body else {"Connection": "close"}
            connection.request(method, path, body.encode() if body else None, headers)
            return self._read(connection.getresponse(), most)
        except TimeoutError as fault:
            raise ScannerFault(Fault.SLOW) from fault
        except (OSError, http.client.HTTPException) as fault:
            raise ScannerFault(Fault.OFFLINE, type(fault).__name__) from fault
        finally:
            connection.close()

    @staticmethod
    def _read(answer: http.client.HTTPResponse, most: int) -> _Answer:
        deadline, parts, size = time.monotonic() + PAGE_SECONDS, [], 0
        while chunk := answer.read(64 * 1024):
            size += len(chunk)
            if size > most:
                raise ScannerFault(Fault.TOO_LARGE)
            if time.monotonic() > deadline:
                raise ScannerFault(Fault.SLOW)
            parts.append(chunk)
        if (said := answer.headers.get("Content-Length", "")).isdigit() and int(said) != size and answer.status == http.client.OK:
            raise ScannerFault(Fault.OFFLINE, "cut short")
        wait = answer.headers.get("Retry-After", "")
        kind = answer.headers.get_content_type()
        return _Answer(answer.status, kind, answer.headers.get("Location", ""), float(wait) if wait.isdigit() else 0, b"".join(parts))

    def document(self, path: str) -> ET.Element:
        """An XML answer."""
        answer = self.ask("GET", f"{self.root}/{path}")
        if answer.status != http.client.OK:
            raise ScannerFault(Fault.BUSY if answer.status == http.client.SERVICE_UNAVAILABLE else Fault.STRANGE, str(answer.status))
        return parse(answer.body)

    def abilities(self) -> Abilities:
        """What it can do, as it says."""
        return read_abilities(self.document("ScannerCapabilities"))

    def status(self) -> Status:
        """How it stands."""
        root = self.document("ScannerStatus")
        return Status(_text(root, "State"), _text(root, "AdfState"))


def parse(body: bytes) -> ET.Element:
    """XML without a document type: nothing in it can grow or reach out."""
    try:
        text = body.decode("utf-8-sig")
        if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).replace("<![CDATA[", ""):
            raise ScannerFault(Fault.STRANGE, "document type")
        return ET.fromstring(text)  # noqa: S314 - no document type, so no entity to expand, and at most a megabyte
    except (UnicodeDecodeError, ET.ParseError, ValueError) as fault:
        raise ScannerFault(Fault.STRANGE, type(fault).__name__) from fault


def _named(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """Elements by their bare name: makers disagree on the namespaces' versions."""
    return (one for one in root.iter() if isinstance(one.tag, str) and one.tag.rpartition("}")[2] == name)


def _has(root: ET.Element, name: str) -> bool:
    return next(_named(root, name), None) is not None


def _text(root: ET.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in _named(root, name)), "")


def _numbers(root: ET.Element, name: str) -> list[int]:
    return [int(one.text) for one in _named(root, name) if (one.text or "").strip().isdigit() and one.text]


def read_abilities(root: ET.Element) -> Abilities:
    """The capabilities document in our own words."""
    if not _has(root, "ScannerCapabilities"):
        raise ScannerFault(Fault.STRANGE, "no capabilities")
    sources = [Source.FEEDER] if _has(root, "Adf") else []
    options = {(one.text or "").strip() for one in _named(root, "AdfOption")}
    if sources and (_has(root, "AdfDuplexInputCaps") or "Duplex" in options):
        sources.append(Source.DUPLEX)
    if _has(root, "Platen"):
        sources.append(Source.FLATBED)
    modes = {(one.text or "").strip() for one in _named(root, "ColorMode")}
    colours = tuple(colour for colour, mode in _MODES.items() if mode in modes)
    return Abilities(_text(root, "MakeAndModel"), _text(root, "SerialNumber"), tuple(sources), _resolutions(root), colours, _room(root))


def _resolutions(root: ET.Element) -> tuple[int, ...]:
    said = {number for one in _named(root, "DiscreteResolution") for number in _numbers(one, "XResolution")}
    for one in _named(root, "XResolutionRange"):
        low, high = min(_numbers(one, "Min"), default=0), max(_numbers(one, "Max"), default=0)
        said |= {number for number in RESOLUTIONS if low <= number <= high}
    return tuple(sorted(number for number in said if 75 <= number <= 1200))


def _room(root: ET.Element) -> dict[str, str]:
    """The largest sheet that every source takes, in three-hundredths of an inch."""
    found = {"width": _numbers(root, "MaxWidth"), "height": _numbers(root, "MaxHeight")}
    return {name: str(min(numbers)) for name, numbers in found.items() if numbers}


def settings_of(wanted: Wanted, room: dict[str, str]) -> str:
    """What the scanner is asked for: a whole sheet, be it Letter or A4, in JPEG."""
    width, height = min(SHEET[0], int(room.get("width", SHEET[0]))), min(SHEET[1], int(room.get("height", SHEET[1])))
    source = "Platen" if wanted.source is Source.FLATBED else "Feeder"
    duplex = "" if wanted.source is Source.FLATBED else f"<scan:Duplex>{'true' if wanted.source is Source.DUPLEX else 'false'}</scan:Duplex>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">'
        "<pwg:Version>2.0</pwg:Version><scan:Intent>Document</scan:Intent><pwg:ScanRegions><pwg:ScanRegion>"
        "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>"
        f"<pwg:Height>{height}</pwg:Height><pwg:Width>{width}</pwg:Width><pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>"
        f"</pwg:ScanRegion></pwg:ScanRegions><pwg:InputSource>{source}</pwg:InputSource>"
        f"<scan:ColorMode>{_MODES.get(wanted.colour, _MODES[Colour.GREY])}</scan:ColorMode>"
        f"<scan:XResolution>{wanted.resolution}</scan:XResolution><scan:YResolution>{wanted.resolution}</scan:YResolution>"
        f"{duplex}<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:ScanSettings>"
    )


def scan(task: Task) -> Iterator[Page | None]:
    """The pages of a job as they come; nothing, from time to time, while the scanner works. A job that was begun goes on."""
    scanner = Scanner(task.address)
    job = task.remote
    if job is None:
        job = yield from _begun(scanner, task.wanted, task.abilities.names)
        task.remember(job)
    yield from _pages(scanner, job, len(task.have))


def stop(address: str, remote: str | None) -> None:
    """Tell the scanner to give up a job; one that does not hear it ends by itself."""
    if remote:
        with contextlib.suppress(ScannerFault):
            Scanner(address).ask("DELETE", remote)


def _begun(scanner: Scanner, wanted: Wanted, room: dict[str, str]) -> Generator[None, None, str]:
    status = scanner.status()
    if status.stop and wanted.source is not Source.FLATBED:
        raise ScannerFault(status.stop)
    if status.feeder == "ScannerAdfEmpty" and wanted.source is not Source.FLATBED:
        raise ScannerFault(Fault.EMPTY)
    deadline = time.monotonic() + BUSY_SECONDS
    while (answer := scanner.ask("POST", f"{scanner.root}/ScanJobs", settings_of(wanted, room))).status == http.client.SERVICE_UNAVAILABLE:
        if time.monotonic() > deadline:
            raise ScannerFault(Fault.BUSY)
        yield None
        time.sleep(min(5.0, max(PAUSE_SECONDS, answer.retry_after)))  # eSCL has no other way: 503 and Retry-After
    if answer.status != http.client.CREATED:
        raise ScannerFault(_stop(scanner, wanted) or Fault.REFUSED, str(answer.status))
    return _path_of(scanner, answer.location)


def _path_of(scanner: Scanner, location: str) -> str:
    """Where the job stands on this scanner; another host named there is not followed."""
    path = urlsplit(location).path.rstrip("/")
    if not path.startswith(f"{scanner.root}/ScanJobs/") or re.search(r"[^\w./:%~-]|\.\.", path):
        raise ScannerFault(Fault.STRANGE, "location")
    return path


def _pages(scanner: Scanner, job: str, have: int) -> Iterator[Page | None]:
    number, deadline = have, time.monotonic() + PAGE_SECONDS
    while True:
        answer = scanner.ask("GET", f"{job}/NextDocument", most=MOST_PAGE_BYTES)
        if answer.status == http.client.OK:
            number += 1
            if number > MOST_PAGES:
                raise ScannerFault(Fault.TOO_LARGE)
            yield Page(number, answer.body, _kind(answer))
            deadline = time.monotonic() + PAGE_SECONDS
        elif answer.status in {http.client.SERVICE_UNAVAILABLE, http.client.ACCEPTED}:
            if time.monotonic() > deadline:
                raise ScannerFault(Fault.SLOW)
            yield None
            time.sleep(min(5.0, max(PAUSE_SECONDS / 4, answer.retry_after)))  # the next sheet is on its way: 503 and Retry-After
        else:
            _check_end(scanner, answer.status, number)
            return


def _kind(answer: _Answer) -> str:
    """A page is what it says it is, or the scanner is not to be trusted with more."""
    start = _PAGES.get(answer.kind)
    if start is None or not answer.body.startswith(start):
        raise ScannerFault(Fault.STRANGE, answer.kind)
    return answer.kind


def _check_end(scanner: Scanner, status: int, pages: int) -> None:
    """No more pages: the feeder is empty, or something stopped it."""
    stop = _stop(scanner, None)
    if stop:
        raise ScannerFault(stop)
    if status != http.client.NOT_FOUND:
        raise ScannerFault(Fault.STRANGE, str(status))
    if not pages:
        raise ScannerFault(Fault.EMPTY)


def _stop(scanner: Scanner, wanted: Wanted | None) -> Fault | None:
    status = scanner.status()
    empty = wanted is not None and wanted.source is not Source.FLATBED and status.feeder == "ScannerAdfEmpty"
    return status.stop or (Fault.EMPTY if empty else Fault.COVER if status.state == "Stopped" and not status.feeder else None)
