"""The world of the tests of decisions."""

import pytest

from tests.builders import Builder
from tests.decisions.world import World


@pytest.fixture
def world(build: Builder) -> World:
    return World(build)
