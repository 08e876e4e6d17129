"""Keying from the image, without the mouse: the image follows, nothing typed is lost, critical fields are keyed twice blind."""

import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Desks, Product
from tests.browser.test_pages import alive, kill_web
from tests.browser.test_story import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def scripted(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def envelopes(product: Product) -> list[str]:
    """Four applications, the last one with the oldest stamp."""
    staged = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("stage_keying.py")), "4"],
        cwd=ROOT, env=product.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert staged.returncode == 0, staged.stderr
    return list(json.loads(staged.stdout.splitlines()[-1]))


def opened(page: Page, product: Product, number: str, last: str = "") -> Page:
    """The keying page of an envelope, once its pages are scanned and read."""
    here = f"{product.url}/mailroom/envelopes/{number}/keying{last}"
    until(lambda: page.goto(here) and page.locator("[data-viewer]").count() and page.locator("a[data-page]").count() == 2)
    return page


def go(page: Page, name: str) -> None:
    """Enter, field by field, as a clerk goes down the form."""
    for _ in range(60):
        if focused(page) == name:
            return
        page.keyboard.press("Enter")
    raise AssertionError(f"Enter never came to {name}")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || ''"))


def hit(page: Page) -> dict[str, float]:
    """Where the zone in the frame lies on the picture, in thousandths."""
    return dict(
        page.evaluate(
            """() => { const i = document.querySelector('.scan img').getBoundingClientRect(), h = document.querySelector('.scan i.hit').getBoundingClientRect(),
            f = document.querySelector('.scan').getBoundingClientRect();
            return { top: 1000 * (h.top - i.top) / i.height, left: 1000 * (h.left - i.left) / i.width, wide: h.width, high: h.height,
                     seen: h.bottom > f.top && h.top < f.bottom && h.right > f.left && h.left < f.right ? 1 : 0 }; }"""
        )
    )


def shown_page(page: Page) -> str:
    return page.locator("a[data-page][aria-current]").inner_text().strip()


def test_the_image_follows_the_field_until_the_clerk_turns_the_page(scripted: Desks, product: Product, envelopes: list[str]):
    page = opened(scripted.sign_in("mailroom").page, product, envelopes[0])
    page.locator("[name=principal-given_names]").focus()
    expect(page.locator(".scan i.hit")).to_have_count(1)
    go(page, "principal-birth_date")
    found = hit(page)
    assert found["top"] == pytest.approx(337, abs=4)
    assert found["seen"]
    page.keyboard.press("PageDown")
    assert shown_page(page) == "2"
    page.keyboard.type("1984")
    assert shown_page(page) == "2", "the clerk's page stays while the field is typed"
    expect(page.locator(".scan i.hit")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("a[data-page][aria-current]")).to_have_text("1")
    go(page, "principal-passport_number")
    until(lambda: hit(page)["top"] == pytest.approx(657, abs=4))
    assert hit(page)["seen"]
    flat = hit(page)
    page.keyboard.press("Alt+r")
    turned = hit(page)
    assert flat["wide"] > flat["high"]
    assert turned["high"] > turned["wide"], "the zone turns with the page"
    page.keyboard.press("Alt+Shift+?")
    expect(page.locator("dialog[open]")).to_contain_text("Alt+D")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "principal-citizenships"
    assert scripted.said == []


def test_what_is_typed_and_the_cursor_outlive_a_killed_server(scripted: Desks, product: Product, envelopes: list[str]):
    page = opened(scripted.sign_in("mailroom").page, product, envelopes[1])
    saved = page.locator("[data-saved]")
    page.locator("[name=principal-family_name]").focus()
    page.keyboard.type("Gardé")
    began = time.monotonic()
    expect(saved).to_contain_text("Enregistré à", timeout=5000)
    assert time.monotonic() - began < 5, "what is typed is on the server within five seconds"
    kill_web(product)
    go(page, "principal-given_names")
    page.keyboard.type("Tapé pendant la panne")
    go(page, "principal-birth_date")
    page.keyboard.type("1984-07-1")
    until(lambda: alive(product))
    expect(saved).to_contain_text("Enregistré à", timeout=10_000)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.locator("[name=principal-given_names]")).to_have_value("Tapé pendant la panne")
    expect(page.locator("[name=principal-birth_date]")).to_have_value("1984-07-1")
    assert focused(page) == "principal-birth_date"


def test_an_outage_is_said_and_what_was_typed_goes_once_it_is_over(scripted: Desks, product: Product, envelopes: list[str]):
    page = opened(scripted.sign_in("mailroom").page, product, envelopes[1])
    page.route("**/keying/fields", lambda route: route.abort())
    page.locator("[name=principal-locality]").focus()
    page.keyboard.type("Ville sans réseau")
    expect(page.locator("[data-saved].late")).to_contain_text(re.compile("non enregistré|pas encore enregistré", re.IGNORECASE))
    page.unroute("**/keying/fields")
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré à", timeout=10_000)
    page.reload()
    expect(page.locator("[name=principal-locality]")).to_have_value("Ville sans réseau")


