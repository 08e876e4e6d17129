"""The life of an intake period by hand in a browser: from its draft to its settlement, a draw by two people, an annulment."""

import json
import re
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, Playwright, expect

from backoffice.core.clock import MONTREAL
from tests.browser.conftest import ROOT, Desk, Desks, Product, api, leaving
from tests.browser.test_pages import overflow, violations
from tests.browser.test_story import fresh, pay, post, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def typed(at: datetime) -> str:
    return at.astimezone(MONTREAL).strftime("%Y-%m-%d %H:%M:%S")


def name() -> str:
    """A code that is also a programme's: letters only, and new at each run."""
    return "W" + "".join(chr(65 + byte % 26) for byte in uuid.uuid4().bytes[:6])


def send(page: Page) -> None:
    """Press the main button of the page's form."""
    with leaving(page):
        page.locator("main form button.first").last.click()


def draft(boss: Desk, code: str, opens_at: datetime, **typed_: str) -> Page:
    """A decision typed into a draft; its programme has its name."""
    page = boss.open("/windows/new")
    values = {
        "code": code, "programme": code, "decision": "Arrêté fictif", "opens_at": typed(opens_at), "closes_at": typed(opens_at + timedelta(days=7)),
        "capacity": "5",
    } | typed_  # fmt: skip
    order = values.pop("order", "first_come")
    for field, value in values.items():
        page.locator(f"#window [name={field}]").fill(value)
    page.locator(f"#window input[name=order][value={order}]").check()
    page.locator("#window button.first").click()
    page.wait_for_url(f"**/windows/{code}")
    return page


def announce(boss: Desk, code: str) -> None:
    page = boss.open(f"/windows/{code}")
    page.get_by_role("link", name="Annoncer").click()
    expect(page.locator("main")).to_contain_text("Ce qui va se passer")
    page.locator("[name=text_fr]").fill("Avis fictif d’ouverture.")
    page.locator("[name=text_en]").fill("Fictitious opening notice.")
    page.locator("[name=published_at]").fill(typed(datetime.now(UTC) - timedelta(days=3)))
    page.locator("[name=where]").fill("Site du ministère")
    send(page)
    expect(page.locator("[data-errors]")).to_have_count(0)


def do(boss: Desk, code: str, link: str, **typed_: str) -> Page:
    """One act on a period, from its page: read what it will do, type, send."""
    page = boss.open(f"/windows/{code}")
    page.get_by_role("link", name=link, exact=True).click()
    expect(page.locator("main")).to_contain_text("Ce qui va se passer")
    for field, value in typed_.items():
        page.locator(f"main [name={field}]").fill(value)
    send(page)
    expect(page.locator("[data-errors]")).to_have_count(0)
    return page


def state(boss: Desk, code: str) -> str:
    return boss.open(f"/windows/{code}").locator(".head .tag").first.inner_text()


def count(page: Page, words: str) -> int:
    """One of the counts on the live page."""
    shown = page.locator("#counts .stat", has_text=words).locator("b").inner_text()
    return int(re.sub(r"\D", "", shown))


