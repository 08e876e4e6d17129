"""The pages of what a person must judge: open to their roles, showing what would follow, refusing bad input in words."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.fees import service as fees
from backoffice.fees.states import FeeState
from backoffice.intake.between import queries
from backoffice.intake.between.models import SubmissionMessage
from backoffice.intake.between.values import ClaimState
from backoffice.intake.service import withdrawals
from backoffice.intake.service.withdrawals import Request
from backoffice.quota.values import AdmissionStatus
from backoffice.staff.models import ReadLog
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.intake.people import claim, declaration, doubted_pair, exempt_case

WHY = "La preuve a été lue en entier."
READERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR}
WORKERS = {Role.CASEWORKER, Role.SUPERVISOR}


@pytest.fixture
def desk(client: FlaskClient, build: Builder) -> FlaskClient:
    return build.sign_in(client, build.caseworker())


@pytest.fixture
def boss(client: FlaskClient, build: Builder) -> FlaskClient:
    return build.sign_in(client, build.supervisor())


def at(case: object) -> str:
    return f"/verdicts/applications/{case.submission_id}"  # type: ignore[attr-defined]


class TestRights:
    @pytest.mark.parametrize("role", list(Role))
    def test_lists_and_pages_are_open_to_those_who_read_cases(self, client: FlaskClient, build: Builder, role: Role):
        first, later = doubted_pair(build)
        content = build.content()
        declaration(content)
        build.case(content)
        one = claim(build, build.content())
        build.sign_in(client, build.account(role))
        pages = [f"/verdicts/{name}" for name in ("duplicates", "exemptions", "withdrawals", "faults", "declarations", "applications")]
        pages += [
            f"/verdicts/duplicates/{later.submission_id}",
            at(first),
            f"/verdicts/faults/{one.id}",
            f"/verdicts/declarations/checks/{queries.checks()[0].id}",
        ]
        for path in pages:
            answer = client.get(path)
            assert answer.status_code == (200 if role in READERS else 403), (path, answer.text[-1500:])

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.MAILROOM, Role.ADMIN])
    def test_nobody_else_judges(self, client: FlaskClient, build: Builder, role: Role):
        case, one = build.case(), claim(build, build.content())
        build.sign_in(client, build.account(role))
        for path in (
            f"{at(case)}/exemption",
            f"{at(case)}/withdrawal",
            f"{at(case)}/review",
            f"{at(case)}/refund",
            f"/verdicts/faults/{one.id}/decision",
        ):
            assert client.post(path, data={"verdict": "x"}).status_code == 403, path
        assert client.get("/verdicts/faults/new").status_code == 403
        assert client.get("/verdicts/declarations/new").status_code == 403

    def test_readers_see_no_form(self, client: FlaskClient, build: Builder):
        case = exempt_case(build)
        build.sign_in(client, build.account(Role.AUDITOR))
        page = client.get(at(case)).text
        assert "validé" in page.lower() or "Motif invoqué" in page
        assert 'name="verdict"' not in page

    def test_empty_lists_say_so(self, desk: FlaskClient):
        for name, words in [
            ("duplicates", "Aucun doublon"), ("exemptions", "Tous les motifs"), ("withdrawals", "Aucun remboursement"), ("faults", "Personne n’a été empêché"),
            ("declarations", "Le registre est vide"), ("applications", "Aucune demande sans dossier"),
        ]:  # fmt: skip
            assert words in desk.get(f"/verdicts/{name}").text, name

    def test_unknown_numbers_are_not_found(self, desk: FlaskClient):
        for path in (f"applications/{uuid4()}", f"duplicates/{uuid4()}", "faults/987654", "declarations/checks/987654", "faults/1/evidence/1"):
            assert desk.get(f"/verdicts/{path}").status_code == 404, path
        for path in (
            f"applications/{uuid4()}/withdrawal",
            f"duplicates/{uuid4()}",
            "faults/987654/decision",
            "faults/987654/reserve",
            "declarations/checks/9876",
        ):
            assert desk.post(f"/verdicts/{path}", data={"verdict": "same", "reason": WHY}).status_code == 404, path

    def test_reading_is_logged(self, desk: FlaskClient, build: Builder):
        case = build.case()
        desk.get(at(case))
        assert db.session.query(ReadLog).filter_by(subject_kind="case", subject_id=str(case.id), page="application").count() == 1

    def test_a_name_is_never_markup(self, desk: FlaskClient, build: Builder):
        content = build.content()
        content["principal_applicant"]["given_names"] = "<script>1</script>"
        case = build.case(content)
        one = claim(build, content, text="<b>gras</b>")
        for path in (at(case), "/verdicts/faults", f"/verdicts/faults/{one.id}"):
            page = desk.get(path).text
            assert "<script>1" not in page
            assert "<b>gras" not in page


class TestExemption:
    def test_what_would_follow_is_shown_before_and_the_verdict_does_it(self, desk: FlaskClient, build: Builder):
        build.window(capacity=1)
        build.case()
        case = exempt_case(build)
        assert case.number in desk.get("/verdicts/exemptions").text
        page = desk.get(at(case)).text
        for words in ("OEV-2016-0042", "Si le motif n’est pas reconnu", "Aucune place", "prend fin", "2 devient"):
            assert words in page, words
        sent = desk.post(f"{at(case)}/exemption", data={"verdict": "denied", "proof": "Registre MIDI", "reason": WHY})
        assert sent.status_code == 303
        assert case_queries.case_by_id(case.id).status is CaseStatus.RETOURNEE
        page = desk.get(at(case)).text
        assert "Motif d’exemption non reconnu" in page
        assert "Révision par une personne" in page

    @pytest.mark.parametrize(
        "data", [{}, {"verdict": "denied"}, {"verdict": "autre", "proof": "x", "reason": WHY}, {"verdict": "denied", "proof": "", "reason": WHY}]
    )
    def test_half_a_verdict_is_refused_and_what_was_typed_stays(self, desk: FlaskClient, build: Builder, data: dict[str, str]):
        case = exempt_case(build)
        answer = desk.post(f"{at(case)}/exemption", data=data)
        assert answer.status_code == 422
        assert data.get("reason", "") in answer.text
        assert queries.side(case.submission_id).admission.status is AdmissionStatus.EXEMPT

    def test_a_verdict_on_nothing_is_refused_in_words(self, desk: FlaskClient, build: Builder):
        answer = desk.post(f"{at(build.case())}/exemption", data={"verdict": "verified", "proof": "x", "reason": WHY})
        assert answer.status_code == 422


class TestDuplicates:
    def test_two_applications_side_by_side_and_the_verdict(self, desk: FlaskClient, build: Builder):
        first, later = doubted_pair(build)
        home = desk.get("/verdicts/duplicates").text
        assert later.number in home
        assert first.number in home
        page = desk.get(f"/verdicts/duplicates/{later.submission_id}").text
        assert page.index("premier acte valide") > page.index(first.number)
        assert "AUTRE12345" in page
        sent = desk.post(f"/verdicts/duplicates/{later.submission_id}", data={"other": str(first.submission_id), "verdict": "same", "reason": WHY})
        assert sent.status_code == 303
        assert queries.side(later.submission_id).admission.status is AdmissionStatus.REFUSED
        assert "La même personne" in desk.get(f"/verdicts/duplicates/{later.submission_id}").text

    @pytest.mark.parametrize("other", ["", "n’importe quoi", "3efb22f3-da83-4c08-b530-daf763cf4ee1"])
    def test_another_that_does_not_resemble_is_refused(self, desk: FlaskClient, build: Builder, other: str):
        _, later = doubted_pair(build)
        answer = desk.post(f"/verdicts/duplicates/{later.submission_id}", data={"other": other, "verdict": "same", "reason": WHY})
        assert answer.status_code == 422
        assert queries.side(later.submission_id).admission.status is AdmissionStatus.PROVISIONAL

    def test_the_case_leads_to_the_comparison(self, desk: FlaskClient, build: Builder):
        _, later = doubted_pair(build)
        build.pay(later)
        assert f"/verdicts/duplicates/{later.submission_id}" in desk.get(f"/cases/{later.number}").text

    def test_a_doubt_that_nothing_feeds_any_more_is_lifted(self, desk: FlaskClient, build: Builder):
        first, later = doubted_pair(build)
        with transaction():
            withdrawals.withdraw(first.submission_id, Request(uuid4(), "written", clock.today()), by=SYSTEM, at=clock.now())
        assert "le doute peut être levé" in desk.get(f"/verdicts/duplicates/{later.submission_id}").text
        assert desk.post(f"/verdicts/duplicates/{later.submission_id}", data={"other": "", "verdict": "different", "reason": WHY}).status_code == 303
        assert queries.doubted() == []


class TestWithdrawal:
    def test_by_written_request_with_its_effects_shown(self, desk: FlaskClient, build: Builder):
        case = build.case()
        page = desk.get(at(case)).text
        assert "elle revient au maximum" in page
        data = {"reference": "E-2016-000001", "received_on": "2016-06-13", "request_id": str(uuid4())}
        assert desk.post(f"{at(case)}/withdrawal", data=data).status_code == 303
        assert desk.post(f"{at(case)}/withdrawal", data=data).status_code == 303  # sent twice, withdrawn once
        assert case_queries.case_by_id(case.id).status is CaseStatus.DESISTEE
        assert desk.post(f"{at(case)}/withdrawal", data=data | {"request_id": str(uuid4())}).status_code == 422

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"reference": "E-1"},
            {"reference": "E-1", "received_on": "2016-02-30"},
            {"reference": "E-1", "received_on": "2017-01-01"},
            {"reference": "E-1", "received_on": "2016-06-13", "reason": "\x00"},
        ],
    )
    def test_bad_input_is_refused(self, desk: FlaskClient, build: Builder, data: dict[str, str]):
        case = build.case()
        assert desk.post(f"{at(case)}/withdrawal", data=data).status_code == 422
        assert case_queries.case_by_id(case.id).status is CaseStatus.ATTENTE_PAIEMENT

    def test_a_supervisor_decides_on_the_fee(self, client: FlaskClient, build: Builder):
        case = build.paid_case()
        with transaction():
            withdrawals.withdraw(case.submission_id, Request(uuid4(), "portal", clock.today(), "Autre projet"), by=SYSTEM, at=clock.now())
        build.sign_in(client, build.caseworker())
        assert case.number in client.get("/verdicts/withdrawals").text
        assert client.post(f"{at(case)}/refund", data={"verdict": "refund", "reason": WHY}).status_code == 403
        boss = build.sign_in(client.application.test_client(), build.supervisor())
        assert "Autre projet" in boss.get(at(case)).text
        assert boss.post(f"{at(case)}/refund", data={"verdict": "refund"}).status_code == 422
        assert boss.post(f"{at(case)}/refund", data={"verdict": "refund", "reason": WHY}).status_code == 303
        assert build.fee(case).state is FeeState.CANCELLED

    def test_somebody_without_a_case_is_found_and_withdrawn(self, desk: FlaskClient, build: Builder):
        build.window(capacity=1, waiting_list=True)
        build.case()
        waiting = build.submission()
        family = waiting.content["principal_applicant"]["family_name"]
        assert family in desk.get(f"/verdicts/applications?q={family}&status=waitlisted").text
        assert desk.get(f"/verdicts/applications?q={waiting.id}").headers["Location"].endswith(str(waiting.id))
        assert family not in desk.get("/verdicts/applications?q=personne&status=registered").text
        path = f"/verdicts/applications/{waiting.id}"
        assert desk.post(f"{path}/withdrawal", data={"reference": "E-1", "received_on": "2016-06-13"}).status_code == 303
        assert "Votre désistement est enregistré" in desk.get(path).text


class TestReview:
    def test_reinstated_from_the_page(self, desk: FlaskClient, build: Builder):
        case = build.case()
        later = clock.now() + timedelta(days=40)
        with clock.stopped_at(later), transaction():
            fees.lapse_unpaid(build.fee(case).id, clock.today(), at=clock.now())
        assert "une place est libre maintenant" in desk.get(at(case)).text
        assert desk.post(f"{at(case)}/review", data={"verdict": "reinstate"}).status_code == 422
        assert desk.post(f"{at(case)}/review", data={"verdict": "reinstate", "reason": WHY}).status_code == 303
        assert case_queries.case_by_id(case.id).status is CaseStatus.ATTENTE_PAIEMENT

    def test_without_a_place_the_page_says_it_and_the_act_is_refused(self, desk: FlaskClient, build: Builder):
        build.window(capacity=1)
        build.case()
        refused = build.submission()
        path = f"/verdicts/applications/{refused.id}"
        assert "Elle ne peut pas être rétablie maintenant" in desk.get(path).text
        answer = desk.post(f"{path}/review", data={"verdict": "reinstate", "reason": WHY})
        assert answer.status_code == 422
        assert WHY in answer.text
        assert desk.post(f"{path}/review", data={"verdict": "maintain", "reason": WHY}).status_code == 303
        assert "65.2" in db.session.query(SubmissionMessage).one().body


class TestClaims:
    def data(self, **changes: object) -> dict[str, object]:
        return {
            "family_name": "Fictif", "given_names": "Anne", "birth_date": "1985-02-28", "email": "a@exemple.test", "language": "fr", "programme": "PRTQ",
            "code": "no_access", "story": "Le portail était fermé.", "incident_start": "2016-06-13 08:30", "incident_end": "2016-06-13 09:00",
            "received_on": "2016-06-13",
        } | changes  # fmt: skip

    def test_a_claim_with_its_evidence(self, desk: FlaskClient, build: Builder):
        from PIL import Image

        build.window(reserve=5)
        picture = io.BytesIO()
        Image.new("RGB", (40, 40), "white").save(picture, "PNG")
        picture.seek(0)
        sent = desk.post("/verdicts/faults/new", data=self.data(files=(picture, "capture d’écran.png")), content_type="multipart/form-data")
        assert sent.status_code == 303, sent.text[-3000:]
        one = queries.claims()[0]
        page = desk.get(f"/verdicts/faults/{one.id}").text
        assert "capture d’écran.png" in page
        [file] = queries.claim(one.id).evidence
        got = desk.get(f"/verdicts/faults/{one.id}/evidence/{file.id}")
        assert (got.status_code, got.headers["Content-Disposition"].startswith("attachment"), got.mimetype) == (200, True, "image/png")
        home = desk.get("/verdicts/faults").text
        assert "Aucun accès au portail" in home
        assert one.number in desk.get("/verdicts/faults?code=no_access&state=asked").text
        assert one.number not in desk.get("/verdicts/faults?code=post").text
        assert desk.get("/verdicts/faults?code=drop&state=table").status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"family_name": ""}, {"birth_date": "1985-02-30"}, {"birth_date": "2030-01-01"}, {"received_on": ""}, {"story": ""}, {"code": "magie"},
            {"incident_start": "hier"}, {"incident_end": "2016-06-13 08:00"}, {"incident_start": "2099-01-01 08:00"}, {"submission_number": "12345678-9"},
            {"window": "W-INCONNU"}, {"family_name": "x\x00y"},
        ],
    )  # fmt: skip
    def test_bad_input_is_refused(self, desk: FlaskClient, build: Builder, changes: dict[str, object]):
        answer = desk.post("/verdicts/faults/new", data=self.data(**changes))
        assert answer.status_code == 422, changes
        assert queries.claims() == []

    def test_a_file_that_is_no_document_is_refused_whole(self, desk: FlaskClient, build: Builder):
        sent = desk.post(
            "/verdicts/faults/new", data=self.data(files=(io.BytesIO(b"MZ\x90\x00" * 40), "preuve.pdf")), content_type="multipart/form-data"
        )
        assert sent.status_code == 422
        assert "preuve.pdf" in sent.text
        assert queries.claims() == []

    def test_decided_by_two_from_the_pages(self, desk: FlaskClient, build: Builder):
        window = build.window(capacity=2, reserve=1)
        build.case()
        refused = build.submission()
        one = claim(build, refused.content, str(refused.id), window.code)
        path = f"/verdicts/faults/{one.id}"
        assert "Il reste 1 place de la réserve." in desk.get(path).text
        assert desk.post(f"{path}/decision", data={"verdict": "grant"}).status_code == 422
        assert desk.post(f"{path}/decision", data={"verdict": "grant", "reason": WHY}).status_code == 303
        assert "attend une seconde personne" in desk.get(path).text
        assert desk.post(f"{path}/decision", data={"verdict": "grant", "reason": WHY}).status_code == 422
        boss = build.sign_in(desk.application.test_client(), build.supervisor())
        page = boss.get("/approvals").text
        assert "Personne empêchée par un défaut" in page
        assert path in page
        from backoffice.staff import queries as staff_queries

        approval = staff_queries.waiting_approvals()[0][0]
        assert boss.post(f"/approvals/{approval.id}", data={"decision": "approve", "answer": "D’accord."}).status_code == 303
        build.deliver()
        assert queries.claim(one.id).state is ClaimState.GRANTED
        assert "accordée" in desk.get(path).text
        assert queries.side(refused.id).admission.status is AdmissionStatus.PROVISIONAL
        assert desk.post(f"{path}/reserve").status_code == 303  # once only: a refusal in words, nothing given twice
        assert "déjà servi" in desk.get(path).text


class TestDeclarations:
    def test_compared_and_judged_from_the_page(self, desk: FlaskClient, build: Builder):
        content = build.content()
        declaration(content)
        case = build.case(content)
        [check] = queries.checks()
        assert case.number in desk.get("/verdicts/declarations").text
        assert f"/verdicts/declarations/checks/{check.id}" in desk.get(at(case)).text
        assert "comparer avec le registre" in desk.get(f"/cases/{case.number}").text
        path = f"/verdicts/declarations/checks/{check.id}"
        assert desk.post(path, data={"verdict": "same"}).status_code == 422
        assert desk.post(path, data={"verdict": "same", "reason": WHY}).status_code == 303
        assert case_queries.case_by_id(case.id).status is CaseStatus.RETOURNEE
        assert WHY in desk.get(path).text
        assert desk.post(path, data={"verdict": "different", "reason": WHY}).status_code == 422

    def test_a_supervisor_keeps_the_register(self, boss: FlaskClient, build: Builder):
        data = {"family_name": "Fictif", "birth_date": "1980-01-02", "decided_on": "2015-02-03", "reference": "FD-9"}
        assert boss.get("/verdicts/declarations/new").status_code == 200
        assert boss.post("/verdicts/declarations/new", data=data).status_code == 303
        again = boss.post("/verdicts/declarations/new", data=data)
        assert (again.status_code, "déjà au registre" in again.text) == (422, True)
        assert boss.post("/verdicts/declarations/new", data=data | {"decided_on": "2030-01-01"}).status_code == 422
        assert "2020-02-03" in boss.get("/verdicts/declarations?q=fictif").text
        assert "FD-9" not in boss.get("/verdicts/declarations?q=personne").text

    def test_a_caseworker_does_not(self, desk: FlaskClient):
        assert desk.get("/verdicts/declarations/new").status_code == 403
