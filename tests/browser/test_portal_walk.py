"""The reference portal walks an application through the running product, over its wire and by its API alone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TypeVar
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from PIL import Image

from backoffice.demo import people
from tests.browser.conftest import ROOT, Product
from tools.portal import File, Portal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

T = TypeVar("T")
ASK = """
import sys
from backoffice.app import create_app
with create_app().app_context():
    from backoffice.cases import queries
    from backoffice.core import clock
    from backoffice.core.db import transaction
    from backoffice.documents import composing, service
    from backoffice.staff import queries as staff
    from backoffice.staff.permissions import Role
    case, officer = queries.case(sys.argv[1]), staff.accounts(Role.CASEWORKER)[0].actor
    with transaction():
        service.send_request(case.id, composing.proposal(case)[:3], by=officer, at=clock.now())
"""


def until(found: Callable[[], T | None], seconds: float = 40) -> T:
    end = time.monotonic() + seconds
    while (value := found()) is None:
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.2)
    return value


def page(colour: str) -> bytes:
    out = BytesIO()
    image = Image.new("RGB", (400, 500), colour)
    image.paste((0, 0, 0), (50, 50, 200, 90))
    image.save(out, "PNG")
    return out.getvalue()


def application() -> dict[str, object]:
    content = people.application(Random(os.urandom(8)), date.today(), paper=False)  # noqa: DTZ011 - only an age
    return json.loads(json.dumps(content | {"submission_id": str(uuid4()), "programme": "PRTQ"}))


def pay(product: Product, acknowledged: dict) -> None:
    content = {
        "payment_id": str(uuid4()), "submission_id": acknowledged["submission_id"], "amount_cents": acknowledged["payment"]["amount_cents"],
        "currency": "CAD", "paid_at": acknowledged["receipt"]["received_at"], "method": "card",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {product.keys['payments']}", "Content-Type": "application/json"}
    with urlopen(Request(f"{product.url}/api/v1/payments", json.dumps(content).encode(), headers), timeout=30) as answer:  # noqa: S310 - an address of ours
        assert json.load(answer)["matched"] is True


def test_submit_pay_read_answer_in_parts_until_everything_is_received(product: Product, tmp_path: Path):
    portal = Portal(product.url, product.keys["portal"])
    content = application()
    acknowledged = portal.submit(content)
    assert portal.submit(content)["receipt"] == acknowledged["receipt"]
    assert portal.check(acknowledged)["sequence"] == acknowledged["receipt"]["sequence"]
    submission = acknowledged["submission_id"]
    settled = portal.settled(submission)
    pay(product, settled)
    assert portal.state(submission)["payment"]["status"] == "paid"

    subprocess.run([sys.executable, "-c", ASK, settled["case_number"]], cwd=ROOT, env=product.environment, check=True)
    asked = next(m for m in portal.messages(submission) if m["request"])
    portal.open(submission, asked["id"])
    assert portal.attachment(submission, asked["attachments"][0]).startswith(b"%PDF")
    items = [item["id"] for item in asked["request"]["items"]]

    number = str(uuid4())
    part = [File("diplôme.png", page("white"), items[0]), File("autre.png", page("ivory"))]
    reply = portal.answer(submission, "Une première partie.", part, to=asked["id"], number=number)
    assert portal.answer(submission, "Une première partie.", part, to=asked["id"], number=number)["id"] == reply["id"]
    assert states(portal, submission) == ["received", *["asked"] * (len(items) - 1)]

    rest = tmp_path / "reste.png"
    rest.write_bytes(page("lightgrey"))
    words = [f"--file={item}={rest}" for item in items[1:]]
    console = [sys.executable, "-m", "tools.portal", "--url", product.url, "--key", product.keys["portal"]]
    said = subprocess.run([*console, "answer", submission, "--text", "Le reste.", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert states(portal, submission) == ["received"] * len(items)
    saved = subprocess.run([*console, "files", submission, str(tmp_path / "files")], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(saved.stdout.splitlines()) == len(list((tmp_path / "files").iterdir())) >= 3 + len(items) - 1
    opened = until(lambda: next((m["opened_at"] for m in portal.messages(submission) if m["id"] == asked["id"] and m["opened_at"]), None))
    assert opened >= asked["readable_at"]


def states(portal: Portal, submission: str) -> list[str]:
    [request] = [m["request"] for m in portal.messages(submission) if m["request"]]
    return [item["state"] for item in request["items"]]
