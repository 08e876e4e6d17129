"""x"""
from tests.builders import Builder


def test_x(build: Builder) -> None:
    assert build.case()
