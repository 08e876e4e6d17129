"""A reply written in a browser: saved by itself whatever is killed, paragraphs by their name, who else is here, and two who answer at once."""

import os
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import Desk, Desks, Product, api, leaving
from tests.browser.test_pages import alive, kill_web, overflow, violations
from tests.browser.test_story import fresh, post, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def scripted(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


@pytest.fixture
def number(product: Product, playwright: Playwright) -> str:
    return str(post(api(playwright, product, "portal"), fresh())["case_number"])


def body(page: Page) -> str:
    return page.locator("#reply-body").input_value()


def composer(desk: Desk, number: str) -> Page:
    page = desk.open(f"/cases/{number}?tab=messages")
    page.keyboard.press("w")
    page.locator("#reply-body").focus()
    return page


def test_what_is_typed_outlives_a_killed_server_and_is_there_in_another_browser(scripted: Desks, product: Product, number: str) -> None:
    page = composer(scripted.sign_in("caseworker"), number)
    began, typed, old = time.monotonic(), "", ""
    while time.monotonic() - began < 9:  # without ever a pause: the saving does not wait for one
        page.keyboard.type("mot ", delay=40)
        typed += "mot "
        old = typed if time.monotonic() - began < 4 else old
    page.route("**/draft", lambda route: route.abort())  # nothing more of this browser arrives
    kill_web(product)
    until(lambda: alive(product))
    other = scripted.sign_in("caseworker").open(f"/cases/{number}?tab=messages")
    assert typed.startswith(body(other))
    assert body(other).startswith(old), "at most five seconds are lost"
    page.keyboard.type("Tapé pendant la panne.")
    page.unroute("**/draft")
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré à", timeout=15_000)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    assert body(page) == typed + "Tapé pendant la panne."
    assert number in scripted.sign_in("caseworker").open("/").locator("#drafts").inner_text()


def test_a_name_after_two_colons_becomes_its_paragraph(scripted: Desks, number: str) -> None:
    page = composer(scripted.sign_in("caseworker"), number)
    page.keyboard.type("Bonjour.\n::sorry ")
    assert "Nous regrettons cette erreur" in body(page)
    assert "::" not in body(page)
    page.locator("#reply-paragraph").select_option("translation")
    page.locator("[data-insert]").click()
    assert "traductrice ou un traducteur agréé" in body(page)
    assert "/reply" not in page.url
    assert scripted.said == []


def test_two_who_answer_see_each_other_and_the_second_both_texts(scripted: Desks, number: str) -> None:
    first, second = scripted.sign_in("caseworker"), scripted.sign_in("caseworker", 1)
    for desk, text in ((first, "La réponse de la première."), (second, "La réponse de la seconde.")):
        page = composer(desk, number)
        page.locator("#reply-subject").fill("Réponse")
        page.locator("#reply-body").fill(text)
        expect(page.locator("[data-saved]")).to_contain_text("Enregistré à")
        page.locator("button[value=preview]").click()
        page.wait_for_url("**/reply?*", timeout=30_000)
    assert "rédige" in scripted.sign_in("supervisor").open(f"/cases/{number}?tab=messages").locator("#here").inner_text()
    for desk in (first, second):
        desk.page.locator("main button.first").click()
        desk.page.wait_for_url(lambda url: "/reply?" not in url, timeout=30_000)
    assert "La réponse de la première." in first.page.locator("main").inner_text()
    moved = second.page.locator("main").inner_text()
    assert "Le fil a bougé" in moved
    assert "La réponse de la première." in moved
    assert "La réponse de la seconde." in moved
    second.page.keyboard.press("m")
    second.page.wait_for_url("**tab=messages**")
    assert body(second.page) == "La réponse de la seconde."


def fit(page: Page, name: str) -> list[str]:
    """What is wrong with a page as it stands, for everybody's eyes and at both widths."""
    page.set_viewport_size({"width": 1280, "height": 900})
    wrong = [*violations(page), *overflow(page, 1280)]
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 800})
    wrong += overflow(page, 320)
    page.set_viewport_size({"width": 1280, "height": 900})
    return [f"{name}: {one}" for one in wrong]


def test_what_stands_between_writing_and_withdrawing_can_be_read_by_everybody(
    scripted: Desks, product: Product, playwright: Playwright, number: str
) -> None:
    page = composer(scripted.sign_in("caseworker"), number)
    page.locator("#reply-subject").fill("Réponse")
    page.locator("#reply-body").fill("Votre demande est en file.")
    page.locator("button[value=preview]").click()
    page.wait_for_url("**/reply?*", timeout=30_000)
    wrong = fit(page, "preview")
    page.goto(f"{product.url}/cases/{number}/reply?seen=0")
    page.locator("main button.first").click()
    expect(page.locator("h1", has_text="Le fil a bougé")).to_be_visible(timeout=30_000)
    wrong += fit(page, "moved")
    page.locator("main form button").click()
    page.wait_for_url("**tab=messages**", timeout=30_000)
    wrong += fit(page, "thread")
    page.locator("a[href$=withdrawal]").first.click()
    page.wait_for_url("**/withdrawal")
    wrong += fit(page, "withdraw")
    page.locator("input[name=reason]").fill("Mauvais dossier")
    page.locator("main button.first").click()
    page.wait_for_url("**tab=messages**", timeout=30_000)
    wrong += fit(page, "withdrawn")
    assert wrong == []


def test_a_message_to_many_is_read_signed_by_another_and_reaches_each_thread(scripted: Desks, product: Product, number: str) -> None:
    page = scripted.sign_in("supervisor").open("/messages/bulk/new")
    page.locator("[name=numbers]").fill(f"{number}\nn’importe quoi")
    for name, text in (("subject_fr", "Bureau fermé"), ("body_fr", "Le bureau est fermé vendredi."), ("reason", "Fermeture")):
        page.locator(f"[name={name}]").fill(text)
    page.locator("main button.first").click()
    page.wait_for_url(re.compile(r"/messages/bulk/\d+$"), timeout=30_000)
    wrong = fit(page, "bulk")
    here = page.url
    page.locator("main button.first").click()
    expect(page.locator("main")).to_contain_text("Attend la seconde signature", timeout=30_000)
    other = scripted.sign_in("supervisor", 1).open("/approvals")
    mine = other.locator("main .card", has_text="Fermeture").last
    mine.locator("textarea[name=answer], input[name=answer]").fill("Lu")
    with leaving(other):
        mine.locator("button[value=approve]").click()
    until(lambda: page.goto(here) and "Envoyé à tous" in page.locator("main").inner_text())
    wrong += fit(page, "bulk-sent")
    assert "Le bureau est fermé vendredi." in other.context.new_page().goto(f"{product.url}/cases/{number}?tab=messages").text()  # type: ignore[union-attr]  # a page that answers
    assert wrong == []
