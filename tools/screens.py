"""Screenshots of every page from the demonstration: `make screens` against a running `make run`.

Signs in as each desk, opens its pages in French at 1280 and 1920 px, and writes `docs/screens/NAME-WIDTH.png`.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screens"
WIDTHS = (1280, 1920)
CHROMIUM = {
    "executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
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
            page.screenshot(path=OUT / f"sign-in-{width}.png")
            context.close()
            continue
        page.fill("input[name=email]", accounts[role]["email"])
        page.fill("input[name=password]", accounts[role]["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
        for name, path in pages:
            for address in resolve(page, url, path):
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=OUT / f"{name}-{width}.png")
                print(f"{name}-{width}.png  {page.title()}")
        context.close()


def resolve(page: Page, url: str, path: str) -> Iterator[str]:
    """A path, or the first link of a page that matches: `/cases -> a[href^="/cases/"] + /why`."""
    if " -> " not in path:
        yield url + path
        return
    start, _, rest = path.partition(" -> ")
    selector, _, tail = rest.partition(" + ")
    page.goto(url + start)
    link = page.locator(selector).first
    if link.count():
        yield url + str(link.get_attribute("href")) + tail


CASE = '/cases?status=DOCS_DEMANDES -> td a[href^="/cases/"]'
REVIEW = '/cases?status=DOCS_RECUS -> td a[href^="/cases/"]'
FREE = '/cases?status=PAYEE_EN_FILE -> td a[href^="/cases/"]'

PAGES: dict[str, list[tuple[str, str]]] = {
    "signed-out": [("sign-in", "/sign-in")],
    "caseworker": [
        ("home", "/"), ("queue", "/cases"), ("search", "/search?q=exemple nguyen"), ("case", CASE), ("case-documents", f"{REVIEW} + /documents"),
        ("case-messages", f"{CASE} + /messages"), ("case-people", f"{CASE} + /people"), ("case-fees", f"{CASE} + /fees"),
        ("case-history", f"{CASE} + /history"), ("case-why-here", f"{CASE} + /why"), ("case-why-admission", f"{CASE} + /admission"),
        ("request-new", f"{FREE} + /requests/new"), ("messages", "/messages"), ("windows", "/windows"), ("window", "/windows/DEMO"), ("help", "/help"),
        ("components", "/components"),
    ],
    "mailroom": [
        ("mailroom", "/mailroom"), ("envelope-new", "/mailroom/envelopes/new"),
        ("envelope", '/mailroom -> a[href^="/mailroom/envelopes/E-"]'), ("keying", "/mailroom/envelopes?kind=application -> a[href$='/keying']"),
    ],
    "finance": [("fees", "/fees"), ("receipt", '/fees -> a[href^="/fees/receipts/"]')],
    "supervisor": [("team", "/team"), ("approvals", "/approvals")],
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
