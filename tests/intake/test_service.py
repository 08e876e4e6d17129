"""The hallway, on a real database."""

from backoffice.intake import acknowledgments
from tests.builders import Builder
from tests.conftest import NOON


def test_a_family_of_four_of_june_2016_holds_a_place_and_owes_1271_dollars(build: Builder):
    submission = build.submission()
    answer = acknowledgments.acknowledgment(submission)
    assert answer["admission"] == {"window": submission.window_code, "status": "provisional", "reason": None, "rank": 1}
    assert answer["payment"] == {
        "amount_cents": 127_100, "currency": "CAD", "tariff": "2016",
        "clock_starts": "2016-06-13", "due_on": "2016-07-13", "status": "due",
    }  # fmt: skip
    assert answer["status"] == "ATTENTE_PAIEMENT"
    assert submission.received_at == NOON
