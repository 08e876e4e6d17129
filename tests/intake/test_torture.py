"""Bodies and names made to break readers: a foreseen refusal, or kept to the letter; never a fault."""

import json
from pathlib import Path

import pytest

from backoffice.cases import queries as case_queries
from backoffice.core.db import db
from tests.intake.conftest import Api, problem

HARD_NAMES = [
    "\u202e\u0634\u062e\u0635 مثال", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞", "Ｔｈｅ ｑｕｉｃｋ", "田中さん", "👩‍👩‍👧‍👦 🏳️‍🌈", "e\u0301 contre é", "\ufeffBOM", "a\u00adb",
    "<script>alert(1)</script>", "'; DROP TABLE person; --", "{{ 7*7 }}", "%s%n%x", "${7*7}", "=1+1", "../../etc/passwd", "\x7f", "\x01\x02",
    "O'Exemple-Nguyễn d’Essai", "NULL", "null", "True", "\u2028\u2029", "\U0010ffff", "\ufffe", "x" * 200,
]  # fmt: skip


def test_a_hard_name_is_kept_to_the_letter_and_given_back(api: Api):
    for place, name in enumerate(HARD_NAMES):
        kept(api, name, place)


def kept(api: Api, name: str, place: int) -> None:
    """Submit under a name: kept to the letter, or refused by the rule of names."""
    content = api.build.content(spouse=None, children=[], declarations={"truthful": True, "signed_name": "Signature"})
    content["principal_applicant"] |= {"family_name": name, "given_names": name, "birth_date": f"19{place % 80 + 10}-01-01"}
    answer = api.submit(content)
    if "\x00" in name or not 1 <= len(name) <= 200 or not name.strip():
        problem(answer, 422, "invalid")
        return
    assert answer.status_code == 201, (name, answer.text)
    number = api.state(content["submission_id"])["case_number"]
    assert number is not None, (name, answer.json)
    person = case_queries.principal(case_queries.case(number))
    assert (person.family_name, person.given_names) == (name, name)
    message = api.get(f"/submissions/{content['submission_id']}/messages").json["messages"][0]
    assert f"{name} {name}" in message["body"]


@pytest.mark.parametrize("name", ["a\x00b", "", "   ", "\u00a0", "x" * 201])
def test_a_name_no_store_can_keep_is_refused_at_its_own_member(api: Api, name: str):
    faults = problem(api.submit(api.build.content(principal={"family_name": name})), 422, "invalid")["errors"]
    assert {fault["pointer"] for fault in faults} == {"/principal_applicant/family_name"}


MALFORMED = [
    b"", b" ", b"{", b"[", b"{]", b"nul", b"NaN", b"[Infinity]", b"[-Infinity]", b"{'a':1}", b'{"a":1,}', b"[1,]", b"01", b"[1.]", b'"\xff"', b"\xef\xbb\xbf{}",
    b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'["\\ud800"]', b'{"\\udc00":1}', b'["\\ud83d\\u0041"]', b"[1e400]", b"[-1e400]", b"[1e-999]", b"[1.000000000000000005]",
    b"[12345678901234567]", b"[-99999999999999999999]", b"[" * 100_000, b'{"a":' * 50_000, b"[" * 100 + b"]" * 100, b"{}\x00", b"/**/{}", b'{"a":1}{"b":2}', b'"\t"',
    '{"é": 1}'.encode("utf-16"), '["é"]'.encode("latin-1"),
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:24]))
def test_what_is_no_json_or_would_change_in_silence_is_malformed(api: Api, body: bytes):
    problem(api.raw(body), 400, "malformed")


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"true", b"1", b"-0", b"1.5", b"1E6", b"0e99", b'"a"', b"{}", b'{"":0}', b'{"a\\u0000b":1}', b'["\\u0000"]', b'"\\ud83d\\ude00"', b"[123e65]"],
    ids=repr,
)  # fmt: skip
def test_json_that_is_no_submission_is_invalid(api: Api, body: bytes):
    problem(api.raw(body), 422, "invalid")


