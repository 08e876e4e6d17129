"""What happened to a case, whatever feature recorded it: one line a fact, in the words of the feature that recorded it."""

import html
import re
from collections.abc import Iterable, Sequence

from flask import current_app
from jinja2 import TemplateNotFound
from markupsafe import Markup

from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import ActorKind
from backoffice.core.events import EventRow
from backoffice.desk import queries
from backoffice.desk.values import Entry
from backoffice.documents import queries as document_queries
from backoffice.fees import queries as fee_queries
from backoffice.intake import queries as intake_queries
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.intake.backlog.events import part_subject
from backoffice.quota import queries as quota_queries

OUTSIDE = frozenset({ActorKind.APPLICANT, ActorKind.PORTAL, ActorKind.PROVIDER})
_TAG = re.compile(r"<[^>]*>")
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
"""A day, which never breaks at the end of a line."""


def rows(case: Case) -> list[EventRow]:
    """Every fact about a case, latest first: its own chain, its submission's, its admission's, its money's, its envelopes'."""
    subjects = [("case", str(case.id)), ("submission", str(case.submission_id)), *_envelopes(case), *_receipts(case), *_import(case)]
    found = queries.facts_of(subjects)
    lines = quota_queries.lines_of(case.submission_id)
    found += queries.admission_facts(str(case.submission_id), [line.at for line in lines])
    return sorted(found, key=lambda row: (row.at, row.id), reverse=True)


def _envelopes(case: Case) -> Iterable[tuple[str, str]]:
    submission = intake_queries.submission(case.submission_id)
    numbers = {document.source_ref for document in document_queries.documents_of(case.id) if document.source == "envelope"}
    if submission and submission.envelope:
        numbers.add(submission.envelope)
    return [("envelope", number) for number in sorted(numbers)]


def _receipts(case: Case) -> Iterable[tuple[str, str]]:
    fee = fee_queries.fee_of_case(case.id)
    return [("receipt", str(allocation.receipt_id)) for allocation in fee.allocations] if fee else []


def _import(case: Case) -> Iterable[tuple[str, str]]:
    """The part of an import that opened it, when it came from another system."""
    taken = backlog_queries.file_of_case(case.id)
    subject = part_subject(taken.import_id, taken.part) if taken else None
    return [(subject.kind, subject.id)] if subject else []


def entries(case: Case, kind: str = "") -> list[Entry]:
    """The lines of a case's timeline, latest first; of one kind of fact only, if one is named."""
    return shown([row for row in rows(case) if not kind or row.kind.split(".")[0] == kind])


def shown(facts: Sequence[EventRow]) -> list[Entry]:
    """Facts as lines."""
    return [Entry(sentence(row), row.by_label, row.at, row.by_kind in OUTSIDE, row.kind.split(".")[0]) for row in facts]


def sentence(row: EventRow) -> Markup:
    """The sentence of one fact; a fact without words yet is shown by its name rather than not at all."""
    try:
        template = current_app.jinja_env.get_template(events.sentence_of(row.kind))
    except TemplateNotFound:
        return Markup.escape(row.kind)
    words = template.render(event=row.data, row=row).strip()
    return Markup(_DAY.sub(r'<span class="nowrap">\g<0></span>', words))  # noqa: S704 - an autoescaped template of ours


def as_text(row: EventRow) -> str:
    """The sentence without its marks, for a console."""
    return " ".join(html.unescape(_TAG.sub("", sentence(row))).split())
