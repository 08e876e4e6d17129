"""Every template compiles, names only what exists, and every fact has its sentence."""

import re

import pytest
from flask import Flask
from jinja2 import meta

from backoffice.cli import facts as _facts  # noqa: F401 - the console has facts of its own
from backoffice.mail.texts import letters_environment
from tests.conftest import ROOT

TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def is_for_people_outside(name: str) -> bool:
    """A letter or a message; the pages about letters are pages."""
    if name.startswith(("mail/letters", "mail/messages", "mail/paragraphs", "mailroom/letters/print")):
        return True
    return re.search(r"/letters/[^/]+\.(fr|en)\.\w+$", name) is not None


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_what_it_includes_exists(app: Flask, name: str):
    environment = letters_environment() if is_for_people_outside(name) else app.jinja_env
    source = environment.loader.get_source(environment, name)[0]
    for other in meta.find_referenced_templates(environment.parse(source)):
        if other is not None:
            environment.loader.get_source(environment, other)
    environment.get_template(name)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html") and not is_for_people_outside(name)])
def test_a_page_carries_no_script_nor_style_of_its_own(name: str):
    source = (ROOT / "templates" / name).read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", source)
    assert not re.search(r"\son\w+=", source)
    assert not re.search(r"\sstyle=", source)
