"""A request, told from both sides: asked, half answered by the portal, the rest by post, one item refused, its explanation accepted."""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from backoffice.demo import paper
from tests.browser.conftest import Desks, Product, api, leaving
from tests.browser.test_story import fresh, pay, returned, until
from tools.portal import File, Portal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def scripted(product: Product, browser: Browser) -> Iterator[Desks]:
    made = Desks(product, browser, scripts=True)
    yield made
    made.close()


def test_a_request_is_a_contract(product: Product, playwright: Playwright, scripted: Desks, tmp_path: Path):
    portal, provider = Portal(product.url, product.keys["portal"]), api(playwright, product, "payments")
    content = fresh(quota_exemption={"ground": "validated_job_offer", "reference": "OEV-2"})
    portal.submit(content)
    acknowledged = portal.settled(content["submission_id"])
    mine, number = acknowledged["submission_id"], acknowledged["case_number"]
    portal.check(acknowledged)
    assert pay(provider, acknowledged)["matched"]

    # Asked: what the preview shows is what the applicant reads; the term runs with its workings.
    caseworker = scripted.sign_in("caseworker")
    page = caseworker.open(f"/cases/{number}/requests/new")
    page.locator("button[name=step][value=preview]").click()
    expect(page.locator("main")).to_contain_text("Acte de naissance")
    page.locator("button[name=step][value=send]").click()
    page.wait_for_url(lambda url: "/requests/" not in url)
    asked = until(lambda: next((m for m in portal.messages(mine) if m["request"]), None))
    items = asked["request"]["items"]
    assert len(items) > 3, "the family's own list"
    assert {item["state"] for item in items} == {"asked"}
    portal.open(mine, asked["id"])
    first_day = asked["request"]["due_on"]

    # Half of it by the portal, each file for its item; the term runs on for the rest, and nothing says that all is in.
    half = items[: len(items) // 2]
    files = [File(f"{item['id']}.pdf", paper.pdf(paper.CERTIFICATE, (f"{uuid.uuid4()}",)), int(item["id"])) for item in half]
    reply = str(uuid.uuid4())
    portal.answer(mine, "Voici une première partie.", files, to=asked["id"], number=reply)
    portal.answer(mine, "Voici une première partie.", files, to=asked["id"], number=reply)  # sent twice, counted once
    states = states_of(portal, mine)
    assert sorted(states.values()) == ["asked"] * (len(items) - len(half)) + ["received"] * len(half)
    shown = case(product, number)
    assert [term["state"] for term in shown["deadlines"] if term["kind"] == "documents"] == ["running"]
    assert "documents_complete" not in {message.get("kind") for message in shown["messages"]}

    # The rest by post, on its return sheet, which finds its case by itself.
    [letter] = asked["attachments"]
    scan = tmp_path / "retour.pdf"
    scan.write_bytes(returned(portal.attachment(mine, letter)))
    [line] = product.command("mailroom", "import", "--delivered", acknowledged["receipt"]["received_at"][:10], str(scan)).splitlines()
    assert {document["case"] for document in json.loads(line)["documents"]} == {number}
    until(lambda: set(states_of(portal, mine).values()) == {"received"})

    # One is refused with its reason: asked again under the same last day; the others are accepted.
    refused = items[0]["id"]
    page = caseworker.open(f"/cases/{number}?tab=documents")
    decide(page, refused, "refuse", reason=True)
    told = until(lambda: next((m for m in portal.messages(mine) if m["sent_at"] > asked["sent_at"] and "reprendre" in m["subject"]), None))
    assert long_day(first_day) in told["body"], "the same last day"
    for item in items[1:]:
        decide(caseworker.open(f"/cases/{number}?tab=documents"), item["id"], "accept")
    assert states_of(portal, mine)[refused] == "refused"
    assert case(product, number)["status"] == "DOCS_DEMANDES"

    # The applicant explains; the caseworker accepts the explanation; all is settled and the case moves on.
    portal.answer(mine, "Le registre a brûlé en 1997 ; l’attestation de la mairie le confirme.", to=told["id"])
    page = caseworker.open(f"/cases/{number}?tab=messages")
    expect(page.locator("main")).to_contain_text("Le registre a brûlé")
    decide(caseworker.open(f"/cases/{number}?tab=documents"), refused, "explain")
    states = states_of(portal, mine)
    assert states.pop(refused) == "explained"
    assert set(states.values()) == {"accepted"}
    shown = case(product, number)
    assert shown["status"] == "EXAMEN_PRELIM"
    assert [term["state"] for term in shown["deadlines"] if term["kind"] == "documents"] == ["satisfied"]
    assert product.command("audit", "verify").strip() == "The trail is whole."
    assert scripted.said == []


def states_of(portal: Portal, mine: str) -> dict[str, str]:
    request = next(message["request"] for message in portal.messages(mine) if message["request"])
    return {item["id"]: item["state"] for item in request["items"]}


def case(product: Product, number: str) -> dict:
    return json.loads(product.command("case", "show", number, "--json"))


def decide(page: Page, item: str, decision: str, *, reason: bool = False) -> None:
    row = page.locator(f"#item-{item}")
    if decision != "accept":
        row.locator("details.decide > summary").click()
    if reason:
        row.locator("select[name=reason]").select_option(index=1)
    with leaving(page):
        row.locator(f"button[name=decision][value={decision}]").click()
    expect(page.locator("main [role=alert]")).to_have_count(0)


def long_day(day: str) -> re.Pattern[str] | str:
    """« 12 septembre 2016 », with the spaces that letters use."""
    months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
    year, month, number = day.split("-")
    return f"{'1er' if number == '01' else int(number)}\u00a0{months[int(month) - 1]}\u00a0{year}"
