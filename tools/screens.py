"""Screenshots of every page from the demonstration: `make screens` against a running `make run`.

Signs in as each desk, opens its pages in French at 1280 and 1920 px, and writes `docs/screens/NAME-WIDTH.png`.
"""

import json
import os
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NeverIdle

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screens"
WIDTHS = (1280, 1920)
CHROMIUM = {
    "executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=fr-CA",
    ],
}


def main() -> int:
    """Take them all."""
    data = Path(os.environ.get("BACKOFFICE_DATA") or ROOT / ".data")
    try:
        demo = json.loads((data / "demo.json").read_text())
    except OSError:
        print("Start the product first, with `make run`.")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        for width in WIDTHS:
            take(browser, demo, width)
        browser.close()
    return 0


def take(browser: Browser, demo: dict[str, object], width: int) -> None:
    """One width."""
    url, accounts = str(demo["url"]), {a["role"]: a for a in reversed(demo["accounts"])}  # type: ignore[call-overload]
    for role, pages in PAGES.items():
        context = browser.new_context(viewport={"width": width, "height": 900 if width < 1500 else 1080}, locale="fr-CA")
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        if role == "signed-out":
            keep(page, f"sign-in-{width}")
            context.close()
            continue
        page.fill("input[name=email]", accounts[role]["email"])
        page.fill("input[name=password]", accounts[role]["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
        for name, path in pages:
            address = resolve(page, url, path)
            if address is None:
                print(f"{name}: nothing to show for {path}")
                continue
            page.goto(address)
            with suppress(NeverIdle):  # a page that saves or asks by itself is never idle
                page.wait_for_load_state("networkidle", timeout=2500)
            keep(page, f"{name}-{width}")
        context.close()


def resolve(page: Page, url: str, path: str) -> str | None:
    """A path, or what the first link of each page leads to: `/cases -> td a[data-open] + /why -> a.next`."""
    start, *steps = path.split(" -> ")
    address = url + start
    for step in steps:
        selector, _, tail = step.partition(" + ")
        page.goto(address)
        link = page.locator(selector).first
        if not link.count():
            return None
        address = url + str(link.get_attribute("href")) + tail
    return address


def keep(page: Page, name: str) -> None:
    """Write the picture, in no more colours than it needs."""
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)
    print(f"{name}.png  {page.title()}")


CASE = "/cases?status=DOCS_DEMANDES&channel=online -> td a[data-open]"
REVIEW = "/cases?status=DOCS_RECUS -> td a[data-open]"
PLACED = "/cases?status=ATTENTE_PAIEMENT -> td a[data-open]"
FREE = "/cases?view=unassigned -> td a[data-open]"
UNANSWERED = "/messages -> tbody a[href*='/cases/']"
DOUBT = "/mailroom/envelopes?view=in_doubt -> tbody a[data-open]"
TO_KEY = "/mailroom/envelopes?view=to_key -> tbody a[data-open]"

PAGES: dict[str, list[tuple[str, str]]] = {
    "signed-out": [("sign-in", "/sign-in")],
    "caseworker": [
        ("home", "/"), ("queue", "/cases"), ("search", "/search?q=nguyen"), ("case", PLACED), ("case-documents", f"{REVIEW} + ?tab=documents"),
        ("case-messages", f"{CASE} + ?tab=messages"), ("case-people", f"{CASE} + ?tab=people"), ("case-fees", f"{CASE} + ?tab=fees"),
        ("case-history", f"{CASE} + ?tab=history"), ("case-why-here", f"{CASE} + /why"), ("case-why-admission", f"{PLACED} + /admission"),
        ("document", f"{REVIEW} + ?tab=documents -> a[href*='/documents/']"), ("request-new", f"{FREE} + /requests/new"), ("messages", "/messages"),
        ("help", "/help"), ("term", f"{CASE} -> a[href*='/terms/']"), ("rules", "/terms/rules"), ("change-new", f"{CASE} + /changes/new"),
        ("reply", f"{UNANSWERED} + /reply"), ("proposals", "/proposals"), ("proposal", "/proposals -> tbody a[href*='/proposals/']"),
        ("delivery", "/delivery"), ("delivery-case", "/delivery -> tbody a[href$='/delivery']"), ("representatives", "/representatives"),
    ],
    "mailroom": [
        ("mailroom", "/mailroom"), ("envelopes", "/mailroom/envelopes"), ("envelope-new", "/mailroom/envelopes/new"), ("envelope", TO_KEY),
        ("envelope-in-doubt", DOUBT), ("keying", f"{TO_KEY} + /keying"), ("deliveries", "/mailroom/deliveries"), ("money", "/mailroom/money"),
        ("batch", "/mailroom/batches -> tbody a[data-open]"), ("scans", "/mailroom/scans"), ("scanning", "/mailroom/scanning"),
        ("pages", f"{DOUBT} + /pages"), ("doubt", "/mailroom/doubt"), ("keying-work", "/mailroom/keying"), ("returns", "/mailroom/returns"),
        ("return", "/mailroom/returns -> tbody a[data-open]"), ("days", "/mailroom/days"), ("paper", "/mailroom/paper"), ("kits", "/mailroom/kits"),
        ("letters", "/mailroom/letters"), ("print-run", "/mailroom/letters -> a[href*='/runs/T-']"),
    ],
    "finance": [("fees", "/fees"), ("receipt", '/fees -> a[href^="/fees/receipts/"]'), ("refunds", "/refunds")],
    "supervisor": [
        ("team", "/team"), ("parity", "/team/parity"), ("approvals", "/approvals"), ("queue-supervisor", "/cases"), ("windows", "/windows"), ("window-new", "/windows/new"),
        ("window", "/windows/DEMO"), ("window-arrivals", "/windows/DEMO/arrivals"), ("window-arrival", "/windows/DEMO/arrivals -> tbody a[href*='/arrivals/']"),
        ("window-versions", "/windows/DEMO/versions"), ("window-notices", "/windows/DEMO/notices"), ("window-amendment", "/windows/DEMO/amendments/new"),
        ("window-act", "/windows/DEMO/acts/suspend"), ("window-report", "/windows/DEMO/report"), ("arrivals-refused", "/arrivals"),
        ("duplicates", "/verdicts/duplicates"), ("exemptions", "/verdicts/exemptions"), ("faults", "/verdicts/faults"),
        ("fault-new", "/verdicts/faults/new"), ("declarations", "/verdicts/declarations"), ("acts", "/acts"), ("act-new", "/acts/new"), ("backlog", "/backlog"), ("outages", "/outages"),
        ("outage", "/outages -> tbody a[href*='/outages/']"), ("outage-new", "/outages/new"), ("extension-new", f"{CASE} -> a[href*='/terms/'] + /extension/new"),
        ("bulk-new", "/messages/bulk/new"), ("access-requests", "/access-requests"), ("access-request", "/access-requests -> tbody a[href*='/access-requests/']"),
    ],
    "admin": [("components", "/components"), ("keys", "/keys")],
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
