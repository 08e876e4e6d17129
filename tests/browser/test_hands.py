"""What the commonest acts of the mailroom cost a pair of hands, counted as docs/hands.md says, and never with the mouse."""

import json
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from backoffice.demo import paper
from tests.browser.conftest import Desks, Product, api
from tests.browser.hands import Hand
from tests.browser.test_story import fresh, messages, pay, post, returned, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AGES_AGO = "2020-01-02"
"""The oldest stamp in the house: its envelope is the next to work on."""


@pytest.fixture
def desks(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


def asked(desks: Desks, playwright: Playwright, family_name: str) -> tuple[str, bytes]:
    """A paid case with a request for documents: its number, and the letter with its return sheet."""
    portal, provider = api(playwright, desks.product, "portal"), api(playwright, desks.product, "payments")
    content: dict[str, Any] = fresh()
    content["principal_applicant"]["family_name"] = family_name
    acknowledged = post(portal, content)
    pay(provider, acknowledged)
    page = desks.sign_in("caseworker").open(f"/cases/{acknowledged['case_number']}/requests/new")
    page.locator("button[name=step][value=preview]").click()
    page.locator("button[name=step][value=send]").click()
    page.wait_for_url(lambda url: "/requests/" not in url)
    request = until(lambda: next((m for m in messages(portal, acknowledged["submission_id"]) if m["request"]), None))
    [letter] = request["attachments"]
    return acknowledged["case_number"], portal.get(f"/api/v1/submissions/{acknowledged['submission_id']}/attachments/{letter['id']}").body()


def scanned(product: Product, folder: Path, data: bytes, stamp: str = AGES_AGO) -> str:
    """An envelope out of a scanned file."""
    path = folder / f"{uuid.uuid4().hex}.pdf"
    path.write_bytes(data)
    [line] = product.command("mailroom", "import", "--delivered", stamp, str(path)).splitlines()
    return str(json.loads(line)["envelope"])


def at_home(desks: Desks) -> Page:
    page = desks.sign_in("mailroom").open("/mailroom")
    expect(page.locator("#box-code")).to_be_focused()
    return page


def test_act_9_a_scanned_document_into_a_known_case(desks: Desks, playwright: Playwright, tmp_path: Path):
    family_name = f"Quévillon {''.join(chr(97 + int(c, 16) % 26) for c in uuid.uuid4().hex[:5])}"
    case, _letter = asked(desks, playwright, family_name)
    number = scanned(desks.product, tmp_path, paper.pdf(paper.CERTIFICATE, (f"PAGE {uuid.uuid4()}",)))
    page = at_home(desks)
    hand = Hand(page)
    hand.key("Enter")  # the empty box: the next envelope
    page.wait_for_url(re.compile(f"/mailroom/envelopes/{number}"))
    expect(page.locator("img[data-viewer]")).to_be_visible()
    expect(page.locator("#find")).to_be_focused()
    hand.put(family_name.replace("é", "e").lower()[:12])
    hand.key("Enter", foreseen=True)
    expect(page.locator(f"input[name=case][value='{case}']")).to_be_focused()
    hand.key("1")
    expect(page.locator("input[name=items]:checked")).to_have_count(1)
    hand.key("Enter")
    expect(page.locator("button[value=next]")).to_be_focused()
    counted = hand.keep("9", "scanned document into a known case, indexed (sheet without a code)", goal=18)
    expect(page.locator(".account")).to_contain_text("En équilibre")
    assert (counted.keys, counted.clicks) == (4, 0)
    assert counted.seconds <= 18
    assert case in page.locator(".head").inner_text()
    hand.key("Enter")
    page.wait_for_url(lambda url: number not in url)
    assert desks.said == []


def test_act_9_when_the_code_is_read(desks: Desks, playwright: Playwright, tmp_path: Path):
    case, letter = asked(desks, playwright, f"Codé {uuid.uuid4().hex[:6]}")
    number = scanned(desks.product, tmp_path, returned(letter))
    page = at_home(desks)
    hand = Hand(page)
    hand.key("Enter")
    page.wait_for_url(re.compile(f"/mailroom/envelopes/{number}"))
    expect(page.locator("button[value=next]")).to_be_focused()
    assert case in page.locator(".head").inner_text(), "filed by its code: the clerk looks, and closes"
    hand.key("Enter")
    page.wait_for_url(lambda url: number not in url)
    counted = hand.keep("9c", "the same, its code read: looked at, envelope closed", goal=4)
    assert (counted.keys, counted.data, counted.clicks) == (2, 0, 0)
    assert counted.seconds <= 4


def test_act_11_a_payment(desks: Desks, playwright: Playwright, tmp_path: Path):
    _case, letter = asked(desks, playwright, f"Payeur {uuid.uuid4().hex[:6]}")
    number = scanned(desks.product, tmp_path, returned(letter), stamp=time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400)))
    page = desks.sign_in("mailroom").open(f"/mailroom/envelopes/{number}")
    expect(page.locator("button[value=next]")).to_be_focused()
    hand = Hand(page)
    hand.key("i")
    expect(page.locator("select[name=method]")).to_be_focused()
    hand.key("Tab", foreseen=True)
    hand.put("1271,00")
    hand.key("Tab", foreseen=True)
    hand.put(f"{uuid.uuid4().int % 10_000_000:07d}")
    hand.key("Enter", foreseen=True)
    expect(page.locator("main")).to_contain_text("1 271,00")
    counted = hand.keep("11", "payment: amount and number (the day is the stamp)", goal=9.5)
    assert (counted.keys, counted.clicks, counted.loads) == (4, 0, 1)
    assert counted.data <= 24
    assert counted.seconds <= 9.5


def test_the_list_gives_the_focus_back_to_the_row_one_came_from(desks: Desks, tmp_path: Path):
    for _ in range(2):
        scanned(desks.product, tmp_path, paper.pdf((f"PAGE {uuid.uuid4()}",)))
    page = desks.sign_in("mailroom").open("/mailroom/doubt")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("a[data-open]").nth(1)
    expect(second).to_be_focused()
    number = second.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(number))
    expect(page).to_have_title(re.compile(f"^{number}"))
    page.go_back()
    expect(page.locator(f"a[data-focus='{number}']")).to_be_focused()


def test_the_box_speaks_and_writes_what_it_does_not_know(desks: Desks, tmp_path: Path):
    number = scanned(desks.product, tmp_path, paper.pdf((f"PAGE {uuid.uuid4()}",)))
    page = at_home(desks)
    hand = Hand(page)
    hand.gun("RIEN-DE-NOUS")
    expect(page.locator("[data-heard]")).to_contain_text("Rien ne répond")
    expect(page.locator("form[data-scanbox]")).to_have_attribute("data-tone", "bad")
    hand.gun(number)
    page.wait_for_url(re.compile(f"/mailroom/envelopes/{number}"))
    assert desks.said == []
