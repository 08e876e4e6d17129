"""What the tests of acts on many share."""

import pytest

from backoffice.staff.models import Account
from tests.builders import Builder


@pytest.fixture
def two(build: Builder) -> tuple[Account, Account]:
    return build.supervisor(), build.supervisor()