@pytest.mark.parametrize("score", [b"1e3", b"0.0", b"-0.0", b"999.999", b"1000.0"])
def test_a_number_that_a_double_holds_is_the_same_however_it_is_written(api: Api, score: bytes):
    test = b'[{"language":"fr","test":"TCF","scores":{"a":%b}}]'
    content = json.dumps(api.build.content(principal={"language_tests": "HERE"})).encode()
    first = api.raw(content.replace(b'"HERE"', test % score))
    assert first.status_code == 201, first.text
    again = api.raw(content.replace(b'"HERE"', test % repr(int(float(score)) if float(score).is_integer() else float(score)).encode()))
    assert again.status_code == 200, again.text


# The real collections


def test_every_body_of_the_json_collection_is_answered_as_it_must_be(api: Api, samples: Path):
    wrong = []
    for path in sorted((samples / "4-json").rglob("*.json")):
        answer = api.raw(path.read_bytes())
        allowed = {"n": {400}, "y": {422}, "i": {400, 422}}.get(path.name[0] if path.parent.name == "parsing" else "", {400, 422})
        if path.name.startswith("y_object_duplicated_key"):
            allowed = {400}  # well-formed, but which of the two was meant nobody can say
        if answer.status_code not in allowed or answer.content_type != "application/problem+json":
            wrong.append((path.name, answer.status_code))
    assert wrong == []


BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What `\\s` means in the schema's patterns (ECMA 262)."""

LISTS = (
    "blns.txt", "IntrudersXSS.txt", "XSS_Polyglots.txt", "right-to-left.txt", "corrupted.txt", "naughty-unicode.txt", "NullByteRepresentations.txt",
    "two-byte-chars.txt", "upsidedown.txt", "emoji.txt", "specialchars.txt", "format-strings.txt", "SQLi_Polyglots.txt", "csv-payload.txt",
)  # fmt: skip


def torture(samples: Path) -> list[str]:
    """Every string of the collections, each once."""
    found = list(json.loads((samples / "3-text" / "blns.json").read_text(encoding="utf-8")))
    for name in LISTS[1:]:
        found += (samples / "3-text" / name).read_bytes().decode("utf-8", "surrogateescape").splitlines()
    return list(dict.fromkeys(found))


def test_every_string_of_the_collections_is_kept_to_the_letter_or_refused_by_rule(api: Api, samples: Path):
    """As the name of a member of one family after another, thirty to a family; the letters and messages are made each time."""
    fit = []
    for name in torture(samples):
        try:
            name.encode()
        except UnicodeEncodeError:
            assert api.raw(b'{"a":"' + name.encode("utf-8", "surrogateescape") + b'"}').status_code in {400, 422}
            continue
        if "\x00" in name or not 1 <= len(name) <= 200 or not name.strip(BLANK):
            problem(api.submit(api.build.content(principal={"family_name": name})), 422, "invalid")
        else:
            fit.append(name)
    for start in range(0, len(fit), 30):
        names = fit[start : start + 30]
        content = api.build.content(spouse=None)
        content["principal_applicant"] |= {"family_name": names[0], "birth_date": f"19{start // 30 + 10}-01-01"}
        child = {"given_names": None, "sex": "X", "citizenships": ["FR"], "birth_date": f"20{start // 30 % 16:02d}-01-01"}
        content["children"] = [{**child, "family_name": name} for name in names]
        answer = api.submit(content)
        assert answer.status_code == 201, answer.text
        people = case_queries.case(api.state(content["submission_id"])["case_number"]).people
        assert [p.family_name for p in people[1:]] == names
        db.session.expire_all()


def test_numbers_at_the_edges_are_refused_as_values_not_as_faults(api: Api, samples: Path):
    for text in (samples / "3-text" / "integer-overflows.txt").read_text().split():
        answer = api.client.post("/api/v1/payments", json=api.payment("x") | {"amount_cents": text}, headers=api.provider)
        problem(answer, 422, "invalid")
        raw = json.dumps(api.payment("x") | {"amount_cents": 0}).replace('"amount_cents": 0', f'"amount_cents": {text}').encode()
        assert api.client.post("/api/v1/payments", data=raw, content_type="application/json", headers=api.provider).status_code in {400, 422}
        problem(api.get(f"/submissions/{text}"), 404, "not-found")
        assert api.get(f"/submissions/{api.build.case().submission_id}/messages?after={text}").status_code in {200, 422} if text == "0" else True
