"""How paper comes in, in a browser: files that outlive a killed server and a cut line, a scanner worked by keyboard, no scripts."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Desks, Product
from tests.browser.test_pages import AXE, TAGS, alive, kill_web
from tests.browser.test_story import until
from tests.mailroom.doors.simulator import Machine, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def scripted(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


def row(product: Product, query: str, *values: object) -> tuple[object, ...] | None:
    """What the database says."""
    with psycopg.connect(product.environment["DATABASE_OWNER_URL"].replace("+psycopg", "")) as connection:
        return connection.execute(query, values).fetchone()


def kept(product: Product, name: str) -> object:
    """The digest of a scanned file, once it is in."""
    found = row(product, "SELECT sha256 FROM scan WHERE filename = %s", name)
    return found[0] if found else None


def opened(desks: Desks) -> Page:
    """A new envelope's page."""
    desk = desks.sign_in("mailroom")
    page = desk.open("/mailroom/envelopes/new")
    page.locator("form:has([name=delivered_on]) button.first").click()
    page.wait_for_url(re.compile("/mailroom/envelopes/new/E-"))
    return desk.open(f"/mailroom/envelopes/{page.url.rsplit('/', 1)[1]}")


def slowly(page: Page) -> None:
    """A line that takes a while for some megabytes."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000})


def large(folder: Path, name: str, size: int) -> Path:
    """A file of so many bytes, none like another's."""
    path = folder / name
    path.write_bytes(b"%PDF-1.4\n" + os.urandom(size))
    return path


def send(page: Page, *paths: Path) -> None:
    page.locator("#add-files").set_input_files([str(path) for path in paths])


def received(product: Product) -> int:
    found = row(product, "SELECT coalesce(max(received), 0) FROM upload WHERE state = 'open'")
    return int(str(found[0])) if found else 0


@pytest.mark.parametrize("fault", ["the server is killed", "the line is cut"])
def test_files_outlive_what_stops_them(product: Product, scripted: Desks, tmp_path: Path, fault: str):
    page = opened(scripted)
    slowly(page)
    files = [large(tmp_path, f"{fault.split()[1]}-{n}.pdf", size) for n, size in enumerate((40_000_000, 1_000))]
    send(page, *files)
    until(lambda: received(product) >= 4_000_000)
    if fault == "the server is killed":
        kill_web(product)
        assert row(product, "SELECT 1 FROM upload WHERE state = 'open'") is not None
        until(lambda: alive(product))
    else:
        page.context.set_offline(True)
        page.wait_for_timeout(1_500)
        page.context.set_offline(False)
    for path in files:
        until(lambda path=path: kept(product, path.name) == hashlib.sha256(path.read_bytes()).hexdigest(), 90)
    assert received(product) == 0


def test_a_file_is_gone_on_with_from_another_desk(product: Product, scripted: Desks, tmp_path: Path):
    page = opened(scripted)
    slowly(page)
    path = large(tmp_path, "reprise.pdf", 30_000_000)
    send(page, path)
    until(lambda: received(product) >= 4_000_000)
    address = page.url.removeprefix(product.url)
    page.context.close()  # the browser is gone in the middle of it
    before = received(product)
    other = scripted.sign_in("mailroom", 1).open(address)
    expect(other.locator("#adding")).to_contain_text("reprise.pdf")
    asked: list[str] = []
    other.on("request", lambda sent: asked.append(sent.headers.get("upload-offset", "")) if sent.method == "PUT" else None)
    send(other, path)
    until(lambda: kept(product, "reprise.pdf") == hashlib.sha256(path.read_bytes()).hexdigest(), 90)
    other.wait_for_timeout(200)  # what the browser said meanwhile is heard now
    assert int(asked[0]) >= before > 0


def test_a_scanner_is_worked_by_keyboard(product: Product, scripted: Desks):
    machine = Machine(sheets=3, slow_times=8)
    with running(machine) as address:
        keeper = scripted.sign_in("supervisor").open("/mailroom/scanners")
        keeper.locator("#name").focus()
        keeper.keyboard.type("Numériseur du comptoir")
        keeper.keyboard.press("Tab")
        keeper.keyboard.press("Tab")
        keeper.keyboard.type(address)
        keeper.keyboard.press("Enter")
        expect(keeper.locator("main")).to_contain_text("Essai 3000")
        assert violations(keeper) == []
        page = opened(scripted)
        assert violations(page) == []
        page.locator("#scan-resolution").select_option("100")
        page.locator("#scan-form button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/mailroom/scanning/\d+"))
        expect(page.locator("#job")).to_contain_text("3 pages conservées")
        expect(page.locator("#job")).to_contain_text("Numérisé")
        assert violations(page) == []
        page.locator("body").press("r")
        page.wait_for_url(re.compile("/mailroom/envelopes/E-"))
    [number] = row(product, "SELECT scan_id FROM scan_job ORDER BY id DESC LIMIT 1") or [None]
    until(lambda: row(product, "SELECT count(*) FROM scan_page WHERE scan_id = %s", number) == (3,))


def violations(page: Page) -> list[object]:
    """What axe finds against WCAG 2.2 AA."""
    page.evaluate(AXE)
    found: list[dict[str, object]] = page.evaluate("async tags => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations", TAGS)
    return [(one["id"], one["nodes"]) for one in found]


def test_without_scripts_the_form_takes_them_whole(product: Product, browser: Browser, tmp_path: Path):
    desks = Desks(product, browser, scripts=False)
    try:
        page = opened(desks)
        paths = [large(tmp_path, f"sans-script-{n}.pdf", 1_000) for n in (1, 2)]
        send(page, *paths)
        page.locator("#files-form button").click()
        expect(page.locator("main")).to_contain_text("2 fichiers conservés")
    finally:
        desks.close()
    assert all(kept(product, path.name) for path in paths)


def test_files_are_dropped_on_the_page(product: Product, scripted: Desks):
    page = opened(scripted)
    drop: Callable[[str], object] = page.evaluate
    drop(
        """() => {
            const data = new DataTransfer();
            for (const n of [1, 2]) data.items.add(new File([`%PDF-1.4 ${n} ${Math.random()}`], `depot-${n}.pdf`, {type: "application/pdf"}));
            document.querySelector("[data-upload]").dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data}));
        }"""
    )
    until(lambda: kept(product, "depot-1.pdf") is not None and kept(product, "depot-2.pdf") is not None)
