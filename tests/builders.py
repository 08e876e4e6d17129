"""Builders: they reach states through the product's own operations, so that test data is always possible data."""

import copy
import itertools
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.values import Channel
from backoffice.core import clock, deliveries
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.documents import composing
from backoffice.documents import service as documents
from backoffice.documents.models import DocumentRequest
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.models import Fee, Receipt
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.intake.models import Submission
from backoffice.intake.values import Application
from backoffice.mailroom.pipeline import jobs as scans
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Window
from backoffice.quota.service import NewWindow
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from backoffice.staff.permissions import Role, Scope

FAMILY = json.loads((Path(__file__).parent / "support" / "family.json").read_text())
PASSWORD = "un mot de passe d’essai"
NAMES = ("Exemple", "Fictif", "Modèle", "Essai", "Spécimen", "Gabarit", "Échantillon", "Témoin")


@dataclass
class Builder:
    """`build.paid_case()`, `build.caseworker()`… each by the operations that a person or a system would use."""

    def __post_init__(self) -> None:
        self.serial = itertools.count(1)

    # staff
    def account(self, role: Role = Role.CASEWORKER, name: str | None = None) -> Account:
        n = next(self.serial)
        with transaction():
            return staff.create_account(
                f"{role.value}{n}@exemple.test", name or f"{role.value.title()} {n}", role, PASSWORD, by=SYSTEM, at=clock.now()
            )

    def caseworker(self) -> Account:
        return self.account(Role.CASEWORKER)

    def supervisor(self) -> Account:
        return self.account(Role.SUPERVISOR)

    def clerk(self) -> Account:
        return self.account(Role.MAILROOM)

    def finance(self) -> Account:
        return self.account(Role.FINANCE)

    def key(self, *scopes: Scope) -> dict[str, str]:
        """Headers of a system with these scopes."""
        with transaction():
            _, plain = staff.issue_key("test", scopes or (Scope.PORTAL,), by=SYSTEM, at=clock.now())
        return {"Authorization": f"Bearer {plain}"}

    def sign_in(self, client: FlaskClient, account: Account) -> FlaskClient:
        answer = client.post("/sign-in", data={"email": account.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    # admission
    def window(self, **changes: Any) -> Window:
        """An open first-come window, of 200 places unless said otherwise."""
        now = clock.now()
        values: dict[str, Any] = {
            "code": f"W{next(self.serial)}", "programme": "PRTQ", "decision": "Décision fictive", "policy": {"order": "first_come", "tie_seconds": 0},
            "capacity": 200, "margin": 0, "reserve": 0, "country_caps": {"default": None, "by_country": {}}, "waiting_list": False,
            "channels": ("online", "paper"), "exempt_grounds": ("validated_job_offer", "temporary_resident_in_quebec"),
            "announced_at": now - timedelta(days=14), "opens_at": now - timedelta(hours=3), "closes_at": now + timedelta(days=7),
            "notice_fr": "Avis fictif", "notice_en": "Fictitious notice",
        } | changes  # fmt: skip
        with transaction():
            return quota.load_window(NewWindow(**values), None, by=SYSTEM, at=now)

    def content(self, **changes: Any) -> dict[str, Any]:
        """A family whose people nobody else is; members may be replaced, `principal` merges into the principal applicant."""
        n = next(self.serial)
        content = copy.deepcopy(FAMILY) | {"submission_id": str(uuid4())}
        principal = changes.pop("principal", {})
        content |= changes
        for place, person in enumerate([content["principal_applicant"], content.get("spouse"), *(content.get("children") or [])]):
            if person:
                person["family_name"] = f"{NAMES[n % len(NAMES)]}-{n}{chr(97 + place)}"
        content["principal_applicant"]["passport_number"] = f"TEST{n:06d}"
        content["principal_applicant"] |= principal
        return content

    def submission(self, content: dict[str, Any] | None = None, *, settle: bool = True, at: datetime | None = None, **paper: Any) -> Submission:
        """A submission received, and given its place."""
        if not [w for w in quota_queries.windows() if w.state.value == "open"]:
            self.window()
        content = content or self.content()
        application = Application(
            submission_id=UUID(content["submission_id"]), channel=paper.get("channel", Channel.ONLINE), content=content,
            content_sha256=intake.fingerprint(content), raw=None, legal_received_on=paper.get("legal_received_on"),
            paper_ground=paper.get("paper_ground"), envelope=paper.get("envelope"), stamp=paper.get("stamp"), late=bool(paper.get("stamp")),
        )  # fmt: skip
        with transaction():
            submission, _ = intake.receive(application, by=SYSTEM, at=at or clock.now())
        if settle:
            upto = intake_queries.wait_for_arrivals_under_way()
            with transaction():
                intake.settle(submission.window_code, upto, at=at or clock.now())
        return db.session.get_one(Submission, submission.id)

    def case(self, content: dict[str, Any] | None = None, **options: Any) -> Case:
        """A case that waits for its payment."""
        submission = self.submission(content, **options)
        case = case_queries.case_of_submission(submission.id)
        assert case is not None, "this submission opened no case"
        return case

    # money
    def fee(self, case: Case) -> Fee:
        fee = fee_queries.fee_of_case(case.id)
        assert fee is not None
        return fee

    def money(self, case: Case | None = None, cents: int | None = None, **changes: Any) -> Money:
        """Money from the provider for the whole fee of a case, paid now."""
        amount = cents if cents is not None else self.fee(case).assessed_cents if case else 10_000
        values: dict[str, Any] = {
            "source": "provider", "method": PaymentMethod.CARD, "amount_cents": amount, "currency": "CAD",
            "paid_on": clock.today(), "paid_at": clock.now(), "external_id": f"pay-{uuid4()}",
            "submission_id": case.submission_id if case else None,
        } | changes  # fmt: skip
        return Money(**values)

    def pay(self, case: Case, **changes: Any) -> Receipt:
        with transaction():
            return fees.record_money(self.money(case, **changes), by=SYSTEM, at=clock.now())

    def cheque(self, cents: int, envelope: str, on: date | None = None, **changes: Any) -> Money:
        """A certified cheque found in an envelope."""
        return self.money(
            None, cents, source="envelope", method=PaymentMethod.CERTIFIED_CHEQUE, paid_on=on or clock.today(), paid_at=None, external_id=None,
            envelope=envelope, instrument_number=f"{next(self.serial):05d}", payer="Payeur fictif", **changes,
        )  # fmt: skip

    def paid_case(self, content: dict[str, Any] | None = None, **options: Any) -> Case:
        """A case paid and waiting in the queue."""
        case = self.case(content, **options)
        self.pay(case)
        return case_queries.case_by_id(case.id)

    # documents
    def request(self, case: Case | None = None, by: Account | None = None, items: int = 4) -> DocumentRequest:
        """An itemised request that the applicant can read."""
        case = case or self.paid_case()
        officer = by or self.caseworker()
        with transaction():
            return documents.send_request(case.id, composing.proposal(case)[:items], by=officer.actor, at=clock.now())

    # later
    def deliver(self) -> int:
        """Run everything that facts owe, and read every scanned file."""
        return deliveries.run_all() + scans.read_all() + deliveries.run_all()