def test_signed_out_then_in_again_everything_is_there_and_so_is_the_cursor(scripted: Desks, product: Product, envelopes: list[str]):
    desk = scripted.sign_in("mailroom")
    page = opened(desk.page, product, envelopes[1])
    page.locator("[name=principal-family_name]").focus()
    page.context.clear_cookies()
    go(page, "principal-phone")
    page.keyboard.type("514 555-0100")
    expect(page.locator("[data-saved].late")).to_be_visible()
    again = page.locator("[data-again]")
    expect(again).to_be_visible()
    again.press("Enter")
    page.wait_for_url(re.compile("/sign-in"))
    account = product.accounts["mailroom"][0]
    page.locator("input[name=email]").fill(account["email"])
    page.locator("input[name=password]").fill(account["password"])
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(f"{envelopes[1]}/keying"))
    expect(page.locator("[name=principal-phone]")).to_have_value("514 555-0100")
    assert focused(page) == "principal-phone"
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré à")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.locator("[name=principal-phone]")).to_have_value("514 555-0100")


def test_an_envelope_is_keyed_twice_and_settled_without_the_mouse(scripted: Desks, product: Product, envelopes: list[str]):
    number, mark = envelopes[2], uuid.uuid4().hex[:6].upper()
    first = opened(scripted.sign_in("mailroom").page, product, number)
    assert focused(first) == "ground"
    read = until(
        lambda: first.reload() and first.locator("#read-principal-family_name").count() and first.locator("#read-principal-family_name").inner_text()
    )
    assert "BENFICTIF" in read
    first.keyboard.press("ArrowDown")  # received before 2016: the stamp says so
    go(first, "principal-family_name")
    first.keyboard.press("Alt+s")
    assert first.locator("[name=principal-family_name]").input_value() == "BENFICTIF"
    typed = {
        "principal-given_names": "Youssef", "principal-sex": "M", "principal-birth_date": "1984-07-14", "principal-birth_country": "Algérie",
        "principal-citizenships": "Algérie", "principal-passport_number": f"P{mark}", "principal-address_lines": "12, rue de l’Exemple",
        "principal-locality": "Oran", "principal-address_country": "Algérie", "signed_name": "Y. Benfictif",
    }  # fmt: skip
    for name in ("principal-given_names", "principal-sex", "principal-birth_date", "principal-birth_country", "principal-citizenships"):
        go(first, name)
        first.keyboard.type(typed[name])
    go(first, "principal-passport_number")
    first.keyboard.type(typed["principal-passport_number"])
    go(first, "principal-email")
    first.keyboard.press("Alt+v")
    for name in ("principal-address_lines", "principal-locality", "principal-address_country"):
        go(first, name)
        first.keyboard.type(typed[name])
    for tick in ("truthful", "common_values"):
        go(first, tick)
        first.keyboard.press("Space")
    go(first, "signed_name")
    first.keyboard.type(typed["signed_name"])
    first.keyboard.press("Alt+d")
    first.wait_for_url(re.compile("/mailroom/keying$"))
    expect(first.locator("main")).to_contain_text("Vous l’avez saisie")

    second = opened(scripted.sign_in("mailroom", 1).page, product, number, "/second")
    body = second.content()
    assert "Youssef" not in body
    assert mark not in body
    assert focused(second) == "principal-family_name"
    second.keyboard.type("Benfictif")
    second.keyboard.press("Enter")
    second.keyboard.type("Yousef")
    second.keyboard.press("Enter")
    second.keyboard.type("1984-07-14")
    second.keyboard.press("Enter")
    second.keyboard.type(f"p {mark}")
    second.keyboard.press("Alt+d")
    second.wait_for_url(re.compile("/mailroom/keying$"))
    expect(second.locator("main")).to_contain_text("troisième personne")

    third = scripted.sign_in("supervisor").open("/mailroom/keying")
    third.keyboard.press("n")
    third.wait_for_url(re.compile(f"{number}/keying/differences"))
    expect(third.locator(".pair")).to_have_count(1)
    expect(third.locator(".pair")).to_contain_text("Yousef")
    until(lambda: hit(third)["top"] == pytest.approx(250, abs=4))
    third.keyboard.press("Alt+1")
    third.keyboard.press("Alt+d")
    third.wait_for_url(re.compile(f"/mailroom/envelopes/{number}$"), timeout=60_000)
    until(lambda: third.reload() and re.search(r"\b\d{8}-\d\b", third.locator("main").inner_text()))
    assert scripted.said == []
