"""What the tests of keying share."""

import pytest

from backoffice.staff.models import Account
from tests.builders import Builder


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()
