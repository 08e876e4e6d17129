"""The pages of the second pass and the third look: what they show, and what they never show."""

from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.intake.models import Submission
from backoffice.mailroom import queries
from backoffice.mailroom.keying import queries as keying_queries
from backoffice.mailroom.keying import service as keying
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.keying.passing import cheque, first, signed_in
from tests.mailroom.keying.test_service import another, envelope, fields, save

SECRETS = {
    "principal-family_name": "Zzyzxfictif",
    "principal-given_names": "Qwertzessai",
    "principal-birth_date": "1961-02-03",
    "principal-passport_number": "QX77KW31",
}


def test_the_second_page_carries_nothing_of_the_first_pass(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    number = envelope(clerk, folder=tmp_path)
    cheque(build, number, clerk, 109_900)
    first(build, clerk, number, payment_amount="1 099,00", **SECRETS)
    room = build.sign_in(client, another())
    here = f"/mailroom/envelopes/{number}/keying/second"
    answers = [
        room.get(here),
        room.get(f"/mailroom/envelopes/{number}/keying"),
        room.get("/mailroom/keying"),
        room.post(f"{here}/fields", data={"name": "principal-family_name", "value": "Autre"}),
        room.post(here, data={"do": "finish"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 422]
    assert 'name="principal-family_name"' in answers[0].text
    assert 'name="principal-phone"' not in answers[0].text
    for answer in answers:
        for secret in (*SECRETS.values(), "1 099", "1\u00a0099", "109900"):
            assert secret not in answer.text
        assert "Zzyzx" not in str(answer.headers)


def test_the_two_passes_and_the_third_look_through_the_pages(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    number = envelope(clerk, folder=tmp_path)
    first(build, clerk, number)
    here = f"/mailroom/envelopes/{number}/keying"
    reader = another()
    assert signed_in(build, client, clerk).get(f"{here}/second").location == "/mailroom/keying"  # turned away: they keyed it
    client = signed_in(build, client, reader)
    kept = queries.keying(queries.envelope(number).id)
    said = {name: kept.fields[name] for name in kept.twice} | {"principal-family_name": "Autrement"}
    blank = {f"mark:{name}": "blank" for name, value in said.items() if not value}
    sent = client.post(f"{here}/second", data=said | blank | {"do": "finish"})
    assert (sent.status_code, sent.location) == (303, "/mailroom/keying")
    client = signed_in(build, client, build.supervisor())
    page = client.get(f"{here}/differences").text
    assert "Autrement" in page
    assert kept.fields["principal-family_name"] in page
    [pair] = keying_queries.open_pairs(kept)
    assert client.post(f"{here}/differences", data={"do": "settle"}).status_code == 422
    assert client.post(f"{here}/differences", data={"do": "settle", f"choice-{pair.id}": "typed", f"typed-{pair.id}": ""}).status_code == 422
    done = client.post(f"{here}/differences", data={"do": "settle", f"choice-{pair.id}": "second", f"typed-{pair.id}": ""})
    assert (done.status_code, done.location) == (303, f"/mailroom/envelopes/{number}")
    [submission] = db.session.scalars(select(Submission))
    assert submission.content["principal_applicant"]["family_name"] == "Autrement"


def test_the_list_names_what_waits_and_the_next_key_opens_it(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    build.window()
    number = envelope(clerk, folder=tmp_path)
    build.sign_in(client, clerk)
    assert number in client.get("/mailroom/keying").text
    assert client.post("/mailroom/keying/next").location == f"/mailroom/envelopes/{number}/keying"
    save(number, fields(build.content()), clerk)
    with transaction():
        keying.finish(number, by=clerk, at=clock.now())
    assert "Vous l’avez saisie" in client.get("/mailroom/keying").text
    assert client.post("/mailroom/keying/next").location == "/mailroom/keying"
