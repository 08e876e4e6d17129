"""The pages of an envelope by keyboard: four pages split and both parts filed, turned without waiting, searched, put right."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import Desks, Product, api
from tests.browser.hands import Hand
from tests.browser.test_story import fresh, pay, post, until
from tests.mailroom.sheets import plain

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TURN = """async (key) => {
  const image = document.querySelector('[data-sheet] image'), before = image.getAttribute('href'), began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  if (image.getAttribute('href') === before) throw new Error('the page did not turn');
  const seen = new Image();
  seen.src = image.getAttribute('href');
  await seen.decode();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - began;
}"""


@pytest.fixture
def clerk(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


def scanned(product: Product, folder: Path, *pages: str) -> str:
    path = plain(folder, *pages, name=f"{folder.name}.pdf")
    [line] = product.command("mailroom", "import", "--delivered", "2016-06-13", str(path)).splitlines()
    return str(json.loads(line)["envelope"])


def whole(page: Page, here: str, count: int) -> None:
    until(lambda: page.goto(here) and page.locator("a[data-leaf]").count() == count)


def test_act_10_four_pages_are_split_and_both_parts_filed_from_the_keyboard(product: Product, playwright: Playwright, clerk: Desks, tmp_path: Path):
    portal, provider = api(playwright, product, "portal"), api(playwright, product, "payments")
    known = post(portal, fresh())
    pay(provider, known)
    case, number = known["case_number"], scanned(product, tmp_path, "Acte", "Acte verso", "Bail", "Bail verso")
    page = clerk.sign_in("mailroom").page
    here = f"{product.url}/mailroom/envelopes/{number}/pages"
    whole(page, here, 4)
    page.evaluate("window.same = true")
    hand = Hand(page)
    hand.key("PageDown", "PageDown")
    hand.key("s")
    expect(page.locator(".parts fieldset")).to_have_count(2)
    hand.key("c")
    hand.put(case)
    hand.key("Enter", foreseen=True)
    expect(page.locator(".leaf.filed")).to_have_count(4)
    counted = hand.keep("10", "four scanned pages split after the second, both parts filed to a case", goal=20)
    assert page.evaluate("window.same"), "no page was loaded"
    assert (counted.keys, counted.data, counted.clicks, counted.loads) == (5, len(case), 0, 0)
    assert counted.seconds <= 20
    expect(page.locator(".leaf.filed", has_text=case)).to_have_count(4)
    documents = clerk.sign_in("caseworker").open(f"/cases/{case}?tab=documents").locator("main").inner_text()
    assert documents.count("Courrier reçu") >= 2
    assert clerk.said == []


def test_a_page_turns_in_less_than_a_tenth_of_a_second(product: Product, clerk: Desks, tmp_path: Path):
    number = scanned(product, tmp_path, *(f"Page {place}" for place in range(1, 13)))
    page = clerk.sign_in("mailroom").page
    whole(page, f"{product.url}/mailroom/envelopes/{number}/pages", 12)
    page.wait_for_load_state("networkidle")
    taken = []
    for key in ["PageDown"] * 8 + ["PageUp"] * 8:
        taken.append(page.evaluate(TURN, key))
        page.wait_for_timeout(150)
    print("ms to turn a page:", round(statistics.median(taken)), [round(each) for each in taken])
    assert statistics.median(taken) < 100


def test_pages_are_put_right_with_the_keys(product: Product, clerk: Desks, tmp_path: Path):
    number = scanned(product, tmp_path, "Bail", "Deux", "Trois")
    page, here = clerk.sign_in("mailroom").page, f"{product.url}/mailroom/envelopes/{number}/pages"
    until(lambda: page.goto(f"{here}?q=bail") and page.locator("[data-sheet] .mark").count())  # recognised, so shown as it stays
    whole(page, here, 3)
    picture = page.locator("[data-sheet] image")
    first = picture.get_attribute("href")
    page.keyboard.press("r")
    expect(picture).not_to_have_attribute("href", first or "")
    page.keyboard.press("u")
    expect(picture).to_have_attribute("href", first or "")
    page.keyboard.press("x")
    expect(page.locator("a[aria-current] ~ label input")).to_be_checked()
    width = page.locator("[data-sheet] svg").evaluate("(svg) => svg.getBoundingClientRect().width")
    for _ in range(6):
        page.keyboard.press("+")
    assert page.locator("[data-sheet] svg").evaluate("(svg) => svg.getBoundingClientRect().width") > width
    page.keyboard.press("/")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    listed = page.locator("#keys-help").inner_text()
    assert all(word in listed for word in ("Tourner à droite", "Séparer devant cette page", "Agrandir"))
