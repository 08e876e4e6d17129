"""The portal and the payment provider, as the API meets them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice.intake.clerks import Clerk
from backoffice.staff.permissions import Scope
from tests.builders import Builder


@dataclass
class Api:
    """Calls of the contract, each with the key it needs."""

    client: FlaskClient
    build: Builder
    portal: dict[str, str] = field(init=False)
    provider: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.portal = self.build.key(Scope.PORTAL)
        self.provider = self.build.key(Scope.PAYMENTS)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers={**self.portal, **options.pop("headers", {})}, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(f"/api/v1{path}", headers={**self.portal, **options.pop("headers", {})}, **options)

    def submit(self, content: Any = None, **options: Any) -> TestResponse:
        """Received: acknowledged at once, its place still to come."""
        return self.post("/submissions", json=content if content is not None else self.build.content(), **options)

    def settled(self, content: Any = None, **options: Any) -> dict[str, Any]:
        """Received, and settled by the clerk: the acknowledgment with its state by then."""
        answer = self.submit(content, **options)
        assert answer.status_code in {200, 201}, answer.text
        return self.state(answer.json["submission_id"])

    def state(self, submission_id: str) -> dict[str, Any]:
        """Where a submission stands once the clerk has looked."""
        self.clerk()
        body: dict[str, Any] = self.get(f"/submissions/{submission_id}").json
        return body

    @staticmethod
    def clerk() -> None:
        """Everybody who waits is given an outcome."""
        while Clerk().turn():
            pass

    def raw(self, body: bytes) -> TestResponse:
        return self.post("/submissions", data=body, content_type="application/json")

    def payment(self, submission_id: str, **changes: Any) -> dict[str, Any]:
        payment = {
            "payment_id": f"p-{uuid4()}", "submission_id": submission_id, "amount_cents": 127_100, "currency": "CAD",
            "paid_at": "2016-06-13T12:45:00-04:00", "method": "card",
        } | changes  # fmt: skip
        return {name: value for name, value in payment.items() if value is not None}

    def pay(self, payment: dict[str, Any]) -> TestResponse:
        return self.client.post("/api/v1/payments", json=payment, headers=self.provider)


@pytest.fixture
def api(client: FlaskClient, build: Builder) -> Api:
    """The API with an open window of 200 places."""
    build.window(code="DEMO")
    return Api(client, build)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """A refusal as RFC 9457 writes it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert body["type"].endswith(code)
    assert body["status"] == status
    assert body["title"]
    return body


def pointers(answer: TestResponse) -> set[str]:
    """Where a 422 says that something is wrong."""
    return {fault["pointer"] for fault in problem(answer, 422, "invalid")["errors"]}
