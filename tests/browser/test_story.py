"""The whole job once, by hand in a browser: once with scripts and once without (issue: the story that must work)."""

import json
import re
import time
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import APIRequestContext, Page, Playwright, expect

from backoffice.demo import paper
from tests.browser.conftest import Desk, Desks, Product, api, leaving
from tests.builders import Builder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def until(question, seconds: float = 30):
    """What a worker does in its own time."""
    for _ in range(int(seconds * 4)):
        if answer := question():
            return answer
        time.sleep(0.25)
    raise AssertionError("it did not happen in time")


def post(portal: APIRequestContext, content: dict[str, Any]) -> dict[str, Any]:
    answer = portal.post("/api/v1/submissions", data=content)
    assert answer.status == 201, answer.text()
    return until(lambda: _settled(portal, content["submission_id"]))


def _settled(portal: APIRequestContext, submission_id: str) -> dict[str, Any] | None:
    answer = portal.get(f"/api/v1/submissions/{submission_id}").json()
    return answer if answer["admission"]["status"] != "pending" else None


def messages(portal: APIRequestContext, submission_id: str) -> list[dict[str, Any]]:
    return portal.get(f"/api/v1/submissions/{submission_id}/messages").json()["messages"]


def pay(provider: APIRequestContext, acknowledged: dict[str, Any]) -> dict[str, Any]:
    paid = {
        "payment_id": f"p-{uuid.uuid4()}", "submission_id": acknowledged["submission_id"], "amount_cents": acknowledged["payment"]["amount_cents"],
        "currency": "CAD", "paid_at": acknowledged["receipt"]["received_at"], "method": "card",
    }  # fmt: skip
    answer = provider.post("/api/v1/payments", data=paid)
    assert answer.status == 201, answer.text()
    return answer.json()


def fresh(**changes: Any) -> dict[str, Any]:
    """A family nobody else is, also between the two runs of the story."""
    content = Builder().content(**changes)
    mark = uuid.uuid4().hex[:6]
    for person in (content["principal_applicant"], content["spouse"], *content["children"]):
        person["family_name"] = f"{person['family_name']} {mark}"
    content["principal_applicant"]["passport_number"] = f"T{mark}"
    return content


