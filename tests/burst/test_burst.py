"""The opening day with the machine failing under it: every receipt given is worth what it says (invariants 1 to 4, 11).

The small day runs always; `BACKOFFICE_SOAK=1` adds the full one, of 20,000 applications from 2,000 clients.
"""

import os

import pytest

from bench import burst

SOAK = os.environ.get("BACKOFFICE_SOAK") == "1"


def holds(submissions: int, clients: int) -> None:
    report = burst.run(submissions, clients, kills=True, seed=submissions)
    text = "\n".join(report.lines())
    print(text)
    assert not report.faults, text
    assert len(report.checks) > 20  # nothing was left out
    assert report.acknowledged == submissions
    assert sum(report.retries.values()) > 0, "nobody noticed that anything was killed"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_small_opening_day_holds_though_everything_is_killed_once():
    holds(600, 60)


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="minutes long: BACKOFFICE_SOAK=1 adds it")
@pytest.mark.timeout(3600)
def test_the_opening_day_holds_though_everything_is_killed_once():
    holds(20_000, 2_000)
