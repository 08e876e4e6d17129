"""People between, reached by the product's own operations."""

import copy
from datetime import date
from typing import Any
from uuid import uuid4

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.intake.between.models import FalseDeclaration, FaultClaim
from backoffice.intake.between.values import FaultCode, NewClaim, NewDeclaration
from backoffice.intake.service import registers
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Admission
from backoffice.staff import service as staff
from tests.builders import Builder

OFFER = {"ground": "validated_job_offer", "reference": "OEV-2016-0042"}


def admission(case: Case) -> Admission:
    found = quota_queries.admission(case.submission_id)
    assert found is not None
    return found


def exempt_case(build: Builder, **content: Any) -> Case:
    """A case whose application claims a validated offer."""
    return build.case(build.content(quota_exemption=OFFER, **content))


def resembling(content: dict[str, Any], **principal: Any) -> dict[str, Any]:
    """Another application with the same principal applicant, for whom another passport is written: a doubt, not a certainty."""
    other = copy.deepcopy(content) | {"submission_id": str(uuid4())}
    other["principal_applicant"] |= {"passport_number": "AUTRE12345"} | principal
    other["spouse"], other["children"] = None, []
    return other


def doubted_pair(build: Builder) -> tuple[Case, Case]:
    """A case, and a later one in which the principal applicant may be the same person."""
    content = build.content()
    first = build.case(content)
    return first, build.case(resembling(content))


def declaration(content: dict[str, Any], decided_on: date = date(2014, 3, 1), **changes: Any) -> FalseDeclaration:
    """The principal applicant of a content in the register of false declarations."""
    principal = content["principal_applicant"] | changes
    new = NewDeclaration(
        principal["family_name"], principal["given_names"], date.fromisoformat(principal["birth_date"]), principal["passport_number"], decided_on, f"FD-{uuid4()}"
    )  # fmt: skip
    with transaction():
        return registers.enter_declaration(new, by=SYSTEM, at=clock.now())


def claim(build: Builder, content: dict[str, Any], number: str | None = None, window: str | None = None, **changes: Any) -> FaultClaim:
    """The principal applicant of a content says that a fault prevented them."""
    principal = content["principal_applicant"]
    values: dict[str, Any] = {
        "family_name": principal["family_name"], "given_names": principal["given_names"], "birth_date": date.fromisoformat(principal["birth_date"]),
        "passport_number": principal["passport_number"], "contact": {"email": "personne@exemple.test"}, "language": "fr", "programme": "PRTQ",
        "window_code": window, "code": FaultCode.NO_ACCESS, "text": "Le portail ne s’ouvrait pas.", "received_on": clock.today(), "submission_number": number,
    } | changes  # fmt: skip
    with transaction():
        return registers.enter_claim(NewClaim(**values), by=SYSTEM, at=clock.now())


def decide(build: Builder, one: FaultClaim, *, grant: bool) -> None:
    """Two people decide a claim, by the approvals."""
    first, second = build.caseworker(), build.supervisor()
    with transaction():
        asked = registers.propose_decision(one.id, grant=grant, reason="Incident confirmé.", by=first, at=clock.now())
    with transaction():
        staff.decide_approval(asked.id, approve=True, answer="D’accord.", by=second, at=clock.now())
    build.deliver()
