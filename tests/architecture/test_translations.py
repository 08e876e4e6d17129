"""The French is complete, and nothing in it is left over."""

import re
from collections.abc import Iterator

from babel.messages.pofile import read_po

from tests.conftest import ROOT
from tools.translations import faults


def test_french_is_complete():
    assert faults() == []


def test_french_writes_its_own_apostrophes_and_spaces():
    assert [
        (name, words) for name, words in sentences() if re.search(r"\w'\w", words) or re.search(r"[^\s\u00a0\u202f] [;:!?»](?:\s|$)", words)
    ] == []


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "backoffice" / "translations" / "fr" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if message.id:
                    yield from ((path.stem, words) for words in (message.string if isinstance(message.string, tuple | list) else (message.string,)))
