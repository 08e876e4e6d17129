"""A request for access from its entry to its answer, in a browser with scripts and without: the copy saved is the whole file."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Desks, Product, leaving
from tests.browser.test_pages import AXE, TAGS
from tests.browser.test_portal_walk import application, pay, until
from tools.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def readable(page: Page, *, scripts: bool) -> None:
    """Nothing is cut at 1280 points, and axe finds nothing."""
    if not scripts:
        return
    assert page.evaluate("document.documentElement.scrollWidth <= 1280"), page.url
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags}).then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join(' ')))", TAGS)
    assert found == [], page.url


def test_somebody_asks_for_their_file_and_gets_it(product: Product, desks: Desks, tmp_path: Path):
    portal = Portal(product.url, product.keys["portal"])
    settled = portal.settled(portal.submit(application())["submission_id"])
    pay(product, settled)
    page = desks.sign_in("supervisor").open("/access-requests")
    readable(page, scripts=desks.scripts)
    page.locator("a[href='/access-requests/new']").click()
    readable(page, scripts=desks.scripts)
    page.locator("[name=case_number]").fill(settled["case_number"])
    page.locator("[name=requester]").fill("La requérante elle-même")
    page.locator("[name=received_on]").fill(settled["receipt"]["received_at"][:10])
    page.locator("[name=channel]").select_option("email")
    page.locator("[name=identity]").fill("Passeport vu au comptoir")
    page.locator("[name=identity]").press("Enter")
    page.wait_for_url(re.compile(r"/access-requests/\d+$"))
    readable(page, scripts=desks.scripts)

    page.locator("form[action$='/export'] button").click()
    page.wait_for_url(re.compile(r"/access-requests/\d+$"))
    here = page.url

    def made() -> object:
        page.goto(here)
        return page.locator("a[href$='copy.zip']").count() or None

    until(made)
    readable(page, scripts=desks.scripts)
    with page.expect_download() as saving:
        page.locator("a[href$='copy.zip']").click()
    saving.value.save_as(tmp_path / "copy.zip")
    copy = zipfile.ZipFile(tmp_path / "copy.zip")
    assert copy.testzip() is None
    copy.extractall(tmp_path / "copy")
    with leaving(page):
        page.locator("form[action$='/review'] button").click()
    page.locator("[name=way]").fill("remise au comptoir")
    page.locator("[name=released_on]").fill(settled["receipt"]["received_at"][:10])
    with leaving(page):
        page.locator("[name=way]").press("Enter")
    assert "remise au comptoir" in page.content()
    readable(page, scripts=desks.scripts)
    assert desks.said == []

    opened = desks.contexts[0].new_page()
    opened.goto((tmp_path / "copy" / "index.html").as_uri())
    assert settled["case_number"] in (opened.title())
    if desks.scripts:
        opened.evaluate(AXE)
        assert opened.evaluate("tags => axe.run({runOnly: tags}).then(r => r.violations.map(v => v.id))", TAGS) == []
    text = opened.locator("#messages + ol a").first
    with leaving(opened):
        text.click()
    assert "Objet" in opened.content()