def test_the_whole_job_once(product: Product, playwright: Playwright, desks: Desks, tmp_path: Path):
    portal, provider = api(playwright, product, "portal"), api(playwright, product, "payments")
    take_what_other_tests_left(desks.sign_in("caseworker", 2))

    # 1. Online: acknowledged, a place, a case, a fee, a readable invitation; again the same; another content refused.
    content = fresh(quota_exemption={"ground": "validated_job_offer", "reference": "OEV-1"})
    acknowledged = post(portal, content)
    number = acknowledged["case_number"]
    assert re.fullmatch(r"\d{8}-\d", number)
    assert acknowledged["admission"]["status"] == "exempt"
    assert acknowledged["payment"]["status"] == "due"
    again = portal.post("/api/v1/submissions", data=content)
    assert (again.status, again.json()["receipt"]) == (200, acknowledged["receipt"])
    assert portal.post("/api/v1/submissions", data=content | {"language": "en"}).status == 409
    [invitation] = messages(portal, acknowledged["submission_id"])
    assert "payez" in invitation["subject"].lower()
    assert invitation["readable_at"]

    # 3. Money, by the provider: settled.
    assert pay(provider, acknowledged)["matched"]
    assert _settled(portal, acknowledged["submission_id"])["payment"]["status"] == "paid"

    # 2. Paper: envelope, cheque, scan, keying from the image, an exception that a supervisor approves.
    paper_number = key_an_application(desks, tmp_path)

    # 3. Money, out of the envelope: one clerk listed it, another counts it, finance puts it to the fee.
    envelope = count_the_cheque(desks, paper_number)
    allocate_the_cheque(desks, paper_number, envelope)

    # 4. The queue: both channels, found by name, the place explained, the next case taken; two people, two cases.
    caseworker, other = desks.sign_in("caseworker"), desks.sign_in("caseworker", 1)
    page = caseworker.open("/cases")
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=paper_number, exact=True)).to_be_visible()
    page.goto(f"{product.url}/search?q={content['principal_applicant']['family_name']}")
    expect(page.get_by_text(number).first).to_be_visible()
    why = caseworker.open(f"/cases/{number}/why")
    expect(why.locator("main")).to_contain_text("offre")
    taken = take_next(caseworker.open("/cases"))
    assert taken == number, "the validated offer comes first"
    assert take_next(other.open("/cases")) != taken

    # 5. The request: composed, read as the applicant will read it, sent; its clock runs with its workings.
    page = caseworker.open(f"/cases/{number}/requests/new")
    page.locator("button[name=step][value=preview]").click()
    expect(page.locator("main")).to_contain_text("Acte de naissance")
    page.locator("button[name=step][value=send]").click()
    page.wait_for_url(lambda url: "/requests/" not in url)
    expect(page.locator("main")).to_contain_text("90")
    request = until(lambda: next((m for m in messages(portal, acknowledged["submission_id"]) if m["request"]), None))
    assert {item["state"] for item in request["request"]["items"]} == {"asked"}
    [letter] = request["attachments"]
    pdf = portal.get(f"/api/v1/submissions/{acknowledged['submission_id']}/attachments/{letter['id']}")
    assert pdf.headers["content-disposition"].startswith("attachment")
    assert pdf.body().startswith(b"%PDF")

    # 6. The return: the sheet comes back on top of the scan and routes it by itself; each item is accepted; the case moves on.
    scan = tmp_path / "retour.pdf"
    scan.write_bytes(returned(pdf.body()))
    [line] = product.command("mailroom", "import", "--delivered", acknowledged["receipt"]["received_at"][:10], str(scan)).splitlines()
    imported = json.loads(line)
    assert imported["parked"] is None, imported
    assert {document["case"] for document in imported["documents"]} == {number}
    accept_everything(caseworker.open(f"/cases/{number}?tab=documents"), caseworker, number)

    # 7. Both orders, side by side, with the sentence; a supervisor reassigns and sees the load.
    page = caseworker.open(f"/cases/{number}")
    expect(page.locator("main")).to_contain_text("Admission")
    expect(page.locator("main")).to_contain_text("Traitement")
    supervisor = desks.sign_in("supervisor", 1)
    page = supervisor.open(f"/cases/{number}")
    page.locator("details:has(form[action$='/assignment']) > summary").click()
    page.locator("form[action$='/assignment'] select[name=officer]").select_option(label="Mathieu Roy")
    page.locator("form[action$='/assignment'] [name=reason]").fill("Équilibre des charges")
    with leaving(page):
        page.locator("form[action$='/assignment'] button[type=submit]").click()
    expect(supervisor.open("/team").locator("main")).to_contain_text("Roy")

    # 8. The history tells each of these facts, on the page and on the console.
    shown = json.loads(product.command("case", "show", number, "--json"))
    kinds = {event["kind"] for event in shown["events"]}
    assert {
        "cases.CaseOpened",
        "fees.FeeSettled",
        "cases.CaseTaken",
        "documents.RequestSent",
        "documents.ItemsReceived",
        "cases.CaseAssigned",
    } <= kinds
    assert all(event["text"] and event["by"] for event in shown["events"])
    assert shown["status"] == "EXAMEN_PRELIM"
    assert [term["state"] for term in shown["deadlines"]] == ["satisfied", "satisfied"]
    history = caseworker.open(f"/cases/{number}?tab=history")
    expect(history.locator("main")).to_contain_text("Roy")
    assert product.command("audit", "verify").strip() == "The trail is whole."
    assert desks.said == []


def key_an_application(desks: Desks, tmp_path: Path) -> str:
    clerk = desks.sign_in("mailroom")
    scan = tmp_path / "demande.pdf"
    scan.write_bytes(paper.pdf(paper.FORM, (f"PAGE {uuid.uuid4()}",)))
    page = clerk.open("/mailroom/envelopes/new")
    today = page.evaluate("() => new Date().toISOString().slice(0, 10)") if desks.scripts else time.strftime("%Y-%m-%d", time.gmtime())
    page.locator("[name=delivered_on]").fill(today)
    page.locator("select[name=kind]").select_option("application")
    page.locator("[name=sender]").fill("Expéditeur fictif")
    page.locator("[name=declared_sheets]").fill("2")
    page.locator("select[name=method]").select_option("certified_cheque")
    page.locator("[name=amount]").fill("1 118,00")
    page.locator("[name=instrument_number]").fill(uuid.uuid4().hex[:6])
    page.locator("input[name=files]").set_input_files(scan)
    page.locator("form:has([name=delivered_on]) button.first").click()
    page.wait_for_url(re.compile("/mailroom/envelopes/E-"))
    here = page.url
    until(lambda: page.goto(here) and page.locator("img[src*='/mailroom/pages/']").count() >= 2)
    page.goto(here.rstrip("/") + "/keying")
    expect(page.locator("[data-viewer]")).to_be_visible()
    mark = uuid.uuid4().hex[:6]
    typed = {
        "principal-family_name": f"Benfictif {mark}", "principal-given_names": "Youssef", "principal-birth_date": "1984-07-14",
        "principal-birth_country": "Algérie", "principal-citizenships": "Algérie", "principal-passport_number": f"P{mark}",
        "principal-address_lines": "12, rue de l’Exemple", "principal-locality": "Oran", "principal-address_country": "Algérie",
        "ground_reason": "Aucun accès à Internet (exemple)", "signed_name": "Y. Benfictif",
        "spouse-family_name": f"Exemple {mark}", "spouse-given_names": "Lina", "spouse-birth_date": "1986-03-02",
        "spouse-citizenships": "Algérie", "spouse-passport_number": f"Q{mark}",
    }  # fmt: skip
    page.locator("select[name=ground]").select_option("internet_impossible")
    page.locator("select[name=principal-sex]").select_option("M")
    page.locator("select[name=spouse-sex]").select_option("F")
    for name, value in typed.items():
        page.locator(f"[name='{name}']").fill(value)
    for tick in ("spouse", "truthful", "common_values"):
        page.locator(f"input[name={tick}]").check()
    with leaving(page):
        page.locator("button[name=do][value=finish]").click()
    key_again(desks, here, typed)
    approve(desks)
    return until(lambda: _case_of(page, here))


