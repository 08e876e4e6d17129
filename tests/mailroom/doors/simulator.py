"""A scanner of the tests: speaks eSCL over HTTP as machines do, and misbehaves as they do, when asked."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from PIL import Image, ImageDraw

SPACES = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'


@dataclass
class Machine:
    """The scanner: the sheets in its feeder, what it was asked, and how it misbehaves."""

    sheets: int = 3
    jam_after: int | None = None
    busy_times: int = 0
    slow_times: int = 0
    adf: str = "ScannerAdfLoaded"
    capabilities: str | None = None
    page: bytes | None = None
    page_type: str = "image/jpeg"
    location: str | None = None
    cut_after: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    given: int = 0
    requests: list[str] = field(default_factory=list)

    def document(self) -> bytes:
        """What it can do."""
        if self.capabilities is not None:
            return self.capabilities.encode()
        modes = "".join(f"<scan:ColorMode>{mode}</scan:ColorMode>" for mode in ("BlackAndWhite1", "Grayscale8", "RGB24"))
        numbers = "".join(
            f"<scan:DiscreteResolution><scan:XResolution>{n}</scan:XResolution><scan:YResolution>{n}</scan:YResolution></scan:DiscreteResolution>"
            for n in (100, 200, 300)
        )
        caps = (
            f"<scan:MaxWidth>2550</scan:MaxWidth><scan:MaxHeight>3300</scan:MaxHeight><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>{modes}"
            f"</scan:ColorModes><scan:SupportedResolutions><scan:DiscreteResolutions>{numbers}</scan:DiscreteResolutions></scan:SupportedResolutions>"
            "</scan:SettingProfile></scan:SettingProfiles>"
        )
        return (
            f'<?xml version="1.0"?><scan:ScannerCapabilities {SPACES}><pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Essai 3000</pwg:MakeAndModel>'
            f"<pwg:SerialNumber>S-42</pwg:SerialNumber><scan:Platen><scan:PlatenInputCaps>{caps}</scan:PlatenInputCaps></scan:Platen>"
            f"<scan:Adf><scan:AdfSimplexInputCaps>{caps}</scan:AdfSimplexInputCaps><scan:AdfDuplexInputCaps>{caps}</scan:AdfDuplexInputCaps></scan:Adf>"
            "</scan:ScannerCapabilities>"
        ).encode()

    def status(self) -> bytes:
        """How it stands."""
        jammed = self.jam_after is not None and self.given >= self.jam_after
        adf = "ScannerAdfJam" if jammed else "ScannerAdfEmpty" if self.given >= self.sheets else self.adf
        state = f"<pwg:State>Idle</pwg:State><scan:AdfState>{adf}</scan:AdfState>"
        return f'<?xml version="1.0"?><scan:ScannerStatus {SPACES}>{state}</scan:ScannerStatus>'.encode()

    def next_page(self) -> bytes:
        """A page as it was asked for: its number is drawn on it, and its colours are those that were wanted."""
        self.given += 1
        if self.page is not None:
            return self.page
        asked = self.asked[-1]
        mode, dots = ("L" if asked["ColorMode"] == "Grayscale8" else "RGB"), int(asked["XResolution"])
        return picture(self.given, mode, dots)


def picture(number: int, mode: str = "L", dots: int = 100) -> bytes:
    """A sheet with its number."""
    image = Image.new(mode, (int(8.5 * dots), 11 * dots), "white")
    ImageDraw.Draw(image).text((dots, dots), f"Page {number}", fill="black", font_size=dots // 2)
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    machine: Machine

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
        """Say nothing."""

    def _send(self, status: int, body: bytes = b"", kind: str = "text/xml", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Capabilities, status and pages."""
        machine = self.machine
        machine.requests.append(self.path)
        if self.path == "/eSCL/ScannerCapabilities":
            self._send(200, machine.document())
        elif self.path == "/eSCL/ScannerStatus":
            self._send(200, machine.status())
        elif self.path.startswith("/eSCL/ScanJobs/") and self.path.endswith("/NextDocument"):
            self._next()
        else:
            self._send(404)

    def _next(self) -> None:
        machine = self.machine
        if machine.slow_times:
            machine.slow_times -= 1
            self._send(503)
        elif machine.given >= machine.sheets or (machine.jam_after is not None and machine.given >= machine.jam_after):
            self._send(404)
        elif machine.cut_after is not None and machine.given >= machine.cut_after:
            body = machine.next_page()
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
        else:
            self._send(200, machine.next_page(), machine.page_type)

    def do_POST(self) -> None:
        """A job."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.machine.busy_times:
            self.machine.busy_times -= 1
            self._send(503, Retry_After="0")
            return
        self.machine.asked.append(dict(re.findall(r"<\w+:(\w+)>([^<]*)</", body)))
        host = f"http://{self.headers['Host']}"
        self._send(201, Location=self.machine.location or f"{host}/eSCL/ScanJobs/{len(self.machine.asked)}")

    def do_DELETE(self) -> None:
        """A job is given up."""
        self.machine.deleted.append(self.path)
        self._send(200)


@contextmanager
def running(machine: Machine) -> Iterator[str]:
    """The machine on this computer's network; its address."""
    handler = type("Handler", (_Handler,), {"machine": machine})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/eSCL"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
