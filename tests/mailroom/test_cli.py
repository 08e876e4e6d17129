"""`backoffice mailroom import`, one JSON line per envelope."""

import json
from datetime import date
from pathlib import Path

from backoffice.cases import queries as case_queries
from backoffice.cli import mailroom
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mailroom import queries, service
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.values import NewEnvelope
from tests.builders import Builder
from tests.mailroom.sheets import behind_sheet, plain


def test_a_routed_batch_says_its_case_and_its_items(build: Builder, tmp_path: Path):
    request = build.request(items=1)
    (answer,) = mailroom.import_one(behind_sheet(tmp_path, request.letter_sha256, "Acte", "Suite"), date(2016, 6, 13))
    number = case_queries.case_by_id(request.case_id).number
    assert answer == {
        "envelope": "E-2016-00001", "pages": 3, "excluded": 1, "documents": [{"pages": 2, "case": number, "item": answer["documents"][0]["item"]}],
        "parked": None,
    }  # fmt: skip
    assert isinstance(answer["documents"][0]["item"], int)
    json.dumps(answer)


def test_a_separator_makes_two_documents_and_a_refused_file_says_why(build: Builder, samples: Path):
    (two,) = mailroom.import_one(samples / "1-scans" / "barcodes" / "patch-code-t-middle.pdf", date(2016, 6, 13))
    assert (two["pages"], two["excluded"], [d["pages"] for d in two["documents"]]) == (3, 1, [1, 1])
    (parked,) = mailroom.import_one(samples / "2-hostile" / "encrypted.pdf", date(2016, 6, 13))
    assert (parked["pages"], parked["documents"], parked["parked"]) == (0, [], "encrypted")


def test_a_file_goes_to_the_envelope_or_the_batch_that_is_named(build: Builder, tmp_path: Path):
    clerk = build.clerk()
    with transaction():
        number = service.register_envelope(NewEnvelope(date(2016, 6, 10)), by=clerk.actor, at=clock.now()).number
    (line,) = mailroom.import_one(plain(tmp_path, "Une", "Deux"), date(2016, 6, 13), home=Home(number), sides=2)
    assert (line["envelope"], line["pages"], queries.envelope(number).scans[0].sides) == (number, 2, 2)
    (again,) = mailroom.import_one(tmp_path / "plain.pdf", date(2016, 6, 13), home=Home(number))
    assert (again["pages"], len(queries.envelope(number).scans)) == (2, 1)
