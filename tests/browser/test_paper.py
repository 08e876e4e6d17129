"""Batches, days and the scan box of moves in a browser: by keyboard as a gun types, with its sound and without scripts, for everybody."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desks, Product, leaving
from tests.browser.test_pages import overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def register(page: Page, url: str) -> str:
    """An envelope with nothing in it, as the opening table registers one."""
    page.goto(f"{url}/mailroom/envelopes/new")
    page.locator("[name=declared_sheets]").fill("0")
    with leaving(page):
        page.locator("[name=declared_sheets]").press("Enter")
    return page.locator(".registered b").inner_text()


def gun(page: Page, code: str) -> None:
    """A barcode gun: it types where the cursor is, then Enter; the page is given the time to put the cursor there."""
    expect(page.locator("input[name=code]").first).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def looked_at(page: Page, folder: Path, name: str, *, scripts: bool) -> None:
    """Readable by everybody, no wider than the screen; a picture is kept with the test."""
    if not scripts:
        return
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert [*violations(page), *overflow(page, 1280)] == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert overflow(page, 320) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_gun_moves_paper_and_fills_a_batch(desks: Desks, product: Product, tmp_path: Path):
    scripts = desks.scripts
    page = desks.sign_in("mailroom").page
    numbers = [register(page, product.url) for _ in range(2)]
    page.goto(f"{product.url}/mailroom/places")
    label = f"Boîte du banc {uuid.uuid4().hex[:6]}"
    page.locator("[name=label]").fill(label)
    with leaving(page):
        page.keyboard.press("Enter")
    box = page.locator("tr", has_text=label).locator("th a").inner_text()

    page.goto(f"{product.url}/mailroom/paper")
    gun(page, box)
    expect(page.locator("[data-result]")).to_contain_text(box)
    for number in numbers:
        gun(page, number)
        expect(page.locator("[data-result]")).to_contain_text(number)
    gun(page, "E-1999-99999")
    expect(page.locator("[data-sound=bad]")).to_be_visible()
    expect(page.locator("input[name=code]")).to_be_focused()
    if scripts:
        expect(page.locator("#moving")).to_have_attribute("data-sounded", "bad")
        expect(page.locator("#live")).to_contain_text("E-1999-99999")
    looked_at(page, tmp_path, "moves", scripts=scripts)
    page.goto(f"{product.url}/mailroom/places/{box}")
    for number in numbers:
        expect(page.locator("tbody")).to_contain_text(number)
    looked_at(page, tmp_path, "place", scripts=scripts)

    page.goto(f"{product.url}/mailroom/batches")
    page.locator("button:has-text('Nouveau lot vide')").press("Enter")
    page.wait_for_url(re.compile("/mailroom/batches/L-"))
    for number in numbers:
        gun(page, number)
        expect(page.locator("tbody").first).to_contain_text(number)
    looked_at(page, tmp_path, "batch", scripts=scripts)
    page.locator("input[type=number][name=envelopes]").fill("2")
    with leaving(page):
        page.locator("input[type=number][name=envelopes]").press("Enter")
    page.locator("button[data-key=c]").press("Enter")
    expect(page.locator(".head")).to_contain_text("Lot fermé")
    looked_at(page, tmp_path, "closed", scripts=scripts)


def test_a_day_is_signed_by_keyboard(desks: Desks, product: Product, tmp_path: Path):
    scripts = desks.scripts
    desk = desks.sign_in("mailroom")
    number = register(desk.page, product.url)
    page = desk.open("/mailroom/days")
    page.locator("a[data-open]").first.press("Enter")
    page.wait_for_url(re.compile("/mailroom/days/2"))
    expect(page.locator("main")).to_contain_text(number)
    page.locator("[name=password]").fill("ce n’est pas lui")
    page.keyboard.press("Enter")
    expect(page.locator("[data-errors]")).to_be_visible()
    looked_at(page, tmp_path, "day", scripts=scripts)