def key_again(desks: Desks, envelope: str, typed: dict[str, str]) -> None:
    """A second clerk keys the critical fields from the image alone; both agree."""
    page = desks.sign_in("mailroom", 1).page
    page.goto(envelope.rstrip("/") + "/keying/second")
    for name in [name for name in typed if name.endswith(("_name", "_names", "_date", "_number")) and "-" in name]:
        page.locator(f"[name='{name}']").fill(typed[name])
    with leaving(page):
        page.locator("button[name=do][value=finish]").click()
    expect(page.locator("main")).to_contain_text("approbation")


def _case_of(page: Page, envelope: str) -> str | None:
    page.goto(envelope)
    found = re.search(r"\b\d{8}-\d\b", page.locator("main").inner_text())
    return found.group() if found else None


def approve(desks: Desks) -> None:
    desk = desks.sign_in("supervisor")
    mine = desk.open("/approvals").locator("main .card", has_text="Aucun accès à Internet (exemple)").locator("form")
    for _ in range(mine.count()):  # other tests may have left theirs
        mine.first.locator("textarea, input[name=answer]").first.fill("Le motif est fondé.")
        with leaving(desk.page):
            mine.first.locator("button[value=approve]").click()
        desk.open("/approvals")


def count_the_cheque(desks: Desks, number: str) -> str:
    """The second person of the mailroom types what is on the cheque, without seeing what the first wrote."""
    page = desks.sign_in("mailroom", 1).open("/mailroom")
    page.locator("main input[name=code]").fill(number)
    page.locator("main input[name=code]").press("Enter")
    page.wait_for_url(re.compile("/mailroom/envelopes/E-"))
    expect(page.locator("main")).not_to_contain_text(re.compile(r"1\s118,00"))
    page.locator("a[href*='/mailroom/money/'][href*='/count']").click()
    page.locator("[name=amount]").fill("1 118,00")
    page.locator("form:has([name=amount]) button.first").click()
    page.wait_for_url(re.compile("/mailroom/envelopes/E-"))
    return page.url.split("/mailroom/envelopes/")[1][:12]


def allocate_the_cheque(desks: Desks, number: str, envelope: str) -> None:
    finance = desks.sign_in("finance")
    page = finance.open("/fees")
    page.locator("tbody tr", has_text=envelope).locator("a[href*='/fees/receipts/']").first.click()
    page.locator("input[name=case_number]").fill(number)
    with leaving(page):
        page.locator("form:has(input[name=case_number]) button.first").click()
    expect(finance.open(f"/cases/{number}").locator("main")).to_contain_text("Payée")


def take_what_other_tests_left(desk: Desk) -> None:
    """The database is one for all tests of a worker: what waits in it would come before this story's cases, or between them."""
    page = desk.open("/cases")
    while page.locator("form[action='/cases/next'] button").count():
        with leaving(page):
            page.locator("form[action='/cases/next'] button").first.click()
        if "view=unassigned" in page.url:
            return
        desk.open("/cases")


def take_next(page: Page) -> str:
    page.locator("form[action='/cases/next'] button").first.click()
    page.wait_for_url(re.compile(r"/cases/\d{8}-\d"))
    return page.url.split("/cases/")[1][:10]


def returned(letter: bytes) -> bytes:
    """The letter's last page, the return sheet, on top of two pages, as the scanner brings them."""
    out = BytesIO()
    with (
        pikepdf.open(BytesIO(letter)) as sent,
        pikepdf.open(BytesIO(paper.pdf(paper.CERTIFICATE, (f"{uuid.uuid4()}",)))) as pages,
        pikepdf.new() as scan,
    ):
        scan.pages.append(sent.pages[-1])
        scan.pages.extend(pages.pages)
        scan.save(out)
    return out.getvalue()


def accept_everything(page: Page, desk: Any, number: str) -> None:
    buttons = page.locator("button[name=decision][value=accept]")
    expect(buttons.first).to_be_visible()
    for _ in range(buttons.count()):
        with leaving(page):
            page.locator("button[name=decision][value=accept]").first.click()
        desk.open(f"/cases/{number}?tab=documents")
