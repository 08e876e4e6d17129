"""What the portal is told when it submits, shape by shape."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.values import Hold
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.canonical import digest
from backoffice.core.db import db, transaction
from backoffice.intake import queries
from backoffice.intake.clerks import Clerk
from backoffice.intake.models import Submission
from backoffice.intake.service import settling
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import WindowAction
from backoffice.staff import guard
from backoffice.staff import service as staff
from backoffice.staff.models import ApiKey
from tests.conftest import NOON
from tests.intake.conftest import Api, pointers, problem


def test_a_submission_is_acknowledged_in_exactly_the_shape_of_the_contract(api: Api):
    content = api.build.content()
    answer = api.submit(content)
    assert answer.status_code == 201
    at_once = answer.json
    assert at_once["admission"] == {"window": "DEMO", "status": "pending", "reason": None, "rank": None}
    assert (at_once["case_number"], at_once["payment"], at_once["status"]) == (None, None, "SOUMISE")
    said = api.state(content["submission_id"])
    assert said["receipt"] == at_once["receipt"]
    case = case_queries.case_of_submission(queries.submission_by_receipt(UUID(said["receipt"]["receipt_id"])).id)
    assert set(said) == {"submission_id", "case_number", "receipt", "admission", "payment", "status"}
    assert said["submission_id"] == content["submission_id"]
    assert said["case_number"] == case.number
    assert set(said["receipt"]) == {"receipt_id", "received_at", "sequence", "content_sha256", "jws"}
    assert said["receipt"]["received_at"] == "2016-06-13T16:00:00.000000Z"
    assert said["receipt"]["content_sha256"] == digest(content)
    assert said["admission"] == {"window": "DEMO", "status": "provisional", "reason": None, "rank": 1}
    assert said["payment"] == {
        "amount_cents": 127_100, "currency": "CAD", "tariff": "2016", "clock_starts": "2016-06-13", "due_on": "2016-07-13", "status": "due",
    }  # fmt: skip
    assert said["status"] == "ATTENTE_PAIEMENT"
    assert api.get(f"/submissions/{content['submission_id']}").json == said


@pytest.mark.parametrize("name", ["family", "single-name-exempt"])
def test_the_examples_of_the_contract_are_accepted(api: Api, name: str, samples):
    example = samples.parent / "contract" / "examples" / f"{name}.json"
    if not example.exists():
        pytest.skip("no contract beside the samples")
    assert api.raw(example.read_bytes()).status_code == 201


def test_a_receipt_is_verified_by_anyone_with_the_public_keys(api: Api):
    receipt = api.submit().json["receipt"]
    answer = api.client.get("/.well-known/jwks.json")
    read = jws.deserialize_compact(receipt["jws"], KeySet.import_key_set(answer.json), algorithms=["EdDSA"])
    assert set(read.headers()) == {"alg", "kid"}
    assert read.headers()["alg"] == "EdDSA"
    said = json.loads(read.payload)
    submission = queries.submission_by_receipt(UUID(receipt["receipt_id"]))
    assert said == {"submission_id": str(submission.id), **{k: receipt[k] for k in ("receipt_id", "received_at", "sequence", "content_sha256")}}
    assert all("d" not in key for key in answer.json["keys"])  # never the private half


def test_a_receipt_can_be_asked_whether_it_holds(api: Api):
    receipt = api.submit().json["receipt"]
    assert api.get(f"/receipts/{receipt['receipt_id']}").json["valid"] is True
    submission = db.session.scalars(select(Submission)).one()
    submission.content_sha256 = "0" * 64
    db.session.flush()
    assert api.get(f"/receipts/{receipt['receipt_id']}").json["valid"] is False
    problem(api.get(f"/receipts/{uuid4()}"), 404, "not-found")


def test_the_same_submission_again_is_the_same_receipt_whatever_its_spelling(api: Api):
    content = api.build.content()
    first = api.submit(content)
    respelt = json.dumps(dict(reversed(content.items())), indent=3, ensure_ascii=True).encode()
    again = api.raw(respelt)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    settled = api.state(content["submission_id"])
    assert api.raw(respelt).json == settled
    assert settled["receipt"] == first.json["receipt"]
    assert db.session.scalar(select(db.func.count()).select_from(Case)) == 1


@pytest.mark.parametrize("change", [{"submitted_at": "2016-06-13T12:31:05Z"}, {"language": "en"}])
def test_another_content_under_the_same_identifier_is_a_conflict(api: Api, change: dict):
    content = api.build.content()
    first = api.submit(content).json
    problem(api.submit(content | change), 409, "submission-conflict")
    assert api.get(f"/submissions/{content['submission_id']}").json == first


def test_when_no_window_is_open_the_attempt_is_kept_and_may_come_again_as_new(api: Api):
    content = api.build.content()
    window = quota_queries.window("DEMO")
    with transaction():
        quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
    problem(api.submit(content), 409, "window-closed")
    trace = queries.refused_arrivals()[0]
    assert (trace.code, trace.submission_id, trace.content_sha256) == ("window-closed", content["submission_id"], digest(content))
    problem(api.get(f"/submissions/{content['submission_id']}"), 404, "not-found")
    api.build.window(code="NEXT")
    assert api.submit(content).json["admission"]["window"] == "NEXT"


def test_a_suspended_window_refuses_with_a_trace_and_then_receives(api: Api):
    content = api.build.content()
    window = quota_queries.window("DEMO")
    with transaction():
        quota.move_window(window.id, WindowAction.SUSPEND, by=SYSTEM, at=clock.now())
    problem(api.submit(content), 409, "window-suspended")
    assert queries.refused_arrivals()[0].code == "window-suspended"
    with transaction():
        quota.move_window(window.id, WindowAction.RESUME, by=SYSTEM, at=clock.now())
    assert api.submit(content).status_code == 201


def test_a_window_receives_from_its_very_instant_even_before_anybody_noted_it(api: Api):
    opens = NOON + timedelta(hours=1)
    api.build.window(code="P2", programme="PEQ", announced_at=NOON - timedelta(days=3), opens_at=opens, closes_at=NOON + timedelta(hours=2))
    content = api.build.content(programme="PEQ")
    with clock.stopped_at(opens - timedelta(milliseconds=1)):
        problem(api.submit(content), 409, "window-closed")
    with clock.stopped_at(opens):
        assert api.submit(content).status_code == 201
    with clock.stopped_at(NOON + timedelta(hours=2)):
        problem(api.submit(api.build.content(programme="PEQ")), 409, "window-closed")


def test_a_programme_that_no_window_names_is_closed(api: Api):
    problem(api.submit(api.build.content(programme="ZZZ")), 409, "window-closed")


def test_without_a_key_nothing_opens_and_with_another_scope_neither(api: Api):
    body = api.build.content()
    problem(api.client.post("/api/v1/submissions", json=body), 401, "unauthorized")
    problem(api.client.post("/api/v1/submissions", json=body, headers={"Authorization": "Bearer bo_wrong"}), 401, "unauthorized")
    problem(api.client.post("/api/v1/submissions", json=body, headers={"Authorization": "Basic xyz"}), 401, "unauthorized")
    problem(api.client.post("/api/v1/submissions", json=body, headers=api.provider), 403, "scope")
    problem(api.client.post("/api/v1/payments", json=api.payment(str(uuid4())), headers=api.portal), 403, "scope")
    assert api.client.post("/api/v1/submissions", json=body, headers=api.portal).status_code == 201


def test_a_key_taken_back_opens_nothing(api: Api, monkeypatch: pytest.MonkeyPatch):
    assert api.get("/windows").status_code == 200
    monkeypatch.setattr(guard, "KEY_SECONDS", 0)  # a second later
    with transaction():
        staff.revoke_key(db.session.scalars(select(ApiKey.id).order_by(ApiKey.id)).first(), by=SYSTEM, at=clock.now())
    problem(api.get("/windows"), 401, "unauthorized")


def test_a_body_that_is_not_json_by_name_is_refused(api: Api):
    body = json.dumps(api.build.content())
    problem(api.post("/submissions", data=body, content_type="text/plain"), 415, "media-type")
    problem(api.post("/submissions", data=body), 415, "media-type")
    assert api.post("/submissions", data=body, content_type="application/json; charset=utf-8").status_code == 201


def test_a_submission_of_more_than_256_kb_is_refused(api: Api):
    body = json.dumps(api.build.content()).encode()
    problem(api.raw(body + b" " * (256 * 1024 - len(body) + 1)), 413, "too-large")
    assert api.raw(body + b" " * (256 * 1024 - len(body))).status_code == 201


def test_all_faults_are_listed_at_once_each_at_the_member_itself(api: Api):
    content = api.build.content()
    content["principal_applicant"].pop("birth_date")
    content["principal_applicant"]["citizenships"] = []
    content["spouse"]["foo"] = 1
    content["children"][1]["birth_date"] = "2015-02-29"
    content["principal_applicant"]["contact"]["email"] = "nobody"
    content["a/b~c"] = None
    content.pop("declarations")
    content["language"] = "de"
    assert pointers(api.submit(content)) == {
        "/principal_applicant/birth_date", "/principal_applicant/citizenships", "/spouse/foo", "/children/1/birth_date",
        "/principal_applicant/contact/email", "/a~1b~0c", "/declarations", "/language",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("submission_id", "not-a-uuid", "/submission_id"), ("submitted_at", "yesterday", "/submitted_at"), ("submitted_at", "2016-06-13T25:00:00Z", "/submitted_at"),
        ("programme", "prtq", "/programme"), ("destination_region", "18", "/destination_region"),
        ("declarations", {"truthful": False, "signed_name": "A"}, "/declarations/truthful"),
        ("quota_exemption", {"ground": "none"}, "/quota_exemption/ground"), ("children", [{}] * 31, "/children"),
        ("representative", {"kind": "lawyer"}, "/representative/email"),
    ],
)  # fmt: skip
def test_what_the_schema_does_not_allow_is_named(api: Api, path: str, value: object, pointer: str):
    assert pointer in pointers(api.submit(api.build.content(**{path: value})))


def test_nobody_is_born_tomorrow(api: Api):
    assert pointers(api.submit(api.build.content(principal={"birth_date": "2016-06-14"}))) == {"/principal_applicant/birth_date"}
    assert api.submit(api.build.content(principal={"birth_date": "2016-06-13"})).status_code == 201


def test_a_problem_speaks_french_unless_english_is_asked_for(api: Api):
    french = problem(api.submit({}), 422, "invalid")
    english = problem(api.submit({}, headers={"Accept-Language": "en-CA,en;q=0.9"}), 422, "invalid")
    assert english["title"] == "Some members are missing or wrong."
    assert french["title"] != english["title"]
    assert {"Ce membre est obligatoire."} == {e["detail"] for e in french["errors"] if e["code"] == "required"}
    assert "This member is required." in {e["detail"] for e in english["errors"]}
    assert problem(api.submit({}, headers={"Accept-Language": "de"}), 422, "invalid")["title"] == french["title"]


def test_the_exempt_enter_when_the_window_is_full_and_when_it_is_closed(api: Api):
    api.build.window(code="FULL", programme="PEQ", capacity=1)
    offer = {"ground": "validated_job_offer", "reference": "OEV-1"}
    assert api.settled(api.build.content(programme="PEQ"))["admission"]["status"] == "provisional"
    full = api.settled(api.build.content(programme="PEQ"))
    assert full["admission"] == {"window": "FULL", "status": "refused", "reason": "cap_reached", "rank": None}
    assert (full["case_number"], full["payment"], full["status"]) == (None, None, "RETOURNEE")
    exempt = api.settled(api.build.content(programme="PEQ", quota_exemption=offer))
    assert exempt["admission"] == {"window": "FULL", "status": "exempt", "reason": "exemption_claimed", "rank": None}
    with transaction():
        quota.move_window(quota_queries.window("FULL").id, WindowAction.CLOSE, by=SYSTEM, at=clock.now())
    assert api.settled(api.build.content(programme="PEQ", quota_exemption=offer))["admission"]["status"] == "exempt"
    problem(api.submit(api.build.content(programme="PEQ")), 409, "window-closed")


def test_a_full_country_and_a_waiting_list_answer_so(api: Api):
    api.build.window(code="CAPS", programme="PEQ", country_caps={"default": None, "by_country": {"VN": 1}})
    from_vietnam = {"citizenships": ["VN", "FR"]}
    assert api.settled(api.build.content(programme="PEQ", principal=from_vietnam))["admission"]["status"] == "provisional"
    assert api.settled(api.build.content(programme="PEQ", principal=from_vietnam))["admission"]["reason"] == "country_cap"
    assert api.settled(api.build.content(programme="PEQ", principal={"citizenships": ["FR", "VN"]}))["admission"]["rank"] == 2
    api.build.window(code="WAIT", programme="PSTQ", capacity=0, waiting_list=True)
    assert api.settled(api.build.content(programme="PSTQ"))["admission"]["status"] == "waitlisted"


def test_a_drawn_window_registers_until_it_is_settled(api: Api):
    api.build.window(code="DRAW", programme="PEQ", policy={"order": "draw"}, capacity=1)
    answers = [api.settled(api.build.content(programme="PEQ")) for _ in range(2)]
    assert [a["admission"]["status"] for a in answers] == ["registered", "registered"]
    assert [a["status"] for a in answers] == ["SOUMISE", "SOUMISE"]


def test_certainly_the_same_person_is_refused_and_perhaps_the_same_is_looked_at(api: Api):
    first = api.build.content()
    assert api.settled(first)["admission"]["status"] == "provisional"
    same = api.build.content(principal={k: first["principal_applicant"][k] for k in ("passport_number", "birth_date", "sex")})
    assert api.settled(same)["admission"] == {"window": "DEMO", "status": "refused", "reason": "duplicate_person", "rank": None}
    perhaps = api.build.content(spouse=None, children=[], principal={"family_name": first["principal_applicant"]["family_name"].upper()})
    said = api.settled(perhaps)
    assert said["admission"]["status"] == "provisional"
    assert said["admission"]["reason"] == "duplicate_review"
    case = case_queries.case(said["case_number"])
    assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(case.id)


def test_an_exempt_application_that_is_perhaps_a_second_one_is_looked_at_too(api: Api):
    first = api.build.content()
    api.settled(first)
    offer = {"ground": "validated_job_offer", "reference": "OEV-1"}
    perhaps = api.build.content(quota_exemption=offer, principal={"family_name": first["principal_applicant"]["family_name"]})
    said = api.settled(perhaps)
    assert said["admission"]["status"] == "exempt"
    assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(case_queries.case(said["case_number"]).id)


def test_a_window_tells_its_counts(api: Api):
    api.settled()
    one = api.get("/windows/DEMO").json
    assert set(one) == {
        "code", "programme", "policy", "capacity", "held", "confirmed", "free", "state", "announced_at", "opens_at", "opened_at", "closes_at",
    }  # fmt: skip
    assert (one["capacity"], one["held"], one["confirmed"], one["free"], one["state"]) == (200, 1, 0, 199, "open")
    assert api.get("/windows").json == {"windows": [one], "next": None}
    assert api.client.get("/api/v1/windows", headers=api.provider).status_code == 200
    problem(api.get("/windows/NOPE"), 404, "not-found")


STRANGE = ["0", "x", "%00", "null", "a" * 300, "6d3a3c0e-5c8b-4b7e-9a51-1f1f5b6f2a1", "١٢٣", "%F0%9F%98%80", "..%2f..", "' OR 1=1 --"]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_identifier_is_not_found(api: Api, strange: str):
    for path in ("/submissions/{}", "/submissions/{}/messages", "/submissions/{}/attachments/" + str(uuid4()), "/receipts/{}", "/windows/{}"):
        problem(api.get(path.format(strange)), 404, "not-found")
    known = api.submit().json["submission_id"]
    problem(api.get(f"/submissions/{known}/attachments/{strange}"), 404, "not-found")
    problem(api.post(f"/submissions/{known}/messages/{strange}/opened"), 404, "not-found")


def test_an_address_or_a_method_that_does_not_exist_is_a_problem_too(api: Api):
    problem(api.get("/nothing"), 404, "not-found")
    answer = api.client.delete("/api/v1/submissions", headers=api.portal)
    problem(answer, 405, "method")
    assert "POST" in answer.headers["Allow"]


def test_health_is_told_part_by_part(api: Api):
    assert api.client.get("/healthz").json == {"status": "ok"}
    ready = api.client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "database": "ok", "queue": "ok", "storage": "ok"})
    api.submit()
    assert "backoffice_submissions 1.0" in api.client.get("/metrics").text


def test_the_instant_written_is_utc_to_the_microsecond(api: Api):
    with clock.stopped_at(datetime(2016, 6, 13, 16, 0, 0, 7, tzinfo=UTC)):
        assert api.submit().json["receipt"]["received_at"] == "2016-06-13T16:00:00.000007Z"


def test_an_arrival_that_meets_a_fault_of_ours_keeps_nobody_else_waiting_and_loses_nothing(api: Api, monkeypatch: pytest.MonkeyPatch):
    first, second = api.build.content(), api.build.content()
    said = [api.submit(one).json for one in (first, second)]
    with monkeypatch.context() as patch:
        real = settling.registers.barred_among

        def broken(contents: dict, on: dict) -> dict:
            if UUID(first["submission_id"]) in contents:
                raise RuntimeError("a fault of ours")
            return real(contents, on)

        patch.setattr(settling.registers, "barred_among", broken)
        clerk = Clerk()
        assert clerk.turn() == 1
        assert clerk.turn() == 0  # the other one is left alone for a while
    stood = [api.get(f"/submissions/{one['submission_id']}").json["admission"]["status"] for one in (first, second)]
    assert stood == ["pending", "provisional"]
    later = api.state(first["submission_id"])
    assert (later["admission"]["status"], later["receipt"]) == ("provisional", said[0]["receipt"])


def test_a_database_away_is_unavailable_and_says_when_to_come_again(api: Api, monkeypatch: pytest.MonkeyPatch):
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("backoffice.intake.service.arrivals.write", away)
    answer = api.submit()
    problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.undo()
    monkeypatch.setattr(guard, "KEY_SECONDS", 0)
    monkeypatch.setattr("backoffice.staff.queries.key", away)
    problem(api.get("/windows"), 503, "unavailable")