def verified(product: Product, code: str, folder: Path) -> dict[str, Any]:
    """The ledger as exported, read by the verifier that knows nothing of us."""
    ledger = folder / f"{code}.jsonl"
    ledger.write_text(product.command("ledger", "export", code))
    read = subprocess.run([sys.executable, str(ROOT / "tools" / "verify_admission.py"), str(ledger)], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stdout + read.stderr
    return json.loads(ledger.read_text().splitlines()[0])


def refused(portal: APIRequestContext, code: str) -> str:
    answer = portal.post("/api/v1/submissions", data=fresh(programme=code))
    assert answer.status == 409, answer.text()
    return str(answer.json()["type"]).rsplit(":", 1)[1]


def second_signs(desks: Desks, code: str) -> None:
    """Another supervisor finds the act among the approvals, looks at it whole, and signs."""
    other = desks.sign_in("supervisor", 1)
    page = other.open("/approvals")
    page.locator(".card", has_text=code).get_by_role("link", name="Voir ce qui se passerait").click()
    expect(page.locator("main")).to_contain_text("Ce qui a été demandé")
    assert [*violations(page), *overflow(page, 1280)] == []
    page.locator("[name=answer]").fill("Vérifié, je signe.")
    with leaving(page):
        page.locator("button[name=decision][value=approve]").click()


def test_the_whole_life_of_a_period(product: Product, playwright: Playwright, desks: Desks, tmp_path: Path):
    portal, provider, code = api(playwright, product, "portal"), api(playwright, product, "payments"), name()
    boss = desks.sign_in("supervisor")
    page = draft(boss, code, datetime.now(UTC) + timedelta(seconds=25), capacity="2")
    assert state(boss, code) == "En préparation"
    announce(boss, code)
    expect(page.locator("main")).to_contain_text("s’ouvre d’elle-même")
    assert refused(portal, code) == "window-closed"
    until(lambda: state(boss, code) == "Ouverte", 60)

    first = post(portal, fresh(programme=code))
    assert first["admission"]["status"] == "provisional"
    page = boss.open(f"/windows/{code}")
    assert count(page, "places retenues") == 1
    assert pay(provider, first)["matched"]
    second = post(portal, fresh(programme=code))
    until(lambda: portal.get(f"/api/v1/submissions/{first['submission_id']}").json()["admission"]["status"] == "confirmed")
    if desks.scripts:
        expect(page.locator("#counts .stat", has_text="places confirmées").locator("b")).to_have_text("1", timeout=15_000)
    else:
        page.get_by_role("link", name="Rafraîchir toute la page").click()
    until(lambda: count(page, "places confirmées") == 1 and count(page, "places retenues") == 1)
    assert count(page, "places libres") == 0

    do(boss, code, "Suspendre la réception", reason="Panne du portail")
    assert refused(portal, code) == "window-suspended"
    page = do(boss, code, "Reprendre la réception", reason="Réparé")
    expect(page.locator("#counts")).to_contain_text("réception suspendue")
    third = post(portal, fresh(programme=code))
    assert (third["admission"]["status"], third["admission"]["reason"]) == ("refused", "cap_reached")

    page.goto(f"{product.url}/windows/{code}/arrivals?status=refused")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("a[data-open]").click()
    expect(page.locator("main")).to_contain_text("la décision ne tient pas de liste d’attente")
    page.goto(f"{product.url}/cases/{second['case_number']}/admission")
    expect(page.locator("main")).to_contain_text("Une place était libre")
    expect(page.locator("main")).to_contain_text("ni un traitement ni un certificat plus tôt")

    do(boss, code, "Fermer la réception", reason="Fin de la période")
    assert refused(portal, code) == "window-closed"
    do(boss, code, "Régler la période", reason="Tout est reçu")
    assert state(boss, code) == "Réglée"
    page = boss.open(f"/windows/{code}/notices?at={typed(datetime.now(UTC))}")
    expect(page.locator("#quote-fr")).to_have_value(re.compile("Avis fictif d’ouverture"))
    assert verified(product, code, tmp_path)["window"] == code
    assert desks.said == []


def test_a_draw_by_two_people(product: Product, playwright: Playwright, browser: Browser, tmp_path: Path):
    portal, code, desks = api(playwright, product, "portal"), name(), Desks(product, browser, scripts=True)
    try:
        boss = desks.sign_in("supervisor")
        draft(boss, code, datetime.now(UTC) - timedelta(minutes=1), order="draw", capacity="3")
        announce(boss, code)
        until(lambda: state(boss, code) == "Ouverte", 60)
        sent = [post(portal, fresh(programme=code)) for _ in range(5)]
        assert {one["admission"]["status"] for one in sent} == {"registered"}
        do(boss, code, "Fermer la réception", reason="Fin de la période")
        do(boss, code, "Figer la liste du tirage", public_source="Loto-Québec, tirage du 25 juin 2016")
        page = boss.open(f"/windows/{code}/draw")
        expect(page.locator("main")).to_contain_text("Pas encore tirée")
        do(boss, code, "Tirer au sort", public_value="4-8-15-16-23-42", reason="Valeur publiée ce matin")
        second_signs(desks, code)
        until(lambda: boss.open(f"/windows/{code}/draw").get_by_text("L’ordre du tirage", exact=True).count())
        expect(boss.page.locator("main tbody tr")).to_have_count(5)
        assert [*violations(boss.page), *overflow(boss.page, 1280)] == []
        expect(boss.page.locator("main tbody .tag", has_text="Provisoire")).to_have_count(3)
        boss.page.locator("main tbody a").first.click()
        expect(boss.page.locator("main")).to_contain_text("Clé du tirage")
        do(boss, code, "Régler la période", reason="Tirage terminé")
        verified(product, code, tmp_path)
        statuses = [portal.get(f"/api/v1/submissions/{one['submission_id']}").json()["admission"]["status"] for one in sent]
        assert sorted(statuses) == ["provisional", "provisional", "provisional", "refused", "refused"]
        assert desks.said == []
    finally:
        desks.close()


def test_a_period_opened_by_mistake_is_annulled(product: Product, playwright: Playwright, browser: Browser, tmp_path: Path):
    portal, provider, code = api(playwright, product, "portal"), api(playwright, product, "payments"), name()
    desks = Desks(product, browser, scripts=True)
    try:
        boss = desks.sign_in("supervisor")
        draft(boss, code, datetime.now(UTC) - timedelta(minutes=1))
        announce(boss, code)
        until(lambda: state(boss, code) == "Ouverte", 60)
        sent = [post(portal, fresh(programme=code)) for _ in range(3)]
        assert pay(provider, sent[0])["matched"]
        page = boss.open(f"/windows/{code}")
        page.get_by_role("link", name="Annuler…").click()
        expect(page.locator("select[name=window]")).to_have_value(code)
        page.locator("[name=basis]").fill("Décision ministérielle fictive")
        page.locator("[name=reason]").fill("Ouverte par erreur")
        send(page)
        page.wait_for_url(re.compile(r"/acts/\d+$"), timeout=60_000)
        with leaving(page):
            page.locator("form[action$='/approval'] button").click()
        act = page.url
        other = desks.sign_in("supervisor", 1)
        answer = other.open("/approvals")
        card = answer.locator(".card", has_text="Ouverte par erreur")
        card.locator("textarea").fill("Vu la liste.")
        card.locator("button[name=decision][value=approve]").click()
        until(lambda: all(_status(portal, one) == "annulled" for one in sent), 60)
        until(lambda: state(boss, code) == "Période annulée", 60)
        expect(boss.open(act.removeprefix(product.url)).locator("main")).to_contain_text(code)
        verified(product, code, tmp_path)
        assert desks.said == []
    finally:
        desks.close()


def _status(portal: APIRequestContext, acknowledged: dict[str, Any]) -> str:
    return str(portal.get(f"/api/v1/submissions/{acknowledged['submission_id']}").json()["admission"]["status"])


def test_the_live_page_does_not_move_what_is_read(product: Product, browser: Browser):
    """Renewed counts take no focus, fold nothing and leave the page where it was."""
    desks = Desks(product, browser, scripts=True)
    try:
        page = desks.sign_in("supervisor").open("/windows/DEMO")
        page.locator("summary", has_text="Les mêmes nombres en tableau").click()
        expect(page.locator("#counts")).to_have_attribute("aria-live", "polite")
        page.get_by_role("link", name="versions", exact=True).focus()
        page.evaluate("document.querySelector('#seen').value = 'something else'")
        with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/DEMO/live") and answer.status == 200):
            pass
        time.sleep(0.5)
        expect(page.locator("details:has(summary:text('Les mêmes nombres'))")).to_have_attribute("open", "")
        expect(page.get_by_role("link", name="versions", exact=True)).to_be_focused()
        with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/DEMO/live") and answer.status == 204):
            pass
        assert desks.said == []
    finally:
        desks.close()
