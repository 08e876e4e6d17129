"""A clerk's whole morning by keyboard: delivery, envelopes with money, scan, second count, index, batch and balance, keying, return."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from backoffice.demo import paper
from tests.browser.conftest import Desk, Desks, Product, leaving
from tests.browser.test_hands import asked
from tests.browser.test_story import returned, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

MOST_TABS = 150


@pytest.fixture
def desks(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


class Keys:
    """Somebody without a mouse: keys, and nothing else, once the first page is open."""

    def __init__(self, desk: Desk) -> None:
        self.page = desk.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Into the field that has the focus, once one has it: a page that has just come gives it a moment later."""
        self.page.wait_for_function("() => document.activeElement && document.activeElement.matches('input, select, textarea')")
        self.page.keyboard.type(text)

    def reach(self, selector: str) -> None:
        """Tab until it has the focus, as anybody can."""
        passed = []
        for _ in range(MOST_TABS):
            if self.page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
                return
            passed.append(self.page.evaluate("() => document.activeElement.name || document.activeElement.textContent.trim().slice(0, 20)"))
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {selector}, only to {passed}")

    def choose(self, selector: str, value: str) -> None:
        """Down the list to a value, with the arrow."""
        self.reach(selector)
        away = "([s, v]) => { const l = document.querySelector(s); return [...l.options].findIndex(o => o.value === v) - l.selectedIndex }"
        steps = self.page.evaluate(away, [selector, value])
        self.press(*(["ArrowDown"] * steps if steps > 0 else ["ArrowUp"] * -steps))

    def open(self, selector: str, path: str) -> None:
        """Reach a link or a button, press Enter, and be there."""
        self.reach(selector)
        self.press("Enter")
        self.page.wait_for_url(re.compile(path))

    def menu(self, path: str) -> None:
        """A line of the room's menu."""
        self.open(f"nav.views a[href$='{path}']", f"{path}$")


