"""Every page of every desk: accessible, quiet under its policy, no wider than the screen, whole without scripts, and quick by keyboard."""

import contextlib
import http.client
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from backoffice.demo import paper
from tests.browser.conftest import ROOT, Desks, Product, api
from tests.browser.test_story import fresh, pay, post, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TABS = ("summary", "documents", "messages", "people", "fees", "history")


class World(NamedTuple):
    """What the pages show: a paid case with a request, one unpaid, money without a case, an envelope with its pages, one in doubt."""

    paid: str
    unpaid: str
    receipt: str
    envelope: str
    arrival: str
    doubtful: str
    term: str = ""


@pytest.fixture(scope="module")
def world(product: Product, playwright: Playwright, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> World:
    portal, provider = api(playwright, product, "portal"), api(playwright, product, "payments")
    paid, unpaid = post(portal, fresh()), post(portal, fresh())
    pay(provider, paid)
    pay(provider, post(portal, fresh()))
    assert not pay(provider, paid)["matched"], "it is paid already: this money waits for a person"
    desks = Desks(product, browser, scripts=True)
    try:
        page = desks.sign_in("caseworker").open(f"/cases/{paid['case_number']}/requests/new")
        page.locator("button[name=step][value=preview]").click()
        page.locator("button[name=step][value=send]").click()
        page.wait_for_url(lambda url: "/requests/" not in url)
        term = page.locator(".ident a[href*='/terms/']").first.get_attribute("href") or ""
        receipt = desks.sign_in("finance").open("/fees").locator("a[data-open]").first.get_attribute("href") or ""
        envelope = register(desks, tmp_path_factory.mktemp("scan"))
        return World(paid["case_number"], unpaid["case_number"], receipt, envelope, paid["submission_id"], doubtful(product, tmp_path_factory), term)
    finally:
        desks.close()


def doubtful(product: Product, folders: pytest.TempPathFactory) -> str:
    """An envelope whose page carries no code of ours."""
    scan = folders.mktemp("doubt") / "sans-code.pdf"
    scan.write_bytes(paper.pdf(paper.CERTIFICATE))
    [line] = product.command("mailroom", "import", "--delivered", "2016-06-13", str(scan)).splitlines()
    return str(json.loads(line)["envelope"])


def register(desks: Desks, folder: Path) -> str:
    """An application on paper, scanned and read."""
    scan = folder / "demande.pdf"
    scan.write_bytes(paper.pdf(paper.FORM, ("PAGES DU BANC D’ESSAI",)))
    page = desks.sign_in("mailroom").open("/mailroom/envelopes/new")
    page.locator("select[name=kind]").select_option("application")
    page.locator("[name=declared_sheets]").fill("2")
    page.locator("select[name=method]").select_option("certified_cheque")
    page.locator("[name=amount]").fill("1 118,00")
    page.locator("input[name=files]").set_input_files(scan)
    page.locator("form:has([name=delivered_on]) button.first").click()
    page.wait_for_url(re.compile("/mailroom/envelopes/E-"))
    here = page.url
    until(lambda: page.goto(here) and page.locator("img[src*='/mailroom/pages/']").count() >= 1)
    return here.rsplit("/", 1)[1]


VERDICTS = [f"/verdicts/{name}" for name in ("duplicates", "exemptions", "withdrawals", "faults", "faults/new", "declarations", "applications")]
MESSAGES = ["/messages", "/messages?view=queue", "/messages?q=bonjour"]


def addresses(role: str, world: World) -> list[str]:
    """The pages that a desk opens."""
    case = f"/cases/{world.paid}"
    desk = [
        "/",
        "/cases",
        "/cases?view=unassigned&channel=paper",
        "/search",
        "/search?q=nobody",
        f"/search?q={world.paid[:6]}",
        "/windows",
        "/windows/DEMO",
        "/windows/DEMO/report",
        "/help",
        "/proposals",
        "/proposals?of=all",
    ]
    every_part = [f"{case}?tab={tab}" for tab in TABS]
    envelope = f"/mailroom/envelopes/{world.envelope}"
    mail = ["/mailroom", *(f"/mailroom/envelopes?view={view}" for view in ("open", "in_doubt", "done")), envelope]
    mail += ["/mailroom/batches", "/mailroom/separators", "/mailroom/days", "/mailroom/days/2016-06-13", "/mailroom/paper", "/mailroom/places"]
    mail += ["/mailroom/scanning", "/mailroom/scanners", "/mailroom/scans", f"{envelope}/pages", "/mailroom/letters", "/mailroom/letters/returned"]
    mail += [
        "/mailroom/doubt",
        "/mailroom/doubt?view=mine",
        "/mailroom/today",
        "/mailroom/envelopes?view=to_balance",
        "/mailroom/envelopes?view=to_return",
    ]
    mail += [f"{envelope}?find=benfictif", f"/mailroom/envelopes/{world.doubtful}", f"/mailroom/envelopes/{world.doubtful}?find={world.paid}"]
    mail += ["/mailroom/places/OUVERTURE", f"/mailroom/paper/envelope/{world.envelope}", "/mailroom/originals", "/mailroom/declarations"]
    return {
        "caseworker": [
            *desk,
            *every_part,
            f"{case}/why",
            f"{case}/admission",
            f"/cases/{world.unpaid}/requests/new",
            f"{case}/changes/new",
            f"{case}/changes/new?kind=family_added",
            *MESSAGES,
            *VERDICTS,
        ],
        "supervisor": [
            "/",
            "/cases",
            case,
            f"/cases/{world.unpaid}?tab=fees",
            f"{case}/correction",
            world.term,
            *(f"{world.term}/{act}/new" for act in ("extension", "start")),
            "/terms/rules",
            "/proposals",
            "/team",
            "/team/parity",
            "/approvals",
            "/messages/bulk",
            "/messages/bulk/new",
            "/messages/bulk/new?chosen=queue&view=all",
            "/mailroom/keying",
            "/mailroom/keying/rates",
            "/mailroom/doubt",
            f"/mailroom/envelopes/{world.doubtful}",
            *periods(world),
            "/arrivals",
            "/arrivals/closed",
            "/outages",
            "/outages/new",
            "/verdicts/declarations/new",
            "/access-requests",
            "/access-requests/new",
            "/delivery",
            f"{case}/delivery",
            "/representatives",
        ],
        "mailroom": [*mail, *opening(world), "/mailroom/envelopes/new", f"{envelope}/keying", "/mailroom/keying", "/help"],
        "finance": ["/fees", world.receipt, f"{case}?tab=fees"],
        "auditor": ["/cases", *every_part[:2], "/fees", *mail[:5], "/outages", "/team", "/access-requests", "/delivery", f"{case}/delivery"],
        "admin": ["/", "/components", "/keys"],
    }[role]


def opening(world: World) -> list[str]:
    """The pages of opening the mail."""
    here = "/mailroom/"
    pages = ("deliveries", "deliveries/new", "deliveries/1", f"envelopes/new/{world.envelope}", "money", "money/next", "kits")
    return [here + page for page in pages]


def periods(world: World) -> list[str]:
    """The pages of a period, and the acts on it."""
    period = "/windows/DEMO"
    lists = [
        "/arrivals",
        "/arrivals?status=exempt&channel=online",
        f"/arrivals/{world.arrival}",
        "/attempts",
        "/versions",
        "/notices",
        "/notices?at=2016-06-01+09:00",
    ]
    acts = ["/acts/suspend", "/acts/close", "/acts/abort", "/acts/notice", "/amendments/new"]
    return ["/windows", "/windows/new", period, f"{period}?hour=opening", *(period + path for path in (*lists, *acts))]


ROLES = ("caseworker", "supervisor", "mailroom", "finance", "auditor", "admin")


@pytest.fixture
def scripted(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_can_be_read_by_everybody(scripted: Desks, world: World, role: str):
    desk, found = scripted.sign_in(role), {}
    for path in addresses(role, world):
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        page = desk.open(path)
        wrong = [*violations(page), *overflow(page, 1280)]
        page.set_viewport_size({"width": 320, "height": 800})
        wrong += overflow(page, 320)
        if wrong:
            found[path] = wrong
    assert found == {}
    assert scripted.said == []


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    page.evaluate(AXE)
    return page.evaluate(
        "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"
        ".then(found => found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | ')))", TAGS,
    )  # fmt: skip


def overflow(page: Page, width: int) -> list[str]:
    """The page itself never scrolls sideways; wide tables do so in their own frame."""
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{beyond} px too wide at {width}"] if beyond > 0 else []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_without_scripts(product: Product, browser: Browser, world: World, role: str):
    desks = Desks(product, browser, scripts=False)
    try:
        desk = desks.sign_in(role)
        for path in addresses(role, world):
            answer = desk.page.request.get(product.url + path)  # what the server sends is all there is without scripts
            assert answer.ok, path
            [heading] = re.findall(r"<main.*?<h1[^>]*>(.*?)</h1>", answer.text(), re.DOTALL)
            assert re.sub(r"<[^>]+>|\s", "", heading), path
    finally:
        desks.close()


def test_a_form_sent_empty_says_what_to_mend_and_takes_the_focus(scripted: Desks, world: World):
    page = scripted.sign_in("mailroom").open("/mailroom/envelopes/new")
    page.locator("[name=delivered_on]").fill("2016-13-45")
    page.locator("select[name=method]").select_option("money_order")
    page.locator("form:has([name=delivered_on]) button.first").click()
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Erreur"))
    assert violations(page) == []
    page.locator("[data-errors] a").first.click()
    expect(page.locator("[name=delivered_on]")).to_be_focused()
    finance = scripted.sign_in("finance").open(world.receipt)
    finance.locator("form[action$='/allocation'] button.first").click()
    expect(finance.locator("[data-errors]")).to_be_focused()
    assert violations(finance) == []


def test_the_queue_is_worked_from_the_keyboard(scripted: Desks, world: World):
    page = scripted.sign_in("caseworker").open("/cases")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("Prendre le dossier suivant")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)

    rows = page.locator("table[data-rows] tbody tr a[data-open]")
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    number = rows.first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/cases/{number}"))

    other = world.unpaid if number == world.paid else world.paid
    page.keyboard.press("/")
    page.keyboard.type(other)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/cases/{other}$"))
    page.keyboard.press("3")
    page.wait_for_url(re.compile("tab=messages"))
    page.keyboard.press("u")
    page.wait_for_url(re.compile("/cases$"))
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/cases/\d{8}-\d"))
    assert scripted.said == []


def test_what_is_typed_outlives_a_killed_server(product: Product, scripted: Desks, world: World):
    page = scripted.sign_in("mailroom").open(f"/mailroom/envelopes/{world.envelope}/keying")
    saved = page.locator("[data-saved]")
    name, town = page.locator("[name=principal-family_name]"), page.locator("[name=principal-locality]")
    name.fill("Gardé avant la panne")
    name.press("Enter")
    expect(saved).to_contain_text("Enregistré à")
    kill_web(product)
    town.fill("Ville tapée pendant la panne")
    town.press("Enter")
    until(lambda: alive(product))
    page.reload()
    expect(name).to_have_value("Gardé avant la panne")
    expect(town).to_have_value("Ville tapée pendant la panne")
    expect(saved).to_contain_text("Enregistré à")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(town).to_have_value("Ville tapée pendant la panne")


def kill_web(product: Product) -> None:
    """Kill, without a word, the process that answers; its parent starts another."""
    port = product.url.rsplit(":", 1)[1]
    [parent] = [
        pid
        for pid, words, _parent in processes()
        if "granian" in words and f"--port {port} " in words and "wsgi:door" in words and not _is_child(pid, port)
    ]
    children = [pid for pid, _words, above in processes() if above == parent]
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(product) or not set(children) & {pid for pid, _words, _above in processes()})


def _is_child(pid: int, port: str) -> bool:
    above = {one: parent for one, _words, parent in processes()}
    words = {one: said for one, said, _parent in processes()}
    return f"--port {port} " in words.get(above.get(pid, 0), "")


def processes() -> Iterator[tuple[int, str, int]]:
    """Every process with its words and its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_text().replace("\0", " ")
            yield int(folder.name), words, int((folder / "stat").read_text().rsplit(") ", 1)[1].split()[1])


def alive(product: Product) -> bool:
    """Whether the server answers."""
    asked = http.client.HTTPConnection(product.url.removeprefix("http://"), timeout=2)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(asked):
        asked.request("GET", "/readyz")
        return asked.getresponse().status == 200
    return False