def scan(product: Product, number: str, data: bytes) -> None:
    """The scanner writes the envelope's file into its folder, under the number that the clerk typed on its glass."""
    folder = Path(product.environment["DROP_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{number}"
    beside.write_bytes(data)
    beside.rename(folder / f"{number}.pdf")


def new_envelope(keys: Keys, kind: str, sheets: str, *, method: str = "", amount: str = "") -> str:
    """The short form: kind by its digit, sheets, money; Enter registers, and the form is there again."""
    keys.reach("select[name=kind]")
    keys.type(kind)
    keys.reach("input[name=declared_sheets]")
    keys.type(sheets)
    if method:
        keys.choose("select[name=method]", method)
        keys.reach("input[name=amount]")
        keys.type(amount)
    known = keys.page.locator(".registered b")
    before = known.inner_text() if known.count() else ""
    keys.press("Enter")
    return until(lambda: known.count() and known.inner_text() != before and known.inner_text())


def pages_of(keys: Keys, number: str, count: int, said: str = "") -> None:
    """Type the number in the box, as the gun does, until its pages are read, and its head says where they went."""
    here = f"/mailroom/envelopes/{number}"

    def read() -> bool:
        keys.page.goto(f"{keys.page.url.split('/mailroom')[0]}/mailroom")
        keys.type(number)
        keys.press("Enter")
        keys.page.wait_for_url(re.compile(here))
        return keys.page.locator(".thumbs a[data-page]").count() == count and said in keys.page.locator(".head").inner_text()

    until(read, 60)


def test_a_clerks_whole_morning_without_a_mouse(desks: Desks, playwright: Playwright, product: Product) -> None:
    family = f"Quévillon {''.join(chr(97 + int(c, 16) % 26) for c in uuid.uuid4().hex[:6])}"
    case, letter = asked(desks, playwright, family)
    other, _letter = asked(desks, playwright, f"Robitaille {family[-6:]}")
    clerk, second = Keys(desks.sign_in("mailroom")), Keys(desks.sign_in("mailroom", 1))

    # The delivery, counted at the door.
    clerk.page.goto(f"{product.url}/mailroom")
    clerk.press("Escape")
    clerk.menu("/mailroom/deliveries")
    clerk.open("a[href$='/mailroom/deliveries/new']", "/mailroom/deliveries/new")
    clerk.reach("input[name=carrier]")
    clerk.press("Control+a")
    clerk.type(f"Postes {family[-6:]}")
    clerk.reach("input[name=counted_envelopes]")
    clerk.type("4")
    with leaving(clerk.page):
        clerk.press("Enter")
    expect(clerk.page.locator("main")).to_contain_text(f"Postes {family[-6:]}")

    # Four envelopes, one after the other, from the same form.
    clerk.page.goto(f"{product.url}/mailroom/envelopes/new")
    coded = new_envelope(clerk, "2", "3")
    unread = new_envelope(clerk, "2", "2", method="certified_cheque", amount="765,00")
    refused = new_envelope(clerk, "3", "0", method="personal_cheque", amount="100,00")
    form = new_envelope(clerk, "1", "2")
    assert len({coded, unread, refused, form}) == 4

    # The scanner.
    scan(product, coded, returned(letter))
    scan(product, unread, paper.pdf((f"ACTE {uuid.uuid4()}",), (f"PAGE {uuid.uuid4()}",)))  # its own: the same image twice is a difference
    scan(product, form, paper.pdf(paper.FORM, (f"PAGE {uuid.uuid4()}",)))

    # The second person counts the money, blind.
    count_the_money(second, product, unread, refused)

    # The coded one went to its case by itself: looked at, closed.
    pages_of(clerk, coded, 3, case)
    clerk.press("c")
    clerk.page.wait_for_url(lambda url: coded not in url)

    # The one without a code: found by the name, filed by Enter; its cheque still waits for finance, and the closing says why.
    pages_of(clerk, unread, 2)
    clerk.reach("#find")
    clerk.type(f"robitaille {family[-6:]}")
    clerk.press("Enter")
    expect(clerk.page.locator(f"input[name=case][value='{other}']")).to_be_focused()
    with leaving(clerk.page):
        clerk.press("Enter")
    expect(clerk.page.locator(".account")).to_contain_text("à classer 0")
    clerk.reach("[name=reason]")
    clerk.type("Le chèque visé attend son affectation par les finances")
    clerk.press("Enter")
    clerk.page.wait_for_url(lambda url: unread not in url)
    assert state_of(clerk, product, unread) == "Fermée"

    # The personal cheque goes back, with its letter.
    send_back(clerk, product, refused)

    # The application is keyed from its image, and once more by the second clerk, who sees nothing of the first.
    key_twice(clerk, second, product, form, family)

    # The pile of the morning: put into a batch by the codes, declared, and closed because it balances.
    balance(clerk, product, [coded, unread])
    assert desks.said == []
    assert product.command("audit", "verify").strip() == "The trail is whole."


def count_the_money(second: Keys, product: Product, *numbers: str) -> None:
    amounts = dict(zip(numbers, ("765,00", "100,00"), strict=True))
    for _ in range(8):
        second.page.goto(f"{product.url}/mailroom/money")
        if all(not second.page.locator("tbody th a[href*='/count']", has_text=number).count() for number in numbers):
            return
        second.press("n")
        second.page.wait_for_url(re.compile("/count"))
        found = re.search(r"E-\d{4}-\d{5,}", second.page.locator(".head").inner_text())
        assert found
        second.reach("[name=amount]")
        second.type(amounts.get(found.group(), "1118,00"))
        second.press("Enter")
        second.page.wait_for_url(lambda url: not url.endswith("/count"))
    raise AssertionError("the second count never came to an end")


def state_of(keys: Keys, product: Product, number: str) -> str:
    keys.page.goto(f"{product.url}/mailroom/envelopes/{number}")
    return keys.page.locator(".head .tag").first.inner_text()


def send_back(keys: Keys, product: Product, number: str) -> None:
    keys.page.goto(f"{product.url}/mailroom/envelopes/{number}")
    keys.open(f"a[href$='/mailroom/returns/new?envelope={number}&whole=1']", "/mailroom/returns/new")
    expect(keys.page.locator("[name=receipts]")).to_be_checked()
    expect(keys.page.locator("[name=whole]")).to_be_checked()
    keys.reach("[name=recipient]")
    keys.type("Expéditrice fictive")
    keys.reach("[name=address]")
    keys.type("12, rue de l’Exemple")
    keys.press("Enter")
    keys.type("Alger")
    keys.reach("button.first")
    keys.press("Enter")
    keys.page.wait_for_url(re.compile(r"/mailroom/returns/R-\d{4}-\d{5}"))
    expect(keys.page.locator("main")).to_contain_text("100,00")
    keys.reach("select[name=way]")
    keys.press("Tab", "Enter")
    expect(keys.page.locator("main")).to_contain_text("Parti de la salle du courrier")
    assert state_of(keys, product, number) == "Retournée"


def key_twice(first: Keys, second: Keys, product: Product, number: str, family: str) -> None:
    mark = family[-6:]
    pages_of(first, number, 2)
    first.press("Escape", "k")
    first.page.wait_for_url(re.compile("/keying"))
    typed = {
        "ground_reason": "Aucun accès à Internet (exemple)", "principal-family_name": f"Benfictif {mark}",
        "principal-given_names": "Youssef", "principal-sex": "m", "principal-birth_date": "1984-07-14", "principal-birth_country": "Algérie",
        "principal-citizenships": "Algérie", "principal-passport_number": f"P{mark}".upper(), "principal-address_lines": "12, rue de l’Exemple",
        "principal-locality": "Oran", "principal-address_country": "Algérie", "truthful": " ", "common_values": " ", "signed_name": "Y. Benfictif",
    }  # fmt: skip
    for name in in_order(first, [*typed, "ground"]):
        if name == "ground":
            first.choose("select[name=ground]", "internet_impossible")
        else:
            first.reach(f"[name='{name}']")
            first.type(typed[name])
    first.reach("button[name=do][value=finish]")
    first.press("Enter")
    expect(first.page.locator("button[name=do][value=finish]")).to_have_count(0)
    second.page.goto(f"{product.url}/mailroom/envelopes/{number}/keying/second")
    assert mark not in second.page.content(), "the second clerk sees nothing of the first"
    critical = [name for name in typed if name.startswith("principal-") and name.endswith(("_name", "_names", "_date", "_number"))]
    for name in in_order(second, critical):
        second.reach(f"[name='{name}']")
        second.type(typed[name])
    second.reach("button[name=do][value=finish]")
    with leaving(second.page):
        second.press("Enter")
    expect(second.page.locator("main")).to_contain_text("approbation")


def in_order(keys: Keys, names: list[str]) -> list[str]:
    """Fields as they come down the form."""
    return list(keys.page.evaluate("names => [...document.querySelectorAll('form [name]')].map(e => e.name).filter(n => names.includes(n))", names))


def balance(keys: Keys, product: Product, numbers: list[str]) -> None:
    keys.page.goto(f"{product.url}/mailroom/batches")
    keys.press("n")
    keys.page.wait_for_url(re.compile(r"/mailroom/batches/L-\d{4}-\d{5}"))
    for number in numbers:
        expect(keys.page.locator("input[name=code]").first).to_be_focused()
        keys.type(number)
        keys.press("Enter")
        expect(keys.page.locator("th", has_text=number)).to_be_visible()
    expect(keys.page.locator("input[name=code]").first).to_be_focused()
    for name, value in (("envelopes", "2"), ("sheets", "5"), ("separators", "0"), ("cheques", "1"), ("dollars", "700,00")):
        keys.reach(f"[name={name}]")
        keys.press("Control+a")
        keys.type(value)
    keys.press("Enter")
    expect(keys.page.locator("main")).to_contain_text("700,00")
    expect(keys.page.locator("main")).to_contain_text("Pas en équilibre")
    keys.reach("[name=dollars]")
    keys.press("Control+a")
    keys.type("765,00")
    keys.press("Enter")
    expect(keys.page.locator(".head")).to_contain_text("En équilibre")
    keys.reach("[data-key=c]")
    keys.press("Enter")
    expect(keys.page.locator(".head")).to_contain_text("Lot fermé")
